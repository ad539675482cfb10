//! 6.1: records that may be one person, and what a human decided about them. The two are joined only while the rows of both say so:
//! whatever is lost of one of them, there is no link.

use jiff::Timestamp;
use sandyq_model::{ActorId, Category, Fault, FieldSet, Standing, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// The word of the verdict that joins two records.
pub const ONE_PERSON: &str = "one-person";

/// What one record says of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// Whose row it is.
    pub subject: SubjectId,
    /// Who has a contact in common with them.
    pub other: SubjectId,
    /// The contacts in common.
    pub fields: FieldSet,
    /// When that was found.
    pub found_at: Timestamp,
    /// What was decided; none while nobody has.
    pub verdict: Option<Verdict>,
}

/// What a human decided about two records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// In a word.
    pub word: String,
    /// Why, in a word.
    pub reason: String,
    /// By whom.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
}

/// A record beside a likeness, without anything of its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Whose.
    pub subject: SubjectId,
    /// What that person is to the operator.
    pub category: Category,
    /// Where the record stands.
    pub standing: Standing,
    /// Since when.
    pub created_at: Timestamp,
}

/// Proposes that they may be one person; what stands there already stays.
#[must_use]
pub fn propose(subject: SubjectId, other: SubjectId, fields: FieldSet, at: Timestamp) -> Statement {
    statement(
        "INSERT INTO alike (subject_id, other_id, fields, found_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (subject_id, other_id) DO NOTHING",
        [subject.into(), other.into(), fields.into(), at.into()],
    )
}

/// Takes a proposal about somebody who was destroyed before it was kept.
#[must_use]
pub fn forget_gone(subject: SubjectId, other: SubjectId) -> Statement {
    statement(
        "DELETE FROM alike WHERE subject_id = $1 AND other_id = $2 \
         AND NOT EXISTS (SELECT 1 FROM subject WHERE subject.subject_id = $2 AND subject.destroyed_at IS NULL)",
        [subject.into(), other.into()],
    )
}

/// Writes what was decided, in place of what was decided before.
#[must_use]
pub fn decide(likeness: &Likeness, verdict: &Verdict) -> Statement {
    statement(
        "INSERT INTO alike (subject_id, other_id, fields, found_at, verdict, reason, decided_by, decided_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (subject_id, other_id) DO UPDATE SET \
         verdict = excluded.verdict, reason = excluded.reason, decided_by = excluded.decided_by, \
         decided_at = excluded.decided_at",
        [
            likeness.subject.into(),
            likeness.other.into(),
            likeness.fields.into(),
            likeness.found_at.into(),
            verdict.word.as_str().into(),
            verdict.reason.as_str().into(),
            verdict.by.into(),
            verdict.at.into(),
        ],
    )
    .touching(1)
}

/// Removes what a record says of others, and what others say of it.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement(
        "DELETE FROM alike WHERE subject_id = $1 OR other_id = $1",
        [subject.into()],
    )
}

/// What two records say of each other.
///
/// # Errors
/// When the engine does not answer.
pub fn of_pair(reader: &mut dyn Reader, one: SubjectId, other: SubjectId) -> Result<Vec<Likeness>, Fault> {
    reader.list(
        "SELECT subject_id, other_id, fields, found_at, verdict, reason, decided_by, decided_at FROM alike \
         WHERE (subject_id = $1 AND other_id = $2) OR (subject_id = $2 AND other_id = $1) ORDER BY subject_id",
        &[one.into(), other.into()],
        read,
    )
}

/// The records that are joined to this one; at most so many.
///
/// # Errors
/// When the engine does not answer.
pub fn joined_to(reader: &mut dyn Reader, subject: SubjectId, limit: u32) -> Result<Vec<SubjectId>, Fault> {
    reader.list(
        "SELECT a.other_id FROM alike a JOIN alike b ON b.subject_id = a.other_id AND b.other_id = a.subject_id \
         WHERE a.subject_id = $1 AND a.verdict = 'one-person' AND b.verdict = 'one-person' \
         ORDER BY a.decided_at, a.other_id LIMIT $2",
        &[subject.into(), limit.into()],
        |row| row.take(0),
    )
}

/// Pairs of records in use about which nobody has decided, found longest ago first; at most so many. A pair that each of the two was
/// found by is there twice.
///
/// # Errors
/// When the engine does not answer.
pub fn open(reader: &mut dyn Reader, limit: u32) -> Result<Vec<(Likeness, [Beside; 2])>, Fault> {
    reader.list(
        "SELECT a.subject_id, a.other_id, a.fields, a.found_at, a.verdict, a.reason, a.decided_by, a.decided_at, \
         s.category, s.standing, s.created_at, o.category, o.standing, o.created_at FROM alike a \
         JOIN subject s ON s.subject_id = a.subject_id JOIN subject o ON o.subject_id = a.other_id \
         WHERE a.verdict IS NULL AND s.standing = $1 AND o.standing = $1 AND s.withdrawn_at IS NULL \
         AND o.withdrawn_at IS NULL ORDER BY a.found_at, a.subject_id, a.other_id LIMIT $2",
        &[Standing::Active.into(), limit.into()],
        beside,
    )
}

/// Pairs of records that are joined, joined last first; at most so many.
///
/// # Errors
/// When the engine does not answer.
pub fn joined(reader: &mut dyn Reader, limit: u32) -> Result<Vec<(Likeness, [Beside; 2])>, Fault> {
    reader.list(
        "SELECT a.subject_id, a.other_id, a.fields, a.found_at, a.verdict, a.reason, a.decided_by, a.decided_at, \
         s.category, s.standing, s.created_at, o.category, o.standing, o.created_at FROM alike a \
         JOIN alike b ON b.subject_id = a.other_id AND b.other_id = a.subject_id \
         JOIN subject s ON s.subject_id = a.subject_id JOIN subject o ON o.subject_id = a.other_id \
         WHERE a.verdict = 'one-person' AND b.verdict = 'one-person' AND a.subject_id < a.other_id \
         ORDER BY a.decided_at DESC, a.subject_id, a.other_id LIMIT $1",
        &[limit.into()],
        beside,
    )
}

fn beside(row: &mut Row) -> Result<(Likeness, [Beside; 2]), Fault> {
    let likeness = read(row)?;
    let one = Beside {
        subject: likeness.subject,
        category: row.take(8)?,
        standing: row.take(9)?,
        created_at: row.take(10)?,
    };
    let other = Beside {
        subject: likeness.other,
        category: row.take(11)?,
        standing: row.take(12)?,
        created_at: row.take(13)?,
    };
    Ok((likeness, [one, other]))
}

fn read(row: &mut Row) -> Result<Likeness, Fault> {
    let word: Option<String> = row.take(4)?;
    let verdict = match word {
        Some(word) => Some(Verdict {
            word,
            reason: row.take(5)?,
            by: row.take(6)?,
            at: row.take(7)?,
        }),
        None => None,
    };
    Ok(Likeness {
        subject: row.take(0)?,
        other: row.take(1)?,
        fields: row.take(2)?,
        found_at: row.take(3)?,
        verdict,
    })
}
