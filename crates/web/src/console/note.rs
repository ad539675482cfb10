//! 5.1.4, 1.1.6: a note on a case. It is typed in the opened case, for its purpose, and stands in no address.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Purpose};

use super::cases::staff;
use super::open_case::purpose_of;
use crate::components::{Control, control, error_summary, submit, tray};
use crate::http::arrival::{Answer, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// POST /staff/cases/{reference}/note
pub async fn note(Path(reference): Path<String>, sent: Sent) -> Response {
    let outcome = noted(&sent, &reference).await;
    sent.arrival.respond(outcome)
}

async fn noted(sent: &Sent, reference: &str) -> Outcome {
    let (arrival, visit) = (&sent.arrival, &sent.arrival.visit);
    let caller = staff(arrival)?;
    sent.typed.only(|name| matches!(name, "purpose" | "note"))?;
    sent.fresh()?;
    let purpose = purpose_of(sent)?;
    let typed = sent.typed.plain("note");
    let done = arrival
        .system
        .note_on_case(caller, reference, (Some(purpose), &typed), sent.key()?)
        .await;
    Ok(match mistake_of(done)? {
        Ok(()) => Answer::Page(done_page(visit, reference)),
        Err(mistake) => Answer::wrong(again_page(visit, reference, (purpose, typed.expose()), &mistake)),
    })
}

/// The question for a note.
#[must_use]
pub fn question(
    visit: &Visit,
    reference: &str,
    (purpose, typed): (Purpose, &str),
    mistake: &Mistake,
) -> Markup {
    let (label, hint) = (visit.say("note-label"), visit.say("note-hint"));
    let asked = Control {
        name: "note",
        kind: ValueKind::LongText,
        label: &label,
        hint: &hint,
        why: html! {},
        typed,
        autocomplete: "off",
        required: true,
    };
    let inside = html! {
        (control(visit, &asked, mistake, ""))
        (submit("note", &visit.say("note-button")))
    };
    let kept = [("purpose".to_owned(), purpose.to_string())];
    tray(visit, &format!("/staff/cases/{reference}/note"), &kept, &inside)
}

/// The question once more, with what was wrong.
#[must_use]
pub fn again_page(visit: &Visit, reference: &str, typed: (Purpose, &str), mistake: &Mistake) -> Page {
    let title = visit.say_of("note-title", "reference", reference);
    let body = html! {
        (error_summary(visit, mistake, |_| Some(visit.say("note-label")), |name, _| name.to_owned()))
        h1 { (title) }
        (question(visit, reference, typed, mistake))
    };
    Page::new(title, body)
        .wrong_if(true)
        .back_to(format!("/staff/cases/{reference}"))
}

/// It is noted.
#[must_use]
pub fn done_page(visit: &Visit, reference: &str) -> Page {
    let body = html! {
        div.panel role="status" {
            h1 { (visit.say("noted-title")) }
            p { strong.reference { (reference) } }
        }
        p.lead { (visit.say("noted-lead")) }
        p { a href={ "/staff/cases/" (reference) } { (visit.say("noted-back")) } }
    };
    Page::new(visit.say("noted-title"), body).back_to(format!("/staff/cases/{reference}"))
}
