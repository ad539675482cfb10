//! "Download everything" (6.1, 6.4): one archive with all that is held, made while one waits and kept nowhere.

mod document;
mod packed;

use axum::response::Response;
use maud::html;
use sandyq_model::{Mistake, Plain, Problem, time};
use sandyq_processing::Rejected;
use sandyq_processing::request::Everything;

pub use document::document;

use crate::components::{PasswordQuestion, error_summary, password_question, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::paper;
use crate::portal::overview::source_words;
use crate::visit::Visit;

const PATH: &str = "/my/download";

/// GET /my/download
pub async fn open(arrival: Arrival) -> Response {
    let outcome = opened(&arrival).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival) -> Outcome {
    let asks = arrival.system.asks_before_archive(arrival.known()?).await?;
    Ok(Answer::Page(page(&arrival.visit, asks, &Mistake::default())))
}

/// POST /my/download: the archive itself.
pub async fn download(sent: Sent) -> Response {
    let outcome = downloaded(&sent).await;
    sent.arrival.respond(outcome)
}

async fn downloaded(sent: &Sent) -> Outcome {
    sent.typed.only(|name| name == "current")?;
    sent.fresh()?;
    let (system, visit) = (&sent.arrival.system, &sent.arrival.visit);
    let caller = sent.arrival.known()?;
    let current: Plain<String> = sent.typed.plain("current");
    let everything = match system.everything(caller, &current, visit.language).await {
        Ok(everything) => everything,
        Err(Rejected::Mistake(mistake)) => {
            let asks = if mistake.of("session").is_some() {
                None
            } else {
                Some(true)
            };
            return Ok(Answer::wrong(page(visit, asks, &mistake)));
        }
        Err(other) => return Err(other),
    };
    let from = |source: &str| source_words(system, visit, source);
    // One more form of the same content is one more line here; the manifest names whatever it is given.
    let page = document(visit, &everything, &from).into_string();
    let mut files = vec![
        ("data.json".to_owned(), everything.json()),
        ("data.html".to_owned(), page.into_bytes()),
    ];
    let letter = paper::set(system, visit, paper::everything(visit, &everything, &from)).await?;
    files.extend(letter.map(|pdf| ("answer.pdf".to_owned(), pdf)));
    files.extend(everything.papers());
    let beside = system.manifest(&everything, &files).await?;
    files.extend(beside);
    let archive = packed::packed(&files, everything.at)?;
    Ok(Answer::File(file_name(&everything), "application/zip", archive))
}

fn file_name(everything: &Everything) -> String {
    format!("sandyq-data-{}.zip", time::day_in_kazakhstan(everything.at))
}

/// The page. `asks_password` is absent when they have to come in again first.
#[must_use]
pub fn page(visit: &Visit, asks_password: Option<bool>, mistake: &Mistake) -> Page {
    let current_label = visit.say("password-current-label");
    let current = PasswordQuestion {
        name: "current",
        label: &current_label,
        hint: "",
        new: false,
    };
    let inside = html! {
        @if asks_password == Some(true) { (password_question(visit, &current, mistake)) }
        (submit("download", &visit.say("download-button")))
    };
    let label = |name: &str| (name == "current").then(|| current_label.clone());
    let shown = Mistake(
        mistake
            .0
            .iter()
            .filter(|(name, _)| name == "current")
            .cloned()
            .collect(),
    );
    let body = html! {
        (error_summary(visit, &shown, label, |name, _: Problem| name.to_owned()))
        h1 { (visit.say("download-title")) }
        p.lead { (visit.say("download-lead")) }
        h2 { (visit.say("download-in-title")) }
        ul {
            li { code { "data.html" } " – " (visit.say("download-html")) }
            li { code { "data.json" } " – " (visit.say("download-json")) }
            @if visit.prints { li { code { "answer.pdf" } " – " (visit.say("download-pdf")) } }
            li { code { "receipts" } " – " (visit.say("download-receipts")) }
            li { code { "manifest.json" } ", " code { "SHA256SUMS" } " – " (visit.say("download-manifest")) }
        }
        h2 { (visit.say("download-out-title")) }
        ul {
            li { (visit.say("download-out-card")) }
            li { (visit.say("download-out-others")) }
            li { (visit.say("download-out-scans")) }
        }
        p.inset { (visit.say("download-care")) }
        @if asks_password.is_some() {
            (tray(visit, PATH, &[], &inside))
        } @else {
            p #again { (visit.say("download-again")) }
        }
    };
    Page::new(visit.say("download-title"), body)
        .wrong_if(!shown.0.is_empty())
        .back_to("/my")
}
