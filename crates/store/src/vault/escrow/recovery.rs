//! Bringing keys back from shares that their custodians decrypted.

use std::collections::BTreeSet;
use std::path::Path;

use zeroize::Zeroizing;

use super::payload::{self, EscrowSet};
use super::{EscrowFault, share};
use crate::vault::source::{KEY_BYTES, KEY_FILE_KIND, KeyFile, KeyFileFault, KeyOrigin};

/// What custodians brought back.
pub struct Recovered {
    /// Of which set it is.
    pub set: EscrowSet,
    /// The key at the top of the tree.
    pub top: Zeroizing<[u8; KEY_BYTES]>,
    root: Option<Zeroizing<[u8; KEY_BYTES]>>,
}

impl Recovered {
    /// Writes the root key as a key file; `false` when the root key was in a token and is not among what came back.
    ///
    /// # Errors
    /// [`KeyFileFault::Exists`], and others when it cannot be written.
    pub fn write_root_key(&self, path: &Path) -> Result<bool, KeyFileFault> {
        let Some(root) = &self.root else {
            return Ok(false);
        };
        let origin = KeyOrigin {
            kind: KEY_FILE_KIND,
            number: self.set.root_number,
            created_at: self.set.root_created_at,
        };
        KeyFile::put_back(path, root, &origin).map(|_| true)
    }
}

/// Brings the keys back from a payload and decrypted shares, in any order.
///
/// # Errors
/// An [`EscrowFault`] that says which share or file is at fault.
pub fn recover(payload: &[u8], shares: &[Zeroizing<Vec<u8>>]) -> Result<Recovered, EscrowFault> {
    let set = EscrowSet::read(payload)?;
    let mut read = Vec::new();
    let mut seen = BTreeSet::new();
    for (place, text) in (1..).zip(shares) {
        let share = share::read(text, place)?;
        if share.set != set.id {
            return Err(EscrowFault::OtherSet {
                share: share.number,
                epoch: share.epoch,
                payload_epoch: set.epoch,
            });
        }
        if !seen.insert(share.number) {
            return Err(EscrowFault::Twice(share.number));
        }
        read.push(share);
    }
    if read.len() < usize::from(set.needed) {
        return Err(EscrowFault::TooFew {
            given: read.len(),
            needed: set.needed,
        });
    }
    let key = share::join(set.needed, &read).ok_or(EscrowFault::DoesNotOpen)?;
    let keys = payload::open(payload, &key)?;
    Ok(Recovered {
        set,
        top: keys.top,
        root: keys.root,
    })
}
