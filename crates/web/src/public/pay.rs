//! Paying (1.1.2 f–h, 2.2.7). The card goes from the form into one authorisation. What was typed here is never shown
//! again, not even when something is wrong with it, and the verification value is never kept.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::Mistake;
use sandyq_model::value::ValueKind;
use sandyq_processing::cases::CaseView;
use sandyq_processing::cases::State;
use sandyq_processing::cases::order::CardForm;

use crate::components::{Control, control, error_summary, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::public::order::lines_table;
use crate::visit::Visit;

/// The payment port in use, as the page names it.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// It moves no money.
    pub demonstration: bool,
}

/// The inputs of the card, in order: name, kind, autocomplete token, key of its sentences.
const INPUTS: [(&str, ValueKind, &str, &str); 4] = [
    ("card_number", ValueKind::CardNumber, "cc-number", "card-number"),
    ("card_holder", ValueKind::LatinName, "cc-name", "card-holder"),
    ("card_expiry", ValueKind::CardExpiry, "cc-exp", "card-expiry"),
    (
        "card_verification",
        ValueKind::CardVerification,
        "cc-csc",
        "card-verification",
    ),
];

/// GET /pay/{reference}
pub async fn open(Path(reference): Path<String>, arrival: Arrival) -> Response {
    let outcome = first_page(&arrival, &reference).await;
    arrival.respond(outcome)
}

async fn first_page(arrival: &Arrival, reference: &str) -> Outcome {
    let order = arrival
        .system
        .my_case(arrival.known()?, reference, arrival.visit.language)
        .await?;
    if order.state != State::Unpaid {
        return Ok(Answer::SeeOther(format!("/order/{reference}")));
    }
    Ok(Answer::Page(page(
        &arrival.visit,
        &order,
        &port(arrival),
        &Mistake::default(),
    )))
}

/// POST /pay/{reference}
pub async fn pay(Path(reference): Path<String>, sent: Sent) -> Response {
    let outcome = authorise(&sent, &reference).await;
    sent.arrival.respond(outcome)
}

async fn authorise(sent: &Sent, reference: &str) -> Outcome {
    let arrival = &sent.arrival;
    let (caller, language) = (arrival.known()?, arrival.visit.language);
    sent.typed
        .only(|name| INPUTS.iter().any(|(known, ..)| *known == name))?;
    if sent.typed.text("step") == "show" {
        return first_page(arrival, reference).await;
    }
    sent.fresh()?;
    let card = CardForm {
        number: sent.typed.plain("card_number"),
        holder: sent.typed.plain("card_holder"),
        expiry: sent.typed.plain("card_expiry"),
        verification: sent.typed.plain("card_verification"),
    };
    match mistake_of(
        arrival
            .system
            .pay(caller, reference, card, language, sent.key()?)
            .await,
    )? {
        Ok(_) => Ok(Answer::SeeOther(format!("/order/{reference}"))),
        Err(mistake) => {
            let order = arrival.system.my_case(caller, reference, language).await?;
            let page = page(&arrival.visit, &order, &port(arrival), &mistake);
            Ok(Answer::wrong(page))
        }
    }
}

fn port(arrival: &Arrival) -> Port {
    let payments = arrival.system.payments();
    Port {
        name: payments.name().to_owned(),
        demonstration: payments.is_demonstration(),
    }
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, order: &CaseView, port: &Port, mistake: &Mistake) -> Page {
    let action = format!("/pay/{}", order.reference);
    let inside = html! {
        @if !mistake.0.is_empty() { p.hint { (visit.say("card-type-again")) } }
        @for (name, kind, autocomplete, key) in INPUTS {
            (card_control(visit, (name, kind, autocomplete, key), mistake))
        }
        p.hint { (visit.say("card-kept")) " " a href="/policy#clause-1.1.2" { "1.1.2" } }
        (submit("pay", &visit.say_of("pay-button", "sum", &visit.money(order.total_minor, &order.currency))))
    };
    let label = |name: &str| {
        let key = INPUTS
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|(.., key)| *key)?;
        Some(visit.say(&format!("{key}-label")))
    };
    let body = html! {
        (error_summary(visit, mistake, label, |name, _| name.to_owned()))
        h1 { (visit.say("pay-title")) }
        (lines_table(visit, order))
        (which_port(visit, port))
        (tray(visit, &action, &[], &inside))
    };
    Page::new(visit.say("pay-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .keeping_typed(action, "show", "pay")
}

fn which_port(visit: &Visit, port: &Port) -> Markup {
    html! {
        @if port.demonstration {
            p.inset.warn { strong { (visit.say("port-demonstration")) } " " (visit.say("port-demonstration-text")) }
        } @else {
            p.inset { (visit.say_of("port-real", "name", &port.name)) }
        }
    }
}

fn card_control(visit: &Visit, of: (&str, ValueKind, &str, &str), mistake: &Mistake) -> Markup {
    let (name, kind, autocomplete, key) = of;
    let (label, hint) = (
        visit.say(&format!("{key}-label")),
        visit.say(&format!("{key}-hint")),
    );
    let of = Control {
        name,
        kind,
        label: &label,
        hint: &hint,
        why: html! {},
        typed: "",
        autocomplete,
        required: true,
    };
    control(visit, &of, mistake, "")
}
