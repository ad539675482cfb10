//! 5.1.7: a member of staff asks to see one case of another desk in an emergency, and looks at it while it is open. Looking is a POST: it
//! writes.

use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem, ProposalId};
use sandyq_processing::Rejected;
use sandyq_processing::emergency::{EmergencyLook, OwnEmergencies, Reason};

use super::cases::staff;
use super::open_case::{reveal_page, with_marks};
use super::privileged;
use crate::components::{
    Control, Row, control, error_summary, hidden, problem_of, submit, summary_list, tray,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::public::order::lines_table;
use crate::visit::Visit;

/// Where one asks.
pub const PATH: &str = "/staff/emergency";

/// GET /staff/emergency
pub async fn open(arrival: Arrival) -> Response {
    let outcome = asked(&arrival, ["", ""], &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn asked(arrival: &Arrival, typed: [&str; 2], mistake: &Mistake) -> Outcome {
    let own = arrival.system.my_emergencies(staff(arrival)?).await?;
    let page = page(&arrival.visit, &own, typed, mistake);
    Ok(Answer::of(page))
}

/// POST /staff/emergency
pub async fn ask(mut sent: Sent) -> Response {
    if let Some(question) = privileged::asks(&mut sent, &["ask"]).await {
        return sent.arrival.respond(question);
    }
    let outcome = has_asked(&sent).await;
    sent.arrival.respond(outcome)
}

async fn has_asked(sent: &Sent) -> Outcome {
    let (arrival, visit) = (&sent.arrival, &sent.arrival.visit);
    let caller = staff(arrival)?;
    sent.typed.only(|name| matches!(name, "reference" | "reason"))?;
    let typed = [sent.typed.text("reference"), sent.typed.text("reason")];
    if sent.typed.text("step") == "show" {
        return asked(arrival, typed, &Mistake::default()).await;
    }
    sent.fresh()?;
    let reason = Reason::named(typed[1]);
    let tried = arrival.system.ask_in_emergency(caller, typed[0], reason).await;
    match mistake_of(tried)? {
        Ok(_) => Ok(Answer::Page(asked_page(visit))),
        Err(mistake) => asked(arrival, typed, &mistake).await,
    }
}

/// What is said after somebody asked.
#[must_use]
pub fn asked_page(visit: &Visit) -> Page {
    let title = visit.say("proposals-proposed");
    let body = html! {
        div.panel role="status" { h1 { (title) } }
        p.lead { (visit.say("emergency-asked")) }
        p { a href=(PATH) { (visit.say("emergency-title")) } }
    };
    Page::new(title, body).back_to(PATH)
}

/// POST /staff/emergency/{id}: a look, a field in full, or an ask that is taken back.
pub async fn look(Path(id): Path<String>, sent: Sent) -> Response {
    let outcome = looked(&sent, &id).await;
    sent.arrival.respond(outcome)
}

async fn looked(sent: &Sent, id: &str) -> Outcome {
    let (arrival, visit) = (&sent.arrival, &sent.arrival.visit);
    let caller = staff(arrival)?;
    sent.typed.only(|name| name == "field")?;
    sent.fresh()?;
    let id: ProposalId = id.parse().map_err(|_| Rejected::NotFound)?;
    let system = &arrival.system;
    match sent.typed.text("step") {
        "look" => {
            let look = system.look_in_emergency(caller, id, visit.language).await?;
            Ok(Answer::Page(look_page(visit, &look)))
        }
        "reveal" => {
            let name = sent.typed.text("field");
            let field = system
                .reveal_in_emergency(caller, id, name, visit.language)
                .await?;
            Ok(Answer::Page(reveal_page(visit, PATH, &field)))
        }
        "take-back" => {
            system.turn_down(caller, id).await?;
            Ok(Answer::SeeOther(PATH.to_owned()))
        }
        _ => Err(Rejected::mistake("step", Problem::Choice)),
    }
}

/// The page on which one asks, with what waits and what is open. `typed` are the case and the reason.
#[must_use]
pub fn page(visit: &Visit, own: &OwnEmergencies, typed: [&str; 2], mistake: &Mistake) -> Page {
    let title = visit.say("emergency-title");
    let label = visit.say("emergency-reference");
    let hint = visit.say("emergency-reference-hint");
    let reference = Control {
        name: "reference",
        kind: ValueKind::Text,
        label: &label,
        hint: &hint,
        why: html! {},
        typed: typed[0],
        autocomplete: "off",
        required: true,
    };
    let inside = html! {
        (control(visit, &reference, mistake, ""))
        (reasons(visit, typed[1], mistake))
        (submit("ask", &visit.say("emergency-ask")))
    };
    let label_of = |name: &str| match name {
        "reference" => Some(label.clone()),
        _ => Some(visit.say("emergency-reason")),
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, |name, _: Problem| name.to_owned()))
        h1 { (title) }
        p.lead { (visit.say_of("emergency-lead", "minutes", &own.minutes.to_string())) }
        p { (visit.say_of("emergency-told", "minutes", &own.answer_minutes.to_string())) }
        @if !own.open.is_empty() {
            h2 { (visit.say("emergency-open")) }
            @for one in &own.open { (line(visit, one, "emergency-until", ("look", "emergency-look"))) }
        }
        @if !own.waiting.is_empty() {
            h2 { (visit.say("emergency-waiting")) }
            @for one in &own.waiting { (line(visit, one, "emergency-answer-until", ("take-back", "proposals-take-back"))) }
        }
        h2 { (visit.say("emergency-ask-title")) }
        (tray(visit, PATH, &[], &inside))
    };
    Page::new(title, body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/cases")
        .keeping_typed(PATH, "show", "ask")
}

fn reasons(visit: &Visit, chosen: &str, mistake: &Mistake) -> Markup {
    let problem = mistake.of("reason");
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("emergency-reason")) }
            (problem_of(visit, "reason", problem))
            @for (place, reason) in Reason::ALL.into_iter().enumerate() {
                @let id = if place == 0 { "reason".to_owned() } else { format!("reason-{}", reason.name()) };
                div.tick {
                    input type="radio" id=(id) name="reason" value=(reason.name()) checked[reason.name() == chosen];
                    label for=(id) { (visit.say(&format!("emergency-reason-{}", reason.name()))) }
                }
            }
        }
    }
}

