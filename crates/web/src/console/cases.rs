//! The cases of staff: references, kinds, days and owners. Nobody's name: that takes a purpose. The filter stands in the address.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{Mistake, Problem, Role};
use sandyq_processing::Rejected;
use sandyq_processing::access::Caller;
use sandyq_processing::cases::State;
use sandyq_processing::cases::listing::{CaseFilter, CaseList, CaseRow, DueBy, Whose};
use sandyq_processing::cases::views::SavedView;

use super::asked::{Asked, choice, line, pages};
use super::{access, accounts, at_rest, emergency, proposals, search, statistics, together, views};
use crate::components::{error_summary, hidden, problem_of};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::{Standpoint, Visit};

/// The list.
pub const PATH: &str = "/staff/cases";
/// The words of its filter.
pub(super) const FILTER: &[&str] = &["kind", "state", "owner", "due", "order", "reference"];
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
/// The word of an address for a case that was just taken.
const TAKEN: &str = "taken";
/// The word of an address for a case that was just given back.
const GIVEN: &str = "given";
/// The words of an address that say what was just done to one case.
const DID: &[&str] = &["did", "of"];
/// The word for every closed case.
const DONE: &str = "done";

/// GET /staff/cases
pub async fn show(RawQuery(query): RawQuery, arrival: Arrival) -> Response {
    let query = query.unwrap_or_default();
    let asked = Asked::read(&query, FILTER);
    let did = Asked::read(&query, DID);
    let outcome = shown(&arrival, &asked, (Mistake::default(), just_done(&did))).await;
    arrival.respond(outcome)
}

/// What was just done to which case, as an address says.
fn just_done(did: &Asked) -> Option<(&str, &str)> {
    let (step, reference) = (did.get("did"), did.get("of"));
    let is_known = [TAKEN, GIVEN].contains(&step) && !reference.is_empty() && is_reference(reference);
    is_known.then_some((step, reference))
}

/// The list again, with what was wrong.
pub(super) async fn listed(arrival: &Arrival, asked: &Asked, mistake: Mistake) -> Outcome {
    shown(arrival, asked, (mistake, None)).await
}

async fn shown(
    arrival: &Arrival,
    asked: &Asked,
    (mistake, done): (Mistake, Option<(&str, &str)>),
) -> Outcome {
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
    let kept = arrival.system.my_views(caller).await?;
    let about = Beside {
        ways: &beside(caller),
        mistake: &mistake,
        done,
        views: &kept,
    };
    let page = page(visit, asked, &cases, &about);
    Ok(Answer::of(page))
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
        Ok(()) => Ok(Answer::SeeOther(with_undo(&asked, takes, reference))),
        Err(mistake) => listed(arrival, &asked, mistake).await,
    }
}

/// The list, with what was done to that case.
fn with_undo(asked: &Asked, takes: bool, reference: &str) -> String {
    let list = asked.address(PATH);
    let joint = if list.contains('?') { '&' } else { '?' };
    let did = if takes { TAKEN } else { GIVEN };
    format!("{list}{joint}did={did}&of={reference}")
}

/// The caller, who must be staff; anybody else is asked to sign in as such.
pub(super) fn staff(arrival: &Arrival) -> Result<&Caller, Rejected> {
    match arrival.visit.standpoint {
        Standpoint::Staff => arrival.known(),
        _ => Err(Rejected::SignInFirst),
    }
}

/// Whether the caller must read the policy first (PRE-1).
pub(super) fn unfamiliar(caller: &Caller) -> bool {
    caller.staff.as_ref().is_some_and(|card| !card.familiar)
}

/// Pages of the console beside cases, for whoever they are open to.
fn beside(caller: &Caller) -> Vec<(&'static str, &'static str)> {
    let access = caller
        .answers_for_access()
        .then_some((access::PATH, "access-title"));
    let accounts = caller
        .gives_access()
        .then_some((accounts::PATH, "accounts-title"));
    let proposals = caller.seconds().then_some((proposals::PATH, "proposals-title"));
    let machine = caller
        .looks_after_the_machine()
        .then_some((at_rest::PATH, "at-rest-title"));
    let statistics = caller
        .reads_figures()
        .then_some((statistics::PATH, "statistics-title"));
    let beside = access.into_iter().chain(accounts).chain(proposals);
    beside.chain(machine).chain(statistics).collect()
}

