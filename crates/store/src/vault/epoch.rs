//! 6.3, DEF-4: keys that can be forgotten. The top of the tree of keys is wrapped by the key of the present epoch; when
//! an epoch ends its key is forgotten, and with it every copy of the tree that was ever made before.
//!
//! An epoch key is made where it lives, never leaves a place that can be erased, and is in no copy of anything else.

use sandyq_model::Fault;
use zeroize::Zeroizing;

use super::source::KEY_BYTES;

/// The number of an epoch, counted from 1.
pub type Epoch = u32;

/// Where the keys of epochs live: two at most, while one epoch follows another. What it forgot nobody brings back.
pub trait EpochKeys: Send {
    /// The epochs whose keys live, rising.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the place does not answer.
    fn held(&mut self) -> Result<Vec<Epoch>, Fault>;

    /// Makes the key of that epoch. It is durable when this returns; one that is there already is left as it is.
    ///
    /// # Errors
    /// [`Fault::Vault`] when it cannot be made durable, or two others live.
    fn make(&mut self, epoch: Epoch) -> Result<(), Fault>;

    /// Wraps the key at the top of the tree. Bound to the epoch: it opens under no other.
    ///
    /// # Errors
    /// [`Fault::Vault`] when there is no key of that epoch.
    fn wrap(&mut self, epoch: Epoch, top: &[u8; KEY_BYTES]) -> Result<Vec<u8>, Fault>;

    /// Unwraps the key at the top of the tree.
    ///
    /// # Errors
    /// [`Fault::Vault`] when there is no key of that epoch, or this was changed.
    fn unwrap(&mut self, epoch: Epoch, wrapped: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault>;

    /// Forgets the key of that epoch, everywhere it lies. Gone when this returns; forgetting it again does no harm.
    ///
    /// # Errors
    /// [`Fault::Vault`]: then it is not known whether it is gone, and this must be done again.
    fn forget(&mut self, epoch: Epoch) -> Result<(), Fault>;
}

/// Custodians who together can bring the keys back when the machine is lost.
pub trait Escrow: Send {
    /// Hands the key at the top of the tree to the custodians anew, before the epoch begins, and takes the place of what
    /// they held before. An epoch does not begin while this fails.
    ///
    /// # Errors
    /// [`Fault::Vault`] when it could not be made durable.
    fn renew(&mut self, epoch: Epoch, top: &[u8; KEY_BYTES]) -> Result<(), Fault>;
}
