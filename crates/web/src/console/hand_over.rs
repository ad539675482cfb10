//! 4.2.1, 4.2.2: data is handed over from a case, under the person's consent, or from a record, because an article demands it. The page
//! shows nobody: what it offers is the register of recipients and what the purpose knows; whether it may go, the policy answers.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem, RecipientKind};
use sandyq_processing::Rejected;
use sandyq_processing::transfer::{Delivered, HandOver, HandedOver, ToHandOver, Unsent, Went};

use super::cases::staff;
use super::privileged;
use crate::components::{
    Control, Row, control, error_summary, problem_of, submit, summary_list, tray, value_markup,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::portal::consents::recipient_words;
use crate::visit::Visit;

/// What stands before the name of a field in the form.
const FIELD: &str = "field-";
/// The inputs of what a law demands.
const BY_LAW: [&str; 3] = ["article", "document", "dated"];
/// What the file of a recipient is.
const FILE_KIND: &str = "application/octet-stream";

/// Where data is handed over from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// A case, by its reference.
    Case(&'a str),
    /// A record, by its id.
    Record(&'a str),
}

impl Place<'_> {
    fn path(self) -> String {
        match self {
            Self::Case(reference) => format!("/staff/cases/{reference}"),
            Self::Record(id) => format!("/staff/records/{id}"),
        }
    }
}

/// GET /staff/cases/{reference}/hand-over
pub async fn open_case(Path(reference): Path<String>, arrival: Arrival) -> Response {
    let outcome = opened(&arrival, Place::Case(&reference), None, &Mistake::default()).await;
    arrival.respond(outcome)
}

/// POST /staff/cases/{reference}/hand-over
pub async fn from_case(Path(reference): Path<String>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &["hand-over"]).await {
        return sent.arrival.respond(asked);
    }
    let outcome = handed(&sent, Place::Case(&reference)).await;
    sent.arrival.respond(outcome)
}

/// GET /staff/records/{id}/hand-over
pub async fn open_record(Path(id): Path<String>, arrival: Arrival) -> Response {
    let outcome = opened(&arrival, Place::Record(&id), None, &Mistake::default()).await;
    arrival.respond(outcome)
}

/// POST /staff/records/{id}/hand-over
pub async fn from_record(Path(id): Path<String>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &["hand-over"]).await {
        return sent.arrival.respond(asked);
    }
    let outcome = handed(&sent, Place::Record(&id)).await;
    sent.arrival.respond(outcome)
}

async fn opened(arrival: &Arrival, place: Place<'_>, typed: Option<&HandOver>, mistake: &Mistake) -> Outcome {
    let (system, visit) = (&arrival.system, &arrival.visit);
    let caller = staff(arrival)?;
    let offered = match place {
        Place::Case(reference) => system.to_hand_over(caller, reference, visit.language).await?,
        Place::Record(id) => {
            let subject = system.record_at_desk(caller, id).await?.subject;
            system
                .to_hand_over_by_law(caller, subject, visit.language)
                .await?
        }
    };
    let page = page(visit, place, &offered, typed, mistake);
    Ok(Answer::of(page))
}

async fn handed(sent: &Sent, place: Place<'_>) -> Outcome {
    let (system, visit) = (&sent.arrival.system, &sent.arrival.visit);
    let caller = staff(&sent.arrival)?;
    sent.typed.only(|name| {
        matches!(name, "recipient" | "way") || BY_LAW.contains(&name) || name.starts_with(FIELD)
    })?;
    sent.fresh()?;
    let chosen = typed(sent);
    if chosen.recipient.is_empty() {
        let mistake = Mistake::one("recipient", Problem::Missing);
        return opened(&sent.arrival, place, Some(&chosen), &mistake).await;
    }
    let key = sent.key()?;
    let outcome = match place {
        Place::Case(reference) => {
            system
                .hand_over(caller, reference, &chosen, key, visit.language)
                .await
        }
        Place::Record(id) => {
            let subject = system.record_at_desk(caller, id).await?.subject;
            system
                .hand_over_by_law(caller, subject, &chosen, key, visit.language)
                .await
        }
    };
    match mistake_of(outcome)? {
        Ok(handed) => Ok(left(visit, place, handed)),
        Err(mistake) if mistake.of("key").is_some() => Err(Rejected::Mistake(mistake)),
        Err(mistake) => opened(&sent.arrival, place, Some(&chosen), &mistake).await,
    }
}

