//! 4.2, L32: the registers of what leaves: to whom data may go, and what went. The responsible person's alone; no person is in them.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem, RecipientId};
use sandyq_processing::Rejected;
use sandyq_processing::transfer::{
    DisclosureView, Disclosures, HowItWent, NewRecipient, RECIPIENT_KINDS, RecipientView,
};

use super::cases::staff;
use super::privileged;
use super::recipient::place_of as place_of_recipient;
use super::tables::link_to;
use crate::components::{
    Control, Row, control, error_summary, hidden, pagination, problem_of, submit, summary_list,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::portal::consents::recipient_words;
use crate::visit::Visit;

/// The inputs of a recipient behind its kind, in their order on the page.
const INPUTS: [&str; 6] = [
    "name",
    "country",
    "undertaking",
    "undertaken_on",
    "email",
    "age_key",
];

/// GET /staff/recipients
pub async fn show(arrival: Arrival) -> Response {
    let outcome = shown(&arrival, &NewRecipient::default(), &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival, typed: &NewRecipient, mistake: &Mistake) -> Outcome {
    let register = arrival.system.recipients(staff(arrival)?).await?;
    let page = page(&arrival.visit, &register, typed, mistake);
    Ok(Answer::of(page))
}

/// POST /staff/recipients
pub async fn act(mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &["enter", "close"]).await {
        return sent.arrival.respond(asked);
    }
    let outcome = match acted(&sent).await {
        Err(Rejected::Mistake(mistake)) => shown(&sent.arrival, &typed(&sent), &mistake).await,
        outcome => outcome,
    };
    sent.arrival.respond(outcome)
}

async fn acted(sent: &Sent) -> Outcome {
    let (system, caller) = (&sent.arrival.system, staff(&sent.arrival)?);
    sent.typed
        .only(|name| INPUTS.contains(&name) || matches!(name, "kind" | "recipient"))?;
    sent.fresh()?;
    match sent.typed.text("step") {
        "enter" => {
            system.enter_recipient(caller, &typed(sent)).await?;
        }
        "close" => {
            let id: RecipientId = sent
                .typed
                .text("recipient")
                .parse()
                .map_err(|_| Rejected::NotFound)?;
            system.close_recipient(caller, id).await?;
        }
        _ => return Err(Rejected::mistake("step", Problem::Choice)),
    }
    Ok(Answer::SeeOther("/staff/recipients".to_owned()))
}

fn typed(sent: &Sent) -> NewRecipient {
    let text = |name: &str| sent.typed.text(name).to_owned();
    NewRecipient {
        kind: text("kind"),
        name: text("name"),
        country: text("country"),
        undertaking: text("undertaking"),
        undertaken_on: text("undertaken_on"),
        email: text("email"),
        age_key: text("age_key"),
    }
}

/// The register of recipients.
#[must_use]
pub fn page(visit: &Visit, register: &[RecipientView], typed: &NewRecipient, mistake: &Mistake) -> Page {
    let body = html! {
        (error_summary(visit, mistake, |name| Some(visit.say(&format!("recipient-{name}"))), |name, _| name.to_owned()))
        h1 { (visit.say("recipients-title")) }
        p.lead { (visit.say("recipients-lead")) " " a href="/policy#clause-4.2.1" { "4.2.1" } ", " a href="/policy#clause-4.3" { "4.3" } }
        p { a href="/staff/disclosures" { (visit.say("disclosures-title")) } }
        (link_to(visit, "recipients"))
        @if register.is_empty() { p.inset { (visit.say("recipients-empty")) } }
        @for recipient in register { (line(visit, recipient)) }
        h2 { (visit.say("recipient-new")) }
        form method="post" action="/staff/recipients" novalidate autocomplete="off" {
            (hidden("token", &visit.token))
            (hidden("key", &visit.key))
            (kinds(visit, &typed.kind, mistake))
            @for name in INPUTS { (input(visit, name, value_of(typed, name), mistake)) }
            (submit("enter", &visit.say("recipient-enter")))
        }
    };
    Page::new(visit.say("recipients-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/requests")
}

fn value_of<'t>(typed: &'t NewRecipient, input: &str) -> &'t str {
    match input {
        "name" => &typed.name,
        "country" if typed.country.is_empty() => "KZ",
        "country" => &typed.country,
        "undertaking" => &typed.undertaking,
        "undertaken_on" => &typed.undertaken_on,
        "email" => &typed.email,
        _ => &typed.age_key,
    }
}

