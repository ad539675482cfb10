//! Proofs about a tree, and their verification (RFC 6962, 2.1.1 and 2.1.2).

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use thiserror::Error;

use super::{Hash, empty_root, node_hash};

/// Hashes that a proof can hold at most: a tree of 2^63 leaves is 63 levels high, and a consistency
/// proof adds one.
pub const PROOF_HASHES_MAX: usize = 64;

/// Where stored node hashes are read from.
///
/// The node at `(level, index)` spans the leaves from `index << level` to `(index + 1) << level`;
/// only nodes whose leaves all exist are asked for.
pub trait HashReader {
    /// What can go wrong when reading.
    type Error;

    /// The hash of the complete node `index` of `level`; level 0 holds the leaves.
    ///
    /// # Errors
    /// Whatever the storage reports.
    fn node(&mut self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// The hashes beside the path from a leaf to the root, lowest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InclusionProof(pub Vec<Hash>);

/// The hashes that lead from an older tree to a newer one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsistencyProof(pub Vec<Hash>);

/// As its file has it: each hash in base64 on a line of its own (`spec/checkpoint.md`).
impl fmt::Display for ConsistencyProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|hash| writeln!(f, "{}", BASE64_STANDARD.encode(hash.0)))
    }
}

/// Not the text of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a proof: one base64 hash on each line, at most {PROOF_HASHES_MAX}")]
pub struct NotAProof;

impl FromStr for ConsistencyProof {
    type Err = NotAProof;

    fn from_str(text: &str) -> Result<Self, NotAProof> {
        let hash = |line: &str| {
            BASE64_STANDARD
                .decode(line)
                .ok()
                .and_then(|bytes| Hash::from_slice(&bytes))
        };
        let hashes: Option<Vec<Hash>> = text.lines().take(PROOF_HASHES_MAX + 1).map(hash).collect();
        hashes
            .filter(|hashes| hashes.len() <= PROOF_HASHES_MAX)
            .map(Self)
            .ok_or(NotAProof)
    }
}

/// Why a proof could not be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProofError<E> {
    /// The leaf or the older tree lies outside the tree.
    #[error("{asked} is not within a tree of {size} leaves")]
    Outside {
        /// The leaf index, or the size of the older tree.
        asked: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// A stored hash could not be read.
    #[error("a stored hash could not be read")]
    Read(E),
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// The leaf or the older tree lies outside the tree.
    #[error("the index or the older size lies outside the tree")]
    Outside,
    /// The proof holds more or fewer hashes than a proof of this place has.
    #[error("the proof is of another length than a proof for this place")]
    Length,
    /// The proof leads to another root than that of the older tree.
    #[error("the proof does not lead to the root of the older tree")]
    OlderRoot,
    /// The proof leads to another root.
    #[error("the proof does not lead to the root of the tree")]
    Root,
}

