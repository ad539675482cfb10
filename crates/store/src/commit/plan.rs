//! Which commits of a group may be done: submissions that were done before, and subjects that have changed since.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sandyq_model::{Fault, IdempotencyKey, SubjectId};

use super::queue::Pending;
use crate::database::{DatabaseError, Session, dialect};
use crate::tables::idempotency::Once;

/// What becomes of one commit of a group.
pub(super) enum Verdict {
    /// It is done with the group; its first entry is the how manieth of the group.
    Done(u64),
    /// Its submission was done before.
    Already(Vec<u8>),
    /// Its submission is the same as that of an earlier commit of this group.
    SameAs(usize),
    /// Its key was used for a submission of other content, before or in this group.
    OtherContent,
    /// Its subject is of another version.
    Stale,
    /// A row was not as expected.
    Conflict(&'static str),
    /// It could not be done, alone of the group.
    Fault(String),
    /// It must wait until the second copy follows.
    Behind(String),
}

/// What is known about the submissions and subjects of a group, as the group goes on.
pub(super) struct Plan {
    answers: HashMap<IdempotencyKey, Known>,
    versions: HashMap<SubjectId, u64>,
    /// Why nothing is done now that must be in the second copy.
    behind: Option<String>,
    /// Whether nothing is done either that goes into the second copy without waiting for it.
    full: bool,
}

/// A submission that was done.
struct Known {
    once: Once,
    /// Its place, when it is of this group.
    place: Option<usize>,
}

/// What to take back when a commit turns out not to happen.
pub(super) struct Trace {
    key: Option<IdempotencyKey>,
    version: Option<(SubjectId, u64)>,
}

impl Plan {
    /// Looks up everything that the group needs to know, in two questions.
    pub(super) fn look_up(session: &mut dyn Session, group: &[Pending]) -> Result<Self, DatabaseError> {
        let keys: Vec<[u8; 16]> = group
            .iter()
            .filter_map(|pending| pending.once.as_ref())
            .map(|once| *once.key.as_bytes())
            .collect();
        let mut subjects: Vec<[u8; 16]> = group
            .iter()
            .filter_map(|pending| pending.subject)
            .map(|(id, _)| *id.as_bytes())
            .collect();
        subjects.sort_unstable();
        subjects.dedup();
        let mut plan = Self {
            answers: HashMap::new(),
            versions: HashMap::with_capacity(subjects.len()),
            behind: None,
            full: false,
        };
        if !keys.is_empty() {
            for mut row in session.look_up(&dialect::ANSWERS, &keys)? {
                let once = Once {
                    key: row.take(0).map_err(unreadable)?,
                    answer: row.take(1).map_err(unreadable)?,
                    content: row.take(2).map_err(unreadable)?,
                };
                plan.answers.insert(once.key, Known { once, place: None });
            }
        }
        if !subjects.is_empty() {
            for mut row in session.look_up(&dialect::VERSIONS, &subjects)? {
                plan.versions
                    .insert(row.take(0).map_err(unreadable)?, row.take(1).map_err(unreadable)?);
            }
        }
        Ok(plan)
    }

    /// The same, while the second copy does not follow for that reason.
    pub(super) fn refusing(mut self, behind: Option<Fault>, full: bool) -> Self {
        self.full = full;
        self.behind = behind.map(|fault| match fault {
            Fault::Busy(reason) => reason,
            other => other.to_string(),
        });
        self
    }

    /// Whether the commit in that place of the group may be done, and if so, that it is.
    pub(super) fn admit(&mut self, place: usize, pending: &Pending) -> Result<Trace, Verdict> {
        if let Some(verdict) = pending.once.as_ref().and_then(|once| self.was_done(once)) {
            return Err(verdict);
        }
        let waits = pending.is_guarded() || (self.full && pending.ships.is_some());
        if let Some(reason) = self.behind.as_ref().filter(|_| waits) {
            return Err(Verdict::Behind(reason.clone()));
        }
        let mut trace = Trace {
            key: pending.once.as_ref().map(|once| once.key),
            version: None,
        };
        if let Some((subject, decided_on)) = pending.subject {
            let version = self.versions.get(&subject).copied().unwrap_or(0);
            if version != decided_on {
                return Err(Verdict::Stale);
            }
            if pending.moves {
                trace.version = Some((subject, version));
                self.versions.insert(subject, version + 1);
            }
        }
        if let Some(once) = &pending.once {
            let place = Some(place);
            let once = once.clone();
            self.answers.insert(once.key, Known { once, place });
        }
        Ok(trace)
    }

    /// What a submission gets that was done already; `None` for a new one.
    fn was_done(&self, again: &Once) -> Option<Verdict> {
        let known = self.answers.get(&again.key)?;
        Some(if !known.once.is_of(again.content.as_ref()) {
            Verdict::OtherContent
        } else if let Some(earlier) = known.place {
            Verdict::SameAs(earlier)
        } else {
            Verdict::Already(known.once.answer.clone())
        })
    }

    /// Takes back what [`Plan::admit`] has noted.
    pub(super) fn take_back(&mut self, trace: Trace) {
        if let Some(key) = trace.key {
            self.answers.remove(&key);
        }
        if let Some((subject, version)) = trace.version
            && let Entry::Occupied(mut known) = self.versions.entry(subject)
        {
            known.insert(version);
        }
    }
}

fn unreadable(fault: Fault) -> DatabaseError {
    DatabaseError::new(crate::database::ErrorKind::Statement, fault.to_string())
}
