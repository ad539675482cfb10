//! 5.1.6-b: bringing a set back without bringing anybody back. The set gives the rows of its day. What came after, from
//! the old database when it can be read and from the second copy, gives the rest of the ledger and the people as they are
//! since. The key store says who exists: whoever has no living key is destroyed before anything is served.
//!
//! Everything happens in one transaction on a database that was empty, and is verified within it. Nothing here touches a
//! key, nor the old folder.

mod after;
mod copied;
mod load;
mod people;
mod plan;
mod since;
mod tail;

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::entry::{By, Clauses, Deed, Detail, Entry, Happening, PolicyMark};
use sandyq_ledger::note::VerifierKey;
use sandyq_model::{Clause, Fault, Role, SubjectId, Verb};

use super::fault::BackupFault;
use super::verified::VerifiedSet;
use crate::commit::{self, Within};
use crate::database::Session;
use crate::ledger::{self, Book, Head, HeadFile, NewEntry, Published, Report};
use crate::options::StoreOptions;
use crate::recovery::open_session;
use crate::vault::Vault;

pub use after::{After, Change, Page};
pub use copied::copied;
pub use plan::Plan;
pub use since::since;

/// Says whether the key of that generation of a subject lives.
pub type Lives<'l> = &'l dyn Fn(SubjectId, u32) -> Result<bool, Fault>;

/// The key store, which says who exists.
pub struct Living<'l> {
    /// Whether a key lives.
    pub lives: Lives<'l>,
    /// Everybody who has a key.
    pub everybody: HashSet<SubjectId>,
}

/// A set that is to be brought back, with everything it is measured by.
pub struct Restoration {
    /// The set.
    pub set: VerifiedSet,
    /// What came after it.
    pub after: After,
    /// Checkpoints that somebody has seen: the ledger must go on from each of them.
    pub seen: Vec<Seen>,
    /// Names chunks, and signs the entries about the restore.
    pub vault: Arc<Vault>,
    /// The name and the verifying key of the ledger.
    pub ledger: (String, VerifierKey),
    /// The hash of the policy in force.
    pub policy: [u8; 32],
    /// Now.
    pub at: Timestamp,
}

/// A checkpoint that somebody has seen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Who, in words: "the head file of the old folder".
    pub by: String,
    /// The checkpoint, verified.
    pub checkpoint: Checkpoint,
}

/// A database that was brought back and found right.
#[derive(Clone, Debug)]
pub struct Restored {
    /// People who were destroyed because no key of theirs lives.
    pub destroyed: u64,
    /// What the verification of the whole ledger went through.
    pub report: Report,
    /// Entries of the ledger.
    pub ledger_size: u64,
}

impl Restoration {
    /// What would come of it. Reads the people of the set and compares them with those who have keys.
    ///
    /// # Errors
    /// A [`BackupFault`] that names the cause.
    pub fn plan(&self, keys: &Living<'_>) -> Result<Plan, BackupFault> {
        let plan = Plan::of(&self.set, &self.after, &self.ledger.1, keys)?;
        self.check_reach(plan.ledger_to)?;
        Ok(plan)
    }

    /// Fills the empty database of `options`, brings it up to what is known since, destroys whoever has no key, verifies,
    /// and only then makes it durable. `progress` is told rows.
    ///
    /// # Errors
    /// A [`BackupFault`] that names the cause; then the database is as empty as before.
    pub fn build(
        &self,
        options: &StoreOptions,
        lives: Lives<'_>,
        progress: &dyn Fn(u64),
    ) -> Result<Restored, BackupFault> {
        let mut session = open_session(options)?;
        load::refuse_used(session.as_mut())?;
        let (restored, head) = commit::whole(session.as_mut(), |session| {
            self.build_within(session, lives, progress)
        })?;
        HeadFile::open(&options.head_file())?.write(&head.note);
        Ok(restored)
    }

    fn build_within(
        &self,
        session: &mut dyn Session,
        lives: Lives<'_>,
        progress: &dyn Fn(u64),
    ) -> Result<(Restored, Head), BackupFault> {
        load::load(session, &self.set, progress)?;
        let mut book = self.book(session)?;
        let signed = self.set.manifest().checkpoint(&self.ledger.1)?;
        if book.head().checkpoint != signed {
            return Err(BackupFault::Corrupt(
                "the ledger in the set does not end at the checkpoint that was signed for it".into(),
            ));
        }
        tail::append(session, &mut book, &self.after.pages, self.at)?;
        self.check_reach(book.size())?;
        for seen in &self.seen {
            if ledger::root(&mut Within(session), seen.checkpoint.size)? != seen.checkpoint.root {
                return Err(BackupFault::RolledBack(format!(
                    "its first {} entries are not those that {} has seen: it was forked",
                    seen.checkpoint.size, seen.by
                )));
            }
        }
        people::apply(session, &self.after, self.at)?;
        let destroyed = people::destroy_without_key(session, lives, self.at)?;
        let mut entries: Vec<Entry> = destroyed
            .iter()
            .map(|pseudonym| {
                let mut entry = self.entry(Deed::Verb(Verb::Destroy), &["5.1.6", "6.3"]);
                (entry.detail, entry.subject) = (Detail::Replayed, *pseudonym);
                entry
            })
            .collect();
        entries.push(self.entry(Deed::Happening(Happening::BackupRestored), &["5.1.6"]));
        for some in entries.chunks(ENTRIES_AT_ONCE) {
            let some: Vec<NewEntry> = some.iter().map(NewEntry::new).collect();
            let page = book.write(some.iter())?;
            commit::store_page(session, &page, self.at.into())?;
            book.turn(page);
        }
        let published = Published::new(book.head().clone(), self.ledger.1.clone());
        let report = ledger::verify(&mut Within(session), &published, &|_, _| {})?;
        let restored = Restored {
            destroyed: destroyed.len() as u64,
            report,
            ledger_size: book.size(),
        };
        Ok((restored, book.head().clone()))
    }

    fn book(&self, session: &mut dyn Session) -> Result<Book, BackupFault> {
        let book = Book::open(&mut Within(session), &self.ledger.0, Arc::clone(&self.vault));
        let book = book.map_err(|fault| BackupFault::Corrupt(fault.to_string()))?;
        book.ok_or_else(|| BackupFault::Corrupt("the set holds no checkpoint".into()))
    }

    /// The ledger must reach every checkpoint that was seen.
    fn check_reach(&self, size: u64) -> Result<(), BackupFault> {
        match self.seen.iter().find(|seen| seen.checkpoint.size > size) {
            None => Ok(()),
            Some(seen) => Err(BackupFault::RolledBack(format!(
                "{} has seen {} entries, and this set with what came after leads to {size} only",
                seen.by, seen.checkpoint.size
            ))),
        }
    }

    fn entry(&self, deed: Deed, clauses: &[&'static str]) -> Entry {
        let clauses: Vec<Clause> = clauses.iter().map(|clause| Clause::fixed(clause)).collect();
        Entry {
            clauses: Clauses::most_telling(&clauses),
            policy: PolicyMark::of_hash(&self.policy),
            ..Entry::new(self.at.into(), Role::ADMINISTRATOR, By::System, deed)
        }
    }
}

/// Entries of the restore under one checkpoint at most.
const ENTRIES_AT_ONCE: usize = 1024;
