//! Submissions that were done, with the answer that a repetition gets. Written by commits themselves.

use jiff::Timestamp;
use sandyq_model::{Fault, IdempotencyKey};

use crate::database::{Reader, ReaderExt, Statement, statement};

/// Forgets submissions done before that instant.
#[must_use]
pub fn forget(before: Timestamp) -> Statement {
    statement("DELETE FROM idempotency WHERE at < $1", [before.into()])
}

/// The answer that a submission was given, if it was done: for asking before any work is done.
///
/// # Errors
/// When the engine does not answer.
pub fn answer(reader: &mut dyn Reader, key: IdempotencyKey) -> Result<Option<Vec<u8>>, Fault> {
    reader.first(
        "SELECT answer FROM idempotency WHERE key = $1",
        &[key.into()],
        |row| row.take(0),
    )
}
