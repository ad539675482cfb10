//! 5.1.4: who had access to what on a day, for those who answer for access. The page prints.

use axum::response::Response;
use jiff::civil::Date;
use maud::{Markup, html};
use sandyq_model::time::day_in_kazakhstan;
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::access::{AccessOnDay, AccessRow};

use super::cases::staff;
use super::tables::access_file;
use crate::components::{Control, control, error_summary, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the page is.
pub const PATH: &str = "/staff/access";

/// GET /staff/access: today. Looking is entered, so the page of another day is asked for by a form.
pub async fn open(arrival: Arrival) -> Response {
    let outcome = asked(&arrival);
    arrival.respond(outcome)
}

fn asked(arrival: &Arrival) -> Outcome {
    if !staff(arrival)?.answers_for_access() {
        return Err(sandyq_processing::Rejected::NotFound);
    }
    let today = day_in_kazakhstan(arrival.system.now()).to_string();
    Ok(Answer::Page(page(
        &arrival.visit,
        &today,
        None,
        &Mistake::default(),
    )))
}

/// POST /staff/access
pub async fn show(sent: Sent) -> Response {
    let outcome = shown(&sent).await;
    sent.arrival.respond(outcome)
}

async fn shown(sent: &Sent) -> Outcome {
    let arrival = &sent.arrival;
    let caller = staff(arrival)?;
    sent.typed.only(|name| name == "day")?;
    sent.fresh()?;
    let typed = sent.typed.text("day").trim();
    let found = match typed.parse::<Date>() {
        Ok(day) => {
            let found = arrival.system.access_at_desk(caller, day, arrival.visit.language);
            mistake_of(found.await)?
        }
        Err(_) => Err(Mistake::one("day", Problem::Date)),
    };
    Ok(match found {
        Ok(found) if sent.typed.text("step") == "table" => return access_file(arrival, found).await,
        Ok(found) => Answer::Page(page(&arrival.visit, typed, Some(&found), &Mistake::default())),
        Err(mistake) => Answer::wrong(page(&arrival.visit, typed, None, &mistake)),
    })
}

/// The page: the question for a day, and what was found.
#[must_use]
pub fn page(visit: &Visit, typed: &str, found: Option<&AccessOnDay>, mistake: &Mistake) -> Page {
    let label = visit.say("access-day-label");
    let day = Control {
        name: "day",
        kind: ValueKind::Text,
        label: &label,
        hint: &visit.say("access-day-hint"),
        why: html! {},
        typed,
        autocomplete: "off",
        required: true,
    };
    let inside = html! {
        (control(visit, &day, mistake, ""))
        (submit("show", &visit.say("access-button")))
        p { button.quiet type="submit" name="step" value="table" { (visit.say("as-table")) " (XLSX)" } }
    };
    let body = html! {
        (error_summary(visit, mistake, |_| Some(label.clone()), |name, _: Problem| name.to_owned()))
        h1 { (visit.say("access-title")) }
        p.lead { (visit.say("access-lead")) }
        div.no-print { (tray(visit, PATH, &[], &inside)) }
        @if let Some(found) = found { (list(visit, found)) }
    };
    Page::new(visit.say("access-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/cases")
        .keeping_typed(PATH, "show", "show")
}

fn list(visit: &Visit, found: &AccessOnDay) -> Markup {
    html! {
        h2 { (visit.say_of("access-on", "day", &visit.day(&found.day.to_string()))) }
        @if found.rows.is_empty() { p.inset { (visit.say("access-nobody")) } }
        div.held { @for row in &found.rows { (one(visit, row)) } }
        p { (visit.say_of("access-policy", "version", found.policy.get(..16).unwrap_or_default())) }
    }
}

fn one(visit: &Visit, row: &AccessRow) -> Markup {
    html! {
        article.datum {
            h3 { (row.name) }
            dl {
                dt { (visit.say("access-role")) } dd { (row.role) }
                dt { (visit.say("access-since")) } dd { (visit.date_and_time(row.since)) }
                @if let Some(until) = row.until {
                    dt { (visit.say("access-until")) } dd { (visit.date_and_time(until)) }
                }
            }
            @if row.reads.is_empty() { p { (visit.say("access-reads-nothing")) } } @else {
                p { (visit.say("access-reads")) }
                ul { @for (purpose, fields) in &row.reads { li { strong { (purpose) } ": " (fields.join(", ")) } } }
            }
        }
    }
}
