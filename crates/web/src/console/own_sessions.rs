//! 5.1.4: where a member of staff is signed in, and how to end it.

use axum::response::Response;
use sandyq_processing::Rejected;

use super::cases::staff;
use super::provider::title_of;
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::portal::sessions::{ended_by, page};

/// Where the page is.
pub const PATH: &str = "/staff/sessions";

/// GET /staff/sessions
pub async fn show(arrival: Arrival) -> Response {
    let outcome = listed(&arrival).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival) -> Outcome {
    let (system, caller) = (&arrival.system, staff(arrival)?);
    let sessions = system.my_sessions(caller).await?;
    let by_provider = match system.own_link(caller).await {
        Ok(link) => Some(title_of(&arrival.visit, link.host.as_deref())),
        Err(Rejected::NotFound) => None,
        Err(rejected) => return Err(rejected),
    };
    let page = page(&arrival.visit, (PATH, by_provider.as_deref()), &sessions);
    Ok(Answer::Page(page))
}

/// POST /staff/sessions: ends one of them, or all the others.
pub async fn end(sent: Sent) -> Response {
    let outcome = ended(&sent).await;
    sent.arrival.respond(outcome)
}

async fn ended(sent: &Sent) -> Outcome {
    staff(&sent.arrival)?;
    ended_by(sent).await?;
    Ok(Answer::SeeOther(PATH.to_owned()))
}
