//! 5.1.2, 2.1: the operator's register of processing, out of the policy folder alone: what is done with whose data, for what, on which
//! ground, by whom, who gets it, and when it goes. It is the same folder that decides, so the register cannot say anything else.

mod csv;
mod linked;

use std::collections::BTreeSet;

use sandyq_model::{Category, Country, FieldSet, Recipient, RecipientKind, Role, Standing, Verb};

use crate::decisions::{Place, favourable};
use crate::declarations::{Floor, PurposeDeclaration, Service};
use crate::policy::Policy;
use crate::question::GroundWord;

pub use csv::{csv, table};
pub use linked::json_ld;

/// What is done with the data of one category for one purpose.
#[derive(Debug)]
pub struct Activity<'p> {
    /// What for, on which grounds, and when that ends.
    pub purpose: &'p PurposeDeclaration,
    /// Whose data.
    pub category: Category,
    /// Fields without which it cannot be done.
    pub needs: FieldSet,
    /// Fields that help.
    pub may: FieldSet,
    /// The services that collect for it.
    pub services: Vec<&'p Service>,
    /// The consents that are asked for it, by name.
    pub consents: BTreeSet<&'p str>,
    /// Who may do what with a record in use, in the most favourable lawful circumstances.
    pub roles: Vec<(Role, Vec<Verb>)>,
    /// To whom outside it may go, by kind.
    pub recipients: Vec<RecipientKind>,
    /// What a law keeps of it after the end.
    pub floors: Vec<&'p Floor>,
}

/// Every purpose with every category whose data it uses, in the order of the policy.
#[must_use]
pub fn register(policy: &Policy) -> Vec<Activity<'_>> {
    let activities = policy.purposes().flat_map(|purpose| {
        let uses = purpose.uses.iter();
        uses.map(|(category, of)| activity(policy, purpose, *category, (of.needs, of.may)))
    });
    activities.collect()
}

fn activity<'p>(
    policy: &'p Policy,
    purpose: &'p PurposeDeclaration,
    category: Category,
    (needs, may): (FieldSet, FieldSet),
) -> Activity<'p> {
    let services = policy.services().iter();
    let services: Vec<&Service> = services
        .filter(|service| service.category == category && service.purposes.contains(&purpose.purpose))
        .collect();
    let items = services.iter().flat_map(|service| &service.consents);
    let items = items.filter(|item| item.purpose == purpose.purpose);
    let fields = needs.union(may);
    let floors = policy.floors().iter().filter(|floor| {
        let of_purpose = |case: &&str| policy.case_purpose(case) == Some(purpose.purpose);
        let cases: Vec<&str> = floor.cases.iter().map(|case| case.as_str()).collect();
        !floor.fields.intersection(fields).is_empty() && cases.iter().any(of_purpose)
    });
    Activity {
        purpose,
        category,
        needs,
        may,
        consents: items.map(|item| item.name.as_str()).collect(),
        services,
        roles: roles(policy, purpose, category),
        recipients: recipients(policy, purpose, category),
        floors: floors.collect(),
    }
}

fn roles(policy: &Policy, purpose: &PurposeDeclaration, category: Category) -> Vec<(Role, Vec<Verb>)> {
    let with_verbs = policy.roles().map(|declared| {
        let verbs = Verb::ALL.into_iter().filter(|verb| !verb.is_transfer());
        let allowed = verbs.filter(|verb| {
            grounds(purpose)
                .any(|ground| is_allowed(policy, (declared.role, *verb), (purpose, category), ground, None))
        });
        (declared.role, allowed.collect::<Vec<_>>())
    });
    with_verbs.filter(|(_, verbs)| !verbs.is_empty()).collect()
}

fn recipients(policy: &Policy, purpose: &PurposeDeclaration, category: Category) -> Vec<RecipientKind> {
    let outside = RecipientKind::ALL
        .into_iter()
        .filter(|kind| *kind != RecipientKind::Operator);
    let gets = |kind: &RecipientKind| {
        let transfers = Verb::ALL.into_iter().filter(|verb| verb.is_transfer());
        let mut asked = transfers.flat_map(|verb| policy.roles().map(move |role| (role.role, verb)));
        asked.any(|who| {
            grounds(purpose).any(|ground| is_allowed(policy, who, (purpose, category), ground, Some(*kind)))
        })
    };
    outside.filter(gets).collect()
}

/// The grounds that the purpose names.
fn grounds(purpose: &PurposeDeclaration) -> impl Iterator<Item = GroundWord> {
    let named = purpose.grounds.iter();
    named.filter_map(|word| GroundWord::named(word.as_str()))
}

/// Whether any field of the purpose may be used so, of a record in use.
fn is_allowed(
    policy: &Policy,
    (role, verb): (Role, Verb),
    (purpose, category): (&PurposeDeclaration, Category),
    ground: GroundWord,
    to: Option<RecipientKind>,
) -> bool {
    // What begins a record is asked where there is none yet.
    let before = [None, Some(Standing::Pending), Some(Standing::Active)];
    before.into_iter().any(|standing| {
        let place = Place {
            role,
            verb,
            standing,
            category,
            purpose: Some(purpose.purpose),
        };
        let mut question = favourable(policy, place, ground);
        if let Some(kind) = to {
            question.facts.recipient = Recipient {
                kind,
                country: Country::KZ,
                registered: true,
                undertaking: true,
            };
        }
        !policy.answer(&question).spoken.allowed.is_empty()
    })
}
