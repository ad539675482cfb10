//! 8: orders to keep what would be destroyed. They go with their subject.

use jiff::Timestamp;
use sandyq_model::{ActorId, Fault, HoldId, OrderedBy, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Whose record.
    pub subject: SubjectId,
    /// Which order.
    pub id: HoldId,
    /// Who gave it.
    pub ordered_by: OrderedBy,
    /// The article that empowers them.
    pub article: String,
    /// The number of their document.
    pub document: String,
    /// The day on it, as `2026-11-27`.
    pub dated: String,
    /// When it was entered.
    pub placed_at: Timestamp,
    /// Which member of staff entered it.
    pub placed_by: ActorId,
    /// When it was lifted; `None` while it stands.
    pub lifted_at: Option<Timestamp>,
    /// Which member of staff lifted it.
    pub lifted_by: Option<ActorId>,
    /// The number of the document by which it was lifted.
    pub lifted_document: Option<String>,
}

impl Hold {
    /// Whether it stands.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.lifted_at.is_none()
    }
}

/// Writes an order in the place of what was known of it.
#[must_use]
pub fn put(hold: &Hold) -> Statement {
    statement(
        "INSERT INTO hold (subject_id, hold_id, ordered_by, article, document, dated, placed_at, placed_by, \
         lifted_at, lifted_by, lifted_document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (subject_id, hold_id) DO UPDATE SET lifted_at = excluded.lifted_at, lifted_by = excluded.lifted_by, lifted_document = excluded.lifted_document",
        [
            hold.subject.into(),
            hold.id.into(),
            hold.ordered_by.name().into(),
            hold.article.as_str().into(),
            hold.document.as_str().into(),
            hold.dated.as_str().into(),
            hold.placed_at.into(),
            hold.placed_by.into(),
            hold.lifted_at.into(),
            hold.lifted_by.into(),
            hold.lifted_document.clone().into(),
        ],
    )
    .touching(1)
}

/// Forgets all of them.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement("DELETE FROM hold WHERE subject_id = $1", [subject.into()])
}

/// Of a subject, oldest first.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<Hold>, Fault> {
    reader.list(
        "SELECT subject_id, hold_id, ordered_by, article, document, dated, placed_at, placed_by, lifted_at, \
         lifted_by, lifted_document FROM hold WHERE subject_id = $1 ORDER BY placed_at, hold_id",
        &[subject.into()],
        read,
    )
}

/// How many stand for a subject.
///
/// # Errors
/// When the engine does not answer.
pub fn standing(reader: &mut dyn Reader, subject: SubjectId) -> Result<u64, Fault> {
    let count = reader.first(
        "SELECT COUNT(*) FROM hold WHERE subject_id = $1 AND lifted_at IS NULL",
        &[subject.into()],
        |row| row.take(0),
    )?;
    Ok(count.unwrap_or(0))
}

fn read(row: &mut Row) -> Result<Hold, Fault> {
    let ordered_by: String = row.take(2)?;
    Ok(Hold {
        subject: row.take(0)?,
        id: row.take(1)?,
        ordered_by: OrderedBy::named(&ordered_by)
            .ok_or_else(|| Fault::Store("a hold is ordered by nobody that is known".into()))?,
        article: row.take(3)?,
        document: row.take(4)?,
        dated: row.take(5)?,
        placed_at: row.take(6)?,
        placed_by: row.take(7)?,
        lifted_at: row.take(8)?,
        lifted_by: row.take(9)?,
        lifted_document: row.take(10)?,
    })
}
