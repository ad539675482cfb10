//! Where a chunk ends: decided by the key of a row and not by how many rows came before it, so that a row that is put
//! in or taken away changes the chunk around it and leaves the others as they were.

use sandyq_ledger::tree::sha256;

/// Bytes that a chunk has at least, unless the table ends.
pub(crate) const CHUNK_BYTES_MIN: usize = 256 * 1024;
/// Bytes after which a chunk ends, whatever the key.
pub(crate) const CHUNK_BYTES_MAX: usize = 1024 * 1024;
/// Bytes that lie between two ends behind the least size, on average.
const CHUNK_BYTES_STEP: u64 = 128 * 1024;

/// Whether a chunk of so many bytes ends behind the row with this key and this length.
pub(crate) fn ends_behind(chunk_bytes: usize, key: &[u8], row_bytes: usize) -> bool {
    if chunk_bytes < CHUNK_BYTES_MIN {
        return false;
    }
    if chunk_bytes >= CHUNK_BYTES_MAX {
        return true;
    }
    let hash = sha256(key).0;
    let number = hash.first_chunk().copied().map_or(0, u64::from_be_bytes);
    // A long row ends a chunk more often, so that chunks have the same size in every table.
    number % CHUNK_BYTES_STEP < row_bytes as u64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The chunks of rows with these keys, each as the hash of what is in it.
    fn chunks(keys: &BTreeSet<[u8; 32]>) -> Vec<[u8; 32]> {
        let (mut all, mut chunk) = (Vec::new(), Vec::new());
        for key in keys {
            chunk.extend([key.as_slice(); 5].concat());
            if ends_behind(chunk.len(), key, 160) {
                all.push(sha256(&std::mem::take(&mut chunk)).0);
            }
        }
        all.push(sha256(&chunk).0);
        all
    }

    #[test]
    fn one_row_more_changes_few_chunks() {
        let mut keys: BTreeSet<[u8; 32]> = (0..40_000_u32).map(|n| sha256(&n.to_be_bytes()).0).collect();
        let before: BTreeSet<[u8; 32]> = chunks(&keys).into_iter().collect();
        assert!((8..=25).contains(&before.len()), "{}", before.len());
        for n in 0..20_u32 {
            let key = sha256(&[b"new".as_slice(), &n.to_be_bytes()].concat()).0;
            keys.insert(key);
            let after = chunks(&keys);
            let changed = after.iter().filter(|chunk| !before.contains(*chunk)).count();
            assert!(changed <= 3, "{changed} of {} chunks changed", after.len());
            keys.remove(&key);
        }
    }

    #[test]
    fn a_chunk_is_never_much_longer_than_the_greatest_size() {
        assert!(!ends_behind(CHUNK_BYTES_MIN - 1, b"any", usize::MAX));
        assert!(ends_behind(CHUNK_BYTES_MAX, b"any", 0));
    }
}
