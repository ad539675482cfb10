//! One key, one use (5.1.3-a): what each derived key is for, and in which version.
//!
//! ```text
//! root key (key source)
//!   └─ HKDF-SHA256, info "sandyq/seal-kek/1"      wraps the data keys of subjects
//!   └─ HKDF-SHA256, info "sandyq/blind-index/1/13" searches field 13
//!   └─ …                                           one line per use, see `KeyUse`
//! ```

use std::collections::BTreeMap;
use std::fmt;

use sandyq_model::{Fault, Field};
use zeroize::Zeroizing;

use super::source::{KEY_BYTES, KeySource};

/// What a derived key is for. The label is part of the derivation and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyUse {
    /// Encrypts backup sets, which hold no other key.
    Backup,
    /// Finds a value without opening it; one key per field.
    BlindIndex,
    /// Hashes one-time codes.
    Code,
    /// Wraps the keys of epochs where they lie in a file.
    EpochWrap,
    /// Hashes the secret in a form that shows where a submission came from.
    FormGuard,
    /// Turns a caller's idempotency text into a key that tells nothing of it.
    Idempotency,
    /// Signs checkpoints of the ledger (Ed25519).
    LedgerSign,
    /// Seals the files of the operator's own documents (AES-256-GCM).
    LocalAct,
    /// Signs receipts of consent and destruction (Ed25519).
    ReceiptSign,
    /// Wraps the data keys of subjects (AES-256-GCM).
    SealKek,
    /// Seals the second copy of keys, ledger and what became of people, off the machine (AES-256-GCM).
    SecondCopy,
    /// Hashes session secrets.
    Session,
    /// Seals with what staff prove who they are, beside the password (AES-256-GCM).
    StaffProof,
    /// Gives the secrets that sign what is sent to recipients by webhook (HMAC).
    Webhook,
}

impl KeyUse {
    /// All uses.
    pub const ALL: [Self; 14] = [
        Self::Backup,
        Self::BlindIndex,
        Self::Code,
        Self::EpochWrap,
        Self::FormGuard,
        Self::Idempotency,
        Self::LedgerSign,
        Self::LocalAct,
        Self::ReceiptSign,
        Self::SealKek,
        Self::SecondCopy,
        Self::Session,
        Self::StaffProof,
        Self::Webhook,
    ];

    /// Its label in derivations and in the inventory.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::BlindIndex => "blind-index",
            Self::Code => "code",
            Self::EpochWrap => "epoch-wrap",
            Self::FormGuard => "form-guard",
            Self::Idempotency => "idempotency",
            Self::LedgerSign => "ledger-sign",
            Self::LocalAct => "local-act",
            Self::ReceiptSign => "receipt-sign",
            Self::SealKek => "seal-kek",
            Self::SecondCopy => "second-copy",
            Self::Session => "session",
            Self::StaffProof => "staff-proof",
            Self::Webhook => "webhook",
        }
    }
}

impl fmt::Display for KeyUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// The version in use of each key. Raising one is a rotation: older versions of the key-encryption key still unwrap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyVersions(BTreeMap<KeyUse, u16>);

impl KeyVersions {
    /// Every use in its first version.
    #[must_use]
    pub fn first() -> Self {
        Self::default()
    }

    /// The same, with that use in that version; 1 to [`KEY_VERSION_MAX`], whatever is asked.
    #[must_use]
    pub fn with(mut self, usage: KeyUse, version: u16) -> Self {
        self.0.insert(usage, version.clamp(1, KEY_VERSION_MAX));
        self
    }

    /// The version in use.
    #[must_use]
    pub fn of(&self, usage: KeyUse) -> u16 {
        self.0.get(&usage).copied().unwrap_or(1)
    }
}

/// Derives the key of that use and version.
pub(super) fn derive(
    source: &dyn KeySource,
    usage: KeyUse,
    version: u16,
) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault> {
    source.derive(format!("{NAMESPACE}/{usage}/{version}").as_bytes())
}

/// Derives the key of that use and version for one field.
pub(super) fn derive_for_field(
    source: &dyn KeySource,
    usage: KeyUse,
    version: u16,
    field: Field,
) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault> {
    source.derive(format!("{NAMESPACE}/{usage}/{version}/{}", field.number()).as_bytes())
}

/// A name for the key of that use and version that tells nothing of the key.
pub(super) fn key_id(source: &dyn KeySource, usage: KeyUse, version: u16) -> Result<KeyId, Fault> {
    let derived = source.derive(format!("{NAMESPACE}/key-id/{usage}/{version}").as_bytes())?;
    let mut id = [0; KEY_ID_BYTES];
    for (place, byte) in id.iter_mut().zip(derived.iter()) {
        *place = *byte;
    }
    Ok(KeyId(id))
}

/// What a derived key is called. Equal ids, equal keys; it leads back to no key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; KEY_ID_BYTES]);

impl KeyId {
    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; KEY_ID_BYTES] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// No use has more versions: all older ones are derived at start.
pub const KEY_VERSION_MAX: u16 = 64;
const KEY_ID_BYTES: usize = 8;
const NAMESPACE: &str = "sandyq";
