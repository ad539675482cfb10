//! PRE-5: deadlines that the law sets, dated, with their articles.

use jiff::civil::Date;

use crate::check::{Code, Report};
use crate::declarations::name::Name;
use crate::declarations::node::Node;
use crate::declarations::period::{Counted, counted};

/// A deadline of the law from a day on.
#[derive(Clone, Debug)]
pub struct LawDeadline {
    /// Its name.
    pub name: Name,
    /// How long.
    pub within: Counted,
    /// The first day for which it holds.
    pub since: Date,
    /// The article.
    pub citation: Name,
}

impl LawDeadline {
    pub(super) fn read(node: Node<'_>, report: &mut Report) -> Option<Self> {
        node.takes(&["working-days", "calendar-days", "since", "citation"], report);
        node.childless(report);
        let name = node.name(report);
        let within = counted(node, report);
        if within == Counted::default() {
            node.missing("working-days", report);
        }
        let since = node
            .demand("since", report)
            .and_then(|word| date(&word, Code::Declaration, report));
        let citation = node.demand("citation", report);
        Some(Self {
            name: name?,
            within,
            since: since?,
            citation: citation?,
        })
    }
}

/// A calendar date; reports any other text.
pub(super) fn date(word: &Name, code: Code, report: &mut Report) -> Option<Date> {
    let found = word.parse().ok();
    if found.is_none() {
        report
            .add(code, format!("`{word}` is no date"))
            .at(word.place(), "not a real day")
            .help("write  \"2026-01-31\"");
    }
    found
}
