//! The cases of staff: references, kinds, days and owners. Nobody's name: that takes a purpose. The filter stands in the address.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{Mistake, Problem, Role};
use sandyq_processing::Rejected;
use sandyq_processing::access::Caller;
use sandyq_processing::cases::State;
use sandyq_processing::cases::listing::{CaseFilter, CaseList, CaseRow, DueBy, Whose};

use super::asked::{Asked, choice, line, pages};
use super::{access, at_rest, invite, proposals, search};
use crate::components::{error_summary, hidden, problem_of};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::{Standpoint, Visit};

/// The list.
pub const PATH: &str = "/staff/cases";
/// The words of its filter.
const FILTER: &[&str] = &["kind", "state", "owner", "due", "order", "reference"];
/// The states that can be chosen, beside all that are worked on.
const STATES: [State; 7] = [
    State::Open,
    State::Placed,
    State::Interview,
    State::Fulfilled,
    State::Closed,
    State::Refused,
    State::Returned,
];
/// The word for every closed case.
const DONE: &str = "done";

/// GET /staff/cases
pub async fn show(RawQuery(query): RawQuery, arrival: Arrival) -> Response {
    let asked = Asked::read(query.as_deref().unwrap_or_default(), FILTER);
    let outcome = listed(&arrival, &asked, Mistake::default()).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival, asked: &Asked, mistake: Mistake) -> Outcome {
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
    let visit = &arrival.visit;
    let found = async |filter: &CaseFilter| {
        let cases = arrival
            .system
            .staff_cases(caller, filter, asked.page(), visit.language);
        cases.await
    };
    let (cases, mistake) = match filter(asked) {
        Ok(filter) => match mistake_of(found(&filter).await)? {
            Ok(cases) => (cases, mistake),
            Err(wrong) => (found(&CaseFilter::default()).await?, wrong),
        },
        Err(wrong) => (found(&CaseFilter::default()).await?, wrong),
    };
    let page = page(visit, asked, &cases, (&beside(caller), &mistake));
    Ok(if mistake.0.is_empty() {
        Answer::Page(page)
    } else {
        Answer::wrong(page)
    })
}

/// POST /staff/cases/{reference}/take
pub async fn take(Path(reference): Path<String>, sent: Sent) -> Response {
    let outcome = owned(&sent, &reference, true).await;
    sent.arrival.respond(outcome)
}

/// POST /staff/cases/{reference}/give-back
pub async fn give_back(Path(reference): Path<String>, sent: Sent) -> Response {
    let outcome = owned(&sent, &reference, false).await;
    sent.arrival.respond(outcome)
}

async fn owned(sent: &Sent, reference: &str, takes: bool) -> Outcome {
    let arrival = &sent.arrival;
    let caller = staff(arrival)?;
    sent.typed.only(|name| name == "from" || FILTER.contains(&name))?;
    sent.fresh()?;
    let system = &arrival.system;
    let done = if takes {
        let from = Some(sent.typed.text("from")).filter(|from| !from.is_empty());
        system.take_case(caller, reference, from).await
    } else {
        system.give_case_back(caller, reference).await
    };
    let asked = Asked::of_form(&sent.typed, FILTER);
    match mistake_of(done)? {
        Ok(()) => Ok(Answer::SeeOther(asked.address(PATH))),
        Err(mistake) => listed(arrival, &asked, mistake).await,
    }
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
    let machine = caller
        .looks_after_the_machine()
        .then_some((at_rest::PATH, "at-rest-title"));
    let beside = access.into_iter().chain(invite).chain(proposals);
    beside.chain(machine).collect()
}

fn filter(asked: &Asked) -> Result<CaseFilter, Mistake> {
    let mut filter = CaseFilter::default();
    let mut wrong = Vec::new();
    let mut point = |name: &str| wrong.push((name.to_owned(), Problem::Choice));
    let some = |name: &str| Some(asked.get(name)).filter(|value| !value.is_empty());
    filter.kind = some("kind").map(ToOwned::to_owned);
    match some("state") {
        Some(DONE) => filter.closed = true,
        Some(word) => match STATES.into_iter().find(|state| state.name() == word) {
            Some(state) => filter.state = Some(state),
            None => point("state"),
        },
        None => {}
    }
    match some("owner") {
        Some("own") => filter.whose = Whose::Own,
        Some("nobody") => filter.whose = Whose::Nobodys,
        Some(_) => point("owner"),
        None => {}
    }
    match due_by(asked) {
        Some(due) => filter.due = due,
        None => point("due"),
    }
    match some("order") {
        Some("oldest") => filter.oldest_first = true,
        Some(_) => point("order"),
        None => {}
    }
    match some("reference") {
        Some(word) if is_reference(word) => filter.reference = Some(word.to_owned()),
        Some(_) => wrong.push(("reference".to_owned(), Problem::Characters)),
        None => {}
    }
    if wrong.is_empty() {
        Ok(filter)
    } else {
        Err(Mistake(wrong))
    }
}

/// By when, in the words of an address; `None` for another word.
pub(super) fn due_by(asked: &Asked) -> Option<DueBy> {
    match asked.get("due") {
        "" => Some(DueBy::Any),
        "overdue" => Some(DueBy::Overdue),
        "soon" => Some(DueBy::Soon),
        _ => None,
    }
}

/// Letters, digits and hyphens, as references are written.
fn is_reference(word: &str) -> bool {
    word.len() <= 12
        && word
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '-')
}

/// Words with their labels, for a choice.
pub(super) fn said(visit: &Visit, prefix: &str, words: &[&str]) -> Vec<(String, String)> {
    let said = |word: &&str| ((*word).to_owned(), visit.say(&format!("{prefix}{word}")));
    words.iter().map(said).collect()
}

