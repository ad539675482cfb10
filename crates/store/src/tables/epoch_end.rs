//! 5.1.5-c: which epoch of keys is the last whose end the ledger accounts for. Written in the commit of that entry, so
//! that the next start knows whether a key may be forgotten.

use sandyq_model::Fault;

use crate::database::{Reader, ReaderExt, Statement, statement};
use crate::vault::Epoch;

/// Notes that the end of that epoch is accounted for.
#[must_use]
pub fn note(epoch: Epoch) -> Statement {
    statement(
        "INSERT INTO meta (name, value) VALUES ('epoch-end', $1) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [epoch.to_be_bytes().as_slice().into()],
    )
}

/// The epoch that was noted last.
///
/// # Errors
/// When the engine does not answer.
pub fn noted(reader: &mut dyn Reader) -> Result<Option<Epoch>, Fault> {
    let value: Option<Vec<u8>> =
        reader.first("SELECT value FROM meta WHERE name = 'epoch-end'", &[], |row| {
            row.take(0)
        })?;
    Ok(value
        .and_then(|bytes| bytes.try_into().ok())
        .map(Epoch::from_be_bytes))
}
