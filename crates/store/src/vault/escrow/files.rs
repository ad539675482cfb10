//! The files of a set: a new set is complete and durable beside the one in force, and takes its place only when the top
//! of the tree is the one that it opens. What it replaces is overwritten before it goes.
//!
//! ```text
//! escrow/         payload, share-1.age …      the set in force
//! escrow.draft/   a set that is being written; worth nothing
//! escrow.new/     a complete set for an epoch that is about to begin
//! escrow.old/     the set before; being overwritten
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{EscrowFault, EscrowSet};
use crate::vault::epoch::Epoch;
use crate::vault::source::sync_folder_of;

/// Names and contents.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// Puts a set beside the one in force, complete and durable.
pub(super) fn prepare(folder: &Path, files: &Files) -> Result<(), EscrowFault> {
    write(folder, files).map_err(|error| EscrowFault::io(folder, &error))
}

/// Puts the set that was prepared for that epoch in the place of the one in force; one that was prepared for another
/// epoch goes. Finishes what a crash left.
pub(super) fn settle(folder: &Path, epoch: Epoch) -> Result<(), EscrowFault> {
    settle_within(folder, epoch).map_err(|error| EscrowFault::io(folder, &error))
}

/// The payload of the set in force; `None` before the first. Changes nothing, so that it may be asked beside a server.
pub(super) fn payload(folder: &Path) -> Result<Option<Vec<u8>>, EscrowFault> {
    // Between the two moves of a replacement the new set is the one in force.
    for folder in [folder, &beside(folder, NEW)] {
        match fs::read(folder.join(PAYLOAD)) {
            Ok(bytes) => return Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(EscrowFault::io(folder, &error)),
        }
        if !beside(folder, OLD).exists() {
            break;
        }
    }
    Ok(None)
}

fn write(folder: &Path, files: &Files) -> io::Result<()> {
    let (draft, new) = (beside(folder, DRAFT), beside(folder, NEW));
    erase(&draft)?;
    DirBuilder::new().recursive(true).mode(0o700).create(&draft)?;
    for (name, bytes) in files {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(draft.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    File::open(&draft)?.sync_all()?;
    erase(&new)?;
    fs::rename(&draft, &new)?;
    sync_folder_of(&new)
}

fn settle_within(folder: &Path, epoch: Epoch) -> io::Result<()> {
    let (new, old) = (beside(folder, NEW), beside(folder, OLD));
    // A set that was moved away means that the new one was due.
    let cut_off = old.exists() && !folder.exists();
    if cut_off || is_of(&new, epoch)? {
        if folder.exists() {
            erase(&old)?;
            fs::rename(folder, &old)?;
            sync_folder_of(folder)?;
        }
        fs::rename(&new, folder)?;
        sync_folder_of(folder)?;
    }
    erase(&old)?;
    erase(&new)?;
    erase(&beside(folder, DRAFT))
}

/// Whether there is a set in that folder, of that epoch.
fn is_of(folder: &Path, epoch: Epoch) -> io::Result<bool> {
    match fs::read(folder.join(PAYLOAD)) {
        Ok(payload) => Ok(EscrowSet::read(&payload).is_ok_and(|set| set.epoch == epoch)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
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
const DRAFT: &str = "draft";
const NEW: &str = "new";
const OLD: &str = "old";
/// No file of a set is longer.
const FILE_BYTES_MAX: usize = 64 * 1024;
