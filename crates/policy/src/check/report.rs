//! Where findings are gathered, so that one run tells them all.

use std::sync::Arc;

use crate::check::code::Code;
use crate::check::diagnostic::Diagnostic;
use crate::place::Sources;

/// Findings so far.
pub(crate) struct Report {
    sources: Arc<Sources>,
    found: Vec<Diagnostic>,
    /// Takes what is found beyond the limit.
    spare: Diagnostic,
}

/// Beyond this many findings the rest is not kept; a folder of noise must not fill the memory.
const FINDINGS_MAX: usize = 1000;

impl Report {
    pub(crate) fn on(sources: Arc<Sources>) -> Self {
        let spare = Diagnostic::new(Code::Declaration, String::new(), Arc::clone(&sources));
        Self {
            sources,
            found: Vec::new(),
            spare,
        }
    }

    pub(crate) const fn sources(&self) -> &Arc<Sources> {
        &self.sources
    }

    /// Adds a finding, to be completed through what is returned.
    pub(crate) fn add(&mut self, code: Code, message: impl Into<String>) -> &mut Diagnostic {
        let diagnostic = Diagnostic::new(code, message.into(), Arc::clone(&self.sources));
        if self.found.len() >= FINDINGS_MAX {
            self.spare = diagnostic;
            return &mut self.spare;
        }
        self.found.push(diagnostic);
        self.found.last_mut().unwrap_or(&mut self.spare)
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
