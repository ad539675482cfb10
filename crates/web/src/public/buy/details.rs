//! The questions, each with why it is asked (2.1, faces 18). One page: the form is short, and grouped.

use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::cases::Catalogue;
use sandyq_processing::reading::{Form, Input};

use super::Draft;
use crate::components::{Control, control, error_summary, postal_code_name, submit, tray};
use crate::layout::Page;
use crate::visit::Visit;

/// The page; `mistake` is what was wrong with what was typed.
#[must_use]
pub fn page(visit: &Visit, form: &Form, draft: &Draft, mistake: &Mistake) -> Page {
    let action = format!("/buy/{}", draft.licence.sku);
    let mistake = &in_order(form, mistake);
    let questions = html! {
        (quantity(visit, draft, mistake))
        @for (key, group) in groups(form) {
            fieldset {
                legend { h2 { (visit.say(key)) } }
                @for input in group { (question(visit, input, draft, mistake)) }
            }
        }
        (submit("check", &visit.say("buy-continue")))
    };
    let body = html! {
        (error_summary(visit, mistake, |name| label_of(visit, form, name), id_of))
        h1 { (visit.say("buy-title")) }
        p.lead { (form.intro) }
        (what_is_bought(visit, draft))
        (tray(visit, &action, &[], &questions))
    };
    Page::new(visit.say("buy-title"), body)
        .wrong_if(!mistake.0.is_empty())
        .back_to("/shop")
        .keeping_typed(action, "details", "check")
}

/// The groups of questions, in the order in which they are asked; a group without questions is left out.
fn groups(form: &Form) -> Vec<(&'static str, Vec<&Input>)> {
    let keys = [
        "group-person",
        "group-reach",
        "group-place",
        "group-work",
        "group-other",
    ];
    let of = |key: &'static str| {
        let inputs: Vec<&Input> = form
            .inputs
            .iter()
            .filter(|input| group_of(input) == key)
            .collect();
        (!inputs.is_empty()).then_some((key, inputs))
    };
    keys.into_iter().filter_map(of).collect()
}

fn group_of(input: &Input) -> &'static str {
    match (input.kind, input.name.as_str()) {
        (ValueKind::Name | ValueKind::BirthDate, _) => "group-person",
        (ValueKind::Email | ValueKind::Phone, _) => "group-reach",
        (ValueKind::PostalAddress | ValueKind::Country | ValueKind::Region | ValueKind::City, _) => {
            "group-place"
        }
        (ValueKind::Organization, _) | (_, "position") => "group-work",
        _ => "group-other",
    }
}

fn question(visit: &Visit, input: &Input, draft: &Draft, mistake: &Mistake) -> Markup {
    let postal_code = draft.text(&postal_code_name(&input.name));
    control(
        visit,
        &Control::of(visit, input, draft.text(&input.name)),
        mistake,
        postal_code,
    )
}

fn quantity(visit: &Visit, draft: &Draft, mistake: &Mistake) -> Markup {
    let (label, hint) = (visit.say("quantity-label"), visit.say("quantity-hint"));
    let of = Control {
        name: "quantity",
        kind: ValueKind::Count,
        label: &label,
        hint: &hint,
        why: html! {},
        typed: &draft.quantity,
        autocomplete: "off",
        required: true,
    };
    control(visit, &of, mistake, "")
}

/// What is bought and what one costs.
pub(super) fn what_is_bought(visit: &Visit, draft: &Draft) -> Markup {
    html! {
        p.bought {
            strong { (draft.licence.name(visit.language)) } br;
            (visit.say_of("price-of-one", "price", &visit.money(draft.licence.price_minor, Catalogue::CURRENCY)))
        }
    }
}

/// Mistakes in the order in which the questions stand on the page.
fn in_order(form: &Form, mistake: &Mistake) -> Mistake {
    let grouped = groups(form)
        .into_iter()
        .flat_map(|(_, inputs)| inputs)
        .map(|input| input.name.as_str());
    let order: Vec<&str> = ["token", "quantity"].into_iter().chain(grouped).collect();
    let mut sorted = mistake.0.clone();
    sorted.sort_by_key(|(name, _)| order.iter().position(|known| known == name));
    Mistake(sorted)
}

fn label_of(visit: &Visit, form: &Form, name: &str) -> Option<String> {
    match name {
        "quantity" => Some(visit.say("quantity-label")),
        "token" => Some(visit.say("stale-title")),
        _ => form
            .inputs
            .iter()
            .find(|input| input.name == name)
            .map(|input| input.label.clone()),
    }
}

fn id_of(name: &str, problem: Problem) -> String {
    match (name, problem) {
        ("token", _) => "journey".to_owned(),
        (name, Problem::PostalCode) => postal_code_name(name),
        (name, _) => name.to_owned(),
    }
}
