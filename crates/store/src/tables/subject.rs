//! Who is known, where each stands, and the version that every decision is checked against.

use jiff::Timestamp;
use sandyq_model::{Category, Fault, Pseudonym, Standing, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// A subject, without any value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The subject.
    pub id: SubjectId,
    /// What it is (1.1.2–1.1.5).
    pub category: Category,
    /// Where it stands.
    pub standing: Standing,
    /// One more with every change of what belongs to it.
    pub version: u64,
    /// What the ledger calls it; gone once destroyed, so that the ledger leads to nobody (6.3).
    pub pseudonym: Option<Pseudonym>,
    /// The generation of its data key.
    pub key_generation: u32,
    /// When it was collected.
    pub created_at: Timestamp,
    /// When its consent was confirmed (1.2).
    pub confirmed_at: Option<Timestamp>,
    /// When it was blocked (DEF-7).
    pub blocked_at: Option<Timestamp>,
    /// When its consent was withdrawn (6.3).
    pub withdrawn_at: Option<Timestamp>,
    /// When it was destroyed (DEF-8).
    pub destroyed_at: Option<Timestamp>,
    /// When it must be destroyed (8).
    pub due_at: Option<Timestamp>,
}

/// Puts a new subject in at version 1, whatever its `version` says. The commit states version 0 for it.
#[must_use]
pub fn insert(subject: &Subject) -> Statement {
    statement(
        "INSERT INTO subject (subject_id, category, standing, version, pseudonym, key_generation, created_at, \
         confirmed_at, blocked_at, withdrawn_at, destroyed_at, due_at) \
         VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11)",
        [
            subject.id.into(),
            subject.category.into(),
            subject.standing.into(),
            subject.pseudonym.into(),
            subject.key_generation.into(),
            subject.created_at.into(),
            subject.confirmed_at.into(),
            subject.blocked_at.into(),
            subject.withdrawn_at.into(),
            subject.destroyed_at.into(),
            subject.due_at.into(),
        ],
    )
    .touching(1)
}

/// Writes everything of a known subject but its version, which the commit moves by itself.
#[must_use]
pub fn update(subject: &Subject) -> Statement {
    statement(
        "UPDATE subject SET category = $2, standing = $3, pseudonym = $4, key_generation = $5, confirmed_at = $6, \
         blocked_at = $7, withdrawn_at = $8, destroyed_at = $9, due_at = $10 WHERE subject_id = $1",
        [
            subject.id.into(),
            subject.category.into(),
            subject.standing.into(),
            subject.pseudonym.into(),
            subject.key_generation.into(),
            subject.confirmed_at.into(),
            subject.blocked_at.into(),
            subject.withdrawn_at.into(),
            subject.destroyed_at.into(),
            subject.due_at.into(),
        ],
    )
    .touching(1)
}

/// The subject of that id.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, id: SubjectId) -> Result<Option<Subject>, Fault> {
    reader.first(
        "SELECT subject_id, category, standing, version, pseudonym, key_generation, created_at, confirmed_at, \
         blocked_at, withdrawn_at, destroyed_at, due_at FROM subject WHERE subject_id = $1",
        &[id.into()],
        read,
    )
}

/// The subject that the ledger calls so; `None` once it is destroyed.
///
/// # Errors
/// When the engine does not answer.
pub fn by_pseudonym(reader: &mut dyn Reader, pseudonym: Pseudonym) -> Result<Option<Subject>, Fault> {
    reader.first(
        "SELECT subject_id, category, standing, version, pseudonym, key_generation, created_at, confirmed_at, \
         blocked_at, withdrawn_at, destroyed_at, due_at FROM subject WHERE pseudonym = $1",
        &[pseudonym.into()],
        read,
    )
}

/// Subjects whose destruction is due at that instant and has not been done, longest due first.
///
/// # Errors
/// When the engine does not answer.
pub fn due(reader: &mut dyn Reader, now: Timestamp, limit: u32) -> Result<Vec<Subject>, Fault> {
    reader.list(
        "SELECT subject_id, category, standing, version, pseudonym, key_generation, created_at, confirmed_at, \
         blocked_at, withdrawn_at, destroyed_at, due_at FROM subject \
         WHERE due_at <= $1 AND destroyed_at IS NULL ORDER BY due_at, subject_id LIMIT $2",
        &[now.into(), limit.into()],
        read,
    )
}

