//! What can go wrong with a key or a sealed value. No variant holds a value, a key or who it was about.

use sandyq_model::{Fault, Field};

/// A failure of the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultFault {
    /// The permit is for one subject and the key is another's.
    #[error("the permit and the key belong to different subjects")]
    OtherSubject,
    /// The permit does not cover a field that was to be sealed anew, opened or kept.
    #[error("the permit does not cover field {}", .0.number())]
    NotPermitted(Field),
    /// 1.1.2-g: the card verification value, and the record as a whole, are no values to keep.
    #[error("field {} is never sealed", .0.number())]
    NeverSealed(Field),
    /// A field that dies by this very permit was named as one to keep.
    #[error("field {} cannot be both destroyed and kept", .0.number())]
    DestroyedAndKept(Field),
    /// Two sealed values of one field: nobody can say which one is meant.
    #[error("field {} was handed in twice", .0.number())]
    Twice(Field),
    /// The sealed value names another generation of its subject's key.
    #[error("field {} is sealed under another generation of the key", .0.number())]
    OtherGeneration(Field),
    /// A renewal must lead to another generation of the same subject's key.
    #[error("the old and the new key must be two generations of one subject's key")]
    SameGeneration,
    /// The sealed value is not of a format that this version reads.
    #[error("field {} is sealed in an unknown format", .0.number())]
    UnknownFormat(Field),
    /// The sealed value, or where it stands, was changed.
    #[error("field {} does not open: it was changed or moved", .0.number())]
    DoesNotOpen(Field),
    /// The value is longer than [`SEALED_VALUE_BYTES_MAX`](super::SEALED_VALUE_BYTES_MAX).
    #[error("field {} is too long to seal", .0.number())]
    TooLong(Field),
    /// A wrapped key is not of a format that this version reads.
    #[error("a wrapped key is in an unknown format")]
    UnknownWrapping,
    /// A wrapped key names a version of the key-encryption key that is not in use yet.
    #[error("a wrapped key names version {0} of the key-encryption key, which the settings do not know")]
    UnknownKek(u16),
    /// A wrapped key was changed, moved, or wrapped under another root key.
    #[error("a wrapped key does not open: it was changed, or the key source is another one")]
    KeyDoesNotOpen,
    /// What proves who somebody is was changed or moved, or is too long.
    #[error("an authenticator does not open, or is too long to seal")]
    Proof,
    /// The file of a document was changed or moved, or is too long.
    #[error("the file of a document does not open, or is too long to seal")]
    LocalAct,
    /// A secret of a webhook names a version of its key that is not in use yet.
    #[error("a secret of a webhook is of a key that the settings do not know")]
    Webhook,
    /// The cryptographic library refused; it does so only on lengths that we do not use.
    #[error("the cryptographic library refused")]
    Library,
}

impl From<VaultFault> for Fault {
    fn from(fault: VaultFault) -> Self {
        Self::Vault(fault.to_string())
    }
}
