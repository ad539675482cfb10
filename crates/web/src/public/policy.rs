//! The policy, as it is published and as it runs: every clause opens to show how it is kept.

use axum::response::Response;
use fluent_bundle::FluentValue;
use maud::{Markup, PreEscaped, html};
use sandyq_processing::Rejected;
use sandyq_processing::reading::{ClauseView, PolicyPage};

use super::documents;
use crate::http::arrival::{Answer, Arrival};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /policy
pub async fn show(arrival: Arrival) -> Response {
    let read = arrival.system.policy_page(arrival.visit.language).await;
    let outcome = read
        .map(|policy| Answer::Page(page(&arrival.visit, &policy)))
        .map_err(Rejected::from);
    arrival.respond(outcome)
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, policy: &PolicyPage) -> Page {
    let body = html! {
        h1 { (visit.say("policy-title")) }
        p.lead { (visit.say("policy-lead")) }
        nav.contents aria-label=(visit.say("contents")) {
            ol start="0" {
                @for (place, section) in policy.sections.iter().enumerate() {
                    li { a href={ "#section-" (place) } { (section.title) } }
                }
            }
        }
        @for (place, section) in policy.sections.iter().enumerate() {
            section.policy {
                h2 id={ "section-" (place) } { (section.title) }
                @for clause in &section.clauses { (clause_block(visit, clause)) }
            }
        }
        p { a href=(documents::PATH) { (visit.say("documents-title")) } }
        p.fine { (visit.say("policy-version")) " " code { (policy.version) } }
    };
    Page::new(visit.say("policy-title"), body)
}

fn clause_block(visit: &Visit, clause: &ClauseView) -> Markup {
    html! {
        article.clause id={ "clause-" (clause.id) } {
            h3 { span.number { (clause.id) } " " (clause.title) }
            // Rendered from the policy folder by the policy crate, which lets no markup of others through.
            (PreEscaped(&clause.html))
            details {
                summary {
                    (visit.say("policy-kept"))
                    span.unseen { " " (clause.id) }
                    @if clause.refusals > 0 {
                        span.count { (refusals(visit, clause.refusals)) }
                    }
                }
                (how_it_is_kept(visit, clause))
            }
        }
    }
}

fn how_it_is_kept(visit: &Visit, clause: &ClauseView) -> Markup {
    let nothing = clause.rules.is_empty() && clause.purposes.is_empty() && clause.periods.is_empty();
    html! {
        @if nothing { p { (visit.say("policy-no-rules")) } }
        @if !clause.rules.is_empty() {
            h4 { (visit.say("policy-rules")) }
            ul {
                @for (id, words) in &clause.rules { li { code { (id) } " " (words) } }
            }
        }
        @if !clause.purposes.is_empty() {
            h4 { (visit.say("policy-purposes")) }
            ul { @for (id, label) in &clause.purposes { li { code { (id) } " " (label) } } }
        }
        @if !clause.periods.is_empty() {
            h4 { (visit.say("policy-periods")) }
            ul { @for one in &clause.periods {
                li {
                    (one.label) ": " (period(visit, one.within.working_days, one.within.calendar_days))
                    @if one.by_people { " (" (visit.say("policy-by-people")) ")" }
                }
            } }
        }
        p { (visit.say("policy-refusals")) " " (refusals(visit, clause.refusals)) }
    }
}

/// A period in words: working days, calendar days, or whichever of both ends first.
fn period(visit: &Visit, working: Option<u32>, calendar: Option<u32>) -> String {
    let days = |key: &str, count: u32| visit.say_with(key, &[("days", count.into())]);
    match (working, calendar) {
        (Some(working), Some(calendar)) => {
            let both = [days("days-working", working), days("days-calendar", calendar)];
            visit.say_with(
                "days-earlier",
                &[("one", (&*both[0]).into()), ("other", (&*both[1]).into())],
            )
        }
        (Some(working), None) => days("days-working", working),
        (None, Some(calendar)) => days("days-calendar", calendar),
        (None, None) => visit.say("not-given"),
    }
}

fn refusals(visit: &Visit, count: u64) -> String {
    visit.say_with("count-refusals", &[("count", FluentValue::from(count))])
}
