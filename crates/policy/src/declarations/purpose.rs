//! 2.1, 2.2: what data is for. A purpose says which fields of which category it needs or may use, on which ground,
//! and when it is reached.

use std::collections::BTreeMap;

use sandyq_model::{Category, Clause, Field, FieldSet, Purpose};

use crate::check::{Code, Report};
use crate::declarations::Declarations;
use crate::declarations::category::{fields, known_category};
use crate::declarations::field::unknown;
use crate::declarations::name::Name;
use crate::declarations::node::Node;
use crate::place::Place;

/// A purpose of clause 2.2.
#[derive(Clone, Debug)]
pub struct PurposeDeclaration {
    /// Which one.
    pub purpose: Purpose,
    /// The words of its grounds: `consent`, `art9`, `law`.
    pub grounds: Vec<Name>,
    /// What it uses of each category.
    pub uses: BTreeMap<Category, Use>,
    /// When it is reached and its data goes.
    pub ends: Option<End>,
    /// Where it is declared.
    pub clause: Clause,
    pub(crate) name: Name,
}

/// What a purpose uses of one category.
#[derive(Clone, Debug, Default)]
pub struct Use {
    /// Fields without which it cannot be reached.
    pub needs: FieldSet,
    /// Fields that help and are never required.
    pub may: FieldSet,
    pub(crate) listed: Vec<(Field, Place)>,
}

/// When a purpose is reached (8).
#[derive(Clone, Debug)]
pub struct End {
    /// The event: `fulfilled`, `answered`, `event-over`, `vacancy-closed`, `contract-over`, `account-closed`,
    /// `consent-ended` or `duty-done`.
    pub event: Name,
    /// Days after the event until the data is destroyed.
    pub days: u32,
}

/// What can end a purpose.
pub(crate) const EVENTS: [&str; 8] = [
    "fulfilled",
    "answered",
    "event-over",
    "vacancy-closed",
    "contract-over",
    "account-closed",
    "consent-ended",
    "duty-done",
];
/// The closed set of grounds (3).
pub(crate) const GROUNDS: [&str; 3] = ["consent", "art9", "law"];

impl Use {
    /// All fields it lists.
    #[must_use]
    pub const fn fields(&self) -> FieldSet {
        self.needs.union(self.may)
    }
}

impl PurposeDeclaration {
    pub(super) fn read(node: Node<'_>, declared: &Declarations, report: &mut Report) -> Option<Self> {
        node.takes(&[], report);
        let name = node.name(report)?;
        let purpose = known_purpose(&name, report)?;
        let clause = node.clause.clone();
        let mut read = Self {
            purpose,
            grounds: Vec::new(),
            uses: BTreeMap::new(),
            ends: None,
            clause,
            name,
        };
        for child in node.children() {
            match child.kind() {
                "ground" => read.take_grounds(child, report),
                "category" => read.take_category(child, declared, report),
                "ends" => read.ends = End::read(child, report).or(read.ends),
                _ => child.strange("`ground`, `category` or `ends`", report),
            }
        }
        if read.grounds.is_empty() {
            let place = read.name.place();
            report
                .add(
                    Code::GroundOutsideSet,
                    format!("purpose {purpose} names no ground"),
                )
                .at(place, "on what does it rest?")
                .help("write  ground \"consent\"")
                .clause("3");
        }
        Some(read)
    }

    fn take_grounds(&mut self, node: Node<'_>, report: &mut Report) {
        node.takes(&[], report);
        node.childless(report);
        for word in node.names(report) {
            if !GROUNDS.contains(&word.as_str()) {
                report
                    .add(Code::GroundOutsideSet, format!("`{word}` is no ground"))
                    .at(word.place(), "outside the closed set")
                    .help("grounds are consent, art9 (a case of Article 9) and law (another law, cited)")
                    .clause("3");
            }
            self.grounds.push(word);
        }
    }

    fn take_category(&mut self, node: Node<'_>, declared: &Declarations, report: &mut Report) {
        node.takes(&[], report);
        let Some(name) = node.name(report) else { return };
        let Some(category) = known_category(&name, report) else {
            return;
        };
        let mut found = Use::default();
        for child in node.children() {
            child.takes(&[], report);
            let listed = match child.kind() {
                "needs" | "may" => fields(child, declared, report),
                _ => {
                    child.strange("`needs` or `may`", report);
                    continue;
                }
            };
            for (field, word) in listed {
                if found.fields().contains(field) {
                    report
                        .add(Code::Duplicate, format!("`{word}` is listed twice for `{name}`"))
                        .at(word.place(), "again here");
                    continue;
                }
                let set = if child.kind() == "needs" {
                    &mut found.needs
                } else {
                    &mut found.may
                };
                *set = set.with(field);
                found.listed.push((field, word.place()));
            }
        }
        if self.uses.insert(category, found).is_some() {
            report
                .add(
                    Code::Duplicate,
                    format!("`{name}` stands twice under purpose {}", self.purpose),
                )
                .at(name.place(), "again here");
        }
    }
}

impl End {
    fn read(node: Node<'_>, report: &mut Report) -> Option<Self> {
        node.takes(&["days"], report);
        node.childless(report);
        let event = node.name(report)?;
        if !EVENTS.contains(&event.as_str()) {
            unknown(Code::UnknownName, "end of a purpose", &event, &EVENTS, report);
        }
        if !node.has("days") {
            node.missing("days", report);
        }
        Some(Self {
            event,
            days: node.number("days", report)?,
        })
    }
}

/// The purpose of that clause; reports any other word.
pub(super) fn known_purpose(word: &Name, report: &mut Report) -> Option<Purpose> {
    let found = word.parse().ok();
    if found.is_none() {
        report
            .add(Code::UnknownPurpose, format!("there is no purpose `{word}`"))
            .at(word.place(), "no such purpose")
            .help("the purposes are 2.2.1 to 2.2.12; no other exists")
            .clause("2.1");
    }
    found
}