fn kinds(visit: &Visit, chosen: &str, mistake: &Mistake) -> Markup {
    let problem = mistake.of("kind");
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("recipient-kind")) }
            (problem_of(visit, "kind", problem))
            @for (place, kind) in RECIPIENT_KINDS.iter().enumerate() {
                @let id = if place == 0 { "kind".to_owned() } else { format!("kind-{}", kind.name()) };
                div.tick {
                    input type="radio" id=(id) name="kind" value=(kind.name()) checked[kind.name() == chosen];
                    label for=(id) { (recipient_words(visit, kind.name())) }
                }
            }
        }
    }
}

fn input(visit: &Visit, name: &str, typed: &str, mistake: &Mistake) -> Markup {
    let label = visit.say(&format!("recipient-{name}"));
    let hint = visit.say(&format!("recipient-{name}-hint"));
    let asked = Control {
        name,
        kind: ValueKind::Text,
        label: &label,
        hint: &hint,
        why: html! {},
        typed,
        autocomplete: "off",
        required: matches!(name, "name" | "country"),
    };
    control(visit, &asked, mistake, "")
}

fn line(visit: &Visit, recipient: &RecipientView) -> Markup {
    let say = |key: &str| visit.say(key);
    let mut rows = vec![
        Row::text(
            say("recipient-kind"),
            &recipient_words(visit, recipient.kind.name()),
        ),
        Row::text(
            say("recipient-since"),
            &visit.day(&recipient.entered_on.to_string()),
        ),
    ];
    rows.extend(recipient.undertaking.as_ref().map(|(number, day)| {
        Row::text(
            say("recipient-undertaking"),
            &format!("{number}, {}", visit.day(day)),
        )
    }));
    rows.extend(
        recipient
            .email
            .as_ref()
            .map(|email| Row::text(say("recipient-email"), email)),
    );
    let way = if recipient.by_file {
        "recipient-by-file"
    } else {
        "recipient-by-paper"
    };
    rows.push(Row::text(say("recipient-way"), &say(way)));
    rows.extend(
        recipient
            .webhook
            .as_ref()
            .map(|address| Row::text(say("recipient-webhook"), address)),
    );
    rows.extend(
        recipient
            .closed_on
            .map(|day| Row::text(say("recipient-closed"), &visit.day(&day.to_string()))),
    );
    html! {
        h2 { (recipient.name) }
        (summary_list(&rows))
        @if recipient.closed_on.is_none() {
            @if recipient.by_file {
                p { a href=(place_of_recipient(&recipient.id.to_string())) {
                    (visit.say("recipient-webhook-link")) span.unseen { " – " (recipient.name) }
                } }
            }
            form.plain method="post" action="/staff/recipients" {
                (hidden("token", &visit.token))
                (hidden("key", &visit.key))
                (hidden("recipient", &recipient.id.to_string()))
                button.quiet type="submit" name="step" value="close" {
                    (visit.say("recipient-close")) span.unseen { " " (recipient.name) }
                }
            }
        }
    }
}

/// GET /staff/disclosures
pub async fn disclosures(arrival: Arrival) -> Response {
    let outcome = listed(&arrival, &Mistake::default()).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival, mistake: &Mistake) -> Outcome {
    let (visit, page) = (&arrival.visit, arrival.visit.list_page.unwrap_or(1));
    let register = arrival
        .system
        .disclosures(staff(arrival)?, page, visit.language)
        .await?;
    let page = disclosures_page(visit, &register, mistake);
    Ok(Answer::of(page))
}

/// POST /staff/disclosures: a recipient confirmed that it stopped.
pub async fn confirm(sent: Sent) -> Response {
    let outcome = match confirmed(&sent).await {
        Err(Rejected::Mistake(mistake)) => listed(&sent.arrival, &mistake).await,
        outcome => outcome,
    };
    sent.arrival.respond(outcome)
}

async fn confirmed(sent: &Sent) -> Outcome {
    let caller = staff(&sent.arrival)?;
    sent.typed.only(|name| matches!(name, "line" | "document"))?;
    sent.fresh()?;
    let (subject, id) = sent
        .typed
        .text("line")
        .split_once('.')
        .ok_or(Rejected::NotFound)?;
    let subject = subject.parse().map_err(|_| Rejected::NotFound)?;
    let id = id.parse().map_err(|_| Rejected::NotFound)?;
    let document = sent.typed.text("document");
    sent.arrival
        .system
        .confirm_recall(caller, (subject, id), document)
        .await?;
    Ok(Answer::SeeOther("/staff/disclosures".to_owned()))
}

