//! The receipt of a consent (1.2, 6.3): to read, to print, to keep as a file, and to check without trusting us.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_processing::Rejected;
use sandyq_processing::consent::{ActedBy, ConsentReceiptView};

use super::consents::{event_key, recipient_words};
use super::receipt::{as_pdf, check, proof};
use crate::components::{Row, summary_list};
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /receipt/{id}/text.txt: the very text whose hash the receipt holds.
pub async fn text(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = text_file(&arrival, &id).await;
    arrival.respond(outcome)
}

async fn text_file(arrival: &Arrival, id: &str) -> Outcome {
    let text = found(arrival, id).await?.text.ok_or(Rejected::NotFound)?;
    Ok(Answer::File(
        format!("consent-{id}.txt"),
        "text/plain; charset=utf-8",
        text.into_bytes(),
    ))
}

pub(super) async fn found(arrival: &Arrival, id: &str) -> Result<ConsentReceiptView, Rejected> {
    arrival
        .system
        .consent_receipt(arrival.caller.as_ref(), id, arrival.visit.language)
        .await
}

/// The page. `key` verifies the ledger's checkpoints.
#[must_use]
pub fn page(visit: &Visit, receipt: &ConsentReceiptView, key: &str) -> Page {
    let number = &receipt.number;
    let event = visit.say(&event_key(receipt.event));
    let body = html! {
        div.panel {
            h1 { (visit.say("consent-receipt-title")) }
            p { (event) br; (visit.say("receipt-number")) br; strong.reference { (number) } }
        }
        p.lead { (visit.say("consent-receipt-lead")) }
        (act(visit, receipt, &event))
        h2 { (visit.say("accesses-fields")) }
        ul.columns { @for (code, label) in &receipt.fields { li { (label) " " code { (code) } } } }
        p.fine { (visit.say("receipt-codes")) " " (visit.say("consent-receipt-no-values")) }
        (shown_text(visit, receipt))
        (check(visit, number, key))
        (proof(visit, &receipt.proof))
        (as_pdf(visit, number))
        p.no-print { (visit.say("consent-receipt-save")) }
    };
    Page::new(visit.say("consent-receipt-title"), body)
}

/// Who agreed to what, with whom, when, and how it ends.
fn act(visit: &Visit, receipt: &ConsentReceiptView, event: &str) -> Markup {
    let [name, bin, address, email] = &receipt.operator;
    let bin = visit.say_of("operator-bin", "bin", bin);
    let operator = [name, &bin, address, email].map(String::as_str).join("\n");
    let happened = format!("{event}, {}", visit.date_and_time(receipt.at));
    let (clause, purpose) = &receipt.purpose;
    let purpose = html! { (purpose) " " a href={ "/policy#clause-" (clause) } { (clause) } };
    let until = receipt.until.as_ref().map(|day| visit.day(day));
    let until = until.unwrap_or_else(|| visit.say("my-until-purpose"));
    let recipient = receipt.recipient.clone();
    let recipient = recipient.map_or_else(
        || visit.say("consent-receipt-nobody"),
        |kind| recipient_words(visit, &kind),
    );
    let text = |key: &str, value: &str| Row::text(visit.say(key), value);
    summary_list(&[
        text("receipt-operator", &operator),
        Row::new(
            visit.say("receipt-person"),
            html! { code { (receipt.pseudonym) } },
        ),
        text("consent-receipt-event", &happened),
        text("consent-receipt-channel", &channel(visit, &receipt.channel)),
        text("consent-receipt-by", &visit.say(acted_key(receipt.by))),
        Row::new(visit.say("accesses-purpose"), purpose),
        text("my-until", &until),
        text("consent-receipt-recipient", &recipient),
        text("consent-receipt-country", &visit.say("consent-receipt-kz")),
        text("consent-receipt-withdraw", &visit.say("consent-receipt-ways")),
        text("receipt-issued", &visit.date_and_time(receipt.issued_at)),
    ])
}

pub(crate) fn channel(visit: &Visit, channel: &str) -> String {
    let key = format!("channel-{channel}");
    let said = visit.say(&key);
    if said == key { channel.to_owned() } else { said }
}

const fn acted_key(by: ActedBy) -> &'static str {
    match by {
        ActedBy::Subject => "acted-subject",
        ActedBy::Representative => "acted-representative",
        ActedBy::Together => "acted-together",
        ActedBy::Operator => "acted-operator",
    }
}

/// The exact text, and the hashes that bind it.
fn shown_text(visit: &Visit, receipt: &ConsentReceiptView) -> Markup {
    let [hash, policy] = &receipt.hashes;
    html! {
        h2 { (visit.say("consent-receipt-text")) }
        @if let Some(text) = &receipt.text {
            p {
                (visit.say("consent-receipt-text-lead")) " "
                a href={ "/receipt/" (receipt.number) "/text.txt" } download { (visit.say("consent-receipt-text-download")) }
            }
            details.proof {
                summary { (visit.say("consent-receipt-text-read")) }
                pre tabindex="0" { (text) }
            }
        }
        (summary_list(&[
            Row::new(visit.say("consent-receipt-hash"), html! { code { (hash) } }),
            Row::new(visit.say("consent-receipt-policy"), html! { code { (policy) } }),
        ]))
    }
}
