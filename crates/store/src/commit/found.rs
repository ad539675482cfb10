//! The first checkpoint: a ledger without entries, signed, so that there is always something to begin from.

use std::sync::Arc;

use sandyq_model::{Clock, Fault};

use super::group::Within;
use crate::database::{ReaderExt, Session, Value, statement};
use crate::ledger::Book;
use crate::vault::Vault;

/// Begins the ledger, in tables that must hold nothing of one.
///
/// # Errors
/// [`Fault::Ledger`] when there is something: then its checkpoints were removed.
pub(crate) fn begin_ledger(
    session: &mut dyn Session,
    origin: &str,
    vault: &Arc<Vault>,
    clock: &dyn Clock,
) -> Result<Book, Fault> {
    let book = Book::empty(origin, Arc::clone(vault))?;
    session.begin()?;
    let begun = begin_within(session, &book, clock.now().into()).and_then(|()| Ok(session.commit()?));
    if begun.is_err() {
        session.rollback();
    }
    begun.map(|()| book)
}

fn begin_within(session: &mut dyn Session, book: &Book, now: Value) -> Result<(), Fault> {
    let left = Within(session).first(
        "SELECT (SELECT COUNT(*) FROM ledger_block) + (SELECT COUNT(*) FROM ledger_tile) \
         + (SELECT COUNT(*) FROM ledger_posting) + (SELECT COUNT(*) FROM meta WHERE name = 'ledger-head')",
        &[],
        |row| row.take::<u64>(0),
    )?;
    if left != Some(0) {
        return Err(Fault::Ledger(
            "there is a ledger, and all its checkpoints were removed".into(),
        ));
    }
    let note = &book.head().note;
    let head = statement(
        "INSERT INTO meta (name, value) VALUES ('ledger-head', $1)",
        [note.as_bytes().into()],
    );
    let checkpoint = statement(
        "INSERT INTO ledger_checkpoint (size, at, note) VALUES (0, $1, $2)",
        [now, note.as_str().into()],
    );
    session.perform(&[&head, &checkpoint])?;
    Ok(())
}
