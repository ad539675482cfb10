//! 2.2.11: whoever does not finish a long form keeps what was typed in a file of their own, and goes on from it later, on this device or
//! another. We keep nothing before the consent (1.2), so there is nothing here to come back to: the file is all there is.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{Mistake, Problem};
use sandyq_processing::reading::Form;
use serde::{Deserialize, Serialize};

use super::parts::pages;
use super::{Draft, details_page};
use crate::components::{error_summary, problem_of, submit, tray_with_file};
use crate::http::arrival::{Answer, Outcome};
use crate::http::file::SentWithFile;
use crate::layout::Page;
use crate::visit::Visit;

/// What such a file begins with; another number is another shape.
const FORMAT: &str = "sandyq/typed/v1";
/// The largest file that is read, with the form that brings it.
pub const KEPT_BYTES_MAX: usize = 128 * 1024;
/// The input that holds the file.
const FILE: &str = "typed";
/// The step that hands the file out.
pub const KEEP: &str = "keep";

/// What was typed, as it lies in the file. No consent is in it, and nothing of a card.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    format: String,
    service: String,
    about: String,
    answers: BTreeMap<String, String>,
}

/// The file.
pub fn file(draft: &Draft) -> Answer {
    let about = draft.offered.as_ref().map(|offered| offered.offering.id.clone());
    let answers = draft.answers.iter().filter(|(_, typed)| !typed.is_empty());
    let kept = Kept {
        format: FORMAT.to_owned(),
        service: draft.service.clone(),
        about: about.unwrap_or_default(),
        answers: answers
            .map(|(name, typed)| (name.clone(), typed.clone()))
            .collect(),
    };
    let content = serde_json::to_vec_pretty(&kept).unwrap_or_default();
    Answer::File(format!("{}.json", draft.service), "application/json", content)
}

/// POST /services/{service}/{about}/kept: the first page, with what the file holds.
pub async fn go_on_from(Path((service, about)): Path<(String, String)>, with: SentWithFile) -> Response {
    let outcome = gone_on(&with, &service, &about).await;
    with.sent.arrival.respond(outcome)
}

async fn gone_on(with: &SentWithFile, service: &str, about: &str) -> Outcome {
    let (arrival, visit) = (&with.sent.arrival, &with.sent.arrival.visit);
    with.sent.typed.only(|_| false)?;
    with.sent.fresh()?;
    let form = arrival.system.form(service, visit.language)?;
    let mut draft = Draft::begin(&arrival.system, &form, Some(about)).await?;
    let kept = with.file.as_deref().and_then(|bytes| read(bytes, service, about));
    Ok(match kept {
        Some(kept) => {
            draft.take_up(&form, kept.answers);
            Answer::Page(details_page(visit, &form, &draft, 0, &Mistake::default()))
        }
        None => Answer::wrong(refused_page(visit, &form, &draft)),
    })
}

/// What a file holds, if it is of this form.
fn read(bytes: &[u8], service: &str, about: &str) -> Option<Kept> {
    let kept: Kept = serde_json::from_slice(bytes).ok()?;
    (kept.format == FORMAT && kept.service == service && kept.about == about).then_some(kept)
}

/// Whether a form is long enough to be interrupted.
pub fn is_long(form: &Form) -> bool {
    form.about.is_some() && pages(form).len() > 2
}

/// On a page of questions: hands the file out.
pub fn keep_button(visit: &Visit) -> Markup {
    html! {
        p { button.quiet type="submit" name="step" value=(KEEP) formnovalidate { (visit.say("kept-button")) } }
        p.hint { (visit.say("kept-hint")) }
    }
}

/// Below the first page of questions: takes it in again.
pub fn way_back(visit: &Visit, draft: &Draft, problem: Option<Problem>) -> Markup {
    let inside = html! {
        div.question.is-wrong[problem.is_some()] {
            label for=(FILE) { (visit.say("kept-file")) }
            (problem_of(visit, FILE, problem))
            input type="file" id=(FILE) name="scan" accept=".json";
        }
        (submit("take-up", &visit.say("kept-take-up")))
    };
    html! {
        details open[problem.is_some()] {
            summary { (visit.say("kept-back")) }
            (tray_with_file(visit, &format!("{}/kept", draft.action()), &inside))
        }
    }
}

/// It was no file of this form.
#[must_use]
pub fn refused_page(visit: &Visit, form: &Form, draft: &Draft) -> Page {
    let mistake = Mistake::one(FILE, Problem::KeptFile);
    let body = html! {
        (error_summary(visit, &mistake, |_| Some(visit.say("kept-file")), |name, _| name.to_owned()))
        h1 { (form.label) }
        (way_back(visit, draft, Some(Problem::KeptFile)))
    };
    Page::new(&form.label, body)
        .wrong_if(true)
        .back_to(draft.action())
}
