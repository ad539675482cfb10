//! 5.1.3-b: the list of the people of a breach for the authority, to print or as a table. It is drawn when it is asked for, and lies
//! nowhere afterwards; each person reads that they were on it.

use axum::extract::Path;
use axum::response::Response;
use jiff::tz::Offset;
use maud::{Markup, html};
use sandyq_model::{Mistake, Problem, SubjectId};
use sandyq_paper::sheet::Sheet;
use sandyq_processing::Rejected;
use sandyq_processing::breach::{BreachList, Listed, People};

use super::breach_people::path_of;
use super::breaches::REGISTER;
use super::cases::staff;
use super::privileged;
use super::proposals::{PATH as PROPOSALS, proposed};
use super::tables;
use crate::components::{error_summary, hidden, problem_of, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// Steps that take a fresh number.
const PRIVILEGED: [&str; 3] = ["draw", "table", "propose"];

/// GET /staff/breaches/{number}/list
pub async fn open(Path(number): Path<u32>, arrival: Arrival) -> Response {
    let outcome = opened(&arrival, number, &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, number: u32, mistake: &Mistake) -> Outcome {
    let (system, visit) = (&arrival.system, &arrival.visit);
    let people = system
        .people_of_breach(staff(arrival)?, number, 1, visit.language)
        .await?;
    Ok(Answer::of(page(visit, &people, mistake)))
}

/// POST /staff/breaches/{number}/list
pub async fn draw(Path(number): Path<u32>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &PRIVILEGED).await {
        return sent.arrival.respond(asked);
    }
    let outcome = drawn(&sent, number).await;
    sent.arrival.respond(outcome)
}

async fn drawn(sent: &Sent, number: u32) -> Outcome {
    let (arrival, visit) = (&sent.arrival, &sent.arrival.visit);
    let caller = staff(arrival)?;
    sent.typed.only(|name| name == "part")?;
    sent.fresh()?;
    let step = sent.typed.text("step");
    if step == "propose" {
        return match mistake_of(arrival.system.propose_list(caller, number).await)? {
            Ok(_) => Ok(Answer::Page(proposed(visit))),
            Err(mistake) => opened(arrival, number, &mistake).await,
        };
    }
    if !["draw", "table"].contains(&step) {
        return Err(Rejected::mistake("step", Problem::Choice));
    }
    let Ok(first) = sent.typed.text("part").parse::<SubjectId>() else {
        return opened(arrival, number, &Mistake::one("part", Problem::Missing)).await;
    };
    let list = arrival
        .system
        .draw_list(caller, number, first, visit.language)
        .await;
    match mistake_of(list)? {
        Ok(list) if step == "table" => {
            tables::file(visit, &format!("breach-{number}-people"), sheet(visit, &list)).await
        }
        Ok(list) => Ok(Answer::Page(list_page(visit, &list))),
        Err(mistake) => opened(arrival, number, &mistake).await,
    }
}

/// The page that asks for which part, or proposes it to a second person.
#[must_use]
pub fn page(visit: &Visit, people: &People, mistake: &Mistake) -> Page {
    let number = people.breach.number;
    let title = visit.say("breach-list-title");
    let body = html! {
        (error_summary(visit, mistake, |name| (name == "part").then(|| visit.say("breach-list-part")), |name, _| name.to_owned()))
        h1 { (title) }
        p.lead { (visit.say("breach-list-lead")) " " a href="/policy#clause-5.1.3" { "5.1.3" } }
        @if people.parts.is_empty() { p.inset #part { (visit.say("breach-people-nobody")) } }
        @else if people.is_sought() { p.inset #part { (visit.say("breach-list-sought")) } }
        @else { (form(visit, people, mistake)) }
    };
    Page::new(title.clone(), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(path_of(number))
}

fn form(visit: &Visit, people: &People, mistake: &Mistake) -> Markup {
    let path = format!("{REGISTER}/{}/list", people.breach.number);
    let inside = html! {
        @if people.takes_two {
            p.inset #part { (visit.say("breach-list-takes-two")) " " a href=(PROPOSALS) { (visit.say("proposals-title")) } }
            p { button.go type="submit" name="step" value="propose" { (visit.say("breach-list-propose")) } }
        } @else {
            @if let Some(until) = people.open_until {
                p.inset { (visit.say_of("breach-list-open", "date", &visit.date_and_time(until))) }
            }
            (parts(visit, people, mistake))
            p { button.go type="submit" name="step" value="draw" { (visit.say("breach-list-draw")) } }
            p { button.quiet type="submit" name="step" value="table" { (visit.say("breach-list-table")) } }
        }
    };
    tray(visit, &path, &[], &inside)
}

/// Which part; a list of one part asks nothing.
fn parts(visit: &Visit, people: &People, mistake: &Mistake) -> Markup {
    if let [only] = people.parts.as_slice() {
        return html! { span #part {} (hidden("part", &only.first.to_string())) };
    }
    let problem = mistake.of("part");
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("breach-list-part")) }
            p.hint { (visit.say("breach-list-part-hint")) }
            (problem_of(visit, "part", problem))
            @for (place, part) in people.parts.iter().enumerate() {
                @let id = if place == 0 { "part".to_owned() } else { format!("part-{place}") };
                div.tick {
                    input type="radio" id=(id) name="part" value=(part.first) checked[place == 0];
                    label for=(id) { (part.places.0) "–" (part.places.1) }
                }
            }
        }
    }
}

/// The list, to print.
#[must_use]
pub fn list_page(visit: &Visit, list: &BreachList) -> Page {
    let title = visit.say_of("breach-list-of", "number", &list.breach.to_string());
    let operator = visit.operator.as_ref();
    let body = html! {
        h1 { (title) }
        p.inset {
            @if let Some(operator) = operator { (operator.name) br; }
            (list.law) br;
            (visit.date_and_time(list.at)) br;
            (visit.say_of("case-entered", "entry", &list.entry.to_string()))
        }
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table {
                thead { tr { @for name in head(visit) { th scope="col" { (name) } } } }
                tbody { @for (place, one) in list.rows.iter().enumerate() {
                    tr { @for (column, cell) in cells(visit, place, one).into_iter().enumerate() {
                        @if column == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                    } }
                } }
            }
        }
        p.no-print { (visit.say("breach-list-after")) }
    };
    Page::new(title.clone(), body)
        .widened()
        .back_to(path_of(list.breach))
}

fn sheet(visit: &Visit, list: &BreachList) -> Sheet {
    let rows = list.rows.iter().enumerate();
    Sheet {
        title: visit.say_of("breach-list-of", "number", &list.breach.to_string()),
        made_at: Offset::UTC.to_datetime(list.at),
        head: head(visit),
        rows: rows.map(|(place, one)| cells(visit, place, one)).collect(),
    }
}

fn head(visit: &Visit) -> Vec<String> {
    [
        "breach-number",
        "breach-list-name",
        "breach-list-phone",
        "breach-people-group",
    ]
    .map(|key| visit.say(key))
    .to_vec()
}

/// One person; a record that is opened to nobody is there by its number.
fn cells(visit: &Visit, place: usize, one: &Listed) -> Vec<String> {
    let name = one.name.as_ref().map_or_else(
        || visit.say_of("breach-list-unnamed", "record", &one.subject.to_string()),
        |name| name.expose().clone(),
    );
    let phone = one.phone.as_ref().map(|phone| phone.expose().clone());
    vec![
        (place + 1).to_string(),
        name,
        phone.unwrap_or_default(),
        one.group.clone(),
    ]
}
