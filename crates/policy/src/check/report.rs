//! Where findings are gathered, so that one run tells them all.

use std::sync::Arc;

use crate::check::code::Code;
use crate::check::diagnostic::Diagnostic;
use crate::place::Sources;

/// Findings so far.
pub(crate) struct Report {
    sources: Arc<Sources>,
    found: Vec<Diagnostic>,
    spare: Option<Diagnostic>,
}

/// Beyond this many findings the rest is not kept; a folder of noise must not fill the memory.
const FINDINGS_MAX: usize = 1000;

impl Report {
    pub(crate) const fn on(sources: Arc<Sources>) -> Self {
        Self { sources, found: Vec::new(), spare: None }
    }

    pub(crate) fn sources(&self) -> &Arc<Sources> {
        &self.sources
    }

    /// Adds a finding, to be completed through what is returned.
    pub(crate) fn add(&mut self, code: Code, message: impl Into<String>) -> &mut Diagnostic {
        let diagnostic = Diagnostic::new(code, message.into(), Arc::clone(&self.sources));
        if self.found.len() >= FINDINGS_MAX {
            return self.spare.insert(diagnostic);
        }
        let at = self.found.len();
        self.found.push(diagnostic);
        // INVARIANT: one was pushed at this place a line above.
        &mut self.found[at]
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.found.iter().any(Diagnostic::is_error)
    }

    /// The findings in the order of the files and the places in them.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|one| (one.place(), one.code()));
        self.found
    }
}
