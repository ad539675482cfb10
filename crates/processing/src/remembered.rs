//! The dossiers that are remembered. A commit finds out when one was out of date, but not everything that looks at a dossier commits: work
//! that has nothing to do ends. So none is given from the moment at which a change of its subject is handed to the store until the store
//! has answered, and none is kept that may have been read before such a change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sandyq_model::{Fault, SubjectId};
use sandyq_store::{Commit, CommitError, Committed};

use crate::dossier::Dossier;
use crate::system::System;

/// What is remembered, and what goes on with it.
#[derive(Default)]
pub(crate) struct Dossiers(Mutex<Known>);

#[derive(Default)]
struct Known {
    dossiers: HashMap<SubjectId, Arc<Dossier>>,
    /// Subjects that are read just now.
    readings: HashMap<SubjectId, Readings>,
    /// Subjects of whom changes are under way, and how many.
    changes: HashMap<SubjectId, usize>,
}

/// Readings of one subject.
#[derive(Default)]
struct Readings {
    open: usize,
    /// Whether what they read may have been changed since one of them began.
    outdated: bool,
}

impl Known {
    fn forget(&mut self, subject: SubjectId) {
        self.dossiers.remove(&subject);
        if let Some(readings) = self.readings.get_mut(&subject) {
            readings.outdated = true;
        }
    }
}

impl Dossiers {
    /// How many subjects are remembered at once.
    const REMEMBERED_MAX: usize = 20_000;

    /// What is remembered of a subject; nothing while it is being changed.
    pub(crate) fn get(&self, subject: SubjectId) -> Option<Arc<Dossier>> {
        self.lock().dossiers.get(&subject).cloned()
    }

    /// A subject is read from now on.
    pub(crate) fn reads(&self, subject: SubjectId) -> Reading<'_> {
        self.lock().readings.entry(subject).or_default().open += 1;
        Reading {
            dossiers: self,
            subject,
        }
    }

    /// Forgets a subject; what was read of it before this is not kept.
    pub(crate) fn forget(&self, subject: SubjectId) {
        self.lock().forget(subject);
    }

    fn change_begins(&self, subject: SubjectId) {
        let mut known = self.lock();
        *known.changes.entry(subject).or_default() += 1;
        known.forget(subject);
    }

    fn change_ends(&self, subject: SubjectId) {
        let mut known = self.lock();
        if let Some(changes) = known.changes.get_mut(&subject) {
            *changes -= 1;
            if *changes == 0 {
                known.changes.remove(&subject);
            }
        }
        known.forget(subject);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A subject that is read, until this is dropped.
pub(crate) struct Reading<'d> {
    dossiers: &'d Dossiers,
    subject: SubjectId,
}

impl Reading<'_> {
    /// Remembers what was read, unless it may have been changed meanwhile. When there is no room everything is forgotten: simple, and it
    /// costs one read each.
    pub(crate) fn keep(self, dossier: Arc<Dossier>) {
        let mut known = self.dossiers.lock();
        let outdated = known
            .readings
            .get(&self.subject)
            .is_none_or(|readings| readings.outdated);
        if outdated || known.changes.contains_key(&self.subject) {
            return;
        }
        if known.dossiers.len() >= Dossiers::REMEMBERED_MAX {
            known.dossiers.clear();
        }
        known.dossiers.insert(self.subject, dossier);
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut known = self.dossiers.lock();
        if let Some(readings) = known.readings.get_mut(&self.subject) {
            readings.open -= 1;
            if readings.open == 0 {
                known.readings.remove(&self.subject);
            }
        }
    }
}

/// A change of a subject, from before the store is asked until it has answered.
struct Change {
    system: System,
    subject: SubjectId,
}

impl Change {
    fn begins(system: System, subject: SubjectId) -> Self {
        system.dossiers().change_begins(subject);
        Self { system, subject }
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        self.system.dossiers().change_ends(self.subject);
        self.system.forget(self.subject);
    }
}

impl System {
    /// Commits a change of a subject: nobody is given what was remembered of it from here on. It goes on when nobody waits for it any more.
    pub(crate) async fn commit_about(
        &self,
        subject: SubjectId,
        commit: Commit,
    ) -> Result<Committed, CommitError> {
        let change = Change::begins(self.clone(), subject);
        let committing = tokio::spawn(async move { change.system.store().commit(commit).await });
        let stopped = |_| Fault::Store("a commit was stopped before it was answered".into());
        committing.await.map_err(stopped)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dossier(subject: SubjectId, version: u64) -> Arc<Dossier> {
        Arc::new(Dossier {
            version,
            ..Dossier::unknown(subject)
        })
    }

    fn version(dossiers: &Dossiers, subject: SubjectId) -> Option<u64> {
        dossiers.get(subject).map(|dossier| dossier.version)
    }

    #[test]
    fn nothing_is_given_or_kept_while_a_change_is_under_way() {
        let (dossiers, mara) = (Dossiers::default(), SubjectId::from_bytes([1; 16]));
        dossiers.reads(mara).keep(dossier(mara, 1));
        assert_eq!(version(&dossiers, mara), Some(1));
        dossiers.change_begins(mara);
        dossiers.change_begins(mara);
        assert_eq!(version(&dossiers, mara), None);
        dossiers.reads(mara).keep(dossier(mara, 1));
        dossiers.change_ends(mara);
        dossiers.reads(mara).keep(dossier(mara, 1));
        assert_eq!(
            version(&dossiers, mara),
            None,
            "the other change is not answered yet"
        );
        dossiers.change_ends(mara);
        dossiers.reads(mara).keep(dossier(mara, 2));
        assert_eq!(version(&dossiers, mara), Some(2));
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let (dossiers, mara) = (Dossiers::default(), SubjectId::from_bytes([1; 16]));
        let other = SubjectId::from_bytes([2; 16]);
        let (early, of_other) = (dossiers.reads(mara), dossiers.reads(other));
        dossiers.change_begins(mara);
        dossiers.change_ends(mara);
        early.keep(dossier(mara, 1));
        of_other.keep(dossier(other, 1));
        assert_eq!(
            (version(&dossiers, mara), version(&dossiers, other)),
            (None, Some(1))
        );
        let early = dossiers.reads(mara);
        dossiers.forget(mara);
        drop(early);
        dossiers.reads(mara).keep(dossier(mara, 2));
        assert_eq!(version(&dossiers, mara), Some(2));
        assert!(dossiers.lock().readings.is_empty());
        assert!(dossiers.lock().changes.is_empty());
    }
}
