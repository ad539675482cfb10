//! PRE-1: before any data is open to a member of staff, the policy in force has been read; that is recorded.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use sandyq_model::{Mistake, Problem};

use super::cases::staff;
use crate::components::{error_summary, problem_of, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /staff/familiar
pub async fn open(arrival: Arrival) -> Response {
    let outcome = staff(&arrival).map(|_| Answer::Page(page(&arrival.visit, false)));
    arrival.respond(outcome)
}

/// POST /staff/familiar
pub async fn accept(sent: Sent) -> Response {
    let outcome = accepted(&sent).await;
    sent.arrival.respond(outcome)
}

async fn accepted(sent: &Sent) -> Outcome {
    let caller = staff(&sent.arrival)?;
    sent.typed.only(|name| name == "read")?;
    sent.fresh()?;
    if !sent.typed.has("read") {
        return Ok(Answer::Status(
            StatusCode::UNPROCESSABLE_ENTITY,
            page(&sent.arrival.visit, true),
        ));
    }
    sent.arrival.system.familiarize(caller).await?;
    Ok(Answer::SeeOther("/staff/cases".to_owned()))
}

/// The page. `unread`: the button was pressed without the box.
#[must_use]
pub fn page(visit: &Visit, unread: bool) -> Page {
    let mistake = if unread {
        Mistake::one("read", Problem::ConsentNeeded)
    } else {
        Mistake::default()
    };
    let label = visit.say("familiar-tick");
    let inside = html! {
        (problem_of(visit, "read", mistake.of("read")))
        div.tick {
            input type="checkbox" id="read" name="read" value="yes";
            label for="read" { (label) }
        }
        (submit("accept", &visit.say("familiar-button")))
    };
    let body = html! {
        (error_summary(visit, &mistake, |_| Some(label.clone()), |name, _| name.to_owned()))
        h1 { (visit.say("familiar-title")) }
        p.lead { (visit.say("familiar-lead")) }
        p { a href="/policy" { (visit.say("familiar-read")) } }
        (tray(visit, "/staff/familiar", &[], &inside))
    };
    Page::new(visit.say("familiar-title"), body).wrong_if(unread)
}
