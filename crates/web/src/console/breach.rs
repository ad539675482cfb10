//! 5.1.3: one breach: until when the authority is told, what was entered in its order, and the draft of the notice.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::Category;
use sandyq_processing::Rejected;
use sandyq_processing::breach::{BreachView, StepView};

use super::breach_people::path_of;
use super::breaches::{REGISTER, labels, people, told};
use super::cases::staff;
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::language::{LANGUAGES, of_tag, own_name, tag};
use crate::layout::Page;
use crate::paper;
use crate::portal::requests::lines;
use crate::visit::Visit;

/// GET /staff/breaches/{number}
pub async fn open(Path(number): Path<u32>, arrival: Arrival) -> Response {
    let outcome = opened(&arrival, number).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, number: u32) -> Outcome {
    let breach = arrival.system.breach(staff(arrival)?, number).await?;
    let labels = labels(&arrival.system, &arrival.visit);
    Ok(Answer::Page(page(&arrival.visit, &breach, &labels)))
}

/// GET /staff/breaches/{number}/notice/{language}
pub async fn notice(Path((number, language)): Path<(u32, String)>, arrival: Arrival) -> Response {
    let outcome = drafted(&arrival, number, &language).await;
    arrival.respond(outcome)
}

async fn drafted(arrival: &Arrival, number: u32, language: &str) -> Outcome {
    let (system, caller) = (&arrival.system, staff(arrival)?);
    let language = of_tag(language).ok_or(Rejected::NotFound)?;
    let breach = system.breach(caller, number).await?;
    let visit = arrival.visit.in_language(language);
    let labels = labels(system, &visit);
    let filled = paper::breach(&visit, &breach, &labels, system.now());
    paper::printed(system, &visit, filled).await
}

/// Categories in words; those that are not known go by nothing.
pub fn in_words(visit: &Visit, categories: &[Category], labels: &[(Category, String)]) -> String {
    let known = labels
        .iter()
        .filter(|(category, _)| categories.contains(category));
    let words: Vec<&str> = known.map(|(_, label)| label.as_str()).collect();
    if words.is_empty() {
        visit.say("breach-categories-unknown")
    } else {
        words.join(", ")
    }
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, breach: &BreachView, labels: &[(Category, String)]) -> Page {
    let title = visit.say_of("breach-title", "number", &breach.row.number.to_string());
    let body = html! {
        h1 { (title) }
        (facts(visit, breach, labels))
        (next(visit, breach))
        @if breach.enters {
            h2 { (visit.say("breach-people-list")) }
            p { a href=(path_of(breach.row.number)) { (visit.say("breach-people-open")) } }
        }
        @if visit.prints { (draft(visit, breach)) }
        h2 { (visit.say("breach-timeline")) }
        ol { @for step in &breach.steps { (line(visit, step, labels)) } }
    };
    Page::new(title, body).back_to(REGISTER)
}

fn facts(visit: &Visit, breach: &BreachView, labels: &[(Category, String)]) -> Markup {
    let row = &breach.row;
    let (by_policy, by_law) = breach.due_by;
    html! {
        dl.facts {
            div { dt { (visit.say("breach-kind-short")) } dd { (visit.say(&format!("breach-kind-{}", row.kind))) } }
            div { dt { (visit.say("breach-detected")) } dd { (visit.date_and_time(row.detected_at)) } }
            div {
                dt { (visit.say("breach-due")) }
                dd {
                    strong { (visit.date_and_time(row.due_at)) }
                    @if by_policy != by_law {
                        br; (visit.say("breach-due-policy")) ": " (visit.date_and_time(by_policy))
                        br; (visit.say("breach-due-law")) ": " (visit.date_and_time(by_law))
                    }
                }
            }
            div { dt { (visit.say("breach-law")) } dd { (breach.law) } }
            div { dt { (visit.say("breach-told")) } dd { (told(visit, row)) } }
            div { dt { (visit.say("breach-people-short")) } dd { (people(visit, row.people)) } }
            div {
                dt { (visit.say("breach-categories-short")) }
                dd { (in_words(visit, &breach.categories, labels)) }
            }
            div {
                dt { (visit.say("breach-state")) }
                dd { span.tag { (visit.say(if row.closed { "breach-closed" } else { "breach-open" })) } }
            }
        }
    }
}

/// What can be entered now, each on a page of its own.
fn next(visit: &Visit, breach: &BreachView) -> Markup {
    html! {
        @if !breach.can.is_empty() {
            h2 { (visit.say("breach-next")) }
            @if breach.row.closed { p { (visit.say("breach-only-find")) } }
            ul { @for step in &breach.can {
                li { a href={ (REGISTER) "/" (breach.row.number) "/" (step) } { (visit.say(&format!("breach-do-{step}"))) } }
            } }
        }
    }
}

/// The notice to the authority, in each language.
fn draft(visit: &Visit, breach: &BreachView) -> Markup {
    html! {
        h2 { (visit.say("breach-notice")) }
        p { (visit.say("breach-notice-lead")) }
        ul { @for language in LANGUAGES {
            @let path = format!("{REGISTER}/{}/notice/{}", breach.row.number, tag(language));
            li { a href=(path) hreflang=(tag(language)) lang=(tag(language)) { (own_name(language)) " (PDF)" } }
        } }
    }
}

fn line(visit: &Visit, step: &StepView, labels: &[(Category, String)]) -> Markup {
    let entered = visit.say_of("breach-entered", "date", &visit.date_and_time(step.entered_at));
    html! {
        li {
            strong { (visit.say(&format!("breach-step-{}", step.step))) }
            ", " (visit.date_and_time(step.happened_at))
            p.hint { (entered) }
            @if !step.categories.is_empty() || step.people.is_some() {
                p {
                    @if !step.categories.is_empty() { (in_words(visit, &step.categories, labels)) ". " }
                    @if step.people.is_some() { (visit.say("breach-people-short")) ": " (people(visit, step.people)) }
                }
            }
            @if let Some(document) = &step.document { p { (visit.say("breach-document")) ": " (document) } }
            @if let Some(text) = &step.told { p { (lines(text)) } }
        }
    }
}
