//! 6.5, 8: a floor cites its article, and no deadline is later than the law's.

use crate::check::{Code, Report};
use crate::declarations::{Counted, Deadline, Declarations, LawDeadline};

pub(super) fn examine(declarations: &Declarations, report: &mut Report) {
    for floor in declarations
        .floors
        .iter()
        .filter(|floor| floor.citation.is_none())
    {
        report
            .add(
                Code::FloorWithoutCitation,
                format!("the floor `{}` cites no article", floor.name),
            )
            .at(floor.name.place(), "which law demands this?")
            .help("write  citation=\"Tax Code 2026, Art. 206(3)\"")
            .clause("8");
    }
    for deadline in &declarations.deadlines {
        examine_deadline(deadline, declarations, report);
    }
}

fn examine_deadline(deadline: &Deadline, declarations: &Declarations, report: &mut Report) {
    let Some(word) = &deadline.law else { return };
    let named = declarations.law.iter().filter(|law| law.name == *word);
    let Some(law) = named.max_by_key(|law| law.since) else {
        let near = crate::check::nearest(word, declarations.law.iter().map(|law| law.name.as_str()));
        let found = report.add(
            Code::UnknownName,
            format!("the law file has no deadline `{word}`"),
        );
        found.at(word.place(), "no such deadline of the law");
        if let Some(near) = near {
            found.help(format!("did you mean `{near}`?"));
        }
        return;
    };
    if !is_in_time(deadline.within, law.within) {
        report
            .add(
                Code::DeadlineTooLate,
                format!(
                    "`{}` allows {}, the law {}",
                    deadline.name,
                    said(deadline.within),
                    said(law.within)
                ),
            )
            .at(deadline.name.place(), said(deadline.within))
            .at(law.name.place(), cited(law))
            .help(format!("allow at most {}", said(law.within)))
            .clause(deadline.clause.as_str());
    }
}

/// The operator's deadline is the earlier of its two counts; one of them must keep the law's.
fn is_in_time(own: Counted, law: Counted) -> bool {
    let within =
        |own: Option<u32>, law: Option<u32>| matches!((own, law), (Some(own), Some(law)) if own <= law);
    within(own.working_days, law.working_days)
        || within(own.calendar_days, law.calendar_days)
        // A number of calendar days is never longer than the same number of working days.
        || within(own.calendar_days, law.working_days)
}

fn cited(law: &LawDeadline) -> String {
    format!("{} since {}: {}", said(law.within), law.since, law.citation)
}

fn said(period: Counted) -> String {
    let working = period.working_days.map(|days| format!("{days} working days"));
    let calendar = period.calendar_days.map(|days| format!("{days} calendar days"));
    working
        .into_iter()
        .chain(calendar)
        .collect::<Vec<_>>()
        .join(" and ")
}
