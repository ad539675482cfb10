//! 5.1.3-b: whom a breach concerns, and what was done about them, for the responsible person: by the numbers of records, without a
//! value of anybody. Looking for them goes on in the queue; how far it came stands here whenever the page is opened.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{BreachActKind, Category, Standing};
use sandyq_processing::breach::{ActView, ConcernedView, People, Reach};

use super::breach::in_words;
use super::breaches::{REGISTER, labels};
use super::cases::staff;
use crate::components::pagination;
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the people of that breach are.
#[must_use]
pub fn path_of(number: u32) -> String {
    format!("{REGISTER}/{number}/people")
}

/// GET /staff/breaches/{number}/people
pub async fn show(Path(number): Path<u32>, arrival: Arrival) -> Response {
    let outcome = shown(&arrival, number).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival, number: u32) -> Outcome {
    let (system, visit) = (&arrival.system, &arrival.visit);
    let page = visit.list_page.unwrap_or(1);
    let people = system
        .people_of_breach(staff(arrival)?, number, page, visit.language)
        .await?;
    Ok(Answer::Page(page_of(visit, &people, &labels(system, visit))))
}

/// The page.
#[must_use]
pub fn page_of(visit: &Visit, people: &People, labels: &[(Category, String)]) -> Page {
    let number = people.breach.number;
    let title = visit.say_of("breach-people-title", "number", &number.to_string());
    let body = html! {
        h1 { (title) }
        p.lead { (visit.say("breach-people-lead")) }
        (counted(visit, people))
        (does(visit, people))
        @if !people.acts.is_empty() {
            h2 { (visit.say("breach-acts")) }
            ol.happenings { @for act in &people.acts { (done(visit, act, labels)) } }
        }
        h2 { (visit.say("breach-people-list")) }
        @if people.rows.is_empty() { p.inset { (visit.say("breach-people-nobody")) } } @else {
            (table(visit, people, labels, &title))
            (pagination(visit, people.page, people.more))
        }
    };
    Page::new(title.clone(), body)
        .widened()
        .back_to(format!("{REGISTER}/{number}"))
}

fn counted(visit: &Visit, people: &People) -> Markup {
    let counts = people.counts;
    html! {
        dl.facts {
            @for (key, count) in [
                ("breach-people-now", counts.people),
                ("breach-people-letters", counts.letters),
                ("breach-people-told", counts.told),
                ("breach-people-otherwise", counts.unreached),
            ] {
                div { dt { (visit.say(key)) } dd { (count) } }
            }
        }
    }
}

/// What can be done now.
fn does(visit: &Visit, people: &People) -> Markup {
    let number = people.breach.number;
    let path = path_of(number);
    html! {
        h2 { (visit.say("breach-people-do")) }
        ul {
            @for kind in BreachActKind::FINDS {
                li { a href={ (path) "/" (kind) } { (visit.say(&format!("breach-seek-{kind}"))) } }
            }
            @if people.counts.people > 0 {
                li { a href={ (REGISTER) "/" (number) "/list" } { (visit.say("breach-list-title")) } }
            }
            @if people.unwritten() > 0 {
                li { a href={ (path) "/letters" } { (visit.say("breach-letters-title")) } }
            }
        }
    }
}

fn done(visit: &Visit, act: &ActView, labels: &[(Category, String)]) -> Markup {
    let finds = BreachActKind::FINDS.contains(&act.kind);
    let found = if act.kind == BreachActKind::Letters {
        "breach-act-written"
    } else {
        "breach-act-found"
    };
    html! {
        li {
            p.when { time datetime=(act.begun_at) { (visit.date_and_time(act.begun_at)) } }
            p.what {
                strong { (act.number) ". " (visit.say(&format!("breach-act-{}", act.kind))) }
                @if let Some(by) = &act.by { " (" (by) ")" }
            }
            dl {
                @if !act.categories.is_empty() {
                    dt { (visit.say("breach-categories-short")) } dd { (in_words(visit, &act.categories, labels)) }
                }
                @if !act.fields.is_empty() { dt { (visit.say("breach-fields")) } dd { (act.fields.join(", ")) } }
                @if let Some(staff) = &act.staff { dt { (visit.say("breach-staff")) } dd { (staff) } }
                @if let Some(from) = act.from_at { dt { (visit.say("breach-from")) } dd { (visit.date_and_time(from)) } }
                @if let Some(until) = act.until_at { dt { (visit.say("breach-until")) } dd { (visit.date_and_time(until)) } }
                @if finds || act.kind == BreachActKind::Letters {
                    dt { (visit.say(found)) } dd { (act.found) }
                }
                @if act.left_out > 0 { dt { (visit.say("breach-act-left-out")) } dd { (act.left_out) } }
            }
            (progress(visit, act))
        }
    }
}

/// How far it came; nothing of what ended well.
fn progress(visit: &Visit, act: &ActView) -> Markup {
    html! {
        @if act.ended_at.is_none() {
            @let id = format!("act-{}", act.number);
            p role="status" {
                label for=(id) { (visit.say_of("breach-act-seen", "seen", &act.seen.to_string())) } " "
                progress id=(id) max="100" value=(act.percent) { (act.percent) " %" }
            }
            p.hint { (visit.say("breach-act-goes-on")) }
        }
        @if act.full { p.inset { (visit.say("breach-act-full")) } }
    }
}

fn table(visit: &Visit, people: &People, labels: &[(Category, String)], title: &str) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table {
                thead { tr {
                    th scope="col" { (visit.say("breach-people-record")) }
                    th scope="col" { (visit.say("breach-people-group")) }
                    th.number scope="col" { (visit.say("breach-people-act")) }
                    th scope="col" { (visit.say("breach-people-reach")) }
                } }
                tbody { @for one in &people.rows { (line(visit, one, labels)) } }
            }
        }
    }
}

fn line(visit: &Visit, one: &ConcernedView, labels: &[(Category, String)]) -> Markup {
    let said = visit.say(&format!("breach-reach-{}", one.reach.name()));
    html! {
        tr {
            th scope="row" { a href={ "/staff/records/" (one.subject) } { (one.subject) } }
            td {
                (in_words(visit, &[one.category], labels))
                @if one.standing != Standing::Active { " " span.tag { (visit.say(&format!("record-standing-{}", one.standing.name()))) } }
            }
            td.number { (one.act) }
            td {
                @if one.reach.is_otherwise() { span.tag.no { (said) } } @else { (said) }
                @if let Reach::Told(at) = one.reach { " " (visit.date_and_time(at)) }
            }
        }
    }
}
