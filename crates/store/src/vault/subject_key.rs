//! DEF-8, 6.3: one data key per subject and generation, so that destroying the key destroys every copy of the values.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sandyq_model::{Chance, SubjectId};
use zeroize::Zeroizing;

use super::fault::VaultFault;
use super::source::KEY_BYTES;

/// A subject's data key, opened. Wiped when dropped; not printable, not copyable, never serialised.
pub struct SubjectKey {
    subject: SubjectId,
    generation: u32,
    secret: Zeroizing<[u8; KEY_BYTES]>,
    // The library wipes this one when it frees it.
    cipher: LessSafeKey,
}

impl SubjectKey {
    /// Whose key it is.
    #[must_use]
    pub const fn subject(&self) -> SubjectId {
        self.subject
    }

    /// Which generation of that subject's key it is.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    pub(super) fn random(
        subject: SubjectId,
        generation: u32,
        chance: &dyn Chance,
    ) -> Result<Self, VaultFault> {
        let mut secret = Zeroizing::new([0; KEY_BYTES]);
        chance.fill(secret.as_mut());
        Self::from_secret(subject, generation, secret)
    }

    pub(super) const fn cipher(&self) -> &LessSafeKey {
        &self.cipher
    }

    fn from_secret(
        subject: SubjectId,
        generation: u32,
        secret: Zeroizing<[u8; KEY_BYTES]>,
    ) -> Result<Self, VaultFault> {
        let cipher = cipher_of(&secret)?;
        Ok(Self {
            subject,
            generation,
            secret,
            cipher,
        })
    }
}

/// A data key as it lies in the key store: wrapped by the key-encryption key, bound to its subject and generation.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey {
    subject: SubjectId,
    generation: u32,
    bytes: [u8; WRAPPED_BYTES],
}

impl WrappedKey {
    /// Whose key it is.
    #[must_use]
    pub const fn subject(&self) -> SubjectId {
        self.subject
    }

    /// Which generation of that subject's key it is.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// Format (1 byte), version of the key-encryption key (2), nonce (12), key (32) and tag (16).
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; WRAPPED_BYTES] {
        &self.bytes
    }

    /// The version of the key-encryption key that it names.
    #[must_use]
    pub const fn kek_version(&self) -> u16 {
        let [_, high, low, ..] = self.bytes;
        u16::from_be_bytes([high, low])
    }

    pub(super) fn from_row(subject: SubjectId, generation: u32, bytes: &[u8]) -> Result<Self, VaultFault> {
        let bytes = bytes.try_into().map_err(|_| VaultFault::UnknownWrapping)?;
        Ok(Self {
            subject,
            generation,
            bytes,
        })
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "WrappedKey(generation {}, kek {})",
            self.generation,
            self.kek_version()
        )
    }
}

/// A wrapped key that the key store does not hold yet. Only the vault makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey(pub(super) WrappedKey);

impl NewKey {
    /// The key as it will lie in the key store.
    #[must_use]
    pub const fn wrapped(&self) -> &WrappedKey {
        &self.0
    }
}

/// One version of the key-encryption key.
pub(super) struct Kek {
    version: u16,
    cipher: LessSafeKey,
}

impl Kek {
    pub(super) fn new(version: u16, secret: &[u8; KEY_BYTES]) -> Result<Self, VaultFault> {
        Ok(Self {
            version,
            cipher: cipher_of(secret)?,
        })
    }

    pub(super) const fn version(&self) -> u16 {
        self.version
    }

    pub(super) fn wrap(&self, key: &SubjectKey, chance: &dyn Chance) -> Result<NewKey, VaultFault> {
        let mut nonce = [0; NONCE_LEN];
        chance.fill(&mut nonce);
        let mut sealed = Zeroizing::new(*key.secret);
        let bound = associated_data(key.subject, key.generation, self.version);
        let tag = self
            .cipher
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(bound),
                sealed.as_mut_slice(),
            )
            .map_err(|_| VaultFault::Library)?;
        let parts = [
            &[WRAPPING_FORMAT][..],
            &self.version.to_be_bytes(),
            &nonce,
            sealed.as_slice(),
            tag.as_ref(),
        ];
        WrappedKey::from_row(key.subject, key.generation, &parts.concat()).map(NewKey)
    }

    pub(super) fn unwrap(&self, wrapped: &WrappedKey) -> Result<SubjectKey, VaultFault> {
        let (head, sealed) = wrapped.bytes.split_at(HEAD_BYTES);
        let [WRAPPING_FORMAT, _, _, nonce @ ..] = head else {
            return Err(VaultFault::UnknownWrapping);
        };
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultFault::UnknownWrapping)?;
        let bound = associated_data(wrapped.subject, wrapped.generation, wrapped.kek_version());
        let mut opened = Zeroizing::new(sealed.to_vec());
        let secret = self
            .cipher
            .open_in_place(nonce, Aad::from(bound), opened.as_mut_slice())
            .map_err(|_| VaultFault::KeyDoesNotOpen)?;
        let mut kept = Zeroizing::new([0; KEY_BYTES]);
        if secret.len() != KEY_BYTES {
            return Err(VaultFault::UnknownWrapping);
        }
        kept.copy_from_slice(secret);
        SubjectKey::from_secret(wrapped.subject, wrapped.generation, kept)
    }
}

fn cipher_of(secret: &[u8; KEY_BYTES]) -> Result<LessSafeKey, VaultFault> {
    UnboundKey::new(&AES_256_GCM, secret)
        .map(LessSafeKey::new)
        .map_err(|_| VaultFault::Library)
}

fn associated_data(subject: SubjectId, generation: u32, kek_version: u16) -> Vec<u8> {
    [
        &b"sandyq/subject-key"[..],
        &[WRAPPING_FORMAT],
        subject.as_bytes(),
        &generation.to_be_bytes(),
        &kek_version.to_be_bytes(),
    ]
    .concat()
}

/// The length of a wrapped key in bytes.
pub const WRAPPED_BYTES: usize = HEAD_BYTES + KEY_BYTES + 16;
/// Format, version of the key-encryption key, nonce.
const HEAD_BYTES: usize = 1 + 2 + NONCE_LEN;
/// The format of wrapped keys that this version writes.
const WRAPPING_FORMAT: u8 = 1;
