//! What went wrong, in the words of the person at the terminal: what happened, and what to do. Never a person's data.

use std::fmt;

use sandyq_model::Fault;
use sandyq_store::backup::BackupFault;

/// How a command ended. The numbers are promised to scripts; 130 is what a shell says of a command that was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[repr(u8)]
pub enum Exit {
    /// Done, or the answer is yes.
    Done = 0,
    /// The answer is no.
    No = 1,
    /// The command line says something that cannot be; for `check`, the policy folder has errors.
    Usage = 2,
    /// The settings or the policy do not allow it.
    Configuration = 3,
    /// Who asks could not be made sure of.
    Authentication = 4,
    /// Something is not what was signed or written.
    Integrity = 5,
    /// Somebody else works on it, or too much is waiting.
    Busy = 6,
    /// A part that is needed is not there.
    Unavailable = 7,
}

/// A command that did not do what was asked.
#[derive(Debug)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    happened: String,
    next: Vec<String>,
}

impl Failure {
    /// This happened.
    pub fn new(exit: Exit, happened: impl Into<String>) -> Self {
        Self {
            exit,
            happened: happened.into(),
            next: Vec::new(),
        }
    }

    /// And this is what to do; may be said several times.
    pub fn help(mut self, next: impl Into<String>) -> Self {
        self.next.push(next.into());
        self
    }

    /// A file or folder that could not be used.
    pub fn file(what: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let exit = match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied => Exit::Configuration,
            _ => Exit::Unavailable,
        };
        Self::new(exit, format!("cannot {what} {}: {error}", path.display()))
    }

    /// What to do.
    pub fn next(&self) -> &[String] {
        &self.next
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.happened)
    }
}

impl From<BackupFault> for Failure {
    fn from(fault: BackupFault) -> Self {
        let exit = match &fault {
            BackupFault::Corrupt(_)
            | BackupFault::Truncated(_)
            | BackupFault::Foreign(_)
            | BackupFault::Format(_)
            | BackupFault::RolledBack(_) => Exit::Integrity,
            BackupFault::Identity(_) | BackupFault::Settings(_) => Exit::Configuration,
            BackupFault::NoSet(_) => Exit::No,
            BackupFault::Place(_) => Exit::Unavailable,
            BackupFault::Fault(_) => return Fault::from(fault).into(),
        };
        Self::new(exit, fault.to_string())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let exit = match &fault {
            Fault::Ledger(_) => Exit::Integrity,
            Fault::Busy(_) => Exit::Busy,
            Fault::Configuration(_) => Exit::Configuration,
            Fault::Store(_) | Fault::Vault(_) | Fault::Outside(_) => Exit::Unavailable,
        };
        Self::new(exit, fault.to_string())
    }
}
