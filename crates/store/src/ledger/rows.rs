//! Reading the ledger's rows: entries out of blocks, hashes out of tiles.

use sandyq_ledger::tile::{Layer, TILE_WIDTH, TileId, TileReader, decode_bundle, encode_bundle};
use sandyq_ledger::tree::{HASH_BYTES, leaf_hash};
use sandyq_model::Fault;

use super::book::BLOCK_ENTRIES_MAX;
use crate::database::{Reader, ReaderExt};

/// One row of entries.
pub(super) struct Block {
    /// The index of its first entry.
    pub first: u64,
    /// How many entries it says that it holds.
    pub count: u64,
    /// The entries, each behind its length.
    pub bytes: Vec<u8>,
}

/// The tiles of the ledger, for [`sandyq_ledger`].
pub(super) struct StoredTiles<'r>(pub &'r mut dyn Reader);

/// A row of the ledger that is missing or not as it was written.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) struct RowError(#[from] Fault);

impl TileReader for StoredTiles<'_> {
    type Error = RowError;

    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, Self::Error> {
        match id.layer {
            Layer::Entries => Ok(bundle(self.0, id)?),
            Layer::Hashes(_) => Ok(hashes(self.0, id)?),
        }
    }
}

impl Block {
    /// The entries in it.
    ///
    /// # Errors
    /// When there are more or fewer than it says.
    pub(super) fn entries(&self) -> Result<Vec<&[u8]>, Fault> {
        let altered = || Fault::Ledger(format!("the block of entries from {} on was altered", self.first));
        let entries = decode_bundle(&self.bytes).map_err(|_| altered())?;
        if entries.is_empty() || entries.len() > BLOCK_ENTRIES_MAX || entries.len() as u64 != self.count {
            return Err(altered());
        }
        Ok(entries)
    }
}

/// The newest stored checkpoint, if there is one.
pub(crate) fn newest_note(reader: &mut dyn Reader) -> Result<Option<String>, Fault> {
    reader.first(
        "SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1",
        &[],
        |row| row.take(0),
    )
}

/// The blocks from the one that holds `from` on, up to the one before `to`, at most `limit`.
pub(super) fn blocks(reader: &mut dyn Reader, from: u64, to: u64, limit: u32) -> Result<Vec<Block>, Fault> {
    reader.list(
        "SELECT first_index, count, bytes FROM ledger_block \
         WHERE first_index >= (SELECT COALESCE(MAX(first_index), 0) FROM ledger_block WHERE first_index <= $1) \
         AND first_index < $2 ORDER BY first_index LIMIT $3",
        &[from.into(), to.into(), limit.into()],
        |row| Ok(Block { first: row.take(0)?, count: row.take(1)?, bytes: row.take(2)? }),
    )
}

/// The bytes of one entry.
///
/// # Errors
/// When it is not there.
pub(crate) fn entry_bytes(reader: &mut dyn Reader, index: u64) -> Result<Vec<u8>, Fault> {
    let mut found = Vec::new();
    each_entry(reader, index, index.saturating_add(1), |bytes| {
        found.extend(bytes)
    })?;
    Ok(found)
}

/// The entries from `from` to before `to`.
///
/// # Errors
/// When one is not there.
pub(crate) fn entries(reader: &mut dyn Reader, from: u64, to: u64) -> Result<Vec<Vec<u8>>, Fault> {
    let mut found = Vec::new();
    let mut next = from;
    while next < to {
        let until = to.min(next.saturating_add(u64::from(TILE_WIDTH)));
        each_entry(reader, next, until, |bytes| found.push(bytes.to_vec()))?;
        next = until;
    }
    Ok(found)
}

/// The content of an entry bundle.
pub(super) fn bundle(reader: &mut dyn Reader, id: TileId) -> Result<Vec<u8>, Fault> {
    let (from, to) = span(id);
    let mut entries = Vec::with_capacity(usize::from(id.width));
    each_entry(reader, from, to, |bytes| entries.push(bytes.to_vec()))?;
    encode_bundle(entries).map_err(|error| Fault::Ledger(error.to_string()))
}

/// The content of a hash tile, as wide as `id` says.
pub(super) fn hashes(reader: &mut dyn Reader, id: TileId) -> Result<Vec<u8>, Fault> {
    let Layer::Hashes(level) = id.layer else {
        return bundle(reader, id);
    };
    let stored: Option<Vec<u8>> = reader.first(
        "SELECT bytes FROM ledger_tile WHERE level = $1 AND tile_index = $2",
        &[level.into(), id.index.into()],
        |row| row.take(0),
    )?;
    let wanted = usize::from(id.width) * HASH_BYTES;
    match stored {
        Some(mut bytes) if bytes.len() >= wanted => {
            bytes.truncate(wanted);
            Ok(bytes)
        }
        None if level == 0 => growing_hashes(reader, id),
        _ => Err(Fault::Ledger(format!(
            "the ledger's tile `{id}` is missing or cut off"
        ))),
    }
}

/// The growing tile of the lowest level follows from the newest entries.
fn growing_hashes(reader: &mut dyn Reader, id: TileId) -> Result<Vec<u8>, Fault> {
    if id.is_full() {
        return Err(Fault::Ledger(format!("the ledger's tile `{id}` is missing")));
    }
    let (from, to) = span(id);
    let mut hashes = Vec::with_capacity(usize::from(id.width) * HASH_BYTES);
    each_entry(reader, from, to, |bytes| hashes.extend(leaf_hash(bytes).0))?;
    Ok(hashes)
}

/// Hands over each entry from `from` to before `to`.
///
/// # Errors
/// When one is not there.
pub(super) fn each_entry(
    reader: &mut dyn Reader,
    from: u64,
    to: u64,
    mut each: impl FnMut(&[u8]),
) -> Result<(), Fault> {
    let mut next = from;
    for block in blocks(reader, from, to, u32::from(TILE_WIDTH) + 1)? {
        for (index, bytes) in (block.first..).zip(block.entries()?) {
            if index == next && index < to {
                each(bytes);
                next += 1;
            }
        }
    }
    if next == to {
        Ok(())
    } else {
        Err(Fault::Ledger(format!("entry {next} of the ledger is missing")))
    }
}

fn span(id: TileId) -> (u64, u64) {
    let from = id.index.saturating_mul(u64::from(TILE_WIDTH));
    (from, from.saturating_add(u64::from(id.width)))
}
