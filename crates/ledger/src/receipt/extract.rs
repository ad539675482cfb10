//! Entries that were taken out of the ledger for an auditor or an authority, each with its proof under one checkpoint. It says nothing
//! of the entries that are not in it; the format is in `spec/ledger-extract.md`.

use serde::{Deserialize, Serialize};

use super::{ReceiptError, wire};
use crate::checkpoint::Checkpoint;
use crate::entry::Entry;
use crate::json::Json;
use crate::note::VerifierKey;
use crate::tree::{InclusionProof, leaf_hash, verify_inclusion};

/// Entries that one extract holds.
pub const EXTRACT_ENTRIES_MAX: usize = 1_000;

/// Some entries with their proofs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// [`Extract::FORMAT`].
    pub format: String,
    /// The signed checkpoint, as its file has it.
    pub checkpoint: String,
    /// The entries.
    pub entries: Vec<Proven>,
    /// Where these are not all that were asked for: the next part is among the entries before this index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// What an extract holds, once every entry of it was proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenPart {
    /// The entries with their places in the ledger.
    pub entries: Vec<(u64, Entry)>,
    /// The checkpoint under which they were proved.
    pub checkpoint: Checkpoint,
    /// Where the next part is to be looked for, when whoever took these out says that there may be one.
    pub next: Option<u64>,
}

/// One entry with its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// The place of the entry in the ledger, from 0.
    pub index: u64,
    /// The bytes of the entry.
    #[serde(with = "wire::base64")]
    pub entry: Vec<u8>,
    /// The hashes from the entry to the root, lowest first.
    #[serde(with = "wire::proof")]
    pub proof: InclusionProof,
}

impl Extract {
    /// The name and version of the format.
    pub const FORMAT: &str = "sandyq/ledger-extract/v1";

    /// Reads an extract, and proves every entry under its checkpoint.
    ///
    /// # Errors
    /// [`ReceiptError`] when it is none, its checkpoint is not signed by one of the keys, or an entry is not in that ledger.
    pub fn open(bytes: &[u8], keys: &[VerifierKey]) -> Result<ProvenPart, ReceiptError> {
        // Read once by our own reader first: it refuses what two readers could understand differently.
        Json::parse(bytes)?;
        let extract: Self =
            serde_json::from_slice(bytes).map_err(|error| ReceiptError::Member(error.to_string()))?;
        if extract.format != Self::FORMAT {
            return Err(ReceiptError::Format(extract.format));
        }
        if extract.entries.len() > EXTRACT_ENTRIES_MAX {
            return Err(ReceiptError::Member("it has too many entries".to_owned()));
        }
        let checkpoint = Checkpoint::open(extract.checkpoint.as_bytes(), keys)?;
        let mut entries = Vec::with_capacity(extract.entries.len());
        for proven in extract.entries {
            let leaf = leaf_hash(&proven.entry);
            verify_inclusion(
                leaf,
                proven.index,
                checkpoint.size,
                checkpoint.root,
                &proven.proof,
            )?;
            entries.push((proven.index, Entry::decode(&proven.entry)?));
        }
        Ok(ProvenPart {
            entries,
            checkpoint,
            next: extract.next,
        })
    }
}
