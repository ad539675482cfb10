//! The keys of notes: the secret one that signs and the public one that verifies.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use thiserror::Error;

use super::Signature;
use crate::tree::sha256;

/// How a key signs: the type byte of the C2SP list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SignatureKind {
    /// Ed25519 over the text of the note.
    Ed25519 = 0x01,
    /// Ed25519 over an instant and the text: the cosignature of a witness.
    Cosignature = 0x04,
}

/// A public key with its name, as handed to those who verify: `name+id+base64`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VerifierKey {
    name: String,
    id: u32,
    kind: SignatureKind,
    public: [u8; 32],
}

/// Why a key is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Empty, with a space, a plus sign or a control character.
    #[error("a key's name has at least one letter and no space, plus sign or control character")]
    Name,
    /// Not `name+id+base64`.
    #[error("a verifier key has the form `name+1a2b3c4d+base64`")]
    Form,
    /// A type of signature that is not known here.
    #[error("signatures of type {0:#04x} are not known")]
    Kind(u8),
    /// The id does not belong to this name and key.
    #[error("the id in the verifier key is not that of its name and key; was it copied whole?")]
    Id,
    /// Not a seed of an Ed25519 key.
    #[error("not a seed of an Ed25519 key")]
    Seed,
}

impl VerifierKey {
    /// The key with this name, way of signing and 32-byte public key.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn new(name: &str, kind: SignatureKind, public: [u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let told = [name.as_bytes(), &[b'\n', kind as u8], &public].concat();
        let [a, b, c, d, ..] = sha256(&told).0;
        Ok(Self {
            name: name.to_owned(),
            id: u32::from_be_bytes([a, b, c, d]),
            kind,
            public,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The short number by which signature lines name it.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// How it signs.
    #[must_use]
    pub const fn kind(&self) -> SignatureKind {
        self.kind
    }

    /// Checks a signature; gives the second of a cosignature.
    pub(super) fn verify(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        let public = UnparsedPublicKey::new(&ED25519, &self.public);
        match self.kind {
            SignatureKind::Ed25519 => public.verify(text.as_bytes(), signature).ok().map(|()| None),
            SignatureKind::Cosignature => {
                let (seconds, signature) = signature.split_first_chunk()?;
                let seconds = u64::from_be_bytes(*seconds);
                public
                    .verify(cosigned(seconds, text).as_bytes(), signature)
                    .ok()
                    .map(|()| Some(seconds))
            }
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.kind as u8][..], &self.public].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, BASE64_STANDARD.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let bytes = BASE64_STANDARD.decode(key).map_err(|_| KeyError::Form)?;
        let (kind, public) = bytes.split_first().ok_or(KeyError::Form)?;
        let kind = match *kind {
            0x01 => SignatureKind::Ed25519,
            0x04 => SignatureKind::Cosignature,
            other => return Err(KeyError::Kind(other)),
        };
        let read = Self::new(name, kind, public.try_into().map_err(|_| KeyError::Form)?)?;
        if format!("{:08x}", read.id) == id {
            Ok(read)
        } else {
            Err(KeyError::Id)
        }
    }
}

/// A secret key with its name. Shows neither itself nor its seed.
pub struct Signer {
    pair: Ed25519KeyPair,
    key: VerifierKey,
}

impl Signer {
    /// The key that this seed makes. The caller wipes the seed.
    ///
    /// # Errors
    /// When the name is none, or the seed is refused.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Seed)?;
        let public = pair
            .public_key()
            .as_ref()
            .try_into()
            .map_err(|_| KeyError::Seed)?;
        Ok(Self {
            key: VerifierKey::new(name, SignatureKind::Ed25519, public)?,
            pair,
        })
    }

    /// The public key to hand out.
    #[must_use]
    pub const fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    /// The public key to hand out when this key cosigns as a witness.
    ///
    /// # Errors
    /// Never for a name that made a signer.
    pub fn cosigner_key(&self) -> Result<VerifierKey, KeyError> {
        VerifierKey::new(&self.key.name, SignatureKind::Cosignature, self.key.public)
    }

    /// Signs a text.
    #[must_use]
    pub fn sign(&self, text: &str) -> Signature {
        let bytes = self.pair.sign(text.as_bytes()).as_ref().to_vec();
        Signature {
            name: self.key.name.clone(),
            key_id: self.key.id,
            bytes,
        }
    }

    /// Cosigns the text of a checkpoint as a witness, at so many seconds since 1970 (C2SP `tlog-cosignature`).
    ///
    /// # Errors
    /// Never for a name that made a signer.
    pub fn cosign(&self, text: &str, seconds: u64) -> Result<Signature, KeyError> {
        let key = self.cosigner_key()?;
        let signed = self.pair.sign(cosigned(seconds, text).as_bytes());
        let bytes = [&seconds.to_be_bytes()[..], signed.as_ref()].concat();
        Ok(Signature {
            name: key.name,
            key_id: key.id,
            bytes,
        })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.key)
    }
}

fn cosigned(seconds: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}

pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control() || letter == '+')
}
