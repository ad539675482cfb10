//! 6.2 to 6.5, 7: what one asked of the operator: each request with its timeline, its due date, what happens next, and the
//! answer. Asking takes a kind and a few words; who one is, one has shown by coming in.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem, RequestKind, RequestState};
use sandyq_processing::Rejected;
use sandyq_processing::access::Caller;
use sandyq_processing::request::{Asking, RequestView};

use crate::components::{Control, control, error_summary, problem_of, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::paper;
use crate::visit::{Standpoint, Visit};

/// GET /my/requests
pub async fn list(arrival: Arrival) -> Response {
    let outcome = listed(&arrival).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival) -> Outcome {
    let requests = arrival
        .system
        .my_requests(own(arrival)?, arrival.visit.language)
        .await?;
    Ok(Answer::Page(list_page(&arrival.visit, &requests)))
}

/// GET /my/requests/new
pub async fn open(arrival: Arrival) -> Response {
    let outcome = own(&arrival).map(|_| {
        let page = ask_page(&arrival.visit, None, "", &Mistake::default());
        Answer::Page(page)
    });
    arrival.respond(outcome)
}

/// POST /my/requests/new
pub async fn ask(sent: Sent) -> Response {
    let outcome = asked(&sent).await;
    sent.arrival.respond(outcome)
}

async fn asked(sent: &Sent) -> Outcome {
    let (arrival, visit) = (&sent.arrival, &sent.arrival.visit);
    let caller = own(arrival)?;
    sent.typed.only(|name| matches!(name, "kind" | "message"))?;
    let words = sent.typed.plain("message");
    let kind = sent.typed.text("kind").parse::<RequestKind>().ok();
    let kind = kind.filter(|kind| Asking::KINDS.contains(kind));
    if sent.typed.text("step") == "show" {
        let page = ask_page(visit, kind, words.expose(), &Mistake::default());
        return Ok(Answer::Page(page));
    }
    sent.fresh()?;
    let outcome = match kind {
        Some(kind) => {
            let asked = arrival
                .system
                .ask(caller, kind, &words, visit.language, sent.key()?)
                .await;
            mistake_of(asked)?
        }
        None => Err(Mistake::one("kind", Problem::Missing)),
    };
    Ok(match outcome {
        Ok(reference) => Answer::SeeOther(format!("/my/requests/{reference}")),
        Err(mistake) => Answer::Status(
            StatusCode::UNPROCESSABLE_ENTITY,
            ask_page(visit, kind, words.expose(), &mistake),
        ),
    })
}

/// GET /my/requests/{reference}
pub async fn show(Path(reference): Path<String>, arrival: Arrival) -> Response {
    let outcome = shown(&arrival, &reference).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival, reference: &str) -> Outcome {
    let request = arrival
        .system
        .my_request(own(arrival)?, reference, arrival.visit.language)
        .await?;
    Ok(Answer::Page(page(&arrival.visit, &request)))
}

/// GET /my/requests/{reference}/answer.pdf: the answer in the language in which it was written.
pub async fn print(Path(reference): Path<String>, arrival: Arrival) -> Response {
    let outcome = printed(&arrival, &reference).await;
    arrival.respond(outcome)
}

async fn printed(arrival: &Arrival, reference: &str) -> Outcome {
    let (system, visit) = (&arrival.system, &arrival.visit);
    let request = system
        .my_request(own(arrival)?, reference, visit.language)
        .await?;
    let visit = visit.in_language(request.language);
    let filled = paper::answer(&visit, &request)?;
    paper::printed(system, &visit, filled).await
}

/// The caller, who must have come in as the person the data is about.
fn own(arrival: &Arrival) -> Result<&Caller, Rejected> {
    match arrival.visit.standpoint {
        Standpoint::Subject => arrival.known(),
        _ => Err(Rejected::SignInFirst),
    }
}

/// A kind in words.
#[must_use]
pub fn kind(visit: &Visit, kind: RequestKind) -> String {
    visit.say(&format!("request-kind-{kind}"))
}

/// Where it stands, and whether its day is past.
#[must_use]
pub fn state(visit: &Visit, state: RequestState, late: bool) -> Markup {
    html! {
        span.tag { (visit.say(&format!("request-state-{state}"))) }
        @if late { " " span.tag.no { (visit.say("request-late")) } }
    }
}

/// The list.
#[must_use]
pub fn list_page(visit: &Visit, requests: &[RequestView]) -> Page {
    let body = html! {
        h1 { (visit.say("requests-title")) }
        p.lead { (visit.say("requests-lead")) }
        p { a href="/my/requests/new" { (visit.say("requests-new")) } }
        @if requests.is_empty() { p.inset { (visit.say("requests-empty")) } } @else {
            ul.cards {
                @for request in requests {
                    li.card {
                        h2 {
                            a href={ "/my/requests/" (request.reference) } {
                                (kind(visit, request.kind)) span.unseen { " " (request.reference) }
                            }
                        }
                        p { (state(visit, request.state, request.late)) }
                        p {
                            (visit.say("requests-received")) " " (visit.date(request.received_at)) br;
                            (visit.say("requests-due")) " " (visit.date(request.due_at))
                        }
                    }
                }
            }
        }
    };
    Page::new(visit.say("requests-title"), body).back_to("/my")
}

/// The page on which one asks.
#[must_use]
pub fn ask_page(visit: &Visit, chosen: Option<RequestKind>, typed: &str, mistake: &Mistake) -> Page {
    let problem = mistake.of("kind");
    let (label, hint) = (visit.say("request-words"), visit.say("request-words-hint"));
    let words = Control {
        name: "message",
        kind: ValueKind::LongText,
        label: &label,
        hint: &hint,
        why: html! {},
        typed,
        autocomplete: "off",
        required: false,
    };
    let inside = html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("request-kind")) }
            (problem_of(visit, "kind", problem))
            @for (place, one) in Asking::KINDS.into_iter().enumerate() {
                @let id = if place == 0 { "kind".to_owned() } else { format!("kind-{one}") };
                div.tick {
                    input type="radio" id=(id) name="kind" value=(one) checked[chosen == Some(one)];
                    label for=(id) { (kind(visit, one)) " – " (visit.say(&format!("request-what-{one}"))) }
                }
            }
        }
        (control(visit, &words, mistake, ""))
        (submit("ask", &visit.say("request-ask-button")))
    };
    let label_of = |input: &str| match input {
        "kind" => Some(visit.say("request-kind")),
        "message" => Some(label.clone()),
        _ => None,
    };
    let body = html! {
        (error_summary(visit, mistake, label_of, |name, _| name.to_owned()))
        h1 { (visit.say("requests-new")) }
        p.lead { (visit.say("request-new-lead")) }
        ul {
            li { a href="/my" { (visit.say("request-own-change")) } }
            li { a href="/my/withdraw" { (visit.say("request-own-withdraw")) } }
        }
        (tray(visit, "/my/requests/new", &[], &inside))
    };
    Page::new(visit.say("requests-new"), body)
        .wrong_if(!mistake.0.is_empty())
        .keeping_typed("/my/requests/new", "show", "ask")
        .back_to("/my/requests")
}

