//! 5.1.4: which role who of staff had, from when until when. Rows are ended, and never removed.

use jiff::Timestamp;
use sandyq_model::{ActorId, Fault, Role};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// A role that a member of staff was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffGrant {
    /// Which.
    pub id: [u8; 16],
    /// To whom.
    pub staff: ActorId,
    /// The role.
    pub role: Role,
    /// By whom; `None` for accounts from before this was kept.
    pub given_by: Option<ActorId>,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// Who ended it.
    pub ended_by: Option<ActorId>,
}

/// Writes down that a role was given.
#[must_use]
pub fn insert(grant: &StaffGrant) -> Statement {
    statement(
        "INSERT INTO staff_grant (grant_id, staff_id, role, given_by, from_at, until_at, ended_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [
            grant.id.into(),
            grant.staff.into(),
            grant.role.into(),
            grant.given_by.into(),
            grant.from.into(),
            grant.until.into(),
            grant.ended_by.into(),
        ],
    )
    .touching(1)
}

/// Ends what a member of staff has; nothing when they have nothing.
#[must_use]
pub fn end(staff: ActorId, at: Timestamp, by: ActorId) -> Statement {
    statement(
        "UPDATE staff_grant SET until_at = $2, ended_by = $3 WHERE staff_id = $1 AND until_at IS NULL",
        [staff.into(), at.into(), by.into()],
    )
}

/// What was given before the second instant and not ended before the first, each with the name that its holder signs in with, by
/// name and time.
///
/// # Errors
/// When the engine does not answer.
pub fn between(
    reader: &mut dyn Reader,
    first: Timestamp,
    last: Timestamp,
) -> Result<Vec<(StaffGrant, String)>, Fault> {
    reader.list(
        "SELECT g.grant_id, g.staff_id, g.role, g.given_by, g.from_at, g.until_at, g.ended_by, s.name \
         FROM staff_grant g JOIN staff s ON s.staff_id = g.staff_id \
         WHERE g.from_at <= $2 AND (g.until_at IS NULL OR g.until_at > $1) ORDER BY s.name, g.from_at, g.grant_id",
        &[first.into(), last.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<(StaffGrant, String), Fault> {
    let grant = StaffGrant {
        id: row.take(0)?,
        staff: row.take(1)?,
        role: row.take(2)?,
        given_by: row.take(3)?,
        from: row.take(4)?,
        until: row.take(5)?,
        ended_by: row.take(6)?,
    };
    Ok((grant, row.take(7)?))
}
