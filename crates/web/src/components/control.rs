//! One question: label, hint, why it is asked, what is wrong with the answer, and the control for its kind of value.

use maud::{Markup, html};
use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, Problem};
use sandyq_processing::reading::Input;

use super::problem_of;
use crate::language::countries;
use crate::visit::Visit;

/// The longest single line a browser lets people type; the server judges anyway.
const LINE_LENGTH_MAX: u32 = 300;

/// What a control needs to know. `why` is empty on pages that ask nothing personal.
pub struct Control<'a> {
    /// The name of the input, and its id.
    pub name: &'a str,
    /// The kind of value.
    pub kind: ValueKind,
    /// The label.
    pub label: &'a str,
    /// The hint; may be empty.
    pub hint: &'a str,
    /// What stands between hint and control: why we ask.
    pub why: Markup,
    /// What was typed before.
    pub typed: &'a str,
    /// The `autocomplete` token.
    pub autocomplete: &'a str,
    /// Whether it must be answered.
    pub required: bool,
}

impl<'a> Control<'a> {
    /// The control for an input of a form of the policy, with why it is asked.
    #[must_use]
    pub fn of(visit: &Visit, input: &'a Input, typed: &'a str) -> Self {
        Self {
            name: &input.name,
            kind: input.kind,
            label: &input.label,
            hint: &input.hint,
            why: why_we_ask(visit, input),
            typed,
            autocomplete: input.autocomplete,
            required: input.required,
        }
    }
}

/// The name of the input for the postal code beside an address.
#[must_use]
pub fn postal_code_name(address: &str) -> String {
    format!("{address}_postal_code")
}

/// The question with its control. `postal_code` is what was typed there, for addresses.
#[must_use]
pub fn control(visit: &Visit, of: &Control<'_>, mistake: &Mistake, postal_code: &str) -> Markup {
    let problem = mistake.of(of.name);
    if of.kind == ValueKind::PostalAddress {
        return address(visit, of, problem, postal_code);
    }
    html! {
        div.question.is-wrong[problem.is_some()] {
            (question(visit, of, problem))
            @match of.kind {
                ValueKind::LongText | ValueKind::List => { (lines_control(of, problem, 5)) }
                ValueKind::Country => (country_control(visit, of, problem)),
                _ => (line_control(of, problem)),
            }
        }
    }
}

fn question(visit: &Visit, of: &Control<'_>, problem: Option<Problem>) -> Markup {
    html! {
        label for=(of.name) {
            (of.label)
            @if !of.required { span.optional { " " (visit.say("optional")) } }
        }
        @if !of.hint.is_empty() { p.hint id={ (of.name) "-hint" } { (of.hint) } }
        (of.why)
        (problem_of(visit, of.name, problem))
    }
}

fn described_by(of: &Control<'_>, problem: Option<Problem>) -> Option<String> {
    let hint = (!of.hint.is_empty()).then(|| format!("{}-hint", of.name));
    let wrong = problem.map(|_| format!("{}-wrong", of.name));
    let parts: Vec<String> = hint.into_iter().chain(wrong).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn line_control(of: &Control<'_>, problem: Option<Problem>) -> Markup {
    let (kind, mode, width) = shape(of.kind);
    html! {
        input class=(width) type=(kind) id=(of.name) name=(of.name) value=(of.typed) autocomplete=(of.autocomplete)
            inputmode=[mode] maxlength=(LINE_LENGTH_MAX) spellcheck="false" required[of.required]
            aria-invalid=[problem.map(|_| "true")] aria-describedby=[described_by(of, problem)];
    }
}

/// The input type, the keyboard and the width that suit a kind of value.
const fn shape(kind: ValueKind) -> (&'static str, Option<&'static str>, &'static str) {
    match kind {
        ValueKind::Email => ("email", Some("email"), "w-long"),
        ValueKind::Phone => ("tel", Some("tel"), "w-mid"),
        ValueKind::BirthDate => ("text", None, "w-short"),
        ValueKind::CardNumber => ("text", Some("numeric"), "w-mid"),
        ValueKind::CardExpiry | ValueKind::CardVerification | ValueKind::Count => {
            ("text", Some("numeric"), "w-tiny")
        }
        _ => ("text", None, "w-long"),
    }
}

fn lines_control(of: &Control<'_>, problem: Option<Problem>, rows: u32) -> Markup {
    html! {
        textarea id=(of.name) name=(of.name) rows=(rows) autocomplete=(of.autocomplete) required[of.required]
            aria-invalid=[problem.map(|_| "true")] aria-describedby=[described_by(of, problem)] {
            // A browser drops the first line break inside; this one is for it.
            "\n" (of.typed)
        }
    }
}

fn country_control(visit: &Visit, of: &Control<'_>, problem: Option<Problem>) -> Markup {
    // Kazakhstan is offered where a country is needed; where it is not, nothing is answered for the person.
    let chosen = if of.typed.is_empty() && of.required {
        "KZ"
    } else {
        of.typed
    };
    html! {
        select.w-long id=(of.name) name=(of.name) autocomplete=(of.autocomplete)
            aria-invalid=[problem.map(|_| "true")] aria-describedby=[described_by(of, problem)] {
            @if !of.required { option value="" { (visit.say("not-given")) } }
            @for country in countries(visit.language) {
                option value=(country.code) selected[country.code == chosen] { (country.name) }
            }
        }
    }
}

/// An address has its lines and, beside them, the postal code (1.1.2-d).
fn address(visit: &Visit, of: &Control<'_>, problem: Option<Problem>, postal_code: &str) -> Markup {
    let code_name = postal_code_name(of.name);
    let of_code = problem.filter(|problem| *problem == Problem::PostalCode);
    let of_lines = problem.filter(|problem| *problem != Problem::PostalCode);
    let hint = visit.say("postal-code-hint");
    let code = Control {
        name: &code_name,
        kind: ValueKind::Text,
        label: &visit.say("postal-code-label"),
        hint: &hint,
        why: html! {},
        typed: postal_code,
        autocomplete: "postal-code",
        required: of.required,
    };
    html! {
        div.question.is-wrong[of_lines.is_some()] {
            (question(visit, of, of_lines))
            (lines_control(of, of_lines, 3))
        }
        div.question.is-wrong[of_code.is_some()] {
            (question(visit, &code, of_code))
            input.w-short type="text" id=(code_name) name=(code_name) value=(postal_code) autocomplete="postal-code"
                maxlength="20" spellcheck="false" required[of.required]
                aria-invalid=[of_code.map(|_| "true")] aria-describedby=[described_by(&code, of_code)];
        }
    }
}

/// Why we ask: the reason, the purpose, the clause and until when, from the policy folder (2.1, faces 18).
pub fn why_we_ask(visit: &Visit, input: &Input) -> Markup {
    html! {
        details.why {
            summary { (visit.say("why-we-ask")) span.unseen { " " (input.label) } }
            p { (input.why) }
            dl {
                dt { (visit.say("why-purpose")) } dd { (input.purpose_label) }
                dt { (visit.say("why-clause")) }
                dd { a href={ "/policy#clause-" (input.clause) } { (input.clause) } }
                dt { (visit.say("why-until")) }
                dd { (visit.say_with("why-days", &[("days", input.days_after.into())])) }
            }
        }
    }
}
