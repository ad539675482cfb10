//! The rows of the key store in a file of its own.
//!
//! Settings that carry a promise: `synchronous=FULL` (a commit that was answered is on the medium), `secure_delete`
//! (what is removed is overwritten with zeros in the file), and a rollback journal that stays in its place
//! (`journal_mode=PERSIST`) so that a kill can overwrite the old pages in it. A journal that is deleted or cut off, or
//! a write-ahead log, would leave them in blocks that nobody can reach any more.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use sandyq_model::{Fault, SubjectId};

use super::super::source::{KeyFileFault, check_ours_alone, sync_folder_of};
use super::super::subject_key::{NewKey, WrappedKey};
use super::notes;
use super::rows::{Access, KeyRow, KeyStep, Rows};

/// One connection to the file.
pub(super) struct SqliteRows {
    connection: Connection,
    path: PathBuf,
}

impl SqliteRows {
    /// Opens the file, or makes one that only its owner can read. Tables of the first version are kept beside the rows
    /// until [`SqliteRows::take_flat`] has emptied them.
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        make_if_missing(path)?;
        let mut rows = Self::connect(path)?;
        rows.migrate()?;
        // A crash may have come between a kill and the overwriting of its journal.
        rows.scrub()?;
        Ok(rows)
    }

    /// A page of keys as the first version kept them, each under the root key alone; they leave with the commit.
    pub(super) fn take_flat(&mut self, limit: usize) -> Result<Vec<NewKey>, Fault> {
        let names = "SELECT name FROM sqlite_schema WHERE name = 'subject_key'";
        let flat: Option<String> = self
            .connection
            .query_row(names, [], |row| row.get(0))
            .optional()
            .map_err(fault)?;
        if flat.is_none() {
            return Ok(Vec::new());
        }
        let mut keys = Vec::new();
        {
            let mut query = self
                .connection
                .prepare_cached("SELECT subject_id, generation, wrapped FROM subject_key LIMIT ?1")
                .map_err(fault)?;
            let found = query.query_map([count(limit)], |row| {
                Ok((
                    row.get::<_, [u8; 16]>(0)?,
                    row.get::<_, u32>(1)?,
                    row.get::<_, Vec<u8>>(2)?,
                ))
            });
            for row in found.map_err(fault)? {
                let (subject, generation, bytes) = row.map_err(fault)?;
                let subject = SubjectId::from_bytes(subject);
                keys.push(NewKey(WrappedKey::from_row(subject, generation, &bytes)?));
            }
        }
        for key in keys.iter().map(NewKey::wrapped) {
            self.connection
                .prepare_cached("DELETE FROM subject_key WHERE subject_id = ?1 AND generation = ?2")
                .and_then(|mut delete| delete.execute(params![key.subject().as_bytes(), key.generation()]))
                .map_err(fault)?;
        }
        Ok(keys)
    }

    /// Drops the table that [`SqliteRows::take_flat`] has emptied, and every byte that it left.
    pub(super) fn drop_flat(&mut self) -> Result<(), Fault> {
        self.connection
            .execute_batch("DROP TABLE IF EXISTS subject_key; VACUUM;")
            .map_err(fault)?;
        self.scrub()
    }

    fn connect(path: &Path) -> Result<Self, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(fault)?;
        connection.execute_batch(SETTINGS).map_err(fault)?;
        Ok(Self {
            connection,
            path: path.to_owned(),
        })
    }

    fn migrate(&mut self) -> Result<(), Fault> {
        self.begin(Access::Write)?;
        let migrated = self.migrate_within();
        if migrated.is_err() {
            self.end();
        }
        migrated
    }

    fn migrate_within(&mut self) -> Result<(), Fault> {
        let version: i64 = self
            .connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(fault)?;
        match version {
            0 => self.connection.execute_batch(SCHEMA).map_err(fault)?,
            FLAT_VERSION => {
                self.connection.execute_batch(SCHEMA).map_err(fault)?;
                self.move_notes().map_err(fault)?;
            }
            SCHEMA_VERSION => {}
            other => return Err(unknown_version(other)),
        }
        self.connection
            .pragma_update(None, "user_version", SCHEMA_VERSION)
            .and_then(|()| self.connection.execute_batch("COMMIT"))
            .map_err(fault)
    }

    fn move_notes(&self) -> rusqlite::Result<()> {
        let mut query = self
            .connection
            .prepare("SELECT usage, version, key_id, created_at FROM use_key")?;
        let mut noted = query.query([])?;
        while let Some(row) = noted.next()? {
            let (usage, version): (String, u16) = (row.get(0)?, row.get(1)?);
            let (id, millis): (Vec<u8>, i64) = (row.get(2)?, row.get(3)?);
            let (path, blob) = notes::row(&usage, version, &id, millis);
            self.connection.execute(
                "INSERT INTO row (path, blob) VALUES (?1, ?2)",
                params![path, blob],
            )?;
        }
        drop(noted);
        drop(query);
        self.connection.execute_batch("DROP TABLE use_key")
    }
}

