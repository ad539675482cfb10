//! Receipts: what a person is handed about an operation on their own data, for a stranger to check offline.
//!
//! A receipt is a JSON text that holds a statement, the ledger entry that accounts for the operation, and the proof that
//! the entry is in the ledger. It is signed with the key of the ledger. [`open`] believes a statement only when the
//! signature holds, the proof leads to a signed checkpoint, and the statement says what the entry says.
//!
//! What a receipt does not show: that no copy was made against the rules. It shows what the operator has signed, so that
//! the operator cannot later say otherwise.
//!
//! To add a kind of receipt: a file beside `destruction.rs` with a type that is a [`Statement`], and a page in `spec/`.

mod archive;
mod consent;
mod destruction;
mod evidence;
mod extract;
mod wire;

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::entry::{Entry, EntryError, Outcome};
use crate::json::{Json, JsonError};
use crate::note::{Note, NoteError, Signature, Signer, VerifierKey};
use crate::tree::{VerifyError, leaf_hash, verify_inclusion};

pub use archive::{ArchiveManifest, ArchivedFile};
pub use consent::{
    ActedBy, ConsentEvent, ConsentItem, ConsentReceipt, ConsentStep, ConsentedField, Contact, HexHash, Notice,
};
pub use destruction::{Copies, CopiesStatement, DestructionReceipt, Kept, VerbWord};
pub use evidence::Evidence;
pub use extract::{EXTRACT_ENTRIES_MAX, Extract, Proven, ProvenPart};

/// The operator that signs a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// Its legal name.
    pub name: String,
    /// Its business identification number: twelve digits.
    pub bin: String,
}

/// A kind of statement about an operation.
pub trait Statement: Serialize + DeserializeOwned {
    /// Its name and version: the first line of what is signed, and the member `format`.
    const FORMAT: &'static str;

    /// What the member `format` says.
    fn format(&self) -> &str;

    /// Where its entry is and how that is proved.
    fn evidence(&self) -> &Evidence;

    /// Compares what it states with the entry that accounts for it.
    ///
    /// # Errors
    /// [`ReceiptError::Contradiction`].
    fn check(&self, entry: &Entry) -> Result<(), ReceiptError>;
}

/// A receipt that can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened<S> {
    /// What it states.
    pub statement: S,
    /// The entry that accounts for it.
    pub entry: Entry,
    /// The checkpoint to which the proof leads.
    pub checkpoint: Checkpoint,
}

/// A receipt of any kind that can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnyReceipt {
    /// Of a destruction.
    Destruction(Box<Opened<DestructionReceipt>>),
    /// Of a consent.
    Consent(Box<Opened<ConsentReceipt>>),
    /// The manifest of what a person downloaded.
    Archive(Box<Opened<ArchiveManifest>>),
}

/// Why a receipt is not to be believed, or cannot be issued.
#[derive(Debug, Error)]
pub enum ReceiptError {
    /// It is not a JSON text of the one form.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A member is missing, unknown, or not what it should be.
    #[error("not a receipt: {0}")]
    Member(String),
    /// A kind or version that this program does not know.
    #[error("receipts of the format `{0}` are not known")]
    Format(String),
    /// The signature.
    #[error("the receipt itself: {0}")]
    Note(#[from] NoteError),
    /// The checkpoint in it.
    #[error("the checkpoint in the receipt: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The entry in it.
    #[error("the entry in the receipt: {0}")]
    Entry(#[from] EntryError),
    /// The proof in it.
    #[error("the proof in the receipt: {0}")]
    Proof(#[from] VerifyError),
    /// The statement and its entry, or two parts of the statement, do not agree.
    #[error("the receipt contradicts itself: {0}")]
    Contradiction(&'static str),
}

impl AnyReceipt {
    /// Opens a receipt of whichever kind.
    ///
    /// # Errors
    /// As [`open`]; [`ReceiptError::Format`] for a kind that is not known.
    pub fn open(bytes: &[u8], keys: &[VerifierKey]) -> Result<Self, ReceiptError> {
        let (json, _) = split(bytes)?;
        let format = match &json {
            Json::Object(members) => members.get("format"),
            _ => None,
        };
        match format {
            Some(Json::Text(format)) if format == DestructionReceipt::FORMAT => {
                open(bytes, keys).map(|opened| Self::Destruction(Box::new(opened)))
            }
            Some(Json::Text(format)) if format == ConsentReceipt::FORMAT => {
                open(bytes, keys).map(|opened| Self::Consent(Box::new(opened)))
            }
            Some(Json::Text(format)) if format == ArchiveManifest::FORMAT => {
                open(bytes, keys).map(|opened| Self::Archive(Box::new(opened)))
            }
            Some(Json::Text(other)) => Err(ReceiptError::Format(other.clone())),
            _ => Err(ReceiptError::Member("it names no format".to_owned())),
        }
    }

    /// The entry that accounts for the operation.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        match self {
            Self::Destruction(opened) => &opened.entry,
            Self::Consent(opened) => &opened.entry,
            Self::Archive(opened) => &opened.entry,
        }
    }

    /// The checkpoint to which the proof leads.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        match self {
            Self::Destruction(opened) => &opened.checkpoint,
            Self::Consent(opened) => &opened.checkpoint,
            Self::Archive(opened) => &opened.checkpoint,
        }
    }
}

