//! Staff come in by name and password, which lead to the second factor, and go out again.

use axum::extract::State;
use axum::http::header::HeaderName;
use axum::response::{IntoResponse, Response};
use maud::html;
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};

use super::provider;
use super::second_factor::{NUMBER, SET_UP};
use crate::components::{Control, control, error_summary, problem_of, submit, tray};
use crate::demo_staff;
use crate::desk::Shared;
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;
use crate::visit::{Standpoint, Visit};

/// GET /staff/sign-in
pub async fn open(arrival: Arrival) -> Response {
    let outcome = match arrival.visit.standpoint {
        Standpoint::Staff => Answer::SeeOther("/staff/cases".to_owned()),
        _ => Answer::Page(page(
            &arrival.visit,
            ("", arrival.system.provider_host().as_deref()),
            &Mistake::default(),
        )),
    };
    arrival.respond(Ok(outcome))
}

/// POST /staff/sign-in
pub async fn sign_in(mut sent: Sent) -> Response {
    let outcome = signed_in(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn signed_in(sent: &mut Sent) -> Outcome {
    sent.typed.only(|name| matches!(name, "name" | "password"))?;
    let name = sent.typed.text("name").to_owned();
    let provider = sent.arrival.system.provider_host();
    if sent.typed.text("step") == "show" {
        return Ok(Answer::Page(page(
            &sent.arrival.visit,
            (&name, provider.as_deref()),
            &Mistake::default(),
        )));
    }
    sent.fresh()?;
    let password = sent.typed.plain("password");
    match mistake_of(sent.arrival.system.sign_in(name.trim(), password).await)? {
        Ok(half_way) => {
            sent.arrival.bind(half_way.token.expose());
            let next = if half_way.sets_up { SET_UP } else { NUMBER };
            Ok(Answer::SeeOther(next.to_owned()))
        }
        Err(mistake) => {
            let page = page(&sent.arrival.visit, (&name, provider.as_deref()), &mistake);
            Ok(Answer::wrong(page))
        }
    }
}

/// POST /sign-out, of staff and of subjects.
pub async fn sign_out(State(desk): State<Shared>, mut sent: Sent) -> Response {
    let was_staff = sent.arrival.visit.standpoint == Standpoint::Staff;
    if sent.stale {
        let outcome = sent.fresh().map(|()| Answer::SeeOther("/".to_owned()));
        return sent.arrival.respond(outcome);
    }
    if let Some(caller) = &sent.arrival.caller
        && let Err(rejected) = desk.system.sign_out(caller).await
    {
        return sent.arrival.respond(Err(rejected));
    }
    sent.arrival.set_cookie(cookies::clear(cookies::SESSION));
    let there = if was_staff { "/staff/sign-in" } else { "/" };
    let response = sent.arrival.respond(Ok(Answer::SeeOther(there.to_owned())));
    // ASVS 14.3.1: nothing of what was seen stays in the browser.
    let clear = (
        HeaderName::from_static("clear-site-data"),
        "\"cache\", \"storage\"",
    );
    ([clear], response).into_response()
}

/// The page, and the way through the identity provider where there is one.
#[must_use]
pub fn page(visit: &Visit, (name, by_provider): (&str, Option<&str>), mistake: &Mistake) -> Page {
    let label = visit.say("staff-name-label");
    let of_name = Control {
        name: "name",
        kind: ValueKind::Text,
        label: &label,
        hint: "",
        why: html! {},
        typed: name,
        autocomplete: "username",
        required: true,
    };
    let of_password = mistake.of("password");
    let inside = html! {
        (control(visit, &of_name, mistake, ""))
        div.question.is-wrong[of_password.is_some()] {
            label for="password" { (visit.say("staff-password-label")) }
            (problem_of(visit, "password", of_password))
            input.w-long type="password" id="password" name="password" autocomplete="current-password" required
                aria-invalid=[of_password.map(|_| "true")]
                aria-describedby=[of_password.map(|_| "password-wrong")];
        }
        (submit("sign-in", &visit.say("staff-sign-in-button")))
    };
    let label_of = |input: &str| match input {
        "name" => Some(label.clone()),
        _ => Some(visit.say("staff-password-label")),
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, |name, _: Problem| name.to_owned()))
        h1 { (visit.say("staff-sign-in-title")) }
        p.lead { (visit.say("staff-sign-in-lead")) }
        (tray(visit, "/staff/sign-in", &[], &inside))
        @if let Some(host) = by_provider {
            ul.ways { li { a href=(provider::PATH) rel="external" { (visit.say_of("provider-sign-in", "host", host)) } } }
        }
        @if visit.demo { ul.ways { li { a href=(demo_staff::PATH) { (visit.say("demo-staff-title")) } } } }
    };
    Page::new(visit.say("staff-sign-in-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .keeping_typed("/staff/sign-in", "show", "sign-in")
}