impl Rows for SqliteRows {
    fn another(&self) -> Result<Box<dyn Rows>, Fault> {
        let other = Self::connect(&self.path)?;
        other
            .connection
            .pragma_update(None, "query_only", true)
            .map_err(fault)?;
        Ok(Box::new(other))
    }

    fn begin(&mut self, access: Access) -> Result<(), Fault> {
        let begin = match access {
            Access::Read => "BEGIN",
            Access::Write => "BEGIN IMMEDIATE",
        };
        self.connection
            .prepare_cached(begin)
            .and_then(|mut begin| begin.execute([]))
            .map(drop)
            .map_err(fault)
    }

    fn get(&mut self, path: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.connection
            .prepare_cached("SELECT blob FROM row WHERE path = ?1")
            .and_then(|mut query| query.query_row([path], |row| row.get(0)).optional())
            .map_err(fault)
    }

    fn after(&mut self, path: &[u8], limit: usize) -> Result<Vec<KeyRow>, Fault> {
        let mut query = self
            .connection
            .prepare_cached("SELECT path, blob FROM row WHERE path > ?1 ORDER BY path LIMIT ?2")
            .map_err(fault)?;
        let rows = query.query_map(params![path, count(limit)], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.and_then(Iterator::collect).map_err(fault)
    }

    fn commit(&mut self, step: &KeyStep) -> Result<(), Fault> {
        let mut remove = self
            .connection
            .prepare_cached("DELETE FROM row WHERE path = ?1")
            .map_err(fault)?;
        for path in &step.removes {
            remove.execute([path]).map_err(fault)?;
        }
        let mut put = self
            .connection
            .prepare_cached(
                "INSERT INTO row (path, blob) VALUES (?1, ?2) \
                 ON CONFLICT (path) DO UPDATE SET blob = excluded.blob",
            )
            .map_err(fault)?;
        for (path, blob) in &step.puts {
            put.execute(params![path, blob]).map_err(fault)?;
        }
        self.connection.execute_batch("COMMIT").map_err(fault)
    }

    fn end(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::warn!(%error, "a transaction of the key store could not be undone");
        }
    }

    /// Overwrites the journal of finished commits with zeros: it holds pages as they were, and with them keys that died.
    fn scrub(&mut self) -> Result<(), Fault> {
        // The transaction changes nothing, so it writes no journal; it keeps every other writer out.
        self.begin(Access::Write)?;
        let scrubbed = scrub_journal(&self.path);
        self.end();
        scrubbed
    }
}

fn scrub_journal(path: &Path) -> Result<(), Fault> {
    let mut name = path.to_owned().into_os_string();
    name.push("-journal");
    match OpenOptions::new().write(true).open(&name) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(journal_fault(&error)),
        Ok(mut journal) => {
            let length = journal.metadata().map_err(|error| journal_fault(&error))?.len();
            let zeros = std::io::copy(&mut std::io::Read::take(std::io::repeat(0), length), &mut journal);
            zeros
                .and_then(|_| journal.flush())
                .and_then(|()| journal.sync_all())
                // Cut off only what is zeros on the medium by now: or every later death would pay for the largest step.
                .and_then(|()| journal.set_len(length.min(JOURNAL_KEPT)))
                .map_err(|error| journal_fault(&error))
        }
    }
}

fn make_if_missing(path: &Path) -> Result<(), KeyFileFault> {
    let io = |error| KeyFileFault::Io {
        path: path.to_owned(),
        error,
    };
    match OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Ok(_) => sync_folder_of(path).map_err(io),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            check_ours_alone(path, &OpenOptions::new().read(true).open(path).map_err(io)?)
        }
        Err(error) => Err(io(error)),
    }
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn unknown_version(version: i64) -> Fault {
    Fault::Vault(format!(
        "the key store is of version {version}; this program knows version {SCHEMA_VERSION}"
    ))
}

fn fault(error: rusqlite::Error) -> Fault {
    Fault::Vault(format!("the key store: {error}"))
}

fn journal_fault(error: &std::io::Error) -> Fault {
    Fault::Vault(format!(
        "the key store's journal could not be overwritten: {error}"
    ))
}

const SETTINGS: &str = "PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; \
    PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;";
const SCHEMA: &str = "CREATE TABLE row (path BLOB NOT NULL PRIMARY KEY, blob BLOB NOT NULL) STRICT;";
/// The bytes of its journal that a key store keeps between two commits, all of them zeros: more than one death needs.
const JOURNAL_KEPT: u64 = 256 * 1024;
/// The version of the tables.
const SCHEMA_VERSION: i64 = 2;
/// The version that kept each wrapped key in a row of its own, under the root key alone.
const FLAT_VERSION: i64 = 1;
/// A reader that meets a commit waits for it, at most so long.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
