//! The Merkle tree of the ledger (5.1.5): RFC 6962 hashing over accounted operations.
//!
//! A tree of `n` leaves is one hash. Whoever keeps that hash can later be shown that an entry was
//! under it (an inclusion proof) and that a bigger tree still begins with it (a consistency proof),
//! and no change, removal or change of order of an entry leaves it the same.
//!
//! This module never sees an entry: it is handed hashes, and asks for stored ones through
//! [`HashReader`].

mod frontier;
mod proof;

use std::fmt;

use aws_lc_rs::digest::{Context, Digest, SHA256, digest};

pub use frontier::{Frontier, FrontierError};
pub use proof::{
    ConsistencyProof, HashReader, InclusionProof, NotAProof, PROOF_HASHES_MAX, ProofError, VerifyError,
    prove_consistency, prove_inclusion, root_at, verify_consistency, verify_inclusion,
};

/// Bytes of a hash.
pub const HASH_BYTES: usize = 32;

/// A SHA-256 hash: of a leaf, of a node, or of a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; HASH_BYTES]);

impl Hash {
    /// Reads a hash from exactly 32 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes of the hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// The hash of a leaf: SHA-256 of a zero byte and the leaf's bytes (RFC 6962, 2.1).
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    // One call of the library on a prepared buffer is half again as fast as three, and entries are short.
    let mut buffer = [LEAF_PREFIX; 1 + SHORT_LEAF_BYTES_MAX];
    match buffer.get_mut(1..=leaf.len()) {
        Some(place) => place.copy_from_slice(leaf),
        None => return long_leaf_hash(leaf),
    }
    sha256(buffer.get(..=leaf.len()).unwrap_or_default())
}

/// The hash of a node: SHA-256 of a one byte, the left hash and the right hash (RFC 6962, 2.1).
#[must_use]
pub fn node_hash(left: Hash, right: Hash) -> Hash {
    let mut buffer = [NODE_PREFIX; 1 + 2 * HASH_BYTES];
    let [_, places @ ..] = &mut buffer;
    let (place, beside) = places.split_at_mut(HASH_BYTES);
    place.copy_from_slice(&left.0);
    beside.copy_from_slice(&right.0);
    sha256(&buffer)
}

/// The root of a tree without leaves: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// SHA-256 of some bytes, without a tree prefix: for texts and keys, never for leaves.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Hash {
    of_digest(digest(&SHA256, bytes))
}

fn long_leaf_hash(leaf: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&[LEAF_PREFIX]);
    context.update(leaf);
    of_digest(context.finish())
}

fn of_digest(digest: Digest) -> Hash {
    let mut hash = [0; HASH_BYTES];
    // INVARIANT: SHA-256 gives exactly HASH_BYTES bytes, so both slices are of one length.
    hash.copy_from_slice(digest.as_ref());
    Hash(hash)
}

/// Leaves up to this size are hashed in one call; entries are.
const SHORT_LEAF_BYTES_MAX: usize = 255;
const LEAF_PREFIX: u8 = 0x00;
const NODE_PREFIX: u8 = 0x01;

#[cfg(test)]
mod tests;
