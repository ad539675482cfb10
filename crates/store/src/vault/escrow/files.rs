//! The files of a set: a new set is complete and durable beside the old one before it takes its place, and the old one is
//! overwritten before it goes.
//!
//! ```text
//! escrow/       payload, share-1.age …      the set in force
//! escrow.new/   a set that is being written; worth nothing
//! escrow.old/   the set before; being overwritten
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::EscrowFault;
use crate::vault::source::sync_folder_of;

/// Names and contents.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// Puts a set into the folder.
pub(super) fn put(folder: &Path, files: &Files) -> Result<(), EscrowFault> {
    settle(folder)?;
    replace(folder, files).map_err(|error| EscrowFault::io(folder, &error))
}

/// Finishes what a crash left. A set before that was moved away means that the new one was complete.
pub(super) fn settle(folder: &Path) -> Result<(), EscrowFault> {
    let (new, old) = (beside(folder, "new"), beside(folder, "old"));
    let settled = (|| {
        if old.exists() && !folder.exists() {
            fs::rename(&new, folder)?;
            sync_folder_of(folder)?;
        }
        erase(&old)?;
        erase(&new)
    })();
    settled.map_err(|error| EscrowFault::io(folder, &error))
}

fn replace(folder: &Path, files: &Files) -> io::Result<()> {
    let (new, old) = (beside(folder, "new"), beside(folder, "old"));
    DirBuilder::new().recursive(true).mode(0o700).create(&new)?;
    for (name, bytes) in files {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(new.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    File::open(&new)?.sync_all()?;
    sync_folder_of(&new)?;
    if folder.exists() {
        fs::rename(folder, &old)?;
    }
    fs::rename(&new, folder)?;
    sync_folder_of(folder)?;
    erase(&old)
}

/// Overwrites every file of a folder and removes it.
fn erase(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let mut file = OpenOptions::new().write(true).open(&path)?;
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        file.write_all(&vec![0; length.min(FILE_BYTES_MAX)])?;
        file.sync_all()?;
        fs::remove_file(path)?;
    }
    fs::remove_dir(folder)?;
    sync_folder_of(folder)
}

fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{ending}"));
    folder.with_file_name(name)
}

/// The payload's name.
pub(super) const PAYLOAD: &str = "payload";
/// No file of a set is longer.
const FILE_BYTES_MAX: usize = 64 * 1024;
