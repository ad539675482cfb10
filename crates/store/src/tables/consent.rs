//! 1.2, 3: consents, append-only: what was given, confirmed and withdrawn are rows, and no row is ever changed. Those of somebody who
//! was destroyed go together, years later (8).

use jiff::Timestamp;
use sandyq_model::{ActorId, ConsentId, Fault, FieldSet, Purpose, SubjectId};

use crate::database::{FromValue, Reader, ReaderExt, Row, Statement, Value, statement};

/// What was done about a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ConsentAct {
    /// The person gave it.
    Given = 1,
    /// The person confirmed it through a separate channel (1.2).
    Confirmed = 2,
    /// The person withdrew it (6.3).
    Withdrawn = 3,
    /// The operator closed the account of whoever gave it, against their will (1.3): it ends with `term_until` of this row, and
    /// `channel` is the reason.
    Closed = 4,
}

/// One row about a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRow {
    /// Whose.
    pub subject: SubjectId,
    /// Which consent; the rows that give, confirm and withdraw it carry the same id.
    pub id: ConsentId,
    /// What was done.
    pub act: ConsentAct,
    /// The item of the form (`order`, `registration`).
    pub item: String,
    /// What for.
    pub purpose: Purpose,
    /// Which fields.
    pub fields: FieldSet,
    /// To whom data may go; `None` is the operator alone.
    pub recipient: Option<String>,
    /// The language of the text that was shown.
    pub locale: String,
    /// The SHA-256 of the text that was shown.
    pub text_hash: [u8; 32],
    /// Until when it was given, if a term was named.
    pub term_until: Option<Timestamp>,
    /// Through what it came: `form`, `email-code`, `portal`, `letter`; of a closed account the reason.
    pub channel: String,
    /// Who did it.
    pub actor: ActorId,
    /// When.
    pub at: Timestamp,
}

impl From<ConsentAct> for Value {
    fn from(act: ConsentAct) -> Self {
        Self::from(act as u8)
    }
}

impl FromValue for ConsentAct {
    const WORD: &'static str = "an act of consent";

    fn from_value(value: Value) -> Option<Self> {
        [Self::Given, Self::Confirmed, Self::Withdrawn, Self::Closed]
            .into_iter()
            .find(|act| Value::from(*act) == value)
    }
}

/// Adds a row; one that is there already is a conflict.
#[must_use]
pub fn append(row: &ConsentRow) -> Statement {
    statement(
        "INSERT INTO consent (subject_id, consent_id, act, item, purpose, fields, recipient, locale, text_hash, \
         term_until, channel, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        [
            row.subject.into(),
            row.id.into(),
            row.act.into(),
            row.item.as_str().into(),
            row.purpose.into(),
            row.fields.into(),
            row.recipient.clone().into(),
            row.locale.as_str().into(),
            row.text_hash.into(),
            row.term_until.into(),
            row.channel.as_str().into(),
            row.actor.into(),
            row.at.into(),
        ],
    )
    .touching(1)
}

/// Removes the rows of a subject who was destroyed; of anybody else none.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement(
        "DELETE FROM consent WHERE subject_id = $1 AND EXISTS (SELECT 1 FROM subject \
         WHERE subject.subject_id = consent.subject_id AND subject.destroyed_at IS NOT NULL)",
        [subject.into()],
    )
}

/// The rows of a subject in the order in which they came about.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<ConsentRow>, Fault> {
    reader.list(
        "SELECT subject_id, consent_id, act, item, purpose, fields, recipient, locale, text_hash, term_until, \
         channel, actor, at FROM consent WHERE subject_id = $1 ORDER BY at, consent_id, act",
        &[subject.into()],
        read,
    )
}

/// How many consents of a subject were taken back.
///
/// # Errors
/// When the engine does not answer.
pub fn taken_back(reader: &mut dyn Reader, subject: SubjectId) -> Result<u64, Fault> {
    let counted = reader.first(
        "SELECT COUNT(*) FROM consent WHERE subject_id = $1 AND act = $2",
        &[subject.into(), ConsentAct::Withdrawn.into()],
        |row| row.take(0),
    )?;
    Ok(counted.unwrap_or(0))
}

/// How often each item was given, confirmed and withdrawn.
///
/// # Errors
/// When the engine does not answer.
pub fn counts(reader: &mut dyn Reader) -> Result<Vec<(String, ConsentAct, u64)>, Fault> {
    reader.list(
        "SELECT item, act, COUNT(*) FROM consent GROUP BY item, act ORDER BY item, act",
        &[],
        |row| Ok((row.take(0)?, row.take(1)?, row.take(2)?)),
    )
}

fn read(row: &mut Row) -> Result<ConsentRow, Fault> {
    Ok(ConsentRow {
        subject: row.take(0)?,
        id: row.take(1)?,
        act: row.take(2)?,
        item: row.take(3)?,
        purpose: row.take(4)?,
        fields: row.take(5)?,
        recipient: row.take(6)?,
        locale: row.take(7)?,
        text_hash: row.take(8)?,
        term_until: row.take(9)?,
        channel: row.take(10)?,
        actor: row.take(11)?,
        at: row.take(12)?,
    })
}
