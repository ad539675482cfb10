//! 5.1.4: several cases of the list are taken or given back together: chosen by boxes, looked at once more, and then done one by one. The
//! references travel in the form and stand in no address. What was done can be undone from the page that says so.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_processing::cases::together::{Fate, OneOfThem, Together};

use super::asked::Asked;
use super::cases::{FILTER, PATH, is_reference, listed, staff};
use crate::components::hidden;
use crate::http::arrival::{Answer, Outcome, Sent, mistake_of};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the form of the list goes.
pub const TOGETHER: &str = "/staff/cases/together";
/// What stands before a reference in the name of its box.
pub const BOX: &str = "case-";

/// POST /staff/cases/together
pub async fn together(sent: Sent) -> Response {
    let outcome = chosen(&sent).await;
    sent.arrival.respond(outcome)
}

async fn chosen(sent: &Sent) -> Outcome {
    let (arrival, visit) = (&sent.arrival, &sent.arrival.visit);
    let caller = staff(arrival)?;
    let of_box = |name: &str| name.strip_prefix(BOX).is_some_and(is_reference);
    sent.typed.only(|name| of_box(name) || FILTER.contains(&name))?;
    sent.fresh()?;
    let asked = Asked::of_form(&sent.typed, FILTER);
    let boxes = sent.typed.names().filter_map(|name| name.strip_prefix(BOX));
    let references: Vec<String> = boxes.map(ToOwned::to_owned).collect();
    let (step, does) = match sent.typed.text("step") {
        "give-back" => (Together::GiveBack, false),
        "do-take" => (Together::Take, true),
        "do-give-back" => (Together::GiveBack, true),
        _ => (Together::Take, false),
    };
    let system = &arrival.system;
    let told = if does {
        system.done_together(caller, step, &references).await
    } else {
        system.foreseen_together(caller, step, &references).await
    };
    match mistake_of(told)? {
        Ok(all) if does => Ok(Answer::Page(done_page(visit, &asked, step, &all))),
        Ok(all) => Ok(Answer::Page(ahead_page(visit, &asked, step, &all))),
        Err(mistake) => listed(arrival, &asked, mistake).await,
    }
}

const fn word(step: Together) -> &'static str {
    match step {
        Together::Take => "take",
        Together::GiveBack => "give-back",
    }
}

/// The buttons below a list; the boxes that belong to them stand in its rows.
pub fn buttons(visit: &Visit, asked: &Asked) -> Markup {
    html! {
        form.plain #together method="post" action=(TOGETHER) {
            (hidden("token", &visit.token))
            (asked.kept())
            p {
                (visit.say("together-chosen")) " "
                button.quiet type="submit" name="step" value="take" { (visit.say("together-take")) } " "
                button.quiet type="submit" name="step" value="give-back" { (visit.say("together-give-back")) }
            }
        }
    }
}

/// The box by which a case is chosen.
pub fn choice(visit: &Visit, reference: &str) -> Markup {
    let name = format!("{BOX}{reference}");
    html! {
        div.tick {
            input type="checkbox" id=(name) name=(name) value="yes" form="together";
            label for=(name) { span.unseen { (visit.say_of("together-choose", "reference", reference)) } }
        }
    }
}

/// What would become of each.
#[must_use]
pub fn ahead_page(visit: &Visit, asked: &Asked, step: Together, all: &[OneOfThem]) -> Page {
    let would: Vec<&OneOfThem> = all.iter().filter(|one| one.fate == Fate::Would).collect();
    let title = visit.say(&format!("together-ahead-{}", word(step)));
    let body = html! {
        h1 { (title) }
        p.lead { (visit.say("together-ahead-lead")) }
        (fates(visit, step, all))
        @if would.is_empty() { p.inset { (visit.say("together-none")) } } @else {
            (does(visit, asked, step, (&would, "together-do")))
        }
        p { a href=(asked.address(PATH)) { (visit.say("together-back")) } }
    };
    Page::new(title, body).back_to(asked.address(PATH))
}

/// What became of each, and how it is undone.
#[must_use]
pub fn done_page(visit: &Visit, asked: &Asked, step: Together, all: &[OneOfThem]) -> Page {
    let of = |fate: &Fate| -> Vec<&OneOfThem> { all.iter().filter(|one| one.fate == *fate).collect() };
    let (done, left) = (of(&Fate::Done), of(&Fate::Left));
    let title = visit.say_with(
        &format!("together-done-{}", word(step)),
        &[("count", done.len().into())],
    );
    let body = html! {
        div.panel role="status" { h1 { (title) } }
        (fates(visit, step, all))
        @if !left.is_empty() {
            p { (visit.say("together-left-lead")) }
            (does(visit, asked, step, (&left, "together-again")))
        }
        @if !done.is_empty() {
            p { (visit.say("together-undo-lead")) }
            (does(visit, asked, step.undone_by(), (&done, "together-undo")))
        }
        p { a href=(asked.address(PATH)) { (visit.say("together-back")) } }
    };
    Page::new(title, body).back_to(asked.address(PATH))
}

/// The button that does it to these, or undoes it.
fn does(visit: &Visit, asked: &Asked, step: Together, (these, key): (&[&OneOfThem], &str)) -> Markup {
    let quiet = key != "together-do";
    html! {
        form method="post" action=(TOGETHER) {
            (hidden("token", &visit.token))
            (asked.kept())
            @for one in these { (hidden(&format!("{BOX}{}", one.reference), "yes")) }
            p {
                button.quiet[quiet].go[!quiet] type="submit" name="step" value={ "do-" (word(step)) } {
                    (visit.say_with(key, &[("count", these.len().into())]))
                }
            }
        }
    }
}

fn fates(visit: &Visit, step: Together, all: &[OneOfThem]) -> Markup {
    let said = |fate: &Fate| match fate {
        Fate::Would => visit.say(&format!("together-would-{}", word(step))),
        Fate::Done => visit.say(&format!("together-is-{}", word(step))),
        Fate::Already => visit.say(&format!("together-already-{}", word(step))),
        Fate::Colleagues(name) => visit.say_of("together-colleagues", "name", name),
        Fate::Closed => visit.say("together-closed"),
        Fate::Absent => visit.say("together-absent"),
        Fate::Quicker => visit.say("together-quicker"),
        Fate::Left => visit.say("together-left"),
    };
    let goes = |fate: &Fate| matches!(fate, Fate::Would | Fate::Done);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(visit.say("cases-title")) {
            table {
                thead { tr {
                    th scope="col" { (visit.say("cases-reference")) }
                    th scope="col" { (visit.say("together-fate")) }
                } }
                tbody { @for one in all { tr {
                    th scope="row" { (one.reference) }
                    td { span.tag.no[!goes(&one.fate)] { (said(&one.fate)) } }
                } } }
            }
        }
    }
}
