//! 2.2.1: with what a subject proves who they are. The secret is sealed under the subject's own key and dies with it.

use jiff::Timestamp;
use sandyq_model::{Fault, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, Value, statement};

/// The kind of a passkey, of which a subject may have several.
pub const PASSKEY: &str = "passkey";

/// One authenticator of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticator {
    /// Whose.
    pub subject: SubjectId,
    /// Which. A password and the like have the id of their kind, so that nobody has two of it; a passkey has a keyed hash of
    /// what its device calls it, by which it is found and which nobody has twice.
    pub id: [u8; 16],
    /// What it is (`password`, `one-time`, `recovery`, [`PASSKEY`]).
    pub kind: String,
    /// The sealed secret.
    pub sealed: Vec<u8>,
    /// The last step that was used, or how often it was used: it only grows.
    pub step: u64,
    /// Failures in a row.
    pub failures: u32,
    /// Until when browsers that never came in are not listened to.
    pub paused_until: Option<Timestamp>,
    /// Since when.
    pub added_at: Timestamp,
    /// When it last opened the way.
    pub used_at: Option<Timestamp>,
}

/// Keeps an authenticator in the place of the one that is there.
#[must_use]
pub fn put(row: &Authenticator) -> Statement {
    statement(
        "INSERT INTO authenticator (subject_id, authenticator_id, kind, sealed, step, failures, paused_until, added_at, \
         used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (subject_id, authenticator_id) DO UPDATE SET kind = excluded.kind, sealed = excluded.sealed, \
         step = excluded.step, failures = excluded.failures, paused_until = excluded.paused_until, \
         added_at = excluded.added_at, used_at = excluded.used_at",
        columns(row),
    )
    .touching(1)
}

fn columns(row: &Authenticator) -> [Value; 9] {
    [
        row.subject.into(),
        row.id.into(),
        row.kind.as_str().into(),
        row.sealed.as_slice().into(),
        row.step.into(),
        row.failures.into(),
        row.paused_until.into(),
        row.added_at.into(),
        row.used_at.into(),
    ]
}

/// Puts a secret in its place that was sealed anew; a conflict when another one is there meanwhile.
#[must_use]
pub fn seal_anew(row: &Authenticator, sealed: &[u8]) -> Statement {
    statement(
        "UPDATE authenticator SET sealed = $3 WHERE subject_id = $1 AND authenticator_id = $2 AND sealed = $4",
        [
            row.subject.into(),
            row.id.into(),
            sealed.into(),
            row.sealed.as_slice().into(),
        ],
    )
    .touching(1)
}

/// A conflict when a subject has not that many of them.
#[must_use]
pub fn are_still(subject: SubjectId, count: u64) -> Statement {
    statement(
        "UPDATE authenticator SET step = step WHERE subject_id = $1",
        [subject.into()],
    )
    .touching(count)
}

/// Notes that it opened the way; failures before are forgotten.
#[must_use]
pub fn used(subject: SubjectId, id: [u8; 16], at: Timestamp) -> Statement {
    statement(
        "UPDATE authenticator SET used_at = $3, failures = 0, paused_until = NULL \
         WHERE subject_id = $1 AND authenticator_id = $2",
        [subject.into(), id.into(), at.into()],
    )
}

/// Moves the step on; a conflict when it is there already, so that one code opens the way once.
#[must_use]
pub fn step_to(subject: SubjectId, id: [u8; 16], step: u64, at: Timestamp) -> Statement {
    statement(
        "UPDATE authenticator SET step = $3, used_at = $4 \
         WHERE subject_id = $1 AND authenticator_id = $2 AND step < $3",
        [subject.into(), id.into(), step.into(), at.into()],
    )
    .touching(1)
}

/// Counts a failure; with a pause, when it is time for one. For a subject that is not there it touches nobody.
#[must_use]
pub fn count_failure(subject: SubjectId, id: [u8; 16], paused_until: Option<Timestamp>) -> Statement {
    statement(
        "UPDATE authenticator SET failures = failures + 1, paused_until = COALESCE($3, paused_until) \
         WHERE subject_id = $1 AND authenticator_id = $2",
        [subject.into(), id.into(), paused_until.into()],
    )
}

/// Keeps a new one; a conflict when it is there already, with anybody.
#[must_use]
pub fn add(row: &Authenticator) -> Statement {
    statement(
        "INSERT INTO authenticator (subject_id, authenticator_id, kind, sealed, step, failures, paused_until, added_at, \
         used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        columns(row),
    )
    .touching(1)
}

/// Removes one; a conflict when it is not there any more.
#[must_use]
pub fn take_away(subject: SubjectId, id: [u8; 16]) -> Statement {
    remove(subject, id).touching(1)
}

/// Removes one.
#[must_use]
pub fn remove(subject: SubjectId, id: [u8; 16]) -> Statement {
    statement(
        "DELETE FROM authenticator WHERE subject_id = $1 AND authenticator_id = $2",
        [subject.into(), id.into()],
    )
}

/// Removes every authenticator of a subject.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement(
        "DELETE FROM authenticator WHERE subject_id = $1",
        [subject.into()],
    )
}

/// Whose passkey that is.
///
/// # Errors
/// When the engine does not answer.
pub fn holder_of_passkey(reader: &mut dyn Reader, id: [u8; 16]) -> Result<Option<SubjectId>, Fault> {
    reader.first(
        "SELECT subject_id FROM authenticator WHERE authenticator_id = $1 AND kind = 'passkey'",
        &[id.into()],
        |row| row.take(0),
    )
}

/// Everything with which a subject proves who they are.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<Authenticator>, Fault> {
    reader.list(
        "SELECT subject_id, authenticator_id, kind, sealed, step, failures, paused_until, added_at, used_at \
         FROM authenticator WHERE subject_id = $1 ORDER BY authenticator_id",
        &[subject.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<Authenticator, Fault> {
    Ok(Authenticator {
        subject: row.take(0)?,
        id: row.take(1)?,
        kind: row.take(2)?,
        sealed: row.take(3)?,
        step: row.take(4)?,
        failures: row.take(5)?,
        paused_until: row.take(6)?,
        added_at: row.take(7)?,
        used_at: row.take(8)?,
    })
}
