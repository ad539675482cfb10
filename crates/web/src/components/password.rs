//! A question for a password: it can be pasted, managers of passwords know it, and it is never shown again.

use maud::{Markup, html};
use sandyq_model::Mistake;

use super::problem_of;
use crate::visit::Visit;

/// What a question for a password needs to know.
pub struct PasswordQuestion<'a> {
    /// The name of the input, and its id.
    pub name: &'a str,
    /// The label.
    pub label: &'a str,
    /// The hint; may be empty.
    pub hint: &'a str,
    /// Whether it is a new one.
    pub new: bool,
}

/// The question with its control.
#[must_use]
pub fn password_question(visit: &Visit, of: &PasswordQuestion<'_>, mistake: &Mistake) -> Markup {
    let problem = mistake.of(of.name);
    let hint = (!of.hint.is_empty()).then(|| format!("{}-hint", of.name));
    let wrong = problem.map(|_| format!("{}-wrong", of.name));
    let parts: Vec<String> = hint.iter().cloned().chain(wrong).collect();
    let described = (!parts.is_empty()).then(|| parts.join(" "));
    let autocomplete = if of.new {
        "new-password"
    } else {
        "current-password"
    };
    html! {
        div.question.is-wrong[problem.is_some()] {
            label for=(of.name) { (of.label) }
            @if let Some(id) = &hint { p.hint id=(id) { (of.hint) } }
            (problem_of(visit, of.name, problem))
            input.w-long type="password" id=(of.name) name=(of.name) autocomplete=(autocomplete) required
                aria-invalid=[problem.map(|_| "true")] aria-describedby=[described];
        }
    }
}
