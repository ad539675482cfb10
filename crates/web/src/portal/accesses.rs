//! "Who looked at my data" (5.1.5, 6.4): when, who, which fields, for which purpose, under which clause.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_processing::request::{Access, Accesses};

use crate::components::pagination;
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /my/accesses
pub async fn show(arrival: Arrival) -> Response {
    let outcome = looked(&arrival).await;
    arrival.respond(outcome)
}

async fn looked(arrival: &Arrival) -> Outcome {
    let wanted = arrival.visit.list_page.unwrap_or(1);
    let accesses = arrival
        .system
        .my_accesses(arrival.known()?, wanted, arrival.visit.language)
        .await?;
    Ok(Answer::Page(page(&arrival.visit, &accesses)))
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, accesses: &Accesses) -> Page {
    let body = html! {
        h1 { (visit.say("accesses-title")) }
        p.lead { (visit.say("accesses-lead")) }
        @if accesses.rows.is_empty() { p.inset { (visit.say("accesses-empty")) } }
        ol.happenings { @for access in &accesses.rows { (happening(visit, access)) } }
        (pagination(visit, accesses.page, accesses.page < accesses.pages))
        p { (visit.say("accesses-question")) }
    };
    Page::new(visit.say("accesses-title"), body).back_to("/my")
}

/// What was done: the policy's verb, or something that happened to the way in.
pub(super) fn what(visit: &Visit, access: &Access) -> String {
    let key = format!("happening-{}", access.what);
    let said = visit.say(&key);
    if said == key { access.what.clone() } else { said }
}

fn happening(visit: &Visit, access: &Access) -> Markup {
    html! {
        li.refused[access.refused] {
            p.when { time datetime=(access.at) { (visit.date_and_time(access.at)) } }
            p.what {
                strong { (access.who) } ": " (what(visit, access))
                @if access.emergency { " " span.tag.no { (visit.say("accesses-emergency")) } }
                @if access.refused { " " span.tag.no { (visit.say("accesses-refused")) } }
            }
            dl {
                @if let Some(request) = &access.request {
                    dt { (visit.say("accesses-request")) }
                    dd { a href={ "/my/requests/" (request) } { (request) } }
                }
                @if !access.fields.is_empty() {
                    dt { (visit.say("accesses-fields")) } dd { (access.fields.join(", ")) }
                }
                @if let Some(recipient) = &access.recipient {
                    dt { (visit.say("disclosure-to")) } dd { (recipient) }
                }
                @if let Some(purpose) = &access.purpose {
                    dt { (visit.say("accesses-purpose")) } dd { (purpose) }
                }
                @if !access.clauses.is_empty() {
                    dt { (visit.say("accesses-clauses")) }
                    dd {
                        @for (place, clause) in access.clauses.iter().enumerate() {
                            @let id = clause.split('#').next().unwrap_or(clause);
                            @if place > 0 { ", " }
                            a href={ "/policy#clause-" (id) } { (id) }
                        }
                    }
                }
                dt { (visit.say("accesses-entry")) } dd { code { (access.entry) } }
            }
        }
    }
}
