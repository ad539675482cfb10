//! 3, 5.1.2: the register of the operator's own documents, the page on which one is entered with its file, and the one on which a
//! public one is taken off the site. The responsible person does both, the auditor reads; a file is only ever handed out to be kept,
//! never shown in a page.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{LocalActKind, Mistake, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::local_act::{Entered, LocalActRow, LocalActs, Stands};

use super::cases::staff;
use super::papers::PATH as PAPERS;
use super::privileged::{self, InForm};
use super::tables::link_to;
use crate::components::{
    Control, control, error_summary, pagination, problem_of, submit, tray, tray_with_file,
};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::file::SentWithFile;
use crate::layout::Page;
use crate::visit::Visit;

/// Where the register is.
pub const LOCAL_ACTS: &str = "/staff/local-acts";
/// Where a document is entered.
const NEW: &str = "/staff/local-acts/new";
/// The media type of every document.
pub const PDF: &str = "application/pdf";

/// Inputs of the form, beside kind, file and the box; whether each is required.
const INPUTS: [(&str, bool); 7] = [
    ("title", true),
    ("document", true),
    ("version", true),
    ("adopted_on", true),
    ("approver", true),
    ("in_force_since", true),
    ("replaces", false),
];

/// GET /staff/local-acts
pub async fn show(arrival: Arrival) -> Response {
    let outcome = listed(&arrival).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival) -> Outcome {
    let page = arrival.visit.list_page.unwrap_or(1);
    let register = arrival.system.local_acts(staff(arrival)?, page).await?;
    Ok(Answer::Page(register_page(&arrival.visit, &register)))
}

/// GET /staff/local-acts/new
pub async fn new(arrival: Arrival) -> Response {
    let outcome = asked(&arrival).await;
    arrival.respond(outcome)
}

async fn asked(arrival: &Arrival) -> Outcome {
    arrival.system.enters_local_acts(staff(arrival)?)?;
    let nothing = |_: &str| String::new();
    let proof = privileged::in_form(arrival).await?;
    let page = entry_page(&arrival.visit, &nothing, proof.as_ref(), &Mistake::default());
    Ok(Answer::Page(page))
}

/// POST /staff/local-acts/new
pub async fn enter(mut sent: SentWithFile) -> Response {
    let outcome = taken(&mut sent).await;
    sent.sent.arrival.respond(outcome)
}

async fn taken(with: &mut SentWithFile) -> Outcome {
    let caller = staff(&with.sent.arrival)?;
    with.sent.arrival.system.enters_local_acts(caller)?;
    let answered = privileged::answered_in_form(&mut with.sent).await?;
    let sent = &with.sent;
    let (system, visit) = (&sent.arrival.system, &sent.arrival.visit);
    let caller = staff(&sent.arrival)?;
    sent.typed.only(|name| {
        matches!(name, "kind" | "public" | "scan") || INPUTS.iter().any(|(input, _)| *input == name)
    })?;
    sent.fresh()?;
    let typed = |name: &str| sent.typed.text(name).to_owned();
    let entered = Entered {
        kind: typed("kind"),
        title: typed("title"),
        document: typed("document"),
        version: typed("version"),
        adopted_on: typed("adopted_on"),
        approver: typed("approver"),
        in_force_since: typed("in_force_since"),
        replaces: typed("replaces"),
        is_public: sent.typed.has("public"),
        file: with.file.clone().unwrap_or_default(),
    };
    let outcome = match answered {
        Ok(()) => mistake_of(system.enter_local_act(caller, &entered, sent.key()?).await)?,
        Err(mistake) => Err(mistake),
    };
    let Err(mistake) = outcome else {
        return Ok(Answer::SeeOther(LOCAL_ACTS.to_owned()));
    };
    let proof = privileged::in_form(&sent.arrival).await?;
    let page = entry_page(visit, &typed, proof.as_ref(), &mistake);
    Ok(Answer::wrong(page))
}

/// GET /staff/local-acts/{number}/hide
pub async fn ask_to_hide(Path(number): Path<u32>, arrival: Arrival) -> Response {
    let outcome = asked_to_hide(&arrival, number).await;
    arrival.respond(outcome)
}

