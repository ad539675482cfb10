//! 5.1.4: who is invited to work here, as what, and until when. Of the link that opens it only a keyed hash is kept.

use jiff::Timestamp;
use sandyq_model::{ActorId, Fault, Role};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffInvitation {
    /// The keyed hash of what the link holds.
    pub token_hash: [u8; 32],
    /// The name by which they will sign in.
    pub name: String,
    /// The role that they will have.
    pub role: Role,
    /// Who invited them.
    pub invited_by: ActorId,
    /// When.
    pub added_at: Timestamp,
    /// Until when it opens.
    pub until: Timestamp,
}

/// Keeps an invitation.
#[must_use]
pub fn insert(invitation: &StaffInvitation) -> Statement {
    statement(
        "INSERT INTO staff_invitation (token_hash, name, role, invited_by, added_at, until_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        [
            invitation.token_hash.into(),
            invitation.name.as_str().into(),
            invitation.role.into(),
            invitation.invited_by.into(),
            invitation.added_at.into(),
            invitation.until.into(),
        ],
    )
    .touching(1)
}

/// Takes an invitation away; a conflict when somebody did before.
#[must_use]
pub fn take(token_hash: [u8; 32]) -> Statement {
    statement(
        "DELETE FROM staff_invitation WHERE token_hash = $1",
        [token_hash.into()],
    )
    .touching(1)
}

/// Removes the invitations of a name.
#[must_use]
pub fn remove_of_name(name: &str) -> Statement {
    statement("DELETE FROM staff_invitation WHERE name = $1", [name.into()])
}

/// Takes back what somebody invited to.
#[must_use]
pub fn remove_by(staff: ActorId) -> Statement {
    statement(
        "DELETE FROM staff_invitation WHERE invited_by = $1",
        [staff.into()],
    )
}

/// Removes the invitations that opened until before that instant.
#[must_use]
pub fn remove_over(now: Timestamp) -> Statement {
    statement("DELETE FROM staff_invitation WHERE until_at <= $1", [now.into()])
}

/// The invitation of that hash, over or not.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, token_hash: [u8; 32]) -> Result<Option<StaffInvitation>, Fault> {
    reader.first(
        "SELECT token_hash, name, role, invited_by, added_at, until_at FROM staff_invitation WHERE token_hash = $1",
        &[token_hash.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<StaffInvitation, Fault> {
    Ok(StaffInvitation {
        token_hash: row.take(0)?,
        name: row.take(1)?,
        role: row.take(2)?,
        invited_by: row.take(3)?,
        added_at: row.take(4)?,
        until: row.take(5)?,
    })
}
