//! Signed notes (C2SP `signed-note`): a text that says who stands by it.
//!
//! A note is a text, an empty line, and one line per signature. The text means nothing until a signature of a key that
//! the reader trusts has been verified; [`Note::verify`] is the only way to that.

mod key;

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use thiserror::Error;

pub use key::{KeyError, SignatureKind, Signer, VerifierKey};

/// Bytes that a note can have at most.
pub const NOTE_BYTES_MAX: usize = 1 << 20;

/// Signatures that a note can carry at most.
pub const NOTE_SIGNATURES_MAX: usize = 64;

/// A text with signature lines, none of them believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// One signature line, not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    name: String,
    key_id: u32,
    bytes: Vec<u8>,
}

/// A note of which at least one trusted key has signed the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The keys whose signatures hold, in the order of the signature lines.
    pub keys: Vec<&'k VerifierKey>,
    /// For each of them, when it signed, in seconds since 1970; only cosignatures say so.
    pub seconds: Vec<Option<u64>>,
}

/// Why something is not a note that can be believed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Too long, not UTF-8, a control character, no signature, or a line that is no signature.
    #[error("not a signed note: {0}")]
    Malformed(&'static str),
    /// No signature by a key that the reader trusts.
    #[error("no trusted key has signed this")]
    NoTrustedSignature,
    /// A line claims a trusted key, and its signature does not hold.
    #[error("the signature of `{0}` does not hold: the text or the signature was changed")]
    WrongSignature(String),
}

impl Note {
    /// A note without signatures.
    ///
    /// # Errors
    /// When the text does not end in a newline or has control characters.
    pub fn new(text: impl Into<String>) -> Result<Self, NoteError> {
        let text = text.into();
        check_text(&text)?;
        Ok(Self {
            text,
            signatures: Vec::new(),
        })
    }

    /// Reads a note; believes nothing yet.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::Malformed("it is too long"));
        }
        let whole = str::from_utf8(bytes).map_err(|_| NoteError::Malformed("it is not UTF-8"))?;
        let at = whole
            .rfind("\n\n")
            .ok_or(NoteError::Malformed("it has no signatures"))?;
        let (text, lines) = whole.split_at(at + 1);
        check_text(text)?;
        let lines = lines
            .strip_prefix('\n')
            .and_then(|lines| lines.strip_suffix('\n'));
        let lines = lines.ok_or(NoteError::Malformed("its last line does not end"))?;
        let signatures = lines
            .split('\n')
            .map(Signature::parse)
            .collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > NOTE_SIGNATURES_MAX {
            return Err(NoteError::Malformed("it has too many signatures"));
        }
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// The text, with the newline at its end. Not to be believed before [`Note::verify`].
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature line.
    pub fn add(&mut self, signature: Signature) {
        self.signatures.push(signature);
    }

    /// Signs the text with `signer` and adds the line.
    pub fn sign(&mut self, signer: &Signer) {
        self.add(signer.sign(&self.text));
    }

    /// As [`Note::verify`], and one of the signatures must be over this very text: a witness cosigns what another has
    /// signed, and its word alone is not that other's.
    ///
    /// # Errors
    /// As [`Note::verify`].
    pub fn verify_author<'k>(&self, keys: &'k [VerifierKey]) -> Result<Verified<'k>, NoteError> {
        let verified = self.verify(keys)?;
        let signed = verified
            .keys
            .iter()
            .any(|key| key.kind() == SignatureKind::Ed25519);
        if signed {
            Ok(verified)
        } else {
            Err(NoteError::NoTrustedSignature)
        }
    }

    /// Verifies every signature that claims to be by one of `keys`; others are passed over.
    ///
    /// # Errors
    /// When one such signature does not hold, or there is none.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Verified<'k>, NoteError> {
        let mut verified = Verified {
            keys: Vec::new(),
            seconds: Vec::new(),
        };
        for signature in &self.signatures {
            let known = keys
                .iter()
                .find(|key| key.name() == signature.name && key.id() == signature.key_id);
            let Some(key) = known else { continue };
            if verified.keys.contains(&key) {
                return Err(NoteError::Malformed("a key has signed it twice"));
            }
            let seconds = key.verify(&self.text, &signature.bytes);
            let seconds = seconds.ok_or_else(|| NoteError::WrongSignature(signature.name.clone()))?;
            verified.keys.push(key);
            verified.seconds.push(seconds);
        }
        if verified.keys.is_empty() {
            Err(NoteError::NoTrustedSignature)
        } else {
            Ok(verified)
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl Signature {
    /// The line for a signature that the owner of `key` has made elsewhere, in a vault or a token.
    #[must_use]
    pub fn by(key: &VerifierKey, signature: &[u8]) -> Self {
        Self {
            name: key.name().to_owned(),
            key_id: key.id(),
            bytes: signature.to_vec(),
        }
    }

    /// Reads one signature line, without the newline at its end.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        const MALFORMED: NoteError = NoteError::Malformed("a signature line is not one");
        let (name, encoded) = line
            .strip_prefix("— ")
            .and_then(|rest| rest.split_once(' '))
            .ok_or(MALFORMED)?;
        if !key::is_name(name) {
            return Err(MALFORMED);
        }
        let decoded = BASE64_STANDARD.decode(encoded).map_err(|_| MALFORMED)?;
        let (key_id, bytes) = decoded.split_first_chunk().ok_or(MALFORMED)?;
        if bytes.is_empty() {
            return Err(MALFORMED);
        }
        Ok(Self {
            name: name.to_owned(),
            key_id: u32::from_be_bytes(*key_id),
            bytes: bytes.to_vec(),
        })
    }

    /// The name of the key that it claims.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key that it claims.
    #[must_use]
    pub const fn key_id(&self) -> u32 {
        self.key_id
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key_id.to_be_bytes()[..], &self.bytes].concat();
        write!(f, "— {} {}", self.name, BASE64_STANDARD.encode(bytes))
    }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if !text.ends_with('\n') {
        return Err(NoteError::Malformed("its text does not end in a newline"));
    }
    if text.chars().any(|letter| letter < ' ' && letter != '\n') {
        return Err(NoteError::Malformed("it has control characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