async fn asked_to_hide(arrival: &Arrival, number: u32) -> Outcome {
    let act = arrival
        .system
        .local_act_on_the_site(staff(arrival)?, number)
        .await?;
    Ok(Answer::Page(hiding_page(&arrival.visit, &act)))
}

/// POST /staff/local-acts/{number}/hide
pub async fn hide(Path(number): Path<u32>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &["hide"]).await {
        return sent.arrival.respond(asked);
    }
    let outcome = hidden(&sent, number).await;
    sent.arrival.respond(outcome)
}

async fn hidden(sent: &Sent, number: u32) -> Outcome {
    let caller = staff(&sent.arrival)?;
    sent.typed.only(|_| false)?;
    sent.fresh()?;
    if sent.typed.text("step") != "hide" {
        return Err(Rejected::mistake("step", Problem::Choice));
    }
    let system = &sent.arrival.system;
    system.hide_local_act(caller, number, sent.key()?).await?;
    Ok(Answer::SeeOther(LOCAL_ACTS.to_owned()))
}

/// GET /staff/local-acts/{number}/file
pub async fn file(Path(number): Path<u32>, arrival: Arrival) -> Response {
    let outcome = handed_out(&arrival, number).await;
    arrival.respond(outcome)
}

async fn handed_out(arrival: &Arrival, number: u32) -> Outcome {
    let file = arrival.system.local_act_file(staff(arrival)?, number).await?;
    Ok(Answer::File(file.name, PDF, file.content))
}

/// The register.
#[must_use]
pub fn register_page(visit: &Visit, register: &LocalActs) -> Page {
    let title = visit.say("local-acts-title");
    let body = html! {
        h1 { (title) }
        p.lead { (visit.say("local-acts-lead")) }
        (link_to(visit, "local-acts"))
        @if register.enters { p { a href=(NEW) { (visit.say("local-acts-enter")) } } }
        p { a href=(PAPERS) { (visit.say("papers-title")) } }
        @if register.rows.is_empty() { p.inset { (visit.say("local-acts-empty")) } } @else {
            @for row in &register.rows {
                (document(visit, row, &format!("{LOCAL_ACTS}/{}/file", row.number)))
                @if register.enters && row.is_public && row.hidden_at.is_none() {
                    p { a href=(hiding_path(row.number)) { (visit.say("local-act-hide")) span.unseen { " " (row.title) } } }
                }
            }
            (pagination(visit, register.page, register.more))
        }
    };
    Page::new(title, body)
}

/// One document, with all that is known of it.
#[must_use]
pub fn document(visit: &Visit, row: &LocalActRow, path: &str) -> Markup {
    let state = match row.stands {
        Stands::InForce => "local-act-in-force",
        Stands::Replaced => "local-act-replaced",
        Stands::NotYet => "local-act-not-yet",
    };
    let line = |name: &str, value: &str| {
        html! { div { dt { (visit.say(name)) } dd { (value) } } }
    };
    html! {
        h2 { (row.title) }
        p {
            span.tag.no[row.stands != Stands::InForce] { (visit.say(state)) } " "
            span.tag { (visit.say(access_of(row))) }
        }
        dl.facts {
            (line("local-act-number", &row.number.to_string()))
            (line("local-act-kind-short", &visit.say(&format!("local-act-kind-{}", row.kind))))
            (line("local-act-document", &row.document))
            (line("local-act-version", &row.version))
            (line("local-act-adopted_on", &visit.day(&row.adopted_on.to_string())))
            (line("local-act-approver", &row.approver))
            (line("local-act-in_force_since", &visit.day(&row.in_force_since.to_string())))
            @if let Some(number) = row.replaces { (line("local-act-replaces", &number.to_string())) }
            @if let Some((number, since)) = row.replaced_by {
                @let args = [("number", number.to_string().into()), ("date", visit.day(&since.to_string()).into())];
                (line("local-act-replaced-by", &visit.say_with("local-act-replaced-since", &args)))
            }
            @if let Some(at) = row.hidden_at { (line("local-act-hidden-at", &visit.date_and_time(at))) }
            div { dt { "SHA-256" } dd { code { (row.file_hash) } } }
        }
        p { a href=(path) { (visit.say("local-act-download")) " (" (visit.say_of("local-act-size", "size", &kilobytes(row.file_bytes).to_string())) ")"
            span.unseen { " " (row.title) } } }
    }
}

