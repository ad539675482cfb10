//! 5.1.4: who calls and has lost the number is found by a contact that they name whole, for a stated purpose. The contact is sent and
//! never stands in an address; the answer is references, or that there is nothing.

use axum::response::Response;
use maud::html;
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Purpose};
use sandyq_processing::cases::listing::CaseRow;

use super::asked::Asked;
use super::cases::{self, staff, table};
use super::open_case::{purpose_question, purposes};
use crate::components::{Control, control, error_summary, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// The page.
pub const PATH: &str = "/staff/search";

/// GET /staff/search
pub async fn open(arrival: Arrival) -> Response {
    let outcome = asked(&arrival);
    arrival.respond(outcome)
}

fn asked(arrival: &Arrival) -> Outcome {
    arrival.system.may_look_for_cases(staff(arrival)?)?;
    let purposes = purposes(&arrival.system, &arrival.visit);
    Ok(Answer::Page(page(
        &arrival.visit,
        &purposes,
        ["", ""],
        &Mistake::default(),
    )))
}

/// POST /staff/search
pub async fn search(sent: Sent) -> Response {
    let outcome = searched(&sent).await;
    sent.arrival.respond(outcome)
}

async fn searched(sent: &Sent) -> Outcome {
    let (arrival, visit) = (&sent.arrival, &sent.arrival.visit);
    let caller = staff(arrival)?;
    sent.typed.only(|name| matches!(name, "contact" | "purpose"))?;
    sent.fresh()?;
    let chosen = sent.typed.text("purpose");
    let contact = sent.typed.plain("contact");
    let purpose = chosen.parse::<Purpose>().ok();
    let found = arrival
        .system
        .search_cases(caller, &contact, purpose, visit.language)
        .await;
    Ok(match mistake_of(found)? {
        Ok(found) => {
            let label = purpose.map(|purpose| arrival.system.purpose_label(purpose, visit.language));
            Answer::Page(found_page(visit, &found, &label.unwrap_or_default()))
        }
        Err(mistake) => {
            let typed = [contact.expose().as_str(), chosen];
            Answer::wrong(page(visit, &purposes(&arrival.system, visit), typed, &mistake))
        }
    })
}

/// The page that asks for a contact and a purpose. `typed` is what was typed before.
#[must_use]
pub fn page(visit: &Visit, purposes: &[(Purpose, String)], typed: [&str; 2], mistake: &Mistake) -> Page {
    let [contact, purpose] = typed;
    let (label, hint) = (visit.say("search-contact"), visit.say("search-contact-hint"));
    let asked = Control {
        name: "contact",
        kind: ValueKind::Text,
        label: &label,
        hint: &hint,
        why: html! {},
        typed: contact,
        autocomplete: "off",
        required: true,
    };
    let inside = html! {
        (control(visit, &asked, mistake, ""))
        (purpose_question(visit, purposes, purpose, mistake))
        (submit("search", &visit.say("search-button")))
    };
    let named = |name: &str| {
        Some(if name == "contact" {
            label.clone()
        } else {
            visit.say("purpose-label")
        })
    };
    let body = html! {
        (error_summary(visit, mistake, named, |name, _| name.to_owned()))
        h1 { (visit.say("search-title")) }
        p.lead { (visit.say("search-lead")) }
        p { (visit.say("search-entered")) " " a href="/policy#clause-5.1.4" { "5.1.4" } }
        (tray(visit, PATH, &[], &inside))
    };
    Page::new(visit.say("search-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(cases::PATH)
}

/// What was found: references, or nothing.
#[must_use]
pub fn found_page(visit: &Visit, found: &[CaseRow], purpose: &str) -> Page {
    let body = html! {
        h1 { (visit.say("search-found")) }
        p.inset { (visit.say("search-purpose")) " " strong { (purpose) } }
        @if found.is_empty() { p role="status" { (visit.say("search-nothing")) } } @else {
            p role="status" { (visit.say_of("search-count", "count", &found.len().to_string())) }
            (table(visit, &Asked::default(), (found, false)))
        }
        p { a href=(PATH) { (visit.say("search-again")) } }
    };
    Page::new(visit.say("search-found"), body).back_to(PATH).widened()
}
