//! The key of the second copy (6.3, DEF-8): derived from the root like every other, and never used as it is. Each segment
//! of the stream has a key of its own, made from this one and a random salt, so that a number used twice does no harm.

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::hkdf;
use sandyq_model::Fault;

use super::fault::VaultFault;
use super::hierarchy::{KeyUse, derive};
use super::source::{KEY_BYTES, KeySource};

/// Opens and seals the second copy. Needs the root key and nothing else, so that a restore can read the copy before
/// there is anything else of a store.
#[derive(Clone)]
pub struct CopyKey {
    secret: zeroize::Zeroizing<[u8; KEY_BYTES]>,
    version: u16,
}

impl CopyKey {
    /// The key in that version.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the key source cannot derive.
    pub fn of(source: &dyn KeySource, version: u16) -> Result<Self, Fault> {
        Ok(Self {
            secret: derive(source, KeyUse::SecondCopy, version)?,
            version,
        })
    }

    /// Its version, which each segment names.
    #[must_use]
    pub const fn version(&self) -> u16 {
        self.version
    }

    /// The key of the segment with this head; another head, another key.
    pub(crate) fn of_segment(&self, salt: &[u8], head: &[u8]) -> Result<LessSafeKey, Fault> {
        let mut secret = zeroize::Zeroizing::new([0; KEY_BYTES]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
            .extract(self.secret.as_slice())
            .expand(&[head], hkdf::HKDF_SHA256)
            .and_then(|expanded| expanded.fill(secret.as_mut_slice()))
            .map_err(|_| VaultFault::Library)?;
        let key = UnboundKey::new(&AES_256_GCM, secret.as_slice()).map_err(|_| VaultFault::Library)?;
        Ok(LessSafeKey::new(key))
    }
}
