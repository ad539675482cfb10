//! 5.1.3-b: the forms by which the responsible person says whom a breach concerns, and what the letters to them say. None of them
//! shows anybody; what is wrong is said beside the input.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{BreachActKind, Category, Mistake, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::breach::{LettersTold, Sought, When};

use super::breach_people::path_of;
use super::breaches::{box_name, boxes, input, labels};
use super::cases::staff;
use super::privileged;
use crate::components::{error_summary, problem_of, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// What stands before the name of a field in a form.
const FIELD: &str = "field-";
/// The inputs of one record.
const OF_RECORD: [&str; 1] = ["reference"];
/// The inputs of what an account of staff did.
const OF_LOOKS: [&str; 5] = ["staff", "from-day", "from-time", "until-day", "until-time"];
/// The inputs of letters: what they say in each language.
const OF_LETTERS: [&str; 3] = ["text-kk", "text-ru", "text-en"];

/// What a form of these offers: the groups and the fields, in words.
pub struct Offered {
    /// Every group.
    pub labels: Vec<(Category, String)>,
    /// Every field that somebody can have: name and words.
    pub fields: Vec<(String, String)>,
}

/// GET /staff/breaches/{number}/people/{how}
pub async fn ask(Path((number, how)): Path<(u32, String)>, arrival: Arrival) -> Response {
    let outcome = asked(&arrival, number, &how).await;
    arrival.respond(outcome)
}

async fn asked(arrival: &Arrival, number: u32, how: &str) -> Outcome {
    let kind = kind_of(how)?;
    // Only for whom the people are there at all, and where letters can be written.
    let language = arrival.visit.language;
    let people = arrival
        .system
        .people_of_breach(staff(arrival)?, number, 1, language)
        .await?;
    if kind == BreachActKind::Letters && people.unwritten() == 0 {
        return Ok(Answer::SeeOther(path_of(number)));
    }
    let nothing = |_: &str| String::new();
    let page = page(
        &arrival.visit,
        (number, kind),
        &offered(arrival),
        &nothing,
        &Mistake::default(),
    );
    Ok(Answer::Page(page))
}

/// POST /staff/breaches/{number}/people/{how}
pub async fn take(Path((number, how)): Path<(u32, String)>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &["enter"]).await {
        return sent.arrival.respond(asked);
    }
    let outcome = taken(&sent, number, &how).await;
    sent.arrival.respond(outcome)
}

async fn taken(sent: &Sent, number: u32, how: &str) -> Outcome {
    let (arrival, visit) = (&sent.arrival, &sent.arrival.visit);
    let caller = staff(arrival)?;
    let kind = kind_of(how)?;
    let of_groups = |name: &str| Category::ALL.iter().any(|category| box_name(*category) == name);
    let of_fields = |name: &str| name.starts_with(FIELD);
    sent.typed.only(|name| match kind {
        BreachActKind::Record => OF_RECORD.contains(&name),
        BreachActKind::Stored => of_groups(name) || of_fields(name),
        BreachActKind::Looks => OF_LOOKS.contains(&name),
        _ => OF_LETTERS.contains(&name) || of_fields(name),
    })?;
    let typed = |name: &str| sent.typed.text(name).to_owned();
    if sent.typed.text("step") == "show" {
        let page = page(
            visit,
            (number, kind),
            &offered(arrival),
            &typed,
            &Mistake::default(),
        );
        return Ok(Answer::Page(page));
    }
    sent.fresh()?;
    let system = &arrival.system;
    let outcome = if kind == BreachActKind::Letters {
        let told = LettersTold {
            texts: OF_LETTERS.map(typed),
            fields: fields(sent),
        };
        system.write_to_people(caller, number, &told, sent.key()?).await
    } else {
        let sought = sought(sent);
        system
            .seek_people(caller, number, kind, &sought, sent.key()?)
            .await
    };
    Ok(match mistake_of(outcome)? {
        Ok(()) => Answer::SeeOther(path_of(number)),
        Err(mistake) if mistake.of("key").is_some() => return Err(Rejected::Mistake(mistake)),
        Err(mistake) => Answer::wrong(page(visit, (number, kind), &offered(arrival), &typed, &mistake)),
    })
}

fn kind_of(how: &str) -> Result<BreachActKind, Rejected> {
    let kind: BreachActKind = how.parse().map_err(|_| Rejected::NotFound)?;
    if kind == BreachActKind::List {
        return Err(Rejected::NotFound);
    }
    Ok(kind)
}

fn offered(arrival: &Arrival) -> Offered {
    Offered {
        labels: labels(&arrival.system, &arrival.visit),
        fields: arrival.system.fields_of_breach(arrival.visit.language),
    }
}

