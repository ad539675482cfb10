//! "What I agreed to" (1.2, 6.1, 6.3): each consent with its purpose, its data, what became of it, and its receipts; and
//! the way to take a single one back.

use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use sandyq_model::ConsentId;
use sandyq_processing::Rejected;
use sandyq_processing::consent::{ConsentEvent, MyConsent, TakingBack};
use sandyq_processing::request::TakenBack;

use crate::components::{submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /my/consents
pub async fn show(arrival: Arrival) -> Response {
    let outcome = listed(&arrival).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival) -> Outcome {
    let caller = arrival.known()?;
    let consents = arrival.system.my_consents(caller, arrival.visit.language).await?;
    let acts = arrival.system.my_acts(caller).await?;
    Ok(Answer::Page(page(&arrival.visit, &consents, &acts)))
}

/// GET /my/consents/{id}: what taking it back would do.
pub async fn weigh(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = weighed(&arrival, &id).await;
    arrival.respond(outcome)
}

async fn weighed(arrival: &Arrival, id: &str) -> Outcome {
    let id = id.parse::<ConsentId>().map_err(|_| Rejected::NotFound)?;
    let taking = arrival
        .system
        .taking_back(arrival.known()?, id, arrival.visit.language)
        .await?;
    if taking.is_last {
        return Ok(Answer::SeeOther("/my/withdraw".to_owned()));
    }
    Ok(Answer::Page(taking_back_page(&arrival.visit, &taking)))
}

/// POST /my/consents/{id}
pub async fn take_back(Path(id): Path<String>, sent: Sent) -> Response {
    let outcome = taken_back(&sent, &id).await;
    sent.arrival.respond(outcome)
}

async fn taken_back(sent: &Sent, id: &str) -> Outcome {
    let caller = sent.arrival.known()?;
    sent.typed.only(|_| false)?;
    sent.fresh()?;
    let id = id.parse::<ConsentId>().map_err(|_| Rejected::NotFound)?;
    let taken = sent.arrival.system.take_back(caller, id, sent.key()?).await?;
    Ok(Answer::SeeOther(match taken {
        TakenBack::One(_) => "/my/consents".to_owned(),
        TakenBack::Everything(withdrawn) => format!("/receipt/{}", withdrawn.number),
    }))
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, consents: &[MyConsent], acts: &[(Timestamp, String)]) -> Page {
    let body = html! {
        h1 { (visit.say("consents-title")) }
        p.lead { (visit.say("consents-lead")) }
        @if consents.is_empty() { p.inset { (visit.say("consents-empty")) } }
        div.held { @for consent in consents { (one(visit, consent)) } }
        @if !acts.is_empty() {
            h2 { (visit.say("acts-title")) }
            p { (visit.say("acts-lead")) }
            ul { @for (at, number) in acts {
                li { a href={ "/receipt/" (number) } { (visit.date_and_time(*at)) } }
            } }
        }
        p { (visit.say("consents-withdraw")) " " a href="/my/withdraw" { (visit.say("my-card-withdraw-title")) } }
    };
    Page::new(visit.say("consents-title"), body).back_to("/my")
}

/// What taking a consent back would do, and the button.
#[must_use]
pub fn taking_back_page(visit: &Visit, taking: &TakingBack) -> Page {
    let inside = html! { div.danger { (submit("take-back", &visit.say("take-back-button"))) } };
    let body = html! {
        h1 { (visit.say("take-back-title")) }
        p.lead { (taking.label) }
        p { (visit.say("take-back-lead")) }
        @if taking.destroyed.is_empty() { p.inset { (visit.say("take-back-nothing")) } } @else {
            h2 { (visit.say("take-back-destroyed")) }
            ul.columns { @for label in &taking.destroyed { li { (label) } } }
        }
        (tray(visit, &format!("/my/consents/{}", taking.id), &[], &inside))
        p { a href="/my/consents" { (visit.say("take-back-no")) } }
    };
    Page::new(visit.say("take-back-title"), body).back_to("/my/consents")
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
            @if consent.stands {
                p.act {
                    a href={ "/my/consents/" (consent.id) } {
                        (visit.say("take-back")) span.unseen { " – " (consent.label) }
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
