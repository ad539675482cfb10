//! The receipt of a destruction (6.3): for the person who holds it, readable here, and checkable without trusting us.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::Fault;
use sandyq_processing::destroy::receipt::{CopiesNow, ProofView, ReceiptView};

use super::consent_receipt;
use super::withdraw::kept_table;
use crate::components::{Row, summary_list};
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::paper;
use crate::visit::Visit;

/// GET /receipt/{id}
pub async fn show(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = shown(&arrival, &id).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival, id: &str) -> Outcome {
    let key = arrival.system.store().verifier_key().to_string();
    let Some(receipt) = found(arrival, id).await? else {
        let receipt = consent_receipt::found(arrival, id).await?;
        return Ok(Answer::Page(consent_receipt::page(
            &arrival.visit,
            &receipt,
            &key,
        )));
    };
    let withdrawals = arrival.system.withdrawal_receipts(id).await?;
    Ok(Answer::Page(page(&arrival.visit, &receipt, &withdrawals, &key)))
}

/// GET /receipt/{id}/receipt.json
pub async fn download(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = downloaded(&arrival, &id).await;
    arrival.respond(outcome)
}

async fn downloaded(arrival: &Arrival, id: &str) -> Outcome {
    let (json, kind) = match found(arrival, id).await? {
        Some(receipt) => (receipt.json, "application/json; charset=utf-8"),
        None => (
            consent_receipt::found(arrival, id).await?.json,
            "application/ld+json",
        ),
    };
    Ok(Answer::File(
        format!("receipt-{id}.json"),
        kind,
        json.into_bytes(),
    ))
}

/// GET /receipt/{id}/receipt.pdf
pub async fn print(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = printed(&arrival, &id).await;
    arrival.respond(outcome)
}

async fn printed(arrival: &Arrival, id: &str) -> Outcome {
    let visit = &arrival.visit;
    let key = arrival.system.store().verifier_key().to_string();
    let filled = match found(arrival, id).await? {
        Some(receipt) => paper::destruction(visit, &receipt, &key),
        None => paper::consent(visit, &consent_receipt::found(arrival, id).await?, &key),
    };
    paper::printed(&arrival.system, visit, filled).await
}

/// The way to the same as PDF.
pub(super) fn as_pdf(visit: &Visit, number: &str) -> Markup {
    html! {
        @if visit.prints {
            p.no-print { a href={ "/receipt/" (number) "/receipt.pdf" } download { (visit.say("paper-download")) } }
        }
    }
}

async fn found(arrival: &Arrival, id: &str) -> Result<Option<ReceiptView>, Fault> {
    arrival.system.receipt(id, arrival.visit.language).await
}

/// The page. `withdrawals`: numbers of the receipts of the consents that were taken back; `key` verifies the ledger's
/// checkpoints.
#[must_use]
pub fn page(visit: &Visit, receipt: &ReceiptView, withdrawals: &[String], key: &str) -> Page {
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
        @if !withdrawals.is_empty() {
            h2 { (visit.say("consent-receipts-withdrawn")) }
            ul { @for number in withdrawals { li { a href={ "/receipt/" (number) } { (number) } } } }
        }
        (check(visit, &receipt.number, key))
        (proof(visit, &receipt.proof))
        (as_pdf(visit, &receipt.number))
        p.no-print { (visit.say("receipt-save")) }
    };
    Page::new(visit.say("receipt-title"), body)
}

/// How anybody checks it without us.
pub(super) fn check(visit: &Visit, number: &str, key: &str) -> Markup {
    html! {
        h2 { (visit.say("receipt-check-title")) }
        p { (visit.say("receipt-check-lead")) }
        ol.steps {
            li {
                a href={ "/receipt/" (number) "/receipt.json" } download { (visit.say("receipt-download")) }
                @if let Some(operator) = &visit.operator {
                    span.only-print { ": " (operator.site) "/receipt/" (number) "/receipt.json" }
                }
            }
            li { (visit.say("receipt-check-keep")) " " a href="/ledger/checkpoint" { "/ledger/checkpoint" } }
            li { (visit.say("receipt-check-run")) pre tabindex="0" { code { "sandyq-verifier receipt receipt.json --key '" (key) "'" } } }
        }
    }
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
    html! { @for sentence in copies_text(visit, receipt) { p { (sentence) } } }
}

/// How it is with old copies, in sentences.
pub(crate) fn copies_text(visit: &Visit, receipt: &ReceiptView) -> Vec<String> {
    let epoch = receipt.epoch.to_string();
    let epoch = [("epoch", epoch.into())];
    match receipt.copies {
        CopiesNow::OpenUntil(at) => vec![
            visit.say_of("receipt-copies-until", "when", &visit.date_and_time(at)),
            visit.say_with("receipt-epoch", &epoch),
        ],
        CopiesNow::Dead => vec![visit.say_with("receipt-copies-dead", &epoch)],
        CopiesNow::NoneLeft => vec![visit.say("receipt-copies-none")],
    }
}

/// All that is needed to check the entry from paper.
pub(super) fn proof(visit: &Visit, proof: &ProofView) -> Markup {
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
