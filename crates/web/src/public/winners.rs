//! 4.1: the one public list: winners of promotions, by the names that they agreed to show.

use axum::response::Response;
use maud::html;
use sandyq_processing::transfer::Winners;

use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the list is.
pub const PATH: &str = "/winners";

/// GET /winners
pub async fn show(arrival: Arrival) -> Response {
    let outcome = shown(&arrival).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival) -> Outcome {
    let lists = arrival.system.winners(arrival.visit.language).await?;
    Ok(Answer::Page(page(&arrival.visit, &lists)))
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, lists: &[Winners]) -> Page {
    let body = html! {
        h1 { (visit.say("winners-title")) }
        p.lead { (visit.say("winners-lead")) " " a href="/policy#clause-4.1" { "4.1" } }
        @if lists.is_empty() { p.inset { (visit.say("winners-none")) } }
        @for list in lists {
            h2 { (list.promotion) }
            ul { @for winner in &list.winners {
                @let names: Vec<&str> = winner.names.iter().map(|name| name.expose().as_str()).collect();
                li { (names.join(" ")) ", " (visit.date(winner.since)) }
            } }
        }
    };
    Page::new(visit.say("winners-title"), body).back_to("/services/promotion-entry")
}