fn line(
    visit: &Visit,
    (id, reference, until): &(ProposalId, String, Timestamp),
    until_key: &str,
    (step, button): (&str, &str),
) -> Markup {
    html! {
        form.plain[step != "look"] method="post" action={ (PATH) "/" (id) } {
            (hidden("token", &visit.token))
            p {
                strong { (reference) } " " (visit.say_of(until_key, "until", &visit.date_and_time(*until)))
            }
            p {
                button.(if step == "look" { "go" } else { "quiet" }) type="submit" name="step" value=(step) {
                    (visit.say(button)) span.unseen { " " (reference) }
                }
            }
        }
    }
}

/// What was looked at.
#[must_use]
pub fn look_page(visit: &Visit, look: &EmergencyLook) -> Page {
    let rows: Vec<Row> = look
        .fields
        .iter()
        .map(|field| {
            let row = Row::new(&field.label, with_marks(visit, field));
            if field.masked {
                row.with(html! {
                    span.tag { (visit.say("case-masked")) }
                    form.plain method="post" action={ (PATH) "/" (look.id) } {
                        (hidden("token", &visit.token))
                        (hidden("field", &field.name))
                        button.quiet type="submit" name="step" value="reveal" {
                            (visit.say("reveal")) span.unseen { " " (field.label) }
                        }
                    }
                })
            } else {
                row
            }
        })
        .collect();
    let title = visit.say_of("case-title", "reference", &look.case.reference);
    let body = html! {
        h1 { (title) }
        p.inset {
            strong { (visit.say_of("emergency-until", "until", &visit.date_and_time(look.until))) } br;
            (visit.say_of("case-entered", "entry", &look.entry.to_string())) " "
            a href="/policy#clause-5.1.7" { "5.1.7" }
        }
        @if let Some(about) = &look.case.about { p { (look.case.service) ": " strong { (about) } } }
        (summary_list(&rows))
        @if !look.case.lines.is_empty() {
            h2 { (visit.say("lines-title")) }
            (lines_table(visit, &look.case))
        }
        p { (visit.say("emergency-only")) }
    };
    Page::new(title, body).back_to(PATH)
}