/// Who may read it.
pub const fn access_of(row: &LocalActRow) -> &'static str {
    match (row.is_public, row.hidden_at.is_some()) {
        (true, false) => "local-act-public-tag",
        (true, true) => "local-act-hidden-tag",
        (false, _) => "local-act-internal-tag",
    }
}

fn hiding_path(number: u32) -> String {
    format!("{LOCAL_ACTS}/{number}/hide")
}

/// The page on which a document is taken off the site.
#[must_use]
pub fn hiding_page(visit: &Visit, act: &LocalActRow) -> Page {
    let path = hiding_path(act.number);
    let title = visit.say("local-act-hide-title");
    let body = html! {
        h1 { (title) }
        p.lead { (visit.say("local-act-hide-lead")) }
        (document(visit, act, &format!("{LOCAL_ACTS}/{}/file", act.number)))
        (tray(visit, &path, &[], &submit("hide", &visit.say("local-act-hide-button"))))
    };
    Page::new(title, body).back_to(LOCAL_ACTS)
}

const fn kilobytes(bytes: u64) -> u64 {
    bytes.div_ceil(1000)
}

/// The page on which a document is entered. `typed` is what was typed before, `proof` what is asked of whoever enters it.
#[must_use]
pub fn entry_page(
    visit: &Visit,
    typed: &dyn Fn(&str) -> String,
    proof: Option<&InForm>,
    mistake: &Mistake,
) -> Page {
    let label = |name: &str| {
        privileged::label_of(visit, name).unwrap_or_else(|| visit.say(&format!("local-act-{name}")))
    };
    let (of_file, of_public) = (mistake.of("scan"), mistake.of("public"));
    let inside = html! {
        (kinds(visit, &typed("kind"), mistake))
        @for (name, required) in INPUTS { (input(visit, name, required, &typed(name), mistake)) }
        div.question.is-wrong[of_file.is_some()] {
            label for="scan" { (label("scan")) }
            p.hint id="scan-hint" { (visit.say("local-act-scan-hint")) }
            (problem_of(visit, "scan", of_file))
            input type="file" id="scan" name="scan" accept=".pdf" aria-describedby="scan-hint";
        }
        div.question.is-wrong[of_public.is_some()] {
            (problem_of(visit, "public", of_public))
            div.tick {
                input type="checkbox" id="public" name="public" value="yes" checked[!typed("public").is_empty()];
                label for="public" { (label("public")) }
            }
        }
        @if let Some(asked) = proof { (privileged::question(visit, asked, "enter", mistake)) }
        (submit("enter", &visit.say("local-act-button")))
    };
    let body = html! {
        (error_summary(visit, mistake, |name| Some(label(name)), |name, _| name.to_owned()))
        h1 { (visit.say("local-acts-enter")) }
        p.lead { (visit.say("local-act-lead-new")) }
        (tray_with_file(visit, NEW, &inside))
    };
    Page::new(visit.say("local-acts-enter"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to(LOCAL_ACTS)
        .scripted_if(proof.is_some_and(|asked| asked.passkey.is_some()))
}

fn input(visit: &Visit, name: &str, required: bool, typed: &str, mistake: &Mistake) -> Markup {
    let (label, hint) = (
        visit.say(&format!("local-act-{name}")),
        visit.say(&format!("local-act-{name}-hint")),
    );
    let asked = Control {
        name,
        kind: ValueKind::Text,
        label: &label,
        hint: &hint,
        why: html! {},
        typed,
        autocomplete: "off",
        required,
    };
    control(visit, &asked, mistake, "")
}

/// What it is, by buttons.
fn kinds(visit: &Visit, chosen: &str, mistake: &Mistake) -> Markup {
    let problem = mistake.of("kind");
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("local-act-kind")) }
            (problem_of(visit, "kind", problem))
            @for (place, kind) in LocalActKind::ALL.into_iter().enumerate() {
                @let id = if place == 0 { "kind".to_owned() } else { format!("kind-{kind}") };
                div.tick {
                    input type="radio" id=(id) name="kind" value=(kind) checked[kind.name() == chosen];
                    label for=(id) { (visit.say(&format!("local-act-kind-{kind}"))) }
                }
            }
        }
    }
}
