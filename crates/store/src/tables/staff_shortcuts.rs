//! Members of staff who switched shortcuts on (WCAG 2.1.4). In no copy of these tables: it is switched on again in a moment.

use jiff::Timestamp;
use sandyq_model::{ActorId, Fault};

use crate::database::{Reader, ReaderExt, Statement, statement};

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

/// Whether they are on.
///
/// # Errors
/// When the engine does not answer.
pub fn are_on(reader: &mut dyn Reader, staff: ActorId) -> Result<bool, Fault> {
    let since = reader.first(
        "SELECT since FROM staff_shortcuts WHERE staff_id = $1",
        &[staff.into()],
        |row| row.take::<Timestamp>(0),
    )?;
    Ok(since.is_some())
}
