//! Check your answers: as they were understood, with a way to change each; nothing is stored yet.

use maud::{Markup, html};
use sandyq_model::Plain;
use sandyq_processing::cases::Catalogue;
use sandyq_processing::reading::Form;

use super::Draft;
use crate::components::{Row, submit, summary_list, tray, value_text};
use crate::layout::{JOURNEY, Page};
use crate::visit::Visit;

/// The page. `rows` are the answers as they were understood, by the name of the input.
#[must_use]
pub fn page(visit: &Visit, form: &Form, draft: &Draft, rows: &[(String, Plain<String>)]) -> Page {
    let action = format!("/buy/{}", draft.licence.sku);
    let count = draft.count().unwrap_or(0);
    let total = draft.licence.price_minor.saturating_mul(i64::from(count));
    let order = [
        Row::text(visit.say("check-licence"), draft.licence.name(visit.language)),
        Row::text(visit.say("quantity-label"), &count.to_string()).with(change(
            visit,
            &action,
            "quantity",
            &visit.say("quantity-label"),
        )),
        Row::text(visit.say("total"), &visit.money(total, Catalogue::CURRENCY)),
    ];
    let answers: Vec<Row> = form
        .inputs
        .iter()
        .map(|input| answer(visit, &action, input, rows))
        .collect();
    let body = html! {
        h1 { (visit.say("check-title")) }
        p.lead { (visit.say("check-lead")) }
        h2 { (visit.say("check-order")) }
        (summary_list(&order))
        h2 { (visit.say("check-answers")) }
        (summary_list(&answers))
        (tray(visit, &action, &draft.kept(), &submit("consent", &visit.say("check-continue"))))
    };
    Page::new(visit.say("check-title"), body)
        .back_by(action.clone(), "details")
        .keeping_typed(action, "check", "consent")
}

fn answer(
    visit: &Visit,
    action: &str,
    input: &sandyq_processing::reading::Input,
    rows: &[(String, Plain<String>)],
) -> Row {
    let value = rows
        .iter()
        .find(|(name, _)| *name == input.name)
        .map(|(_, value)| value);
    let row = match value.filter(|value| !value.expose().is_empty()) {
        None => Row::new(&input.label, html! { span.nothing { (visit.say("not-given")) } }),
        Some(value) => Row::text(&input.label, &value_text(visit, &input.name, value.expose())),
    };
    row.with(change(visit, action, &input.name, &input.label))
}

/// Back to the question with everything typed: a button, so that no value gets into an address.
fn change(visit: &Visit, action: &str, name: &str, label: &str) -> Markup {
    html! {
        button.quiet type="submit" form=(JOURNEY) formaction={ (action) "#" (name) } formnovalidate
            name="step" value="details" {
            (visit.say("change")) span.unseen { " " (label) }
        }
    }
}
