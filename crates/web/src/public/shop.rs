//! 2.2.7: licences on sale. Nothing personal is asked here.

use axum::response::Response;
use maud::html;
use sandyq_processing::cases::Catalogue;

use crate::http::arrival::{Answer, Arrival};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /shop
pub async fn show(arrival: Arrival) -> Response {
    let page = page(&arrival.visit, arrival.system.catalogue());
    arrival.respond(Ok(Answer::Page(page)))
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, catalogue: &Catalogue) -> Page {
    let body = html! {
        h1 { (visit.say("shop-title")) }
        p.lead { (visit.say("shop-lead")) }
        @if catalogue.licences().is_empty() { p { (visit.say("shop-empty")) } }
        ul.goods {
            @for licence in catalogue.licences() {
                li.card {
                    h2 { (licence.name(visit.language)) }
                    p { (licence.text(visit.language)) }
                    p.price { (visit.money(licence.price_minor, Catalogue::CURRENCY)) }
                    p {
                        a.go href={ "/buy/" (licence.sku) } {
                            (visit.say("shop-buy")) span.unseen { " " (licence.name(visit.language)) }
                        }
                    }
                }
            }
        }
        p { (visit.say("shop-no-account")) }
    };
    Page::new(visit.say("shop-title"), body)
}
