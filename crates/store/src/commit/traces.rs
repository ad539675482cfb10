//! DEF-4: what was destroyed leaves the engine's own files as well: its log, its dead rows. The key is dead by then, so a
//! delay costs no secret; it is tried again with every group until it is done, and at the next start.
//!
//! The intent of a death stays in `key_death` until then: it is the mark by which a start knows that something is left.

use jiff::{SignedDuration, Timestamp};
use sandyq_model::SubjectId;

use super::writer::WriterParts;
use crate::database::{Session, dialect::Dialect};

/// What is left to remove.
#[derive(Default)]
pub(crate) struct Traces {
    /// Keys that have died, and whose rows may still be there.
    left: Vec<(SubjectId, u32)>,
    removed_at: Option<Timestamp>,
}

impl Traces {
    /// Those that a start could not remove.
    pub(crate) const fn of(left: Vec<(SubjectId, u32)>) -> Self {
        Self {
            left,
            removed_at: None,
        }
    }

    pub(super) fn add(&mut self, died: &[(SubjectId, u32)]) {
        self.left.extend(died);
    }
}

/// Removes traces when keys have died in this group, or when those of an earlier one are still there. Their intents may
/// be cleared then.
pub(super) fn remove(parts: &mut WriterParts) {
    if parts.traces.left.is_empty() {
        return;
    }
    let now = parts.clock.now();
    let rests = parts.session.dialect() == Dialect::Postgres
        && parts
            .traces
            .removed_at
            .is_some_and(|at| now.duration_since(at) < VACUUM_EVERY);
    if !rests && leave_no_trace(parts.session.as_mut()) {
        parts.died.append(&mut parts.traces.left);
        parts.traces.removed_at = Some(now);
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
