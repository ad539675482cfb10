//! 2.2.1: the way in for whoever has an account. The page says the same whether or not there is one.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Plain, Problem};
use sandyq_processing::access::{Claim, PasskeyAsked, PasskeyClaim, SecondStep, SignedIn, Way};

use crate::components::{
    Control, PasswordQuestion, assertion_of, control, error_summary, hidden, is_of_passkey, passkey_problem,
    passkey_question, password_question, submit, tray,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;
use crate::portal::second_proof::number_question;
use crate::visit::{Standpoint, Visit};

/// GET /sign-in
pub async fn open(arrival: Arrival) -> Response {
    let outcome = match arrival.visit.standpoint {
        Standpoint::Subject => Answer::SeeOther("/my".to_owned()),
        _ => Answer::Page(door(&arrival, "", &Mistake::default())),
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
        return Ok(Answer::Page(door(&sent.arrival, &email, &Mistake::default())));
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
        Ok(Way::Open(signed_in)) => Ok(come_in(&mut sent.arrival, &signed_in)),
        Ok(Way::SecondProof(link)) => {
            sent.arrival.bind(&link.binding);
            Ok(Answer::SeeOther(format!("/sign-in/second/{}", link.ticket)))
        }
        Err(mistake) => Ok(Answer::wrong(door(&sent.arrival, &email, &mistake))),
    }
}

fn door(arrival: &Arrival, email: &str, mistake: &Mistake) -> Page {
    page(&arrival.visit, email, arrival.passkey_asked().as_ref(), mistake)
}

/// POST /sign-in/passkey
pub async fn by_passkey(mut sent: Sent) -> Response {
    let outcome = came_by_passkey(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn came_by_passkey(sent: &mut Sent) -> Outcome {
    sent.typed.only(is_of_passkey)?;
    sent.fresh()?;
    let claim = PasskeyClaim {
        assertion: assertion_of(&sent.typed).unwrap_or_default(),
        token: sent.arrival.visit.token.clone(),
        language: sent.arrival.visit.language,
        place: sent.arrival.place,
        browser: sent.arrival.browser.clone(),
    };
    match mistake_of(sent.arrival.system.sign_in_by_passkey(claim).await)? {
        Ok(signed_in) => Ok(come_in(&mut sent.arrival, &signed_in)),
        Err(mistake) => Ok(Answer::wrong(door(&sent.arrival, "", &mistake))),
    }
}

/// The way in by a passkey alone: a form of its own, which nobody sees without the script.
fn passkey_form(visit: &Visit, asked: Option<&PasskeyAsked>) -> Markup {
    html! {
        @if let Some(asked) = asked {
            form method="post" action="/sign-in/passkey" {
                (hidden("token", &visit.token))
                (passkey_question(visit, asked, "passkey", &visit.say("passkey-sign-in")))
            }
        }
    }
}

fn come_in(arrival: &mut Arrival, signed_in: &SignedIn) -> Answer {
    let session = signed_in.session.expose();
    arrival.set_cookie(cookies::set(cookies::SESSION, session, None));
    let seconds = Some(cookies::BROWSER_SECONDS);
    arrival.set_cookie(cookies::set(cookies::BROWSER, &signed_in.browser, seconds));
    arrival.set_cookie(cookies::clear(cookies::BINDING));
    Answer::SeeOther("/my".to_owned())
}

/// GET /sign-in/second/{ticket}
pub async fn open_second(Path(ticket): Path<String>, arrival: Arrival) -> Response {
    let page = second_door(&arrival, &ticket, &Mistake::default());
    arrival.respond(Ok(Answer::Page(page)))
}

/// POST /sign-in/second/{ticket}
pub async fn second(Path(ticket): Path<String>, mut sent: Sent) -> Response {
    let outcome = proven_twice(&mut sent, &ticket).await;
    sent.arrival.respond(outcome)
}

async fn proven_twice(sent: &mut Sent, ticket: &str) -> Outcome {
    sent.typed.only(|name| name == "code")?;
    if sent.typed.text("step") == "show" {
        let page = second_door(&sent.arrival, ticket, &Mistake::default());
        return Ok(Answer::Page(page));
    }
    sent.fresh()?;
    let step = SecondStep {
        ticket: ticket.to_owned(),
        binding: sent.arrival.binding.clone().unwrap_or_default(),
        code: sent.typed.plain("code"),
        language: sent.arrival.visit.language,
        place: sent.arrival.place,
        browser: sent.arrival.browser.clone(),
    };
    match mistake_of(sent.arrival.system.sign_in_by_second_proof(step).await)? {
        Ok(signed_in) => Ok(come_in(&mut sent.arrival, &signed_in)),
        Err(mistake) => {
            let page = second_door(&sent.arrival, ticket, &mistake);
            Ok(Answer::wrong(page))
        }
    }
}

fn second_door(arrival: &Arrival, ticket: &str, mistake: &Mistake) -> Page {
    second_page(&arrival.visit, ticket, arrival.passkey_asked().as_ref(), mistake)
}

/// The page that asks for the second proof.
#[must_use]
pub fn second_page(visit: &Visit, ticket: &str, asked: Option<&PasskeyAsked>, mistake: &Mistake) -> Page {
    let action = format!("/sign-in/second/{ticket}");
    let inside = html! {
        (number_question(visit, mistake))
        (submit("go", &visit.say("sign-in-button")))
    };
    let label_of = |_: &str| Some(visit.say("second-code-label"));
    let body = html! {
        (error_summary(visit, mistake, label_of, |_, _: Problem| "code".to_owned()))
        h1 { (visit.say("second-title")) }
        p.lead { (visit.say("second-lead")) }
        (tray(visit, &action, &[], &inside))
        p { (visit.say("second-lost")) }
        (passkey_form(visit, asked))
    };
    Page::new(visit.say("second-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/sign-in")
        .keeping_typed(action, "show", "go")
        .scripted_if(asked.is_some())
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, email: &str, asked: Option<&PasskeyAsked>, mistake: &Mistake) -> Page {
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
        "passkey" => Some(visit.say("passkey-label")),
        _ => Some(password_label.clone()),
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, |name, _: Problem| name.to_owned()))
        h1 { (visit.say("sign-in-title")) }
        (tray(visit, "/sign-in", &[], &inside))
        (passkey_problem(visit, mistake))
        (passkey_form(visit, asked))
        ul.ways {
            li { a href="/sign-in/forgotten" { (visit.say("sign-in-forgotten")) } }
            li { a href="/services/account" { (visit.say("sign-in-register")) } }
            li { a href="/my" { (visit.say("sign-in-without")) } }
        }
    };
    Page::new(visit.say("sign-in-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .keeping_typed("/sign-in", "show", "sign-in")
        .scripted_if(asked.is_some())
}
