//! 5.1.4, 2.1-b: a case opens for a stated purpose, shows the fields which that purpose allows, and the look is an entry
//! that the person can read. Opening is a POST: it writes.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{Mistake, Problem, Purpose};
use sandyq_processing::cases::desk::{OpenedCase, ShownField};
use sandyq_processing::{Rejected, System};

use super::cases::{staff, unfamiliar};
use super::{note, privileged};
use crate::components::{Row, error_summary, hidden, problem_of, submit, summary_list, tray, value_markup};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::public::order::lines_table;
use crate::public::winners;
use crate::visit::Visit;

/// GET /staff/cases/{reference}: asks for the purpose.
pub async fn prompt(Path(reference): Path<String>, arrival: Arrival) -> Response {
    let outcome = staff(&arrival).map(|caller| {
        if unfamiliar(caller) {
            return Answer::SeeOther("/staff/familiar".to_owned());
        }
        let purposes = purposes(&arrival.system, &arrival.visit);
        Answer::Page(prompt_page(
            &arrival.visit,
            &reference,
            &purposes,
            &Mistake::default(),
        ))
    });
    arrival.respond(outcome)
}

/// POST /staff/cases/{reference}
pub async fn open(Path(reference): Path<String>, sent: Sent) -> Response {
    let outcome = opened(&sent, &reference).await;
    sent.arrival.respond(outcome)
}

async fn opened(sent: &Sent, reference: &str) -> Outcome {
    let (arrival, visit) = (&sent.arrival, &sent.arrival.visit);
    let caller = staff(arrival)?;
    sent.typed.only(|name| name == "purpose")?;
    sent.fresh()?;
    let Ok(purpose) = sent.typed.text("purpose").parse::<Purpose>() else {
        let mistake = Mistake::one("purpose", Problem::Missing);
        let page = prompt_page(visit, reference, &purposes(&arrival.system, visit), &mistake);
        return Ok(Answer::wrong(page));
    };
    let opened = arrival
        .system
        .open_case(caller, reference, Some(purpose), visit.language)
        .await;
    let case = match mistake_of(opened)? {
        Ok(case) => case,
        Err(mistake) => {
            let page = prompt_page(visit, reference, &purposes(&arrival.system, visit), &mistake);
            return Ok(Answer::wrong(page));
        }
    };
    Ok(Answer::Page(page(
        visit,
        &case,
        &arrival.system.purpose_label(purpose, visit.language),
        arrival.system.may_hand_over(caller),
    )))
}

/// POST /staff/cases/{reference}/reveal: one masked field in full, as a look of its own.
pub async fn reveal(Path(reference): Path<String>, sent: Sent) -> Response {
    let outcome = revealed(&sent, &reference).await;
    sent.arrival.respond(outcome)
}

async fn revealed(sent: &Sent, reference: &str) -> Outcome {
    let (arrival, visit) = (&sent.arrival, &sent.arrival.visit);
    let caller = staff(arrival)?;
    sent.typed.only(|name| matches!(name, "purpose" | "field"))?;
    sent.fresh()?;
    let purpose = purpose_of(sent)?;
    let name = sent.typed.text("field");
    let field = arrival
        .system
        .reveal(caller, reference, Some(purpose), name, visit.language)
        .await?;
    Ok(Answer::Page(reveal_page(
        visit,
        format!("/staff/cases/{reference}"),
        &field,
    )))
}

/// The purpose that a form of an opened case carries along.
pub(super) fn purpose_of(sent: &Sent) -> Result<Purpose, Rejected> {
    let purpose = sent.typed.text("purpose").parse();
    purpose.map_err(|_| Rejected::NotFound)
}

/// POST /staff/cases/{reference}/publish: a winner is put into the public list (4.1).
pub async fn publish(Path(reference): Path<String>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &["publish"]).await {
        return sent.arrival.respond(asked);
    }
    let outcome = published(&sent, &reference).await;
    sent.arrival.respond(outcome)
}

async fn published(sent: &Sent, reference: &str) -> Outcome {
    let caller = staff(&sent.arrival)?;
    sent.typed.only(|_| false)?;
    sent.fresh()?;
    if sent.typed.text("step") != "publish" {
        return Err(Rejected::mistake("step", Problem::Choice));
    }
    sent.arrival.system.publish(caller, reference).await?;
    Ok(Answer::SeeOther(winners::PATH.to_owned()))
}

/// All twelve purposes: which of them opens the case is decided by the policy, not by the list.
pub(super) fn purposes(system: &System, visit: &Visit) -> Vec<(Purpose, String)> {
    Purpose::all()
        .map(|purpose| (purpose, system.purpose_label(purpose, visit.language)))
        .collect()
}

