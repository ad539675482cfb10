//! How often each clause has refused. Written by commits themselves.

use sandyq_model::{Clause, Fault};

use crate::database::{Reader, ReaderExt};

/// Every clause that ever refused, with how often, most often first.
///
/// # Errors
/// When the engine does not answer.
pub fn all(reader: &mut dyn Reader) -> Result<Vec<(Clause, u64)>, Fault> {
    reader.list(
        "SELECT clause, count FROM refusal_count ORDER BY count DESC, clause",
        &[],
        |row| Ok((Clause::new(row.take::<String>(0)?), row.take(1)?)),
    )
}
