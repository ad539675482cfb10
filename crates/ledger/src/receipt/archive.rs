//! 6.4: the manifest of what a person downloads about themselves: which files, by their hashes, and the proof that the look
//! out of which they were made is in the ledger.

use std::collections::BTreeSet;

use sandyq_model::{Pseudonym, ReceiptId, Verb};
use serde::{Deserialize, Serialize};

use super::{Evidence, HexHash, Operator, ReceiptError, Statement, wire};
use crate::entry::{Deed, Entry, Moment};

/// The statement that these files were made out of what is held about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveManifest {
    /// [`Statement::FORMAT`].
    pub format: String,
    /// The number of this archive.
    #[serde(with = "wire::text")]
    pub archive: ReceiptId,
    /// Who holds the data.
    pub operator: Operator,
    /// What the ledger calls the person.
    #[serde(with = "wire::text")]
    pub subject: Pseudonym,
    /// When the values were taken out: the instant of the entry.
    #[serde(with = "wire::text")]
    pub at: Moment,
    /// When the archive was put together.
    #[serde(with = "wire::text")]
    pub issued_at: Moment,
    /// The language of its words: `kk`, `ru`, `en`.
    pub language: String,
    /// Every other file of the archive.
    pub files: Vec<ArchivedFile>,
    /// The entry of the look.
    pub ledger: Evidence,
}

/// One file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedFile {
    /// Its name in the archive.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    #[serde(with = "wire::text")]
    pub sha256: HexHash,
}

impl Statement for ArchiveManifest {
    const FORMAT: &'static str = "sandyq/archive-manifest/v1";

    fn format(&self) -> &str {
        &self.format
    }

    fn evidence(&self) -> &Evidence {
        &self.ledger
    }

    fn check(&self, entry: &Entry) -> Result<(), ReceiptError> {
        let names: BTreeSet<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        for (holds, otherwise) in [
            (
                entry.deed == Deed::Verb(Verb::Extract),
                "the entry is not of a look",
            ),
            (
                entry.subject == Some(self.subject),
                "the entry is about somebody else",
            ),
            (entry.at == self.at, "the entry is of another instant"),
            (self.at <= self.issued_at, "its instants are not in order"),
            (!self.files.is_empty(), "it names no file"),
            (names.len() == self.files.len(), "two files have one name"),
        ] {
            if !holds {
                return Err(ReceiptError::Contradiction(otherwise));
            }
        }
        Ok(())
    }
}
