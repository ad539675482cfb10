//! 1.3: a decision about a case, by somebody who signed in. The page shows nobody: whoever has to look first opens the case for
//! its purpose. What can be decided, and for which reasons, is what the policy folder lists.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::cases::deciding::{Choice, Decision, ToDecide};

use super::cases::staff;
use super::privileged;
use crate::components::{Control, control, error_summary, problem_of, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// Between the name of a decision and that of its reason.
const FOR: char = ':';

/// GET /staff/cases/{reference}/decide
pub async fn open(Path(reference): Path<String>, arrival: Arrival) -> Response {
    let outcome = opened(&arrival, &reference, ["", ""], &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, reference: &str, typed: [&str; 2], mistake: &Mistake) -> Outcome {
    let caller = staff(arrival)?;
    let case = arrival
        .system
        .to_decide(caller, reference, arrival.visit.language)
        .await?;
    let page = page(&arrival.visit, &case, typed, mistake);
    Ok(if mistake.0.is_empty() {
        Answer::Page(page)
    } else {
        Answer::wrong(page)
    })
}

/// POST /staff/cases/{reference}/decide
pub async fn decide(Path(reference): Path<String>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &["decide"]).await {
        return sent.arrival.respond(asked);
    }
    let outcome = decided(&sent, &reference).await;
    sent.arrival.respond(outcome)
}

async fn decided(sent: &Sent, reference: &str) -> Outcome {
    let arrival = &sent.arrival;
    let caller = staff(arrival)?;
    sent.typed.only(|name| matches!(name, "decision" | "written"))?;
    sent.fresh()?;
    let chosen = sent.typed.text("decision");
    let typed = [chosen, sent.typed.text("written")];
    if chosen.is_empty() {
        let mistake = Mistake::one("decision", Problem::Missing);
        return opened(arrival, reference, typed, &mistake).await;
    }
    let written = sent.typed.plain("written");
    let (decision, reason) = match chosen.split_once(FOR) {
        Some((decision, reason)) => (decision, Some(reason)),
        None => (chosen, None),
    };
    let decided = arrival
        .system
        .decide_case(
            caller,
            reference,
            Decision {
                name: decision,
                reason,
                written: &written,
            },
            sent.key()?,
        )
        .await;
    match mistake_of(decided)? {
        Ok(()) => {
            let left = arrival
                .system
                .to_decide(caller, reference, arrival.visit.language)
                .await?;
            Ok(Answer::Page(done_page(
                &arrival.visit,
                reference,
                !left.choices.is_empty(),
            )))
        }
        Err(mistake) => opened(arrival, reference, typed, &mistake).await,
    }
}

fn value_of(choice: &Choice) -> String {
    match &choice.reason {
        Some((reason, _)) => format!("{}{FOR}{reason}", choice.name),
        None => choice.name.clone(),
    }
}

/// What is written with a decision, such as an answer.
fn answer<'a>(visit: &Visit, label: &'a str, typed: &'a str) -> Control<'a> {
    Control {
        name: "written",
        kind: ValueKind::LongText,
        label,
        hint: "",
        why: html! { p.hint { (visit.say("decide-written-hint")) } },
        typed,
        autocomplete: "off",
        required: true,
    }
}

/// The page that asks what is decided.
#[must_use]
pub fn page(visit: &Visit, case: &ToDecide, typed: [&str; 2], mistake: &Mistake) -> Page {
    let [chosen, written] = typed;
    let problem = mistake.of("decision");
    let inside = html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("decide-label")) }
            p.hint { (visit.say("decide-hint")) }
            (problem_of(visit, "decision", problem))
            @for (place, choice) in case.choices.iter().enumerate() {
                @let id = if place == 0 { "decision".to_owned() } else { format!("decision-{place}") };
                div.tick {
                    input type="radio" id=(id) name="decision" value=(value_of(choice)) checked[value_of(choice) == chosen];
                    label for=(id) {
                        (choice.label)
                        @if let Some((_, reason)) = &choice.reason { ": " (reason) }
                    }
                }
            }
        }
        @if let Some(label) = case.choices.iter().find_map(|choice| choice.writes.as_ref()) {
            (control(visit, &answer(visit, label, written), mistake, ""))
        }
        (submit("decide", &visit.say("decide-button")))
    };
    let title = visit.say_of("decide-title", "reference", &case.reference);
    let body = html! {
        (error_summary(visit, mistake, |name| label_of(visit, case, name), |name, _| name.to_owned()))
        h1 { (title) }
        p.lead { (case.service) }
        @if case.choices.is_empty() { p.inset { (visit.say("decide-closed")) } } @else {
            p { (visit.say("decide-lead")) " " a href="/policy#clause-1.3" { "1.3" } }
            (tray(visit, &format!("/staff/cases/{}/decide", case.reference), &[], &inside))
        }
    };
    Page::new(title, body)
        .wrong_if(problem.is_some())
        .back_to(format!("/staff/cases/{}", case.reference))
}

fn label_of(visit: &Visit, case: &ToDecide, name: &str) -> Option<String> {
    match name {
        "written" => case.choices.iter().find_map(|choice| choice.writes.clone()),
        _ => Some(visit.say("decide-label")),
    }
}

/// It is decided, and the case closed or going on.
#[must_use]
pub fn done_page(visit: &Visit, reference: &str, goes_on: bool) -> Page {
    let lead = if goes_on {
        "decided-goes-on"
    } else {
        "decided-lead"
    };
    let body = html! {
        div.panel role="status" {
            h1 { (visit.say("decided-title")) }
            p { strong.reference { (reference) } }
        }
        p.lead { (visit.say(lead)) }
        p { a href="/staff/cases" { (visit.say("cases-title")) } }
    };
    Page::new(visit.say("decided-title"), body)
}
