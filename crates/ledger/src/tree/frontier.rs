//! The right edge of a growing tree: what must be remembered to append, and nothing more.

use thiserror::Error;

use super::{Hash, empty_root, node_hash};

/// The peaks of a tree: the roots of the perfect subtrees that its size is made of, biggest first.
///
/// A tree of 70,000 leaves has seven peaks, one for each bit that is set in its size. Appending a
/// leaf costs one node hash on average.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

/// A stored right edge that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FrontierError {
    /// The number of peaks is not the number of bits set in the size.
    #[error("a tree of {size} leaves has {wanted} peaks, not {held}")]
    Peaks {
        /// Leaves of the tree.
        size: u64,
        /// Peaks such a tree has.
        wanted: u32,
        /// Peaks that were handed over.
        held: usize,
    },
}

impl Frontier {
    /// The edge of a tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up a tree of `size` leaves again from its peaks, biggest first.
    ///
    /// # Errors
    /// When there are more or fewer peaks than bits set in `size`.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Result<Self, FrontierError> {
        if peaks.len() as u64 == u64::from(size.count_ones()) {
            Ok(Self { size, peaks })
        } else {
            Err(FrontierError::Peaks {
                size,
                wanted: size.count_ones(),
                held: peaks.len(),
            })
        }
    }

    /// Leaves in the tree.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The peaks, biggest first.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends one leaf.
    pub fn append(&mut self, leaf: Hash) {
        self.append_watched(leaf, |_, _, _| ());
    }

    /// Appends the leaves in order.
    pub fn append_batch(&mut self, leaves: &[Hash]) {
        leaves.iter().for_each(|leaf| self.append(*leaf));
    }

    /// Appends one leaf and tells of every node that it completes: level, index in the level, hash.
    /// The leaf itself is told of first, at level 0.
    pub fn append_watched(&mut self, leaf: Hash, mut completed: impl FnMut(u8, u64, Hash)) {
        let mut hash = leaf;
        let mut index = self.size;
        let mut level = 0;
        completed(level, index, hash);
        while index & 1 == 1 {
            // INVARIANT: every bit set in the size has its peak, so a set bit means one to take.
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(left, hash);
            index >>= 1;
            level += 1;
            completed(level, index, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root of the tree as it now stands.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(last) = peaks.next() else {
            return empty_root();
        };
        peaks.fold(last, |right, left| node_hash(left, right))
    }
}
