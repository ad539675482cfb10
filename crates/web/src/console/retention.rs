//! 8: the board of what is destroyed next, for the responsible person: alarms first, then what falls due and why it is still
//! here, and how the last runs ended. No person is in it.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{Field, FieldSet};
use sandyq_processing::System;
use sandyq_processing::breach::BreachRow;
use sandyq_processing::retention::{Alarm, Next, Plan, Size};

use super::breaches::late_ones;
use super::cases::staff;
use crate::components::hidden;
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::Visit;

/// GET /staff/retention
pub async fn show(arrival: Arrival) -> Response {
    let outcome = planned(&arrival).await;
    arrival.respond(outcome)
}

async fn planned(arrival: &Arrival) -> Outcome {
    let caller = staff(arrival)?;
    let plan = arrival.system.retention_board(caller).await?;
    let late = arrival.system.late_breaches(caller).await?;
    let labels = |fields| labels(&arrival.system, &arrival.visit, fields);
    Ok(Answer::Page(page(&arrival.visit, &plan, &labels, &late)))
}

fn labels(system: &System, visit: &Visit, fields: FieldSet) -> String {
    let labels: Vec<String> = fields
        .iter()
        .map(|field: Field| system.field_label(field, visit.language))
        .collect();
    labels.join(", ")
}

/// The page. `labels` says fields in words; `late` are the breaches of which the authority was not told in time.
#[must_use]
pub fn page(visit: &Visit, plan: &Plan, labels: &dyn Fn(FieldSet) -> String, late: &[BreachRow]) -> Page {
    let body = html! {
        h1 { (visit.say("retention-title")) }
        (late_ones(visit, late))
        p.lead { (visit.say("retention-lead")) }
        @if plan.alarms.is_empty() { p.inset { (visit.say("retention-no-alarm")) } } @else {
            div.inset role="alert" {
                h2 { (visit.say("retention-alarms")) }
                ul { @for alarm in &plan.alarms { li { (alarm_text(visit, *alarm)) } } }
            }
        }
        (size(visit, &plan.size))
        @if let Some(at) = plan.cards_looked_for { p { (visit.say_of("retention-cards", "date", &visit.date(at))) } }
        (ahead(visit, plan))
        (rows(visit, "retention-next", &plan.next, labels))
        @if !plan.waiting.is_empty() { (rows(visit, "retention-waiting", &plan.waiting, labels)) }
        (runs(visit, plan))
        form method="post" action="/staff/records" novalidate autocomplete="off" {
            (hidden("token", &visit.token))
            (hidden("key", &visit.key))
            div.question {
                label for="of" { (visit.say("record-find")) }
                input.w-long type="text" id="of" name="of" maxlength="64" autocomplete="off" spellcheck="false";
            }
            p { button.quiet type="submit" { (visit.say("record-find-button")) } }
        }
    };
    Page::new(visit.say("retention-title"), body)
        .widened()
        .back_to("/staff/requests")
}

fn alarm_text(visit: &Visit, alarm: Alarm) -> String {
    match alarm {
        Alarm::Stopped(stop) => visit.say(&format!("retention-stopped-{}", stop.name())),
        Alarm::Waiting(count) => visit.say_of("retention-waits", "count", &count.to_string()),
        Alarm::Cards(count) => visit.say_of("retention-cards-outlived", "count", &count.to_string()),
        Alarm::Late(since) => visit.say_of("retention-late", "date", &visit.date_and_time(since)),
    }
}

/// How many people are in the system, and how near the next threshold is (5.1.3).
fn size(visit: &Visit, size: &Size) -> Markup {
    let said = visit.say_with(
        &format!("size-{}", size.class.name()),
        &[("people", size.people.to_string().into())],
    );
    let next = size
        .next
        .map(|next| visit.say_of("size-next", "next", &next.to_string()));
    html! {
        p.inset[size.warns] role=[size.warns.then_some("alert")] {
            (said) @if let Some(next) = next { " " (next) }
            @if size.warns { " " strong { (visit.say("size-warns")) } }
        }
    }
}

fn ahead(visit: &Visit, plan: &Plan) -> Markup {
    html! {
        h2 { (visit.say("retention-ahead")) }
        div.scroll tabindex="0" role="region" aria-label=(visit.say("retention-ahead")) {
            table {
                thead { tr {
                    th scope="col" { (visit.say("retention-days")) }
                    th.number scope="col" { (visit.say("retention-people")) }
                    th.number scope="col" { (visit.say("retention-values")) }
                } }
                tbody { @for (days, people, values) in &plan.ahead {
                    tr { th scope="row" { (days) } td.number { (people) } td.number { (values) } }
                } }
            }
        }
    }
}

fn rows(visit: &Visit, key: &str, rows: &[Next], labels: &dyn Fn(FieldSet) -> String) -> Markup {
    html! {
        h2 { (visit.say(key)) }
        @if rows.is_empty() { p { (visit.say("retention-nothing")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(visit.say(key)) {
                table {
                    thead { tr {
                        th scope="col" { (visit.say("retention-day")) }
                        th scope="col" { (visit.say("cases-reference")) }
                        th scope="col" { (visit.say("retention-what")) }
                        th scope="col" { (visit.say("retention-stays")) }
                    } }
                    tbody { @for row in rows {
                        tr {
                            th scope="row" { (visit.date(row.at)) }
                            td { a href={ "/staff/records/" (row.subject) } {
                                @if row.cases.is_empty() { (visit.say("record-open")) } @else { (row.cases.join(", ")) }
                            } }
                            td { @if row.fields.is_empty() { (visit.say("retention-everything")) } @else { (labels(row.fields)) } }
                            td { @for floor in &row.kept.floors {
                                (labels(floor.fields)) ": " (floor.citation) ", " (visit.day(&floor.until.to_string()))
                            } @if row.kept.floors.is_empty() { "–" } }
                        }
                    } }
                }
            }
        }
    }
}

fn runs(visit: &Visit, plan: &Plan) -> Markup {
    html! {
        h2 { (visit.say("retention-runs")) }
        @if plan.runs.is_empty() { p { (visit.say("retention-no-run")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(visit.say("retention-runs")) {
                table {
                    thead { tr {
                        th scope="col" { (visit.say("retention-day")) }
                        th scope="col" { (visit.say("retention-ended")) }
                        th.number scope="col" { (visit.say("retention-destroyed")) }
                        th.number scope="col" { (visit.say("retention-waiting-count")) }
                    } }
                    tbody { @for run in &plan.runs {
                        tr {
                            th scope="row" { (visit.day(&run.day)) }
                            td {
                                @if let Some(stop) = run.stopped {
                                    span.tag.no { (visit.say(&format!("retention-stop-{}", stop.name()))) }
                                } @else if let Some(at) = run.ended_at { (visit.date_and_time(at)) }
                                @else { (visit.say("retention-goes-on")) }
                            }
                            td.number { (run.destroyed) }
                            td.number { (run.waiting) }
                        }
                    } }
                }
            }
        }
    }
}
