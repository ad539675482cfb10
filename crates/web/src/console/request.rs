//! 6.2 to 6.5: one request on the desk of the responsible person. The register's line is there at once; what was written is
//! read by a press of its own, which is an entry. Every act is a small form; what may not be done here is not offered, and is
//! refused all the same.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{ConsentId, Mistake, Problem, RequestKind, RequestState};
use sandyq_processing::Rejected;
use sandyq_processing::access::Caller;
use sandyq_processing::request::{Deed, LateReason, Norm, RequestView};

use super::cases::staff;
use super::privileged;
use crate::components::{error_summary, hidden, problem_of};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::paper;
use crate::portal::overview::{joined_name, source_words};
use crate::portal::requests::{facts, kind, lines, timeline};
use crate::visit::Visit;

/// GET /staff/requests/{reference}
pub async fn open(Path(reference): Path<String>, arrival: Arrival) -> Response {
    let outcome = opened(&arrival, &reference, &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, reference: &str, mistake: &Mistake) -> Outcome {
    let visit = &arrival.visit;
    let request = arrival
        .system
        .request_at_desk(staff(arrival)?, reference, visit.language)
        .await?;
    let page = page(visit, &request, None, mistake);
    Ok(Answer::of(page))
}

/// Steps that take a fresh number.
const PRIVILEGED: [&str; 5] = ["decide", "carry-out", "answer", "refuse", "merge"];

/// POST /staff/requests/{reference}
pub async fn act(Path(reference): Path<String>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &PRIVILEGED).await {
        return sent.arrival.respond(asked);
    }
    let outcome = match acted(&sent, &reference).await {
        Err(Rejected::Mistake(mistake)) => opened(&sent.arrival, &reference, &mistake).await,
        outcome => outcome,
    };
    sent.arrival.respond(outcome)
}

async fn acted(sent: &Sent, reference: &str) -> Outcome {
    let caller = staff(&sent.arrival)?;
    sent.typed.only(|name| {
        matches!(
            name,
            "contact" | "code" | "by" | "answer" | "norm" | "late" | "into" | "consent" | "field" | "value"
        )
    })?;
    sent.fresh()?;
    match sent.typed.text("step") {
        "read" => read(sent, caller, reference).await,
        "prepare" => prepared(sent, caller, reference).await,
        "print" => printed(sent, caller, reference).await,
        "pdf" => as_pdf(sent, caller, reference).await,
        "scan" => scan(sent, caller, reference).await,
        "draft" => {
            let words = sent.typed.plain("answer");
            let system = &sent.arrival.system;
            system
                .draft_answer(caller, reference, &words, sent.key()?)
                .await?;
            read(sent, caller, reference).await
        }
        step => {
            stepped(sent, caller, reference, step).await?;
            Ok(Answer::SeeOther(format!("/staff/requests/{reference}")))
        }
    }
}

/// What changes the request and is seen in its line.
async fn stepped(sent: &Sent, caller: &Caller, reference: &str, step: &str) -> Result<(), Rejected> {
    let (system, typed) = (&sent.arrival.system, &sent.typed);
    let late = LateReason::ALL
        .into_iter()
        .find(|one| one.name() == typed.text("late"));
    match step {
        "suppose" => {
            let found = system.suppose(caller, reference, &typed.plain("contact")).await?;
            if found {
                Ok(())
            } else {
                Err(Rejected::mistake("contact", Problem::Unknown))
            }
        }
        "ask-identity" => {
            system
                .ask_identity(caller, reference, sent.arrival.visit.language)
                .await
        }
        "check" => {
            system
                .check_identity(caller, reference, &typed.plain("code"))
                .await
        }
        "decide" => system.decide_identity(caller, reference, typed.text("by")).await,
        "carry-out" => {
            let consent = match typed.text("consent") {
                "" => None,
                id => {
                    let unknown = |_| Rejected::mistake("consent", Problem::Choice);
                    Some(id.parse::<ConsentId>().map_err(unknown)?)
                }
            };
            let deed = Deed {
                only: consent,
                field: typed.text("field").to_owned(),
                value: Some(typed.plain("value")),
            };
            system.carry_out(caller, reference, &deed).await
        }
        "answer" => system.give_answer(caller, reference, late).await,
        "refuse" => {
            let norm = Norm::ALL.into_iter().find(|one| one.name() == typed.text("norm"));
            system.refuse_request(caller, reference, norm, late).await
        }
        "merge" => system.merge_request(caller, reference, typed.text("into")).await,
        "reopen" => system.reopen_request(caller, reference).await,
        _ => Err(Rejected::mistake("step", Problem::Choice)),
    }
}

