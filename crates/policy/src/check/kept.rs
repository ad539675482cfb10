//! 5.1.1: what is published is kept. A limit or deadline of the folder is read by the program, holds by how the program is built, or is
//! kept by people and says so (`by="people"`); of any other one the policy would say what nothing does.

use sandyq_model::RequestKind;

use crate::check::{Code, Report};
use crate::declarations::{Declarations, Name};

/// The limits that the program reads, by name. That it does is looked for in its source by a test.
pub const LIMITS_READ: [&str; 32] = [
    "backup-days",
    "breach-list-hours",
    "bulk-read",
    "card-proof-months",
    "case-notes",
    "closed-account-days",
    "code-attempts",
    "code-minutes",
    "compared-a-night",
    "consent-proof-years",
    "contact-misses",
    "contact-searches",
    "contact-unconfirmed-months",
    "emergency-answer-minutes",
    "emergency-minutes",
    "emergency-review-hours",
    "group-size",
    "identification-attempts",
    "paper-destruction",
    "pending-confirmation",
    "pending-confirmation-ceiling",
    "recent-contact-days",
    "relation-months",
    "representative-acts-until-age",
    "representative-agrees-until-age",
    "request-days",
    "request-open-months",
    "request-posting-days",
    "second-person-hours",
    "subjects-large",
    "subjects-medium",
    "subjects-warning-percent",
];

/// The deadlines that the program reads, beside those of the kinds of requests.
pub const DEADLINES_READ: [&str; 2] = ["breach-notice", "unpublish"];

/// Limits that hold whatever they say: nothing removes an entry of the ledger.
const LIMITS_HELD: [&str; 1] = ["ledger-years"];
/// Deadlines that hold whatever they say: the letter about a handing-over is left in the commit of the handing-over.
const DEADLINES_HELD: [&str; 1] = ["transfer-notice"];

pub(super) fn examine(declarations: &Declarations, report: &mut Report) {
    let prolongs = |name: &Name| {
        let consents = declarations.services.iter().flat_map(|service| &service.consents);
        let mut named = consents.filter_map(|consent| consent.prolongs.as_ref());
        named.any(|limit| limit.as_str() == name.as_str())
    };
    let is_due_day = |name: &Name| {
        let mut kinds = declarations
            .services
            .iter()
            .filter_map(|service| service.case.as_ref());
        kinds.any(|kind| name.as_str().strip_prefix("due-") == Some(kind.as_str()))
    };
    for limit in declarations.limits.iter().filter(|limit| !limit.by_people) {
        let name = limit.name.as_str();
        let is_kept = LIMITS_READ.contains(&name) || LIMITS_HELD.contains(&name);
        if !is_kept && !prolongs(&limit.name) && !is_due_day(&limit.name) {
            unread("limit", &limit.name, limit.clause.as_str(), report);
        }
    }
    for deadline in declarations
        .deadlines
        .iter()
        .filter(|deadline| !deadline.by_people)
    {
        let name = deadline.name.as_str();
        let is_kept = DEADLINES_READ.contains(&name) || DEADLINES_HELD.contains(&name);
        let is_of_requests = RequestKind::ALL.iter().any(|kind| kind.name() == name);
        if !is_kept && !is_of_requests {
            unread("deadline", &deadline.name, deadline.clause.as_str(), report);
        }
    }
}

fn unread(kind: &str, name: &Name, clause: &str, report: &mut Report) {
    let known = LIMITS_READ.iter().chain(&DEADLINES_READ).copied();
    let near = crate::check::nearest(name.as_str(), known);
    report
        .add(
            Code::PeriodUnread,
            format!("the {kind} `{name}` is published, and the program does not keep it"),
        )
        .warning()
        .at(name.place(), "nothing reads this")
        .help(near.map_or_else(
            || "take it out, or write  by=\"people\"  if people keep it".to_owned(),
            |near| format!("did you mean `{near}`?"),
        ))
        .clause(clause);
}
