//! Finds every problem of a policy folder in one run: what, where in the Markdown, and how to mend it.

mod code;
mod diagnostic;
mod nearest;
mod report;

pub use code::{Code, UnknownCode, explain};
pub use diagnostic::{Diagnostic, Label, Severity};

pub(crate) use nearest::nearest;
pub(crate) use report::Report;

use crate::policy::Draft;

/// Looks for everything that reading alone does not show.
pub(crate) fn examine(draft: &Draft, report: &mut Report) {
    let _ = (draft, report);
}
