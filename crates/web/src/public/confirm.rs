//! 1.2-b: the consent is confirmed by a code that was sent by mail. The code works together with the secret that this
//! browser holds.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use sandyq_model::Mistake;
use sandyq_model::value::ValueKind;
use sandyq_processing::Rejected;

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
    let page = code_page(&arrival.visit, &of(&ticket), "", &Mistake::default());
    arrival.respond(Ok(Answer::Page(page)))
}

/// POST /confirm/{ticket}
pub async fn confirm(Path(ticket): Path<String>, sent: Sent) -> Response {
    let confirmed = try_code(&sent, &ticket).await;
    let mut arrival = sent.arrival;
    let outcome = match confirmed {
        Err(rejected) => Err(rejected),
        Ok(Tried::Again(typed, mistake)) => {
            let page = code_page(&arrival.visit, &of(&ticket), &typed, &mistake);
            let right = mistake.0.is_empty();
            Ok(if right {
                Answer::Page(page)
            } else {
                Answer::wrong(page)
            })
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
        Ok(entered) => Tried::Right {
            session: entered.session.expose().to_owned(),
            case: entered.case,
        },
        Err(mistake) => Tried::Again(typed, mistake),
    })
}

fn of(ticket: &str) -> CodePage {
    CodePage {
        action: format!("/confirm/{ticket}"),
        key: "confirm",
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
