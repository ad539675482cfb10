//! 5.1.4: who may sign in as what.

use jiff::Timestamp;
use sandyq_model::{ActorId, Fault, Role};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub id: ActorId,
    /// The name by which one signs in.
    pub name: String,
    /// As what.
    pub role: Role,
    /// The hash of the password (Argon2id, in its own text form).
    pub password_hash: String,
    /// The hash of the newest policy that was read (PRE-1).
    pub familiar_version: Option<Vec<u8>>,
    /// When the role was given.
    pub created_at: Timestamp,
    /// When it was taken away.
    pub disabled_at: Option<Timestamp>,
    /// Wrong passwords in a row.
    pub failures: u32,
    /// Until when nobody can sign in by this name.
    pub locked_until: Option<Timestamp>,
}

/// Adds a member of staff; a name that is taken is a conflict.
#[must_use]
pub fn insert(staff: &Staff) -> Statement {
    statement(
        "INSERT INTO staff (staff_id, name, role, password_hash, familiar_version, created_at, disabled_at, \
         failures, locked_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [
            staff.id.into(),
            staff.name.as_str().into(),
            staff.role.into(),
            staff.password_hash.as_str().into(),
            staff.familiar_version.clone().into(),
            staff.created_at.into(),
            staff.disabled_at.into(),
            staff.failures.into(),
            staff.locked_until.into(),
        ],
    )
    .touching(1)
}

/// Writes everything of a member of staff but when the role was given.
#[must_use]
pub fn update(staff: &Staff) -> Statement {
    statement(
        "UPDATE staff SET name = $2, role = $3, password_hash = $4, familiar_version = $5, disabled_at = $6, \
         failures = $7, locked_until = $8 WHERE staff_id = $1",
        [
            staff.id.into(),
            staff.name.as_str().into(),
            staff.role.into(),
            staff.password_hash.as_str().into(),
            staff.familiar_version.clone().into(),
            staff.disabled_at.into(),
            staff.failures.into(),
            staff.locked_until.into(),
        ],
    )
    .touching(1)
}

/// Puts another hash in the place of that one, and forgets failures; a conflict when it changed meanwhile or the account was closed.
#[must_use]
pub fn choose_password(staff: ActorId, before: &str, chosen: &str) -> Statement {
    statement(
        "UPDATE staff SET password_hash = $3, failures = 0, locked_until = NULL \
         WHERE staff_id = $1 AND password_hash = $2 AND disabled_at IS NULL",
        [staff.into(), before.into(), chosen.into()],
    )
    .touching(1)
}

/// Counts a wrong password, and closes the name until then, if an instant is given.
#[must_use]
pub fn count_failure(staff: ActorId, locked_until: Option<Timestamp>) -> Statement {
    statement(
        "UPDATE staff SET failures = failures + 1, locked_until = $2 WHERE staff_id = $1",
        [staff.into(), locked_until.into()],
    )
}

/// Forgets wrong passwords after a right one.
#[must_use]
pub fn clear_failures(staff: ActorId) -> Statement {
    statement(
        "UPDATE staff SET failures = 0, locked_until = NULL WHERE staff_id = $1",
        [staff.into()],
    )
}

/// Says which policy a member of staff has read (PRE-1).
#[must_use]
pub fn familiarize(staff: ActorId, policy: &[u8]) -> Statement {
    statement(
        "UPDATE staff SET familiar_version = $2 WHERE staff_id = $1",
        [staff.into(), policy.into()],
    )
    .touching(1)
}

/// The member of staff of that id.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, id: ActorId) -> Result<Option<Staff>, Fault> {
    reader.first(
        "SELECT staff_id, name, role, password_hash, familiar_version, created_at, disabled_at, failures, \
         locked_until FROM staff WHERE staff_id = $1",
        &[id.into()],
        read,
    )
}

/// The same, as they come to their desk: with whether they switched shortcuts on.
///
/// # Errors
/// When the engine does not answer.
pub fn at_desk(reader: &mut dyn Reader, id: ActorId) -> Result<Option<(Staff, bool)>, Fault> {
    reader.first(
        "SELECT staff_id, name, role, password_hash, familiar_version, created_at, disabled_at, failures, \
         locked_until, (SELECT since FROM staff_shortcuts WHERE staff_shortcuts.staff_id = staff.staff_id) \
         FROM staff WHERE staff_id = $1",
        &[id.into()],
        |row| {
            let since: Option<Timestamp> = row.take(9)?;
            Ok((read(row)?, since.is_some()))
        },
    )
}

