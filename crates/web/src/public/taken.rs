//! Something was taken in: its reference number, what happens next, how to reach us; made to be printed. An order goes on
//! to its payment from here.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_processing::cases::{CaseView, State};

use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /taken/{reference}
pub async fn show(Path(reference): Path<String>, arrival: Arrival) -> Response {
    let outcome = taken(&arrival, &reference).await;
    arrival.respond(outcome)
}

async fn taken(arrival: &Arrival, reference: &str) -> Outcome {
    let case = arrival
        .system
        .my_case(arrival.known()?, reference, arrival.visit.language)
        .await?;
    Ok(match case.state {
        State::Unpaid => Answer::SeeOther(format!("/pay/{reference}")),
        State::Placed | State::Fulfilled | State::Returned => Answer::SeeOther(format!("/order/{reference}")),
        _ => Answer::Page(page(&arrival.visit, &case)),
    })
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, case: &CaseView) -> Page {
    let title = if case.decided.is_some() {
        "taken-decided-title"
    } else {
        "taken-title"
    };
    let body = html! {
        div.panel role="status" {
            h1 { (visit.say(title)) }
            p { (visit.say("taken-reference")) br; strong.reference { (case.reference) } }
        }
        p.lead {
            (case.service)
            @if let Some(about) = &case.about { ": " strong { (about) } }
        }
        p { (visit.say_of("taken-when", "when", &visit.date_and_time(case.opened_at))) }
        (decided(visit, case))
        @if case.state == State::Interview {
            div.inset {
                h2 { (visit.say("my-invited-title")) }
                p { (visit.say("my-invited-text")) }
            }
        }
        @if case.decided.is_none() && case.state != State::Interview {
            h2 { (visit.say("order-next-title")) }
            ol.steps {
                li { (visit.say("taken-next-letter")) }
                li { (visit.say("taken-next-staff")) }
                li { (visit.say("taken-next-data")) " " a href="/my/accesses" { (visit.say("order-next-my")) } }
            }
        }
        @if let Some(operator) = &visit.operator {
            p { (visit.say("order-questions")) " " (operator.phone) ", " (operator.email) }
        }
        p.no-print { (visit.say("order-print")) }
    };
    Page::new(visit.say(title), body)
}

/// What was decided about a case, and that a person decided it (1.3).
pub(super) fn decided(visit: &Visit, case: &CaseView) -> Markup {
    html! {
        @if let Some(decided) = &case.decided {
            div.inset {
                h2 { (visit.say("my-decided-title")) }
                p {
                    strong { (decided.decision) }
                    @if let Some(reason) = &decided.reason { ": " (reason) }
                }
                p { (visit.say_of("my-decided-when", "when", &visit.date_and_time(decided.at))) }
                @if decided.reason.is_none() {
                    p { a href="/my" { (visit.say("my-decided-read")) } }
                } @else {
                    p { a href="/my/requests/new" { (visit.say("my-decided-object")) } }
                }
            }
        }
    }
}
