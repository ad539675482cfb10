//! The receipt of a destruction (6.3): for the person who holds it, readable here, and checkable without trusting us.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use sandyq_processing::Rejected;
use sandyq_processing::destroy::receipt::ReceiptView;

use super::withdraw::kept_table;
use crate::http::arrival::{Answer, Arrival};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /receipt/{id}
pub async fn show(Path(id): Path<String>, arrival: Arrival) -> Response {
    let key = arrival.system.store().verifier_key().to_string();
    let found = found(&arrival, &id).await;
    let outcome = found.map(|receipt| Answer::Page(page(&arrival.visit, &id, &receipt, &key)));
    arrival.respond(outcome)
}

/// GET /receipt/{id}/receipt.json
pub async fn download(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = found(&arrival, &id).await.map(|receipt| {
        let name = format!("receipt-{}.json", receipt.number);
        Answer::File(name, "application/json; charset=utf-8", receipt.json.into_bytes())
    });
    arrival.respond(outcome)
}

async fn found(arrival: &Arrival, id: &str) -> Result<ReceiptView, Rejected> {
    arrival
        .system
        .receipt(id, arrival.visit.language)
        .await?
        .ok_or(Rejected::NotFound)
}

/// The page. `key` verifies the ledger's checkpoints.
#[must_use]
pub fn page(visit: &Visit, id: &str, receipt: &ReceiptView, key: &str) -> Page {
    let body = html! {
        div.panel {
            h1 { (visit.say("receipt-title")) }
            p { (visit.say("receipt-number")) br; strong.reference { (receipt.number) } }
        }
        p.lead { (visit.say_of("receipt-lead", "when", &visit.date_and_time(receipt.at))) }
        h2 { (visit.say("receipt-destroyed")) }
        ul.columns { @for label in &receipt.destroyed { li { (label) } } }
        @if !receipt.kept.is_empty() {
            h2 { (visit.say("withdraw-kept-title")) }
            p { (visit.say("withdraw-kept-lead")) }
            (kept_table(visit, &receipt.kept))
        }
        h2 { (visit.say("receipt-copies-title")) }
        @match receipt.copies_dead_after {
            Some(at) => p { (visit.say_of("receipt-copies-until", "when", &visit.date_and_time(at))) }
            None => p { (visit.say("receipt-copies-none")) }
        }
        h2 { (visit.say("receipt-check-title")) }
        p { (visit.say("receipt-check-lead")) }
        ol.steps {
            li {
                a href={ "/receipt/" (id) "/receipt.json" } download { (visit.say("receipt-download")) }
            }
            li { (visit.say("receipt-check-keep")) " " a href="/ledger/checkpoint" { "/ledger/checkpoint" } }
            li { (visit.say("receipt-check-run")) pre tabindex="0" { code { "sandyq-verifier receipt receipt.json --key '" (key) "'" } } }
        }
        details {
            summary { (visit.say("receipt-proof")) }
            p { (visit.say_with("receipt-entry", &[("entry", receipt.entry_index.to_string().into())])) }
            pre tabindex="0" { (receipt.checkpoint) }
        }
        p.no-print { (visit.say("receipt-save")) }
    };
    Page::new(visit.say("receipt-title"), body)
}
