//! 6.2: what a person wished for about their confidentiality. A wish that is not there is not wished.

use jiff::Timestamp;
use sandyq_model::{Fault, SubjectId};

use crate::database::{Reader, ReaderExt, Statement, statement};

/// Notes a wish; one that is there stays as old as it is.
#[must_use]
pub fn note(subject: SubjectId, wish: u8, at: Timestamp) -> Statement {
    statement(
        "INSERT INTO wish (subject_id, wish, at) VALUES ($1, $2, $3) ON CONFLICT (subject_id, wish) DO NOTHING",
        [subject.into(), wish.into(), at.into()],
    )
}

/// Forgets a wish.
#[must_use]
pub fn forget(subject: SubjectId, wish: u8) -> Statement {
    statement(
        "DELETE FROM wish WHERE subject_id = $1 AND wish = $2",
        [subject.into(), wish.into()],
    )
}

/// Forgets all of them.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement("DELETE FROM wish WHERE subject_id = $1", [subject.into()])
}

/// The wishes of a subject.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<u8>, Fault> {
    reader.list(
        "SELECT wish FROM wish WHERE subject_id = $1 ORDER BY wish",
        &[subject.into()],
        |row| row.take(0),
    )
}
