//! 5.1.1, 8, DEF-3: one record on the desk of the responsible person: where it stands, never a value; the orders to keep it,
//! and its block.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{HoldId, Mistake, OrderedBy, Problem, Standing, SubjectId};
use sandyq_processing::Rejected;
use sandyq_processing::request::{Alike, Overview};
use sandyq_processing::retention::{HoldView, Order};

use super::alike;
use super::cases::staff;
use super::privileged;
use super::proposals::proposed;
use crate::components::{Row, error_summary, hidden, problem_of, summary_list};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::visit::Visit;

/// The inputs of an order, in their order on the page.
const INPUTS: [&str; 4] = ["ordered_by", "article", "document", "dated"];

/// Steps that take a fresh number.
const PRIVILEGED: [&str; 6] = ["hold", "lift", "destroy", "block", "unblock", "close"];

/// POST /staff/records: the record of a reference number.
pub async fn find(sent: Sent) -> Response {
    let outcome = found(&sent).await;
    sent.arrival.respond(outcome)
}

async fn found(sent: &Sent) -> Outcome {
    sent.typed.only(|name| name == "of")?;
    let system = &sent.arrival.system;
    let record = system
        .record_at_desk(staff(&sent.arrival)?, sent.typed.text("of"))
        .await?;
    Ok(Answer::SeeOther(format!("/staff/records/{}", record.subject)))
}

/// GET /staff/records/{id}
pub async fn open(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = opened(&arrival, &id, &Order::default(), &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, id: &str, typed: &Order, mistake: &Mistake) -> Outcome {
    let visit = &arrival.visit;
    let shown = shown(arrival, id).await?;
    let page = page(visit, &shown, typed, mistake);
    Ok(Answer::of(page))
}

async fn shown(arrival: &Arrival, id: &str) -> Result<Shown, Rejected> {
    let (system, visit) = (&arrival.system, &arrival.visit);
    let record = system.record_at_desk(staff(arrival)?, id).await?;
    let who = system.category_label(record.category, visit.language);
    let fields = |fields| system.labels(fields, visit.language).join(", ");
    let held = record.ends.iter().map(|end| {
        let label = system.field_label(end.field, visit.language);
        (label, visit.date(end.destroy_by))
    });
    Ok(Shown {
        who,
        held: held.collect(),
        kept: record
            .kept
            .iter()
            .map(|(kept, citation)| format!("{}: {citation}", fields(*kept)))
            .collect(),
        reasons: if record.has_account {
            system.reasons_to_close(visit.language)
        } else {
            Vec::new()
        },
        record,
        alike: None,
    })
}

/// POST /staff/records/{id}
pub async fn act(Path(id): Path<String>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &PRIVILEGED).await {
        return sent.arrival.respond(asked);
    }
    let outcome = match acted(&sent, &id).await {
        Err(Rejected::Mistake(mistake)) => opened(&sent.arrival, &id, &typed(&sent), &mistake).await,
        outcome => outcome,
    };
    sent.arrival.respond(outcome)
}

async fn acted(sent: &Sent, id: &str) -> Outcome {
    let caller = staff(&sent.arrival)?;
    sent.typed
        .only(|name| INPUTS.contains(&name) || matches!(name, "lifted_document" | "hold" | "reason"))?;
    sent.fresh()?;
    let system = &sent.arrival.system;
    let subject = system.record_at_desk(caller, id).await?.subject;
    match sent.typed.text("step") {
        "hold" => {
            system.propose_hold(caller, subject, &typed(sent)).await?;
            return Ok(Answer::Page(proposed(&sent.arrival.visit)));
        }
        "lift" => {
            let hold: HoldId = sent.typed.text("hold").parse().map_err(|_| Rejected::NotFound)?;
            let document = sent.typed.text("lifted_document");
            system.propose_lifting(caller, subject, hold, document).await?;
            return Ok(Answer::Page(proposed(&sent.arrival.visit)));
        }
        "destroy" => {
            system.propose_destruction(caller, subject).await?;
            return Ok(Answer::Page(proposed(&sent.arrival.visit)));
        }
        "close" => {
            system
                .propose_closing(caller, subject, sent.typed.text("reason"))
                .await?;
            return Ok(Answer::Page(proposed(&sent.arrival.visit)));
        }
        "alike" => return compared(&sent.arrival, id, subject).await,
        "block" => system.block(caller, subject).await?,
        "unblock" => system.unblock(caller, subject).await?,
        _ => return Err(Rejected::mistake("step", Problem::Choice)),
    }
    Ok(Answer::SeeOther(format!("/staff/records/{subject}")))
}

