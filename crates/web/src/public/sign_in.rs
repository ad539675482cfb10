//! 2.2.1: the way in for whoever has an account. The page says the same whether or not there is one.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Plain, Problem};
use sandyq_processing::access::Claim;

use crate::components::{Control, PasswordQuestion, control, error_summary, password_question, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;
use crate::visit::{Standpoint, Visit};

/// GET /sign-in
pub async fn open(arrival: Arrival) -> Response {
    let outcome = match arrival.visit.standpoint {
        Standpoint::Subject => Answer::SeeOther("/my".to_owned()),
        _ => Answer::Page(page(&arrival.visit, "", &Mistake::default())),
    };
    arrival.respond(Ok(outcome))
}

/// POST /sign-in
pub async fn sign_in(mut sent: Sent) -> Response {
    let outcome = signed_in(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn signed_in(sent: &mut Sent) -> Outcome {
    sent.typed.only(|name| matches!(name, "email" | "password"))?;
    let email = sent.typed.text("email").trim().to_owned();
    if sent.typed.text("step") == "show" {
        let page = page(&sent.arrival.visit, &email, &Mistake::default());
        return Ok(Answer::Page(page));
    }
    sent.fresh()?;
    let claim = Claim {
        email: Plain::new(email.clone()),
        password: sent.typed.plain("password"),
        language: sent.arrival.visit.language,
        place: sent.arrival.place,
        browser: sent.arrival.browser.clone(),
    };
    match mistake_of(sent.arrival.system.sign_in_to_account(claim).await)? {
        Ok(signed_in) => {
            let session = signed_in.session.expose();
            sent.arrival
                .set_cookie(cookies::set(cookies::SESSION, session, None));
            let seconds = Some(cookies::BROWSER_SECONDS);
            sent.arrival
                .set_cookie(cookies::set(cookies::BROWSER, &signed_in.browser, seconds));
            Ok(Answer::SeeOther("/my".to_owned()))
        }
        Err(mistake) => {
            let page = page(&sent.arrival.visit, &email, &mistake);
            Ok(Answer::Status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, email: &str, mistake: &Mistake) -> Page {
    let label = visit.say("my-email-label");
    let of_email = Control {
        name: "email",
        kind: ValueKind::Email,
        label: &label,
        hint: "",
        why: html! {},
        typed: email,
        autocomplete: "username",
        required: true,
    };
    let password_label = visit.say("password-label");
    let of_password = PasswordQuestion {
        name: "password",
        label: &password_label,
        hint: "",
        new: false,
    };
    let inside = html! {
        (control(visit, &of_email, mistake, ""))
        (password_question(visit, &of_password, mistake))
        (submit("sign-in", &visit.say("sign-in-button")))
    };
    let label_of = |input: &str| match input {
        "email" => Some(label.clone()),
        _ => Some(password_label.clone()),
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, |name, _: Problem| name.to_owned()))
        h1 { (visit.say("sign-in-title")) }
        (tray(visit, "/sign-in", &[], &inside))
        p { a href="/sign-in/forgotten" { (visit.say("sign-in-forgotten")) } }
        p { a href="/services/account" { (visit.say("sign-in-register")) } }
        p { a href="/my" { (visit.say("sign-in-without")) } }
    };
    Page::new(visit.say("sign-in-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .keeping_typed("/sign-in", "show", "sign-in")
}
