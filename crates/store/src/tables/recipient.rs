//! 4.2.1, 4.2.2: the register of those to whom data may be handed over. An organisation, never a person; a line of it is closed
//! and never changed, so that what was handed over leads to who it was then.

use jiff::Timestamp;
use sandyq_model::{ActorId, Country, Fault, RecipientId, RecipientKind};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientRow {
    /// Which.
    pub id: RecipientId,
    /// Its number in the register, by which entries of the ledger name it; from 1, and never given twice.
    pub number: u32,
    /// What it is to the operator.
    pub kind: RecipientKind,
    /// The name of the organisation.
    pub name: String,
    /// Where it is.
    pub country: Country,
    /// The number of the document by which it has undertaken the Law's duties (L32).
    pub undertaking: Option<String>,
    /// The day on that document, as `2026-11-27`.
    pub undertaken_on: Option<String>,
    /// Where it is told that a consent was taken back.
    pub email: Option<String>,
    /// To whom files are encrypted: an age recipient (`age1…`).
    pub age_key: Option<String>,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// Which member of staff entered it.
    pub entered_by: ActorId,
    /// When it was closed; nothing goes there any more.
    pub closed_at: Option<Timestamp>,
    /// Which member of staff closed it.
    pub closed_by: Option<ActorId>,
}

/// Enters a recipient.
#[must_use]
pub fn insert(row: &RecipientRow) -> Statement {
    statement(
        "INSERT INTO recipient (recipient_id, number, kind, name, country, undertaking, undertaken_on, email, age_key, \
         entered_at, entered_by, closed_at, closed_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        [
            row.id.into(),
            row.number.into(),
            row.kind.name().into(),
            row.name.as_str().into(),
            row.country.as_str().into(),
            row.undertaking.clone().into(),
            row.undertaken_on.clone().into(),
            row.email.clone().into(),
            row.age_key.clone().into(),
            row.entered_at.into(),
            row.entered_by.into(),
            row.closed_at.into(),
            row.closed_by.into(),
        ],
    )
    .touching(1)
}

/// Closes a recipient; a conflict when it is closed already.
#[must_use]
pub fn close(id: RecipientId, by: ActorId, at: Timestamp) -> Statement {
    statement(
        "UPDATE recipient SET closed_at = $2, closed_by = $3 WHERE recipient_id = $1 AND closed_at IS NULL",
        [id.into(), at.into(), by.into()],
    )
    .touching(1)
}

/// The recipient of that id.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, id: RecipientId) -> Result<Option<RecipientRow>, Fault> {
    reader.first(
        "SELECT recipient_id, number, kind, name, country, undertaking, undertaken_on, email, age_key, entered_at, \
         entered_by, closed_at, closed_by FROM recipient WHERE recipient_id = $1",
        &[id.into()],
        read,
    )
}

/// The highest number that was given.
///
/// # Errors
/// When the engine does not answer.
pub fn last_number(reader: &mut dyn Reader) -> Result<u32, Fault> {
    let last = reader.first(
        "SELECT number FROM recipient ORDER BY number DESC LIMIT 1",
        &[],
        |row| row.take(0),
    )?;
    Ok(last.unwrap_or(0))
}

/// The register, the newest line first.
///
/// # Errors
/// When the engine does not answer.
pub fn all(reader: &mut dyn Reader, limit: u32) -> Result<Vec<RecipientRow>, Fault> {
    reader.list(
        "SELECT recipient_id, number, kind, name, country, undertaking, undertaken_on, email, age_key, entered_at, \
         entered_by, closed_at, closed_by FROM recipient ORDER BY entered_at DESC, recipient_id LIMIT $1",
        &[limit.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<RecipientRow, Fault> {
    let (kind, country): (String, String) = (row.take(2)?, row.take(4)?);
    Ok(RecipientRow {
        id: row.take(0)?,
        number: row.take(1)?,
        kind: RecipientKind::from_name(&kind)
            .ok_or_else(|| Fault::Store("a recipient is of no kind that is known".into()))?,
        name: row.take(3)?,
        country: country.parse().unwrap_or(Country::UNKNOWN),
        undertaking: row.take(5)?,
        undertaken_on: row.take(6)?,
        email: row.take(7)?,
        age_key: row.take(8)?,
        entered_at: row.take(9)?,
        entered_by: row.take(10)?,
        closed_at: row.take(11)?,
        closed_by: row.take(12)?,
    })
}
