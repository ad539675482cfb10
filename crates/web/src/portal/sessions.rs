//! 2.2.6: where one is signed in, and how to end it.

use axum::response::Response;
use maud::html;
use sandyq_processing::Rejected;
use sandyq_processing::access::OwnSession;

use crate::components::hidden;
use crate::console::{keys, own_password, passkeys, provider};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the owner of an account sees them.
pub const PATH: &str = "/my/sessions";

/// GET /my/sessions
pub async fn show(arrival: Arrival) -> Response {
    let outcome = listed(&arrival).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival) -> Outcome {
    let sessions = arrival.system.my_sessions(arrival.known()?).await?;
    Ok(Answer::Page(page(&arrival.visit, (PATH, None), &sessions)))
}

/// POST /my/sessions: ends one of them, or all the others.
pub async fn end(sent: Sent) -> Response {
    let outcome = ended_by(&sent).await;
    let outcome = outcome.map(|()| Answer::SeeOther(PATH.to_owned()));
    sent.arrival.respond(outcome)
}

/// Ends the session that was chosen, or all the others.
///
/// # Errors
/// "Not found" when it is nobody's, or somebody else's.
pub async fn ended_by(sent: &Sent) -> Result<(), Rejected> {
    sent.typed.only(|name| name == "session")?;
    sent.fresh()?;
    let caller = sent.arrival.known()?;
    let name = Some(sent.typed.text("session")).filter(|name| !name.is_empty());
    sent.arrival.system.end_session(caller, name).await
}

/// The page, of subjects and of staff; theirs leads to the page about the identity provider, by its title, where there is one.
#[must_use]
pub fn page(visit: &Visit, (path, by_provider): (&str, Option<&str>), sessions: &[OwnSession]) -> Page {
    let of_staff = path != PATH;
    let (lead, back) = if of_staff {
        ("staff-sessions-lead", "/staff/cases")
    } else {
        ("sessions-lead", "/my")
    };
    let others = sessions.iter().filter(|session| !session.own).count();
    let body = html! {
        h1 { (visit.say("sessions-title")) }
        p.lead { (visit.say(lead)) }
        div.held { @for (place, session) in sessions.iter().enumerate() {
            article.datum {
                h2 {
                    @if session.own { (visit.say("sessions-own")) }
                    @else { (visit.say("sessions-other")) " " (place + 1) }
                }
                dl {
                    dt { (visit.say("sessions-since")) } dd { (visit.date_and_time(session.since)) }
                    dt { (visit.say("sessions-seen")) } dd { (visit.date_and_time(session.seen_at)) }
                }
                @if !session.own {
                    form.plain method="post" action=(path) {
                        (hidden("token", &visit.token))
                        (hidden("session", &session.name))
                        button.quiet type="submit" {
                            (visit.say("sessions-end")) span.unseen { " " (place + 1) }
                        }
                    }
                }
            }
        } }
        @if others > 1 {
            form.plain method="post" action=(path) {
                (hidden("token", &visit.token))
                button.go type="submit" { (visit.say("sessions-end-others")) }
            }
        }
        @if of_staff {
            ul.ways {
                li { a href=(own_password::PATH) { (visit.say("password-change-title")) } }
                li { a href=(passkeys::PATH) { (visit.say("passkeys-title")) } }
                @if let Some(title) = by_provider {
                    li { a href=(provider::LINK) { (title) } }
                }
            }
            (keys::question(visit))
        }
    };
    Page::new(visit.say("sessions-title"), body).back_to(back)
}
