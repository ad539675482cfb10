//! What of the ledger is durable, for everybody to see, and a note of it beside the database.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::note::VerifierKey;
use sandyq_model::Fault;

/// A durable checkpoint and its signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// How many entries, under which root.
    pub checkpoint: Checkpoint,
    /// The same, signed.
    pub note: String,
}

/// The newest durable head. Set by the writer after each group.
pub(crate) struct Published {
    head: RwLock<Arc<Head>>,
    verifier_key: VerifierKey,
}

impl Published {
    /// Publishes the first head.
    pub(crate) fn new(head: Head, verifier_key: VerifierKey) -> Self {
        Self {
            head: RwLock::new(Arc::new(head)),
            verifier_key,
        }
    }

    /// The newest head.
    pub(crate) fn head(&self) -> Arc<Head> {
        // INVARIANT: only an Arc is replaced under the lock, so a poisoned lock is sound.
        Arc::clone(&self.head.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The key that signs heads.
    pub(crate) const fn verifier_key(&self) -> &VerifierKey {
        &self.verifier_key
    }

    /// Publishes a newer head.
    pub(crate) fn set(&self, head: Head) {
        *self.head.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(head);
    }
}

/// The newest head in a file of its own, so that a database that was put back to an older state is found at the next
/// start. Written after each group, never ahead of the database; not synced, so after a power loss it may be older.
pub(crate) struct HeadFile {
    file: File,
}

impl HeadFile {
    /// Opens the file; makes it when it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map(|file| Self { file })
            .map_err(|error| Fault::Ledger(format!("`{}` could not be opened: {error}", path.display())))
    }

    /// The note in it; `None` when it is new.
    pub(crate) fn read(&self) -> Result<Option<String>, Fault> {
        let mut bytes = vec![0; HEAD_BYTES];
        let mut held = 0;
        while let Some(rest) = bytes.get_mut(held..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, held as u64) {
                Ok(0) => break,
                Ok(read) => held += read,
                Err(error) => {
                    return Err(Fault::Ledger(format!(
                        "the ledger's head file could not be read: {error}"
                    )));
                }
            }
        }
        bytes.truncate(held);
        let text = String::from_utf8(bytes)
            .map_err(|_| Fault::Ledger("the ledger's head file is not text".into()))?;
        let note = text.trim_end_matches(PADDING);
        Ok((!note.is_empty()).then(|| note.to_owned()))
    }

    /// Writes a note in place of the one before, always the same length: one write, whole or not at all.
    pub(crate) fn write(&self, note: &str) {
        let mut bytes = note.as_bytes().to_vec();
        bytes.resize(HEAD_BYTES.max(bytes.len()), PADDING as u8);
        if let Err(error) = self.file.write_all_at(&bytes, 0) {
            // The database holds the truth; without this file only a put-back database goes unnoticed.
            tracing::error!(%error, "the ledger's head file could not be written");
        }
    }
}

const HEAD_BYTES: usize = 1024;
const PADDING: char = '\0';
