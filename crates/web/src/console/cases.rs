//! The cases of staff: references, kinds and dates. Nobody's name: that takes a purpose.

use axum::response::Response;
use maud::html;
use sandyq_model::Role;
use sandyq_processing::Rejected;
use sandyq_processing::access::Caller;
use sandyq_processing::cases::desk::{CaseList, CaseRow};

use super::{access, invite, proposals};
use crate::components::pagination;
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::{Standpoint, Visit};

/// GET /staff/cases
pub async fn show(arrival: Arrival) -> Response {
    let outcome = listed(&arrival).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival) -> Outcome {
    let caller = staff(arrival)?;
    if unfamiliar(caller) {
        return Ok(Answer::SeeOther("/staff/familiar".to_owned()));
    }
    // 5.1.1: the responsible person's desk has requests on it, and no cases.
    if caller.actor.role == Role::RESPONSIBLE {
        return Ok(Answer::SeeOther("/staff/requests".to_owned()));
    }
    // 5.1.5: the auditor's desk is the ledger.
    if caller.actor.role == Role::AUDITOR {
        return Ok(Answer::SeeOther("/staff/audit".to_owned()));
    }
    let cases = arrival
        .system
        .staff_cases(
            caller,
            arrival.visit.list_page.unwrap_or(1),
            arrival.visit.language,
        )
        .await?;
    Ok(Answer::Page(page(&arrival.visit, &cases, &beside(caller))))
}

/// The caller, who must be staff; anybody else is asked to sign in as such.
pub(super) fn staff(arrival: &Arrival) -> Result<&Caller, Rejected> {
    match arrival.visit.standpoint {
        Standpoint::Staff => arrival.known(),
        _ => Err(Rejected::SignInFirst),
    }
}

/// Whether the caller must read the policy first (PRE-1).
fn unfamiliar(caller: &Caller) -> bool {
    caller.staff.as_ref().is_some_and(|card| !card.familiar)
}

/// Pages of the console beside cases, for whoever they are open to.
fn beside(caller: &Caller) -> Vec<(&'static str, &'static str)> {
    let access = caller
        .answers_for_access()
        .then_some((access::PATH, "access-title"));
    let invite = caller.invites().then_some((invite::PATH, "invite-title"));
    let proposals = caller.seconds().then_some((proposals::PATH, "proposals-title"));
    access.into_iter().chain(invite).chain(proposals).collect()
}

fn total(visit: &Visit, case: &CaseRow) -> String {
    match (case.total_minor, &case.currency) {
        (Some(minor), Some(currency)) => visit.money(minor, currency),
        _ => String::new(),
    }
}

/// A kind of case in a word; one that only the policy folder knows goes by the name of its service.
fn kind(visit: &Visit, case: &CaseRow) -> String {
    let key = format!("case-{}", case.kind);
    let said = visit.say(&key);
    if said == key { case.service.clone() } else { said }
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, cases: &CaseList, beside: &[(&str, &str)]) -> Page {
    let body = html! {
        h1 { (visit.say("cases-title")) }
        p.lead { (visit.say("cases-lead")) }
        @if cases.rows.is_empty() { p.inset { (visit.say("cases-empty")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(visit.say("cases-title")) {
                table {
                    thead { tr {
                        th scope="col" { (visit.say("cases-reference")) }
                        th scope="col" { (visit.say("cases-kind")) }
                        th scope="col" { (visit.say("cases-state")) }
                        th scope="col" { (visit.say("cases-opened")) }
                        th.number scope="col" { (visit.say("total")) }
                    } }
                    tbody {
                        @for case in &cases.rows {
                            tr {
                                th scope="row" { a href={ "/staff/cases/" (case.reference) } { (case.reference) } }
                                td { (kind(visit, case)) }
                                td { span.tag { (visit.say(&format!("state-{}", case.state.name()))) } }
                                td { (visit.date(case.opened_at)) }
                                td.number { (total(visit, case)) }
                            }
                        }
                    }
                }
            }
            (pagination(visit, cases.page, cases.more))
        }
        @if !beside.is_empty() {
            ul.ways { @for (path, key) in beside { li { a href=(path) { (visit.say(key)) } } } }
        }
    };
    Page::new(visit.say("cases-title"), body).widened()
}
