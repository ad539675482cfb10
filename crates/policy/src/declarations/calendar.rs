//! C2–C7: the working calendar of the folder, from its first day to its horizon.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use sandyq_model::WorkingCalendar;

use crate::check::{Code, Report};
use crate::declarations::law::date;
use crate::declarations::node::Node;

/// The calendar as it is being read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    first: Option<Date>,
    horizon: Option<Date>,
    off: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

impl Draft {
    pub(super) fn take(&mut self, node: Node<'_>, report: &mut Report) {
        node.takes(&[], report);
        node.childless(report);
        let names = node.names(report);
        let Some(word) = names.first() else {
            let place = node.place(report);
            report
                .add(Code::Calendar, format!("`{}` needs a day", node.kind()))
                .at(place, "no day follows");
            return;
        };
        if node.kind() == "zone" {
            if word != ZONE {
                report
                    .add(Code::Calendar, format!("the zone of Kazakhstan is {ZONE}"))
                    .at(word.place(), "another zone");
            }
            return;
        }
        let Some(day) = date(word, Code::Calendar, report) else {
            return;
        };
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let (days, wrong) = match node.kind() {
            "first" => return self.first = Some(day),
            "horizon" => return self.horizon = Some(day),
            "off" => (&mut self.off, weekend),
            "worked" => (&mut self.worked, !weekend),
            _ => return node.strange("`zone`, `first`, `horizon`, `off` or `worked`", report),
        };
        if wrong {
            let kind = if weekend {
                "is a Saturday or Sunday"
            } else {
                "is not a Saturday or Sunday"
            };
            report
                .add(
                    Code::Calendar,
                    format!("{day} {kind}, so `{}` changes nothing", node.kind()),
                )
                .at(word.place(), format!("{:?}", day.weekday()))
                .warning();
        }
        if !days.insert(day) {
            report
                .add(Code::Duplicate, format!("{day} stands twice in the calendar"))
                .at(word.place(), "again here");
        }
    }

    pub(super) fn finish(self, file: Option<usize>, report: &mut Report) -> Option<WorkingCalendar> {
        let (Some(first), Some(horizon)) = (self.first, self.horizon) else {
            if let Some(file) = file {
                let place = report.sources().place(file, 0..0);
                report
                    .add(
                        Code::Calendar,
                        "the calendar does not say from when to when it reaches",
                    )
                    .at(place, "")
                    .help("write  first \"2026-01-01\"  and  horizon \"2027-12-31\"");
            }
            return None;
        };
        Some(WorkingCalendar::new(first, horizon, self.off, self.worked))
    }
}

/// The one zone of Kazakhstan since 1 March 2024 (C1).
const ZONE: &str = "+05:00";
