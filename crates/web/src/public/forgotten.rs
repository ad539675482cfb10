//! 2.2.1: a forgotten password: the address, the code from the letter, a new password. Every address gets the same pages.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Plain, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::access::Reset;

use crate::components::{Control, assertion_of, control, error_summary, is_of_passkey, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;
use crate::portal::password::{self, Choice};
use crate::public::confirm::{CodePage, code_page};
use crate::visit::Visit;

const PATH: &str = "/sign-in/forgotten";

/// GET /sign-in/forgotten
pub async fn open(arrival: Arrival) -> Response {
    let page = ask_page(&arrival.visit, "", &Mistake::default());
    arrival.respond(Ok(Answer::Page(page)))
}

/// POST /sign-in/forgotten
pub async fn ask(mut sent: Sent) -> Response {
    let outcome = asked(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn asked(sent: &mut Sent) -> Outcome {
    sent.typed.only(|name| name == "email")?;
    let email = sent.typed.text("email").trim().to_owned();
    let visit = &sent.arrival.visit;
    if sent.typed.text("step") == "show" {
        return Ok(Answer::Page(ask_page(visit, &email, &Mistake::default())));
    }
    sent.fresh()?;
    let system = &sent.arrival.system;
    let tried = system
        .ask_for_reset(&Plain::new(email.clone()), visit.language)
        .await;
    match mistake_of(tried)? {
        Ok(link) => {
            sent.arrival.bind(&link.binding);
            Ok(Answer::SeeOther(format!("{PATH}/{}", link.ticket)))
        }
        Err(mistake) => Ok(Answer::wrong(ask_page(visit, &email, &mistake))),
    }
}

/// GET /sign-in/forgotten/{ticket}
pub async fn open_code(Path(ticket): Path<String>, arrival: Arrival) -> Response {
    let page = code_page(&arrival.visit, &of(&ticket), "", &Mistake::default());
    arrival.respond(Ok(Answer::Page(page)))
}

/// POST /sign-in/forgotten/{ticket}
pub async fn prove(Path(ticket): Path<String>, mut sent: Sent) -> Response {
    let outcome = proven(&mut sent, &ticket).await;
    sent.arrival.respond(outcome)
}

async fn proven(sent: &mut Sent, ticket: &str) -> Outcome {
    sent.typed.only(|name| name == "code")?;
    let typed = sent.typed.text("code").to_owned();
    if sent.typed.text("step") == "show" {
        let page = code_page(&sent.arrival.visit, &of(ticket), &typed, &Mistake::default());
        return Ok(Answer::Page(page));
    }
    sent.fresh()?;
    let binding = sent.arrival.binding.clone().unwrap_or_default();
    let code = sent.typed.plain("code");
    let system = &sent.arrival.system;
    match mistake_of(system.prove_for_reset(ticket, &binding, &code).await)? {
        Ok(link) => {
            sent.arrival.bind(&link.binding);
            Ok(Answer::SeeOther(format!("/sign-in/password/{}", link.ticket)))
        }
        Err(mistake) => Ok(Answer::wrong(code_page(
            &sent.arrival.visit,
            &of(ticket),
            &typed,
            &mistake,
        ))),
    }
}

/// GET /sign-in/password/{ticket}
pub async fn open_password(Path(ticket): Path<String>, arrival: Arrival) -> Response {
    let outcome = match choice(&arrival, &ticket).await {
        Ok(choice) => {
            let page = password::page(&arrival.visit, &choice, &Mistake::default());
            Ok(Answer::Page(page))
        }
        Err(rejected) => Err(rejected),
    };
    arrival.respond(outcome)
}

/// POST /sign-in/password/{ticket}
pub async fn choose(Path(ticket): Path<String>, mut sent: Sent) -> Response {
    let outcome = chosen(&mut sent, &ticket).await;
    sent.arrival.respond(outcome)
}

async fn chosen(sent: &mut Sent, ticket: &str) -> Outcome {
    sent.typed
        .only(|name| matches!(name, "password" | "code") || is_of_passkey(name))?;
    let choice = choice(&sent.arrival, ticket).await?;
    if sent.typed.text("step") == "show" {
        let page = password::page(&sent.arrival.visit, &choice, &Mistake::default());
        return Ok(Answer::Page(page));
    }
    sent.fresh()?;
    let reset = Reset {
        ticket: ticket.to_owned(),
        binding: sent.arrival.binding.clone().unwrap_or_default(),
        password: sent.typed.plain("password"),
        second_proof: sent.typed.plain("code"),
        passkey: assertion_of(&sent.typed).map(|said| (said, sent.arrival.visit.token.clone())),
        language: sent.arrival.visit.language,
    };
    match mistake_of(sent.arrival.system.reset_password(reset).await)? {
        Ok(session) => {
            sent.arrival
                .set_cookie(cookies::set(cookies::SESSION, session.expose(), None));
            sent.arrival.set_cookie(cookies::clear(cookies::BINDING));
            Ok(Answer::SeeOther("/my".to_owned()))
        }
        Err(mistake) => Ok(Answer::wrong(password::page(
            &sent.arrival.visit,
            &choice,
            &mistake,
        ))),
    }
}

/// The page for the code of that ticket.
#[must_use]
pub fn of(ticket: &str) -> CodePage {
    CodePage {
        action: format!("{PATH}/{ticket}"),
        key: "reset",
        back: PATH,
    }
}

/// What is asked for with the new password; in another browser the page is not there.
async fn choice(arrival: &Arrival, ticket: &str) -> Result<Choice, Rejected> {
    let binding = arrival.binding.clone().unwrap_or_default();
    let takes = arrival.system.reset_takes(ticket, &binding).await;
    let takes = takes.map_err(|_| Rejected::NotFound)?;
    Ok(Choice {
        action: format!("/sign-in/password/{ticket}"),
        asks_current: false,
        asks_second: takes.number,
        passkey: arrival.passkey_asked().filter(|_| takes.passkey),
        key: "password-new",
        back: "/sign-in",
    })
}

/// The page that asks where to send the letter.
#[must_use]
pub fn ask_page(visit: &Visit, email: &str, mistake: &Mistake) -> Page {
    let label = visit.say("my-email-label");
    let of_email = Control {
        name: "email",
        kind: ValueKind::Email,
        label: &label,
        hint: "",
        why: html! {},
        typed: email,
        autocomplete: "email",
        required: true,
    };
    let inside = html! {
        (control(visit, &of_email, mistake, ""))
        (submit("ask", &visit.say("my-ask-button")))
    };
    let id = |name: &str, _: Problem| name.to_owned();
    let body = html! {
        (error_summary(visit, mistake, |_| Some(label.clone()), id))
        h1 { (visit.say("forgotten-title")) }
        p.lead { (visit.say("forgotten-lead")) }
        (tray(visit, PATH, &[], &inside))
        p { (visit.say("forgotten-neutral")) }
    };
    Page::new(visit.say("forgotten-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/sign-in")
        .keeping_typed(PATH, "show", "ask")
}
