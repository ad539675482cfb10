//! 1.2: codes that were sent to a contact to prove that it is the person's. Only their keyed hash is kept.

use jiff::Timestamp;
use sandyq_model::{Fault, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, Value, statement};

/// One code that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// To whom.
    pub subject: SubjectId,
    /// Which.
    pub id: [u8; 16],
    /// What it serves (`confirm`, `sign-in`).
    pub serves: String,
    /// Its keyed hash.
    pub hash: [u8; 32],
    /// How often another code was typed in.
    pub attempts: u32,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was used; a code works once.
    pub used_at: Option<Timestamp>,
    /// When it was sent.
    pub at: Timestamp,
}

/// Keeps a code that is being sent.
#[must_use]
pub fn insert(code: &Code) -> Statement {
    statement(
        "INSERT INTO code (subject_id, code_id, serves, hash, attempts, expires_at, used_at, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        columns(code),
    )
    .touching(1)
}

fn columns(code: &Code) -> [Value; 8] {
    [
        code.subject.into(),
        code.id.into(),
        code.serves.as_str().into(),
        code.hash.into(),
        code.attempts.into(),
        code.expires_at.into(),
        code.used_at.into(),
        code.at.into(),
    ]
}

/// Counts an attempt with another code.
#[must_use]
pub fn count_attempt(subject: SubjectId, id: [u8; 16]) -> Statement {
    statement(
        "UPDATE code SET attempts = attempts + 1 WHERE subject_id = $1 AND code_id = $2",
        [subject.into(), id.into()],
    )
    .touching(1)
}

/// Hands a ticket on to a second code that serves something else, in place of the one that was typed. A conflict when it was
/// used, or handed on already.
#[must_use]
pub fn hand_on(
    subject: SubjectId,
    id: [u8; 16],
    (from, to): (&str, &str),
    expires_at: Timestamp,
) -> Statement {
    statement(
        "UPDATE code SET serves = $4, hash = $5, attempts = 0, expires_at = $6 \
         WHERE subject_id = $1 AND code_id = $2 AND serves = $3 AND used_at IS NULL",
        [
            subject.into(),
            id.into(),
            from.into(),
            to.into(),
            [0_u8; 32].into(),
            expires_at.into(),
        ],
    )
    .touching(1)
}

/// Uses a code up; one that was used already is a conflict.
#[must_use]
pub fn spend(subject: SubjectId, id: [u8; 16], at: Timestamp) -> Statement {
    statement(
        "UPDATE code SET used_at = $3 WHERE subject_id = $1 AND code_id = $2 AND used_at IS NULL",
        [subject.into(), id.into(), at.into()],
    )
    .touching(1)
}

/// Notes that something that opens the way once was used, until it would not work any more; a conflict when it was before.
#[must_use]
pub fn spend_once(spent: &Code) -> Statement {
    statement(
        "INSERT INTO code (subject_id, code_id, serves, hash, attempts, expires_at, used_at, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        columns(spent),
    )
    .touching(1)
}

/// Removes every code of a subject.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement("DELETE FROM code WHERE subject_id = $1", [subject.into()])
}

/// Removes codes that stopped working before that instant.
#[must_use]
pub fn remove_expired(before: Timestamp) -> Statement {
    statement("DELETE FROM code WHERE expires_at < $1", [before.into()])
}

/// Counts an attempt before it is looked at; a conflict when there have been `limit` already.
#[must_use]
pub fn count_attempt_below(subject: SubjectId, id: [u8; 16], limit: u32) -> Statement {
    statement(
        "UPDATE code SET attempts = attempts + 1 WHERE subject_id = $1 AND code_id = $2 AND attempts < $3",
        [subject.into(), id.into(), limit.into()],
    )
    .touching(1)
}

/// Gives a ticket its code, in place of an earlier one; attempts begin anew. A conflict when it was used.
#[must_use]
pub fn arm(subject: SubjectId, id: [u8; 16], hash: [u8; 32], expires_at: Timestamp) -> Statement {
    statement(
        "UPDATE code SET hash = $3, attempts = 0, expires_at = $4 \
         WHERE subject_id = $1 AND code_id = $2 AND used_at IS NULL",
        [subject.into(), id.into(), hash.into(), expires_at.into()],
    )
    .touching(1)
}

/// The code of that ticket.
///
/// # Errors
/// When the engine does not answer.
pub fn by_id(reader: &mut dyn Reader, id: [u8; 16]) -> Result<Option<Code>, Fault> {
    reader.first(
        "SELECT subject_id, code_id, serves, hash, attempts, expires_at, used_at, at FROM code \
         WHERE code_id = $1 ORDER BY subject_id LIMIT 1",
        &[id.into()],
        read,
    )
}

/// The newest code of a subject that serves this.
///
/// # Errors
/// When the engine does not answer.
pub fn newest(reader: &mut dyn Reader, subject: SubjectId, serves: &str) -> Result<Option<Code>, Fault> {
    reader.first(
        "SELECT subject_id, code_id, serves, hash, attempts, expires_at, used_at, at FROM code \
         WHERE subject_id = $1 AND serves = $2 ORDER BY at DESC, code_id LIMIT 1",
        &[subject.into(), serves.into()],
        read,
    )
}

/// How many codes that serve this were sent to a subject since that instant.
///
/// # Errors
/// When the engine does not answer.
pub fn sent_since(
    reader: &mut dyn Reader,
    subject: SubjectId,
    serves: &str,
    since: Timestamp,
) -> Result<u64, Fault> {
    let count = reader.first(
        "SELECT COUNT(*) FROM code WHERE subject_id = $1 AND serves = $2 AND at >= $3",
        &[subject.into(), serves.into(), since.into()],
        |row| row.take(0),
    )?;
    Ok(count.unwrap_or(0))
}

fn read(row: &mut Row) -> Result<Code, Fault> {
    Ok(Code {
        subject: row.take(0)?,
        id: row.take(1)?,
        serves: row.take(2)?,
        hash: row.take(3)?,
        attempts: row.take(4)?,
        expires_at: row.take(5)?,
        used_at: row.take(6)?,
        at: row.take(7)?,
    })
}
