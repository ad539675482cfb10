//! Where the entry of a receipt stands in the ledger, and the proof of it.

use serde::{Deserialize, Serialize};

use super::wire;
use crate::checkpoint::Checkpoint;
use crate::entry::Entry;
use crate::note::Note;
use crate::tree::{HashReader, InclusionProof, ProofError, prove_inclusion};

/// An entry, its place, and the way from it to a signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The place of the entry in the ledger, from 0.
    pub index: u64,
    /// The bytes of the entry.
    #[serde(with = "wire::base64")]
    pub entry: Vec<u8>,
    /// The hashes from the entry to the root, lowest first.
    #[serde(with = "wire::proof")]
    pub proof: InclusionProof,
    /// The signed checkpoint, as its file has it.
    pub checkpoint: String,
}

impl Evidence {
    /// Gathers the evidence for an entry under a checkpoint of which `signed` is the note.
    ///
    /// # Errors
    /// When the entry is behind the checkpoint, or a stored hash cannot be read.
    pub fn gather<R: HashReader>(
        entry: &Entry,
        index: u64,
        checkpoint: &Checkpoint,
        signed: &Note,
        hashes: &mut R,
    ) -> Result<Self, ProofError<R::Error>> {
        let proof = prove_inclusion(index, checkpoint.size, hashes)?;
        Ok(Self {
            index,
            entry: entry.encode(),
            proof,
            checkpoint: signed.to_string(),
        })
    }
}
