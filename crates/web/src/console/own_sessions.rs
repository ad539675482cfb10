//! 5.1.4: where a member of staff is signed in, and how to end it.

use axum::response::Response;

use super::cases::staff;
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
    let sessions = arrival.system.my_sessions(staff(arrival)?).await?;
    Ok(Answer::Page(page(
        &arrival.visit,
        (PATH, arrival.system.provider_host().as_deref()),
        &sessions,
    )))
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
