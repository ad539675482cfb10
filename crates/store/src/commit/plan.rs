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
    /// Why nothing is done that goes into the second copy without waiting for it.
    full: Option<String>,
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
    fn nothing() -> Self {
        Self {
            answers: HashMap::new(),
            versions: HashMap::new(),
            behind: None,
            full: None,
        }
    }

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
        let mut plan = Self::nothing();
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

    /// The same, while the second copy does not follow, or too many wait for it whom nothing protects, for these reasons.
    pub(super) fn refusing(mut self, behind: Option<Fault>, full: Option<Fault>) -> Self {
        (self.behind, self.full) = (behind.map(reason), full.map(reason));
        self
    }

    /// Whether the commit in that place of the group may be done, and if so, that it is.
    pub(super) fn admit(&mut self, place: usize, pending: &Pending) -> Result<Trace, Verdict> {
        if let Some(verdict) = pending.once.as_ref().and_then(|once| self.was_done(once)) {
            return Err(verdict);
        }
        let waits_for = if pending.is_guarded() {
            &self.behind
        } else {
            &self.full
        };
        if let Some(reason) = waits_for.as_ref().filter(|_| pending.is_shipped()) {
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

fn reason(fault: Fault) -> String {
    match fault {
        Fault::Busy(reason) => reason,
        other => other.to_string(),
    }
}

fn unreadable(fault: Fault) -> DatabaseError {
    DatabaseError::new(crate::database::ErrorKind::Statement, fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Commit;
    use crate::commit::queue::Queue;

    /// A commit as the writer gets it.
    fn pending(commit: Commit) -> Pending {
        let queue = Queue::default();
        queue.submit(commit).unwrap();
        queue.next_group(0).unwrap().pop().unwrap()
    }

    #[test]
    fn what_only_changes_somebody_waits_for_other_reasons_than_what_protects() {
        let about = |moves, protects| {
            pending(Commit {
                subject: Some((SubjectId::from_bytes([1; 16]), 0)),
                moves,
                protects,
                ..Commit::default()
            })
        };
        let (look, change, protection) = (about(false, false), about(true, false), about(true, true));
        let refused = |pending: &Pending, behind: Option<&str>, full: Option<&str>| {
            let why = |says: Option<&str>| says.map(|says| Fault::Busy(says.to_owned()));
            let mut plan = Plan::nothing().refusing(why(behind), why(full));
            match plan.admit(0, pending) {
                Err(Verdict::Behind(reason)) => Some(reason),
                _ => None,
            }
        };
        let (late, many) = (Some("late"), Some("many"));
        for (behind, full) in [(None, None), (late, None), (None, many), (late, many)] {
            let asked = |pending| refused(pending, behind, full);
            assert_eq!(asked(&look), None, "an entry is all there is of it");
            assert_eq!(asked(&change).as_deref(), full);
            assert_eq!(asked(&protection).as_deref(), behind);
        }
    }
}