fn total(visit: &Visit, case: &CaseRow) -> String {
    match (case.total_minor, &case.currency) {
        (Some(minor), Some(currency)) => visit.money(minor, currency),
        _ => String::new(),
    }
}

/// A kind of case in a word; one that only the policy folder knows goes by the other name.
fn kind(visit: &Visit, kind: &str, otherwise: &str) -> String {
    let key = format!("case-{kind}");
    let said = visit.say(&key);
    if said == key { otherwise.to_owned() } else { said }
}

/// The page. `beside` are other pages of the console.
#[must_use]
pub fn page(
    visit: &Visit,
    asked: &Asked,
    cases: &CaseList,
    (beside, mistake): (&[(&str, &str)], &Mistake),
) -> Page {
    let label = |name: &str| {
        Some(match name {
            "taken" => visit.say("cases-owner"),
            _ => visit.say(&format!("filter-{name}")),
        })
    };
    let body = html! {
        (error_summary(visit, mistake, label, |name, _| name.to_owned()))
        h1 { (visit.say("cases-title")) }
        p.lead { (visit.say("cases-lead")) }
        ul.ways { li { a href=(search::PATH) { (visit.say("search-title")) } } }
        (question(visit, asked, cases, mistake))
        @if let Some(taken) = mistake.of("taken") {
            div.question.is-wrong #taken tabindex="-1" { (problem_of(visit, "taken", Some(taken))) }
        }
        @if cases.rows.is_empty() {
            p.inset { (visit.say(if asked.is_empty() { "cases-empty" } else { "cases-none-fit" })) }
        } @else {
            (table(visit, asked, &cases.rows))
            (pages(visit, asked, PATH, (cases.page, cases.more)))
        }
        @if !beside.is_empty() {
            ul.ways { @for (path, key) in beside { li { a href=(path) { (visit.say(key)) } } } }
        }
    };
    Page::new(visit.say("cases-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .widened()
}

fn question(visit: &Visit, asked: &Asked, cases: &CaseList, mistake: &Mistake) -> Markup {
    let kinds = cases
        .kinds
        .iter()
        .map(|name| (name.clone(), kind(visit, name, name)));
    let mut states = said(visit, "state-", &STATES.map(State::name));
    states.push((DONE.to_owned(), visit.say("filter-state-done")));
    html! {
        details.filter open[!asked.is_empty() || !mistake.0.is_empty()] {
            summary { (visit.say("filter-title")) }
            form method="get" action=(PATH) {
                (choice(visit, "kind", &kinds.collect::<Vec<_>>(), asked, mistake))
                (choice(visit, "state", &states, asked, mistake))
                (choice(visit, "owner", &said(visit, "filter-owner-", &["own", "nobody"]), asked, mistake))
                (choice(visit, "due", &said(visit, "filter-due-", &["overdue", "soon"]), asked, mistake))
                (choice(visit, "order", &said(visit, "filter-order-", &["oldest"]), asked, mistake))
                (line(visit, ("reference", "filter-reference-hint"), asked.get("reference"), mistake))
                p { button.quiet type="submit" { (visit.say("filter-button")) } }
            }
            @if !asked.is_empty() { p { a href=(PATH) { (visit.say("filter-all")) } } }
        }
    }
}

/// Cases as a table.
pub(super) fn table(visit: &Visit, asked: &Asked, rows: &[CaseRow]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(visit.say("cases-title")) {
            table {
                thead { tr {
                    th scope="col" { (visit.say("cases-reference")) }
                    th scope="col" { (visit.say("cases-kind")) }
                    th scope="col" { (visit.say("cases-state")) }
                    th scope="col" { (visit.say("cases-opened")) }
                    th scope="col" { (visit.say("cases-due")) }
                    th scope="col" { (visit.say("cases-owner")) }
                    th.number scope="col" { (visit.say("total")) }
                } }
                tbody {
                    @for case in rows {
                        tr {
                            th scope="row" { a href={ (PATH) "/" (case.reference) } { (case.reference) } }
                            td { (kind(visit, &case.kind, &case.service)) }
                            td { span.tag { (visit.say(&format!("state-{}", case.state.name()))) } }
                            td { (visit.date(case.opened_at)) }
                            td {
                                @if let Some(due) = case.due_at { (visit.date(due)) }
                                @if case.late { " " span.tag.no { (visit.say("cases-late")) } }
                            }
                            td { (owner(visit, asked, case)) }
                            td.number { (total(visit, case)) }
                        }
                    }
                }
            }
        }
    }
}

/// Who has it, and the button that takes it or gives it back.
fn owner(visit: &Visit, asked: &Asked, case: &CaseRow) -> Markup {
    let (step, key) = match &case.owner {
        None => ("take", "cases-take"),
        Some(owner) if owner.own => ("give-back", "cases-give-back"),
        Some(_) => ("take", "cases-take-over"),
    };
    html! {
        @match &case.owner {
            Some(owner) if owner.own => { strong { (visit.say("cases-own")) } }
            Some(owner) => { (owner.name) }
            None => { (visit.say("cases-nobody")) }
        }
        @if case.open {
            form.plain method="post" action={ (PATH) "/" (case.reference) "/" (step) } {
                (hidden("token", &visit.token))
                @if let Some(owner) = &case.owner { @if !owner.own { (hidden("from", &owner.name)) } }
                (asked.kept())
                button.quiet type="submit" { (visit.say(key)) span.unseen { " " (case.reference) } }
            }
        }
    }
}
