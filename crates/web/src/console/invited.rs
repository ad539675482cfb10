//! 5.1.4: whoever is invited chooses a password; the second factor and the policy come next. The link opens once.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::access::Invited;

use super::second_factor::SET_UP;
use crate::components::{PasswordQuestion, error_summary, password_question, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /staff/invited/{token}: nothing is used up by looking.
pub async fn open(Path(token): Path<String>, arrival: Arrival) -> Response {
    let outcome = opened(&arrival, &token, &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, token: &str, mistake: &Mistake) -> Outcome {
    let invited = arrival.system.invited(token, arrival.visit.language).await?;
    let page = page(&arrival.visit, token, &invited, mistake);
    Ok(Answer::of(page))
}

/// POST /staff/invited/{token}
pub async fn accept(Path(token): Path<String>, mut sent: Sent) -> Response {
    let outcome = accepted(&mut sent, &token).await;
    sent.arrival.respond(outcome)
}

async fn accepted(sent: &mut Sent, token: &str) -> Outcome {
    sent.typed.only(|name| name == "password")?;
    if sent.typed.text("step") == "show" {
        return opened(&sent.arrival, token, &Mistake::default()).await;
    }
    sent.fresh()?;
    let password = sent.typed.plain("password");
    match mistake_of(sent.arrival.system.accept_invitation(token, &password).await)? {
        Ok(half_way) => {
            sent.arrival.bind(half_way.token.expose());
            Ok(Answer::SeeOther(SET_UP.to_owned()))
        }
        Err(mistake) => opened(&sent.arrival, token, &mistake).await,
    }
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, token: &str, invited: &Invited, mistake: &Mistake) -> Page {
    let action = format!("/staff/invited/{token}");
    let (label, hint) = (
        visit.say("staff-password-label"),
        visit.say("invited-password-hint"),
    );
    let password = PasswordQuestion {
        name: "password",
        label: &label,
        hint: &hint,
        new: true,
    };
    let inside = html! {
        (password_question(visit, &password, mistake))
        (submit("accept", &visit.say("invited-button")))
    };
    let body = html! {
        (error_summary(visit, mistake, |_| Some(label.clone()), |_, _: Problem| "password".to_owned()))
        h1 { (visit.say("invited-title")) }
        p.lead { (visit.say("invited-lead")) }
        dl {
            dt { (visit.say("staff-name-label")) } dd { strong { (invited.name) } }
            dt { (visit.say("access-role")) } dd { (invited.role) }
        }
        (tray(visit, &action, &[], &inside))
    };
    Page::new(visit.say("invited-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .keeping_typed(action, "show", "accept")
}
