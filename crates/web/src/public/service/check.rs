//! Check your answers: as they were understood, with a way to change each; nothing is stored yet.

use maud::{Markup, html};
use sandyq_model::Plain;
use sandyq_processing::cases::Catalogue;
use sandyq_processing::reading::{Form, Input};

use super::Draft;
use super::parts::page_of;
use crate::components::{Row, first_input, submit, summary_list, tray, value_markup};
use crate::layout::{JOURNEY, Page};
use crate::visit::Visit;

/// The page. `rows` are the answers as they were understood, by the name of the input.
#[must_use]
pub fn page(visit: &Visit, form: &Form, draft: &Draft, rows: &[(String, Plain<String>)]) -> Page {
    let action = draft.action();
    let answers: Vec<Row> = form
        .inputs
        .iter()
        .map(|input| answer(visit, &action, (form, input), rows))
        .collect();
    let body = html! {
        h1 { (visit.say("check-title")) }
        p.lead { (visit.say("check-lead")) }
        @if draft.offered.is_some() {
            h2 { (form.label) }
            (summary_list(&about(visit, draft)))
        }
        h2 { (visit.say("check-answers")) }
        (summary_list(&answers))
        (tray(visit, &action, &draft.kept_beside(&[]), &submit("consent", &visit.say("check-continue"))))
    };
    let last = super::parts::pages(form).len().saturating_sub(1);
    Page::new(visit.say("check-title"), body)
        .back_by(action.clone(), format!("details-{last}"))
        .keeping_typed(action, "check", "consent")
}

/// What the form is about; an order with how many and the sum.
fn about(visit: &Visit, draft: &Draft) -> Vec<Row> {
    let Some(offered) = &draft.offered else {
        return Vec::new();
    };
    let name = offered.offering.name(visit.language);
    if !draft.counts() {
        return vec![Row::text(
            visit.say(&format!("about-{}", offered.kind.name())),
            name,
        )];
    }
    let count = draft.count().unwrap_or(0);
    let total = offered.offering.price_minor.saturating_mul(i64::from(count));
    let quantity = visit.say("quantity-label");
    vec![
        Row::text(visit.say("check-licence"), name),
        Row::text(&quantity, &count.to_string()).with(change(
            visit,
            &draft.action(),
            ("quantity", 0),
            &quantity,
        )),
        Row::text(visit.say("total"), &visit.money(total, Catalogue::CURRENCY)),
    ]
}

fn answer(visit: &Visit, action: &str, of: (&Form, &Input), rows: &[(String, Plain<String>)]) -> Row {
    let (form, input) = of;
    let value = rows
        .iter()
        .find(|(name, _)| *name == input.name)
        .map(|(_, value)| value);
    let row = match value.filter(|value| !value.expose().is_empty()) {
        None => Row::new(&input.label, html! { span.nothing { (visit.say("not-given")) } }),
        Some(value) => Row::new(&input.label, value_markup(visit, &input.name, value.expose())),
    };
    let asked_on = page_of(form, &input.name);
    let there = if input.kind.has_rows() {
        first_input(&input.name, input.kind)
    } else {
        input.name.clone()
    };
    row.with(change(visit, action, (&there, asked_on), &input.label))
}

/// Back to the question with everything typed: a button, so that no value gets into an address.
fn change(visit: &Visit, action: &str, asked: (&str, usize), label: &str) -> Markup {
    let (name, page) = asked;
    html! {
        button.quiet type="submit" form=(JOURNEY) formaction={ (action) "#" (name) } formnovalidate
            name="step" value={ "details-" (page) } {
            (visit.say("change")) span.unseen { " " (label) }
        }
    }
}