fn sought(sent: &Sent) -> Sought {
    let text = |name: &str| sent.typed.text(name).to_owned();
    let when = |side: &str| When {
        day: text(&format!("{side}-day")),
        time: text(&format!("{side}-time")),
    };
    let ticked = Category::ALL.into_iter();
    let ticked = ticked.filter(|category| sent.typed.has(&box_name(*category)));
    Sought {
        reference: text("reference"),
        categories: ticked.map(|category| category.name().to_owned()).collect(),
        fields: fields(sent),
        staff: text("staff"),
        from: when("from"),
        until: when("until"),
    }
}

fn fields(sent: &Sent) -> Vec<String> {
    let names = sent.typed.names().filter_map(|name| name.strip_prefix(FIELD));
    names.map(str::to_owned).collect()
}

/// The page.
#[must_use]
pub fn page(
    visit: &Visit,
    (number, kind): (u32, BreachActKind),
    offered: &Offered,
    typed: &dyn Fn(&str) -> String,
    mistake: &Mistake,
) -> Page {
    let writes = kind == BreachActKind::Letters;
    let (title, button) = if writes {
        (visit.say("breach-letters-title"), "breach-letters-button")
    } else {
        (visit.say(&format!("breach-seek-{kind}")), "breach-seek-button")
    };
    let asked = |name: &str, value: ValueKind, required: bool| {
        let hint = visit.say(hint_of(name));
        input(visit, (name, value, required), (&hint, &typed(name)), mistake)
    };
    let inside = html! {
        @match kind {
            BreachActKind::Record => (asked("reference", ValueKind::Text, true)),
            BreachActKind::Stored => {
                (boxes(visit, &offered.labels, typed, mistake))
                (field_boxes(visit, offered, "breach-seek-fields-hint", typed, mistake))
            }
            BreachActKind::Looks => {
                @for name in OF_LOOKS { (asked(name, ValueKind::Text, matches!(name, "staff" | "from-day" | "from-time"))) }
            }
            _ => {
                @for name in OF_LETTERS { (asked(name, ValueKind::LongText, true)) }
                (field_boxes(visit, offered, "breach-letters-fields-hint", typed, mistake))
            }
        }
        (submit("enter", &visit.say(button)))
    };
    let path = format!("{}/{kind}", path_of(number));
    let first = if writes { "text-kk" } else { "reference" };
    let leads_to = |name: &str, _: Problem| if name == "step" { first } else { name }.to_owned();
    let body = html! {
        (error_summary(visit, mistake, |name| label_of(visit, name), leads_to))
        h1 { (title) }
        p.lead { (visit.say(&format!("breach-lead-{kind}"))) }
        (tray(visit, &path, &[], &inside))
    };
    Page::new(title.clone(), body)
        .wrong_if(!mistake.0.is_empty())
        .keeping_typed(path, "show", "enter")
        .back_to(path_of(number))
}

fn label_of(visit: &Visit, name: &str) -> Option<String> {
    let key = match name {
        "step" => "breach-letters-title".to_owned(),
        "categories" => "breach-categories".to_owned(),
        "fields" | "reference" | "staff" => format!("breach-{name}"),
        other if OF_LOOKS.contains(&other) || OF_LETTERS.contains(&other) => format!("breach-{other}"),
        _ => return None,
    };
    Some(visit.say(&key))
}

fn hint_of(name: &str) -> &'static str {
    match name {
        "reference" => "breach-reference-hint",
        "staff" => "breach-staff-hint",
        "from-day" => "breach-from-day-hint",
        "until-day" => "breach-until-day-hint",
        "from-time" | "until-time" => "breach-time-hint",
        _ => "breach-text-hint",
    }
}

/// The fields, by boxes.
fn field_boxes(
    visit: &Visit,
    offered: &Offered,
    hint: &str,
    typed: &dyn Fn(&str) -> String,
    mistake: &Mistake,
) -> Markup {
    let problem = mistake.of("fields");
    html! {
        fieldset.question.is-wrong[problem.is_some()] {
            legend { (visit.say("breach-fields")) }
            p.hint { (visit.say(hint)) }
            (problem_of(visit, "fields", problem))
            @for (place, (name, label)) in offered.fields.iter().enumerate() {
                @let input = format!("{FIELD}{name}");
                @let id = if place == 0 { "fields".to_owned() } else { input.clone() };
                div.tick {
                    input type="checkbox" id=(id) name=(input) value="yes" checked[!typed(&input).is_empty()];
                    label for=(id) { (label) }
                }
            }
        }
    }
}
