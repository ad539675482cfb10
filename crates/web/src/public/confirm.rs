//! 1.2-b: the consent is confirmed by a code that was sent by mail. The code works together with the secret that this
//! browser holds.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use sandyq_model::Mistake;
use sandyq_model::value::ValueKind;
use sandyq_processing::Rejected;
use sandyq_processing::access::Confirmed;

use crate::components::{Control, control, error_summary, submit, tray};
use crate::http::arrival::{Answer, Arrival, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;
use crate::visit::Visit;

/// What a page for a code is about: the purchase, or the way to one's own data.
pub struct CodePage {
    /// Where its form goes.
    pub action: String,
    /// The keys of its sentences begin with this.
    pub key: &'static str,
    /// Where the way back leads.
    pub back: &'static str,
}

/// GET /confirm/{ticket}
pub async fn open(Path(ticket): Path<String>, arrival: Arrival) -> Response {
    opened(&of(&ticket, false), arrival)
}

/// GET /confirm/{ticket}/agree: for the code that the representative was sent (DEF-11).
pub async fn open_agreement(Path(ticket): Path<String>, arrival: Arrival) -> Response {
    opened(&of(&ticket, true), arrival)
}

fn opened(about: &CodePage, arrival: Arrival) -> Response {
    let page = code_page(&arrival.visit, about, "", &Mistake::default());
    arrival.respond(Ok(Answer::Page(page)))
}

/// POST /confirm/{ticket}
pub async fn confirm(Path(ticket): Path<String>, sent: Sent) -> Response {
    confirmed(&ticket, &of(&ticket, false), sent).await
}

/// POST /confirm/{ticket}/agree
pub async fn agree(Path(ticket): Path<String>, sent: Sent) -> Response {
    confirmed(&ticket, &of(&ticket, true), sent).await
}

async fn confirmed(ticket: &str, about: &CodePage, sent: Sent) -> Response {
    let confirmed = try_code(&sent, ticket).await;
    let mut arrival = sent.arrival;
    let outcome = match confirmed {
        Err(rejected) => Err(rejected),
        Ok(Tried::Again(typed, mistake)) => {
            let page = code_page(&arrival.visit, about, &typed, &mistake);
            let right = mistake.0.is_empty();
            Ok(if right {
                Answer::Page(page)
            } else {
                Answer::wrong(page)
            })
        }
        Ok(Tried::Half) => {
            if let Some(binding) = arrival.binding.clone() {
                arrival.bind_for(&binding, cookies::AGREEMENT_SECONDS);
            }
            Ok(Answer::SeeOther(place(ticket, true)))
        }
        Ok(Tried::Right { session, case }) => {
            arrival.set_cookie(cookies::set(cookies::SESSION, &session, None));
            arrival.set_cookie(cookies::clear(cookies::BINDING));
            Ok(Answer::SeeOther(case.map_or_else(
                || "/my/password".to_owned(),
                |case| format!("/taken/{case}"),
            )))
        }
    };
    arrival.respond(outcome)
}

enum Tried {
    Right { session: String, case: Option<String> },
    Half,
    Again(String, Mistake),
}

async fn try_code(sent: &Sent, ticket: &str) -> Result<Tried, Rejected> {
    sent.typed.only(|name| name == "code")?;
    let typed = sent.typed.text("code").to_owned();
    if sent.typed.text("step") == "show" {
        return Ok(Tried::Again(typed, Mistake::default()));
    }
    sent.fresh()?;
    let binding = sent.arrival.binding.clone().unwrap_or_default();
    let code = sent.typed.plain("code");
    let entered = sent
        .arrival
        .system
        .confirm(ticket, &binding, &code, sent.key()?)
        .await;
    Ok(match mistake_of(entered)? {
        Ok(Confirmed::Half) => Tried::Half,
        Ok(Confirmed::Whole(entered)) => Tried::Right {
            session: entered.session.expose().to_owned(),
            case: entered.case,
        },
        Err(mistake) => Tried::Again(typed, mistake),
    })
}

/// The page for the code of that ticket; another one while the code is with the representative.
#[must_use]
pub fn place(ticket: &str, represented: bool) -> String {
    let part = if represented { "/agree" } else { "" };
    format!("/confirm/{ticket}{part}")
}

fn of(ticket: &str, represented: bool) -> CodePage {
    CodePage {
        action: place(ticket, represented),
        key: if represented { "agree" } else { "confirm" },
        back: "/services",
    }
}

/// The page that asks for a code.
#[must_use]
pub fn code_page(visit: &Visit, about: &CodePage, typed: &str, mistake: &Mistake) -> Page {
    let say = |part: &str| visit.say(&format!("{}-{part}", about.key));
    let (label, hint) = (visit.say("code-label"), visit.say("code-hint"));
    let code = Control {
        name: "code",
        kind: ValueKind::Count,
        label: &label,
        hint: &hint,
        why: html! {},
        typed,
        autocomplete: "one-time-code",
        required: true,
    };
    let inside = html! {
        (control(visit, &code, mistake, ""))
        (submit("go", &say("button")))
    };
    let body = html! {
        (error_summary(visit, mistake, |_| Some(label.clone()), |_, _| "code".to_owned()))
        h1 { (say("title")) }
        p.lead { (say("lead")) }
        (tray(visit, &about.action, &[], &inside))
        details {
            summary { (visit.say("code-no-letter")) }
            p { (visit.say("code-no-letter-text")) }
        }
        p { (say("note")) }
    };
    Page::new(say("title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(about.back)
        .keeping_typed(about.action.clone(), "show", "go")
}
