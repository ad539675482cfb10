//! 5.1.5-b: an altered, removed, reordered or truncated entry is detected.
//!
//! [`verify_ledger`] reads a whole ledger once: every entry is hashed, the hashes are compared with the stored tiles, and
//! the tree over them with every signed checkpoint. It says of a ledger that it is whole, or names the first damage.
//! It needs the checkpoints to be right, not the storage: see [`open_checkpoints`].
//!
//! What it cannot see: entries that were never written, and the loss of entries behind the last checkpoint that it is
//! handed. Therefore checkpoints are kept outside, too.

mod pass;

use serde::Serialize;
use thiserror::Error;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::entry::{EntryError, Moment};
use crate::note::{NoteError, VerifierKey};
use crate::tile::{TileId, TileReader};

/// Instants that went backwards and are named in a report; the others are only counted.
pub const BACKWARDS_NAMED_MAX: usize = 16;

/// A ledger that is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Entries under the newest checkpoint.
    pub size: u64,
    /// The root over them, in hexadecimal digits.
    pub root: String,
    /// Entries that follow behind the newest checkpoint: hashed by nobody yet, so only read.
    pub unsigned: u64,
    /// Checkpoints that agree with the entries.
    pub checkpoints: usize,
    /// Tiles that agree with the entries.
    pub tiles: u64,
    /// When the first entry was made.
    pub first: Option<Moment>,
    /// When the last entry was made.
    pub last: Option<Moment>,
    /// How many entries are older than an entry before them by more than the tolerance. The clock was set back, or
    /// somebody wrote a false time; the tree does not say which.
    pub backwards: u64,
    /// The places of the first of those.
    pub backwards_at: Vec<u64>,
}

/// The first thing that is wrong with a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// The entry is not the one that was signed.
    #[error("entry {index} was changed")]
    Changed {
        /// Its place, from 0.
        index: u64,
    },
    /// The entry that was signed here is gone.
    #[error("entry {index} was removed")]
    Removed {
        /// Its place, from 0.
        index: u64,
    },
    /// An entry that was never signed stands before the one that was.
    #[error("an entry was put in at {index}")]
    Inserted {
        /// Its place, from 0.
        index: u64,
    },
    /// The entry stands elsewhere than where it was signed.
    #[error("entries were reordered: the one at {index} belongs at {belongs}")]
    Reordered {
        /// Where it stands, from 0.
        index: u64,
        /// Where it belongs.
        belongs: u64,
    },
    /// Fewer entries than a checkpoint has signed.
    #[error("the ledger was cut off: it holds {held} entries, and {signed} were signed")]
    CutOff {
        /// Entries there are.
        held: u64,
        /// Entries there were.
        signed: u64,
    },
    /// The entries are not those that were signed, and the tiles do not say where.
    #[error("entries from {after} to {by} are not those that were signed")]
    Rewritten {
        /// The size up to which the entries are the signed ones.
        after: u64,
        /// The size of the first checkpoint that does not agree.
        by: u64,
    },
    /// The entries are right and a tile over them is not.
    #[error("tile `{0}` was altered or is missing")]
    Tile(TileId),
    /// An entry was signed that is none.
    #[error("entry {index} is not written as an entry: {error}")]
    NotCanonical {
        /// Its place, from 0.
        index: u64,
        /// What is wrong with it.
        error: EntryError,
    },
    /// An entry could not be read from the storage.
    #[error("entry {index} could not be read: {reason}")]
    Unreadable {
        /// Its place, from 0.
        index: u64,
        /// What the storage reported.
        reason: String,
    },
    /// A checkpoint is not one, or not of this ledger.
    #[error("checkpoint {number} was altered: {error}")]
    Checkpoint {
        /// The how manieth of those handed over, from 0.
        number: usize,
        /// What is wrong with it.
        error: CheckpointError,
    },
    /// A checkpoint's signature does not hold, or no trusted key signed it.
    #[error("checkpoint {number}: {error}")]
    Signature {
        /// The how manieth of those handed over, from 0.
        number: usize,
        /// What is wrong with it.
        error: NoteError,
    },
    /// Two signed checkpoints of one size and two roots: different people were shown different ledgers.
    #[error("two different ledgers of {size} entries were signed")]
    Forked {
        /// Their size.
        size: u64,
    },
}

impl Damage {
    /// Its word, for machines.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Changed { .. } => "changed",
            Self::Removed { .. } => "removed",
            Self::Inserted { .. } => "inserted",
            Self::Reordered { .. } => "reordered",
            Self::CutOff { .. } => "cut-off",
            Self::Rewritten { .. } => "rewritten",
            Self::Tile(_) => "tile-altered",
            Self::NotCanonical { .. } => "not-canonical",
            Self::Unreadable { .. } => "unreadable",
            Self::Checkpoint { .. } => "checkpoint-altered",
            Self::Signature { .. } => "signature-wrong",
            Self::Forked { .. } => "forked",
        }
    }
}

/// Opens signed checkpoints of one ledger and puts them in the order of their sizes.
///
/// `origin` is the name of the ledger; without it, all must be of the same one.
///
/// # Errors
/// [`Damage::Signature`], [`Damage::Checkpoint`] or [`Damage::Forked`].
pub fn open_checkpoints<T: AsRef<[u8]>>(
    notes: &[T],
    origin: Option<&str>,
    keys: &[VerifierKey],
) -> Result<Vec<Checkpoint>, Damage> {
    let mut opened: Vec<Checkpoint> = Vec::with_capacity(notes.len());
    for (number, note) in notes.iter().enumerate() {
        let checkpoint = Checkpoint::open(note.as_ref(), keys).map_err(|error| match error {
            CheckpointError::Note(error @ (NoteError::NoTrustedSignature | NoteError::WrongSignature(_))) => {
                Damage::Signature { number, error }
            }
            error => Damage::Checkpoint { number, error },
        })?;
        let wanted = origin.or_else(|| opened.first().map(|first| first.origin.as_str()));
        if wanted.is_some_and(|wanted| wanted != checkpoint.origin) {
            return Err(Damage::Checkpoint {
                number,
                error: CheckpointError::Origin(checkpoint.origin),
            });
        }
        opened.push(checkpoint);
    }
    opened.sort_by_key(|checkpoint| checkpoint.size);
    opened.dedup();
    for pair in opened.windows(2) {
        if let [one, two] = pair
            && one.size == two.size
        {
            return Err(Damage::Forked { size: one.size });
        }
    }
    Ok(opened)
}

/// Verifies a whole ledger against checkpoints from [`open_checkpoints`].
///
/// `entries` are the bytes of all entries in order. `tolerance_ms` is by how much an instant may lie before an earlier
/// one without a word in the report, in milliseconds.
///
/// # Errors
/// The first [`Damage`].
pub fn verify_ledger<B, E, R>(
    entries: impl IntoIterator<Item = Result<B, E>>,
    tiles: &mut R,
    checkpoints: &[Checkpoint],
    tolerance_ms: u64,
) -> Result<Report, Damage>
where
    B: AsRef<[u8]>,
    E: std::fmt::Display,
    R: TileReader,
{
    let mut pass = pass::Pass::new(tiles, checkpoints, tolerance_ms);
    for (index, entry) in (0..).zip(entries) {
        let entry = entry.map_err(|error| Damage::Unreadable {
            index,
            reason: error.to_string(),
        })?;
        pass.take(entry.as_ref());
    }
    pass.finish()
}

#[cfg(test)]
mod tests;
