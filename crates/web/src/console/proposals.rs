//! 5.1.1: what waits for a second person. Whoever may do it agrees or turns it down; whoever proposed it can only take it back.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{Mistake, Problem, ProposalId};
use sandyq_processing::Rejected;
use sandyq_processing::second_person::{Agreed, Deed, ProposalView};

use super::breaches::REGISTER;
use super::cases::staff;
use super::invite::link_page;
use super::privileged;
use crate::components::{Row, error_summary, hidden, summary_list};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the list is.
pub const PATH: &str = "/staff/proposals";

/// GET /staff/proposals
pub async fn show(arrival: Arrival) -> Response {
    let outcome = shown(&arrival, &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival, mistake: &Mistake) -> Outcome {
    let waiting = arrival.system.proposals(staff(arrival)?).await?;
    let (system, visit) = (&arrival.system, &arrival.visit);
    let names = Names {
        role: &|name| system.role_named(name, visit.language),
        reason: &|name| system.reason_named(name, visit.language),
    };
    let page = page(visit, &names, &waiting, mistake);
    Ok(Answer::of(page))
}

/// POST /staff/proposals/{id}
pub async fn answer(Path(id): Path<String>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &["agree"]).await {
        return sent.arrival.respond(asked);
    }
    let outcome = answered(&sent, &id).await;
    sent.arrival.respond(outcome)
}

async fn answered(sent: &Sent, id: &str) -> Outcome {
    let arrival = &sent.arrival;
    let caller = staff(arrival)?;
    sent.typed.only(|_| false)?;
    sent.fresh()?;
    let id: ProposalId = id.parse().map_err(|_| Rejected::NotFound)?;
    let agreed = match sent.typed.text("step") {
        "agree" => mistake_of(arrival.system.agree(caller, id).await)?,
        "turn-down" => {
            arrival.system.turn_down(caller, id).await?;
            return Ok(Answer::SeeOther(PATH.to_owned()));
        }
        _ => return Err(Rejected::mistake("step", Problem::Choice)),
    };
    match agreed {
        Ok(Agreed::Invited(name, invitation)) => {
            Ok(Answer::Page(link_page(&arrival.visit, &name, &invitation)))
        }
        Ok(Agreed::Destroyed(receipt)) => Ok(Answer::SeeOther(format!("/receipt/{receipt}"))),
        Ok(Agreed::ListOpened(breach)) => Ok(Answer::SeeOther(format!("{REGISTER}/{breach}/list"))),
        Ok(Agreed::Kept(_) | Agreed::Lifted | Agreed::Closed | Agreed::Changed | Agreed::Opened) => {
            Ok(Answer::SeeOther(PATH.to_owned()))
        }
        Err(mistake) => shown(arrival, &mistake).await,
    }
}

/// What the policy folder calls things, in the language of the reader.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// A role.
    pub role: &'a dyn Fn(&str) -> String,
    /// The reason of a decision.
    pub reason: &'a dyn Fn(&str) -> String,
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, names: &Names<'_>, waiting: &[ProposalView], mistake: &Mistake) -> Page {
    let title = visit.say("proposals-title");
    let body = html! {
        (error_summary(visit, mistake, |_| Some(title.clone()), |_, _: Problem| "proposals".to_owned()))
        h1 #proposals { (title) }
        p.lead { (visit.say("proposals-lead")) }
        @if waiting.is_empty() { p.inset { (visit.say("proposals-none")) } }
        @for one in waiting { (proposal(visit, names, one)) }
    };
    Page::new(title.clone(), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/requests")
}

/// What is said after something was proposed.
#[must_use]
pub fn proposed(visit: &Visit) -> Page {
    let body = html! {
        div.panel role="status" { h1 { (visit.say("proposals-proposed")) } }
        p.lead { (visit.say("proposals-proposed-lead")) }
        p { a href=(PATH) { (visit.say("proposals-title")) } }
    };
    Page::new(visit.say("proposals-proposed"), body).back_to("/staff/cases")
}

