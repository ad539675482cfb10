//! 2.2.1: the owner of an account chooses a password, the first time or anew.

use axum::response::Response;
use maud::html;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::access::PasskeyAsked;

use crate::components::{
    PasswordQuestion, error_summary, passkey_problem, passkey_question, password_question, submit, tray,
    without_passkeys,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;
use crate::portal::second_proof::{current_question, number_question};
use crate::visit::Visit;

const PATH: &str = "/my/password";

/// How a password is chosen.
pub struct Choice {
    /// Where the form goes.
    pub action: String,
    /// Whether the present one is asked for.
    pub asks_current: bool,
    /// Whether the second proof is asked for.
    pub asks_second: bool,
    /// What a passkey is asked for in its place.
    pub passkey: Option<PasskeyAsked>,
    /// The keys of its sentences begin with this.
    pub key: &'static str,
    /// Where the way back leads.
    pub back: &'static str,
}

/// The choice of whoever is signed in.
#[must_use]
pub fn own(chosen: bool) -> Choice {
    Choice {
        action: PATH.to_owned(),
        asks_current: chosen,
        asks_second: false,
        passkey: None,
        key: if chosen {
            "password-change"
        } else {
            "password-first"
        },
        back: "/my",
    }
}

/// GET /my/password
pub async fn open(arrival: Arrival) -> Response {
    let outcome = opened(&arrival).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival) -> Outcome {
    let state = arrival.system.my_password(arrival.known()?).await?;
    Ok(match state {
        Some(state) => Answer::Page(page(&arrival.visit, &own(state.chosen), &Mistake::default())),
        None => Answer::SeeOther("/my".to_owned()),
    })
}

/// POST /my/password
pub async fn choose(mut sent: Sent) -> Response {
    let outcome = chosen(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn chosen(sent: &mut Sent) -> Outcome {
    sent.typed.only(|name| matches!(name, "current" | "password"))?;
    let caller = sent.arrival.known()?.clone();
    let system = sent.arrival.system.clone();
    let Some(state) = system.my_password(&caller).await? else {
        return Ok(Answer::SeeOther("/my".to_owned()));
    };
    let choice = own(state.chosen);
    if sent.typed.text("step") == "show" {
        let page = page(&sent.arrival.visit, &choice, &Mistake::default());
        return Ok(Answer::Page(page));
    }
    sent.fresh()?;
    let (current, password) = (sent.typed.plain("current"), sent.typed.plain("password"));
    let language = sent.arrival.visit.language;
    let tried = system
        .choose_password(&caller, &current, &password, language)
        .await;
    match mistake_of(tried)? {
        Ok(session) => {
            sent.arrival
                .set_cookie(cookies::set(cookies::SESSION, session.expose(), None));
            Ok(Answer::SeeOther("/my".to_owned()))
        }
        Err(mistake) => {
            let page = page(&sent.arrival.visit, &choice, &mistake);
            Ok(Answer::wrong(page))
        }
    }
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, choice: &Choice, mistake: &Mistake) -> Page {
    let say = |part: &str| visit.say(&format!("{}-{part}", choice.key));
    let (label, hint) = (visit.say("password-chosen-label"), visit.say("password-hint"));
    let new = PasswordQuestion {
        name: "password",
        label: &label,
        hint: &hint,
        new: true,
    };
    let inside = html! {
        @if choice.asks_current { (current_question(visit, mistake)) }
        (password_question(visit, &new, mistake))
        @if choice.asks_second { (number_question(visit, mistake)) }
        @if choice.asks_second || choice.passkey.is_none() { (submit("choose", &visit.say("password-button"))) }
        (passkey_problem(visit, mistake))
        @if let Some(asked) = &choice.passkey {
            @if !choice.asks_second {
                (without_passkeys(&asked.site, &visit.say_of("password-elsewhere", "origin", &asked.origin)))
            }
            (passkey_question(visit, asked, "choose", &visit.say("password-by-passkey")))
        }
    };
    let label_of = |name: &str| match name {
        "current" => Some(visit.say("password-current-label")),
        "password" => Some(label.clone()),
        "code" => Some(visit.say("second-code-label")),
        "passkey" => Some(visit.say("passkey-label")),
        _ => None,
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, |name, _: Problem| name.to_owned()))
        h1 { (say("title")) }
        p.lead { (say("lead")) }
        (tray(visit, &choice.action, &[], &inside))
        p { (visit.say("password-advice")) }
    };
    Page::new(say("title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(choice.back)
        .keeping_typed(choice.action.clone(), "show", "choose")
        .scripted_if(choice.passkey.is_some())
}
