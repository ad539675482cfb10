//! The manifest of a set: what is in it, in clear and signed, and nothing about anybody.
//!
//! ```text
//! sandyq-backup-set/1
//! example.kz/ledger
//! 5e88…  4711            hash and length of what follows the signature
//!
//! — example.kz/ledger A1b2…
//!
//! { … }
//! ```
//!
//! The signature covers the first three lines and so, by its hash, all the rest. The ledger's key signs: whoever can
//! verify its checkpoints can verify a set.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::note::{Note, NoteError, VerifierKey};
use sandyq_ledger::tree::sha256;
use sandyq_model::Fault;
use serde::{Deserialize, Serialize};

use super::fault::BackupFault;
use super::shelf::check_name;

/// What a set is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its id.
    pub id: SetId,
    /// When its snapshot was taken.
    #[serde(with = "instant")]
    pub at: Timestamp,
    /// The name of the ledger whose data it is.
    pub origin: String,
    /// The steps by which the tables were made, each with the hash of its text.
    pub schema: Vec<(String, String)>,
    /// The hash of the policy in force.
    pub policy: String,
    /// The epoch of the key store, where it has epochs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u32>,
    /// Who can open it; where there is a second circle, together with one of that.
    pub recipients: Vec<String>,
    /// The second circle: somebody of it is needed beside (5.1.1). Absent where one custodian is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub second_recipients: Vec<String>,
    /// The newest signed checkpoint in it, as a note.
    pub checkpoint: String,
    /// Its tables, in the order in which they are written and read.
    pub tables: Vec<TableLines>,
}

/// One table of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableLines {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of a row.
    pub columns: Vec<String>,
    /// How many rows.
    pub rows: u64,
    /// Its chunks, in the order of the rows.
    pub chunks: Vec<ChunkLine>,
}

/// One chunk of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChunkLine {
    /// Its name: a keyed hash of what is in it.
    pub name: String,
    /// The hash of the bytes that are stored.
    pub sha256: String,
    /// How many they are.
    pub bytes: u64,
    /// How many bytes it has when it is opened.
    pub plain: u64,
    /// How many rows.
    pub rows: u64,
}

/// The id of a set: when it was made, and eight digits of a hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SetId(String);

impl Manifest {
    /// Its file, signed by what `sign` does with a text.
    ///
    /// # Errors
    /// What `sign` gives.
    pub(crate) fn to_file(
        &self,
        sign: impl FnOnce(String) -> Result<String, Fault>,
    ) -> Result<Vec<u8>, BackupFault> {
        let body = serde_json::to_string_pretty(self)
            .map_err(|error| BackupFault::Corrupt(format!("a manifest could not be written: {error}")))?
            + "\n";
        let hash = hex::encode(sha256(body.as_bytes()).0);
        let head = sign(format!("{FORMAT}\n{}\n{hash} {}\n", self.origin, body.len()))?;
        Ok(format!("{head}\n{body}").into_bytes())
    }

    /// Reads a file, and believes it only when it is of this ledger and signed by this key.
    ///
    /// # Errors
    /// A [`BackupFault`] that names the cause: format, foreign, not whole, corrupt.
    pub fn open(file: &[u8], origin: &str, key: &VerifierKey) -> Result<Self, BackupFault> {
        let corrupt = |what: &str| BackupFault::Corrupt(format!("the manifest {what}"));
        let text = str::from_utf8(file).map_err(|_| corrupt("is not text"))?;
        let format = text.lines().next().unwrap_or_default();
        check_format(format)?;
        let (note, body) =
            cut(text).ok_or_else(|| BackupFault::Truncated("the manifest has no end".into()))?;
        let note = Note::parse(note.as_bytes()).map_err(|error| corrupt(&error.to_string()))?;
        let mut lines = note.text().lines().skip(1);
        let (of, hash) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        if of != origin {
            return Err(BackupFault::Foreign(format!(
                "it is of the ledger `{of}`, not of `{origin}`"
            )));
        }
        note.verify(std::slice::from_ref(key))
            .map_err(|error| match error {
                NoteError::NoTrustedSignature => {
                    BackupFault::Foreign("it is not signed with the key of this installation".into())
                }
                error => corrupt(&format!("is not what was signed: {error}")),
            })?;
        let (hash, length) = hash.split_once(' ').ok_or_else(|| corrupt("has no hash"))?;
        let length: usize = length.parse().map_err(|_| corrupt("has no length"))?;
        if body.len() < length {
            return Err(BackupFault::Truncated(
                "the manifest is shorter than was signed".into(),
            ));
        }
        if hex::encode(sha256(body.as_bytes()).0) != hash || body.len() != length || lines.next().is_some() {
            return Err(corrupt("is not what was signed"));
        }
        let manifest: Self =
            serde_json::from_str(body).map_err(|error| corrupt(&format!("cannot be read: {error}")))?;
        manifest.check(origin, key)?;
        Ok(manifest)
    }

