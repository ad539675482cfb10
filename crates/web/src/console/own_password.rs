//! 5.1.4: a member of staff chooses another password. The present one and a number are asked for together, and what is said of one wrong is
//! said of both.

use axum::response::Response;
use maud::html;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::access::OwnProof;

use super::cases::staff;
use super::own_sessions;
use crate::components::{PasswordQuestion, error_summary, password_question, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::portal::second_proof::{current_question, number_question};
use crate::visit::Visit;

/// Where the page is.
pub const PATH: &str = "/staff/password";

/// GET /staff/password
pub async fn open(arrival: Arrival) -> Response {
    let outcome = staff(&arrival).map(|_| Answer::Page(page(&arrival.visit, &Mistake::default())));
    arrival.respond(outcome)
}

/// POST /staff/password
pub async fn choose(mut sent: Sent) -> Response {
    let outcome = chosen(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn chosen(sent: &mut Sent) -> Outcome {
    sent.typed
        .only(|name| matches!(name, "current" | "code" | "password"))?;
    let caller = staff(&sent.arrival)?.clone();
    if sent.typed.text("step") == "show" {
        return Ok(Answer::Page(page(&sent.arrival.visit, &Mistake::default())));
    }
    sent.fresh()?;
    let proof = own_proof(sent);
    let password = sent.typed.plain("password");
    let system = sent.arrival.system.clone();
    let tried = system.change_own_staff_password(&caller, proof, &password).await;
    match mistake_of(tried)? {
        Ok(session) => {
            sent.arrival.go_on_as(&session).await?;
            Ok(Answer::Page(done_page(&sent.arrival.visit)))
        }
        Err(mistake) => Ok(Answer::wrong(page(&sent.arrival.visit, &mistake))),
    }
}

/// Both proofs, as they were typed together.
pub(super) fn own_proof(sent: &Sent) -> OwnProof {
    OwnProof {
        current: sent.typed.plain("current"),
        number: sent.typed.plain("code"),
    }
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, mistake: &Mistake) -> Page {
    let (label, hint) = (visit.say("password-chosen-label"), visit.say("password-hint"));
    let new = PasswordQuestion {
        name: "password",
        label: &label,
        hint: &hint,
        new: true,
    };
    let inside = html! {
        (current_question(visit, mistake))
        (number_question(visit, mistake))
        (password_question(visit, &new, mistake))
        (submit("choose", &visit.say("password-button")))
    };
    let label_of = |name: &str| match name {
        "current" => Some(visit.say("password-current-label")),
        "password" => Some(label.clone()),
        _ => Some(visit.say("second-code-label")),
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, |name, _: Problem| name.to_owned()))
        h1 { (visit.say("password-change-title")) }
        p.lead { (visit.say("staff-password-lead")) }
        p { (visit.say("staff-password-failures")) }
        (tray(visit, PATH, &[], &inside))
        p { (visit.say("staff-second-lost")) }
    };
    Page::new(visit.say("password-change-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(own_sessions::PATH)
        .keeping_typed(PATH, "show", "choose")
}

/// What is said after it.
#[must_use]
pub fn done_page(visit: &Visit) -> Page {
    let body = html! {
        div.panel role="status" { h1 { (visit.say("staff-password-done")) } }
        p.lead { (visit.say("staff-password-done-lead")) }
        p { a href=(own_sessions::PATH) { (visit.say("sessions-title")) } }
    };
    Page::new(visit.say("staff-password-done"), body).back_to("/staff/cases")
}