/// Signs a statement: the text of the receipt to hand out, a line per member.
///
/// # Errors
/// When the statement would not be believed: a proof that leads nowhere, or a contradiction.
pub fn issue<S: Statement>(statement: &S, signer: &Signer) -> Result<String, ReceiptError> {
    issue_with(statement, signer.verifier_key(), |text| signer.sign(text))
}

/// As [`issue`], with a key that stays elsewhere, in a vault or a token: `sign` signs the text for `key`.
///
/// # Errors
/// As [`issue`]; and when the signature does not hold.
pub fn issue_with<S: Statement>(
    statement: &S,
    key: &VerifierKey,
    sign: impl FnOnce(&str) -> Signature,
) -> Result<String, ReceiptError> {
    let keys = std::slice::from_ref(key);
    prove(statement, keys)?;
    let json = Json::of(statement)?;
    let mut note = Note::new(signed_text(S::FORMAT, &json)?)?;
    let signature = sign(note.text());
    let line = Json::Text(signature.to_string());
    note.add(signature);
    note.verify_author(keys)?;
    let Json::Object(mut members) = json else {
        return Err(ReceiptError::Member("a statement is an object".to_owned()));
    };
    members.insert(SIGNATURES.to_owned(), Json::List(vec![line]));
    let text = serde_json::to_string_pretty(&Json::Object(members));
    text.map(|text| text + "\n")
        .map_err(|error| ReceiptError::Member(error.to_string()))
}

/// Opens a receipt of a known kind.
///
/// # Errors
/// [`ReceiptError`] names the first thing that keeps it from being believed.
pub fn open<S: Statement>(bytes: &[u8], keys: &[VerifierKey]) -> Result<Opened<S>, ReceiptError> {
    let (json, signatures) = split(bytes)?;
    let mut note = Note::new(signed_text(S::FORMAT, &json)?)?;
    for line in &signatures {
        note.add(Signature::parse(line)?);
    }
    note.verify_author(keys)?;
    let canonical = json.canonical()?;
    let statement: S =
        serde_json::from_str(&canonical).map_err(|error| ReceiptError::Member(error.to_string()))?;
    // What is not understood is not believed: every member that was signed must be one that was read.
    if Json::of(&statement)? != json {
        return Err(ReceiptError::Member(
            "a member is written in another form".to_owned(),
        ));
    }
    let (entry, checkpoint) = prove(&statement, keys)?;
    Ok(Opened {
        statement,
        entry,
        checkpoint,
    })
}

/// Everything about a statement but its own signature.
fn prove<S: Statement>(statement: &S, keys: &[VerifierKey]) -> Result<(Entry, Checkpoint), ReceiptError> {
    if statement.format() != S::FORMAT {
        return Err(ReceiptError::Format(statement.format().to_owned()));
    }
    let evidence = statement.evidence();
    let checkpoint = Checkpoint::open(evidence.checkpoint.as_bytes(), keys)?;
    let leaf = leaf_hash(&evidence.entry);
    verify_inclusion(
        leaf,
        evidence.index,
        checkpoint.size,
        checkpoint.root,
        &evidence.proof,
    )?;
    let entry = Entry::decode(&evidence.entry)?;
    if entry.outcome != Outcome::Done {
        return Err(ReceiptError::Contradiction(
            "the entry is of an operation that was not done",
        ));
    }
    statement.check(&entry)?;
    Ok((entry, checkpoint))
}

/// The text that is signed: the format, and the statement in canonical form, each on a line.
fn signed_text(format: &str, statement: &Json) -> Result<String, JsonError> {
    Ok(format!("{format}\n{}\n", statement.canonical()?))
}

/// Takes the signatures out of a receipt.
fn split(bytes: &[u8]) -> Result<(Json, Vec<String>), ReceiptError> {
    let member = |what: &str| ReceiptError::Member(what.to_owned());
    let Json::Object(mut members) = Json::parse(bytes)? else {
        return Err(member("it is not an object"));
    };
    let Some(Json::List(lines)) = members.remove(SIGNATURES) else {
        return Err(member("it has no list of signatures"));
    };
    let lines = lines.into_iter().map(|line| match line {
        Json::Text(line) => Ok(line),
        _ => Err(member("a signature is a string")),
    });
    Ok((Json::Object(members), lines.collect::<Result<_, _>>()?))
}

const SIGNATURES: &str = "signatures";

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
