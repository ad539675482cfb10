//! 5.1.4: with what a member of staff proves who they are, beside the password. The secret is sealed by a key of the vault, and is
//! in no copy of these tables.

use jiff::Timestamp;
use sandyq_model::{ActorId, Fault};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One authenticator of a member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffAuthenticator {
    /// Whose.
    pub staff: ActorId,
    /// What it is: `one-time-proposed`, `one-time`, `recovery`, `passkey-` with a keyed hash of what its device calls it, or
    /// `identity-` with a keyed hash of whom a provider means, which is one person's alone; nobody has
    /// two of a kind.
    pub kind: String,
    /// The sealed secret.
    pub sealed: Vec<u8>,
    /// The last step that was used, or how often it was used: it only grows.
    pub step: u64,
    /// Since when.
    pub added_at: Timestamp,
    /// Until when it may be set up; `None` for what is set up.
    pub until: Option<Timestamp>,
    /// When it last opened the way.
    pub used_at: Option<Timestamp>,
}

/// Keeps an authenticator in the place of the one that is there.
#[must_use]
pub fn put(row: &StaffAuthenticator) -> Statement {
    let put = "INSERT INTO staff_authenticator (staff_id, kind, sealed, step, added_at, until_at, used_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (staff_id, kind) DO UPDATE SET sealed = excluded.sealed, step = excluded.step, \
               added_at = excluded.added_at, until_at = excluded.until_at, used_at = excluded.used_at";
    kept(put, row)
}

/// Keeps one beside those that are there; a conflict when it is there already.
#[must_use]
pub fn add(row: &StaffAuthenticator) -> Statement {
    let add = "INSERT INTO staff_authenticator (staff_id, kind, sealed, step, added_at, until_at, used_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    kept(add, row)
}

fn kept(sql: &'static str, row: &StaffAuthenticator) -> Statement {
    statement(
        sql,
        [
            row.staff.into(),
            row.kind.as_str().into(),
            row.sealed.as_slice().into(),
            row.step.into(),
            row.added_at.into(),
            row.until.into(),
            row.used_at.into(),
        ],
    )
    .touching(1)
}

/// Notes that one was used that does not count; a conflict when it is gone.
#[must_use]
pub fn used(staff: ActorId, kind: &str, at: Timestamp) -> Statement {
    statement(
        "UPDATE staff_authenticator SET used_at = $3 WHERE staff_id = $1 AND kind = $2",
        [staff.into(), kind.into(), at.into()],
    )
    .touching(1)
}

/// Removes one; a conflict when it is not there any more.
#[must_use]
pub fn take_away(staff: ActorId, kind: &str) -> Statement {
    statement(
        "DELETE FROM staff_authenticator WHERE staff_id = $1 AND kind = $2",
        [staff.into(), kind.into()],
    )
    .touching(1)
}

/// Moves the step on; a conflict when it is there already, so that one number opens the way once.
#[must_use]
pub fn step_to(staff: ActorId, kind: &str, step: u64, at: Timestamp) -> Statement {
    statement(
        "UPDATE staff_authenticator SET step = $3, used_at = $4 WHERE staff_id = $1 AND kind = $2 AND step < $3",
        [staff.into(), kind.into(), step.into(), at.into()],
    )
    .touching(1)
}

/// Takes away what waits to be set up; a conflict when something else waits, or nothing does.
#[must_use]
pub fn take(row: &StaffAuthenticator) -> Statement {
    statement(
        "DELETE FROM staff_authenticator WHERE staff_id = $1 AND kind = $2 AND sealed = $3",
        [
            row.staff.into(),
            row.kind.as_str().into(),
            row.sealed.as_slice().into(),
        ],
    )
    .touching(1)
}

/// Removes every authenticator of a member of staff.
#[must_use]
pub fn remove_all(staff: ActorId) -> Statement {
    statement(
        "DELETE FROM staff_authenticator WHERE staff_id = $1",
        [staff.into()],
    )
}

/// Everything with which a member of staff proves who they are.
///
/// # Errors
/// When the engine does not answer.
pub fn of_staff(reader: &mut dyn Reader, staff: ActorId) -> Result<Vec<StaffAuthenticator>, Fault> {
    reader.list(
        "SELECT staff_id, kind, sealed, step, added_at, until_at, used_at FROM staff_authenticator \
         WHERE staff_id = $1 ORDER BY kind",
        &[staff.into()],
        read,
    )
}

/// The one of that kind, where there is one alone.
///
/// # Errors
/// When the engine does not answer.
pub fn of_kind(reader: &mut dyn Reader, kind: &str) -> Result<Option<StaffAuthenticator>, Fault> {
    reader.first(
        "SELECT staff_id, kind, sealed, step, added_at, until_at, used_at FROM staff_authenticator WHERE kind = $1",
        &[kind.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<StaffAuthenticator, Fault> {
    Ok(StaffAuthenticator {
        staff: row.take(0)?,
        kind: row.take(1)?,
        sealed: row.take(2)?,
        step: row.take(3)?,
        added_at: row.take(4)?,
        until: row.take(5)?,
        used_at: row.take(6)?,
    })
}
