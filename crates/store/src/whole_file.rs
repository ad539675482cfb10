//! A file that is there whole or not at all, and durable: written beside its place, synced, and put there in one step.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Writes the bytes to `draft`, in the same folder, and puts that in the place of `path`. Only its owner can read it.
///
/// # Errors
/// What the system says: then `path` is as it was, or as it will be.
pub(crate) fn write(path: &Path, draft: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // What an interruption left under that name goes, and a link that somebody put there is not followed.
    match std::fs::remove_file(draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(draft, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
