//! How far the second copy was when this machine last wrote it, noted on this machine: so that a folder that looks empty
//! because it is not mounted, or a copy that was put back to an older state, is noticed at the next start.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use sandyq_model::Fault;

use super::frame::LINK_BYTES;

/// The file with the note.
pub(crate) struct Notice {
    file: File,
}

impl Notice {
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
            .map_err(|error| Fault::Store(format!("`{}` could not be opened: {error}", path.display())))
    }

    /// The number of the last frame, and the hash up to it; `None` when there was no copy yet.
    pub(crate) fn read(&self) -> Option<(u64, [u8; LINK_BYTES])> {
        let mut bytes = [0; NOTICE_BYTES];
        self.file.read_exact_at(&mut bytes, 0).ok()?;
        let (number, link) = bytes.split_first_chunk::<8>()?;
        Some((u64::from_be_bytes(*number), link.try_into().ok()?))
    }

    /// Notes it. Not synced, so after a power loss it may be older.
    pub(crate) fn note(&self, number: u64, link: &[u8; LINK_BYTES]) {
        let bytes = [&number.to_be_bytes()[..], link].concat();
        if let Err(error) = self.file.write_all_at(&bytes, 0) {
            // Without it, only a copy that was put back or is not mounted goes unnoticed.
            tracing::warn!(%error, "how far the second copy is could not be noted");
        }
    }
}

const NOTICE_BYTES: usize = 8 + LINK_BYTES;
