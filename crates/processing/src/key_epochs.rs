//! DEF-4, 6.3: keys that died are out of every old copy of the key store once their epoch has ended. The schedule ends it;
//! an administrator can end it at once. Either is accounted for (5.1.5).

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::Happening;
use sandyq_model::{Actor, Fault, Role};
use sandyq_store::vault::Rotation;

use crate::system::System;

impl System {
    /// Ends the present epoch of keys when it is due by the schedule; `None` while it is not.
    ///
    /// # Errors
    /// As [`System::end_epoch`].
    pub async fn run_epochs(&self) -> Result<Option<Rotation>, Fault> {
        let status = self.store().key_status().await?;
        match self.store().epoch_due_at(&status) {
            Some(due) if due <= self.now() => self.end_epoch(&Actor::system(Role::SCHEDULE)).await.map(Some),
            _ => Ok(None),
        }
    }

    /// Ends the present epoch of keys now, and enters that in the ledger.
    ///
    /// # Errors
    /// When the key store, a place of epoch keys or a custodian does not answer: the epoch goes on, and asking again goes
    /// on from there. That it failed is entered too.
    pub async fn end_epoch(&self, actor: &Actor) -> Result<Rotation, Fault> {
        let rotation = self.store().rotate_keys().await;
        self.account_for(actor, Happening::KeyDestroyed, rotation.is_ok(), "6.3")
            .await?;
        rotation
    }

    /// Until when old copies of a key open that died just now: its epoch, the instant, and whether that epoch is still to
    /// end.
    pub(crate) async fn copies_dead_after(&self) -> Result<(u32, Timestamp, bool), Fault> {
        let status = self.store().key_status().await?;
        Ok(match self.store().epoch_due_at(&status) {
            Some(due) => (status.epoch, due.max(self.now()) + EPOCH_END_GRACE, true),
            // Nobody died in the present epoch, so the death was in one before, and the newest of these ended then.
            None => (status.epoch.saturating_sub(1).max(1), status.since, false),
        })
    }
}

/// The schedule looks every minute; what a receipt promises leaves it time to be started again after a failure.
const EPOCH_END_GRACE: SignedDuration = SignedDuration::from_hours(1);
