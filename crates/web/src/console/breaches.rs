//! 5.1.3: the register of breaches, and the page on which a breach, or a step on one, is entered. The responsible person
//! enters, the auditor reads; nobody is named here.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{BreachKind, BreachStep, Category, Mistake, Problem};
use sandyq_processing::breach::{BreachRow, Breaches, Told, When};
use sandyq_processing::{Rejected, System};

use super::cases::staff;
use super::tables::link_to;
use crate::components::{Control, control, error_summary, pagination, problem_of, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the register is.
pub const REGISTER: &str = "/staff/breaches";

/// What is entered on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// A breach.
    New,
    /// A step on the breach of that number.
    Step(u32, BreachStep),
}

impl Entered {
    /// Where its form goes, and where it was opened.
    fn path(self) -> String {
        match self {
            Self::New => format!("{REGISTER}/new"),
            Self::Step(number, step) => format!("{REGISTER}/{number}/{step}"),
        }
    }

    fn back(self) -> String {
        match self {
            Self::New => REGISTER.to_owned(),
            Self::Step(number, _) => format!("{REGISTER}/{number}"),
        }
    }

    const fn finds(self) -> bool {
        matches!(self, Self::New | Self::Step(_, BreachStep::Find))
    }

    /// The sentence of that kind about it.
    fn says(self, visit: &Visit, prefix: &str, new: &str) -> String {
        match self {
            Self::New => visit.say(new),
            Self::Step(_, step) => visit.say(&format!("{prefix}{step}")),
        }
    }
}

/// The words of every category, in the reader's language.
pub fn labels(system: &System, visit: &Visit) -> Vec<(Category, String)> {
    let all = Category::ALL.into_iter();
    all.map(|category| (category, system.category_label(category, visit.language)))
        .collect()
}

/// GET /staff/breaches
pub async fn show(arrival: Arrival) -> Response {
    let outcome = listed(&arrival).await;
    arrival.respond(outcome)
}

async fn listed(arrival: &Arrival) -> Outcome {
    let page = arrival.visit.list_page.unwrap_or(1);
    let register = arrival.system.breaches(staff(arrival)?, page).await?;
    Ok(Answer::Page(register_page(&arrival.visit, &register)))
}

/// GET /staff/breaches/new
pub async fn new(arrival: Arrival) -> Response {
    let outcome = asked(&arrival, Entered::New).await;
    arrival.respond(outcome)
}

/// GET /staff/breaches/{number}/{step}
pub async fn ask_step(Path((number, step)): Path<(u32, String)>, arrival: Arrival) -> Response {
    let outcome = match step.parse() {
        Ok(step) => asked(&arrival, Entered::Step(number, step)).await,
        Err(_) => Err(Rejected::NotFound),
    };
    arrival.respond(outcome)
}

async fn asked(arrival: &Arrival, entered: Entered) -> Outcome {
    // Whoever has late ones to see is whoever enters; of a step, the breach says whether it can be taken.
    let caller = staff(arrival)?;
    arrival.system.late_breaches(caller).await?;
    if let Entered::Step(number, step) = entered {
        let view = arrival.system.breach(caller, number).await?;
        if !view.can.contains(&step) {
            return Ok(Answer::SeeOther(entered.back()));
        }
    }
    let nothing = |_: &str| String::new();
    let labels = labels(&arrival.system, &arrival.visit);
    let page = entry_page(&arrival.visit, entered, &labels, &nothing, &Mistake::default());
    Ok(Answer::Page(page))
}

/// POST /staff/breaches/new
pub async fn enter(sent: Sent) -> Response {
    let outcome = taken(&sent, Entered::New).await;
    sent.arrival.respond(outcome)
}

/// POST /staff/breaches/{number}/{step}
pub async fn take_step(Path((number, step)): Path<(u32, String)>, sent: Sent) -> Response {
    let outcome = match step.parse() {
        Ok(step) => taken(&sent, Entered::Step(number, step)).await,
        Err(_) => Err(Rejected::NotFound),
    };
    sent.arrival.respond(outcome)
}

