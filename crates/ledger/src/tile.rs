//! Tiles (C2SP `tlog-tiles`): the tree and its entries as files that never change once they are full.
//!
//! A hash tile holds up to 256 neighbouring hashes of one level in eight; the levels between are hashed again when they
//! are needed. An entry bundle holds the up to 256 entries under a tile of the lowest level. Only the rightmost tile of a
//! level can be partial; its width is part of its path, so a file once written is never written again otherwise.

mod bundle;
mod hashes;
mod path;
mod writer;

use std::error::Error as StdError;

use thiserror::Error;

use crate::tree::{HASH_BYTES, Hash};

pub use bundle::{BundleError, decode_bundle, encode_bundle};
pub use hashes::TiledHashes;
pub use path::{Layer, NotATilePath, TileId, tiles_of};
pub use writer::{OpenError, Tree};

/// Levels of the tree in one tile.
pub const TILE_HEIGHT: u8 = 8;

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// The highest level of tiles: a tree of 2^63 leaves needs no more.
pub const TILE_LEVEL_MAX: u8 = 7;

/// A hash tile with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Its place and width.
    pub id: TileId,
    /// Its hashes, as many as it is wide.
    pub hashes: Vec<Hash>,
}

impl Tile {
    /// The content of its file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| hash.0).collect()
    }
}

/// Where stored tiles and bundles are read from.
pub trait TileReader {
    /// What can go wrong when reading; a tile that is not there is an error too.
    type Error: StdError + Send + Sync + 'static;

    /// The content of this tile. The full tile may be given when a partial one is asked for.
    ///
    /// # Errors
    /// Whatever the storage reports.
    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, Self::Error>;
}

/// Why a hash tile could not be used.
#[derive(Debug, Error)]
pub enum TileError<E: StdError + 'static> {
    /// It could not be read.
    #[error("tile `{}` could not be read", .id.path())]
    Read {
        /// Which tile.
        id: TileId,
        /// What the storage reported.
        source: E,
    },
    /// Its length is not that of its width in hashes.
    #[error("tile `{}` has {bytes} bytes", .id.path())]
    Length {
        /// Which tile.
        id: TileId,
        /// Bytes that were read.
        bytes: usize,
    },
}

/// Reads the hashes of a tile, as many as `id` is wide.
pub(crate) fn read_hashes<R: TileReader>(
    reader: &mut R,
    id: TileId,
) -> Result<Vec<Hash>, TileError<R::Error>> {
    let bytes = reader.tile(id).map_err(|source| TileError::Read { id, source })?;
    let (wanted, full) = (
        usize::from(id.width) * HASH_BYTES,
        usize::from(TILE_WIDTH) * HASH_BYTES,
    );
    if bytes.len() != wanted && bytes.len() != full {
        return Err(TileError::Length {
            id,
            bytes: bytes.len(),
        });
    }
    let hashes: Vec<Hash> = bytes
        .chunks_exact(HASH_BYTES)
        .take(usize::from(id.width))
        .filter_map(Hash::from_slice)
        .collect();
    if hashes.len() == usize::from(id.width) {
        Ok(hashes)
    } else {
        Err(TileError::Length {
            id,
            bytes: bytes.len(),
        })
    }
}

#[cfg(test)]
mod tests;