async fn read(sent: &Sent, caller: &Caller, reference: &str) -> Outcome {
    let visit = &sent.arrival.visit;
    let request = sent
        .arrival
        .system
        .read_request(caller, reference, visit.language)
        .await?;
    let draft = request
        .text("answer")
        .map(|answer| answer.expose().clone())
        .unwrap_or_default();
    Ok(Answer::Page(page(
        visit,
        &request,
        Some(&draft),
        &Mistake::default(),
    )))
}

/// The answer, written from what is held; nothing of it is kept until it is saved.
async fn prepared(sent: &Sent, caller: &Caller, reference: &str) -> Outcome {
    let (system, visit) = (&sent.arrival.system, &sent.arrival.visit);
    let request = system.read_request(caller, reference, visit.language).await?;
    let rows = system.prepared(caller, reference, request.language).await?;
    let in_language = visit.in_language(request.language);
    let from = |source: &str| source_words(system, &in_language, source);
    let draft = paper::told(&in_language, request.kind, &rows, &from);
    Ok(Answer::Page(page(
        visit,
        &request,
        Some(&draft),
        &Mistake::default(),
    )))
}

/// The answer as a page for the post.
async fn printed(sent: &Sent, caller: &Caller, reference: &str) -> Outcome {
    let request = closed(sent, caller, reference).await?;
    let in_language = sent.arrival.visit.in_language(request.language);
    Ok(Answer::Page(letter_page(&in_language, &request)))
}

/// The answer as a letter in PDF.
async fn as_pdf(sent: &Sent, caller: &Caller, reference: &str) -> Outcome {
    let request = closed(sent, caller, reference).await?;
    let in_language = sent.arrival.visit.in_language(request.language);
    let filled = paper::answer(&in_language, &request)?;
    paper::printed(&sent.arrival.system, &in_language, filled).await
}

/// The request with its answer, once that was given.
async fn closed(sent: &Sent, caller: &Caller, reference: &str) -> Result<RequestView, Rejected> {
    let (system, visit) = (&sent.arrival.system, &sent.arrival.visit);
    let request = system.read_request(caller, reference, visit.language).await?;
    if request.state.is_closed() {
        Ok(request)
    } else {
        Err(Rejected::mistake("step", Problem::NotDone))
    }
}

async fn scan(sent: &Sent, caller: &Caller, reference: &str) -> Outcome {
    let (ending, media, bytes) = sent.arrival.system.letter_scan(caller, reference).await?;
    Ok(Answer::File(format!("{reference}.{ending}"), media, bytes))
}