fn typed(sent: &Sent) -> HandOver {
    let text = |name: &str| sent.typed.text(name).to_owned();
    let fields = sent.typed.names().filter_map(|name| name.strip_prefix(FIELD));
    HandOver {
        recipient: text("recipient"),
        fields: fields.map(str::to_owned).collect(),
        article: text("article"),
        document: text("document"),
        dated: text("dated"),
        by_webhook: text("way") == "webhook",
    }
}

fn left(visit: &Visit, place: Place<'_>, handed: HandedOver) -> Answer {
    match handed.delivered {
        Delivered::File(name, bytes) => Answer::File(name, FILE_KIND, bytes),
        Delivered::Sheet(_) => Answer::Page(sheet_page(visit, place, &handed)),
        Delivered::Sent(went) => Answer::Page(sent_page(visit, place, &handed, went)),
    }
}

/// The page that asks to whom, and what.
#[must_use]
pub fn page(
    visit: &Visit,
    place: Place<'_>,
    offered: &ToHandOver,
    typed: Option<&HandOver>,
    mistake: &Mistake,
) -> Page {
    let nothing = HandOver::default();
    let chosen = typed.unwrap_or(&nothing);
    let inside = html! {
        (recipients(visit, offered, &chosen.recipient, mistake))
        @let problem = mistake.of("fields");
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("hand-over-fields")) }
            p.hint { (visit.say("hand-over-fields-hint")) }
            (problem_of(visit, "fields", problem))
            @for (place, (name, label, needed)) in offered.fields.iter().enumerate() {
                @let id = if place == 0 { "fields".to_owned() } else { format!("{FIELD}{name}") };
                div.tick {
                    input type="checkbox" id=(id) name={ (FIELD) (name) } value="yes" checked[chosen.fields.contains(name)];
                    label for=(id) { (label) @if *needed { span.optional { " " (visit.say("hand-over-needed")) } } }
                }
            }
        }
        @if offered.recipients.iter().any(|one| one.by_webhook) {
            (ways(visit, chosen.by_webhook, mistake))
        }
        @if matches!(place, Place::Record(_)) {
            @for (name, typed) in BY_LAW.into_iter().zip([&chosen.article, &chosen.document, &chosen.dated]) {
                (line(visit, name, typed, mistake))
            }
        }
        (submit("hand-over", &visit.say("hand-over-button")))
    };
    let (lead, clause) = match place {
        Place::Case(_) => ("hand-over-lead", "4.2.1"),
        Place::Record(_) => ("hand-over-law-lead", "4.2.2"),
    };
    let body = html! {
        (error_summary(visit, mistake, |name| Some(label_of(visit, name)), |name, _| name.to_owned()))
        h1 { (visit.say("hand-over-title")) }
        p.lead { (visit.say(lead)) " " a href={ "/policy#clause-" (clause) } { (clause) } }
        @if offered.recipients.is_empty() { p.inset { (visit.say("hand-over-nobody")) } }
        @else { (tray(visit, &format!("{}/hand-over", place.path()), &[], &inside)) }
    };
    Page::new(visit.say("hand-over-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(place.path())
}

fn label_of(visit: &Visit, input: &str) -> String {
    match input {
        "recipient" => visit.say("hand-over-recipient"),
        "fields" => visit.say("hand-over-fields"),
        "way" => visit.say("hand-over-way"),
        other => visit.say(&format!("hold-{other}")),
    }
}

fn recipients(visit: &Visit, offered: &ToHandOver, chosen: &str, mistake: &Mistake) -> Markup {
    let problem = mistake.of("recipient");
    let kind = |kind: RecipientKind| recipient_words(visit, kind.name());
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("hand-over-recipient")) }
            (problem_of(visit, "recipient", problem))
            @for (place, one) in offered.recipients.iter().enumerate() {
                @let value = one.id.to_string();
                @let id = if place == 0 { "recipient".to_owned() } else { format!("recipient-{value}") };
                div.tick {
                    input type="radio" id=(id) name="recipient" value=(value) checked[value == chosen];
                    label for=(id) {
                        (one.name) " (" (kind(one.kind)) ")"
                        @if one.by_webhook { span.optional { " " (visit.say("hand-over-has-webhook")) } }
                    }
                }
            }
        }
    }
}

