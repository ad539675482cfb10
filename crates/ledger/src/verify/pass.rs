//! One pass over the entries of a ledger.

use super::{BACKWARDS_NAMED_MAX, Damage, Report};
use crate::checkpoint::Checkpoint;
use crate::entry::{Entry, EntryError, Moment};
use crate::tile::{Layer, TILE_WIDTH, Tile, TileId, TileReader, Tree, read_hashes, tiles_of};
use crate::tree::{Frontier, Hash, leaf_hash};

/// What is known after the entries so far.
pub(super) struct Pass<'a, R> {
    tiles: &'a mut R,
    checkpoints: &'a [Checkpoint],
    tolerance_ms: u64,
    /// Entries under the newest checkpoint.
    signed: u64,
    /// Entries so far.
    held: u64,
    tree: Tree,
    /// Leaves that are not in the tree yet.
    pending: Vec<Hash>,
    /// The stored tile of the lowest level that the leaves now fall into.
    stored: Option<(TileId, Vec<Hash>)>,
    tiles_right: u64,
    checkpoints_right: usize,
    damaged_tile: Option<TileId>,
    stray: Option<Stray>,
    not_canonical: Option<(u64, EntryError)>,
    first: Option<Moment>,
    latest: Option<Moment>,
    last: Option<Moment>,
    backwards: u64,
    backwards_at: Vec<u64>,
}

/// The first leaf that is not the stored one.
struct Stray {
    index: u64,
    got: Hash,
    wanted: Hash,
    /// The wanted one came later.
    late: bool,
}

impl<'a, R: TileReader> Pass<'a, R> {
    pub(super) fn new(tiles: &'a mut R, checkpoints: &'a [Checkpoint], tolerance_ms: u64) -> Self {
        Self {
            tiles,
            checkpoints,
            tolerance_ms,
            signed: checkpoints.last().map_or(0, |newest| newest.size),
            held: 0,
            tree: Tree::new(),
            pending: Vec::with_capacity(usize::from(TILE_WIDTH)),
            stored: None,
            tiles_right: 0,
            checkpoints_right: 0,
            damaged_tile: None,
            stray: None,
            not_canonical: None,
            first: None,
            latest: None,
            last: None,
            backwards: 0,
            backwards_at: Vec::new(),
        }
    }

