//! Sealed field values: one row per field of a subject.

use jiff::Timestamp;
use sandyq_model::{Fault, Field, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One sealed value with where it came from and how long it stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose.
    pub subject: SubjectId,
    /// Which field.
    pub field: Field,
    /// The version of the value; part of what its seal is bound to.
    pub version: u32,
    /// The generation of the data key it is sealed under.
    pub generation: u32,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
    /// Where it came from: a service, a letter, the portal.
    pub source: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// Until when it is stored (8).
    pub until_at: Option<Timestamp>,
    /// The floor under which it is kept, if one is (8-a).
    pub floor: Option<String>,
    /// When a letter to it came back, since it was written or confirmed last (6.1).
    pub returned_at: Option<Timestamp>,
}

/// Writes a value in place of the one that is there, if one is.
#[must_use]
pub fn put(record: &Record) -> Statement {
    statement(
        "INSERT INTO record (subject_id, field, version, generation, sealed, source, recorded_at, confirmed_at, \
         until_at, floor, returned_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (subject_id, field) DO UPDATE SET version = excluded.version, \
         generation = excluded.generation, sealed = excluded.sealed, source = excluded.source, \
         recorded_at = excluded.recorded_at, confirmed_at = excluded.confirmed_at, until_at = excluded.until_at, \
         floor = excluded.floor, returned_at = excluded.returned_at",
        [
            record.subject.into(),
            record.field.into(),
            record.version.into(),
            record.generation.into(),
            record.sealed.as_slice().into(),
            record.source.as_str().into(),
            record.recorded_at.into(),
            record.confirmed_at.into(),
            record.until_at.into(),
            record.floor.clone().into(),
            record.returned_at.into(),
        ],
    )
    .touching(1)
}

/// Says that everything recorded of a subject is confirmed (1.2).
#[must_use]
pub fn confirm_all(subject: SubjectId, at: Timestamp) -> Statement {
    statement(
        "UPDATE record SET confirmed_at = $2 WHERE subject_id = $1 AND confirmed_at IS NULL",
        [subject.into(), at.into()],
    )
}

/// Says that one value was confirmed at that instant (6.1).
#[must_use]
pub fn confirm(subject: SubjectId, field: Field, at: Timestamp) -> Statement {
    statement(
        "UPDATE record SET confirmed_at = $3, returned_at = NULL WHERE subject_id = $1 AND field = $2",
        [subject.into(), field.into(), at.into()],
    )
    .touching(1)
}

/// Says that a letter to that contact came back. Nothing changes when the contact was changed or confirmed after the letter
/// was sent (6.1).
#[must_use]
pub fn came_back(subject: SubjectId, field: Field, sent_at: Timestamp, at: Timestamp) -> Statement {
    statement(
        "UPDATE record SET returned_at = $4 WHERE subject_id = $1 AND field = $2 AND recorded_at <= $3 \
         AND (confirmed_at IS NULL OR confirmed_at <= $3)",
        [subject.into(), field.into(), sent_at.into(), at.into()],
    )
}

/// How many contacts there are to which letters come back.
///
/// # Errors
/// When the engine does not answer.
pub fn returned(reader: &mut dyn Reader) -> Result<u64, Fault> {
    let count = reader.first(
        "SELECT COUNT(*) FROM record WHERE returned_at IS NOT NULL",
        &[],
        |row| row.take(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Says until when one value is stored, where that is earlier than the day of its person (8).
#[must_use]
pub fn keep_until(subject: SubjectId, field: Field, until: Option<Timestamp>) -> Statement {
    statement(
        "UPDATE record SET until_at = $3 WHERE subject_id = $1 AND field = $2",
        [subject.into(), field.into(), until.into()],
    )
    .touching(1)
}

/// Removes one value.
#[must_use]
pub fn remove(subject: SubjectId, field: Field) -> Statement {
    statement(
        "DELETE FROM record WHERE subject_id = $1 AND field = $2",
        [subject.into(), field.into()],
    )
}

/// Removes every value of a subject.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement("DELETE FROM record WHERE subject_id = $1", [subject.into()])
}

/// The values of a subject, by field.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<Record>, Fault> {
    reader.list(
        "SELECT subject_id, field, version, generation, sealed, source, recorded_at, confirmed_at, until_at, floor, \
         returned_at FROM record WHERE subject_id = $1 ORDER BY field",
        &[subject.into()],
        read,
    )
}

/// Which fields are stored of the subjects behind one up to another (with it), in the order of their ids.
///
/// # Errors
/// When the engine does not answer.
pub fn held_between(
    reader: &mut dyn Reader,
    after: &[u8],
    last: SubjectId,
) -> Result<Vec<(SubjectId, Field)>, Fault> {
    reader.list(
        "SELECT subject_id, field FROM record WHERE subject_id > $1 AND subject_id <= $2 ORDER BY subject_id, field",
        &[after.into(), last.into()],
        |row| Ok((row.take(0)?, row.take(1)?)),
    )
}

/// Subjects of whom single values are due while the others stay, and whose destruction is not queued yet. Whoever is
/// blocked is not among them.
///
/// # Errors
/// When the engine does not answer.
pub fn due(reader: &mut dyn Reader, now: Timestamp, limit: u32) -> Result<Vec<SubjectId>, Fault> {
    reader.list(
        "SELECT DISTINCT record.subject_id FROM record JOIN subject ON subject.subject_id = record.subject_id \
         WHERE record.until_at <= $1 AND record.floor IS NULL AND subject.standing = 2 AND subject.due_at > $1 \
         AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.subject_id = record.subject_id AND hold.lifted_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM job WHERE job.subject_id = record.subject_id AND job.done_at IS NULL \
         AND job.kind IN ('delete', 'destroy')) ORDER BY record.subject_id LIMIT $2",
        &[now.into(), limit.into()],
        |row| row.take(0),
    )
}

/// The values that go alone, before their person, until that instant: soonest first.
///
/// # Errors
/// When the engine does not answer.
pub fn next(
    reader: &mut dyn Reader,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<(SubjectId, Field, Timestamp)>, Fault> {
    reader.list(
        "SELECT subject_id, field, until_at FROM record WHERE until_at <= $1 AND floor IS NULL \
         ORDER BY until_at, subject_id, field LIMIT $2",
        &[until.into(), limit.into()],
        |row| Ok((row.take(0)?, row.take(1)?, row.take(2)?)),
    )
}

/// How many values go alone, before their person, at that instant or before it.
///
/// # Errors
/// When the engine does not answer.
pub fn due_until(reader: &mut dyn Reader, until: Timestamp) -> Result<u64, Fault> {
    let count = reader.first(
        "SELECT COUNT(*) FROM record WHERE until_at <= $1 AND floor IS NULL",
        &[until.into()],
        |row| row.take(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// How many values are stored of each field.
///
/// # Errors
/// When the engine does not answer.
pub fn counts(reader: &mut dyn Reader) -> Result<Vec<(Field, u64)>, Fault> {
    reader.list(
        "SELECT field, COUNT(*) FROM record GROUP BY field ORDER BY field",
        &[],
        |row| Ok((row.take(0)?, row.take(1)?)),
    )
}

fn read(row: &mut Row) -> Result<Record, Fault> {
    Ok(Record {
        subject: row.take(0)?,
        field: row.take(1)?,
        version: row.take(2)?,
        generation: row.take(3)?,
        sealed: row.take(4)?,
        source: row.take(5)?,
        recorded_at: row.take(6)?,
        confirmed_at: row.take(7)?,
        until_at: row.take(8)?,
        floor: row.take(9)?,
        returned_at: row.take(10)?,
    })
}
