//! 8: when what a purpose is for last happened to somebody: confirmed, ordered, used. Ends of storage are counted from it.

use jiff::Timestamp;
use sandyq_model::{Fault, Purpose, SubjectId};

use crate::database::{Reader, ReaderExt, Statement, statement};

/// When a purpose was last served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PurposeUse {
    /// Which purpose.
    pub purpose: Purpose,
    /// When.
    pub at: Timestamp,
}

/// Notes that a purpose was served, in the place of the time before.
#[must_use]
pub fn put(subject: SubjectId, used: PurposeUse) -> Statement {
    statement(
        "INSERT INTO purpose_use (subject_id, purpose, at) VALUES ($1, $2, $3) \
         ON CONFLICT (subject_id, purpose) DO UPDATE SET at = excluded.at",
        [subject.into(), used.purpose.into(), used.at.into()],
    )
    .touching(1)
}

/// Forgets all of them.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement("DELETE FROM purpose_use WHERE subject_id = $1", [subject.into()])
}

/// Of a subject, by purpose.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<PurposeUse>, Fault> {
    reader.list(
        "SELECT purpose, at FROM purpose_use WHERE subject_id = $1 ORDER BY purpose",
        &[subject.into()],
        |row| {
            Ok(PurposeUse {
                purpose: row.take(0)?,
                at: row.take(1)?,
            })
        },
    )
}
