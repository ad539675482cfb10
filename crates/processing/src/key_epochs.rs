//! DEF-4, 6.3: keys that died are out of every old copy of the key store once their epoch has ended. The schedule ends it;
//! an administrator can end it at once. Either is accounted for, before the key of the epoch is forgotten (5.1.5-c).

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Clauses, Detail, Entry, Happening, Outcome};
use sandyq_model::{Actor, Clause, Fault, Role};
use sandyq_store::vault::Rotation;
use sandyq_store::{Commit, EpochEnd};

use crate::entry;
use crate::perform::fault_of;
use crate::system::System;

impl System {
    /// Ends the present epoch of keys when it is due by the schedule, or when its end has begun and was cut off; `None`
    /// otherwise.
    ///
    /// # Errors
    /// As [`System::end_epoch`].
    pub async fn run_epochs(&self) -> Result<Option<Rotation>, Fault> {
        let status = self.store().key_status()?;
        let is_due = self
            .store()
            .epoch_due_at(&status)
            .is_some_and(|due| due <= self.now());
        if !is_due && !status.changing {
            return Ok(None);
        }
        self.end_one(&Actor::system(Role::SCHEDULE)).await.map(Some)
    }

    /// Ends the present epoch of keys now, and before it the one whose end was cut off. That an epoch ends is in the
    /// ledger before its key is forgotten.
    ///
    /// # Errors
    /// When the key store, a place of epoch keys or a custodian does not answer: the epoch goes on, and asking again goes
    /// on from there. That it failed is entered too.
    pub async fn end_epoch(&self, actor: &Actor) -> Result<Rotation, Fault> {
        if self.store().key_status()?.ending.is_some() {
            self.end_one(actor).await?;
        }
        self.end_one(actor).await
    }

    async fn end_one(&self, actor: &Actor) -> Result<Rotation, Fault> {
        let entry = |outcome, detail| self.of_epoch(actor, outcome, detail);
        let ended = self
            .store()
            .end_epoch(|| entry(Outcome::Done, Detail::None))
            .await;
        match ended {
            Ok(EpochEnd {
                ending,
                resumed: false,
            }) => Ok(ending),
            Ok(EpochEnd { ending, .. }) => {
                self.account_for_epoch(entry(Outcome::Done, Detail::Resumed))
                    .await?;
                Ok(ending)
            }
            Err(fault) => {
                self.account_for_epoch(entry(Outcome::Failed, Detail::VaultFault))
                    .await?;
                Err(fault)
            }
        }
    }

    /// Hands the keys to the custodians anew, within the epoch; `false` when there are none.
    ///
    /// # Errors
    /// When their shares cannot be made durable: then those before stay. That it failed is entered too.
    pub async fn renew_escrow(&self, actor: &Actor) -> Result<bool, Fault> {
        let renewed = self.store().renew_escrow().await;
        if !matches!(renewed, Ok(false)) {
            self.account_for(actor, Happening::KeyCreated, renewed.is_ok(), "5.1.6")
                .await?;
        }
        renewed
    }

    fn of_epoch(&self, actor: &Actor, outcome: Outcome, detail: Detail) -> Entry {
        Entry {
            clauses: Clauses::most_telling(&[Clause::fixed("6.3")]),
            ..entry::of_happening(actor, Happening::EpochEnded, outcome, detail, self)
        }
    }

    async fn account_for_epoch(&self, entry: Entry) -> Result<(), Fault> {
        let commit = Commit {
            entries: vec![entry],
            ..Commit::default()
        };
        self.store().commit(commit).await.map(drop).map_err(fault_of)
    }

    /// Until when old copies of a key open that died just now: its epoch, the instant, and whether that epoch is still to
    /// end.
    pub(crate) async fn copies_dead_after(&self) -> Result<(u32, Timestamp, bool), Fault> {
        let status = self.store().key_status()?;
        Ok(match (self.store().epoch_due_at(&status), status.ending) {
            (Some(due), _) => (status.epoch, due.max(self.now()) + EPOCH_END_GRACE, true),
            // Nobody died in the present epoch, so the death was in one before: in that whose key is being forgotten, …
            (None, Some(ending)) => (ending, self.now() + EPOCH_END_GRACE, true),
            // … or in one that ended when the present one began, at the latest.
            (None, None) => (status.epoch.saturating_sub(1).max(1), status.since, false),
        })
    }
}

/// The schedule looks every minute; what a receipt promises leaves it time to be started again after a failure.
const EPOCH_END_GRACE: SignedDuration = SignedDuration::from_hours(1);
