//! 6.2, 5.1.4: what each role would see of the caller now. Every line is the policy's own answer about that role with what is
//! known of this person at this instant; nothing here says it in its place.
//!
//! It shows as much of a value as staff would see at first. Nobody of the staff looks by it, and the look that it is belongs
//! to the person.

use jiff::Timestamp;
use sandyq_model::act::Extract;
use sandyq_model::value::Values;
use sandyq_model::{Actor, ActorId, IdempotencyKey, Operation, Plain, Purpose, RecipientKind, Role};
use sandyq_policy::Language;
use sandyq_policy::declarations::WordKind;
use sandyq_store::tables::case_file::CaseFile;

use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::perform::Outcome;
use crate::queue;
use crate::reading::mask;
use crate::rejected::Rejected;
use crate::system::System;

/// Who takes a decision, as the policy names a person.
const HUMAN: &str = "human";

/// What a role sees.
#[derive(Debug)]
pub struct Seen {
    /// The role, in words.
    pub role: String,
    /// For which purposes it looks, and what it sees for each.
    pub looks: Vec<SeenFor>,
}

/// What a role sees for one purpose.
#[derive(Debug)]
pub struct SeenFor {
    /// The purpose: its clause and its words.
    pub purpose: (Purpose, String),
    /// The open cases that lead there, by reference; without any, nothing is seen.
    pub cases: Vec<String>,
    /// Each field that is seen: its words, the value as far as it is shown at first, and whether that is only a part.
    pub fields: Vec<(String, Plain<String>, bool)>,
    /// The clauses of the answer.
    pub clauses: Vec<String>,
}

/// A kind of recipient outside, and whether anything may go there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThirdParty {
    /// The kind, as the policy names it.
    pub kind: RecipientKind,
    /// The consent that is asked for it: its name and its words.
    pub item: (String, String),
    /// The number of the consent that stands; `None`: closed.
    pub consent: Option<String>,
}

/// Something that is made public at the person's own wish, and not without it.
#[derive(Clone, Debug)]
pub struct PublicField {
    /// The item of consent.
    pub item: String,
    /// In words.
    pub label: String,
    /// The consent that stands, if one does.
    pub consent: Option<String>,
}

/// What of somebody is public.
#[derive(Clone, Debug)]
pub struct InPublic {
    /// What could be.
    pub fields: Vec<PublicField>,
    /// Since when they stand in a public list.
    pub since: Option<Timestamp>,
}

impl System {
    /// What each role that people act in would see of the caller now.
    ///
    /// # Errors
    /// A refusal (a blocked record is only stored, and nobody sees any of it), or a fault.
    pub async fn seen_by(&self, caller: &Caller, language: Language) -> Result<Vec<Seen>, Rejected> {
        let subject = caller.own_subject()?;
        let dossier = self.dossier(subject).await?;
        let category = dossier.category().ok_or(Rejected::NotFound)?;
        let key = IdempotencyKey::random(self.chance());
        let operation: Operation<Extract> = Operation::new(caller.actor, subject, category, self.now(), key)
            .on(dossier.held())
            .for_purpose(queue::identification(category));
        let values = match self.perform(&operation, &Circumstances::OWN, &()).await? {
            Outcome::Done { output, .. } => output,
            Outcome::Repeated(_) => return Err(Rejected::NotFound),
        };
        let staff = self
            .policy()
            .roles()
            .filter(|role| role.human && ![Role::SUBJECT, Role::REPRESENTATIVE].contains(&role.role));
        let seen = staff.map(|declared| {
            let mut purposes: Vec<Purpose> = declared
                .works_on
                .iter()
                .filter_map(|kind| self.policy().case_purpose(kind.as_str()))
                .collect();
            purposes.sort_unstable();
            purposes.dedup();
            Seen {
                role: self.role_label(declared.role, language),
                looks: purposes
                    .into_iter()
                    .map(|purpose| self.seen_for((declared.role, purpose), &dossier, &values, language))
                    .collect(),
            }
        });
        Ok(seen.collect())
    }

