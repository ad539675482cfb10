//! The order is placed: its reference number, what happens next, how to reach us; made to be printed.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_processing::cases::{CaseView, State};

use super::taken::decided;
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /order/{reference}
pub async fn show(Path(reference): Path<String>, arrival: Arrival) -> Response {
    let outcome = order(&arrival, &reference).await;
    arrival.respond(outcome)
}

async fn order(arrival: &Arrival, reference: &str) -> Outcome {
    let order = arrival
        .system
        .my_case(arrival.known()?, reference, arrival.visit.language)
        .await?;
    if order.state == State::Unpaid {
        return Ok(Answer::SeeOther(format!("/pay/{reference}")));
    }
    Ok(Answer::Page(page(&arrival.visit, &order)))
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, order: &CaseView) -> Page {
    let body = html! {
        div.panel role="status" {
            h1 { (visit.say("order-title")) }
            p { (visit.say("order-reference")) br; strong.reference { (order.reference) } }
        }
        p.lead { (visit.say("order-lead")) }
        (lines_table(visit, order))
        p { (visit.say_of("order-placed", "when", &visit.date_and_time(order.opened_at))) }
        (decided(visit, order))
        @if order.decided.is_none() {
            h2 { (visit.say("order-next-title")) }
            ol.steps {
                li { (visit.say("order-next-letter")) }
                li { (visit.say("order-next-licence")) }
                li { (visit.say("order-next-data")) " " a href="/my/accesses" { (visit.say("order-next-my")) } }
            }
        }
        @if let Some(operator) = &visit.operator {
            p { (visit.say("order-questions")) " " (operator.phone) ", " (operator.email) }
        }
        p.no-print { (visit.say("order-print")) }
    };
    Page::new(visit.say("order-title"), body)
}

/// What was ordered, with the total.
#[must_use]
pub fn lines_table(visit: &Visit, order: &CaseView) -> Markup {
    html! {
        table.lines {
            caption.unseen { (visit.say("lines-title")) }
            thead { tr {
                th scope="col" { (visit.say("lines-name")) }
                th.number scope="col" { (visit.say("lines-count")) }
                th.number scope="col" { (visit.say("lines-sum")) }
            } }
            tbody {
                @for (name, count, price) in &order.lines {
                    tr {
                        td { (name) }
                        td.number { (count) }
                        td.number { (visit.money(price.saturating_mul(i64::from(*count)), &order.currency)) }
                    }
                }
            }
            tfoot { tr {
                th scope="row" colspan="2" { (visit.say("total")) }
                td.number { (visit.money(order.total_minor, &order.currency)) }
            } }
        }
    }
}