async fn taken(sent: &Sent, entered: Entered) -> Outcome {
    let (system, visit) = (&sent.arrival.system, &sent.arrival.visit);
    let caller = staff(&sent.arrival)?;
    let boxes = Category::ALL.map(box_name);
    sent.typed.only(|name| {
        INPUTS.contains(&name)
            || (entered == Entered::New && name == "kind")
            || boxes.iter().any(|of| of == name)
    })?;
    let typed = |name: &str| sent.typed.text(name).to_owned();
    if sent.typed.text("step") == "show" {
        let labels = labels(system, visit);
        let page = entry_page(visit, entered, &labels, &typed, &Mistake::default());
        return Ok(Answer::Page(page));
    }
    sent.fresh()?;
    let ticked = Category::ALL.into_iter();
    let ticked = ticked.filter(|category| sent.typed.has(&box_name(*category)));
    let told = Told {
        when: When {
            day: typed("day"),
            time: typed("time"),
        },
        categories: ticked.map(|category| category.name().to_owned()).collect(),
        people: typed("people"),
        document: typed("document"),
        words: typed("words"),
    };
    let outcome = match entered {
        Entered::New => {
            let kind = typed("kind");
            system.enter_breach(caller, &kind, &told, sent.key()?).await
        }
        Entered::Step(number, step) => {
            let taken = system.add_step(caller, number, step.name(), &told, sent.key()?);
            taken.await.map(|()| number)
        }
    };
    Ok(match mistake_of(outcome)? {
        Ok(number) => Answer::SeeOther(format!("{REGISTER}/{number}")),
        Err(mistake) => {
            let labels = labels(system, visit);
            Answer::wrong(entry_page(visit, entered, &labels, &typed, &mistake))
        }
    })
}

/// Inputs of every such page, beside the boxes.
const INPUTS: [&str; 5] = ["day", "time", "people", "document", "words"];

/// The name of the box of a group.
pub(super) fn box_name(category: Category) -> String {
    format!("category-{category}")
}

