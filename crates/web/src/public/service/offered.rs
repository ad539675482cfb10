//! 2.2: what can be had here: every service that the policy declares, and under each what it is offered for. Nothing
//! personal is asked on these pages.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::OfferingKind;
use sandyq_processing::cases::Catalogue;
use sandyq_processing::reading::{Form, ServiceWords};
use sandyq_processing::service::Offered;

use super::form_page;
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::public::winners;
use crate::visit::Visit;

/// GET /services
pub async fn index(arrival: Arrival) -> Response {
    let services = arrival.system.services(arrival.visit.language);
    let page = index_page(&arrival.visit, &services);
    arrival.respond(Ok(Answer::Page(page)))
}

/// GET /services/{service}: what it is offered for, or its form when it is about nothing.
pub async fn open(Path(service): Path<String>, arrival: Arrival) -> Response {
    let outcome = listed(&arrival, &service).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival, service: &str) -> Outcome {
    let form = arrival.system.form(service, arrival.visit.language)?;
    if form.about.is_none() {
        return form_page(arrival, &form, None).await;
    }
    let offered = arrival.system.offered(service).await?;
    Ok(Answer::Page(page(&arrival.visit, &form, &offered)))
}

/// The list of services.
#[must_use]
pub fn index_page(visit: &Visit, services: &[ServiceWords]) -> Page {
    let body = html! {
        h1 { (visit.say("services-title")) }
        p.lead { (visit.say("services-lead")) }
        ul.goods {
            @for service in services {
                li.card {
                    h2 { a href={ "/services/" (service.name) } { (service.label) } }
                    p { (service.intro) }
                }
            }
        }
        p { (visit.say("shop-no-account")) }
    };
    Page::new(visit.say("services-title"), body)
}

/// What a service is offered for.
#[must_use]
pub fn page(visit: &Visit, form: &Form, offered: &[Offered]) -> Page {
    let body = html! {
        h1 { (form.label) }
        p.lead { (form.intro) }
        @if offered.is_empty() { p.inset { (visit.say("offered-none")) } }
        ul.goods {
            @for one in offered { (card(visit, form, one)) }
        }
        @if form.about == Some(OfferingKind::Promotion) {
            p { a href=(winners::PATH) { (visit.say("winners-title")) } }
        }
    };
    Page::new(&form.label, body).back_to("/services")
}

fn card(visit: &Visit, form: &Form, one: &Offered) -> Markup {
    let name = one.offering.name(visit.language);
    html! {
        li.card {
            h2 { (name) }
            p { (one.offering.text(visit.language)) }
            (terms(visit, one))
            // A closed vacancy still takes whoever wants to be thought of for the next one.
            @if one.takes() || (one.kind == OfferingKind::Vacancy && !one.open) {
                p {
                    a.go href={ "/services/" (form.service) "/" (one.offering.id) } {
                        (visit.say(if one.open { goes_on(one.kind) } else { "offered-reserve" }))
                        span.unseen { " " (name) }
                    }
                }
            }
        }
    }
}

/// What it costs, until when it is open, how many places are left.
pub(super) fn terms(visit: &Visit, one: &Offered) -> Markup {
    let is_licence = one.kind == OfferingKind::Licence;
    html! {
        @if is_licence { p.price { (visit.money(one.offering.price_minor, Catalogue::CURRENCY)) } }
        @if !one.open { p { strong { (visit.say("offered-closed")) } } }
        @else if let Some(last) = one.offering.last_day() {
            p { (visit.say_of("offered-until", "day", &visit.day(&last.to_string()))) }
        }
        @match one.places_left {
            Some(0) => p { strong { (visit.say("offered-full")) } },
            Some(left) if one.open => p { (visit.say_with("offered-places", &[("count", left.into())])) },
            _ => {}
        }
    }
}

/// The words on the button, for each kind of offering.
const fn goes_on(kind: OfferingKind) -> &'static str {
    match kind {
        OfferingKind::Licence => "shop-buy",
        OfferingKind::Event => "offered-sign-up",
        OfferingKind::Vacancy => "offered-apply",
        OfferingKind::Promotion => "offered-enter",
    }
}
