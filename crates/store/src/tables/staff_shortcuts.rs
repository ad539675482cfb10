//! Members of staff who switched shortcuts on (WCAG 2.1.4). In no copy of these tables: it is switched on again in a moment.

use jiff::Timestamp;
use sandyq_model::ActorId;

use crate::database::{Statement, statement};

/// Switches them on; nothing happens where they are.
#[must_use]
pub fn on(staff: ActorId, at: Timestamp) -> Statement {
    statement(
        "INSERT INTO staff_shortcuts (staff_id, since) VALUES ($1, $2) ON CONFLICT (staff_id) DO NOTHING",
        [staff.into(), at.into()],
    )
}

/// Switches them off.
#[must_use]
pub fn off(staff: ActorId) -> Statement {
    statement("DELETE FROM staff_shortcuts WHERE staff_id = $1", [staff.into()])
}
