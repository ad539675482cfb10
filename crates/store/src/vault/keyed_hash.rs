//! Keyed hashes (HMAC-SHA256): found again by who holds the key, guessed by nobody who does not.
//!
//! A telephone number or a six-digit code has so few possible values that a plain hash of it is the value itself; the
//! key is the whole protection. Comparisons take the same time wherever two hashes differ.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use sandyq_model::{Fault, Field};

use super::hierarchy::{KeyUse, derive, derive_for_field};
use super::source::KeySource;

/// A keyed hash. Compared in constant time and no other way.
#[derive(Clone)]
pub struct KeyedHash([u8; HASH_BYTES]);

impl KeyedHash {
    /// Its bytes, for keeping it.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// Whether the kept bytes are this hash, in constant time.
    #[must_use]
    pub fn matches(&self, kept: &[u8]) -> bool {
        equal(&self.0, kept)
    }

    pub(super) fn of_tag(tag: &hmac::Tag) -> Self {
        Self(first_bytes(tag.as_ref()))
    }
}

impl From<KeyedHash> for [u8; HASH_BYTES] {
    fn from(hash: KeyedHash) -> Self {
        hash.0
    }
}

impl fmt::Debug for KeyedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedHash(…)")
    }
}

/// Whether two secrets are equal; takes the same time wherever they differ. Their lengths are no secret.
#[must_use]
pub fn equal(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}

/// The key of one use.
pub(super) struct HashKey(hmac::Key);

impl HashKey {
    pub(super) fn new(source: &dyn KeySource, usage: KeyUse, version: u16) -> Result<Self, Fault> {
        let secret = derive(source, usage, version)?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice())))
    }

    /// Each part goes in with its length, so that two lists of parts never hash alike.
    pub(super) fn hash(&self, parts: &[&[u8]]) -> KeyedHash {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            context.update(&length.to_be_bytes());
            context.update(part);
        }
        KeyedHash::of_tag(&context.sign())
    }
}

/// The keys of the blind index, one per field.
pub(super) struct BlindIndexKeys(Vec<hmac::Key>);

impl BlindIndexKeys {
    pub(super) fn new(source: &dyn KeySource, version: u16) -> Result<Self, Fault> {
        let fields = (0..Field::NUMBER_LIMIT).filter_map(Field::new);
        let keys = fields.map(|field| {
            let secret = derive_for_field(source, KeyUse::BlindIndex, version, field)?;
            Ok(hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice()))
        });
        keys.collect::<Result<_, Fault>>().map(Self)
    }

    #[expect(clippy::indexing_slicing, reason = "one key per possible field number")]
    pub(super) fn token(&self, field: Field, folded: &str) -> [u8; TOKEN_BYTES] {
        // INVARIANT: `new` derives a key for every number below `Field::NUMBER_LIMIT`, and no field has another number.
        let key = &self.0[usize::from(field.number())];
        first_bytes(hmac::sign(key, folded.as_bytes()).as_ref())
    }
}

/// The first `N` bytes; callers ask for no more than there are.
pub(super) fn first_bytes<const N: usize>(tag: &[u8]) -> [u8; N] {
    let mut first = [0; N];
    for (place, byte) in first.iter_mut().zip(tag) {
        *place = *byte;
    }
    first
}

/// The length of a token in the blind index, in bytes.
pub const TOKEN_BYTES: usize = 16;
/// The length of a keyed hash, in bytes.
pub const HASH_BYTES: usize = 32;