/// Of the due ones those whose destruction is neither queued nor kept from them by a block: a record that is locked only
/// because a floor kept part of it is not blocked in this sense.
///
/// # Errors
/// When the engine does not answer.
pub fn due_and_free(reader: &mut dyn Reader, now: Timestamp, limit: u32) -> Result<Vec<Subject>, Fault> {
    reader.list(
        "SELECT subject_id, category, standing, version, pseudonym, key_generation, created_at, confirmed_at, \
         blocked_at, withdrawn_at, destroyed_at, due_at FROM subject \
         WHERE due_at <= $1 AND destroyed_at IS NULL AND (standing <> 3 OR EXISTS (SELECT 1 FROM record \
         WHERE record.subject_id = subject.subject_id AND record.floor IS NOT NULL)) \
         AND NOT EXISTS (SELECT 1 FROM hold \
         WHERE hold.subject_id = subject.subject_id AND hold.lifted_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM job WHERE job.subject_id = subject.subject_id AND job.done_at IS NULL \
         AND job.kind IN ('delete', 'destroy')) ORDER BY due_at, subject_id LIMIT $2",
        &[now.into(), limit.into()],
        read,
    )
}

/// Whoever is due, or has a value that is, and is blocked: a person decided that, and a person must end it (8-c).
///
/// # Errors
/// When the engine does not answer.
pub fn due_and_blocked(
    reader: &mut dyn Reader,
    now: Timestamp,
    after: Option<SubjectId>,
    limit: u32,
) -> Result<Vec<Subject>, Fault> {
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    reader.list(
        "SELECT subject_id, category, standing, version, pseudonym, key_generation, created_at, confirmed_at, \
         blocked_at, withdrawn_at, destroyed_at, due_at FROM subject \
         WHERE subject_id > $2 AND destroyed_at IS NULL AND (due_at <= $1 OR EXISTS (SELECT 1 \
         FROM record WHERE record.subject_id = subject.subject_id AND record.until_at <= $1)) \
         AND ((standing = 3 AND NOT EXISTS (SELECT 1 FROM record WHERE record.subject_id = subject.subject_id \
         AND record.floor IS NOT NULL)) OR EXISTS (SELECT 1 FROM hold \
         WHERE hold.subject_id = subject.subject_id AND hold.lifted_at IS NULL)) \
         ORDER BY subject_id LIMIT $3",
        &[now.into(), after.into(), limit.into()],
        read,
    )
}

/// Who was destroyed before that instant and has rows of consents left, with the version, from one on (without it).
///
/// # Errors
/// When the engine does not answer.
pub fn destroyed_with_consents(
    reader: &mut dyn Reader,
    before: Timestamp,
    after: Option<SubjectId>,
    limit: u32,
) -> Result<Vec<(SubjectId, u64)>, Fault> {
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    reader.list(
        "SELECT subject_id, version FROM subject WHERE subject_id > $2 AND destroyed_at <= $1 AND EXISTS (SELECT 1 \
         FROM consent WHERE consent.subject_id = subject.subject_id) ORDER BY subject_id LIMIT $3",
        &[before.into(), after.into(), limit.into()],
        |row| Ok((row.take(0)?, row.take(1)?)),
    )
}

/// How many are destroyed as a whole at that instant or before it, unless they are used or prolonged until then.
///
/// # Errors
/// When the engine does not answer.
pub fn due_until(reader: &mut dyn Reader, until: Timestamp) -> Result<u64, Fault> {
    let count = reader.first(
        "SELECT COUNT(*) FROM subject WHERE due_at <= $1 AND destroyed_at IS NULL",
        &[until.into()],
        |row| row.take(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Subjects in the order of their ids, from one on (without it): for work that goes through all of them.
///
/// # Errors
/// When the engine does not answer.
pub fn page(reader: &mut dyn Reader, after: Option<SubjectId>, limit: u32) -> Result<Vec<Subject>, Fault> {
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    reader.list(
        "SELECT subject_id, category, standing, version, pseudonym, key_generation, created_at, confirmed_at, \
         blocked_at, withdrawn_at, destroyed_at, due_at FROM subject \
         WHERE subject_id > $1 ORDER BY subject_id LIMIT $2",
        &[after.into(), limit.into()],
        read,
    )
}

/// How many subjects of each category stand where.
///
/// # Errors
/// When the engine does not answer.
pub fn counts(reader: &mut dyn Reader) -> Result<Vec<(Category, Standing, u64)>, Fault> {
    reader.list(
        "SELECT category, standing, COUNT(*) FROM subject GROUP BY category, standing ORDER BY category, standing",
        &[],
        |row| Ok((row.take(0)?, row.take(1)?, row.take(2)?)),
    )
}

fn read(row: &mut Row) -> Result<Subject, Fault> {
    Ok(Subject {
        id: row.take(0)?,
        category: row.take(1)?,
        standing: row.take(2)?,
        version: row.take(3)?,
        pseudonym: row.take(4)?,
        key_generation: row.take(5)?,
        created_at: row.take(6)?,
        confirmed_at: row.take(7)?,
        blocked_at: row.take(8)?,
        withdrawn_at: row.take(9)?,
        destroyed_at: row.take(10)?,
        due_at: row.take(11)?,
    })
}
