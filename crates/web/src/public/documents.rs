//! 3, 5.1.2: the operator's own documents that everybody may read, each to be kept as a file.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use sandyq_processing::local_act::LocalActRow;

use crate::console::local_acts::{PDF, document};
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the list is.
pub const PATH: &str = "/documents";

/// GET /documents
pub async fn show(arrival: Arrival) -> Response {
    let outcome = shown(&arrival).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival) -> Outcome {
    let documents = arrival.system.public_documents().await?;
    Ok(Answer::Page(page(&arrival.visit, &documents)))
}

/// GET /documents/{number}
pub async fn file(Path(number): Path<u32>, arrival: Arrival) -> Response {
    let outcome = handed_out(&arrival, number).await;
    arrival.respond(outcome)
}

async fn handed_out(arrival: &Arrival, number: u32) -> Outcome {
    let file = arrival.system.public_document(number).await?;
    Ok(Answer::File(file.name, PDF, file.content))
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, documents: &[LocalActRow]) -> Page {
    let body = html! {
        h1 { (visit.say("documents-title")) }
        p.lead { (visit.say("documents-lead")) }
        @if documents.is_empty() { p.inset { (visit.say("documents-none")) } }
        @for row in documents { (document(visit, row, &format!("{PATH}/{}", row.number))) }
    };
    Page::new(visit.say("documents-title"), body).back_to("/policy")
}