    /// How many people are in it.
    #[must_use]
    pub fn subjects(&self) -> u64 {
        self.tables
            .iter()
            .find(|table| table.name == "subject")
            .map_or(0, |table| table.rows)
    }

    /// All its chunks.
    pub fn chunks(&self) -> impl Iterator<Item = &ChunkLine> {
        self.tables.iter().flat_map(|table| &table.chunks)
    }

    /// How many bytes its chunks have where they are stored.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.chunks().map(|chunk| chunk.bytes).sum()
    }

    /// Its checkpoint, verified.
    ///
    /// # Errors
    /// [`BackupFault::Corrupt`] when it is none of this key.
    pub fn checkpoint(&self, key: &VerifierKey) -> Result<Checkpoint, BackupFault> {
        Checkpoint::open_of(
            &self.origin,
            self.checkpoint.as_bytes(),
            std::slice::from_ref(key),
        )
        .map_err(|error| BackupFault::Corrupt(format!("the checkpoint of the set does not hold: {error}")))
    }

    fn check(&self, origin: &str, key: &VerifierKey) -> Result<(), BackupFault> {
        let corrupt = |what: &str| BackupFault::Corrupt(format!("the manifest {what}"));
        if self.origin != origin {
            return Err(corrupt("says two names of its ledger"));
        }
        self.checkpoint(key)?;
        for table in &self.tables {
            let rows: u64 = table.chunks.iter().map(|chunk| chunk.rows).sum();
            if rows != table.rows {
                return Err(corrupt(&format!("counts rows of {} in two ways", table.name)));
            }
        }
        self.chunks()
            .try_for_each(|chunk| check_name(&chunk_name(&chunk.name)))
    }
}

impl SetId {
    /// The id of a set that was made then, to the microsecond: sets of one second still stand in the order in which they
    /// were made.
    #[must_use]
    pub(crate) fn new(at: Timestamp, checkpoint: &str) -> Self {
        let hash = sha256(format!("{}\n{checkpoint}", at.as_nanosecond()).as_bytes()).0;
        let digits = hex::encode(hash.first_chunk::<4>().copied().unwrap_or_default());
        Self(format!("{}-{digits}", at.strftime("%Y%m%dt%H%M%S%6fz")))
    }

    /// The day in UTC on which it was made, as the id says it.
    pub(crate) fn day(&self) -> Option<jiff::civil::Date> {
        self.0.get(..8)?.parse().ok()
    }

    /// The name of its manifest on a shelf.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{SETS}{}{MANIFEST}", self.0)
    }

    /// The id of the set whose manifest has that name on a shelf.
    pub(crate) fn of_file(name: &str) -> Option<Self> {
        name.strip_prefix(SETS)?.strip_suffix(MANIFEST)?.parse().ok()
    }
}

impl FromStr for SetId {
    type Err = BackupFault;

    fn from_str(text: &str) -> Result<Self, BackupFault> {
        let is_plain = text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if is_plain && (10..=40).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BackupFault::NoSet(
                "an id looks like 20261126t111500123456z-1a2b3c4d; `sandyq backup list` shows them".into(),
            ))
        }
    }
}

impl TryFrom<String> for SetId {
    type Error = BackupFault;

    fn try_from(text: String) -> Result<Self, BackupFault> {
        text.parse()
    }
}

impl From<SetId> for String {
    fn from(id: SetId) -> Self {
        id.0
    }
}

impl fmt::Display for SetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a chunk of that name lies on a shelf.
pub(crate) fn chunk_name(name: &str) -> String {
    format!("{CHUNKS}{}/{name}.age", name.get(..2).unwrap_or("00"))
}

/// The note with its signature, and the body behind it.
fn cut(text: &str) -> Option<(&str, &str)> {
    let signatures = text.find("\n\n")? + 2;
    let end = signatures + text.get(signatures..)?.find("\n\n")?;
    Some((text.get(..=end)?, text.get(end + 2..)?))
}

fn check_format(format: &str) -> Result<(), BackupFault> {
    if format == FORMAT {
        return Ok(());
    }
    let version = format
        .strip_prefix(FORMAT_NAME)
        .and_then(|rest| rest.parse::<u32>().ok());
    Err(match version {
        Some(0) => BackupFault::Format("it was downgraded to a version that never was".into()),
        Some(version) => BackupFault::Format(format!(
            "version {version} was made by a newer program; use that one"
        )),
        None => BackupFault::Corrupt("the manifest does not begin as one".into()),
    })
}

mod instant {
    //! An instant is written as text, in UTC.

    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

/// The folder of manifests.
pub(crate) const SETS: &str = "sets/";
/// The folder of chunks.
pub(crate) const CHUNKS: &str = "chunks/";
/// Bytes of a manifest at most: some 600,000 chunks.
pub(crate) const MANIFEST_BYTES_MAX: u64 = 128 * 1024 * 1024;
const MANIFEST: &str = ".manifest";
const FORMAT_NAME: &str = "sandyq-backup-set/";
const FORMAT: &str = "sandyq-backup-set/1";
