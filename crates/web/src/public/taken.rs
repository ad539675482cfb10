//! Something was taken in: its reference number, what happens next, how to reach us; made to be printed. An order goes on
//! to its payment from here.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
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
        State::Placed | State::Fulfilled => Answer::SeeOther(format!("/order/{reference}")),
        _ => Answer::Page(page(&arrival.visit, &case)),
    })
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, case: &CaseView) -> Page {
    let body = html! {
        div.panel role="status" {
            h1 { (visit.say("taken-title")) }
            p { (visit.say("taken-reference")) br; strong.reference { (case.reference) } }
        }
        p.lead {
            (case.service)
            @if let Some(about) = &case.about { ": " strong { (about) } }
        }
        p { (visit.say_of("taken-when", "when", &visit.date_and_time(case.opened_at))) }
        h2 { (visit.say("order-next-title")) }
        ol.steps {
            li { (visit.say("taken-next-letter")) }
            li { (visit.say("taken-next-staff")) }
            li { (visit.say("taken-next-data")) " " a href="/my/accesses" { (visit.say("order-next-my")) } }
        }
        @if let Some(operator) = &visit.operator {
            p { (visit.say("order-questions")) " " (operator.phone) ", " (operator.email) }
        }
        p.no-print { (visit.say("order-print")) }
    };
    Page::new(visit.say("taken-title"), body)
}
