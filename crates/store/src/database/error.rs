//! What an engine can answer instead of doing its work.

use sandyq_model::Fault;

/// Why an engine did not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// A row with that key is there already, or one that a row leads to is missing.
    Constraint,
    /// Another writer was first; the same may succeed when done again.
    Again,
    /// There is no room left.
    Full,
    /// The engine, the disk or the way there failed: nothing is known about what was written.
    Broken,
    /// The statement is not one the engine understands: a mistake of ours.
    Statement,
}

/// An engine's refusal. The text names tables and columns, never values.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(crate) struct DatabaseError {
    /// What kind of refusal.
    pub kind: ErrorKind,
    /// The engine's words, without its detail (which may quote values).
    pub text: String,
}

impl DatabaseError {
    /// A refusal of that kind in these words.
    pub(crate) fn new(kind: ErrorKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }
}

impl From<DatabaseError> for Fault {
    fn from(error: DatabaseError) -> Self {
        Self::Store(error.text)
    }
}
