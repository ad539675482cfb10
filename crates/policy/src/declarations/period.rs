//! 6.5, 8: periods that the operator sets, and floors that a law sets for keeping.

use sandyq_model::{Clause, FieldSet};

use crate::check::{Code, Report};
use crate::declarations::Declarations;
use crate::declarations::category::fields;
use crate::declarations::name::Name;
use crate::declarations::node::Node;

/// How long something may take or last. What is not set is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// In working days of Kazakhstan.
    pub working_days: Option<u32>,
    /// In calendar days.
    pub calendar_days: Option<u32>,
}

/// A deadline of the operator's own.
#[derive(Clone, Debug)]
pub struct Deadline {
    /// Its name.
    pub name: Name,
    /// The deadline of the law beside which it stands.
    pub law: Option<Name>,
    /// How long.
    pub within: Counted,
    /// Whether people keep it and not the program.
    pub by_people: bool,
    /// Where it is declared.
    pub clause: Clause,
}

/// A limit that the policy names.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Its name.
    pub name: Name,
    /// As a period.
    pub within: Counted,
    /// As a number, in the unit that its name says.
    pub count: Option<u32>,
    /// Whether people keep it and not the program.
    pub by_people: bool,
    /// Where it is declared.
    pub clause: Clause,
}

/// Fields of a document that a law demands to be kept (8).
#[derive(Clone, Debug)]
pub struct Floor {
    /// Its name.
    pub name: Name,
    /// For how many years.
    pub years: u32,
    /// From when they count, such as `next-tax-year`.
    pub counted: Name,
    /// The article.
    pub citation: Option<Name>,
    /// The fields of the document.
    pub fields: FieldSet,
    /// Kinds of cases that make such a document.
    pub cases: Vec<Name>,
    /// Where it is declared.
    pub clause: Clause,
}

impl Deadline {
    pub(super) fn read(node: Node<'_>, report: &mut Report) -> Option<Self> {
        node.takes(&["law", "working-days", "calendar-days", "by"], report);
        node.childless(report);
        let name = node.name(report);
        let law = node.text("law", report);
        let within = counted(node, report);
        if within == Counted::default() {
            node.missing("working-days", report);
        }
        Some(Self {
            name: name?,
            law,
            within,
            by_people: by_people(node, report),
            clause: node.clause.clone(),
        })
    }
}

impl Limit {
    pub(super) fn read(node: Node<'_>, report: &mut Report) -> Option<Self> {
        node.takes(&["working-days", "calendar-days", "count", "by"], report);
        node.childless(report);
        let name = node.name(report);
        let within = counted(node, report);
        let count = node.number("count", report);
        if within == Counted::default() && !node.has("count") {
            node.missing("count", report);
        }
        Some(Self {
            name: name?,
            within,
            count,
            by_people: by_people(node, report),
            clause: node.clause.clone(),
        })
    }
}

impl Floor {
    pub(super) fn read(node: Node<'_>, declared: &Declarations, report: &mut Report) -> Option<Self> {
        node.takes(&["years", "counted", "citation"], report);
        let name = node.name(report);
        if !node.has("years") {
            node.missing("years", report);
        }
        let years = node.number("years", report);
        let counted = node.demand("counted", report);
        let citation = node
            .text("citation", report)
            .filter(|citation| !citation.trim().is_empty());
        let (mut covered, mut cases) = (FieldSet::EMPTY, Vec::new());
        for child in node.children() {
            child.takes(&[], report);
            match child.kind() {
                "field" => {
                    covered = fields(child, declared, report)
                        .iter()
                        .fold(covered, |set, (f, _)| set.with(*f))
                }
                "case" => cases.extend(child.names(report)),
                _ => child.strange("`field` or `case`", report),
            }
        }
        let clause = node.clause.clone();
        Some(Self {
            name: name?,
            years: years?,
            counted: counted?,
            citation,
            fields: covered,
            cases,
            clause,
        })
    }
}

/// `by="people"`: the program does not keep it.
fn by_people(node: Node<'_>, report: &mut Report) -> bool {
    let Some(by) = node.text("by", report) else {
        return false;
    };
    let people = by.as_str() == "people";
    if !people {
        report
            .add(Code::Declaration, "whoever keeps it is `people`, or the program")
            .at(by.place(), "not `people`");
    }
    people
}

pub(super) fn counted(node: Node<'_>, report: &mut Report) -> Counted {
    Counted {
        working_days: node.number("working-days", report),
        calendar_days: node.number("calendar-days", report),
    }
}