/// The same page with the records that look alike: to look is an operation, so it is asked for.
async fn compared(arrival: &Arrival, id: &str, subject: SubjectId) -> Outcome {
    let (system, visit) = (&arrival.system, &arrival.visit);
    let found = system.alike(staff(arrival)?, subject).await?;
    let one = |alike: &Alike| LooksAlike {
        id: alike.subject.to_string(),
        who: system.category_label(alike.category, visit.language),
        since: visit.date(alike.created_at),
        by: system.labels(alike.by, visit.language).join(", "),
    };
    let shown = Shown {
        alike: Some(found.iter().map(one).collect()),
        ..shown(arrival, id).await?
    };
    Ok(Answer::Page(page(
        visit,
        &shown,
        &Order::default(),
        &Mistake::default(),
    )))
}

fn typed(sent: &Sent) -> Order {
    let text = |name: &str| sent.typed.text(name).to_owned();
    Order {
        ordered_by: text("ordered_by"),
        article: text("article"),
        document: text("document"),
        dated: text("dated"),
    }
}

/// A record in the words of the policy.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What the person is to the operator.
    pub who: String,
    /// Each field, with the day on which it goes at the latest.
    pub held: Vec<(String, String)>,
    /// What a cited floor keeps.
    pub kept: Vec<String>,
    /// Why its account can be closed, each with its words; nothing where there is none (1.3).
    pub reasons: Vec<(String, String)>,
    /// The rest.
    pub record: Overview,
    /// The records that look alike, once somebody asked for them (6.1).
    pub alike: Option<Vec<LooksAlike>>,
}

