//! Who is signed in. Only keyed hashes are kept, so a copy of this table opens no session.

use jiff::Timestamp;
use sandyq_model::{ActorId, Fault, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The keyed hash of its token.
    pub hash: [u8; 32],
    /// Who is in it (`subject`, `representative`, `staff`).
    pub kind: String,
    /// The subject who is signed in.
    pub subject: Option<SubjectId>,
    /// The member of staff who is signed in.
    pub staff: Option<ActorId>,
    /// The keyed hash of the token that its forms must carry.
    pub csrf_hash: [u8; 32],
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// When it ends at the latest.
    pub ends_at: Timestamp,
    /// When who is in it last gave a number of their second factor; of staff only.
    pub proved_at: Option<Timestamp>,
}

/// Begins a session.
#[must_use]
pub fn insert(session: &Session) -> Statement {
    statement(
        "INSERT INTO session (session_hash, kind, subject_id, staff_id, csrf_hash, created_at, seen_at, ends_at, \
         proved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [
            session.hash.into(),
            session.kind.as_str().into(),
            session.subject.into(),
            session.staff.into(),
            session.csrf_hash.into(),
            session.created_at.into(),
            session.seen_at.into(),
            session.ends_at.into(),
            session.proved_at.into(),
        ],
    )
    .touching(1)
}

/// Says that a session was used.
#[must_use]
pub fn seen(hash: [u8; 32], at: Timestamp) -> Statement {
    statement(
        "UPDATE session SET seen_at = $2 WHERE session_hash = $1",
        [hash.into(), at.into()],
    )
}

/// Says when who is in it gave a number of their second factor.
#[must_use]
pub fn proved(hash: [u8; 32], at: Timestamp) -> Statement {
    statement(
        "UPDATE session SET proved_at = $2 WHERE session_hash = $1",
        [hash.into(), at.into()],
    )
    .touching(1)
}

/// Ends a session.
#[must_use]
pub fn remove(hash: [u8; 32]) -> Statement {
    statement("DELETE FROM session WHERE session_hash = $1", [hash.into()])
}

/// Ends every session of a subject (6.3: deletion of the account).
#[must_use]
pub fn remove_all_of_subject(subject: SubjectId) -> Statement {
    statement("DELETE FROM session WHERE subject_id = $1", [subject.into()])
}

/// Ends every session of a member of staff.
#[must_use]
pub fn remove_all_of_staff(staff: ActorId) -> Statement {
    statement("DELETE FROM session WHERE staff_id = $1", [staff.into()])
}

/// Removes sessions that have ended, or were not used since `idle_since`.
#[must_use]
pub fn remove_ended(now: Timestamp, idle_since: Timestamp) -> Statement {
    statement(
        "DELETE FROM session WHERE ends_at <= $1 OR seen_at < $2",
        [now.into(), idle_since.into()],
    )
}

/// The session of that hash, ended or not.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, hash: [u8; 32]) -> Result<Option<Session>, Fault> {
    reader.first(
        "SELECT session_hash, kind, subject_id, staff_id, csrf_hash, created_at, seen_at, ends_at, proved_at \
         FROM session WHERE session_hash = $1",
        &[hash.into()],
        read,
    )
}

/// The sessions of a subject, ended or not, the newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<Session>, Fault> {
    reader.list(
        "SELECT session_hash, kind, subject_id, staff_id, csrf_hash, created_at, seen_at, ends_at, proved_at \
         FROM session WHERE subject_id = $1 ORDER BY created_at DESC, session_hash LIMIT 100",
        &[subject.into()],
        read,
    )
}

/// The sessions of a member of staff, ended or not, the newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn of_staff(reader: &mut dyn Reader, staff: ActorId) -> Result<Vec<Session>, Fault> {
    reader.list(
        "SELECT session_hash, kind, subject_id, staff_id, csrf_hash, created_at, seen_at, ends_at, proved_at \
         FROM session WHERE staff_id = $1 ORDER BY created_at DESC, session_hash LIMIT 100",
        &[staff.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<Session, Fault> {
    Ok(Session {
        hash: row.take(0)?,
        kind: row.take(1)?,
        subject: row.take(2)?,
        staff: row.take(3)?,
        csrf_hash: row.take(4)?,
        created_at: row.take(5)?,
        seen_at: row.take(6)?,
        ends_at: row.take(7)?,
        proved_at: row.take(8)?,
    })
}
