//! 5.1.4, 4.2, 4.3, 1.3: who acts, who receives, where it is, and who decides.

use sandyq_model::{Clause, Country, Field, RecipientKind, Role};

use crate::check::{Code, Report};
use crate::declarations::Declarations;
use crate::declarations::category::known_field;
use crate::declarations::field::unknown;
use crate::declarations::name::Name;
use crate::declarations::node::Node;

/// A role.
#[derive(Clone, Debug)]
pub struct RoleDeclaration {
    /// Its number.
    pub role: Role,
    /// Its name in the folder and in rules.
    pub name: Name,
    /// Whether a person acts in it.
    pub human: bool,
    /// The kinds of cases that it works on.
    pub works_on: Vec<Name>,
    /// Where it is declared.
    pub clause: Clause,
}

/// Somebody who may be given data (4.2.1).
#[derive(Clone, Debug)]
pub struct RecipientDeclaration {
    /// Its name.
    pub name: Name,
    /// What it is to the operator.
    pub kind: RecipientKind,
    /// Where it is.
    pub country: Country,
    /// The paper in which it undertook the Law's duties.
    pub undertaking: Option<Name>,
    /// Where it is declared.
    pub clause: Clause,
    pub(crate) kind_word: Name,
    pub(crate) country_word: Name,
}

/// An address of the operator that takes letters in (6.4).
#[derive(Clone, Debug)]
pub struct Address {
    /// Its name.
    pub name: Name,
    /// Where it is.
    pub country: Country,
    /// Where it is declared.
    pub clause: Clause,
    pub(crate) country_word: Name,
}

/// A place where data lies (DEF-7).
#[derive(Clone, Debug)]
pub struct StoreDeclaration {
    /// Its name.
    pub name: Name,
    /// Where it is.
    pub country: Country,
    /// Where it is declared.
    pub clause: Clause,
    pub(crate) country_word: Name,
}

/// A decision with effect on a person (1.3).
#[derive(Clone, Debug)]
pub struct DecisionDeclaration {
    /// Its name.
    pub name: Name,
    /// Who takes it.
    pub actor: Name,
    /// The kind of case that it is about, if it is about one.
    pub case: Option<Name>,
    /// Whether the case goes on with an interview; otherwise it is closed.
    pub invites: bool,
    /// The field that is written with it, if there is one: an answer.
    pub writes: Option<Field>,
    /// The reasons that can be given for it. One that has any goes against the person, and is never taken without one.
    pub reasons: Vec<Name>,
    /// Where it is declared.
    pub clause: Clause,
}

impl RoleDeclaration {
    pub(super) fn read(node: Node<'_>, report: &mut Report) -> Option<Self> {
        node.takes(&["number", "human"], report);
        let works_on = listed(node, "works-on", report);
        let name = node.name(report);
        for property in ["number", "human"] {
            if !node.has(property) {
                node.missing(property, report);
            }
        }
        let number = node.number("number", report);
        let role = number
            .and_then(|number| u8::try_from(number).ok())
            .and_then(Role::new);
        if number.is_some() && role.is_none() {
            let place = node.value_place("number", report);
            report
                .add(Code::Declaration, "the number of a role is from 1 to 63")
                .at(place, "not from 1 to 63");
        }
        let human = node.flag("human", report);
        Some(Self {
            role: role?,
            name: name?,
            human: human?,
            works_on,
            clause: node.clause.clone(),
        })
    }
}

impl RecipientDeclaration {
    pub(super) fn read(node: Node<'_>, report: &mut Report) -> Option<Self> {
        node.takes(&["kind", "country", "undertaking"], report);
        node.childless(report);
        let name = node.name(report);
        let kind_word = node.demand("kind", report);
        let kind = kind_word.as_ref().and_then(|word| {
            let found = RecipientKind::from_name(word);
            if found.is_none() {
                let known: Vec<&str> = RecipientKind::ALL.iter().map(|kind| kind.name()).collect();
                unknown(Code::UnknownName, "kind of recipient", word, &known, report);
            }
            found
        });
        let country = country(node, report);
        let undertaking = node.text("undertaking", report);
        let (country_word, country) = country?;
        Some(Self {
            name: name?,
            kind: kind?,
            country,
            undertaking,
            clause: node.clause.clone(),
            kind_word: kind_word?,
            country_word,
        })
    }
}

impl Address {
    pub(super) fn read(node: Node<'_>, report: &mut Report) -> Option<Self> {
        node.takes(&["country"], report);
        node.childless(report);
        let name = node.name(report);
        let (country_word, country) = country(node, report)?;
        Some(Self {
            name: name?,
            country,
            clause: node.clause.clone(),
            country_word,
        })
    }
}

impl StoreDeclaration {
    pub(super) fn read(node: Node<'_>, report: &mut Report) -> Option<Self> {
        Address::read(node, report).map(
            |Address {
                 name,
                 country,
                 clause,
                 country_word,
             }| Self {
                name,
                country,
                clause,
                country_word,
            },
        )
    }
}

impl DecisionDeclaration {
    pub(super) fn read(node: Node<'_>, declared: &Declarations, report: &mut Report) -> Option<Self> {
        node.takes(&["actor", "case", "writes", "invites"], report);
        let reasons = listed(node, "reason", report);
        let name = node.name(report);
        let actor = node.demand("actor", report);
        Some(Self {
            name: name?,
            actor: actor?,
            case: node.text("case", report),
            invites: node.has("invites") && node.flag("invites", report) == Some(true),
            writes: node
                .text("writes", report)
                .and_then(|word| known_field(&word, declared, report)),
            reasons,
            clause: node.clause.clone(),
        })
    }
}

/// The names that the children of one kind list; no other kind of child is known.
fn listed(node: Node<'_>, kind: &str, report: &mut Report) -> Vec<Name> {
    let mut names = Vec::new();
    for child in node.children() {
        if child.kind() == kind {
            child.takes(&[], report);
            child.childless(report);
            names.extend(child.names(report));
        } else {
            child.strange(&format!("`{kind}`"), report);
        }
    }
    names
}

fn country(node: Node<'_>, report: &mut Report) -> Option<(Name, Country)> {
    let word = node.demand("country", report)?;
    let country = word.parse().ok();
    if country.is_none() {
        report
            .add(Code::Declaration, format!("`{word}` is no country code"))
            .at(word.place(), "not two capital letters")
            .help("write  country=\"KZ\"");
    }
    Some((word, country?))
}
