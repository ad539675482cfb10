//! 6.3, 8: the paper of letters whose records were destroyed, by the numbers of the letters. The responsible person says which were
//! destroyed and by which act of the register of documents; the auditor reads.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::request::{PaperRow, Papers};

use super::cases::{is_reference, staff};
use super::local_acts::LOCAL_ACTS;
use crate::components::{Control, control, error_summary, pagination, problem_of, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the list is.
pub const PATH: &str = "/staff/papers";
/// What stands before a reference in the name of its box.
const BOX: &str = "paper-";

/// GET /staff/papers
pub async fn show(arrival: Arrival) -> Response {
    let outcome = shown(&arrival).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival) -> Outcome {
    let papers = waiting(arrival).await?;
    let nothing = |_: &str| String::new();
    Ok(Answer::of(page_of(
        &arrival.visit,
        &papers,
        &nothing,
        &Mistake::default(),
    )))
}

async fn waiting(arrival: &Arrival) -> Result<Papers, Rejected> {
    let page = arrival.visit.list_page.unwrap_or(1);
    arrival.system.papers(staff(arrival)?, page).await
}

/// POST /staff/papers
pub async fn note(sent: Sent) -> Response {
    let outcome = noted(&sent).await;
    sent.arrival.respond(outcome)
}

async fn noted(sent: &Sent) -> Outcome {
    let arrival = &sent.arrival;
    let caller = staff(arrival)?;
    let of_box = |name: &str| name.strip_prefix(BOX).is_some_and(is_reference);
    sent.typed.only(|name| name == "act" || of_box(name))?;
    if sent.typed.text("step") == "show" {
        return again(sent, &Mistake::default()).await;
    }
    sent.fresh()?;
    let boxes = sent.typed.names().filter_map(|name| name.strip_prefix(BOX));
    let references: Vec<String> = boxes.map(ToOwned::to_owned).collect();
    let done = arrival
        .system
        .papers_gone(caller, &references, sent.typed.text("act"))
        .await;
    match mistake_of(done)? {
        Ok(_) => Ok(Answer::SeeOther(PATH.to_owned())),
        Err(mistake) => again(sent, &mistake).await,
    }
}

/// The page once more, with what was typed.
async fn again(sent: &Sent, mistake: &Mistake) -> Outcome {
    let papers = waiting(&sent.arrival).await?;
    let typed = |name: &str| sent.typed.text(name).to_owned();
    Ok(Answer::of(page_of(&sent.arrival.visit, &papers, &typed, mistake)))
}

/// The page.
#[must_use]
pub fn page_of(visit: &Visit, papers: &Papers, typed: &dyn Fn(&str) -> String, mistake: &Mistake) -> Page {
    let title = visit.say("papers-title");
    let label = |name: &str| match name {
        "papers" => Some(visit.say("papers-which")),
        "act" => Some(visit.say("papers-act")),
        _ => None,
    };
    let body = html! {
        (error_summary(visit, mistake, label, |name, _: Problem| name.to_owned()))
        h1 { (title) }
        p.lead { (visit.say("papers-lead")) " " a href="/policy#clause-8" { "8" } }
        p { a href=(LOCAL_ACTS) { (visit.say("local-acts-title")) } }
        @if papers.rows.is_empty() { p.inset #papers { (visit.say("papers-none")) } }
        @else if papers.enters { (tray(visit, PATH, &[], &choices(visit, papers, typed, mistake))) }
        @else { ul { @for paper in &papers.rows { li { (line(visit, paper)) } } } }
        (pagination(visit, papers.page, papers.more))
    };
    let page = Page::new(title, body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/requests");
    if papers.enters && !papers.rows.is_empty() {
        page.keeping_typed(PATH, "show", "note")
    } else {
        page
    }
}

fn choices(visit: &Visit, papers: &Papers, typed: &dyn Fn(&str) -> String, mistake: &Mistake) -> Markup {
    let problem = mistake.of("papers");
    let label = visit.say("papers-act");
    let act = Control {
        name: "act",
        kind: ValueKind::Text,
        label: &label,
        hint: &visit.say("papers-act-hint"),
        why: html! {},
        typed: &typed("act"),
        autocomplete: "off",
        required: true,
    };
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("papers-which")) }
            (problem_of(visit, "papers", problem))
            @for (place, paper) in papers.rows.iter().enumerate() {
                @let name = format!("{BOX}{}", paper.reference);
                @let id = if place == 0 { "papers".to_owned() } else { name.clone() };
                div.tick {
                    input type="checkbox" id=(id) name=(name) value="yes" checked[!typed(&name).is_empty()];
                    label for=(id) { (line(visit, paper)) }
                }
            }
        }
        (control(visit, &act, mistake, ""))
        (submit("note", &visit.say("papers-button")))
    }
}

/// A paper, by its numbers and days alone.
fn line(visit: &Visit, paper: &PaperRow) -> Markup {
    let (year, number) = paper.letter;
    let said = visit.say_with(
        "papers-line",
        &[
            ("letter", format!("{year}-{number:05}").into()),
            ("received", visit.date(paper.received_at).into()),
            ("destroyed", visit.date(paper.since).into()),
        ],
    );
    let due = match paper.due_at {
        Some(at) => visit.say_of("papers-due", "date", &visit.date(at)),
        None => visit.say("papers-due-unknown"),
    };
    html! {
        strong { (paper.reference) } " " (said) " " (due)
        @if paper.late { " " span.tag.no { (visit.say("papers-late")) } }
    }
}

/// What stands at the top of the board of the responsible person while the oldest paper is past its day.
#[must_use]
pub fn late_one(visit: &Visit, late: Option<&PaperRow>) -> Markup {
    html! {
        @if let Some(paper) = late {
            div.inset role="alert" {
                h2 { (visit.say("papers-late-title")) }
                p {
                    @match paper.due_at {
                        Some(at) => { (visit.say_of("papers-late-line", "date", &visit.date(at))) }
                        None => { (visit.say("papers-due-unknown")) }
                    }
                    " " a href=(PATH) { (visit.say("papers-title")) }
                }
            }
        }
    }
}
