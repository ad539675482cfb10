//! 4.1: who stands in a public list, and since when. What is read there is opened for it and never kept in the open.

use jiff::Timestamp;
use sandyq_model::{CaseId, Fault, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One line of a public list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Whose.
    pub subject: SubjectId,
    /// The case for whose sake.
    pub case: CaseId,
    /// In which list: what the case is about.
    pub about: String,
    /// Since when.
    pub at: Timestamp,
}

/// Puts somebody into a list; who stands there already stays as long as they do.
#[must_use]
pub fn put(line: &Publication) -> Statement {
    statement(
        "INSERT INTO publication (subject_id, case_id, about, published_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (subject_id, case_id) DO NOTHING",
        [
            line.subject.into(),
            line.case.into(),
            line.about.as_str().into(),
            line.at.into(),
        ],
    )
}

/// Takes somebody out of the list in which they stand for the sake of that case.
#[must_use]
pub fn remove(subject: SubjectId, case: CaseId) -> Statement {
    statement(
        "DELETE FROM publication WHERE subject_id = $1 AND case_id = $2",
        [subject.into(), case.into()],
    )
}

/// Takes somebody out of every list.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement("DELETE FROM publication WHERE subject_id = $1", [subject.into()])
}

/// The lines of a list, oldest first.
///
/// # Errors
/// When the engine does not answer.
pub fn about(reader: &mut dyn Reader, about: &str, count: u32) -> Result<Vec<Publication>, Fault> {
    reader.list(
        "SELECT subject_id, case_id, about, published_at FROM publication WHERE about = $1 \
         ORDER BY published_at, case_id LIMIT $2",
        &[about.into(), count.into()],
        read,
    )
}

/// In which lists somebody stands.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<Publication>, Fault> {
    reader.list(
        "SELECT subject_id, case_id, about, published_at FROM publication WHERE subject_id = $1 ORDER BY published_at, case_id",
        &[subject.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<Publication, Fault> {
    Ok(Publication {
        subject: row.take(0)?,
        case: row.take(1)?,
        about: row.take(2)?,
        at: row.take(3)?,
    })
}
