//! The receipt of a destruction (6.3): for the person who holds it, readable here, and checkable without trusting us.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_processing::Rejected;
use sandyq_processing::destroy::receipt::{CopiesNow, ReceiptView};

use super::withdraw::kept_table;
use crate::components::{Row, summary_list};
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
        (act(visit, receipt))
        h2 { (visit.say("receipt-destroyed")) }
        ul.columns { @for (code, label) in &receipt.destroyed { li { (label) " " code { (code) } } } }
        p.fine { (visit.say("receipt-codes")) }
        @if !receipt.kept.is_empty() {
            h2 { (visit.say("withdraw-kept-title")) }
            p { (visit.say("withdraw-kept-lead")) }
            (kept_table(visit, &receipt.kept))
        }
        h2 { (visit.say("receipt-copies-title")) }
        (copies(visit, receipt))
        h2 { (visit.say("receipt-check-title")) }
        p { (visit.say("receipt-check-lead")) }
        ol.steps {
            li {
                a href={ "/receipt/" (id) "/receipt.json" } download { (visit.say("receipt-download")) }
                @if let Some(operator) = &visit.operator {
                    span.only-print { ": " (operator.site) "/receipt/" (receipt.number) "/receipt.json" }
                }
            }
            li { (visit.say("receipt-check-keep")) " " a href="/ledger/checkpoint" { "/ledger/checkpoint" } }
            li { (visit.say("receipt-check-run")) pre tabindex="0" { code { "sandyq-verifier receipt receipt.json --key '" (key) "'" } } }
        }
        (proof(visit, receipt))
        p.no-print { (visit.say("receipt-save")) }
    };
    Page::new(visit.say("receipt-title"), body)
}

/// Who did what, when and why.
fn act(visit: &Visit, receipt: &ReceiptView) -> Markup {
    let (name, bin) = &receipt.operator;
    let mut rows = vec![
        Row::text(
            visit.say("receipt-operator"),
            &format!("{name}\n{}", visit.say_of("operator-bin", "bin", bin)),
        ),
        Row::text(visit.say("receipt-by"), &receipt.by),
        Row::text(visit.say("receipt-verbs"), &receipt.verbs.join(", ")),
        Row::new(
            visit.say("receipt-person"),
            html! { code { (receipt.pseudonym) } p.fine { (visit.say("receipt-person-note")) } },
        ),
    ];
    if let Some(at) = receipt.withdrawn_at {
        rows.push(Row::text(
            visit.say("receipt-withdrawn"),
            &visit.date_and_time(at),
        ));
    }
    rows.push(Row::text(
        visit.say("receipt-done"),
        &visit.date_and_time(receipt.at),
    ));
    rows.push(Row::text(
        visit.say("receipt-issued"),
        &visit.date_and_time(receipt.issued_at),
    ));
    html! { h2 { (visit.say("receipt-act")) } (summary_list(&rows)) }
}

fn copies(visit: &Visit, receipt: &ReceiptView) -> Markup {
    let epoch = receipt.epoch.to_string();
    let epoch = [("epoch", epoch.into())];
    html! {
        @match receipt.copies {
            CopiesNow::OpenUntil(at) => {
                p { (visit.say_of("receipt-copies-until", "when", &visit.date_and_time(at))) }
                p { (visit.say_with("receipt-epoch", &epoch)) }
            }
            CopiesNow::Dead => p { (visit.say_with("receipt-copies-dead", &epoch)) }
            CopiesNow::NoneLeft => p { (visit.say("receipt-copies-none")) }
        }
    }
}

/// All that is needed to check the entry from paper.
fn proof(visit: &Visit, receipt: &ReceiptView) -> Markup {
    let proof = &receipt.proof;
    html! {
        details.proof {
            summary { (visit.say("receipt-proof")) }
            p { (visit.say_with("receipt-entry", &[("entry", proof.index.to_string().into())])) }
            pre tabindex="0" { (proof.checkpoint) }
            p { (visit.say("receipt-entry-bytes")) }
            pre tabindex="0" { (proof.entry) }
            p { (visit.say("receipt-path")) }
            pre tabindex="0" { @for hash in &proof.path { (hash) "\n" } }
            p { (visit.say("receipt-signature")) }
            pre tabindex="0" { @for line in &proof.signatures { (line) "\n" } }
        }
    }
}
