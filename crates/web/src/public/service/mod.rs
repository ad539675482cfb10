//! Every service that the policy declares, by the same pages: details, check, consent, and only then anything is stored
//! (1.2, PRE-4). Until then what was typed travels in the form itself, from step to step. A service that is added to the
//! policy folder has its pages here without a change of the program.

mod check;
mod consent;
mod details;
mod draft;
mod kept;
mod offered;
mod parts;

pub use check::page as check_page;
pub use consent::{consent_text, page as consent_page};
pub use details::page as details_page;
pub use draft::Draft;
pub use kept::{KEPT_BYTES_MAX, go_on_from, refused_page as kept_refused_page};
pub use offered::{index, index_page, open, page as offered_page};

use axum::extract::Path;
use axum::response::Response;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::reading::Form;
use sandyq_processing::service::Checked;

use super::confirm;
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;

/// GET /services/{service}/{about}
pub async fn begin(Path((service, about)): Path<(String, String)>, arrival: Arrival) -> Response {
    let outcome = begun(&arrival, &service, &about).await;
    arrival.respond(outcome)
}

async fn begun(arrival: &Arrival, service: &str, about: &str) -> Outcome {
    let form = arrival.system.form(service, arrival.visit.language)?;
    form_page(arrival, &form, Some(about)).await
}

/// The first page of a form.
async fn form_page(arrival: &Arrival, form: &Form, about: Option<&str>) -> Outcome {
    let mut draft = Draft::begin(&arrival.system, form, about).await?;
    if let Some(caller) = arrival.caller.as_ref().filter(|caller| caller.subject.is_some()) {
        let language = arrival.visit.language;
        let own = arrival.system.begun_with(caller, &form.service, language).await?;
        draft.begin_with(form, &own);
    }
    Ok(Answer::Page(details_page(
        &arrival.visit,
        form,
        &draft,
        0,
        &Mistake::default(),
    )))
}

/// POST /services/{service}: the step says which page comes next.
pub async fn go_on(Path(service): Path<String>, sent: Sent) -> Response {
    answered(&service, None, sent).await
}

/// POST /services/{service}/{about}
pub async fn go_on_about(Path((service, about)): Path<(String, String)>, sent: Sent) -> Response {
    answered(&service, Some(&about), sent).await
}

async fn answered(service: &str, about: Option<&str>, sent: Sent) -> Response {
    let (outcome, binding) = match step(&sent, service, about).await {
        Ok((answer, binding)) => (Ok(answer), binding),
        Err(rejected) => (Err(rejected), None),
    };
    let mut arrival = sent.arrival;
    if let Some((binding, seconds)) = binding {
        arrival.bind_for(&binding, seconds);
    }
    arrival.respond(outcome)
}

/// The answer, and the secret of the code when one was sent out, with the seconds for which the browser keeps it.
type Stepped = Result<(Answer, Option<(String, u32)>), Rejected>;

/// Shows that page of questions again, whatever stands in it: `details-2`.
const SHOW: &str = "details-";
/// That page of questions is answered: `answered-2`.
const ANSWERED: &str = "answered-";

async fn step(sent: &Sent, service: &str, about: Option<&str>) -> Stepped {
    let (system, visit) = (&sent.arrival.system, &sent.arrival.visit);
    let mut form = system.form(service, visit.language)?;
    let mut draft = Draft::typed(system, &form, about, sent).await?;
    if draft.is_young(system, visit.language)? {
        form.ask_for_representative();
    } else {
        draft.drop_representative(&form);
    }
    let wanted = sent.typed.text("step");
    if sent.stale {
        let mistake = Mistake::one("token", Problem::Stale);
        return Ok((details(sent, &form, &draft, mistake), None));
    }
    if wanted == kept::KEEP && kept::is_long(&form) {
        return Ok((kept::file(&draft), None));
    }
    if let Some(input) = draft.row_step(wanted) {
        let there = parts::page_of(&form, &input);
        let page = details_page(visit, &form, &draft, there, &Mistake::default());
        return Ok((Answer::Page(page), None));
    }
    let last = parts::pages(&form).len().saturating_sub(1);
    let numbered = |word: &str| {
        let number = wanted.strip_prefix(word)?;
        number.parse().ok().filter(|page| *page <= last)
    };
    if let Some(page) = numbered(SHOW) {
        let page = details_page(visit, &form, &draft, page, &Mistake::default());
        return Ok((Answer::Page(page), None));
    }
    let answered: usize = numbered(ANSWERED).unwrap_or(last);
    let checked = match mistake_of(draft.check(system, visit.language))? {
        Ok(checked) => checked,
        Err(mistake) => {
            let so_far = Mistake(
                mistake
                    .0
                    .into_iter()
                    .filter(|(name, _)| parts::page_of(&form, name) <= answered)
                    .collect(),
            );
            if so_far.0.is_empty() {
                let next = details_page(visit, &form, &draft, answered + 1, &Mistake::default());
                return Ok((Answer::Page(next), None));
            }
            return Ok((details(sent, &form, &draft, so_far), None));
        }
    };
    if answered < last {
        let next = details_page(visit, &form, &draft, answered + 1, &Mistake::default());
        return Ok((Answer::Page(next), None));
    }
    finish(sent, &form, &draft, &checked).await
}

/// The questions are answered: check, consent, and in.
async fn finish(sent: &Sent, form: &Form, draft: &Draft, checked: &Checked) -> Stepped {
    let visit = &sent.arrival.visit;
    let page = match sent.typed.text("step") {
        "consent" => consent_page(visit, form, draft, &Mistake::default()),
        "submit" => return submit(sent, form, draft).await,
        _ => check_page(visit, form, draft, checked.rows()),
    };
    Ok((Answer::Page(page), None))
}

/// The consent is given: now, and not before, the submission goes in.
async fn submit(sent: &Sent, form: &Form, draft: &Draft) -> Stepped {
    let (system, visit) = (&sent.arrival.system, &sent.arrival.visit);
    let lacking = draft.lacking_consents(form);
    if !lacking.0.is_empty() {
        return Ok((Answer::wrong(consent_page(visit, form, draft, &lacking)), None));
    }
    let submission = draft.submission(visit.language);
    match mistake_of(system.submit(submission, draft.accepted(), sent.key()?).await)? {
        Ok(submitted) => {
            let there = confirm::place(&submitted.ticket, submitted.represented);
            let seconds = if submitted.represented {
                cookies::AGREEMENT_SECONDS
            } else {
                cookies::BINDING_SECONDS
            };
            Ok((Answer::SeeOther(there), Some((submitted.binding, seconds))))
        }
        Err(mistake) if draft.is_about_consent(form, &mistake) => {
            let mistake = draft.named_as_here(form, mistake);
            Ok((Answer::wrong(consent_page(visit, form, draft, &mistake)), None))
        }
        Err(mistake) => Ok((details(sent, form, draft, mistake), None)),
    }
}

/// The first page of questions that has a mistake.
fn details(sent: &Sent, form: &Form, draft: &Draft, mistake: Mistake) -> Answer {
    let first = mistake.0.iter().map(|(name, _)| parts::page_of(form, name)).min();
    Answer::wrong(details_page(
        &sent.arrival.visit,
        form,
        draft,
        first.unwrap_or(0),
        &mistake,
    ))
}
