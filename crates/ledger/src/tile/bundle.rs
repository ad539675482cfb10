//! Entry bundles: up to 256 entries, each behind its length.

use thiserror::Error;

use super::TILE_WIDTH;

/// Why bytes are no bundle, or entries cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// More than 256 entries.
    #[error("a bundle holds at most {TILE_WIDTH} entries")]
    TooMany,
    /// An entry that is longer than its length can say.
    #[error("an entry of {0} bytes is too long for a bundle")]
    TooLong(usize),
    /// The bytes end within an entry.
    #[error("the bundle breaks off within its entry {0}")]
    CutOff(usize),
}

/// Joins entries into the content of a bundle.
///
/// # Errors
/// When there are too many, or one is too long.
pub fn encode_bundle<T: AsRef<[u8]>>(entries: impl IntoIterator<Item = T>) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    for (count, entry) in entries.into_iter().enumerate() {
        if count == usize::from(TILE_WIDTH) {
            return Err(BundleError::TooMany);
        }
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong(entry.len()))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// The entries in a bundle.
///
/// # Errors
/// When it breaks off, or holds more entries than a bundle can.
pub fn decode_bundle(bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        if entries.len() == usize::from(TILE_WIDTH) {
            return Err(BundleError::TooMany);
        }
        let cut = BundleError::CutOff(entries.len());
        let (length, after) = rest.split_first_chunk().ok_or(cut)?;
        let (entry, after) = after
            .split_at_checked(usize::from(u16::from_be_bytes(*length)))
            .ok_or(cut)?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}
