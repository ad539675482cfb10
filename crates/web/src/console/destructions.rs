//! 6.3-c, 8: the acts of destruction, newest first, for the responsible person and the auditor. Nobody is named in them.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_processing::destroy::receipt::{DestructionRow, Destructions};

use super::cases::staff;
use super::tables::link_to;
use crate::components::pagination;
use crate::http::arrival::{Answer, Arrival, Outcome};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the list is.
pub const PATH: &str = "/staff/destructions";

/// GET /staff/destructions
pub async fn show(arrival: Arrival) -> Response {
    let outcome = shown(&arrival).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival) -> Outcome {
    let visit = &arrival.visit;
    let page = visit.list_page.unwrap_or(1);
    let acts = arrival
        .system
        .destructions(staff(arrival)?, page, visit.language)
        .await?;
    Ok(Answer::Page(page_of(visit, &acts)))
}

/// The page.
#[must_use]
pub fn page_of(visit: &Visit, acts: &Destructions) -> Page {
    let title = visit.say("destructions-title");
    let body = html! {
        h1 { (title) }
        p.lead { (visit.say("destructions-lead")) " " a href="/policy#clause-8" { "8" } }
        (link_to(visit, "destructions"))
        @if acts.rows.is_empty() { p.inset { (visit.say("destructions-none")) } }
        div.held { @for row in &acts.rows { (one(visit, row)) } }
        (pagination(visit, acts.page, acts.more))
    };
    Page::new(title, body).back_to("/staff/cases")
}

fn one(visit: &Visit, row: &DestructionRow) -> Markup {
    html! {
        article.datum {
            h2 { a href={ "/receipt/" (row.number) } { (visit.date_and_time(row.at)) } }
            @if let Some(act) = &row.signed {
                dl {
                    dt { (visit.say("destructions-by")) } dd { (act.by) }
                    @if let Some(at) = act.withdrawn_at {
                        dt { (visit.say("destructions-withdrawn")) } dd { (visit.date_and_time(at)) }
                    }
                    dt { (visit.say("destructions-what")) } dd { (act.destroyed.join(", ")) }
                    @for (fields, norm, until) in &act.kept {
                        dt { (visit.say("destructions-kept")) } dd { (fields) " – " (norm) ", " (visit.day(until)) }
                    }
                    dt { (visit.say("destructions-entry")) } dd { (act.entry) }
                }
            } @else { p.hint { (visit.say("destructions-unsigned")) } }
        }
    }
}
