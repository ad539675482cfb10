//! The ledger for those outside (5.1.5): checkpoints and tiles as static files, the key they are signed with, and a page
//! that says what to do with them. None of it is about anybody: entries hold pseudonyms.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::html;

use crate::desk::Shared;
use crate::http::arrival::{Answer, Arrival};
use crate::layout::Page;
use crate::visit::Visit;

/// A full tile never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// A checkpoint is the newest one.
const NEVER: &str = "no-store";

/// GET /ledger
pub async fn show(arrival: Arrival) -> Response {
    let store = arrival.system.store();
    let page = page(
        &arrival.visit,
        &store.checkpoint_note(),
        &store.verifier_key().to_string(),
    );
    arrival.respond(Ok(Answer::Page(page)))
}

/// GET /ledger/checkpoint
pub async fn checkpoint(State(desk): State<Shared>) -> Response {
    text(desk.system.store().checkpoint_note())
}

/// GET /ledger/key
pub async fn key(State(desk): State<Shared>) -> Response {
    text(format!("{}\n", desk.system.store().verifier_key()))
}

/// GET /ledger/tile/{…}
pub async fn tile(State(desk): State<Shared>, Path(path): Path<String>) -> Response {
    let Ok(tile) = format!("tile/{path}").parse() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match desk.system.store().tile(tile).await {
        Ok(Some(bytes)) => {
            let lasting = if path.contains(".p/") { NEVER } else { FOREVER };
            (
                [
                    (CONTENT_TYPE, "application/octet-stream"),
                    (CACHE_CONTROL, lasting),
                ],
                bytes,
            )
                .into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn text(text: String) -> Response {
    (
        [
            (CONTENT_TYPE, "text/plain; charset=utf-8"),
            (CACHE_CONTROL, NEVER),
        ],
        text,
    )
        .into_response()
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, checkpoint: &str, key: &str) -> Page {
    let body = html! {
        h1 { (visit.say("ledger-title")) }
        p.lead { (visit.say("ledger-lead")) }
        ul {
            li { (visit.say("ledger-holds")) }
            li { (visit.say("ledger-holds-not")) }
            li { (visit.say("ledger-grows")) }
        }
        h2 { (visit.say("ledger-checkpoint")) }
        p { (visit.say("ledger-checkpoint-text")) }
        pre tabindex="0" { (checkpoint) }
        p { a href="/ledger/checkpoint" { "/ledger/checkpoint" } }
        h2 { (visit.say("ledger-key")) }
        pre tabindex="0" { (key) }
        h2 { (visit.say("ledger-check")) }
        p { (visit.say("ledger-check-text")) }
        pre tabindex="0" { "sandyq-verifier receipt receipt.json --key '" (key) "'" }
    };
    Page::new(visit.say("ledger-title"), body)
}
