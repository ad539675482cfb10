//! 5.1.4: how many people's data somebody of staff opened lately. It is in memory alone, beside the ledger that has each look: after a
//! start the hour begins anew.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use sandyq_model::{ActorId, SubjectId};

/// For how long a look counts.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Whom somebody of staff looked at, and when first within [`WINDOW`]: nobody has more of them than the limit of the policy.
#[derive(Default)]
pub(crate) struct Looks(Mutex<HashMap<ActorId, HashMap<SubjectId, Timestamp>>>);

impl Looks {
    /// Notes that somebody is about to be looked at; whether that is within so many people in an hour. Whoever was looked at
    /// already counts once.
    pub(crate) fn are_within(&self, limit: u32, (by, at): (ActorId, SubjectId), now: Timestamp) -> bool {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let counts = |first: &Timestamp| now < *first + WINDOW;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let looked = known.entry(by).or_default();
        if looked.get(&at).is_some_and(counts) {
            return true;
        }
        if looked.len() >= limit {
            looked.retain(|_, first| counts(first));
        }
        let is_within = looked.len() < limit;
        if is_within {
            looked.insert(at, now);
        }
        is_within
    }

    /// Whether somebody new could be looked at within so many people in an hour. Nothing is noted.
    pub(crate) fn has_room(&self, limit: u32, by: ActorId, now: Timestamp) -> bool {
        self.counted(by, now).len() < usize::try_from(limit).unwrap_or(usize::MAX)
    }

    /// Whether all of these could be looked at within so many people in an hour; whoever was looked at already counts once.
    /// Nothing is noted.
    pub(crate) fn have_room(&self, limit: u32, (by, all): (ActorId, &[SubjectId]), now: Timestamp) -> bool {
        let mut counted = self.counted(by, now);
        counted.extend(all);
        counted.len() <= usize::try_from(limit).unwrap_or(usize::MAX)
    }

    /// Whom they looked at within the hour.
    fn counted(&self, by: ActorId, now: Timestamp) -> HashSet<SubjectId> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let looked = known.get(&by).into_iter().flatten();
        let counted = looked.filter(|(_, first)| now < **first + WINDOW);
        counted.map(|(subject, _)| *subject).collect()
    }
}

/// When somebody of staff searched within [`WINDOW`]: nobody has more of them than the limit of the policy.
#[derive(Default)]
pub(crate) struct Searches(Mutex<HashMap<ActorId, VecDeque<Timestamp>>>);

impl Searches {
    /// Notes a search, if it is within so many in an hour.
    pub(crate) fn is_within(&self, limit: u32, by: ActorId, now: Timestamp) -> bool {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let searched = known.entry(by).or_default();
        while searched.front().is_some_and(|first| now >= *first + WINDOW) {
            searched.pop_front();
        }
        let is_within = searched.len() < limit;
        if is_within {
            searched.push_back(now);
        }
        is_within
    }
}
