//! 6.2: the code from the letter to a new address of an account. The address travels in the form, under our seal.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::access::NewAddress;

use crate::components::{Control, control, error_summary, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

const PATH: &str = "/my/new-address";

/// GET /my/new-address: what stood there is not kept.
pub async fn open(arrival: Arrival) -> Response {
    arrival.respond(Ok(Answer::SeeOther("/my/change/email".to_owned())))
}

/// POST /my/new-address
pub async fn confirm(sent: Sent) -> Response {
    let outcome = confirmed(&sent).await;
    sent.arrival.respond(outcome)
}

async fn confirmed(sent: &Sent) -> Outcome {
    let known = |name: &str| matches!(name, "code" | "email" | "ticket" | "seal");
    sent.typed.only(known)?;
    let new = NewAddress {
        ticket: sent.typed.text("ticket").to_owned(),
        email: sent.typed.plain("email"),
        seal: sent.typed.text("seal").to_owned(),
    };
    let visit = &sent.arrival.visit;
    if sent.typed.text("step") == "show" {
        return Ok(Answer::Page(page(visit, &new, &Mistake::default())));
    }
    sent.fresh()?;
    let caller = sent.arrival.known()?;
    let system = &sent.arrival.system;
    let (code, under) = (sent.typed.plain("code"), (visit.language, sent.key()?));
    match mistake_of(system.change_address(caller, &new, &code, under).await)? {
        Ok(()) => Ok(Answer::SeeOther("/my".to_owned())),
        Err(mistake) => Ok(Answer::Status(
            StatusCode::UNPROCESSABLE_ENTITY,
            page(visit, &new, &mistake),
        )),
    }
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, new: &NewAddress, mistake: &Mistake) -> Page {
    let (label, hint) = (visit.say("code-label"), visit.say("code-hint"));
    let code = Control {
        name: "code",
        kind: ValueKind::Count,
        label: &label,
        hint: &hint,
        why: html! {},
        typed: "",
        autocomplete: "one-time-code",
        required: true,
    };
    let inside = html! {
        (control(visit, &code, mistake, ""))
        (submit("go", &visit.say("new-address-button")))
    };
    let kept = [
        ("ticket".to_owned(), new.ticket.clone()),
        ("email".to_owned(), new.email.expose().clone()),
        ("seal".to_owned(), new.seal.clone()),
    ];
    let body = html! {
        (error_summary(visit, mistake, |_| Some(label.clone()), |_, _: Problem| "code".to_owned()))
        h1 { (visit.say("new-address-title")) }
        p.lead { (visit.say("new-address-lead")) }
        (tray(visit, PATH, &kept, &inside))
        p { (visit.say("new-address-note")) }
    };
    Page::new(visit.say("new-address-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/my/change/email")
        .keeping_typed(PATH, "show", "go")
}
