//! 5.1.4: shortcuts, which staff switch on and off for themselves (WCAG 2.1.4). Off is how it begins, and then no script is sent.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::Problem;
use sandyq_processing::Rejected;

use super::cases::staff;
use super::own_sessions;
use crate::components::hidden;
use crate::http::arrival::{Answer, Outcome, Sent};
use crate::visit::Visit;

/// Where the switch goes.
pub const PATH: &str = "/staff/keys";

/// POST /staff/keys
pub async fn switch(sent: Sent) -> Response {
    let outcome = switched(&sent).await;
    sent.arrival.respond(outcome)
}

async fn switched(sent: &Sent) -> Outcome {
    let caller = staff(&sent.arrival)?;
    sent.typed.only(|_| false)?;
    sent.fresh()?;
    let on = match sent.typed.text("step") {
        "on" => true,
        "off" => false,
        _ => return Err(Rejected::mistake("step", Problem::Choice)),
    };
    sent.arrival.system.switch_shortcuts(caller, on).await?;
    Ok(Answer::SeeOther(own_sessions::PATH.to_owned()))
}

/// The switch, as it stands on the page of one's own sessions.
pub fn question(visit: &Visit) -> Markup {
    let (step, button) = if visit.keys {
        ("off", "keys-turn-off")
    } else {
        ("on", "keys-turn-on")
    };
    html! {
        h2 { (visit.say("keys-title")) }
        p { (visit.say("keys-lead")) }
        form.plain method="post" action=(PATH) {
            (hidden("token", &visit.token))
            button.quiet type="submit" name="step" value=(step) { (visit.say(button)) }
        }
    }
}
