//! What a restore would do, said before it does anything.

use std::collections::HashSet;

use jiff::Timestamp;
use sandyq_ledger::note::VerifierKey;
use sandyq_model::{Standing, SubjectId};

use super::super::fault::BackupFault;
use super::super::manifest::SetId;
use super::super::verified::VerifiedSet;
use super::Living;
use super::after::After;

/// What would come of a restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The set.
    pub set: SetId,
    /// When it was made.
    pub at: Timestamp,
    /// People in the set who were not destroyed then.
    pub people: u64,
    /// Of those, how many were destroyed since and stay destroyed.
    pub stay_destroyed: u64,
    /// Of those, how many are brought into the state that they are in since: withdrawn, blocked, with other consents.
    pub changed: u64,
    /// People who came after the set and are known from elsewhere.
    pub newcomers: u64,
    /// People who have a key and are in nothing that is left: they came after the set, and cannot be brought back.
    pub lost: u64,
    /// Entries of the ledger in the set.
    pub ledger_from: u64,
    /// Entries of the ledger with what came after.
    pub ledger_to: u64,
}

impl Plan {
    /// Reads the people of the set and compares them with what came after and with the keys that live.
    pub(super) fn of(
        set: &VerifiedSet,
        after: &After,
        key: &VerifierKey,
        keys: &Living<'_>,
    ) -> Result<Self, BackupFault> {
        let manifest = set.manifest();
        let ledger_from = manifest.checkpoint(key)?.size;
        let mut plan = Self {
            set: manifest.id.clone(),
            at: manifest.at,
            people: 0,
            stay_destroyed: 0,
            changed: 0,
            newcomers: 0,
            lost: 0,
            ledger_from,
            ledger_to: after.reaches().max(ledger_from),
        };
        let mut known = HashSet::new();
        set.rows("subject", |_, rows| {
            for mut row in rows {
                let (id, standing): (SubjectId, Standing) = (row.take(0)?, row.take(2)?);
                let (version, generation): (u64, u32) = (row.take(3)?, row.take(5)?);
                let change = after.changes.get(&id);
                known.insert(id);
                if standing == Standing::Destroyed {
                    continue;
                }
                plan.people += 1;
                let change = change.filter(|change| change.is_newer_than(Some(version)));
                let (is_destroyed, generation) = change.map_or((false, generation), |change| {
                    (change.is_end(), change.generation.unwrap_or(generation))
                });
                if is_destroyed || !(keys.lives)(id, generation)? {
                    plan.stay_destroyed += 1;
                } else if change.is_some() {
                    plan.changed += 1;
                }
            }
            Ok(())
        })?;
        for change in after
            .changes
            .values()
            .filter(|change| !known.contains(&change.subject))
        {
            let lives = match change.generation {
                Some(generation) if !change.is_end() => (keys.lives)(change.subject, generation)?,
                _ => false,
            };
            plan.newcomers += u64::from(lives);
        }
        known.extend(after.changes.keys());
        plan.lost = keys.everybody.difference(&known).count() as u64;
        Ok(plan)
    }
}
