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
        for level in (0..=TILE_LEVEL_MAX).take_while(|level| held(size, *level) > 0) {
            // Behind the full tiles of a level there is at most one more; none when the last one is just full.
            let id = TileId::in_tree(Layer::Hashes(level), held(size, level + 1), size);
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
        let before = self.size();
        let mut tiles = Vec::new();
        let Self { frontier, edge } = self;
        for leaf in leaves {
            frontier.append_watched(*leaf, |level, index, hash| {
                if level.is_multiple_of(TILE_HEIGHT) {
                    tiles.extend(push(edge, level / TILE_HEIGHT, index, hash));
                }
            });
        }
        let after = self.size();
        let is_new = |tile: &Tile| matches!(tile.id.layer, Layer::Hashes(level) if held(before, level) != held(after, level));
        tiles.extend(self.edge_tiles().into_iter().filter(is_new));
        tiles
    }

    /// The partial tiles at the right edge, lowest first.
    #[must_use]
    pub fn edge_tiles(&self) -> Vec<Tile> {
        let partial = (0..).zip(&self.edge).filter(|(_, hashes)| !hashes.is_empty());
        partial
            .map(|(level, hashes)| tile(level, held(self.size(), level + 1), hashes.clone()))
            .collect()
    }
}

/// Hashes that a tree of `size` leaves has at a tile level; as many full tiles as the level below has.
fn held(size: u64, level: u8) -> u64 {
    size.checked_shr(u32::from(TILE_HEIGHT) * u32::from(level))
        .unwrap_or(0)
}

/// Puts the hash `index` of a tile level on the edge; gives the tile that it fills.
fn push(edge: &mut Vec<Vec<Hash>>, level: u8, index: u64, hash: Hash) -> Option<Tile> {
    let place = usize::from(level);
    if edge.len() <= place {
        edge.resize_with(place + 1, || Vec::with_capacity(usize::from(TILE_WIDTH)));
    }
    let hashes = edge.get_mut(place)?;
    hashes.push(hash);
    let full = hashes.len() == usize::from(TILE_WIDTH);
    full.then(|| {
        tile(
            level,
            index / u64::from(TILE_WIDTH),
            std::mem::replace(hashes, Vec::with_capacity(usize::from(TILE_WIDTH))),
        )
    })
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
