//! 5.1.6, 5.1.5: that a backup was made, restored or tried is accounted for like everything else.

use sandyq_ledger::entry::{Clauses, Detail, Happening, Outcome};
use sandyq_model::{Actor, Clause, Fault, Role};
use sandyq_store::{Commit, CommitError};

use crate::entry;
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
        let outcome = if worked { Outcome::Done } else { Outcome::Failed };
        let mut entry = entry::of_happening(&Actor::system(role), happening, outcome, Detail::None, self);
        entry.clauses = Clauses::most_telling(&[Clause::fixed("5.1.6")]);
        let commit = Commit {
            entries: vec![entry],
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(_) => Ok(()),
            Err(CommitError::Fault(fault)) => Err(fault),
            Err(other) => Err(Fault::Busy(other.to_string())),
        }
    }
}
