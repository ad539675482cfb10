//! 5.1.4: the second half of the way in of staff. Whoever has no second factor yet sets one up here; whoever has one types a
//! number of it. Before that nothing of the console opens.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{Mistake, Plain, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::access::{PasskeyAsked, Proposed};

use crate::components::{
    assertion_of, error_summary, hidden, is_of_passkey, passkey_problem, passkey_question, submit, tray,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;
use crate::portal::second_proof::{number_question, secret};
use crate::visit::Visit;

/// Where a number is asked for.
pub const NUMBER: &str = "/staff/second";
/// Where the second factor is set up.
pub const SET_UP: &str = "/staff/set-up";

/// GET /staff/second
pub async fn open(arrival: Arrival) -> Response {
    let outcome = asked(&arrival, &Mistake::default()).await;
    arrival.respond(outcome)
}

/// Asks for a number, and for a passkey where there is one that could answer.
async fn asked(arrival: &Arrival, mistake: &Mistake) -> Outcome {
    let passkey = match arrival.binding.as_deref() {
        Some(half_way) => arrival.system.passkey_of_half_way(half_way).await?,
        None => None,
    };
    let page = number_page(&arrival.visit, passkey.as_ref(), mistake);
    Ok(Answer::of(page))
}

/// POST /staff/second/passkey
pub async fn prove_by_passkey(mut sent: Sent) -> Response {
    let outcome = proven_by_passkey(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn proven_by_passkey(sent: &mut Sent) -> Outcome {
    sent.typed.only(is_of_passkey)?;
    sent.fresh()?;
    let half_way = half_way(&sent.arrival)?.to_owned();
    let assertion = assertion_of(&sent.typed).unwrap_or_default();
    let system = sent.arrival.system.clone();
    match mistake_of(system.sign_in_staff_by_passkey(&half_way, &assertion).await)? {
        Ok(entered) => {
            come_in(&mut sent.arrival, entered.session.expose());
            Ok(Answer::SeeOther("/staff/cases".to_owned()))
        }
        Err(mistake) => asked(&sent.arrival, &mistake).await,
    }
}

/// POST /staff/second
pub async fn prove(mut sent: Sent) -> Response {
    let outcome = proven(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn proven(sent: &mut Sent) -> Outcome {
    sent.typed.only(|name| name == "code")?;
    if sent.typed.text("step") == "show" {
        return asked(&sent.arrival, &Mistake::default()).await;
    }
    sent.fresh()?;
    let typed = sent.typed.plain("code");
    let half_way = half_way(&sent.arrival)?.to_owned();
    let entered = sent.arrival.system.sign_in_by_number(&half_way, &typed).await;
    match mistake_of(entered)? {
        Ok(entered) => {
            come_in(&mut sent.arrival, entered.session.expose());
            Ok(Answer::SeeOther("/staff/cases".to_owned()))
        }
        Err(mistake) => asked(&sent.arrival, &mistake).await,
    }
}

/// GET /staff/set-up
pub async fn open_set_up(arrival: Arrival) -> Response {
    let outcome = proposed(&arrival, &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn proposed(arrival: &Arrival, mistake: &Mistake) -> Outcome {
    let proposed = arrival.system.proposed_to_staff(half_way(arrival)?).await?;
    let page = set_up_page(&arrival.visit, &proposed, mistake);
    Ok(Answer::of(page))
}

/// POST /staff/set-up
pub async fn set_up(mut sent: Sent) -> Response {
    let outcome = is_set_up(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn is_set_up(sent: &mut Sent) -> Outcome {
    sent.typed.only(|name| name == "code")?;
    if sent.typed.text("step") == "show" {
        return proposed(&sent.arrival, &Mistake::default()).await;
    }
    sent.fresh()?;
    let typed = sent.typed.plain("code");
    let half_way = half_way(&sent.arrival)?.to_owned();
    match mistake_of(sent.arrival.system.set_up_staff(&half_way, &typed).await)? {
        Ok(set) => {
            come_in(&mut sent.arrival, set.session.expose());
            // The page has no form of its own: its token would be of the visitor that is none any more.
            Ok(Answer::Page(codes_page(&sent.arrival.visit, &set.codes)))
        }
        Err(mistake) => proposed(&sent.arrival, &mistake).await,
    }
}

/// What this browser was given for a password that was right.
fn half_way(arrival: &Arrival) -> Result<&str, Rejected> {
    arrival.binding.as_deref().ok_or(Rejected::SignInFirst)
}

fn come_in(arrival: &mut Arrival, session: &str) {
    arrival.set_cookie(cookies::set(cookies::SESSION, session, None));
    arrival.set_cookie(cookies::clear(cookies::BINDING));
}

fn summary(visit: &Visit, mistake: &Mistake) -> Markup {
    let label_of = |name: &str| {
        Some(visit.say(if name == "passkey" {
            "passkey-label"
        } else {
            "second-code-label"
        }))
    };
    let place = |name: &str, _: Problem| if name == "passkey" { name } else { "code" }.to_owned();
    error_summary(visit, mistake, label_of, place)
}

/// The page that asks for a number, or for a passkey.
#[must_use]
pub fn number_page(visit: &Visit, passkey: Option<&PasskeyAsked>, mistake: &Mistake) -> Page {
    let inside = html! {
        (number_question(visit, mistake))
        (submit("go", &visit.say("staff-sign-in-button")))
    };
    let body = html! {
        (summary(visit, mistake))
        h1 { (visit.say("second-title")) }
        p.lead { (visit.say("second-lead")) }
        (passkey_problem(visit, mistake))
        @if let Some(asked) = passkey {
            form.plain method="post" action={ (NUMBER) "/passkey" } {
                (hidden("token", &visit.token))
                (passkey_question(visit, asked, "go", &visit.say("passkey-sign-in")))
            }
        }
        (tray(visit, NUMBER, &[], &inside))
        p { (visit.say("staff-second-lost")) }
    };
    Page::new(visit.say("second-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/sign-in")
        .keeping_typed(NUMBER, "show", "go")
        .scripted_if(passkey.is_some())
}

/// The page on which a second factor is set up.
#[must_use]
pub fn set_up_page(visit: &Visit, proposed: &Proposed, mistake: &Mistake) -> Page {
    let inside = html! {
        (number_question(visit, mistake))
        (submit("set", &visit.say("second-set-button")))
    };
    let body = html! {
        (summary(visit, mistake))
        h1 { (visit.say("staff-set-up-title")) }
        p.lead { (visit.say("staff-set-up-lead")) }
        p { (visit.say("second-set-lead")) }
        (secret(visit, proposed))
        (tray(visit, SET_UP, &[], &inside))
    };
    Page::new(visit.say("staff-set-up-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/sign-in")
        .keeping_typed(SET_UP, "show", "set")
}

/// The codes on paper, once.
#[must_use]
pub fn codes_page(visit: &Visit, codes: &[Plain<String>]) -> Page {
    let body = html! {
        div.panel role="status" { h1 { (visit.say("second-codes-title")) } }
        p.lead { (visit.say("second-codes-lead")) }
        ul.codes {
            @for code in codes { li { code { (code.expose()) } } }
        }
        p { (visit.say("second-codes-keep")) }
        p.no-print { a.go href="/staff/cases" { (visit.say("second-codes-done")) } }
    };
    Page::new(visit.say("second-codes-title"), body)
}
