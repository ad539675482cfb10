//! The way in: an e-mail address and an order reference get a letter, and everybody gets the same answer (6.5).

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Plain};
use sandyq_processing::Rejected;

use crate::components::{Control, control, error_summary, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;
use crate::public::confirm::{CodePage, code_page};
use crate::visit::Visit;

/// What was typed to ask for a letter.
#[derive(Default)]
pub struct Asked {
    /// E-mail address.
    pub email: String,
    /// Reference of an order.
    pub reference: String,
}

/// GET /my without a way in.
#[must_use]
pub fn door(visit: &Visit) -> Page {
    ask_page(visit, &Asked::default(), &Mistake::default())
}

/// POST /my: asks for the letter.
pub async fn ask(mut sent: Sent) -> Response {
    let outcome = asked(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn asked(sent: &mut Sent) -> Outcome {
    sent.typed.only(|name| matches!(name, "email" | "reference"))?;
    let (email, reference) = (
        sent.typed.text("email").to_owned(),
        sent.typed.text("reference").to_owned(),
    );
    let asked = Asked { email, reference };
    if sent.typed.text("step") == "show" {
        return Ok(Answer::Page(ask_page(
            &sent.arrival.visit,
            &asked,
            &Mistake::default(),
        )));
    }
    sent.fresh()?;
    let language = sent.arrival.visit.language;
    let email = Plain::new(asked.email.clone());
    match mistake_of(
        sent.arrival
            .system
            .ask_for_link(email, asked.reference.trim(), language)
            .await,
    )? {
        Ok(link) => {
            sent.arrival.bind(&link.binding);
            Ok(Answer::SeeOther(format!("/my/enter/{}", link.ticket)))
        }
        Err(mistake) => {
            let page = ask_page(&sent.arrival.visit, &asked, &mistake);
            Ok(Answer::wrong(page))
        }
    }
}

/// The page that asks where to send the letter.
#[must_use]
pub fn ask_page(visit: &Visit, asked: &Asked, mistake: &Mistake) -> Page {
    let label_of =
        |name: &str| matches!(name, "email" | "reference").then(|| visit.say(&format!("my-{name}-label")));
    let (email, email_hint) = (visit.say("my-email-label"), visit.say("my-email-hint"));
    let (reference, reference_hint) = (visit.say("my-reference-label"), visit.say("my-reference-hint"));
    let of_email = Control {
        name: "email",
        kind: ValueKind::Email,
        label: &email,
        hint: &email_hint,
        why: html! {},
        typed: &asked.email,
        autocomplete: "email",
        required: true,
    };
    let of_reference = Control {
        name: "reference",
        kind: ValueKind::Text,
        label: &reference,
        hint: &reference_hint,
        why: html! {},
        typed: &asked.reference,
        autocomplete: "off",
        required: true,
    };
    let inside = html! {
        (control(visit, &of_email, mistake, ""))
        (control(visit, &of_reference, mistake, ""))
        (submit("ask", &visit.say("my-ask-button")))
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, |name, _| name.to_owned()))
        h1 { (visit.say("my-title")) }
        p.lead { (visit.say("my-ask-lead")) }
        (tray(visit, "/my", &[], &inside))
        p { (visit.say("my-ask-neutral")) }
        p { a href="/sign-in" { (visit.say("my-sign-in")) } }
    };
    Page::new(visit.say("my-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .keeping_typed("/my", "show", "ask")
}

/// GET /my/enter/{ticket}
pub async fn open(Path(ticket): Path<String>, arrival: Arrival) -> Response {
    let page = code_page(&arrival.visit, &of(&ticket), "", &Mistake::default());
    arrival.respond(Ok(Answer::Page(page)))
}

/// POST /my/enter/{ticket}
pub async fn enter(Path(ticket): Path<String>, mut sent: Sent) -> Response {
    let outcome = entered(&mut sent, &ticket).await;
    sent.arrival.respond(outcome)
}

async fn entered(sent: &mut Sent, ticket: &str) -> Outcome {
    sent.typed.only(|name| name == "code")?;
    let typed = sent.typed.text("code").to_owned();
    if sent.typed.text("step") == "show" {
        let page = code_page(&sent.arrival.visit, &of(ticket), &typed, &Mistake::default());
        return Ok(Answer::Page(page));
    }
    sent.fresh()?;
    let (binding, code) = (
        sent.arrival.binding.clone().unwrap_or_default(),
        sent.typed.plain("code"),
    );
    let tried: Result<_, Rejected> = sent
        .arrival
        .system
        .enter(ticket, &binding, &code, sent.key()?)
        .await;
    match mistake_of(tried)? {
        Ok(entered) => {
            sent.arrival
                .set_cookie(cookies::set(cookies::SESSION, entered.session.expose(), None));
            sent.arrival.set_cookie(cookies::clear(cookies::BINDING));
            Ok(Answer::SeeOther("/my".to_owned()))
        }
        Err(mistake) => {
            let page = code_page(&sent.arrival.visit, &of(ticket), &typed, &mistake);
            Ok(Answer::wrong(page))
        }
    }
}

/// The page for the code of that ticket.
#[must_use]
pub fn of(ticket: &str) -> CodePage {
    CodePage {
        action: format!("/my/enter/{ticket}"),
        key: "enter",
        back: "/my",
    }
}
