//! Submissions that were done, with the answer that a repetition gets. Written by commits themselves.

use jiff::Timestamp;
use sandyq_model::{Fault, IdempotencyKey};

use crate::database::{Reader, ReaderExt, Statement, statement};

/// A submission, which is done once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// The same key, the same submission.
    pub key: IdempotencyKey,
    /// A keyed hash of what was submitted; `None` where a key can come with one content only.
    pub content: Option<[u8; 32]>,
    /// What a repetition is answered; nothing personal.
    pub answer: Vec<u8>,
}

impl Once {
    /// Whether a submission of that content is this one. What an older version kept has no content, and is any.
    #[must_use]
    pub fn is_of(&self, content: Option<&[u8; 32]>) -> bool {
        self.content
            .as_ref()
            .zip(content)
            .is_none_or(|(kept, given)| kept == given)
    }
}

/// Forgets submissions done before that instant.
#[must_use]
pub fn forget(before: Timestamp) -> Statement {
    statement("DELETE FROM idempotency WHERE at < $1", [before.into()])
}

/// The submission with that key, if it was done: for asking before any work is done.
///
/// # Errors
/// When the engine does not answer.
pub fn done(reader: &mut dyn Reader, key: IdempotencyKey) -> Result<Option<Once>, Fault> {
    reader.first(
        "SELECT answer, content FROM idempotency WHERE key = $1",
        &[key.into()],
        |row| {
            Ok(Once {
                key,
                answer: row.take(0)?,
                content: row.take(1)?,
            })
        },
    )
}
