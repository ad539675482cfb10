//! 5.1.4: filters of the queue that staff keep under names of their own, above the list. What is kept are the words of an address.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{Mistake, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::cases::views::{SavedView, VIEW_NAME_LENGTH_MAX};

use super::asked::Asked;
use super::cases::{FILTER, PATH, filter, listed, staff};
use crate::components::{hidden, problem_of};
use crate::http::arrival::{Answer, Outcome, Sent, mistake_of};
use crate::visit::Visit;

/// Where the forms go.
pub const VIEWS: &str = "/staff/cases/views";
/// The words that are kept: a reference is of one case, and no view.
const KEPT: &[&str] = &["kind", "state", "owner", "due", "order"];

/// POST /staff/cases/views
pub async fn views(sent: Sent) -> Response {
    let outcome = changed(&sent).await;
    sent.arrival.respond(outcome)
}

async fn changed(sent: &Sent) -> Outcome {
    let (arrival, system) = (&sent.arrival, &sent.arrival.system);
    let caller = staff(arrival)?;
    sent.typed.only(|name| name == "view" || FILTER.contains(&name))?;
    sent.fresh()?;
    let asked = Asked::of_form(&sent.typed, FILTER);
    let name = sent.typed.text("view");
    if sent.typed.text("step") == "forget" {
        system.forget_view(caller, name).await?;
        return Ok(Answer::SeeOther(asked.address(PATH)));
    }
    let kept = Asked::of_form(&sent.typed, KEPT);
    let done = match filter(&kept) {
        Ok(_) => system.keep_view(caller, name, &kept.words()).await,
        Err(_) => Err(Rejected::mistake("view", Problem::Choice)),
    };
    match mistake_of(done)? {
        Ok(()) => Ok(Answer::SeeOther(asked.address(PATH))),
        Err(mistake) => listed(arrival, &asked, mistake).await,
    }
}

/// The kept filters as links, each with the button that takes it away.
pub fn links(visit: &Visit, asked: &Asked, kept: &[SavedView]) -> Markup {
    html! {
        @if !kept.is_empty() {
            nav aria-label=(visit.say("views-label")) {
                h2 { (visit.say("views-label")) }
                ul.ways {
                    @for view in kept {
                        @let here = asked.words() == view.words;
                        li {
                            a href={ (PATH) "?" (view.words) } aria-current=[here.then_some("true")] { (view.name) }
                            form.plain method="post" action=(VIEWS) {
                                (hidden("token", &visit.token))
                                (hidden("view", &view.name))
                                (asked.kept())
                                button.quiet type="submit" name="step" value="forget" {
                                    (visit.say("views-forget")) span.unseen { " " (view.name) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The form that keeps the filter that is shown.
pub fn keeping(visit: &Visit, asked: &Asked, mistake: &Mistake) -> Markup {
    let problem = mistake.of("view");
    html! {
        @if !asked.is_empty() {
            form.plain method="post" action=(VIEWS) {
                (hidden("token", &visit.token))
                (asked.kept())
                div.question.is-wrong[problem.is_some()] {
                    label for="view" { (visit.say("views-name")) }
                    p.hint id="view-hint" { (visit.say("views-hint")) }
                    (problem_of(visit, "view", problem))
                    input type="text" id="view" name="view" maxlength=(VIEW_NAME_LENGTH_MAX) autocomplete="off"
                        aria-describedby="view-hint";
                }
                p { button.quiet type="submit" name="step" value="keep" { (visit.say("views-keep")) } }
            }
        }
    }
}
