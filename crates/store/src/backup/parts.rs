//! Whether the parts of a set are what was signed, as far as that can be seen without the identity that opens them.

use sandyq_ledger::tree::sha256;

use super::fault::BackupFault;
use super::manifest::{ChunkLine, Manifest, chunk_name};
use super::shelf::Shelf;

/// How far a look at the parts of a set has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartsRead {
    /// Parts that are as they were signed.
    pub parts: usize,
    /// How many there are.
    pub of: usize,
    /// Bytes that were read.
    pub bytes: u64,
}

/// A part that is not what was signed.
#[derive(Debug)]
pub struct BadPart {
    /// Its name on the shelf.
    pub name: String,
    /// What is wrong with it.
    pub fault: BackupFault,
}

/// Compares the parts of a set with the hashes in its manifest, from that one on and around, for as long as `goes_on` says
/// so.
///
/// # Errors
/// The first part that is missing, cut off or changed, or cannot be read.
pub fn check_parts(
    shelf: &dyn Shelf,
    manifest: &Manifest,
    from: usize,
    goes_on: &mut dyn FnMut(PartsRead) -> bool,
) -> Result<PartsRead, BadPart> {
    let lines: Vec<&ChunkLine> = manifest.chunks().collect();
    let mut read = PartsRead {
        of: lines.len(),
        ..PartsRead::default()
    };
    let from = from.checked_rem(lines.len()).unwrap_or(0);
    for line in lines.iter().cycle().skip(from).take(lines.len()) {
        if !goes_on(read) {
            break;
        }
        let stored = as_signed(shelf, line).map_err(|fault| BadPart {
            name: chunk_name(&line.name),
            fault,
        })?;
        read.parts += 1;
        read.bytes += stored.len() as u64;
    }
    Ok(read)
}

/// The bytes of a chunk, as they were signed.
///
/// # Errors
/// A [`BackupFault`] that names the cause.
pub(super) fn as_signed(shelf: &dyn Shelf, line: &ChunkLine) -> Result<Vec<u8>, BackupFault> {
    let short = line.name.get(..12).unwrap_or_default();
    let stored = shelf
        .get(&chunk_name(&line.name), line.bytes)?
        .ok_or_else(|| BackupFault::Truncated(format!("its chunk {short}… is missing")))?;
    if (stored.len() as u64) < line.bytes {
        return Err(BackupFault::Truncated(format!("its chunk {short}… was cut off")));
    }
    if hex::encode(sha256(&stored).0) != line.sha256 {
        return Err(BackupFault::Corrupt(format!(
            "its chunk {short}… is not what was signed"
        )));
    }
    Ok(stored)
}
