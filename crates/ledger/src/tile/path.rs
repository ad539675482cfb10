//! Where a tile stands and how its file is called.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::{TILE_HEIGHT, TILE_LEVEL_MAX, TILE_WIDTH};

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Hashes of the tree at this tile level; level 0 holds the hashes of the leaves.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// The place of a tile and its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// What it holds.
    pub layer: Layer,
    /// The how manieth of its layer, from 0.
    pub index: u64,
    /// Hashes or entries in it, 1 to 256.
    pub width: u16,
}

impl TileId {
    /// The tile of this layer and index in a tree of `size` leaves, as wide as it then is; `None` when it is empty.
    #[must_use]
    pub fn in_tree(layer: Layer, index: u64, size: u64) -> Option<Self> {
        let held = match layer {
            Layer::Hashes(level) if level > TILE_LEVEL_MAX => 0,
            Layer::Hashes(level) => size >> (TILE_HEIGHT * level),
            Layer::Entries => size,
        };
        let first = index.checked_mul(u64::from(TILE_WIDTH))?;
        let width = held.saturating_sub(first).min(u64::from(TILE_WIDTH));
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(Self { layer, index, width })
    }

    /// Whether it is full, so that it never changes again.
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Its path below the prefix of the ledger: `tile/0/x001/x234/067`, `tile/entries/000.p/5`.
    #[must_use]
    pub fn path(self) -> String {
        let mut elements = vec![format!("{:03}", self.index % PATH_BASE)];
        let mut rest = self.index / PATH_BASE;
        while rest > 0 {
            elements.push(format!("x{:03}", rest % PATH_BASE));
            rest /= PATH_BASE;
        }
        elements.reverse();
        let layer = match self.layer {
            Layer::Hashes(level) => level.to_string(),
            Layer::Entries => "entries".to_owned(),
        };
        let partial = if self.is_full() {
            String::new()
        } else {
            format!(".p/{}", self.width)
        };
        format!("tile/{layer}/{}{partial}", elements.join("/"))
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// Not the path of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not the path of a tile; expected a form such as tile/0/x001/234 or tile/entries/000.p/5")]
pub struct NotATilePath;

impl FromStr for TileId {
    type Err = NotATilePath;

    fn from_str(path: &str) -> Result<Self, NotATilePath> {
        let (layer, rest) = path
            .strip_prefix("tile/")
            .and_then(|rest| rest.split_once('/'))
            .ok_or(NotATilePath)?;
        let layer = match layer {
            "entries" => Layer::Entries,
            level => Layer::Hashes(level.parse().map_err(|_| NotATilePath)?),
        };
        if matches!(layer, Layer::Hashes(level) if level > TILE_LEVEL_MAX) {
            return Err(NotATilePath);
        }
        let (elements, width) = match rest.split_once(".p/") {
            Some((elements, width)) => (elements, width.parse().map_err(|_| NotATilePath)?),
            None => (rest, TILE_WIDTH),
        };
        let mut index = 0_u64;
        for element in elements.split('/') {
            let digits = element.strip_prefix('x').unwrap_or(element);
            let number: u64 = digits.parse().map_err(|_| NotATilePath)?;
            index = index
                .checked_mul(PATH_BASE)
                .and_then(|index| index.checked_add(number))
                .ok_or(NotATilePath)?;
        }
        let id = Self { layer, index, width };
        // The one way to write it is the way it is written: zeroes, signs and crosses elsewhere are refused.
        if (1..=TILE_WIDTH).contains(&width) && id.path() == path {
            Ok(id)
        } else {
            Err(NotATilePath)
        }
    }
}

/// Every hash tile of a tree of `size` leaves, level by level.
pub fn tiles_of(size: u64) -> impl Iterator<Item = TileId> {
    (0..=TILE_LEVEL_MAX).flat_map(move |level| {
        (0..).map_while(move |index| TileId::in_tree(Layer::Hashes(level), index, size))
    })
}

const PATH_BASE: u64 = 1000;
