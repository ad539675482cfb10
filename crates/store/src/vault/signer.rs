//! Ed25519 signatures on what outsiders check: checkpoints of the ledger, receipts of consent and destruction.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use sandyq_model::Fault;

use super::fault::VaultFault;
use super::hierarchy::{KeyUse, derive};
use super::keyed_hash::first_bytes;
use super::source::KeySource;

/// Signs with one key, for one use.
pub struct Signer {
    pair: Ed25519KeyPair,
    version: u16,
}

impl Signer {
    /// The version of its key.
    #[must_use]
    pub const fn version(&self) -> u16 {
        self.version
    }

    /// The public key that checks its signatures.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        first_bytes(self.pair.public_key().as_ref())
    }

    /// Signs the message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        first_bytes(self.pair.sign(message).as_ref())
    }

    pub(super) fn new(source: &dyn KeySource, usage: KeyUse, version: u16) -> Result<Self, Fault> {
        let seed = derive(source, usage, version)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| VaultFault::Library)?;
        Ok(Self { pair, version })
    }
}
