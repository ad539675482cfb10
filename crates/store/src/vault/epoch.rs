//! 6.3, DEF-4: keys that can be forgotten. The top of the tree of keys is wrapped by the key of the present epoch; when
//! an epoch ends its key is forgotten, and with it every copy of the tree that was ever made before.
//!
//! An epoch key is made where it lives, never leaves a place that can be erased, and is in no copy of anything else.

use jiff::{SignedDuration, Timestamp};
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
///
/// Shares are renewed in two steps, so that at each instant there is a set that opens the tree as it lies there.
pub trait Escrow: Send {
    /// Makes shares of the key that the top of the tree will have in that epoch, beside those in force, which go on
    /// opening. An epoch does not begin while this fails.
    ///
    /// # Errors
    /// [`Fault::Vault`] when they could not be made durable.
    fn prepare(&mut self, epoch: Epoch, top: &[u8; KEY_BYTES]) -> Result<(), Fault>;

    /// The top of the tree is durably of that epoch: shares that were prepared for it take the place of those before,
    /// which are overwritten; shares prepared for another epoch are thrown away. Doing it again does no harm.
    ///
    /// # Errors
    /// [`Fault::Vault`] when it is not done: then it must be done again.
    fn settle(&mut self, epoch: Epoch) -> Result<(), Fault>;
}

/// When an epoch ends: so long after the first key died in it, or as soon as so many have. While nothing dies it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochSchedule {
    /// Hours after the first death.
    pub hours: u32,
    /// Deaths.
    pub deaths: u64,
}

impl EpochSchedule {
    /// The instant by which the epoch must end in which the first of so many keys died then.
    #[must_use]
    pub fn due_at(&self, deaths: u64, oldest: Option<Timestamp>) -> Option<Timestamp> {
        let oldest = oldest?;
        if deaths >= self.deaths {
            return Some(oldest);
        }
        let whole = SignedDuration::from_hours(i64::from(self.hours));
        Some(oldest.checked_add(whole).unwrap_or(Timestamp::MAX))
    }
}

impl Default for EpochSchedule {
    fn default() -> Self {
        Self {
            hours: EPOCH_HOURS_DEFAULT,
            deaths: EPOCH_DEATHS_DEFAULT,
        }
    }
}

/// An epoch ends so many hours after the first death in it.
pub const EPOCH_HOURS_DEFAULT: u32 = 24;
/// An epoch ends at the latest after so many deaths.
pub const EPOCH_DEATHS_DEFAULT: u64 = 10_000;
