//! Any node of the tree, out of the tiles.

use std::collections::BTreeMap;

use super::{Layer, TILE_HEIGHT, TILE_WIDTH, TileError, TileId, TileReader, read_hashes};
use crate::tree::{Hash, HashReader, node_hash};

/// The nodes of a tree of a known size, read from its tiles. Tiles are kept, so one of these serves a few proofs.
pub struct TiledHashes<R> {
    reader: R,
    size: u64,
    kept: BTreeMap<TileId, Vec<Hash>>,
}

impl<R: TileReader> TiledHashes<R> {
    /// The nodes of the tree of `size` leaves.
    #[must_use]
    pub const fn new(size: u64, reader: R) -> Self {
        Self {
            reader,
            size,
            kept: BTreeMap::new(),
        }
    }

    fn tile(&mut self, id: TileId) -> Result<&[Hash], TileError<R::Error>> {
        if self.kept.len() >= TILES_KEPT_MAX && !self.kept.contains_key(&id) {
            self.kept.clear();
        }
        match self.kept.entry(id) {
            std::collections::btree_map::Entry::Occupied(kept) => Ok(kept.into_mut()),
            std::collections::btree_map::Entry::Vacant(place) => {
                Ok(place.insert(read_hashes(&mut self.reader, id)?))
            }
        }
    }
}

impl<R: TileReader> HashReader for TiledHashes<R> {
    type Error = TileError<R::Error>;

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        let (tile_level, height) = (level / TILE_HEIGHT, level % TILE_HEIGHT);
        let first = index << height;
        let layer = Layer::Hashes(tile_level);
        let full = TileId {
            layer,
            index: first / u64::from(TILE_WIDTH),
            width: TILE_WIDTH,
        };
        let id =
            TileId::in_tree(layer, full.index, self.size).ok_or(TileError::Length { id: full, bytes: 0 })?;
        let hashes = self.tile(id)?;
        let from = (first % u64::from(TILE_WIDTH)) as usize;
        let span = hashes.get(from..from + (1 << height)).unwrap_or_default();
        perfect_root(span).ok_or(TileError::Length {
            id,
            bytes: usize::from(id.width) * span.len(),
        })
    }
}

/// The root over hashes whose number is a power of two.
pub(super) fn perfect_root(hashes: &[Hash]) -> Option<Hash> {
    if let [one] = hashes {
        return Some(*one);
    }
    let (left, right) = hashes.split_at(hashes.len() / 2);
    if left.is_empty() || left.len() != right.len() {
        return None;
    }
    Some(node_hash(perfect_root(left)?, perfect_root(right)?))
}

const TILES_KEPT_MAX: usize = 1024;
