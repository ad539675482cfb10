//! Buying a licence (2.2.7): details, check, consent, and only then anything is stored (1.2, PRE-4). Until then what was
//! typed travels in the form itself, from step to step.

mod check;
mod consent;
mod details;
mod draft;

pub use check::page as check_page;
pub use consent::page as consent_page;
pub use details::page as details_page;
pub use draft::Draft;

use axum::extract::Path;
use axum::response::Response;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::reading::Form;

use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;

/// The service of the policy folder that this is.
const SERVICE: &str = "guest-purchase";

/// GET /buy/{sku}
pub async fn open(Path(sku): Path<String>, arrival: Arrival) -> Response {
    let outcome = first_page(&arrival, &sku);
    arrival.respond(outcome)
}

fn first_page(arrival: &Arrival, sku: &str) -> Outcome {
    let form = arrival.system.form(SERVICE, arrival.visit.language)?;
    let draft = Draft::new(&arrival.system, sku)?;
    Ok(Answer::Page(details_page(
        &arrival.visit,
        &form,
        &draft,
        &Mistake::default(),
    )))
}

/// POST /buy/{sku}: the step says which page comes next.
pub async fn go_on(Path(sku): Path<String>, sent: Sent) -> Response {
    let (outcome, binding) = match step(&sent, &sku).await {
        Ok((answer, binding)) => (Ok(answer), binding),
        Err(rejected) => (Err(rejected), None),
    };
    let mut arrival = sent.arrival;
    if let Some(binding) = binding {
        let seconds = Some(cookies::BINDING_SECONDS);
        arrival.set_cookie(cookies::set(cookies::BINDING, &binding, seconds));
    }
    arrival.respond(outcome)
}

/// The answer, and the secret of the code when one was sent out.
type Stepped = Result<(Answer, Option<String>), Rejected>;

async fn step(sent: &Sent, sku: &str) -> Stepped {
    let (system, visit) = (&sent.arrival.system, &sent.arrival.visit);
    let form = system.form(SERVICE, visit.language)?;
    let draft = Draft::typed(system, sku, &form, sent)?;
    let wanted = sent.typed.text("step");
    if sent.stale {
        let mistake = Mistake::one("token", Problem::Stale);
        return Ok((details(sent, &form, &draft, mistake), None));
    }
    if wanted == "details" {
        let page = details_page(visit, &form, &draft, &Mistake::default());
        return Ok((Answer::Page(page), None));
    }
    let checked = match mistake_of(draft.check(system, visit.language))? {
        Ok(checked) => checked,
        Err(mistake) => return Ok((details(sent, &form, &draft, mistake), None)),
    };
    match wanted {
        "consent" => Ok((
            Answer::Page(consent_page(visit, &form, &draft, &Mistake::default())),
            None,
        )),
        "submit" => submit(sent, &form, &draft).await,
        _ => Ok((
            Answer::Page(check_page(visit, &form, &draft, checked.rows())),
            None,
        )),
    }
}

/// The consent is given: now, and not before, the submission goes in.
async fn submit(sent: &Sent, form: &Form, draft: &Draft) -> Stepped {
    let (system, visit) = (&sent.arrival.system, &sent.arrival.visit);
    let lacking = draft.lacking_consents(form);
    if !lacking.0.is_empty() {
        return Ok((wrong(consent_page(visit, form, draft, &lacking)), None));
    }
    let submission = draft.submission(visit.language);
    match mistake_of(system.submit(submission, draft.accepted(), sent.key()?).await)? {
        Ok(submitted) => {
            let there = format!("/confirm/{}", submitted.ticket);
            Ok((Answer::SeeOther(there), Some(submitted.binding)))
        }
        Err(mistake) if draft.is_about_consent(form, &mistake) => {
            let mistake = draft.named_as_here(form, mistake);
            Ok((wrong(consent_page(visit, form, draft, &mistake)), None))
        }
        Err(mistake) => Ok((details(sent, form, draft, mistake), None)),
    }
}

fn details(sent: &Sent, form: &Form, draft: &Draft, mistake: Mistake) -> Answer {
    wrong(details_page(&sent.arrival.visit, form, draft, &mistake))
}

fn wrong(page: Page) -> Answer {
    Answer::Status(axum::http::StatusCode::UNPROCESSABLE_ENTITY, page)
}