/// The page. `draft` is there when what was written was read.
#[must_use]
pub fn page(visit: &Visit, request: &RequestView, draft: Option<&str>, mistake: &Mistake) -> Page {
    let title = format!("{} {}", kind(visit, request.kind), request.reference);
    let label = |name: &str| Some(visit.say(&format!("desk-{name}")));
    let open = !request.state.is_closed();
    let body = html! {
        (error_summary(visit, mistake, label, |name, _| name.to_owned()))
        h1 { (title) }
        (facts(visit, request))
        (line(visit, request))
        (joined(visit, request))
        (small(visit, request, "read", &html! {}))
        @if request.letter.is_some() { (small(visit, request, "scan", &html! {})) }
        @for (_, label, value) in &request.texts {
            h2 { (label) }
            p { (lines(value.expose())) }
        }
        @if open { (identity(visit, request, mistake)) }
        @if open && request.state == RequestState::Answering { (deeds(visit, request, mistake)) }
        @if let Some(draft) = draft.filter(|_| open) { (answering(visit, request, draft, mistake)) }
        @if open { (closing(visit, request, mistake)) } @else {
            (small(visit, request, "print", &html! {}))
            @if visit.prints && request.state != RequestState::Merged { (small(visit, request, "pdf", &html! {})) }
            (small(visit, request, "reopen", &html! {}))
        }
        (timeline(visit, request))
    };
    Page::new(title, body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/requests")
}

/// The other records that are taken for the same person's: an answer and a withdrawal are about this one alone (6.1).
fn joined(visit: &Visit, request: &RequestView) -> Markup {
    html! {
        @if !request.joined.is_empty() {
            h2 { (visit.say("desk-joined")) }
            p { (visit.say("desk-joined-lead")) }
            ul { @for record in &request.joined {
                li { a href={ "/staff/records/" (record.subject) } { (joined_name(visit, record)) } }
            } }
        }
    }
}

/// What the register says beside the dates.
fn line(visit: &Visit, request: &RequestView) -> Markup {
    let identity = match (&request.identity, request.kind.needs_identity()) {
        (Some(by), _) => visit.say(&format!("identity-{by}")),
        (None, true) => visit.say("identity-none"),
        (None, false) => visit.say("identity-not-needed"),
    };
    html! {
        dl.facts {
            div { dt { (visit.say("board-channel")) } dd { (visit.say(&format!("channel-{}", request.channel))) } }
            @if let Some(letter) = &request.letter {
                div { dt { (visit.say("desk-letter")) } dd { (letter) } }
            }
            @if let Some(day) = &request.envelope_on {
                div { dt { (visit.say("entry-envelope_on")) } dd { (visit.day(day)) } }
            }
            div { dt { (visit.say("desk-by")) } dd { (identity) } }
            div { dt { (visit.say("kept-law")) } dd { (request.law) } }
            @if let Some(norm) = &request.norm { div { dt { (visit.say("request-norm")) } dd { (norm) } } }
            @if let Some(into) = &request.merged_into { div { dt { (visit.say("desk-into")) } dd { (into) } } }
        }
    }
}

/// One act: a form with its button.
fn small(visit: &Visit, request: &RequestView, step: &str, inside: &Markup) -> Markup {
    html! {
        form method="post" action={ "/staff/requests/" (request.reference) } novalidate autocomplete="off" {
            (hidden("token", &visit.token))
            (hidden("key", &visit.key))
            (inside)
            p { button.quiet type="submit" name="step" value=(step) { (visit.say(&format!("desk-do-{step}"))) } }
        }
    }
}

fn asked(visit: &Visit, name: &str, mistake: &Mistake) -> Markup {
    let problem = mistake.of(name);
    html! {
        div.question.is-wrong[problem.is_some()] {
            label for=(name) { (visit.say(&format!("desk-{name}"))) }
            (problem_of(visit, name, problem))
            input.w-long type="text" id=(name) name=(name) maxlength="200" autocomplete="off" spellcheck="false";
        }
    }
}

fn chosen(visit: &Visit, name: &str, prefix: &str, words: &[&str], mistake: &Mistake) -> Markup {
    let problem = mistake.of(name);
    html! {
        div.question.is-wrong[problem.is_some()] {
            label for=(name) { (visit.say(&format!("desk-{name}"))) }
            (problem_of(visit, name, problem))
            select.w-long id=(name) name=(name) {
                option value="" { (visit.say("not-given")) }
                @for word in words { option value=(word) { (visit.say(&format!("{prefix}{word}"))) } }
            }
        }
    }
}

/// 6.5: who is asking.
fn identity(visit: &Visit, request: &RequestView, mistake: &Mistake) -> Markup {
    let is_open = request.state == RequestState::Received || request.state == RequestState::Checking;
    html! {
        @if is_open && !request.kind.needs_identity() {
            (small(visit, request, "decide", &html! {}))
        } @else if is_open {
            h2 { (visit.say("desk-identity")) }
            p { (visit.say("desk-identity-lead")) }
            (small(visit, request, "suppose", &asked(visit, "contact", mistake)))
            @if request.about_somebody {
                p.inset { (visit.say("desk-found")) }
                (small(visit, request, "ask-identity", &html! {}))
            }
            @if request.state == RequestState::Checking {
                (small(visit, request, "check", &asked(visit, "code", mistake)))
            }
            (small(visit, request, "decide",
                &chosen(visit, "by", "identity-", &["signature", "in-person", "post-address"], mistake)))
        }
    }
}

/// What was asked for, done here.
fn deeds(visit: &Visit, request: &RequestView, mistake: &Mistake) -> Markup {
    let has_deed = matches!(
        request.kind,
        RequestKind::Block | RequestKind::Unblock | RequestKind::Withdraw | RequestKind::Clarify
    );
    let is_told = matches!(request.kind, RequestKind::Inform | RequestKind::Access);
    html! {
        @if has_deed {
            p { (visit.say(&format!("desk-deed-{}", request.kind))) }
            (small(visit, request, "carry-out", &html! {
                (one_consent(visit, request, mistake)) (one_value(visit, request, mistake))
            }))
        }
        @if is_told { (small(visit, request, "prepare", &html! {})) }
    }
}

/// 6.2: what the papers say of one field.
fn one_value(visit: &Visit, request: &RequestView, mistake: &Mistake) -> Markup {
    let (field, value) = (mistake.of("field"), mistake.of("value"));
    html! {
        @if !request.correctable.is_empty() {
            div.question.is-wrong[field.is_some()] {
                label for="field" { (visit.say("desk-field")) }
                (problem_of(visit, "field", field))
                select.w-long id="field" name="field" {
                    option value="" { (visit.say("not-given")) }
                    @for (name, label) in &request.correctable { option value=(name) { (label) } }
                }
            }
            div.question.is-wrong[value.is_some()] {
                label for="value" { (visit.say("desk-value")) }
                (problem_of(visit, "value", value))
                textarea.w-long id="value" name="value" rows="2" maxlength="500" autocomplete="off" spellcheck="false" {}
            }
        }
    }
}

/// 6.3-e: all consents, or one of several.
fn one_consent(visit: &Visit, request: &RequestView, mistake: &Mistake) -> Markup {
    let problem = mistake.of("consent");
    html! {
        @if request.consents.len() > 1 {
            div.question.is-wrong[problem.is_some()] {
                label for="consent" { (visit.say("desk-consent")) }
                (problem_of(visit, "consent", problem))
                select.w-long id="consent" name="consent" {
                    option value="" { (visit.say("desk-consent-all")) }
                    @for (id, words) in &request.consents { option value=(id.to_string()) { (words) } }
                }
            }
        }
    }
}

fn answering(visit: &Visit, request: &RequestView, draft: &str, mistake: &Mistake) -> Markup {
    let problem = mistake.of("answer");
    let inside = html! {
        div.question.is-wrong[problem.is_some()] {
            label for="answer" { (visit.say("desk-answer")) }
            p.hint id="answer-hint" { (visit.say("desk-answer-hint")) }
            (problem_of(visit, "answer", problem))
            textarea id="answer" name="answer" rows="12" aria-describedby="answer-hint" { "\n" (draft) }
        }
    };
    small(visit, request, "draft", &inside)
}

/// The ways in which it ends.
fn closing(visit: &Visit, request: &RequestView, mistake: &Mistake) -> Markup {
    let late = |place: &str| {
        let reasons: Vec<&str> = LateReason::ALL.iter().map(|one| one.name()).collect();
        html! {
            @if request.late {
                div.question.is-wrong[mistake.of("late").is_some()] {
                    label for=(place) { (visit.say("desk-late")) }
                    (problem_of(visit, place, mistake.of("late")))
                    select.w-long id=(place) name="late" {
                        option value="" { (visit.say("not-given")) }
                        @for reason in reasons { option value=(reason) { (visit.say(&format!("late-{reason}"))) } }
                    }
                }
            }
        }
    };
    let norms: Vec<&str> = Norm::ALL.iter().map(|norm| norm.name()).collect();
    html! {
        h2 { (visit.say("desk-close")) }
        p { (visit.say("desk-close-lead")) }
        @if request.state == RequestState::Answering { (small(visit, request, "answer", &late("late"))) }
        (small(visit, request, "refuse", &html! {
            (chosen(visit, "norm", "norm-", &norms, mistake))
            (late("late-refused"))
        }))
        (small(visit, request, "merge", &asked(visit, "into", mistake)))
    }
}

/// The answer as it goes into the envelope.
#[must_use]
pub fn letter_page(visit: &Visit, request: &RequestView) -> Page {
    let text = |name: &str| request.text(name).map(|value| value.expose().as_str());
    let closed = request.steps.last().map(|step| step.at);
    let body = html! {
        @if let Some(operator) = &visit.operator {
            p { strong { (operator.name) } br; (lines(&operator.address)) }
        }
        p {
            @if let Some(sender) = text("sender") { (sender) br; }
            @if let Some(address) = text("sender_address") { (lines(address)) }
        }
        @if let Some(at) = closed { p { (visit.date(at)) } }
        h1 { (visit.say("request-answer")) ": " (kind(visit, request.kind)) }
        p { (visit.say("request-reference")) " " (request.reference) }
        p { (visit.say("requests-received")) " " (visit.date(request.received_at)) }
        @if let Some(answer) = text("answer") { p { (lines(answer)) } }
        @if let Some(norm) = &request.norm { p { (visit.say("request-norm")) " " (norm) } }
        @if request.state == RequestState::Refused { p { (visit.say("request-next-refused")) } }
        @if let Some(operator) = &visit.operator {
            p { (operator.responsible.name) br; (operator.responsible.phone) }
        }
        p.no-print { (visit.say("order-print")) }
    };
    Page::new(visit.say("request-answer"), body).back_to(format!("/staff/requests/{}", request.reference))
}