/// Proves that the leaf at `index` is in the tree of `size` leaves.
///
/// # Errors
/// When the leaf lies outside the tree, or a stored hash cannot be read.
pub fn prove_inclusion<R: HashReader>(
    index: u64,
    size: u64,
    hashes: &mut R,
) -> Result<InclusionProof, ProofError<R::Error>> {
    if index >= size {
        return Err(ProofError::Outside { asked: index, size });
    }
    let (mut low, mut high) = (0, size);
    let mut path = Vec::new();
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(span_root(middle, high, hashes)?);
            high = middle;
        } else {
            path.push(span_root(low, middle, hashes)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(InclusionProof(path))
}

/// Proves that the tree of `size` leaves begins with the tree of `older` leaves.
///
/// The proof from the empty tree, and from a tree to itself, is empty.
///
/// # Errors
/// When `older` is bigger than `size`, or a stored hash cannot be read.
pub fn prove_consistency<R: HashReader>(
    older: u64,
    size: u64,
    hashes: &mut R,
) -> Result<ConsistencyProof, ProofError<R::Error>> {
    if older > size {
        return Err(ProofError::Outside { asked: older, size });
    }
    let mut path = Vec::new();
    if older == 0 || older == size {
        return Ok(ConsistencyProof(path));
    }
    let (mut low, mut high) = (0, size);
    while older != high {
        let middle = low + split(high - low);
        if older <= middle {
            path.push(span_root(middle, high, hashes)?);
            high = middle;
        } else {
            path.push(span_root(low, middle, hashes)?);
            low = middle;
        }
    }
    if low != 0 {
        path.push(span_root(low, high, hashes)?);
    }
    path.reverse();
    Ok(ConsistencyProof(path))
}

/// The root that the tree had when it held `size` leaves.
///
/// # Errors
/// When a stored hash cannot be read.
pub fn root_at<R: HashReader>(size: u64, hashes: &mut R) -> Result<Hash, ProofError<R::Error>> {
    if size == 0 {
        Ok(empty_root())
    } else {
        span_root(0, size, hashes)
    }
}

/// Checks that `leaf` stands at `index` in the tree of `size` leaves with this `root`.
///
/// # Errors
/// [`VerifyError`] names what is wrong with the proof.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    root: Hash,
    proof: &InclusionProof,
) -> Result<(), VerifyError> {
    if index >= size {
        return Err(VerifyError::Outside);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = leaf;
    for sibling in &proof.0 {
        if last == 0 {
            return Err(VerifyError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(*sibling, hash);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            hash = node_hash(hash, *sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    match (last, hash == root) {
        (0, true) => Ok(()),
        (0, false) => Err(VerifyError::Root),
        _ => Err(VerifyError::Length),
    }
}

/// Checks that the tree `(size, root)` begins with the tree `(older, older_root)`.
///
/// # Errors
/// [`VerifyError`] names what is wrong with the proof.
pub fn verify_consistency(
    older: u64,
    older_root: Hash,
    size: u64,
    root: Hash,
    proof: &ConsistencyProof,
) -> Result<(), VerifyError> {
    if older > size {
        return Err(VerifyError::Outside);
    }
    if older == 0 || older == size {
        return verify_trivial(older, older_root, (size == older).then_some(root), proof);
    }
    let mut hashes = proof.0.iter().copied();
    let (mut node, mut last) = (older - 1, size - 1);
    while node & 1 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    // A whole power of two is its own first hash: the proof leaves it out.
    let first = if node == 0 {
        Some(older_root)
    } else {
        hashes.next()
    };
    let Some(first) = first else {
        return Err(VerifyError::Length);
    };
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in hashes {
        if last == 0 {
            return Err(VerifyError::Length);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, old_hash);
            new_hash = node_hash(sibling, new_hash);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            new_hash = node_hash(new_hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    match (last == 0, old_hash == older_root, new_hash == root) {
        (false, _, _) => Err(VerifyError::Length),
        (true, false, _) => Err(VerifyError::OlderRoot),
        (true, true, false) => Err(VerifyError::Root),
        (true, true, true) => Ok(()),
    }
}

/// The proofs that hold no hash: from nothing to anything, and from a tree to itself.
fn verify_trivial(
    older: u64,
    older_root: Hash,
    same_root: Option<Hash>,
    proof: &ConsistencyProof,
) -> Result<(), VerifyError> {
    if !proof.0.is_empty() {
        return Err(VerifyError::Length);
    }
    if older == 0 && older_root != empty_root() {
        return Err(VerifyError::OlderRoot);
    }
    match same_root {
        Some(root) if root != older_root => Err(VerifyError::Root),
        _ => Ok(()),
    }
}

/// The root over the leaves `low..high`, where `low` is a place at which such a span can begin.
fn span_root<R: HashReader>(low: u64, high: u64, hashes: &mut R) -> Result<Hash, ProofError<R::Error>> {
    let mut peaks = Vec::with_capacity(PROOF_HASHES_MAX);
    let mut from = low;
    while from < high {
        let level = (high - from).ilog2();
        let node = hashes
            .node(level as u8, from >> level)
            .map_err(ProofError::Read)?;
        peaks.push(node);
        from += 1 << level;
    }
    let Some(last) = peaks.pop() else {
        return Ok(empty_root());
    };
    Ok(peaks
        .into_iter()
        .rfold(last, |right, left| node_hash(left, right)))
}

/// The largest power of two smaller than `leaves`, which must be two or more.
const fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}