    fn seen_for(
        &self,
        (role, purpose): (Role, Purpose),
        dossier: &Dossier,
        values: &Values,
        language: Language,
    ) -> SeenFor {
        let leads = |case: &&CaseFile| {
            case.closed_at.is_none() && self.policy().case_purpose(&case.kind) == Some(purpose)
        };
        let cases: Vec<&CaseFile> = dossier.cases.iter().filter(leads).collect();
        let (fields, clauses) = self.answered((role, purpose), dossier, cases.first().copied());
        let shown = values.iter().filter(|(field, _)| fields.contains(**field));
        SeenFor {
            purpose: (purpose, self.purpose_label(purpose, language)),
            cases: cases.iter().map(|case| case.reference.clone()).collect(),
            fields: shown
                .map(|(field, value)| {
                    let (value, masked) = mask::masked(self.policy().class(*field), value);
                    (self.field_label(*field, language), value, masked)
                })
                .collect(),
            clauses,
        }
    }

    /// The fields that the policy would let somebody of that role see, who has read it and opens that case; and the clauses
    /// of its answer.
    fn answered(
        &self,
        (role, purpose): (Role, Purpose),
        dossier: &Dossier,
        case: Option<&CaseFile>,
    ) -> (sandyq_model::FieldSet, Vec<String>) {
        let none = (sandyq_model::FieldSet::EMPTY, Vec::new());
        let Some(category) = dossier.category() else {
            return none;
        };
        let actor = Actor {
            id: ActorId::of_system(role),
            role,
            human: true,
        };
        let listed = self.policy().purpose_fields(purpose, category);
        let asked = listed.intersection(dossier.held());
        if asked.is_empty() {
            return none;
        }
        let key = IdempotencyKey::random(self.chance());
        let mut operation: Operation<Extract> =
            Operation::new(actor, dossier.subject, category, self.now(), key)
                .on(asked)
                .for_purpose(purpose);
        operation.case = case.map(|case| case.id);
        let facts = dossier.facts(&operation, &Circumstances::SYSTEM, self.policy());
        let clauses =
            |rules: &[sandyq_model::Clause]| rules.iter().map(|rule| rule.clause().to_owned()).collect();
        match self.policy().decide(&operation, &facts) {
            Ok(permit) => (asked, clauses(permit.rules())),
            Err(refusal) => (asked.difference(refusal.fields), clauses(&refusal.rules)),
        }
    }

    /// 1.3: the decisions with effect on a person, and whether the policy leaves each to a person.
    #[must_use]
    pub fn deciders(&self, language: Language) -> Vec<(String, bool)> {
        let words = self.policy().words(language);
        let decisions = self.policy().decisions().iter();
        decisions
            .map(|decision| {
                let label = words.label(WordKind::Decision, &decision.name);
                (label.to_owned(), decision.actor.as_str() == HUMAN)
            })
            .collect()
    }

    /// 4.2.1, 6.2: to whom outside something of the caller's may go, each by a consent of its own. Everything starts closed.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn third_parties(
        &self,
        caller: &Caller,
        language: Language,
    ) -> Result<Vec<ThirdParty>, Rejected> {
        let dossier = self.dossier(caller.own_subject()?).await?;
        let mut parties: Vec<ThirdParty> = Vec::new();
        for (item, recipient) in self.items_for_recipients(&dossier) {
            let Some(kind) = RecipientKind::from_name(recipient) else {
                continue;
            };
            if kind == RecipientKind::Public {
                continue;
            }
            if parties.iter().any(|party| party.item.0 == item) {
                continue;
            }
            let standing = dossier
                .live_consents(self.now())
                .find(|(row, confirmed)| *confirmed && row.item == item);
            parties.push(ThirdParty {
                kind,
                item: (item.to_owned(), self.consent_label(item, language)),
                consent: standing.map(|(row, _)| row.id.to_string()),
            });
        }
        Ok(parties)
    }

    /// What the caller could have made public, name by name, and since when they stand in a public list (4.1).
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn in_public(&self, caller: &Caller, language: Language) -> Result<InPublic, Rejected> {
        let subject = caller.own_subject()?;
        let dossier = self.dossier(subject).await?;
        let items = self.items_for_recipients(&dossier).into_iter();
        let public = items.filter(|(_, kind)| *kind == RecipientKind::Public.name());
        let fields = public.map(|(item, _)| {
            let mut live = dossier.live_consents(self.now());
            let standing = live.find(|(row, confirmed)| *confirmed && row.item == item);
            PublicField {
                item: item.to_owned(),
                label: self.consent_label(item, language),
                consent: standing.map(|(row, _)| row.id.to_string()),
            }
        });
        Ok(InPublic {
            fields: fields.collect(),
            since: self.shown_since(subject).await?,
        })
    }
}