/// By hand, unless somebody chooses otherwise.
fn ways(visit: &Visit, by_webhook: bool, mistake: &Mistake) -> Markup {
    let problem = mistake.of("way");
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("hand-over-way")) }
            (problem_of(visit, "way", problem))
            div.tick {
                input type="radio" id="way" name="way" value="hand" checked[!by_webhook];
                label for="way" { (visit.say("hand-over-way-hand")) }
            }
            div.tick {
                input type="radio" id="way-webhook" name="way" value="webhook" checked[by_webhook];
                label for="way-webhook" { (visit.say("hand-over-way-webhook")) }
            }
        }
    }
}

fn line(visit: &Visit, name: &str, typed: &str, mistake: &Mistake) -> Markup {
    let label = label_of(visit, name);
    let hint = if name == "dated" {
        visit.say("hold-dated-hint")
    } else {
        String::new()
    };
    let asked = Control {
        name,
        kind: ValueKind::Text,
        label: &label,
        hint: &hint,
        why: html! {},
        typed,
        autocomplete: "off",
        required: true,
    };
    control(visit, &asked, mistake, "")
}

/// The sheet to print for a recipient without a key.
#[must_use]
pub fn sheet_page(visit: &Visit, place: Place<'_>, handed: &HandedOver) -> Page {
    let rows: Vec<Row> = match &handed.delivered {
        Delivered::Sheet(values) => values
            .iter()
            .map(|(label, value)| Row::new(label, value_markup(visit, "", value.expose())))
            .collect(),
        Delivered::File(..) | Delivered::Sent(_) => Vec::new(),
    };
    let title = visit.say_of("handed-title", "reference", &handed.reference);
    let body = html! {
        h1 { (title) }
        p.inset {
            (visit.say_of("handed-to", "recipient", &handed.recipient)) " "
            a href={ "/policy#clause-" (handed.purpose) } { (handed.purpose) } br;
            (visit.say_of("handed-entered", "entry", &handed.entry.to_string()))
        }
        (summary_list(&rows))
        p { (visit.say("handed-lead")) }
    };
    Page::new(title, body).back_to(place.path())
}

/// What became of what was sent to the recipient's address.
#[must_use]
pub fn sent_page(visit: &Visit, place: Place<'_>, handed: &HandedOver, went: Went) -> Page {
    let word = match went {
        Went::Arrived => "arrived",
        Went::Not(_) => "not",
        Went::Unknown => "unknown",
    };
    let entered = match went {
        Went::Arrived | Went::Unknown => "handed-entered",
        Went::Not(_) => "handed-tried",
    };
    let title = visit.say_of(&format!("sent-{word}-title"), "reference", &handed.reference);
    let body = html! {
        h1 { (title) }
        p.lead { (visit.say_of(&format!("sent-{word}"), "recipient", &handed.recipient)) }
        @if let Went::Not(why) = went {
            p { (reason(visit, why)) }
            p { (visit.say("sent-not-next")) }
        }
        p.inset {
            (visit.say_of("sent-number", "reference", &handed.reference)) " "
            a href={ "/policy#clause-" (handed.purpose) } { (handed.purpose) } br;
            (visit.say_of(entered, "entry", &handed.entry.to_string()))
        }
    };
    Page::new(title, body).back_to(place.path())
}

fn reason(visit: &Visit, why: Unsent) -> String {
    let key = format!("sent-not-{}", why.name());
    match why {
        Unsent::Refused(status) => visit.say_of(&key, "status", &status.to_string()),
        Unsent::Missed(_) | Unsent::Stopped | Unsent::Blocked | Unsent::Fault => visit.say(&key),
    }
}
