//! 4.2, 4.3: the address of one recipient on the network. The responsible person enters it, replaces it, renews the secret by which the
//! recipient knows our messages, or stops it. A secret is shown once, in the answer to what made it.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem, RecipientId};
use sandyq_processing::Rejected;
use sandyq_processing::transfer::{NewSecret, RecipientAtDesk};

use super::cases::staff;
use super::privileged;
use crate::components::{Control, Row, control, error_summary, hidden, submit, summary_list, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the register of recipients is.
pub const REGISTER: &str = "/staff/recipients";
/// What takes a fresh proof.
const STEPS: [&str; 4] = ["enter-address", "renew", "renew-now", "stop"];

/// GET /staff/recipients/{id}
pub async fn open(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = opened(&arrival, &id, "", &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, id: &str, typed: &str, mistake: &Mistake) -> Outcome {
    let caller = staff(arrival)?;
    let found = arrival
        .system
        .recipient_at_desk(caller, recipient_of(id)?)
        .await?;
    Ok(Answer::of(page(&arrival.visit, &found, typed, mistake)))
}

fn recipient_of(id: &str) -> Result<RecipientId, Rejected> {
    id.parse().map_err(|_| Rejected::NotFound)
}

/// POST /staff/recipients/{id}
pub async fn act(Path(id): Path<String>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &STEPS).await {
        return sent.arrival.respond(asked);
    }
    let outcome = match acted(&sent, &id).await {
        Err(Rejected::Mistake(mistake)) if mistake.of("address").is_some() => {
            opened(&sent.arrival, &id, sent.typed.text("address"), &mistake).await
        }
        outcome => outcome,
    };
    sent.arrival.respond(outcome)
}

async fn acted(sent: &Sent, id: &str) -> Outcome {
    let (system, caller) = (&sent.arrival.system, staff(&sent.arrival)?);
    sent.typed.only(|name| name == "address")?;
    let recipient = recipient_of(id)?;
    if sent.typed.text("step") == "show" {
        return opened(&sent.arrival, id, sent.typed.text("address"), &Mistake::default()).await;
    }
    sent.fresh()?;
    let secret = match sent.typed.text("step") {
        "enter-address" => {
            system
                .enter_webhook(caller, recipient, sent.typed.text("address"))
                .await?
        }
        "renew" => system.renew_webhook(caller, recipient, false).await?,
        "renew-now" => system.renew_webhook(caller, recipient, true).await?,
        "stop" => {
            system.end_webhook(caller, recipient).await?;
            return Ok(Answer::SeeOther(place_of(id)));
        }
        _ => return Err(Rejected::mistake("step", Problem::Choice)),
    };
    Ok(Answer::Page(secret_page(&sent.arrival.visit, id, &secret)))
}

/// Where the page of a recipient is.
#[must_use]
pub fn place_of(id: &str) -> String {
    format!("{REGISTER}/{id}")
}

/// The address of a recipient, and what can be done about it.
#[must_use]
pub fn page(visit: &Visit, found: &RecipientAtDesk, typed: &str, mistake: &Mistake) -> Page {
    let recipient = &found.recipient;
    let action = place_of(&recipient.id.to_string());
    let label = visit.say("webhook-address");
    let is_taken = found.is_open && recipient.by_file && recipient.closed_on.is_none();
    let title = visit.say_of("webhook-title", "name", &recipient.name);
    let body = html! {
        (error_summary(visit, mistake, |_| Some(label.clone()), |name, _| name.to_owned()))
        h1 { (title) }
        p.lead { (visit.say("webhook-lead")) " " a href="/policy#clause-4.2" { "4.2" } ", " a href="/policy#clause-4.3" { "4.3" } }
        (present(visit, found))
        @if !found.is_open { p.inset { (visit.say("webhook-closed")) } }
        @else if !recipient.by_file { p.inset { (visit.say("webhook-no-key")) } }
        @else if is_taken { (tray(visit, &action, &[], &asked(visit, found, typed, mistake))) }
        @if recipient.webhook.is_some() { (about_the_present_one(visit, &action)) }
    };
    let page = Page::new(title, body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(REGISTER);
    if is_taken {
        page.keeping_typed(action, "show", "enter-address")
    } else {
        page
    }
}

fn present(visit: &Visit, found: &RecipientAtDesk) -> Markup {
    let Some(address) = &found.recipient.webhook else {
        return html! { p { (visit.say("webhook-none")) } };
    };
    let mut rows = vec![Row::text(visit.say("webhook-address"), address)];
    let at = |key: &str, at| Row::text(visit.say(key), &visit.date_and_time(at));
    rows.extend(found.since.map(|since| at("webhook-since", since)));
    rows.extend(found.old_until.map(|until| at("webhook-old", until)));
    summary_list(&rows)
}

fn asked(visit: &Visit, found: &RecipientAtDesk, typed: &str, mistake: &Mistake) -> Markup {
    let is_new = found.recipient.webhook.is_none();
    let (label, hint) = (
        visit.say(if is_new {
            "webhook-address"
        } else {
            "webhook-other"
        }),
        visit.say("webhook-address-hint"),
    );
    let address = Control {
        name: "address",
        kind: ValueKind::Text,
        label: &label,
        hint: &hint,
        why: html! {},
        typed,
        autocomplete: "off",
        required: true,
    };
    html! {
        (control(visit, &address, mistake, ""))
        (submit("enter-address", &visit.say(if is_new { "webhook-enter" } else { "webhook-replace" })))
    }
}

fn about_the_present_one(visit: &Visit, action: &str) -> Markup {
    let form = |inside: Markup| {
        html! {
            form.plain method="post" action=(action) {
                (hidden("token", &visit.token))
                (hidden("key", &visit.key))
                (inside)
            }
        }
    };
    html! {
        h2 { (visit.say("webhook-secret-title")) }
        p { (visit.say("webhook-secret-lead")) }
        (form(html! {
            p { button.quiet type="submit" name="step" value="renew" { (visit.say("webhook-renew")) } }
            p { button.quiet type="submit" name="step" value="renew-now" { (visit.say("webhook-renew-now")) } }
        }))
        h2 { (visit.say("webhook-stop-title")) }
        p { (visit.say("webhook-stop-lead")) }
        (form(html! {
            p.danger { button.go type="submit" name="step" value="stop" { (visit.say("webhook-stop")) } }
        }))
    }
}

/// The secret, once.
#[must_use]
pub fn secret_page(visit: &Visit, id: &str, made: &NewSecret) -> Page {
    let body = html! {
        div.panel role="status" { h1 { (visit.say_of("webhook-secret-done", "name", &made.recipient)) } }
        p.lead { (visit.say("webhook-secret-once")) }
        p { code #secret { (made.secret.expose()) } }
        (summary_list(&[Row::text(visit.say("webhook-address"), &made.address)]))
        @if let Some(until) = made.old_until {
            p { (visit.say_of("webhook-secret-old", "until", &visit.date_and_time(until))) }
        }
    };
    let title = visit.say_of("webhook-secret-done", "name", &made.recipient);
    Page::new(title, body).back_to(place_of(id))
}
