//! What can go wrong in the workshop.

use std::io;

/// Why a chore stopped.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The command line was not understood; the text is the usage.
    #[error("this is what there is:\n{0}")]
    Usage(&'static str),
    /// A file or a process could not be handled.
    #[error("{doing}: {source}")]
    Io {
        /// What was being tried.
        doing: String,
        /// What the system answered.
        source: io::Error,
    },
    /// A command ran and said no.
    #[error("`{0}` failed")]
    Failed(String),
    /// Something must be installed first, and we are not allowed to.
    #[error("missing: {missing}\nrun this first: {line}")]
    Missing {
        /// The names of what is not there.
        missing: String,
        /// The one line to run.
        line: String,
    },
    /// Anything else, in a sentence.
    #[error("{0}")]
    Said(String),
}

impl Fault {
    /// Wraps an input or output error with what was being tried.
    pub fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }
}
