//! 2.2.1: the owner of an account sets up a second proof, or takes it away.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Plain, Problem};
use sandyq_processing::access::Proposed;

use crate::components::{
    Control, PasswordQuestion, control, error_summary, password_question, qr, submit, tray,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;
use crate::visit::Visit;

const PATH: &str = "/my/second-proof";

/// GET /my/second-proof
pub async fn open(arrival: Arrival) -> Response {
    let outcome = opened(&arrival, &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, mistake: &Mistake) -> Outcome {
    let state = arrival.system.my_second_proof(arrival.known()?).await?;
    Ok(match state {
        None => Answer::SeeOther("/my/password".to_owned()),
        Some(true) => Answer::of(remove_page(&arrival.visit, mistake)),
        Some(false) => Answer::of(begin_page(&arrival.visit, mistake)),
    })
}

/// POST /my/second-proof: the step says what is done.
pub async fn go_on(mut sent: Sent) -> Response {
    let outcome = step(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn step(sent: &mut Sent) -> Outcome {
    sent.typed.only(|name| matches!(name, "current" | "code"))?;
    let caller = sent.arrival.known()?.clone();
    let wanted = sent.typed.text("step").to_owned();
    let system = sent.arrival.system.clone();
    if wanted == "show-proposed" {
        let proposed = system.proposed_second_proof(&caller).await?;
        let page = confirm_page(&sent.arrival.visit, &proposed, &Mistake::default());
        return Ok(Answer::Page(page));
    }
    if wanted == "show" {
        return opened(&sent.arrival, &Mistake::default()).await;
    }
    sent.fresh()?;
    let (current, code) = (sent.typed.plain("current"), sent.typed.plain("code"));
    let language = sent.arrival.visit.language;
    match wanted.as_str() {
        "begin" => match mistake_of(system.propose_second_proof(&caller, &current).await)? {
            Ok(proposed) => Ok(Answer::Page(confirm_page(
                &sent.arrival.visit,
                &proposed,
                &Mistake::default(),
            ))),
            Err(mistake) => opened(&sent.arrival, &mistake).await,
        },
        "set" => match mistake_of(system.set_second_proof(&caller, &code, language).await)? {
            Ok(set) => {
                go_on_as(&mut sent.arrival, set.session.expose());
                // The page has no form of its own: its token would be of the session that ended.
                Ok(Answer::Page(codes_page(&sent.arrival.visit, &set.codes)))
            }
            Err(mistake) => {
                let proposed = system.proposed_second_proof(&caller).await?;
                let page = confirm_page(&sent.arrival.visit, &proposed, &mistake);
                Ok(Answer::of(page))
            }
        },
        _ => {
            let removed = system
                .remove_second_proof(&caller, &current, &code, language)
                .await;
            match mistake_of(removed)? {
                Ok(session) => {
                    go_on_as(&mut sent.arrival, session.expose());
                    Ok(Answer::SeeOther("/my".to_owned()))
                }
                Err(mistake) => opened(&sent.arrival, &mistake).await,
            }
        }
    }
}

pub(super) fn go_on_as(arrival: &mut Arrival, session: &str) {
    arrival.set_cookie(cookies::set(cookies::SESSION, session, None));
}

/// The question for a number of the owner's program, or a code on paper.
#[must_use]
pub fn number_question(visit: &Visit, mistake: &Mistake) -> Markup {
    let (label, hint) = (visit.say("second-code-label"), visit.say("second-code-hint"));
    let code = Control {
        name: "code",
        kind: ValueKind::Text,
        label: &label,
        hint: &hint,
        why: html! {},
        typed: "",
        autocomplete: "one-time-code",
        required: true,
    };
    control(visit, &code, mistake, "")
}

/// The question for the password that one has now.
pub fn current_question(visit: &Visit, mistake: &Mistake) -> Markup {
    let label = visit.say("password-current-label");
    let current = PasswordQuestion {
        name: "current",
        label: &label,
        hint: "",
        new: false,
    };
    password_question(visit, &current, mistake)
}

fn summary(visit: &Visit, mistake: &Mistake) -> Markup {
    let label_of = |name: &str| match name {
        "current" => Some(visit.say("password-current-label")),
        _ => Some(visit.say("second-code-label")),
    };
    error_summary(visit, mistake, label_of, |name, _: Problem| name.to_owned())
}

/// There is none yet: the password first.
#[must_use]
pub fn begin_page(visit: &Visit, mistake: &Mistake) -> Page {
    let inside = html! {
        (current_question(visit, mistake))
        (submit("begin", &visit.say("second-begin-button")))
    };
    let body = html! {
        (summary(visit, mistake))
        h1 { (visit.say("second-begin-title")) }
        p.lead { (visit.say("second-begin-lead")) }
        (tray(visit, PATH, &[], &inside))
    };
    Page::new(visit.say("second-begin-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/my")
        .keeping_typed(PATH, "show", "begin")
}

/// The secret for the owner's program, and the first number of it.
#[must_use]
pub fn confirm_page(visit: &Visit, proposed: &Proposed, mistake: &Mistake) -> Page {
    let inside = html! {
        (number_question(visit, mistake))
        (submit("set", &visit.say("second-set-button")))
    };
    let body = html! {
        (summary(visit, mistake))
        h1 { (visit.say("second-set-title")) }
        p.lead { (visit.say("second-set-lead")) }
        (secret(visit, proposed))
        (tray(visit, PATH, &[], &inside))
    };
    Page::new(visit.say("second-set-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/my")
        .keeping_typed(PATH, "show-proposed", "set")
}

/// A secret for a camera, and to be typed in by hand.
#[must_use]
pub fn secret(visit: &Visit, proposed: &Proposed) -> Markup {
    html! {
        (qr(proposed.link.expose(), &visit.say("second-picture")))
        p { (visit.say("second-by-hand")) br; code #secret { (grouped(proposed.secret.expose())) } }
    }
}

/// In groups of four, as people read such things aloud.
fn grouped(secret: &str) -> String {
    let signs: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = signs.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
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
        p.no-print { a.go href="/my" { (visit.say("second-codes-done")) } }
    };
    Page::new(visit.say("second-codes-title"), body)
}

/// There is one: it goes with the password and a last number.
#[must_use]
pub fn remove_page(visit: &Visit, mistake: &Mistake) -> Page {
    let inside = html! {
        (current_question(visit, mistake))
        (number_question(visit, mistake))
        (submit("remove", &visit.say("second-remove-button")))
    };
    let body = html! {
        (summary(visit, mistake))
        h1 { (visit.say("second-remove-title")) }
        p.lead { (visit.say("second-remove-lead")) }
        (tray(visit, PATH, &[], &inside))
    };
    Page::new(visit.say("second-remove-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/my")
        .keeping_typed(PATH, "show", "remove")
}