pub(super) fn filter(asked: &Asked) -> Result<CaseFilter, Mistake> {
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
pub(super) fn is_reference(word: &str) -> bool {
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

/// What stands around the list.
pub struct Beside<'a> {
    /// Other pages of the console.
    pub ways: &'a [(&'a str, &'a str)],
    /// What was wrong.
    pub mistake: &'a Mistake,
    /// What was just done to which case.
    pub done: Option<(&'a str, &'a str)>,
    /// The filters that the reader keeps.
    pub views: &'a [SavedView],
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, asked: &Asked, cases: &CaseList, about: &Beside<'_>) -> Page {
    let Beside {
        ways,
        mistake,
        done,
        views: kept,
    } = *about;
    let label = |name: &str| {
        Some(match name {
            "taken" => visit.say("cases-owner"),
            "chosen" => visit.say("together-label"),
            "view" => visit.say("views-name"),
            _ => visit.say(&format!("filter-{name}")),
        })
    };
    let body = html! {
        (error_summary(visit, mistake, label, |name, _| name.to_owned()))
        h1 { (visit.say("cases-title")) }
        p.lead { (visit.say("cases-lead")) }
        ul.ways {
            li { a href=(search::PATH) { (visit.say("search-title")) } }
            li { a href=(emergency::PATH) { (visit.say("emergency-title")) } }
        }
        (views::links(visit, asked, kept))
        (question(visit, asked, cases, mistake))
        @if let Some(taken) = mistake.of("taken") {
            div.question.is-wrong #taken tabindex="-1" { (problem_of(visit, "taken", Some(taken))) }
        }
        @if let Some(problem) = mistake.of("chosen") {
            div.question.is-wrong #chosen tabindex="-1" { (problem_of(visit, "chosen", Some(problem))) }
        }
        @if let Some((step, reference)) = done { (undo(visit, asked, step, reference)) }
        @if cases.rows.is_empty() {
            p.inset { (visit.say(if asked.is_empty() { "cases-empty" } else { "cases-none-fit" })) }
        } @else {
            (table(visit, asked, (&cases.rows, true)))
            @if cases.rows.iter().any(|case| case.open) { (together::buttons(visit, asked)) }
            (pages(visit, asked, PATH, (cases.page, cases.more)))
        }
        @if !ways.is_empty() {
            ul.ways { @for (path, key) in ways { li { a href=(path) { (visit.say(key)) } } } }
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
            (views::keeping(visit, asked, mistake))
        }
    }
}

/// What was done to one case just now, and the button that undoes it.
fn undo(visit: &Visit, asked: &Asked, step: &str, reference: &str) -> Markup {
    let opposite = if step == TAKEN { "give-back" } else { "take" };
    html! {
        div.inset role="status" {
            p { (visit.say_of(&format!("cases-did-{step}"), "reference", reference)) }
            form.plain method="post" action={ (PATH) "/" (reference) "/" (opposite) } {
                (hidden("token", &visit.token))
                (asked.kept())
                button.quiet type="submit" { (visit.say("cases-undo")) }
            }
        }
    }
}

/// Cases as a table, with boxes where they can be chosen.
pub(super) fn table(visit: &Visit, asked: &Asked, (rows, chosen): (&[CaseRow], bool)) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(visit.say("cases-title")) {
            table {
                thead { tr {
                    @if chosen { td {} }
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
                        tr data-row {
                            @if chosen { td { @if case.open { (together::choice(visit, &case.reference)) } } }
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
                button.quiet type="submit" data-take[step == "take"] { (visit.say(key)) span.unseen { " " (case.reference) } }
            }
        }
    }
}
