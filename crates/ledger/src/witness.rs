//! Witnesses (C2SP `tlog-witness`, `tlog-cosignature`): somebody outside who remembers the newest checkpoint, and signs a
//! newer one only when it goes on from there. A ledger that was put back or forked is found by the next request.
//!
//! What a witness is asked is text, the same as the body of the protocol, so that it can travel in a file:
//!
//! ```text
//! old 7
//! base64 of the first hash of the consistency proof
//! …
//!
//! the signed checkpoint
//! ```
//!
//! Pure: who keeps the state, and when it is, are the caller's.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{NOTE_BYTES_MAX, Note, NoteError, SignatureKind, VerifierKey};
use crate::tree::{ConsistencyProof, PROOF_HASHES_MAX, verify_consistency};

/// Bytes that a request can have at most: the line `old`, the proof, and a note.
pub const REQUEST_BYTES_MAX: usize = NOTE_BYTES_MAX + 64 * (PROOF_HASHES_MAX + 1);

/// What a witness is asked: to sign a checkpoint that goes on from the one it knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The size of the checkpoint that the witness is believed to know; 0 for none.
    pub old: u64,
    /// The proof that the newer ledger begins with that one.
    pub proof: ConsistencyProof,
    /// The newer checkpoint, signed by its ledger.
    pub note: String,
}

/// Why a witness does not sign.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Declined {
    /// Not a request.
    #[error("not a request to a witness: {0}")]
    Malformed(&'static str),
    /// The checkpoint cannot be believed, or is of another ledger.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The request goes on from another size than the one that this witness has signed last.
    #[error("the request goes on from {asked} entries, and {known} are known here; ask anew from {known}")]
    Stale {
        /// What this witness has signed last.
        known: u64,
        /// What the request goes on from.
        asked: u64,
    },
    /// The ledger has fewer entries than were signed before.
    #[error(
        "the ledger has {size} entries, and {known} were signed before: it was put back to an older state"
    )]
    RolledBack {
        /// What this witness has signed last.
        known: u64,
        /// What it was asked to sign now.
        size: u64,
    },
    /// The ledger does not begin with what was signed before.
    #[error(
        "the ledger of {size} entries does not begin with the one of {known} that was signed before: it was forked"
    )]
    Forked {
        /// What this witness has signed last.
        known: u64,
        /// What it was asked to sign now.
        size: u64,
    },
}

impl Declined {
    /// Whether the ledger itself is to blame: then the request is evidence, and must be kept.
    #[must_use]
    pub const fn is_evidence(&self) -> bool {
        matches!(self, Self::RolledBack { .. } | Self::Forked { .. })
    }
}

impl Request {
    /// The checkpoint, when it may be signed after `known`. `keys` are those of the ledger called `origin`.
    ///
    /// # Errors
    /// [`Declined`] says why not.
    pub fn examine(
        &self,
        origin: &str,
        keys: &[VerifierKey],
        known: Option<&Checkpoint>,
    ) -> Result<Checkpoint, Declined> {
        let asked = Checkpoint::open_of(origin, self.note.as_bytes(), keys)?;
        let Some(known) = known else {
            return if self.old == 0 {
                Ok(asked)
            } else {
                Err(Declined::Stale {
                    known: 0,
                    asked: self.old,
                })
            };
        };
        let sizes = (known.size, asked.size);
        if sizes.1 < sizes.0 {
            return Err(Declined::RolledBack {
                known: sizes.0,
                size: sizes.1,
            });
        }
        let forked = || Declined::Forked {
            known: sizes.0,
            size: sizes.1,
        };
        if sizes.0 == sizes.1 {
            return if known.root == asked.root {
                Ok(asked)
            } else {
                Err(forked())
            };
        }
        if self.old != known.size {
            return Err(Declined::Stale {
                known: known.size,
                asked: self.old,
            });
        }
        verify_consistency(known.size, known.root, asked.size, asked.root, &self.proof)
            .map_err(|_| forked())?;
        Ok(asked)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "old {}\n{}\n{}", self.old, self.proof, self.note)
    }
}

/// Reads a request; believes nothing.
impl FromStr for Request {
    type Err = Declined;

    fn from_str(text: &str) -> Result<Self, Declined> {
        if text.len() > REQUEST_BYTES_MAX {
            return Err(Declined::Malformed("it is too long"));
        }
        let (first, rest) = text
            .split_once('\n')
            .ok_or(Declined::Malformed("it does not begin with `old` and a size"))?;
        let old = first
            .strip_prefix("old ")
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
            .ok_or(Declined::Malformed("it does not begin with `old` and a size"))?;
        let (proof, note) = match rest.strip_prefix('\n') {
            Some(note) => ("", note),
            None => rest
                .split_once("\n\n")
                .ok_or(Declined::Malformed("no empty line ends its proof"))?,
        };
        Ok(Self {
            old,
            proof: proof
                .parse()
                .map_err(|_| Declined::Malformed("its proof is not one base64 hash on each line"))?,
            note: note.to_owned(),
        })
    }
}

/// A checkpoint that witnesses have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// What they have signed.
    pub checkpoint: Checkpoint,
    /// Who, and at which second since 1970.
    pub by: Vec<(String, u64)>,
    /// The whole note.
    pub note: String,
}

impl Witnessed {
    /// Reads a checkpoint that the ledger and at least one of the `witnesses` have signed.
    ///
    /// # Errors
    /// When a signature of a known key does not hold, or the ledger's or every witness's is missing.
    pub fn open(
        bytes: &[u8],
        ledger: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let mut keys = vec![ledger.clone()];
        keys.extend(
            witnesses
                .iter()
                .filter(|key| key.kind() == SignatureKind::Cosignature)
                .cloned(),
        );
        let verified = note.verify_author(&keys)?;
        let signed = verified.keys.iter().zip(&verified.seconds);
        let by: Vec<(String, u64)> = signed
            .filter_map(|(key, seconds)| Some((key.name().to_owned(), (*seconds)?)))
            .collect();
        if by.is_empty() {
            return Err(NoteError::NoTrustedSignature.into());
        }
        Ok(Self {
            checkpoint: note.text().parse()?,
            by,
            note: note.to_string(),
        })
    }
}

#[cfg(test)]
mod tests;
