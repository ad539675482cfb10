//! Why a backup was not made, or is not brought back. A cause, not a guess, and never a value.

use sandyq_model::Fault;

/// What is wrong with a backup, a place for backups, or what they are compared with.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// The place did not do what was asked.
    #[error("the place for backups failed: {0}")]
    Place(String),
    /// There is no set, or not the one that was asked for.
    #[error("there is no such backup set: {0}")]
    NoSet(String),
    /// Bytes are not those that were signed for.
    #[error("the backup is corrupt: {0}")]
    Corrupt(String),
    /// A part that the manifest names is not there, or is shorter.
    #[error("the backup is not whole: {0}")]
    Truncated(String),
    /// The set is of another ledger, or signed by another key.
    #[error("the backup is foreign: {0}")]
    Foreign(String),
    /// The set is of a format or a schema that this program does not read.
    #[error("the format of the backup is not one to be read: {0}")]
    Format(String),
    /// The set would put the ledger back behind, or beside, something that was signed and seen.
    #[error("the ledger would be rolled back: {0}")]
    RolledBack(String),
    /// The key that was given opens nothing here.
    #[error("the identity does not open this backup: {0}")]
    Identity(String),
    /// What the settings say cannot be used.
    #[error("the settings of backups cannot be used: {0}")]
    Settings(String),
    /// Our own engine or vault failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<crate::database::DatabaseError> for BackupFault {
    fn from(error: crate::database::DatabaseError) -> Self {
        Self::Fault(error.into())
    }
}

/// For the tasks that know only [`Fault`].
impl From<BackupFault> for Fault {
    fn from(fault: BackupFault) -> Self {
        match fault {
            BackupFault::Fault(fault) => fault,
            BackupFault::Settings(_) | BackupFault::Identity(_) => Self::Configuration(fault.to_string()),
            BackupFault::Place(_) | BackupFault::NoSet(_) => Self::Outside(fault.to_string()),
            _ => Self::Ledger(fault.to_string()),
        }
    }
}
