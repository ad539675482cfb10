//! Finds every problem of a policy folder in one run: what, where in the Markdown, and how to mend it.

mod cases;
mod code;
mod diagnostic;
mod fields;
mod kept;
mod nearest;
mod people;
mod periods;
mod render;
mod report;
mod rules;
mod services;
mod translations;
mod words;

pub use code::{Code, UnknownCode, explain};
pub use diagnostic::{Diagnostic, Label, Severity};
pub use kept::{DEADLINES_READ, LIMITS_READ};
pub use render::{Style, render, render_json};

pub(crate) use cases::run_cases;
pub(crate) use nearest::nearest;
pub(crate) use report::Report;

use crate::policy::Draft;

/// Looks for everything that reading alone does not show.
pub(crate) fn examine(draft: &Draft, report: &mut Report) {
    let declarations = &draft.declared.declarations;
    fields::examine(declarations, report);
    periods::examine(declarations, report);
    kept::examine(declarations, report);
    people::examine(declarations, report);
    services::examine(declarations, report);
    translations::examine(&draft.text, report);
    words::examine(draft, report);
    if let Some(tables) = &draft.tables {
        rules::examine(&draft.rules.rules, tables, declarations, report);
    }
}
