//! 1.2-e: the text of a consent by its hash, for whoever is asked to agree to it, or holds a receipt that names it. It names the
//! operator and the kinds of data, and nobody.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use sandyq_processing::Language;
use sandyq_processing::consent::ConsentText;

use super::service::consent_text;
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /texts/{hash}
pub async fn show(Path(hash): Path<String>, arrival: Arrival) -> Response {
    let outcome = read(&arrival, &hash).await;
    arrival.respond(outcome)
}

async fn read(arrival: &Arrival, hash: &str) -> Outcome {
    let texts = arrival.system.text_of_hash(hash).await?;
    Ok(Answer::Page(page(&arrival.visit, hash, &texts)))
}

/// The page: the text in every language in which it was shown, the one that is read first and open.
#[must_use]
pub fn page(visit: &Visit, hash: &str, texts: &[(Language, ConsentText)]) -> Page {
    let title = visit.say("text-title");
    let body = html! {
        h1 { (title) }
        p.lead { (visit.say("text-lead")) }
        section.consent {
            h2 { (visit.say("text-words")) }
            div.texts {
                @for (language, text) in texts { (consent_text(*language, text, *language == visit.language)) }
            }
            p.hash { (visit.say("consent-hash")) " " code { (hash) } }
        }
    };
    Page::new(title, body).widened()
}
