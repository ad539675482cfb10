//! DEF-4: what was destroyed leaves the engine's own files as well: its log, its dead rows. The key is dead by then, so a
//! delay costs no secret; it is tried again with every group until it is done, and at the next start.

use jiff::{SignedDuration, Timestamp};

use super::writer::WriterParts;
use crate::database::{Session, dialect::Dialect};

/// What is left to remove.
#[derive(Default)]
pub(crate) struct Traces {
    due: bool,
    removed_at: Option<Timestamp>,
}

/// Removes traces when keys have died in this group, or when those of an earlier one are still there.
pub(super) fn remove(parts: &mut WriterParts, died: bool) {
    parts.traces.due |= died;
    if !parts.traces.due {
        return;
    }
    let now = parts.clock.now();
    let rests = parts.session.dialect() == Dialect::Postgres
        && parts
            .traces
            .removed_at
            .is_some_and(|at| now.duration_since(at) < VACUUM_EVERY);
    if !rests && leave_no_trace(parts.session.as_mut()) {
        parts.traces = Traces {
            due: false,
            removed_at: Some(now),
        };
    }
}

/// Asks the engine; says whether it is done.
pub(crate) fn leave_no_trace(session: &mut dyn Session) -> bool {
    match session.leave_no_trace() {
        Ok(done) => done,
        Err(error) => {
            tracing::warn!(error = %error.text, "traces of destroyed rows are still in the engine's files");
            false
        }
    }
}

/// PostgreSQL goes through whole tables for it, so not more often than this; SQLite only cuts off its log.
const VACUUM_EVERY: SignedDuration = SignedDuration::from_mins(10);
