//! How a store and its second copy come together at the start: first the copy hears of every step of the key store, then
//! it is compared with the store, before anything is removed; then it is brought up to date, before anybody is served.

use std::path::PathBuf;
use std::sync::Arc;

use sandyq_model::{Chance, Clock, Fault};

use super::files::FolderFiles;
use super::notice::Notice;
use super::opening::{CopyParts, Local, SecondCopyOptions, Shipping, open};
use super::outbox::Outbox;
use super::shipper::{KeyPages, Shipper};
use crate::commit::Within;
use crate::database::{Session, Snapshots};
use crate::farewell::Farewell;
use crate::ledger::{self, Book};
use crate::vault::{CopyKey, KeyHead, KeyStore};

/// A copy that hears of steps and is not compared yet.
pub(crate) struct Joining {
    options: SecondCopyOptions,
    outbox: Arc<Outbox>,
    /// The newest step before the first that is heard of.
    keys: KeyHead,
}

/// A copy that belongs to the store, and may be behind.
pub(crate) struct Joined {
    shipper: Shipper,
    place: (PathBuf, CopyKey),
}

/// What a copy needs of a store.
pub(crate) struct JoinParts {
    /// What seals it.
    pub key: CopyKey,
    /// A connection of its own.
    pub data: Box<dyn Snapshots>,
    /// The rows of the key store.
    pub keys: Box<dyn KeyPages>,
    /// Where this machine notes how far the copy is.
    pub notice: PathBuf,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// For salts.
    pub chance: Arc<dyn Chance>,
}

impl Joining {
    /// Hears of every step of the key store from now on, and lets the end of an epoch wait for the copy.
    ///
    /// # Errors
    /// When the key store does not answer.
    pub(crate) fn begin(
        options: &SecondCopyOptions,
        keys: &mut KeyStore,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        let outbox = Arc::new(Outbox::new(Arc::clone(clock), options.behind));
        let head = keys.head()?;
        let (heard, followed) = (Arc::clone(&outbox), Arc::clone(&outbox));
        keys.observe(Box::new(move |step| {
            heard.step(step);
            Ok(())
        }));
        keys.let_follow(Box::new(move |step| followed.wait_for(step)));
        Ok(Self {
            options: options.clone(),
            outbox,
            keys: head,
        })
    }

    /// Compares the copy with the store.
    ///
    /// # Errors
    /// [`Fault::Ledger`] when the copy is ahead of the store, of another store, or damaged; [`Fault::Outside`] when its
    /// folder does not answer.
    pub(crate) fn compare(
        self,
        parts: JoinParts,
        session: &mut dyn Session,
        book: &Book,
    ) -> Result<Joined, Fault> {
        let place = (self.options.folder.clone(), parts.key.clone());
        let copy = CopyParts {
            files: Box::new(FolderFiles::at(&self.options.folder)),
            key: parts.key,
            data: parts.data,
            keys: parts.keys,
            notice: Notice::open(&parts.notice)?,
            outbox: self.outbox,
            clock: parts.clock,
            chance: parts.chance,
        };
        let mut local = Local {
            keys: self.keys,
            ledger: book.size(),
            root_at: &mut |size| ledger::root(&mut Within(session), size),
            verifier_key: book.verifier_key(),
        };
        let shipper = open(copy, self.options.keep, &mut local)?;
        Ok(Joined { shipper, place })
    }
}

/// Brings a copy up to date and lets it follow from now on.
///
/// # Errors
/// When it cannot be made durable: a store does not begin to serve with a copy that does not follow.
pub(crate) fn follow(mut joined: Joined, book: &Book, farewell: Farewell) -> Result<Shipping, Fault> {
    joined.shipper.catch_up(book.size(), &book.head().note)?;
    Shipping::start(joined.shipper, joined.place, farewell)
}