/// The register.
#[must_use]
pub fn register_page(visit: &Visit, register: &Breaches) -> Page {
    let title = visit.say("breaches-title");
    let body = html! {
        h1 { (title) }
        p.lead { (visit.say("breaches-lead")) }
        (link_to(visit, "breaches"))
        @if register.enters { p { a href={ (REGISTER) "/new" } { (visit.say("breaches-enter")) } } }
        @if register.rows.is_empty() { p.inset { (visit.say("breaches-empty")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table {
                    thead { tr {
                        th scope="col" { (visit.say("breach-number")) }
                        th scope="col" { (visit.say("breach-detected")) }
                        th scope="col" { (visit.say("breach-kind-short")) }
                        th.number scope="col" { (visit.say("breach-people-short")) }
                        th scope="col" { (visit.say("breach-due")) }
                        th scope="col" { (visit.say("breach-told")) }
                        th scope="col" { (visit.say("breach-state")) }
                    } }
                    tbody { @for row in &register.rows {
                        tr {
                            th scope="row" { a href={ (REGISTER) "/" (row.number) } { (row.number) } }
                            td { (visit.date_and_time(row.detected_at)) }
                            td { (visit.say(&format!("breach-kind-{}", row.kind))) }
                            td.number { (people(visit, row.people)) }
                            td { (visit.date_and_time(row.due_at)) }
                            td { (told(visit, row)) }
                            td { span.tag { (visit.say(if row.closed { "breach-closed" } else { "breach-open" })) } }
                        }
                    } }
                }
            }
            (pagination(visit, register.page, register.more))
        }
    };
    Page::new(title, body).widened()
}

/// How many people, as far as it is known.
pub fn people(visit: &Visit, count: Option<u64>) -> String {
    count.map_or_else(|| visit.say("breach-people-unknown"), |count| count.to_string())
}

/// When the authority was told, and whether that was late.
pub(super) fn told(visit: &Visit, row: &BreachRow) -> Markup {
    html! {
        @match row.told_at {
            Some(at) => (visit.date_and_time(at)),
            None => (visit.say("breach-not-told")),
        }
        @if row.late { " " span.tag.no { (visit.say("breach-late")) } }
    }
}

/// What stands at the top of the boards of the responsible person while the authority was not told in time.
#[must_use]
pub fn late_ones(visit: &Visit, late: &[BreachRow]) -> Markup {
    html! {
        @if !late.is_empty() {
            div.inset role="alert" {
                h2 { (visit.say("breach-late-title")) }
                ul { @for row in late {
                    @let args = [
                        ("number", row.number.to_string().into()),
                        ("date", visit.date_and_time(row.due_at).into()),
                    ];
                    li { a href={ (REGISTER) "/" (row.number) } { (visit.say_with("breach-late-line", &args)) } }
                } }
            }
        }
    }
}

/// The page on which a breach or a step is entered. `typed` is what was typed before.
#[must_use]
pub fn entry_page(
    visit: &Visit,
    entered: Entered,
    labels: &[(Category, String)],
    typed: &dyn Fn(&str) -> String,
    mistake: &Mistake,
) -> Page {
    let title = entered.says(visit, "breach-do-", "breaches-enter");
    let tells = matches!(entered, Entered::Step(_, BreachStep::TellAuthority));
    let closes = matches!(entered, Entered::Step(_, BreachStep::Close));
    let asked = |name: &str, kind: ValueKind, required: bool| {
        let hint = visit.say(&format!("breach-{name}-hint"));
        input(visit, (name, kind, required), (&hint, &typed(name)), mistake)
    };
    let inside = html! {
        @if entered == Entered::New { (kinds(visit, &typed("kind"), mistake)) }
        (asked("day", ValueKind::Text, false))
        (asked("time", ValueKind::Text, false))
        @if entered.finds() {
            (boxes(visit, labels, typed, mistake))
            (asked("people", ValueKind::Text, false))
        }
        @if tells { (asked("document", ValueKind::Text, true)) } @else {
            (asked("words", ValueKind::LongText, !closes))
        }
        (submit("enter", &visit.say("breach-button")))
    };
    let label = |name: &str| match name {
        "step" | "kind" | "categories" | "people" | "day" | "time" | "document" | "words" => {
            Some(visit.say(&format!("breach-{name}")))
        }
        _ => None,
    };
    let leads_to = |name: &str, _: Problem| if name == "step" { "day" } else { name }.to_owned();
    let path = entered.path();
    let body = html! {
        (error_summary(visit, mistake, label, leads_to))
        h1 { (title) }
        p.lead { (entered.says(visit, "breach-lead-", "breach-lead-new")) }
        (tray(visit, &path, &[], &inside))
    };
    Page::new(title, body)
        .wrong_if(!mistake.0.is_empty())
        .keeping_typed(path, "show", "enter")
        .back_to(entered.back())
}

/// An input of text, with its hint and what was typed before.
pub(super) fn input(
    visit: &Visit,
    (name, kind, required): (&str, ValueKind, bool),
    (hint, typed): (&str, &str),
    mistake: &Mistake,
) -> Markup {
    let label = visit.say(&format!("breach-{name}"));
    let asked = Control {
        name,
        kind,
        label: &label,
        hint,
        why: html! {},
        typed,
        autocomplete: "off",
        required,
    };
    control(visit, &asked, mistake, "")
}

/// What happened to the data, by buttons.
fn kinds(visit: &Visit, chosen: &str, mistake: &Mistake) -> Markup {
    let problem = mistake.of("kind");
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("breach-kind")) }
            (problem_of(visit, "kind", problem))
            @for (place, kind) in BreachKind::ALL.into_iter().enumerate() {
                @let id = if place == 0 { "kind".to_owned() } else { format!("kind-{kind}") };
                div.tick {
                    input type="radio" id=(id) name="kind" value=(kind) checked[kind.name() == chosen];
                    label for=(id) { (visit.say(&format!("breach-kind-{kind}"))) }
                }
            }
        }
    }
}

/// Whom it concerns, by boxes from the policy.
pub(super) fn boxes(
    visit: &Visit,
    labels: &[(Category, String)],
    typed: &dyn Fn(&str) -> String,
    mistake: &Mistake,
) -> Markup {
    let problem = mistake.of("categories");
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("breach-categories")) }
            (problem_of(visit, "categories", problem))
            @for (place, (category, label)) in labels.iter().enumerate() {
                @let name = box_name(*category);
                @let id = if place == 0 { "categories".to_owned() } else { name.clone() };
                div.tick {
                    input type="checkbox" id=(id) name=(name) value="yes" checked[!typed(&name).is_empty()];
                    label for=(id) { (label) }
                }
            }
        }
    }
}