/// The page that asks for the purpose.
#[must_use]
pub fn prompt_page(
    visit: &Visit,
    reference: &str,
    purposes: &[(Purpose, String)],
    mistake: &Mistake,
) -> Page {
    let inside = html! {
        (purpose_question(visit, purposes, "", mistake))
        (submit("open", &visit.say("purpose-button")))
    };
    let title = visit.say_of("purpose-title", "reference", reference);
    let body = html! {
        (error_summary(visit, mistake, |_| Some(visit.say("purpose-label")), |name, _| name.to_owned()))
        h1 { (title) }
        p.lead { (visit.say("purpose-lead")) }
        (tray(visit, &format!("/staff/cases/{reference}"), &[], &inside))
    };
    Page::new(title, body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/cases")
}

/// The question for the purpose. `chosen` is what was chosen before.
pub(super) fn purpose_question(
    visit: &Visit,
    purposes: &[(Purpose, String)],
    chosen: &str,
    mistake: &Mistake,
) -> Markup {
    let problem = mistake.of("purpose");
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("purpose-label")) }
            p.hint { (visit.say("purpose-hint")) }
            (problem_of(visit, "purpose", problem))
            @for (place, (purpose, label)) in purposes.iter().enumerate() {
                @let id = if place == 0 { "purpose".to_owned() } else { format!("purpose-{}", purpose.number()) };
                div.tick {
                    input type="radio" id=(id) name="purpose" value=(purpose) checked[purpose.to_string() == chosen];
                    label for=(id) { span.number { (purpose) } " " (label) }
                }
            }
        }
    }
}

/// A value with what is to be known of a contact: that letters come back, that nobody confirmed it for long (6.1).
pub(super) fn with_marks(visit: &Visit, field: &ShownField) -> Markup {
    html! {
        (shown(visit, field))
        @if let Some(at) = field.returned_at {
            " " span.tag { (visit.say_of("case-returned", "date", &visit.date(at))) }
        }
        @if let Some(since) = field.unconfirmed_since {
            " " span.tag { (visit.say_of("case-unconfirmed", "date", &visit.date(since))) }
        }
    }
}

/// The opened case.
#[must_use]
pub fn page(visit: &Visit, case: &OpenedCase, purpose: &str, hands_over: bool) -> Page {
    let reference = &case.case.reference;
    let rows: Vec<Row> = case
        .fields
        .iter()
        .map(|field| {
            let row = Row::new(&field.label, with_marks(visit, field));
            if field.masked {
                row.with(mask_note(visit, case, field))
            } else {
                row
            }
        })
        .collect();
    let title = visit.say_of("case-title", "reference", reference);
    let body = html! {
        h1 { (title) }
        p.inset {
            (visit.say("case-purpose")) " " strong { (purpose) } " "
            a href={ "/policy#clause-" (case.purpose) } { (case.purpose) } br;
            (visit.say_of("case-entered", "entry", &case.entry.to_string()))
        }
        @if let Some(about) = &case.case.about { p { (case.case.service) ": " strong { (about) } } }
        (summary_list(&rows))
        @if !case.case.lines.is_empty() {
            h2 { (visit.say("lines-title")) }
            (lines_table(visit, &case.case))
        }
        p { (visit.say("case-only")) }
        @if case.notes {
            details.filter {
                summary { (visit.say("note-heading")) }
                (note::question(visit, reference, (case.purpose, ""), &Mistake::default()))
            }
        }
        p { a.go href={ "/staff/cases/" (reference) "/decide" } { (visit.say("case-decide")) } }
        @if !case.publishable.is_empty() {
            form.plain method="post" action={ "/staff/cases/" (reference) "/publish" } {
                (hidden("token", &visit.token))
                (hidden("key", &visit.key))
                p { (visit.say_of("case-publish-lead", "fields", &case.publishable.join(", "))) }
                p { button.quiet type="submit" name="step" value="publish" { (visit.say("case-publish")) } }
            }
        }
        @if hands_over { p { a href={ "/staff/cases/" (reference) "/hand-over" } { (visit.say("case-hand-over")) } } }
    };
    Page::new(title, body).back_to(format!("/staff/cases/{reference}"))
}

/// A value as people write it; a masked one stays as it came.
pub(super) fn shown(visit: &Visit, field: &ShownField) -> Markup {
    let value = field.value.expose();
    if field.masked {
        html! { (value) }
    } else {
        value_markup(visit, &field.name, value)
    }
}

fn mask_note(visit: &Visit, case: &OpenedCase, field: &ShownField) -> Markup {
    html! {
        span.tag { (visit.say("case-masked")) }
        // Card details are never shown in full, so there is nothing to ask for (P2).
        @if !field.name.starts_with("card") {
            form.plain method="post" action={ "/staff/cases/" (case.case.reference) "/reveal" } {
                (hidden("token", &visit.token))
                (hidden("purpose", &case.purpose.to_string()))
                (hidden("field", &field.name))
                button.quiet type="submit" { (visit.say("reveal")) span.unseen { " " (field.label) } }
            }
        }
    }
}

/// One field in full.
#[must_use]
pub fn reveal_page(visit: &Visit, back: impl Into<String>, field: &ShownField) -> Page {
    let title = visit.say_of("reveal-title", "field", &field.label);
    let body = html! {
        h1 { (title) }
        (summary_list(&[Row::new(&field.label, shown(visit, field))]))
        p.inset { (visit.say("reveal-lead")) }
    };
    Page::new(title, body).back_to(back)
}
