//! The data folder: where its parts lie, and what must be true of them before anything is opened.
//!
//! ```text
//! sandyq.toml      settings, 0600
//! policy/          the policy that runs
//! keys/            root.key 0600, keys.db; apart from the data, and never in a backup of it
//! sandyq.db        the data, sealed
//! ledger.head      the newest checkpoint this machine has seen
//! second-copy.head how far the second copy is, when there is one
//! backups.json     the last backup and the last drill
//! restore.unfinished  only while a restore takes its last steps
//! sandyq.sock      while it is served: the door for commands
//! ```

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::failure::{Exit, Failure};
use crate::outside;
use crate::swap;

/// A folder made by `sandyq init`.
#[derive(Clone, Debug)]
pub struct DataFolder {
    root: PathBuf,
}

/// While this is there, no other program works on the folder.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// The variable that names the data folder.
pub const VARIABLE: &str = "SANDYQ_DATA";
/// The folder when nothing names one.
const DEFAULT: &str = "sandyq-data";

impl DataFolder {
    /// The folder of `$SANDYQ_DATA`, or `sandyq-data` here.
    pub fn default_path() -> PathBuf {
        outside::variable(VARIABLE).map_or_else(|| PathBuf::from(DEFAULT), PathBuf::from)
    }

    /// The folder at `root`, which must have settings in it.
    pub fn open(root: &Path) -> Result<Self, Failure> {
        let folder = Self {
            root: root.to_owned(),
        };
        if folder.settings_file().is_file() {
            return Ok(folder);
        }
        let happened = format!("{} is not a data folder: it has no sandyq.toml", root.display());
        Err(Failure::new(Exit::Configuration, happened)
            .help(format!("make one with `sandyq init {}`", root.display()))
            .help(format!("or name another one with --data or {VARIABLE}")))
    }

    /// A folder that is about to be made.
    pub fn to_be(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The settings.
    pub fn settings_file(&self) -> PathBuf {
        self.root.join("sandyq.toml")
    }

    /// The policy that runs.
    pub fn policy_folder(&self) -> PathBuf {
        self.root.join("policy")
    }

    /// Where keys lie.
    pub fn keys_folder(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The key source.
    pub fn key_file(&self) -> PathBuf {
        self.keys_folder().join("root.key")
    }

    /// The sign-ins of a demonstration; only a demonstration's folder has them.
    pub fn demonstration_file(&self) -> PathBuf {
        self.root.join("demo-staff.json")
    }

    /// What is known of the last backup and the last drill.
    pub fn backups_file(&self) -> PathBuf {
        self.root.join("backups.json")
    }

    /// The door of the program that serves the folder.
    pub fn door(&self) -> PathBuf {
        self.root.join("sandyq.sock")
    }

    /// Whether a demonstration made the folder.
    pub fn is_demonstration(&self) -> bool {
        self.demonstration_file().is_file()
    }

    /// Makes sure that no other program works on the folder, until the lock is dropped or the process ends.
    pub fn lock(&self) -> Result<FolderLock, Failure> {
        let lock = self.lock_file()?;
        swap::finish(&self.root)?;
        Ok(lock)
    }

    fn lock_file(&self) -> Result<FolderLock, Failure> {
        let path = self.root.join("sandyq.lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path);
        let file = file.map_err(|error| Failure::file("open", &path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(FolderLock { _file: file }),
            Err(TryLockError::WouldBlock) => {
                let happened = format!("another sandyq works on {}", self.root.display());
                Err(Failure::new(Exit::Busy, happened).help("stop it first, or wait until it is done"))
            }
            Err(TryLockError::Error(error)) => Err(Failure::file("lock", &path, &error)),
        }
    }
}