/// The member of staff who signs in by that name.
///
/// # Errors
/// When the engine does not answer.
pub fn by_name(reader: &mut dyn Reader, name: &str) -> Result<Option<Staff>, Fault> {
    reader.first(
        "SELECT staff_id, name, role, password_hash, familiar_version, created_at, disabled_at, failures, \
         locked_until FROM staff WHERE name = $1",
        &[name.into()],
        read,
    )
}

/// Closes an open account; it is a conflict where it is none any more, or where fewer than so many others who can come in would be
/// left in its role.
#[must_use]
pub fn close(staff: ActorId, at: Timestamp, others_min: u32) -> Statement {
    statement(
        "UPDATE staff SET disabled_at = $2 WHERE staff_id = $1 AND disabled_at IS NULL AND (SELECT COUNT(*) \
         FROM staff AS others WHERE others.role = staff.role AND others.staff_id <> staff.staff_id \
         AND others.disabled_at IS NULL AND EXISTS (SELECT 1 FROM staff_authenticator AS proof \
         WHERE proof.staff_id = others.staff_id AND proof.kind = 'one-time')) >= $3",
        [staff.into(), at.into(), others_min.into()],
    )
    .touching(1)
}

/// Gives an open account another role than the one it has, and lets its holder read the policy again; a conflict as in [`close`].
#[must_use]
pub fn change_role(staff: ActorId, (from, to): (Role, Role), others_min: u32) -> Statement {
    statement(
        "UPDATE staff SET role = $3, familiar_version = NULL WHERE staff_id = $1 AND role = $2 \
         AND disabled_at IS NULL AND (SELECT COUNT(*) FROM staff AS others WHERE others.role = $2 \
         AND others.staff_id <> $1 AND others.disabled_at IS NULL AND EXISTS (SELECT 1 \
         FROM staff_authenticator AS proof WHERE proof.staff_id = others.staff_id \
         AND proof.kind = 'one-time')) >= $4",
        [staff.into(), from.into(), to.into(), others_min.into()],
    )
    .touching(1)
}

/// So many of them at most: the open ones first, by name.
///
/// # Errors
/// When the engine does not answer.
pub fn open_first(reader: &mut dyn Reader, limit: u32) -> Result<Vec<Staff>, Fault> {
    reader.list(
        "SELECT staff_id, name, role, password_hash, familiar_version, created_at, disabled_at, failures, \
         locked_until FROM staff ORDER BY CASE WHEN disabled_at IS NULL THEN 0 ELSE 1 END, name LIMIT $1",
        &[limit.into()],
        read,
    )
}

/// How many others than that one can come in, in that role: their accounts are open and have a second factor.
///
/// # Errors
/// When the engine does not answer.
pub fn others_in(reader: &mut dyn Reader, staff: ActorId, role: Role) -> Result<u64, Fault> {
    let counted = reader.first(
        "SELECT COUNT(*) FROM staff WHERE role = $2 AND staff_id <> $1 AND disabled_at IS NULL AND EXISTS (SELECT 1 \
         FROM staff_authenticator AS proof WHERE proof.staff_id = staff.staff_id AND proof.kind = 'one-time')",
        &[staff.into(), role.into()],
        |row| row.take(0),
    )?;
    Ok(counted.unwrap_or(0))
}

/// All of them, by name.
///
/// # Errors
/// When the engine does not answer.
pub fn all(reader: &mut dyn Reader) -> Result<Vec<Staff>, Fault> {
    reader.list(
        "SELECT staff_id, name, role, password_hash, familiar_version, created_at, disabled_at, failures, \
         locked_until FROM staff ORDER BY name",
        &[],
        read,
    )
}

fn read(row: &mut Row) -> Result<Staff, Fault> {
    Ok(Staff {
        id: row.take(0)?,
        name: row.take(1)?,
        role: row.take(2)?,
        password_hash: row.take(3)?,
        familiar_version: row.take(4)?,
        created_at: row.take(5)?,
        disabled_at: row.take(6)?,
        failures: row.take(7)?,
        locked_until: row.take(8)?,
    })
}
