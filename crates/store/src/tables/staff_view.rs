//! 5.1.4: filters of the queues that a member of staff keeps under a name of their own. Words of filters, and nobody's data; in no copy
//! of these tables, since they are typed again in a minute.

use jiff::Timestamp;
use sandyq_model::{ActorId, Fault};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One kept filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffView {
    /// What they call it.
    pub name: String,
    /// The words of the filter, as they stand in an address.
    pub words: String,
}

/// Keeps a filter in the place of the one of that name.
#[must_use]
pub fn put(staff: ActorId, view: &StaffView, at: Timestamp) -> Statement {
    statement(
        "INSERT INTO staff_view (staff_id, name, words, saved_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (staff_id, name) DO UPDATE SET words = excluded.words, saved_at = excluded.saved_at",
        [
            staff.into(),
            view.name.as_str().into(),
            view.words.as_str().into(),
            at.into(),
        ],
    )
    .touching(1)
}

/// Takes a filter away; nothing happens where it is gone.
#[must_use]
pub fn remove(staff: ActorId, name: &str) -> Statement {
    statement(
        "DELETE FROM staff_view WHERE staff_id = $1 AND name = $2",
        [staff.into(), name.into()],
    )
}

/// Takes all of a member of staff away.
#[must_use]
pub fn remove_all(staff: ActorId) -> Statement {
    statement("DELETE FROM staff_view WHERE staff_id = $1", [staff.into()])
}

/// Those of a member of staff, by name.
///
/// # Errors
/// When the engine does not answer.
pub fn of(reader: &mut dyn Reader, staff: ActorId, count: u32) -> Result<Vec<StaffView>, Fault> {
    reader.list(
        "SELECT name, words FROM staff_view WHERE staff_id = $1 ORDER BY name LIMIT $2",
        &[staff.into(), count.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<StaffView, Fault> {
    Ok(StaffView {
        name: row.take(0)?,
        words: row.take(1)?,
    })
}
