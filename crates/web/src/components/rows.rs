//! A question that is answered in rows: one fieldset for each, an empty one first, and buttons for one more and one less.

use maud::{Markup, html};
use sandyq_model::Mistake;
use sandyq_model::value::{PartKind, ROWS_MAX, Row, STILL_KEPT, ValueKind, part_name};

use super::{Control, control, problem_of};
use crate::http::rows::{ADD, REMOVE};
use crate::visit::Visit;

/// What a question with rows needs to know.
pub struct RowsQuestion<'a> {
    /// The name of the field; inputs are `name-2-part`.
    pub name: &'a str,
    /// The kind of value, which says what parts a row has.
    pub kind: ValueKind,
    /// The label.
    pub label: &'a str,
    /// The hint; may be empty.
    pub hint: &'a str,
    /// What stands between hint and rows: why we ask.
    pub why: Markup,
    /// What was typed before.
    pub rows: &'a [Row],
    /// Whether it must be answered.
    pub required: bool,
    /// Where the form goes.
    pub action: &'a str,
}

/// The question with its rows.
#[must_use]
pub fn rows_question(visit: &Visit, of: &RowsQuestion<'_>, mistake: &Mistake) -> Markup {
    let problem = mistake.of(of.name);
    let empty = [Row::default()];
    let rows = if of.rows.is_empty() { &empty } else { of.rows };
    html! {
        div.rows.is-wrong[problem.is_some()] role="group" aria-labelledby={ (of.name) "-label" } {
            p.label id={ (of.name) "-label" } {
                (of.label)
                @if !of.required { span.optional { " " (visit.say("optional")) } }
            }
            @if !of.hint.is_empty() { p.hint { (of.hint) } }
            (of.why)
            (problem_of(visit, of.name, problem))
            @for (place, row) in rows.iter().enumerate() {
                (one_row(visit, of, (place + 1, rows.len()), row, mistake))
            }
            @if rows.len() < ROWS_MAX {
                @let there = part_name(of.name, rows.len() + 1, first_part(of.kind));
                button.quiet type="submit" name="step" value={ (ADD) (of.name) }
                    formaction={ (of.action) "#" (there) } formnovalidate {
                    (visit.say("rows-add")) span.unseen { ": " (of.label) }
                }
            } @else {
                p.hint { (visit.say_of("rows-most", "count", &ROWS_MAX.to_string())) }
            }
        }
    }
}

/// The button that an Enter key presses: the first of the form, or a row would be taken away.
#[must_use]
pub fn entered(step: &str) -> Markup {
    html! { button.unseen type="submit" name="step" value=(step) tabindex="-1" aria-hidden="true" {} }
}

/// The input to which a mistake about all rows leads.
#[must_use]
pub fn first_input(field: &str, kind: ValueKind) -> String {
    part_name(field, 1, first_part(kind))
}

/// What an input of rows is called where its own label does not stand beside it: `Education 2, Until`.
#[must_use]
pub fn part_label(visit: &Visit, field: (&str, &str), name: &str) -> Option<String> {
    let (field, label) = field;
    let (row, part) = name.strip_prefix(field)?.strip_prefix('-')?.split_once('-')?;
    let row = row.parse().ok()?;
    Some(format!(
        "{}, {}",
        numbered(visit, label, row),
        visit.say(&format!("part-{part}"))
    ))
}

fn first_part(kind: ValueKind) -> &'static str {
    kind.parts().first().map_or("", |part| part.name)
}

fn numbered(visit: &Visit, label: &str, number: usize) -> String {
    let number = number.to_string();
    visit.say_with(
        "rows-legend",
        &[("field", label.into()), ("number", number.into())],
    )
}

fn one_row(
    visit: &Visit,
    of: &RowsQuestion<'_>,
    place: (usize, usize),
    row: &Row,
    mistake: &Mistake,
) -> Markup {
    let (number, count) = place;
    let legend = numbered(visit, of.label, number);
    let near = number.min(count.saturating_sub(1));
    html! {
        fieldset.question.row id={ (of.name) "-" (number) } tabindex="-1" {
            legend { (legend) }
            @for part in of.kind.parts() { (part_question(visit, of, (number, part), row, mistake)) }
            @if count > 1 {
                button.quiet type="submit" name="step" value={ (REMOVE) (of.name) "-" (number) }
                    formaction={ (of.action) "#" (of.name) "-" (near) } formnovalidate {
                    (visit.say("rows-remove")) span.unseen { " " (legend) }
                }
            }
        }
    }
}

fn part_question(
    visit: &Visit,
    of: &RowsQuestion<'_>,
    part: (usize, &sandyq_model::value::Part),
    row: &Row,
    mistake: &Mistake,
) -> Markup {
    let (number, part) = part;
    let name = part_name(of.name, number, part.name);
    let label = visit.say(&format!("part-{}", part.name));
    let typed = match part.kind {
        PartKind::From | PartKind::To => as_typed(visit, row.of(part.name)),
        PartKind::Line | PartKind::Lines => row.of(part.name).to_owned(),
    };
    let asked = Control {
        name: &name,
        kind: match part.kind {
            PartKind::Lines => ValueKind::LongText,
            PartKind::From | PartKind::To | PartKind::Line => ValueKind::Text,
        },
        label: &label,
        hint: &hint(visit, part.name),
        why: html! {},
        typed: &typed,
        autocomplete: "off",
        required: part.required,
    };
    control(visit, &asked, mistake, "")
}

/// What is kept of a period, as people type it: `06.2019` for `2019-06`. What was typed otherwise stays.
fn as_typed(visit: &Visit, kept: &str) -> String {
    let is_year = |number: &str| number.len() == 4;
    match kept.split('-').collect::<Vec<_>>().as_slice() {
        [STILL_KEPT] => visit.say("part-still"),
        [year, month] if is_year(year) => format!("{month}.{year}"),
        [year, month, day] if is_year(year) => format!("{day}.{month}.{year}"),
        _ => kept.to_owned(),
    }
}

/// The hint of a part, where the translations have one.
fn hint(visit: &Visit, part: &str) -> String {
    let key = format!("part-{part}-hint");
    let said = visit.say(&key);
    if said == key { String::new() } else { said }
}
