//! 6.4: what we hold about oneself: value, source, purpose, ground, until when.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::Category;
use sandyq_processing::System;
use sandyq_processing::request::{MyData, MyRow};
use sandyq_processing::systematize::Joined;

use super::enter;
use crate::components::{hidden, value_block};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::visit::{Standpoint, Visit};

/// GET /my: the door, or what is behind it.
pub async fn show(arrival: Arrival) -> Response {
    let outcome = mine(&arrival).await;
    arrival.respond(outcome)
}

async fn mine(arrival: &Arrival) -> Outcome {
    match &arrival.caller {
        Some(caller) if arrival.visit.standpoint == Standpoint::Subject => {
            let data = arrival.system.my_data(caller, arrival.visit.language).await?;
            let category = arrival
                .system
                .category_label(data.category, arrival.visit.language);
            let from = |source: &str| source_words(&arrival.system, &arrival.visit, source);
            Ok(Answer::Page(page(&arrival.visit, &data, &category, &from)))
        }
        _ => Ok(Answer::Page(enter::door(&arrival.visit))),
    }
}

/// POST /my/still-right/{field}: a contact that was not confirmed for long is still right (6.1).
pub async fn still_right(Path(field): Path<String>, sent: Sent) -> Response {
    let outcome = confirmed(&sent, &field).await;
    sent.arrival.respond(outcome)
}

async fn confirmed(sent: &Sent, field: &str) -> Outcome {
    sent.typed.only(|_| false)?;
    sent.fresh()?;
    let Some(caller) = &sent.arrival.caller else {
        return Ok(Answer::SeeOther("/my".to_owned()));
    };
    sent.arrival
        .system
        .still_right(caller, field, sent.key()?)
        .await?;
    Ok(Answer::SeeOther("/my".to_owned()))
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, data: &MyData, category: &str, from: &dyn Fn(&str) -> String) -> Page {
    let standing = visit.say(&format!("standing-{}", data.standing.name()));
    let body = html! {
        h1 { (visit.say("my-title")) }
        p.lead { (visit.say("my-lead")) }
        @if data.represents { p.inset { (visit.say("representing")) } }
        dl.facts {
            div { dt { (visit.say("my-category")) } dd { (category) } }
            div { dt { (visit.say("my-standing")) } dd { span.tag { (standing) } } }
            div { dt { (visit.say("my-since")) } dd { (visit.date(data.since)) } }
            div {
                dt { (visit.say("my-until")) }
                dd {
                    @match data.until {
                        Some(until) => (visit.date(until)),
                        None => (visit.say("my-until-purpose")),
                    }
                }
            }
        }
        @if !data.cases.is_empty() {
            p {
                (visit.say("my-orders")) " "
                @for (place, reference) in data.cases.iter().enumerate() {
                    @if place > 0 { ", " }
                    a href={ "/order/" (reference) } { (reference) }
                }
            }
        }
        @if !data.joined.is_empty() {
            div.inset {
                p { (visit.say("my-joined")) }
                ul { @for record in &data.joined { li { (joined_name(visit, record)) } } }
                p { (visit.say("my-joined-why")) }
                p { a href="/my/requests/new" { (visit.say("my-joined-wrong")) } }
            }
        }
        ul.cards {
            (card(visit, "/my/consents", "my-card-consents"))
            (card(visit, "/my/accesses", "my-card-accesses"))
            (card(visit, "/my/confidentiality", "my-card-confidentiality"))
            (card(visit, "/my/download", "my-card-download"))
            @if data.category == Category::Registered {
                (card(visit, "/my/password", "my-card-password"))
                (card(visit, "/my/passkeys", "my-card-passkeys"))
                (card(visit, "/my/second-proof", "my-card-second"))
            }
            @if data.category == Category::Guest {
                (card(visit, "/services/account", "my-card-account"))
            }
            (card(visit, "/my/sessions", "my-card-sessions"))
            (card(visit, "/my/requests", "my-card-requests"))
            (card(visit, "/my/withdraw", "my-card-withdraw"))
        }
        h2 { (visit.say("my-rows-title")) }
        @if data.rows.is_empty() { p { (visit.say("my-rows-empty")) } }
        div.held { @for row in &data.rows { (held(visit, row, &from(&row.source))) } }
    };
    Page::new(visit.say("my-title"), body)
}

/// How another record is named to its owner and to the desk: by the references of its cases, or by its day.
pub(crate) fn joined_name(visit: &Visit, record: &Joined) -> String {
    if record.references.is_empty() {
        visit.say_of("joined-since", "date", &visit.date(record.since))
    } else {
        record.references.join(", ")
    }
}

fn card(visit: &Visit, path: &str, key: &str) -> Markup {
    html! {
        li.card {
            h2 { a href=(path) { (visit.say(&format!("{key}-title"))) } }
            p { (visit.say(&format!("{key}-text"))) }
        }
    }
}

/// Where a value came from: a service of the policy, the payment, or its owner.
pub(crate) fn source_words(system: &System, visit: &Visit, source: &str) -> String {
    let own = format!("source-{source}");
    let said = visit.say(&own);
    if said == own {
        system.service_label(source, visit.language)
    } else {
        said
    }
}

/// One value with all that is to be known about it.
fn held(visit: &Visit, row: &MyRow, source: &str) -> Markup {
    html! {
        article.datum {
            h3 { (row.label) }
            (value_block(visit, &row.name, row.value.expose()))
            dl {
                dt { (visit.say("my-source")) } dd { (source) ", " (visit.date(row.recorded_at)) }
                dt { (visit.say("my-purposes")) }
                dd {
                    @if row.purposes.is_empty() { (visit.say("my-no-purpose")) }
                    @for (place, (purpose, label)) in row.purposes.iter().enumerate() {
                        @if place > 0 { "; " }
                        (label) " " a href={ "/policy#clause-" (purpose) } { (purpose) }
                    }
                }
                @if !row.ground.is_empty() { dt { (visit.say("my-ground")) } dd { (row.ground) } }
                dt { (visit.say("my-value-until")) }
                dd {
                    (visit.date(row.until))
                    @if let Some(article) = row.norm() { ", " (article) }
                }
            }
            @if let Some(at) = row.returned_at {
                p { span.tag { (visit.say("my-returned")) } " " (visit.say_of("my-returned-at", "date", &visit.date(at))) }
            }
            @if let Some(since) = row.unconfirmed_since {
                p { span.tag { (visit.say("my-unconfirmed")) } " " (visit.say_of("my-unconfirmed-since", "date", &visit.date(since))) }
            }
            @if row.unconfirmed_since.is_some() || row.returned_at.is_some() {
                form.plain method="post" action={ "/my/still-right/" (row.name) } {
                    (hidden("token", &visit.token))
                    (hidden("key", &visit.key))
                    button.quiet type="submit" { (visit.say("my-still-right")) span.unseen { " " (row.label) } }
                }
            }
            @if row.changeable {
                p.act {
                    a href={ "/my/change/" (row.name) } {
                        (visit.say("change")) span.unseen { " " (row.label) }
                    }
                }
            }
        }
    }
}