/// One request.
#[must_use]
pub fn page(visit: &Visit, request: &RequestView) -> Page {
    let title = format!("{} {}", kind(visit, request.kind), request.reference);
    let body = html! {
        h1 { (kind(visit, request.kind)) }
        (facts(visit, request))
        @if let Some(answer) = request.text("answer") {
            h2 { (visit.say("request-answer")) }
            div.inset { (lines(answer.expose())) }
        }
        @if let Some(norm) = &request.norm { p { (visit.say("request-norm")) " " (norm) } }
        @if request.state == RequestState::Answered && request.kind == RequestKind::Access {
            p { a href="/my" { (visit.say("request-see-data")) } }
        }
        @if visit.prints && request.text("answer").is_some() {
            p.no-print {
                a href={ "/my/requests/" (request.reference) "/answer.pdf" } download { (visit.say("paper-download")) }
            }
        }
        h2 { (visit.say("order-next-title")) }
        p { (next(visit, request)) }
        @if let Some(message) = request.text("message") {
            h2 { (visit.say("request-asked")) }
            p { (lines(message.expose())) }
        }
        (timeline(visit, request))
        p.no-print { (visit.say("order-print")) }
    };
    Page::new(title, body).back_to("/my/requests")
}

/// Reference, state, dates.
#[must_use]
pub fn facts(visit: &Visit, request: &RequestView) -> Markup {
    html! {
        dl.facts {
            div { dt { (visit.say("request-reference")) } dd { (request.reference) } }
            div { dt { (visit.say("cases-state")) } dd { (state(visit, request.state, request.late)) } }
            div { dt { (visit.say("requests-received")) } dd { (visit.date(request.received_at)) } }
            div { dt { (visit.say("requests-due")) } dd { (visit.date(request.due_at)) } }
        }
        @if let Some(reason) = &request.late_reason {
            p { (visit.say("request-late-why")) " " (visit.say(&format!("late-{reason}"))) }
        }
    }
}

/// What happened, oldest first.
#[must_use]
pub fn timeline(visit: &Visit, request: &RequestView) -> Markup {
    html! {
        h2 { (visit.say("request-timeline")) }
        ol {
            @for step in &request.steps {
                li {
                    (visit.date_and_time(step.at)) " – " (visit.say(&format!("request-step-{}", step.step)))
                    " (" (step.who) ", " a href={ "/policy#clause-" (step.clause) } { (step.clause) } ")"
                }
            }
        }
    }
}

/// What happens next, and by when.
fn next(visit: &Visit, request: &RequestView) -> String {
    match request.state {
        RequestState::Received | RequestState::Checking | RequestState::Answering => {
            visit.say_of("request-next-open", "date", &visit.date(request.due_at))
        }
        RequestState::Answered => visit.say("request-next-answered"),
        RequestState::Refused => visit.say("request-next-refused"),
        RequestState::Merged => visit.say("request-next-merged"),
    }
}

/// A text with its line breaks.
#[must_use]
pub fn lines(text: &str) -> Markup {
    html! {
        @for (place, line) in text.lines().enumerate() {
            @if place > 0 { br; }
            (line)
        }
    }
}
