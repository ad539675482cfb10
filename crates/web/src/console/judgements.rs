//! 5.1.7: the looks in an emergency that nobody has judged yet, on the desk of the responsible person.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{Mistake, Problem, ProposalId};
use sandyq_processing::Rejected;
use sandyq_processing::emergency::{EmergencyView, Verdict};

use super::cases::staff;
use super::privileged;
use crate::components::{Row, error_summary, hidden, summary_list};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the list is.
pub const PATH: &str = "/staff/emergencies";

/// GET /staff/emergencies
pub async fn show(arrival: Arrival) -> Response {
    let outcome = shown(&arrival, &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival, mistake: &Mistake) -> Outcome {
    let waiting = arrival.system.unjudged_emergencies(staff(arrival)?).await?;
    let page = page(&arrival.visit, &waiting, mistake);
    Ok(Answer::of(page))
}

/// POST /staff/emergencies/{id}
pub async fn judge(Path(id): Path<String>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &Verdict::ALL.map(Verdict::name)).await {
        return sent.arrival.respond(asked);
    }
    let outcome = judged(&sent, &id).await;
    sent.arrival.respond(outcome)
}

async fn judged(sent: &Sent, id: &str) -> Outcome {
    let arrival = &sent.arrival;
    let caller = staff(arrival)?;
    sent.typed.only(|_| false)?;
    sent.fresh()?;
    let id: ProposalId = id.parse().map_err(|_| Rejected::NotFound)?;
    let verdict = Verdict::named(sent.typed.text("step"));
    match mistake_of(arrival.system.judge_emergency(caller, id, verdict).await)? {
        Ok(Verdict::Right) => Ok(Answer::SeeOther(PATH.to_owned())),
        Ok(Verdict::Wrong) => Ok(Answer::Page(wrong_page(&arrival.visit))),
        Err(mistake) => shown(arrival, &mistake).await,
    }
}

/// What is said after a look was judged to be wrong: it is a breach, and has its hour.
#[must_use]
pub fn wrong_page(visit: &Visit) -> Page {
    let title = visit.say("judgements-wrong-title");
    let body = html! {
        div.panel role="status" { h1 { (title) } }
        p.lead { (visit.say("judgements-wrong-lead")) }
        p { a.go href="/staff/breaches/new" { (visit.say("judgements-wrong-breach")) } }
        p { a href=(PATH) { (visit.say("judgements-title")) } }
    };
    Page::new(title, body).back_to(PATH)
}

/// The list.
#[must_use]
pub fn page(visit: &Visit, waiting: &[EmergencyView], mistake: &Mistake) -> Page {
    let title = visit.say("judgements-title");
    let body = html! {
        (error_summary(visit, mistake, |_| Some(title.clone()), |_, _: Problem| "judgements".to_owned()))
        h1 #judgements { (title) }
        p.lead { (visit.say("judgements-lead")) }
        @if waiting.is_empty() { p.inset { (visit.say("judgements-none")) } }
        @for one in waiting { (section(visit, one)) }
    };
    Page::new(title.clone(), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/requests")
}

fn section(visit: &Visit, one: &EmergencyView) -> Markup {
    let id = format!("emergency-{}", one.id);
    let nobody = || visit.say("judgements-nobody");
    let gone = || visit.say("judgements-gone");
    let rows = [
        Row::text(
            visit.say("emergency-reason"),
            &visit.say(&format!("emergency-reason-{}", one.reason)),
        ),
        Row::text(visit.say("judgements-by"), &one.by.clone().unwrap_or_else(nobody)),
        Row::text(
            visit.say("judgements-second"),
            &one.second.clone().unwrap_or_else(nobody),
        ),
        Row::text(
            visit.say("judgements-opened"),
            &visit.date_and_time(one.opened_at),
        ),
        Row::text(visit.say("judgements-until"), &visit.date_and_time(one.until)),
        Row::text(visit.say("judgements-looks"), &one.looks.to_string()),
        Row::text(visit.say("judgements-due"), &visit.date_and_time(one.due)),
    ];
    html! {
        article aria-labelledby=(id) {
            h2 id=(id) {
                (one.reference.clone().unwrap_or_else(gone))
                @if one.is_late { " " span.tag.no { (visit.say("judgements-late")) } }
            }
            (summary_list(&rows))
            @if one.is_open {
                p { (visit.say("judgements-still-open")) }
            } @else {
                form method="post" action={ (PATH) "/" (one.id) } novalidate autocomplete="off" {
                    (hidden("token", &visit.token))
                    p {
                        button.go type="submit" name="step" value=(Verdict::Right.name()) {
                            (visit.say("judgements-right"))
                        }
                    }
                    p {
                        button.quiet type="submit" name="step" value=(Verdict::Wrong.name()) {
                            (visit.say("judgements-wrong"))
                        }
                    }
                }
            }
        }
    }
}
