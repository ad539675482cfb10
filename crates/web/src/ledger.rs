//! The ledger for those outside (5.1.5): checkpoints and tiles as static files, the key they are signed with, what
//! witnesses ask and sign, and a page that says what to do with them. None of it is about anybody: entries hold
//! pseudonyms.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
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
    let witnessed = store.witnessed().map(|signed| WitnessedView {
        entries: signed.checkpoint.size,
        by: signed
            .by
            .iter()
            .filter_map(|(name, second)| {
                let at = Timestamp::from_second(i64::try_from(*second).ok()?).ok()?;
                Some((name.clone(), at))
            })
            .collect(),
    });
    let page = page(
        &arrival.visit,
        &store.checkpoint_note(),
        &store.verifier_key().to_string(),
        witnessed.as_ref(),
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

/// GET /ledger/witness-request/{old}: what a witness is asked that has signed so many entries last.
pub async fn witness_request(State(desk): State<Shared>, Path(old): Path<u64>) -> Response {
    match desk.system.store().witness_request(old).await {
        Ok(request) => text(request.to_string()),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// GET /ledger/witnessed: the newest checkpoint that witnesses have signed.
pub async fn witnessed(State(desk): State<Shared>) -> Response {
    match desk.system.store().witnessed() {
        Some(signed) => text(signed.note.clone()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// POST /ledger/cosigned: a checkpoint of ours with the signature of a witness in the settings. The signature is the
/// proof of who sends it; what is not so signed is refused, whoever sends it.
pub async fn cosigned(State(desk): State<Shared>, body: Bytes) -> Response {
    let Ok(note) = std::str::from_utf8(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match desk.system.store().keep_witnessed(note).await {
        Ok(Some(kept)) => text(kept.note.clone()),
        Ok(None) => StatusCode::BAD_REQUEST.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// What of a witnessed checkpoint a page shows.
pub struct WitnessedView {
    /// How many entries were signed.
    pub entries: u64,
    /// By whom, and when.
    pub by: Vec<(String, Timestamp)>,
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
pub fn page(visit: &Visit, checkpoint: &str, key: &str, witnessed: Option<&WitnessedView>) -> Page {
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
        h2 { (visit.say("ledger-witnesses")) }
        p { (visit.say("ledger-witnesses-text")) }
        @match witnessed {
            Some(signed) => {
                ul {
                    @for (name, at) in &signed.by {
                        li { (visit.say_with("ledger-witnessed", &[
                            ("witness", name.as_str().into()),
                            ("entries", signed.entries.to_string().into()),
                            ("when", visit.date_and_time(*at).into()),
                        ])) }
                    }
                }
                p { a href="/ledger/witnessed" { "/ledger/witnessed" } }
            }
            None => p { (visit.say("ledger-witnessed-none")) }
        }
        h2 { (visit.say("ledger-key")) }
        pre tabindex="0" { (key) }
        h2 { (visit.say("ledger-check")) }
        p { (visit.say("ledger-check-text")) }
        pre tabindex="0" { "sandyq-verifier receipt receipt.json --key '" (key) "'" }
    };
    Page::new(visit.say("ledger-title"), body)
}