/// The register of disclosures.
#[must_use]
pub fn disclosures_page(visit: &Visit, register: &Disclosures, mistake: &Mistake) -> Page {
    let first = register.waiting.first().map(place_of).unwrap_or_default();
    let body = html! {
        (error_summary(visit, mistake, |_| Some(visit.say("disclosure-document")), |_, _| first.clone()))
        h1 { (visit.say("disclosures-title")) }
        p.lead { (visit.say("disclosures-lead")) }
        (link_to(visit, "disclosures"))
        p { a href="/staff/recipients" { (visit.say("recipients-title")) } }
        @if !register.waiting.is_empty() {
            h2 { (visit.say("disclosures-waiting")) }
            p { (visit.say("disclosures-waiting-lead")) }
            @for waiting in &register.waiting {
                (disclosure(visit, waiting))
                (confirmation(visit, waiting, mistake))
            }
        }
        h2 { (visit.say("disclosures-all")) }
        @if register.rows.is_empty() { p.inset { (visit.say("disclosures-empty")) } }
        @for row in &register.rows { (disclosure(visit, row)) }
        (pagination(visit, register.page, register.more))
    };
    Page::new(visit.say("disclosures-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/staff/requests")
}

fn place_of(line: &DisclosureView) -> String {
    format!("document-{}", line.id)
}

fn confirmation(visit: &Visit, line: &DisclosureView, mistake: &Mistake) -> Markup {
    let (id, problem) = (place_of(line), mistake.of("document"));
    html! {
        form.plain method="post" action="/staff/disclosures" novalidate autocomplete="off" {
            (hidden("token", &visit.token))
            (hidden("key", &visit.key))
            (hidden("line", &format!("{}.{}", line.subject, line.id)))
            div.question.is-wrong[problem.is_some()] {
                label for=(id) { (visit.say("disclosure-document")) span.unseen { " – " (line.reference) } }
                (problem_of(visit, &id, problem))
                input.w-long type="text" id=(id) name="document" maxlength="60" autocomplete="off" spellcheck="false";
            }
            p { button.quiet type="submit" { (visit.say("disclosure-confirm")) span.unseen { " – " (line.reference) } } }
        }
    }
}

/// What became of what was sent to an address on the network.
pub fn how_it_went(visit: &Visit, went: HowItWent) -> String {
    match went {
        HowItWent::Arrived(at) => visit.say_of("disclosure-went-arrived", "at", &visit.date_and_time(at)),
        HowItWent::Not(_) => visit.say("disclosure-went-not"),
        HowItWent::Unknown => visit.say("disclosure-went-unknown"),
    }
}

/// One handing-over, wherever it is shown.
pub fn disclosure(visit: &Visit, line: &DisclosureView) -> Markup {
    let say = |key: &str| visit.say(key);
    let recipient = match line.kind {
        Some(kind) => format!("{} ({})", line.recipient, recipient_words(visit, kind.name())),
        None => line.recipient.clone(),
    };
    let ground = match &line.law {
        Some((article, document)) => format!("{article}, {document}"),
        None => say("disclosure-by-consent"),
    };
    let mut rows = vec![
        Row::text(say("disclosure-to"), &recipient),
        Row::text(say("disclosure-fields"), &line.fields.join(", ")),
        Row::new(
            say("disclosure-ground"),
            html! {
                (ground) " " a href={ "/policy#clause-" (line.purpose) } { (line.purpose) }
            },
        ),
        Row::text(
            say(if matches!(line.went, Some(HowItWent::Not(_))) {
                "disclosure-tried"
            } else {
                "disclosure-at"
            }),
            &visit.date_and_time(line.at),
        ),
    ];
    rows.extend(
        line.went
            .map(|went| Row::text(say("disclosure-went"), &how_it_went(visit, went))),
    );
    let arrived = !matches!(line.went, Some(HowItWent::Not(_)));
    if let Some(since) = line.recalled_at.filter(|_| arrived) {
        rows.push(Row::text(say("disclosure-recalled"), &visit.date_and_time(since)));
        let told = line
            .told_at
            .map_or_else(|| say("disclosure-not-told"), |at| visit.date_and_time(at));
        rows.push(Row::text(say("disclosure-told"), &told));
        if line.went.is_some() {
            let told = line
                .hook_told_at
                .map_or_else(|| say("disclosure-not-told"), |at| visit.date_and_time(at));
            rows.push(Row::text(say("disclosure-hook-told"), &told));
        }
        let confirmed = line.confirmed.as_ref().map_or_else(
            || say("disclosure-not-confirmed"),
            |(at, document)| format!("{}, {document}", visit.date(*at)),
        );
        rows.push(Row::text(say("disclosure-confirmed"), &confirmed));
    }
    html! {
        h3.reference { (line.reference) }
        (summary_list(&rows))
    }
}
