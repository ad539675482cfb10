//! The questions, each with why it is asked (2.1, faces 18). A short form is one page; a long one has a page for each
//! group of questions, and what was typed on the others comes along.

use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, OfferingKind, Problem};
use sandyq_processing::cases::Catalogue;
use sandyq_processing::reading::{Form, Input};

use super::parts::{Group, REPRESENTATIVE, asks_for, in_order, page_of, pages};
use super::{Draft, kept};
use crate::components::{
    Control, RowsQuestion, control, entered, error_summary, first_input, part_label, postal_code_name,
    rows_question, submit, tray, why_we_ask,
};
use crate::http::rows;
use crate::layout::Page;
use crate::visit::Visit;

/// One page of questions; `mistake` is what was wrong with what was typed.
#[must_use]
pub fn page(visit: &Visit, form: &Form, draft: &Draft, number: usize, mistake: &Mistake) -> Page {
    let action = draft.action();
    let all = pages(form);
    let mistake = &in_order(form, mistake);
    let mistake = &Mistake(
        mistake
            .0
            .iter()
            .filter(|(name, _)| page_of(form, name) == number)
            .cloned()
            .collect(),
    );
    let last = all.len().saturating_sub(1);
    let groups = all.into_iter().nth(number).unwrap_or_default();
    let here = names_on(&groups, number);
    let answered = format!("answered-{number}");
    let has_rows = groups
        .iter()
        .flat_map(|group| &group.inputs)
        .any(|input| input.kind.has_rows());
    let questions = html! {
        @if has_rows { (entered(&answered)) }
        @if number == 0 && draft.counts() { (quantity(visit, draft, mistake)) }
        @for group in &groups { (fieldset(visit, group, draft, mistake)) }
        (submit(&answered, &visit.say("buy-continue")))
        @if kept::is_long(form) { (kept::keep_button(visit)) }
    };
    let body = html! {
        (error_summary(visit, mistake, |name| label_of(visit, form, name), |name, problem| id_of(form, name, problem)))
        @if last > 0 { p.progress { (progress(visit, number, last)) } }
        h1 { (form.label) }
        @if number == 0 {
            p.lead { (form.intro) }
            (what_it_is_about(visit, draft))
        }
        (tray(visit, &action, &draft.kept_beside(&here), &questions))
        @if number == 0 && kept::is_long(form) { (kept::way_back(visit, draft, None)) }
    };
    let page = Page::new(&form.label, body)
        .wrong_if(!mistake.0.is_empty())
        .keeping_typed(action.clone(), format!("details-{number}"), answered);
    match number.checked_sub(1) {
        Some(before) => page.back_by(action, format!("details-{before}")),
        None if draft.offered.is_some() => page.back_to(format!("/services/{}", form.service)),
        None => page.back_to("/services"),
    }
}

fn progress(visit: &Visit, number: usize, last: usize) -> String {
    visit.say_with(
        "form-progress",
        &[("page", (number + 1).into()), ("pages", (last + 1).into())],
    )
}

/// The inputs that stand on the page itself; all others travel unseen.
fn names_on(groups: &[Group<'_>], number: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if number == 0 {
        names.push("quantity".to_owned());
    }
    for input in groups.iter().flat_map(|group| &group.inputs) {
        names.push(input.name.clone());
        names.extend(rows::names(&input.name, input.kind));
        if input.kind == ValueKind::PostalAddress {
            names.push(postal_code_name(&input.name));
        }
    }
    names
}

fn fieldset(visit: &Visit, group: &Group<'_>, draft: &Draft, mistake: &Mistake) -> Markup {
    html! {
        fieldset {
            legend { h2 { (visit.say(group.key)) } }
            @if group.key == REPRESENTATIVE { p { (visit.say("group-representative-text")) } }
            @for input in &group.inputs { (question(visit, input, draft, mistake)) }
        }
    }
}

fn question(visit: &Visit, input: &Input, draft: &Draft, mistake: &Mistake) -> Markup {
    if input.kind.has_rows() {
        let of = RowsQuestion {
            name: &input.name,
            kind: input.kind,
            label: &input.label,
            hint: &input.hint,
            why: why_we_ask(visit, input),
            rows: &draft.rows(&input.name, input.kind),
            required: input.required,
            action: &draft.action(),
        };
        return rows_question(visit, &of, mistake);
    }
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

/// What the form is about: what is bought and what one costs, the event, the vacancy, the promotion.
fn what_it_is_about(visit: &Visit, draft: &Draft) -> Markup {
    html! {
        @if let Some(offered) = &draft.offered {
            p.bought id="about" {
                strong { (offered.offering.name(visit.language)) } br;
                @if offered.kind == OfferingKind::Licence {
                    @let price = visit.money(offered.offering.price_minor, Catalogue::CURRENCY);
                    (visit.say_of("price-of-one", "price", &price))
                } @else {
                    (offered.offering.text(visit.language))
                }
            }
        }
    }
}

fn label_of(visit: &Visit, form: &Form, name: &str) -> Option<String> {
    match name {
        "quantity" => Some(visit.say("quantity-label")),
        "token" => Some(visit.say("stale-title")),
        "about" => Some(form.label.clone()),
        _ => form
            .inputs
            .iter()
            .find(|input| asks_for(input, name))
            .map(|input| {
                let part = part_label(visit, (&input.name, &input.label), name);
                part.unwrap_or_else(|| input.label.clone())
            }),
    }
}

fn id_of(form: &Form, name: &str, problem: Problem) -> String {
    let of_rows = form
        .inputs
        .iter()
        .find(|input| input.name == name && input.kind.has_rows());
    if let Some(input) = of_rows {
        return first_input(&input.name, input.kind);
    }
    match (name, problem) {
        ("token", _) => "journey".to_owned(),
        (name, Problem::PostalCode) => postal_code_name(name),
        (name, _) => name.to_owned(),
    }
}