    /// Takes the next entry.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        let index = self.held;
        self.held += 1;
        match Entry::decode(bytes) {
            Ok(entry) => self.take_moment(index, entry.at),
            Err(error) => self.not_canonical = self.not_canonical.or(Some((index, error))),
        }
        let leaf = leaf_hash(bytes);
        if index >= self.signed {
            // A leaf that slid behind the signed end has still come late, rather than not at all.
            self.stray
                .iter_mut()
                .for_each(|stray| stray.late |= leaf == stray.wanted);
            return;
        }
        self.compare_leaf(index, leaf);
        self.pending.push(leaf);
        if self.pending.len() == usize::from(TILE_WIDTH) || self.is_checkpoint(self.held) {
            self.grow();
        }
    }

    fn take_moment(&mut self, index: u64, at: Moment) {
        self.first = self.first.or(Some(at));
        self.last = Some(at);
        let latest = self.latest.unwrap_or(at);
        if at.as_millis().saturating_add(self.tolerance_ms) < latest.as_millis() {
            self.backwards += 1;
            if self.backwards_at.len() < BACKWARDS_NAMED_MAX {
                self.backwards_at.push(index);
            }
        }
        self.latest = Some(latest.max(at));
    }

    fn compare_leaf(&mut self, index: u64, leaf: Hash) {
        if let Some(stray) = &mut self.stray {
            stray.late |= leaf == stray.wanted;
            return;
        }
        let Some(wanted) = self.stored_leaf(index) else {
            return;
        };
        if wanted != leaf {
            self.stray = Some(Stray {
                index,
                got: leaf,
                wanted,
                late: false,
            });
        }
    }

    /// The stored hash of a leaf; notes a tile that cannot be read.
    fn stored_leaf(&mut self, index: u64) -> Option<Hash> {
        let id = TileId::in_tree(Layer::Hashes(0), index / u64::from(TILE_WIDTH), self.signed)?;
        if self.stored.as_ref().is_none_or(|(stored, _)| *stored != id) {
            let hashes = read_hashes(self.tiles, id).unwrap_or_default();
            if hashes.is_empty() {
                self.damaged_tile = self.damaged_tile.or(Some(id));
            }
            self.stored = Some((id, hashes));
        }
        let (_, hashes) = self.stored.as_ref()?;
        hashes.get((index % u64::from(TILE_WIDTH)) as usize).copied()
    }

    fn is_checkpoint(&self, size: u64) -> bool {
        let next = self.checkpoints.get(self.checkpoints_right);
        size == self.signed || next.is_some_and(|next| next.size == size)
    }

    /// Puts the pending leaves under the tree, and compares it where something else says what it should be.
    fn grow(&mut self) {
        let tiles = self.tree.append_batch(&self.pending);
        self.pending.clear();
        let at_end = self.tree.size() == self.signed;
        for tile in tiles.into_iter().filter(|tile| tile.id.is_full()) {
            self.compare_tile(&tile);
        }
        if at_end {
            self.tree
                .edge_tiles()
                .iter()
                .for_each(|tile| self.compare_tile(tile));
        }
        self.compare_checkpoint();
    }

    fn compare_tile(&mut self, tile: &Tile) {
        match read_hashes(self.tiles, tile.id) {
            Ok(stored) if stored == tile.hashes => self.tiles_right += 1,
            _ => self.damaged_tile = self.damaged_tile.or(Some(tile.id)),
        }
    }

    /// Counts the next checkpoint if it is of this size and root; stops counting at the first that is not.
    fn compare_checkpoint(&mut self) {
        if let Some(next) = self.checkpoints.get(self.checkpoints_right)
            && next.size == self.tree.size()
            && next.root == self.tree.root()
        {
            self.checkpoints_right += 1;
        }
    }

    /// The verdict, once all entries are in.
    pub(super) fn finish(mut self) -> Result<Report, Damage> {
        if self.signed == 0 || !self.pending.is_empty() {
            self.grow();
        }
        if self.held < self.signed || self.checkpoints_right < self.checkpoints.len() {
            return Err(self.damage());
        }
        if let Some(id) = self.damaged_tile {
            return Err(Damage::Tile(id));
        }
        if let Some((index, error)) = self.not_canonical {
            return Err(Damage::NotCanonical { index, error });
        }
        Ok(Report {
            size: self.signed,
            root: self.tree.root().to_string(),
            unsigned: self.held - self.signed,
            checkpoints: self.checkpoints_right,
            tiles: self.tiles_right,
            first: self.first,
            last: self.last,
            backwards: self.backwards,
            backwards_at: self.backwards_at,
        })
    }

    /// What became of the entries, when they do not lead to the signed roots.
    fn damage(&mut self) -> Damage {
        let cut_off = Damage::CutOff {
            held: self.held,
            signed: self.signed,
        };
        if let Some(stray) = self.stray.take()
            && self.tiles_are_signed()
        {
            return self.diagnose(&stray);
        }
        if self.held < self.signed {
            return cut_off;
        }
        let size_at = |number: usize| {
            self.checkpoints
                .get(number)
                .map_or(0, |checkpoint| checkpoint.size)
        };
        let after = self.checkpoints_right.checked_sub(1).map_or(0, size_at);
        Damage::Rewritten {
            after,
            by: size_at(self.checkpoints_right),
        }
    }

    /// Whether the stored tiles of the lowest level lead to the newest signed root.
    fn tiles_are_signed(&mut self) -> bool {
        let mut frontier = Frontier::new();
        for id in tiles_of(self.signed).take_while(|id| id.layer == Layer::Hashes(0)) {
            let Ok(hashes) = read_hashes(self.tiles, id) else {
                return false;
            };
            frontier.append_batch(&hashes);
        }
        self.checkpoints
            .last()
            .is_some_and(|newest| newest.root == frontier.root())
    }

    fn diagnose(&mut self, stray: &Stray) -> Damage {
        let index = stray.index;
        let belongs = (index + 1..self.signed).find(|later| self.stored_leaf(*later) == Some(stray.got));
        match (belongs, stray.late) {
            (None, false) => Damage::Changed { index },
            (None, true) => Damage::Inserted { index },
            (Some(_), false) => Damage::Removed { index },
            (Some(belongs), true) => Damage::Reordered { index, belongs },
        }
    }
}
