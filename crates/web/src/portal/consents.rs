//! "What I agreed to" (1.2, 6.1, 6.3): each consent with its purpose, its data, what became of it, and its receipts.

use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use sandyq_processing::consent::{ConsentEvent, MyConsent};

use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /my/consents
pub async fn show(arrival: Arrival) -> Response {
    let outcome = listed(&arrival).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival) -> Outcome {
    let consents = arrival
        .system
        .my_consents(arrival.known()?, arrival.visit.language)
        .await?;
    Ok(Answer::Page(page(&arrival.visit, &consents)))
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, consents: &[MyConsent]) -> Page {
    let body = html! {
        h1 { (visit.say("consents-title")) }
        p.lead { (visit.say("consents-lead")) }
        @if consents.is_empty() { p.inset { (visit.say("consents-empty")) } }
        div.held { @for consent in consents { (one(visit, consent)) } }
        p { (visit.say("consents-withdraw")) " " a href="/my/withdraw" { (visit.say("my-card-withdraw-title")) } }
    };
    Page::new(visit.say("consents-title"), body).back_to("/my")
}

fn one(visit: &Visit, consent: &MyConsent) -> Markup {
    let (purpose, words) = &consent.purpose;
    html! {
        article.datum {
            h2 { (consent.label) }
            dl {
                dt { (visit.say("my-purposes")) }
                dd { (words) " " a href={ "/policy#clause-" (purpose) } { (purpose) } }
                dt { (visit.say("accesses-fields")) } dd { (consent.fields.join(", ")) }
                (when(visit, "consent-given", Some(consent.given_at)))
                (when(visit, "consent-confirmed", consent.confirmed_at))
                (when(visit, "consent-withdrawn", consent.withdrawn_at))
                dt { (visit.say("consents-receipts")) }
                dd {
                    @if consent.receipts.is_empty() { (visit.say("consents-no-receipt")) }
                    @for (event, at, number) in &consent.receipts {
                        p { a href={ "/receipt/" (number) } {
                            (visit.say(&event_key(*event))) ", " (visit.date_and_time(*at))
                            span.unseen { " – " (consent.label) }
                        } }
                    }
                }
            }
        }
    }
}

fn when(visit: &Visit, key: &str, at: Option<Timestamp>) -> Markup {
    html! {
        @if let Some(at) = at {
            dt { (visit.say(key)) } dd { (visit.date_and_time(at)) }
        }
    }
}

/// The words of what happened.
pub(crate) fn event_key(event: ConsentEvent) -> String {
    let name = match event {
        ConsentEvent::Given => "given",
        ConsentEvent::Confirmed => "confirmed",
        ConsentEvent::Withdrawn => "withdrawn",
    };
    format!("consent-{name}")
}
