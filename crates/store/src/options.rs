//! Where the store is, and by which name its ledger goes.

use std::path::{Path, PathBuf};

use sandyq_ledger::note::VerifierKey;

use crate::second_copy::{NOTICE_NAME, SecondCopyOptions};
use crate::vault::{EpochSchedule, EscrowSettings, KeySettings, KeyVersions};

/// Where things are kept. Made by [`StoreOptions::in_folder`]; change the public fields afterwards.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// The folder with `sandyq.db` and `ledger.head`.
    pub folder: PathBuf,
    /// `None`: SQLite in the folder. `postgres://…`: that server, on this machine only.
    pub database_url: Option<String>,
    /// Where the root key comes from.
    pub key_source: KeySettings,
    /// The file with the root key, or with what a passphrase opens. A token needs none.
    pub key_file: PathBuf,
    /// The key store of the subjects' data keys; apart from the data, and never in a backup of it.
    pub keys_file: PathBuf,
    /// The keys of epochs: a file in which they are overwritten, and any others at other places, off this machine say.
    /// In no copy of anything.
    pub epoch_files: Vec<PathBuf>,
    /// When an epoch ends.
    pub epoch_schedule: EpochSchedule,
    /// Custodians who get the key at the top of the key tree at each change of epochs.
    pub escrow: Option<EscrowSettings>,
    /// The versions of keys in use.
    pub key_versions: KeyVersions,
    /// The name of the ledger in checkpoints (C2SP tlog-checkpoint origin), such as `example.kz/ledger`.
    pub origin: String,
    /// The keys of witnesses outside, whose signatures on checkpoints are believed.
    pub witnesses: Vec<VerifierKey>,
    /// The second copy of what must not be lost; `None`: there is none.
    pub second_copy: Option<SecondCopyOptions>,
    /// Connections that read, 1 or more.
    pub readers: usize,
}

impl StoreOptions {
    /// Everything in one folder, on SQLite, with four readers.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            database_url: None,
            key_source: KeySettings::File,
            key_file: folder.join("keys").join("root.key"),
            keys_file: folder.join("keys").join("keys.db"),
            epoch_files: vec![folder.join("keys").join("epoch.key")],
            epoch_schedule: EpochSchedule::default(),
            escrow: None,
            key_versions: KeyVersions::first(),
            origin: "sandyq.localhost/ledger".to_owned(),
            witnesses: Vec::new(),
            second_copy: None,
            readers: READERS_DEFAULT,
        }
    }

    /// The file of the SQLite database.
    #[must_use]
    pub fn database_file(&self) -> PathBuf {
        self.folder.join("sandyq.db")
    }

    /// The file with the newest checkpoint this machine has seen.
    #[must_use]
    pub fn head_file(&self) -> PathBuf {
        self.folder.join("ledger.head")
    }

    /// The file in which this machine notes how far the second copy is.
    #[must_use]
    pub fn copy_notice_file(&self) -> PathBuf {
        self.folder.join(NOTICE_NAME)
    }

    /// The file with the newest checkpoint that witnesses have signed.
    #[must_use]
    pub fn witnessed_file(&self) -> PathBuf {
        self.folder.join("ledger.witnessed")
    }
}

const READERS_DEFAULT: usize = 4;
