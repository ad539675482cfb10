//! Where wrapped data keys lie: apart from the data, so that no copy of the data holds one (DEF-8, 6.3).
//!
//! A key is durable here before the first value that it seals; it dies here after its destruction is durable in the data
//! store. On SQLite its file is `keys.db`, on PostgreSQL its schema is `vault`. A kill overwrites the wrapped key with
//! zeros and removes it, in one durable commit; on SQLite nothing of it stays in the file or in its journal.
//! PostgreSQL cannot promise that: its write-ahead log and its dead row versions hold the wrapped key until it recycles
//! them (see `docs/decisions/`). Never copy this store into a backup of the data.

mod notes;
mod postgres;
mod sqlite;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use sandyq_model::{Fault, SubjectId};

use super::inventory::KeyInventory;
use super::orphans::{Orphans, orphans};
use super::subject_key::{NewKey, WrappedKey};
use super::{KeyLine, Vault};
use notes::Note;
use postgres::PostgresKeys;
use sqlite::SqliteKeys;

/// The one handle that writes; the writer thread owns it.
pub struct KeyStore {
    rows: Box<dyn KeyRows>,
}

impl KeyStore {
    /// Opens the key store in that file, or makes one that only its owner can read.
    ///
    /// # Errors
    /// [`Fault::Configuration`] when others may reach the file, [`Fault::Vault`] when it is not a key store.
    pub fn open_file(path: &Path) -> Result<Self, Fault> {
        Ok(Self {
            rows: Box::new(SqliteKeys::open(path)?),
        })
    }

    /// Opens the key store in schema `vault` of that PostgreSQL, or makes one. The server must be on this machine or on
    /// a network of its own: the connection is not encrypted, what goes over it is.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the server does not answer, or the schema is of a later version.
    pub fn open_postgres(url: &str) -> Result<Self, Fault> {
        Ok(Self {
            rows: Box::new(PostgresKeys::open(url)?),
        })
    }

    /// Another handle, that only reads and can be shared.
    ///
    /// # Errors
    /// When another connection cannot be made.
    pub fn reader(&self) -> Result<KeyReader, Fault> {
        Ok(KeyReader {
            rows: Mutex::new(self.rows.another()?),
        })
    }

    /// The wrapped key of that generation of the subject, if it lives.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn get(&mut self, subject: SubjectId, generation: u32) -> Result<Option<WrappedKey>, Fault> {
        self.rows.get(subject, generation)
    }

    /// Writes all the keys in one durable commit, or none. A key that is there already as it is, is no error.
    ///
    /// # Errors
    /// [`Fault::Vault`] when there is another key of the same subject and generation, or nothing could be written.
    pub fn put(&mut self, keys: &[NewKey]) -> Result<(), Fault> {
        if keys.is_empty() {
            Ok(())
        } else {
            self.rows.put(keys)
        }
    }

    /// Removes keys whose commit in the data store did not happen, in one durable commit. Only exactly these keys: one
    /// of the same name that another commit wrote stays. Gives how many there were.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn take_back(&mut self, keys: &[NewKey]) -> Result<u64, Fault> {
        if keys.is_empty() {
            Ok(0)
        } else {
            self.rows.take_back(keys)
        }
    }

    /// Overwrites the keys with zeros and removes them, in one durable commit. Gives how many still lived; killing a
    /// dead key again does no harm. The vault must then forget the subjects ([`Vault::forget`]).
    ///
    /// # Errors
    /// When the store does not answer: then it is not known whether the keys live, and the kill must be done again.
    pub fn kill(&mut self, dead: &[(SubjectId, u32)]) -> Result<u64, Fault> {
        if dead.is_empty() {
            Ok(0)
        } else {
            self.rows.kill(dead)
        }
    }

    /// Puts newly wrapped keys in the place of the old wrapping of the same keys, in one durable commit: a step of a
    /// rotation. A key that died meanwhile stays dead. Gives how many were replaced.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn replace(&mut self, keys: &[NewKey]) -> Result<u64, Fault> {
        if keys.is_empty() {
            Ok(0)
        } else {
            self.rows.replace(keys)
        }
    }

    /// The next keys after that one, in order of subject and generation; at most [`KEY_PAGE_MAX`].
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn page(&mut self, after: Option<(SubjectId, u32)>) -> Result<Vec<WrappedKey>, Fault> {
        self.rows.page(after)
    }

    /// Compares the keys here with those that the subjects in the data store use.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn orphans(&mut self, used_by_subjects: &[(SubjectId, u32)]) -> Result<Orphans, Fault> {
        let mut names = Vec::new();
        loop {
            let page = self.page(names.last().copied())?;
            if page.is_empty() {
                return Ok(orphans(&names, used_by_subjects));
            }
            names.extend(page.iter().map(|key| (key.subject(), key.generation())));
        }
    }

    /// Checks that the vault derives the same keys as ever for this store, notes versions that are new since now, and
    /// gives the inventory. To be called once at start, before anything else.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the key source is another one than this store was made with, or the settings name an older
    /// version of a key than was in use.
    pub fn reconcile(&mut self, vault: &Vault, at: Timestamp) -> Result<KeyInventory, Fault> {
        let noted = self.rows.notes()?;
        let (keys, new) = notes::reconcile(&vault.inventory().keys, &noted, at)?;
        if !new.is_empty() {
            self.rows.note(&new)?;
        }
        let subject_keys = self.rows.count()?;
        Ok(KeyInventory {
            origin: vault.inventory().origin.clone(),
            keys,
            subject_keys,
        })
    }
}

/// A handle that reads; shared by everybody who opens values.
pub struct KeyReader {
    rows: Mutex<Box<dyn KeyRows>>,
}

impl KeyReader {
    /// The wrapped key of that generation of the subject, if it lives.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn get(&self, subject: SubjectId, generation: u32) -> Result<Option<WrappedKey>, Fault> {
        // A reader that panicked changed nothing, so a poisoned lock is sound.
        self.rows
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(subject, generation)
    }
}

/// What both engines can do.
trait KeyRows: Send {
    fn another(&self) -> Result<Box<dyn KeyRows>, Fault>;
    fn get(&mut self, subject: SubjectId, generation: u32) -> Result<Option<WrappedKey>, Fault>;
    fn put(&mut self, keys: &[NewKey]) -> Result<(), Fault>;
    fn take_back(&mut self, keys: &[NewKey]) -> Result<u64, Fault>;
    fn kill(&mut self, dead: &[(SubjectId, u32)]) -> Result<u64, Fault>;
    fn replace(&mut self, keys: &[NewKey]) -> Result<u64, Fault>;
    fn page(&mut self, after: Option<(SubjectId, u32)>) -> Result<Vec<WrappedKey>, Fault>;
    fn count(&mut self) -> Result<u64, Fault>;
    fn notes(&mut self) -> Result<Vec<Note>, Fault>;
    fn note(&mut self, lines: &[KeyLine]) -> Result<(), Fault>;
}

/// There is another key of the same subject and generation; overwriting it would destroy what it has sealed.
fn occupied() -> Fault {
    Fault::Vault("another key of the same subject and generation is there already".to_owned())
}

fn unknown_version(version: i64) -> Fault {
    Fault::Vault(format!(
        "the key store is of version {version}; this program knows version {SCHEMA_VERSION}"
    ))
}

/// A page of keys holds at most so many.
pub const KEY_PAGE_MAX: u32 = 1024;
/// The version of the tables.
const SCHEMA_VERSION: i64 = 1;
