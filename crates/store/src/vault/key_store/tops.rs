//! The key at the top of the tree, and the keys of epochs that open it; shared by the one who writes and all who read.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sandyq_model::Fault;

use super::super::epoch::{Epoch, EpochKeys};
use super::node::NodeKey;

/// Opens the top, and remembers it for as long as the row is the same.
pub(super) struct Tops {
    inner: Mutex<Inner>,
}

struct Inner {
    epochs: Box<dyn EpochKeys>,
    opened: Option<(Vec<u8>, NodeKey)>,
}

impl Tops {
    pub(super) fn new(epochs: Box<dyn EpochKeys>) -> Self {
        Self {
            inner: Mutex::new(Inner { epochs, opened: None }),
        }
    }

    /// The key at the top, from its row.
    pub(super) fn open(&self, row: &[u8]) -> Result<NodeKey, Fault> {
        let mut inner = self.lock();
        if let Some((known, key)) = &inner.opened
            && known == row
        {
            return Ok(key.clone());
        }
        let (epoch, wrapped) = read(row).ok_or_else(unreadable)?;
        let key = NodeKey::of(inner.epochs.unwrap(epoch, wrapped)?);
        inner.opened = Some((row.to_vec(), key.clone()));
        Ok(key)
    }

    /// Makes the key of that epoch, and wraps the key at the top under it: the row.
    pub(super) fn crown(&self, epoch: Epoch, top: &NodeKey) -> Result<Vec<u8>, Fault> {
        let mut inner = self.lock();
        inner.epochs.make(epoch)?;
        let wrapped = inner.epochs.wrap(epoch, top.secret())?;
        Ok([&[FORMAT][..], &epoch.to_be_bytes(), &wrapped].concat())
    }

    /// Forgets the key of that epoch, and whatever it opened.
    pub(super) fn forget(&self, epoch: Epoch) -> Result<(), Fault> {
        let mut inner = self.lock();
        inner.opened = None;
        inner.epochs.forget(epoch)
    }

    /// The epochs whose keys live.
    pub(super) fn held(&self) -> Result<Vec<Epoch>, Fault> {
        self.lock().epochs.held()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // INVARIANT: what is remembered is whole or absent, so a poisoned lock is sound.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(row: &[u8]) -> Option<(Epoch, &[u8])> {
    let (head, wrapped) = row.split_first_chunk::<5>()?;
    let [FORMAT, epoch @ ..] = *head else {
        return None;
    };
    Some((u32::from_be_bytes(epoch), wrapped))
}

fn unreadable() -> Fault {
    Fault::Vault("the key at the top of the key tree is in an unknown format".to_owned())
}

/// The row: format (1), epoch (4), and the key at the top as the key of the epoch wraps it.
pub(super) const TOP_ROW: &[u8] = b"t";
const FORMAT: u8 = 1;
