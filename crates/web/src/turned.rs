//! When it did not happen: the policy's no with its clauses, a mistake, a failure of ours, nothing there. Each says what
//! to do next; what is absent and what is forbidden look alike (5.1.4-d).

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;
use maud::{Markup, html};
use sandyq_model::{Clause, Fault, Mistake, Problem, Refusal};
use sandyq_processing::{Rejected, System};

use crate::layout::Page;
use crate::visit::Visit;

/// Numbers failures, so that what a visitor reads leads to the line in the log.
static FAILURES: AtomicU64 = AtomicU64::new(1);

/// The page and the status for what was rejected.
#[must_use]
pub fn page(visit: &Visit, rejected: &Rejected, system: &System) -> (StatusCode, Page) {
    match rejected {
        Rejected::Refusal(refusal) => (
            StatusCode::FORBIDDEN,
            refusal_page(visit, refusal, &rules(visit, refusal, system)),
        ),
        Rejected::Mistake(mistake) => mistake_page(visit, mistake),
        Rejected::Fault(fault) => fault_page(visit, fault),
        Rejected::NotFound | Rejected::SignInFirst => (StatusCode::NOT_FOUND, absent_page(visit)),
    }
}

/// The rules of a refusal as people read them.
fn rules(visit: &Visit, refusal: &Refusal, system: &System) -> Vec<(String, String)> {
    let say = |rule: &Clause| Some((rule.as_str().to_owned(), system.rule_text(rule, visit.language)?));
    refusal.rules.iter().filter_map(say).collect()
}

/// Where one proves who one is, for a path that needs it.
#[must_use]
pub fn door(path: &str) -> &'static str {
    if path.starts_with("/staff") {
        "/staff/sign-in"
    } else {
        "/my"
    }
}

/// The page for a status that no page of ours chose.
#[must_use]
pub fn bare_page(visit: &Visit, status: StatusCode) -> Page {
    match status {
        StatusCode::NOT_FOUND => absent_page(visit),
        StatusCode::FORBIDDEN => stale_page(visit),
        StatusCode::METHOD_NOT_ALLOWED => simple(visit, "turned-method"),
        StatusCode::PAYLOAD_TOO_LARGE => simple(visit, "turned-large"),
        status if status.is_server_error() => simple(visit, "fault"),
        _ => simple(visit, "turned-request"),
    }
}

/// The policy's no. `words` are the rules as people read them, in the order of the refusal.
#[must_use]
pub fn refusal_page(visit: &Visit, refusal: &Refusal, words: &[(String, String)]) -> Page {
    let body = html! {
        h1 { (visit.say("refusal-title")) }
        p.lead { (visit.say("refusal-lead")) }
        ul.rules {
            @for rule in &refusal.rules {
                li {
                    @if let Some((_, says)) = words.iter().find(|(id, _)| id == rule.as_str()) { p { (says) } }
                    a href={ "/policy#clause-" (rule.clause()) } {
                        (visit.say_of("refusal-clause", "clause", rule.clause()))
                    }
                }
            }
        }
        h2 { (visit.say("next-title")) }
        p { (visit.say("refusal-next")) }
        (contact(visit))
    };
    Page::new(visit.say("refusal-title"), body)
}

/// A mistake that belongs to no form of ours.
pub(crate) fn mistake_page(visit: &Visit, mistake: &Mistake) -> (StatusCode, Page) {
    if mistake.0.iter().any(|(_, problem)| *problem == Problem::Stale) {
        return (StatusCode::FORBIDDEN, stale_page(visit));
    }
    if mistake
        .0
        .iter()
        .any(|(_, problem)| *problem == Problem::SentBefore)
    {
        return (StatusCode::CONFLICT, sent_before_page(visit));
    }
    let body = html! {
        h1 { (visit.say("mistake-title")) }
        p.lead { (visit.say("mistake-lead")) }
        ul {
            @for (input, problem) in &mistake.0 {
                li {
                    code { (input) } ": " (visit.say(&format!("mistake-{}", problem.code()))) " "
                    (visit.say(&format!("mistake-{}-next", problem.code())))
                }
            }
        }
        p { a href=(visit.here) { (visit.say("open-again")) } }
    };
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        Page::new(visit.say("mistake-title"), body).wrong_if(true),
    )
}

fn stale_page(visit: &Visit) -> Page {
    let body = html! {
        h1 { (visit.say("stale-title")) }
        p.lead { (visit.say("mistake-stale")) }
        p { (visit.say("mistake-stale-next")) }
        p { a href=(visit.here) { (visit.say("open-again")) } }
    };
    Page::new(visit.say("stale-title"), body)
}

fn sent_before_page(visit: &Visit) -> Page {
    let body = html! {
        h1 { (visit.say("sent-before-title")) }
        p.lead { (visit.say("mistake-sent-before")) }
        p { (visit.say("mistake-sent-before-next")) }
        p { a href=(visit.here) { (visit.say("open-again")) } }
    };
    Page::new(visit.say("sent-before-title"), body)
}

/// A failure of ours: a number for the reader, the story for the log.
pub(crate) fn fault_page(visit: &Visit, fault: &Fault) -> (StatusCode, Page) {
    let operation = FAILURES.fetch_add(1, Ordering::Relaxed);
    tracing::error!(fault = %fault, operation, "a request failed");
    let (status, key) = match fault {
        Fault::Busy(_) => (StatusCode::SERVICE_UNAVAILABLE, "fault-busy"),
        Fault::Configuration(_) => (StatusCode::SERVICE_UNAVAILABLE, "fault-configuration"),
        Fault::Outside(_) => (StatusCode::BAD_GATEWAY, "fault-outside"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "fault-inside"),
    };
    let body = html! {
        h1 { (visit.say("fault-title")) }
        p.lead { (visit.say(key)) }
        p { (visit.say("fault-nothing-happened")) }
        h2 { (visit.say("next-title")) }
        p { (visit.say(&format!("{key}-next"))) }
        p { (visit.say_of("fault-number", "number", &operation.to_string())) }
        (contact(visit))
    };
    (status, Page::new(visit.say("fault-title"), body))
}

fn absent_page(visit: &Visit) -> Page {
    let body = html! {
        h1 { (visit.say("absent-title")) }
        p.lead { (visit.say("absent-lead")) }
        ul {
            li { (visit.say("absent-address")) }
            li { (visit.say("absent-session")) " " a href=(door(&visit.here)) { (visit.say("absent-door")) } }
        }
        p { a href="/" { (visit.say("to-home")) } }
    };
    Page::new(visit.say("absent-title"), body)
}

fn simple(visit: &Visit, key: &str) -> Page {
    let title = visit.say(&format!("{key}-title"));
    let body = html! {
        h1 { (title) }
        p.lead { (visit.say(&format!("{key}-lead"))) }
        p { a href="/" { (visit.say("to-home")) } }
    };
    Page::new(title, body)
}

/// How to reach the people behind the site; nothing when they are not configured (7-c).
fn contact(visit: &Visit) -> Markup {
    html! {
        @if let Some(operator) = &visit.operator {
            p {
                (visit.say("contact-lead")) " " (operator.phone) ", " (operator.email)
            }
        }
    }
}
