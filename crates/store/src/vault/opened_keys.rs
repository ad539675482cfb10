//! Data keys that were opened lately, so that a busy subject does not cost a look into the key store each time.
//!
//! Bounded, least recently used out first. A key that died is gone from here before its destruction is answered, and
//! cannot come back: what was read before a death is not taken in after it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sandyq_model::SubjectId;

use super::subject_key::SubjectKey;

/// The opened keys of one vault.
pub(super) struct OpenedKeys {
    kept: Mutex<Kept>,
    limit: usize,
}

/// A look at the count of deaths before a key is read: a key read under it is kept only if nobody died since.
#[derive(Clone, Copy)]
pub(super) struct Visit(u64);

struct Kept {
    keys: BTreeMap<(SubjectId, u32), (Arc<SubjectKey>, u64)>,
    by_use: BTreeMap<u64, (SubjectId, u32)>,
    uses: u64,
    deaths: u64,
}

impl OpenedKeys {
    pub(super) fn with_limit(limit: usize) -> Self {
        let kept = Kept {
            keys: BTreeMap::new(),
            by_use: BTreeMap::new(),
            uses: 0,
            deaths: 0,
        };
        Self {
            kept: Mutex::new(kept),
            limit,
        }
    }

    pub(super) fn visit(&self) -> Visit {
        Visit(self.lock().deaths)
    }

    pub(super) fn get(&self, subject: SubjectId, generation: u32) -> Option<Arc<SubjectKey>> {
        let mut kept = self.lock();
        let next = kept.uses + 1;
        let (key, last) = kept.keys.get_mut(&(subject, generation))?;
        let before = std::mem::replace(last, next);
        let key = Arc::clone(key);
        kept.by_use.remove(&before);
        kept.by_use.insert(next, (subject, generation));
        kept.uses = next;
        Some(key)
    }

    pub(super) fn keep(&self, visit: Visit, key: &Arc<SubjectKey>) {
        let mut kept = self.lock();
        if kept.deaths != visit.0 {
            return;
        }
        let name = (key.subject(), key.generation());
        kept.uses += 1;
        let now = kept.uses;
        if let Some((_, before)) = kept.keys.insert(name, (Arc::clone(key), now)) {
            kept.by_use.remove(&before);
        }
        kept.by_use.insert(now, name);
        while kept.keys.len() > self.limit {
            let Some((_, oldest)) = kept.by_use.pop_first() else {
                break;
            };
            kept.keys.remove(&oldest);
        }
    }

    pub(super) fn forget(&self, subject: SubjectId) {
        let mut kept = self.lock();
        kept.deaths += 1;
        let names: Vec<_> = kept
            .keys
            .range((subject, 0)..=(subject, u32::MAX))
            .map(|(name, _)| *name)
            .collect();
        for name in names {
            if let Some((_, last)) = kept.keys.remove(&name) {
                kept.by_use.remove(&last);
            }
        }
    }

    pub(super) fn count(&self) -> usize {
        self.lock().keys.len()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // INVARIANT: nothing between lock and unlock can panic half-way through a change, so a poisoned lock is sound.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