/// A record with a contact in common, in words.
#[derive(Clone, Debug)]
pub struct LooksAlike {
    /// Its id.
    pub id: String,
    /// What that person is to the operator.
    pub who: String,
    /// Since when.
    pub since: String,
    /// The contacts in common.
    pub by: String,
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, shown: &Shown, typed: &Order, mistake: &Mistake) -> Page {
    let record = &shown.record;
    let body = html! {
        (error_summary(visit, mistake, |name| Some(visit.say(&label_of(name))), |name, _| place_of(record, name)))
        h1 { (visit.say("record-title")) }
        p.lead { (visit.say("record-lead")) }
        (summary_list(&facts(visit, shown)))
        (looks_alike(visit, shown))
        @if record.standing == Standing::Active {
            p { a href={ "/staff/records/" (record.subject) "/hand-over" } { (visit.say("record-hand-over")) } }
        }
        h2 { (visit.say("hold-title")) }
        @if record.holds.is_empty() { p { (visit.say("hold-none")) } }
        @for hold in &record.holds { (order(visit, record, hold, mistake)) }
        (entry(visit, record, typed, mistake))
        @if record.is_due {
            h2 { (visit.say("record-destroy-title")) }
            p { (visit.say("record-destroy-lead")) }
            (form(visit, record, "destroy", &html! {}))
        }
        @if record.standing == Standing::Blocked { (form(visit, record, "unblock", &html! {})) }
        @if record.standing == Standing::Active {
            p { (visit.say("record-block-lead")) }
            (form(visit, record, "block", &html! {}))
        }
        @if !shown.reasons.is_empty() { (closing(visit, shown, mistake)) }
    };
    Page::new(visit.say("record-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/retention")
}

/// Records that look alike: shown here, and decided about on the list of pairs (6.1).
fn looks_alike(visit: &Visit, shown: &Shown) -> Markup {
    html! {
        @match &shown.alike {
            None => @if shown.record.standing == Standing::Active { (form(visit, &shown.record, "alike", &html! {})) },
            Some(found) => {
                h2 { (visit.say("alike-title")) }
                @if found.is_empty() { p { (visit.say("alike-none")) } } @else {
                    p { (visit.say("alike-lead")) }
                    ul { @for one in found {
                        li {
                            a href={ "/staff/records/" (one.id) } { (one.who) ", " (one.since) } ": " (one.by)
                        }
                    } }
                    p { a href=(alike::PATH) { (visit.say("pairs-title")) } }
                }
            }
        }
    }
}

fn label_of(input: &str) -> String {
    match input {
        "ordered_by" => "hold-by".to_owned(),
        "lifted_document" => "hold-lift-document".to_owned(),
        "reason" => "close-account-reason".to_owned(),
        other => format!("hold-{other}"),
    }
}

/// Closing the account against the holder's will: one of the reasons that the policy publishes (1.3).
fn closing(visit: &Visit, shown: &Shown, mistake: &Mistake) -> Markup {
    let problem = mistake.of("reason");
    let inside = html! {
        div.question.is-wrong[problem.is_some()] {
            label for="reason" { (visit.say("close-account-reason")) }
            (problem_of(visit, "reason", problem))
            select.w-long id="reason" name="reason" {
                option value="" { (visit.say("not-given")) }
                @for (name, words) in &shown.reasons { option value=(name) { (words) } }
            }
        }
    };
    html! {
        h2 { (visit.say("close-account-title")) }
        p { (visit.say("close-account-lead")) " " a href="/policy#clause-1.3" { "1.3" } }
        (form(visit, &shown.record, "close", &inside))
    }
}

/// Where the input of a mistake stands on the page.
fn place_of(record: &Overview, input: &str) -> String {
    let standing = record.holds.iter().find(|hold| hold.lifted.is_none());
    match (input, standing) {
        ("lifted_document", Some(hold)) => format!("lifted_document-{}", hold.id),
        _ => input.to_owned(),
    }
}

fn facts(visit: &Visit, shown: &Shown) -> Vec<Row> {
    let record = &shown.record;
    let say = |key: &str| visit.say(key);
    let mut rows = vec![
        Row::text(say("record-category"), &shown.who),
        Row::text(
            say("record-standing"),
            &say(&format!("record-standing-{}", record.standing.name())),
        ),
        Row::text(say("record-since"), &visit.date(record.created_at)),
    ];
    rows.extend(
        record
            .withdrawn_at
            .map(|at| Row::text(say("record-withdrawn"), &visit.date(at))),
    );
    rows.extend(
        record
            .due_at
            .map(|at| Row::text(say("record-due"), &visit.date(at))),
    );
    if !record.cases.is_empty() {
        let cases: Vec<&str> = record
            .cases
            .iter()
            .map(|(reference, ..)| reference.as_str())
            .collect();
        rows.push(Row::text(say("record-cases"), &cases.join(", ")));
    }
    if !shown.held.is_empty() {
        let list = html! { ul { @for (label, day) in &shown.held {
            li { (label) " – " (visit.say("record-until")) " " (day) }
        } } };
        rows.push(Row::new(say("record-held"), list));
    }
    if !shown.kept.is_empty() {
        let list = html! { ul { @for kept in &shown.kept { li { (kept) } } } };
        rows.push(Row::new(say("retention-stays"), list));
    }
    rows
}

fn order(visit: &Visit, record: &Overview, hold: &HoldView, mistake: &Mistake) -> Markup {
    let stands = match &hold.lifted {
        None => html! { span.tag { (visit.say("hold-stands")) } },
        Some((day, document)) => html! {
            (visit.say_with("hold-lifted", &[
                ("date", visit.day(&day.to_string()).into()), ("document", document.as_str().into()),
            ]))
        },
    };
    let rows = [
        Row::new(visit.say("record-standing"), stands),
        Row::text(
            visit.say("hold-by"),
            &visit.say(&format!("hold-by-{}", hold.ordered_by.name())),
        ),
        Row::text(visit.say("hold-article"), &hold.article),
        Row::text(visit.say("hold-document"), &hold.document),
        Row::text(visit.say("hold-dated"), &visit.day(&hold.dated)),
    ];
    let id = format!("lifted_document-{}", hold.id);
    let problem = mistake.of("lifted_document");
    let lifting = html! {
        (hidden("hold", &hold.id.to_string()))
        div.question.is-wrong[problem.is_some()] {
            label for=(id) { (visit.say("hold-lift-document")) }
            (problem_of(visit, &id, problem))
            input.w-long type="text" id=(id) name="lifted_document" maxlength="200" autocomplete="off"
                spellcheck="false";
        }
    };
    html! {
        (summary_list(&rows))
        @if hold.lifted.is_none() { (form(visit, record, "lift", &lifting)) }
    }
}

fn entry(visit: &Visit, record: &Overview, typed: &Order, mistake: &Mistake) -> Markup {
    let problem = mistake.of("ordered_by");
    let inside = html! {
        div.question.is-wrong[problem.is_some()] {
            label for="ordered_by" { (visit.say("hold-by")) }
            (problem_of(visit, "ordered_by", problem))
            select.w-long id="ordered_by" name="ordered_by" {
                option value="" { (visit.say("not-given")) }
                @for body in OrderedBy::ALL {
                    option value=(body.name()) selected[body.name() == typed.ordered_by] {
                        (visit.say(&format!("hold-by-{}", body.name())))
                    }
                }
            }
        }
        (line(visit, "article", &typed.article, "", mistake))
        (line(visit, "document", &typed.document, "", mistake))
        (line(visit, "dated", &typed.dated, "hold-dated-hint", mistake))
    };
    html! {
        h2 { (visit.say("hold-new")) }
        p { (visit.say("hold-new-lead")) }
        (form(visit, record, "hold", &inside))
    }
}

fn line(visit: &Visit, name: &str, typed: &str, hint: &str, mistake: &Mistake) -> Markup {
    let problem = mistake.of(name);
    html! {
        div.question.is-wrong[problem.is_some()] {
            label for=(name) { (visit.say(&label_of(name))) }
            @if !hint.is_empty() { p.hint id={ (name) "-hint" } { (visit.say(hint)) } }
            (problem_of(visit, name, problem))
            input.w-long type="text" id=(name) name=(name) value=(typed) maxlength="200" autocomplete="off"
                spellcheck="false" aria-describedby=[(!hint.is_empty()).then(|| format!("{name}-hint"))];
        }
    }
}

fn form(visit: &Visit, record: &Overview, step: &str, inside: &Markup) -> Markup {
    let (says, class) = match step {
        "hold" => ("hold-enter", "go"),
        "lift" => ("hold-lift", "quiet"),
        "block" => ("record-block", "quiet"),
        "destroy" => ("record-destroy", "go"),
        "alike" => ("alike-look", "quiet"),
        "close" => ("close-account", "go"),
        _ => ("record-unblock", "quiet"),
    };
    html! {
        form method="post" action={ "/staff/records/" (record.subject) } novalidate autocomplete="off" {
            (hidden("token", &visit.token))
            (hidden("key", &visit.key))
            (inside)
            p.danger[matches!(step, "destroy" | "close")] {
                button class=(class) type="submit" name="step" value=(step) { (visit.say(says)) }
            }
        }
    }
}