fn proposal(visit: &Visit, names: &Names<'_>, one: &ProposalView) -> Markup {
    let title = visit.say(&format!("proposal-{}", one.deed.name()));
    let id = format!("proposal-{}", one.id);
    html! {
        article aria-labelledby=(id) {
            h2 id=(id) { (title) }
            (summary_list(&facts(visit, names, one)))
            form method="post" action={ (PATH) "/" (one.id) } novalidate autocomplete="off" {
                (hidden("token", &visit.token))
                (hidden("key", &visit.key))
                @if one.own {
                    p { (visit.say("proposals-own")) }
                    p { button.quiet type="submit" name="step" value="turn-down" { (visit.say("proposals-take-back")) } }
                } @else {
                    p { button.go type="submit" name="step" value="agree" { (visit.say("proposals-agree")) } }
                    p { button.quiet type="submit" name="step" value="turn-down" { (visit.say("proposals-turn-down")) } }
                }
            }
        }
    }
}

fn facts(visit: &Visit, names: &Names<'_>, one: &ProposalView) -> Vec<Row> {
    let mut rows = match &one.deed {
        Deed::Keep(order) => vec![
            Row::text(
                visit.say("hold-by"),
                &visit.say(&format!("hold-by-{}", order.ordered_by.trim())),
            ),
            Row::text(visit.say("hold-article"), &order.article),
            Row::text(visit.say("hold-document"), &order.document),
            Row::text(visit.say("hold-dated"), &visit.day(&order.dated)),
        ],
        Deed::Lift { document, .. } => vec![Row::text(visit.say("hold-lift-document"), document)],
        Deed::BreachList { breach, people, .. } => {
            let path = format!("{REGISTER}/{breach}/people");
            let link =
                html! { a href=(path) { (visit.say_of("breach-title", "number", &breach.to_string())) } };
            let mut rows = vec![Row::new(visit.say("breaches-title"), link)];
            let count = people.map(|people| people.to_string());
            rows.extend(count.map(|count| Row::text(visit.say("breach-people-short"), &count)));
            rows
        }
        Deed::Destroy => Vec::new(),
        Deed::CloseAccount { reason } => {
            vec![Row::text(
                visit.say("close-account-reason"),
                &(names.reason)(reason),
            )]
        }
        Deed::Emergency { reference, reason } => vec![
            Row::text(visit.say("emergency-reference"), reference),
            Row::text(
                visit.say("emergency-reason"),
                &visit.say(&format!("emergency-reason-{reason}")),
            ),
        ],
        Deed::ChangeRole { name, from, role } => vec![
            Row::text(visit.say("staff-name-label"), name),
            Row::text(visit.say("proposal-role-from"), &(names.role)(from)),
            Row::text(visit.say("access-role"), &(names.role)(role)),
        ],
        Deed::Invite { name, role: named } => vec![
            Row::text(visit.say("staff-name-label"), name),
            Row::text(visit.say("access-role"), &(names.role)(named)),
        ],
    };
    rows.extend(one.subject.map(|subject| {
        let link = html! { a href={ "/staff/records/" (subject) } { (visit.say("record-open")) } };
        Row::new(visit.say("record-title"), link)
    }));
    rows.push(Row::text(visit.say("proposals-by"), &one.by));
    rows.push(Row::text(visit.say("proposals-at"), &visit.date_and_time(one.at)));
    rows.push(Row::text(
        visit.say("proposals-until"),
        &visit.date_and_time(one.until),
    ));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::LANGUAGES;
    use crate::samples;
    use crate::visit::Standpoint;

    #[test]
    fn a_list_of_people_says_to_how_many_one_agrees_as_far_as_it_was_written_down() {
        let names = Names {
            role: &|_| String::new(),
            reason: &|_| String::new(),
        };
        for language in LANGUAGES {
            let visit = samples::visit(language, PATH, Standpoint::Staff);
            for people in [Some(4_711), None] {
                let view = ProposalView {
                    id: ProposalId::from_bytes([1; 16]),
                    deed: Deed::BreachList {
                        breach: 3,
                        people,
                        sought: people.map(|_| 2),
                    },
                    subject: None,
                    by: "aru".to_owned(),
                    at: jiff::Timestamp::UNIX_EPOCH,
                    until: jiff::Timestamp::UNIX_EPOCH,
                    own: false,
                };
                let shown = summary_list(&facts(&visit, &names, &view)).into_string();
                let label = visit.say("breach-people-short");
                assert_eq!(shown.contains("4711"), people.is_some(), "{shown}");
                assert_eq!(shown.contains(&label), people.is_some(), "{shown}");
            }
        }
    }
}
