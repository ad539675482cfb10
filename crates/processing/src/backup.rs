//! 5.1.6, 5.1.5: that a backup was made, restored or tried is accounted for like everything else.

use sandyq_ledger::entry::Happening;
use sandyq_model::{Actor, Fault, Role};

use crate::system::System;

/// What happened with a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backup {
    /// The schedule made one.
    MadeBySchedule,
    /// An administrator had one made.
    MadeByHand,
    /// One was restored into a scratch place and looked at.
    Drilled,
}

impl System {
    /// Enters in the ledger what happened with a backup, and whether it worked.
    ///
    /// # Errors
    /// When the entry cannot be committed.
    pub async fn account_for_backup(&self, what: Backup, worked: bool) -> Result<(), Fault> {
        let (role, happening) = match what {
            Backup::MadeBySchedule => (Role::SCHEDULE, Happening::BackupMade),
            Backup::MadeByHand => (Role::ADMINISTRATOR, Happening::BackupMade),
            Backup::Drilled => (Role::ADMINISTRATOR, Happening::BackupDrilled),
        };
        self.account_for(&Actor::system(role), happening, worked, "5.1.6")
            .await
    }
}
