//! The tree as its one writer keeps it: it takes leaf hashes and gives the tiles that changed.

use std::error::Error as StdError;

use thiserror::Error;

use super::hashes::perfect_root;
use super::{
    Layer, TILE_HEIGHT, TILE_LEVEL_MAX, TILE_WIDTH, Tile, TileError, TileId, TileReader, read_hashes,
};
use crate::checkpoint::Checkpoint;
use crate::tree::{Frontier, FrontierError, Hash};

/// A growing tree: its size, its peaks, and the rightmost partial tile of each level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    frontier: Frontier,
    edge: Vec<Vec<Hash>>,
}

/// Why a tree could not be taken up again.
#[derive(Debug, Error)]
pub enum OpenError<E: StdError + 'static> {
    /// A tile of the right edge could not be used.
    #[error(transparent)]
    Tile(#[from] TileError<E>),
    /// The tiles do not fit together.
    #[error(transparent)]
    Edge(#[from] FrontierError),
    /// The tiles are not those of the checkpoint: something was changed since it was signed.
    #[error("the stored tiles of {size} entries do not lead to the signed root")]
    Root {
        /// Entries according to the checkpoint.
        size: u64,
    },
}

impl Tree {
    /// A tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up a tree of `size` leaves again from the rightmost tile of each level.
    ///
    /// # Errors
    /// When a tile cannot be read or has another length.
    pub fn open<R: TileReader>(size: u64, reader: &mut R) -> Result<Self, OpenError<R::Error>> {
        let mut edge = Vec::new();
        for level in (0..=TILE_LEVEL_MAX).take_while(|level| size >> (TILE_HEIGHT * level) > 0) {
            let held = size >> (TILE_HEIGHT * level);
            let (index, partial) = (
                held / u64::from(TILE_WIDTH),
                !held.is_multiple_of(u64::from(TILE_WIDTH)),
            );
            let id = TileId::in_tree(Layer::Hashes(level), index, size).filter(|_| partial);
            edge.push(
                id.map(|id| read_hashes(reader, id))
                    .transpose()?
                    .unwrap_or_default(),
            );
        }
        let mut peaks = Vec::new();
        for hashes in edge.iter().rev() {
            peaks.extend(peaks_of(hashes));
        }
        Ok(Self {
            frontier: Frontier::from_peaks(size, peaks)?,
            edge,
        })
    }

    /// As [`Tree::open`], and the tiles must lead to the root that was signed (5.1.5-b: found at the next start).
    ///
    /// # Errors
    /// As [`Tree::open`]; [`OpenError::Root`] when something was changed.
    pub fn open_at<R: TileReader>(
        checkpoint: &Checkpoint,
        reader: &mut R,
    ) -> Result<Self, OpenError<R::Error>> {
        let tree = Self::open(checkpoint.size, reader)?;
        if tree.root() == checkpoint.root {
            Ok(tree)
        } else {
            Err(OpenError::Root {
                size: checkpoint.size,
            })
        }
    }

    /// Leaves in the tree.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over them.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// What there is to sign.
    #[must_use]
    pub fn checkpoint(&self, origin: &str) -> Checkpoint {
        Checkpoint {
            origin: origin.to_owned(),
            size: self.size(),
            root: self.root(),
        }
    }

    /// Appends the leaves in order and gives the hash tiles to store: those that became full, each once, and the
    /// partial ones in which something is new.
    pub fn append_batch(&mut self, leaves: &[Hash]) -> Vec<Tile> {
        let mut tiles = Vec::new();
        let mut touched = [false; TILE_LEVEL_MAX as usize + 1];
        let Self { frontier, edge } = self;
        for leaf in leaves {
            frontier.append_watched(*leaf, |level, index, hash| {
                if level % TILE_HEIGHT != 0 {
                    return;
                }
                let tile_level = usize::from(level / TILE_HEIGHT);
                if edge.len() <= tile_level {
                    edge.resize_with(tile_level + 1, || Vec::with_capacity(usize::from(TILE_WIDTH)));
                }
                let Some(hashes) = edge.get_mut(tile_level) else {
                    return;
                };
                hashes.push(hash);
                touched
                    .iter_mut()
                    .skip(tile_level)
                    .take(1)
                    .for_each(|touched| *touched = true);
                if hashes.len() == usize::from(TILE_WIDTH) {
                    let full = std::mem::replace(hashes, Vec::with_capacity(usize::from(TILE_WIDTH)));
                    tiles.push(tile(level / TILE_HEIGHT, index / u64::from(TILE_WIDTH), full));
                }
            });
        }
        let size = frontier.size();
        for (level, hashes) in (0..).zip(edge.iter()).filter(|(_, hashes)| !hashes.is_empty()) {
            if touched.get(usize::from(level)) == Some(&true) {
                tiles.push(tile(
                    level,
                    (size >> (TILE_HEIGHT * level)) / u64::from(TILE_WIDTH),
                    hashes.clone(),
                ));
            }
        }
        tiles
    }
}

fn tile(level: u8, index: u64, hashes: Vec<Hash>) -> Tile {
    // INVARIANT: the edge is emptied at TILE_WIDTH hashes, so the width fits.
    Tile {
        id: TileId {
            layer: Layer::Hashes(level),
            index,
            width: hashes.len() as u16,
        },
        hashes,
    }
}

/// The roots of the perfect subtrees in a partial tile, biggest first.
fn peaks_of(hashes: &[Hash]) -> Vec<Hash> {
    let mut peaks = Vec::new();
    let mut rest = hashes;
    while let Some(bit) = rest.len().checked_ilog2() {
        let (perfect, after) = rest.split_at(1 << bit);
        peaks.extend(perfect_root(perfect));
        rest = after;
    }
    peaks
}
