//! The key store in a file of its own.
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

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use sandyq_model::{Fault, SubjectId};

use super::super::inventory::KeyLine;
use super::super::source::{KeyFileFault, check_ours_alone, sync_folder_of};
use super::super::subject_key::{NewKey, WrappedKey};
use super::notes::Note;
use super::{KEY_PAGE_MAX, KeyRows, SCHEMA_VERSION, occupied, unknown_version};

pub(super) struct SqliteKeys {
    connection: Connection,
    path: PathBuf,
}

impl SqliteKeys {
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        make_if_missing(path)?;
        let mut keys = Self::connect(path)?;
        keys.migrate().map_err(fault)?.map_err(unknown_version)?;
        // A crash may have come between a kill and the overwriting of its journal.
        keys.scrub_journal()?;
        Ok(keys)
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

    fn migrate(&mut self) -> rusqlite::Result<Result<(), i64>> {
        let transaction = self.begin()?;
        let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match version {
            0 => {
                transaction.execute_batch(SCHEMA)?;
                transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            }
            SCHEMA_VERSION => {}
            other => return Ok(Err(other)),
        }
        transaction.commit().map(Ok)
    }

    fn begin(&mut self) -> rusqlite::Result<Transaction<'_>> {
        self.connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
    }

    /// Overwrites the journal of finished commits with zeros: it holds pages as they were, and with them keys that died.
    fn scrub_journal(&mut self) -> Result<(), Fault> {
        let mut name = self.path.clone().into_os_string();
        name.push("-journal");
        // The transaction changes nothing, so it writes no journal; it keeps every other writer out.
        let transaction = self.begin().map_err(fault)?;
        match OpenOptions::new().write(true).open(&name) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(journal_fault(&error)),
            Ok(mut journal) => {
                let length = journal.metadata().map_err(|error| journal_fault(&error))?.len();
                let zeros = std::io::copy(&mut std::io::Read::take(std::io::repeat(0), length), &mut journal);
                zeros
                    .and_then(|_| journal.flush())
                    .and_then(|()| journal.sync_all())
                    .map_err(|error| journal_fault(&error))?;
            }
        }
        transaction.rollback().map_err(fault)
    }
}

impl KeyRows for SqliteKeys {
    fn another(&self) -> Result<Box<dyn KeyRows>, Fault> {
        let other = Self::connect(&self.path)?;
        other
            .connection
            .pragma_update(None, "query_only", true)
            .map_err(fault)?;
        Ok(Box::new(other))
    }

    fn get(&mut self, subject: SubjectId, generation: u32) -> Result<Option<WrappedKey>, Fault> {
        let found = find(&self.connection, subject, generation).map_err(fault)?;
        Ok(found
            .map(|bytes| WrappedKey::from_row(subject, generation, &bytes))
            .transpose()?)
    }

    fn put(&mut self, keys: &[NewKey]) -> Result<(), Fault> {
        let transaction = self.begin().map_err(fault)?;
        for key in keys.iter().map(NewKey::wrapped) {
            let added = transaction
                .prepare_cached(
                    "INSERT INTO subject_key (subject_id, generation, wrapped) VALUES (?1, ?2, ?3) \
                     ON CONFLICT DO NOTHING",
                )
                .and_then(|mut insert| {
                    insert.execute(params![
                        key.subject().as_bytes(),
                        key.generation(),
                        key.as_bytes()
                    ])
                })
                .map_err(fault)?;
            let kept = || find(&transaction, key.subject(), key.generation()).map_err(fault);
            if added == 0 && kept()?.as_deref() != Some(key.as_bytes().as_slice()) {
                return Err(occupied());
            }
        }
        transaction.commit().map_err(fault)
    }

    fn take_back(&mut self, keys: &[NewKey]) -> Result<u64, Fault> {
        let transaction = self.begin().map_err(fault)?;
        let mut mine = Vec::with_capacity(keys.len());
        for key in keys.iter().map(NewKey::wrapped) {
            let kept = find(&transaction, key.subject(), key.generation()).map_err(fault)?;
            if kept.as_deref() == Some(key.as_bytes().as_slice()) {
                mine.push((key.subject(), key.generation()));
            }
        }
        let gone = overwrite_and_remove(&transaction, &mine).map_err(fault)?;
        transaction.commit().map_err(fault)?;
        self.scrub_journal()?;
        Ok(gone)
    }

    fn kill(&mut self, dead: &[(SubjectId, u32)]) -> Result<u64, Fault> {
        let transaction = self.begin().map_err(fault)?;
        let gone = overwrite_and_remove(&transaction, dead).map_err(fault)?;
        transaction.commit().map_err(fault)?;
        // Also when nothing lived any more: a crash may have come before the journal was overwritten.
        self.scrub_journal()?;
        Ok(gone)
    }

    fn replace(&mut self, keys: &[NewKey]) -> Result<u64, Fault> {
        let transaction = self.begin().map_err(fault)?;
        let mut replaced = 0;
        for key in keys.iter().map(NewKey::wrapped) {
            let touched = transaction
                .prepare_cached(
                    "UPDATE subject_key SET wrapped = ?3 WHERE subject_id = ?1 AND generation = ?2",
                )
                .and_then(|mut update| {
                    update.execute(params![
                        key.subject().as_bytes(),
                        key.generation(),
                        key.as_bytes()
                    ])
                })
                .map_err(fault)?;
            replaced += u64::try_from(touched).unwrap_or(0);
        }
        transaction.commit().map_err(fault)?;
        self.scrub_journal()?;
        Ok(replaced)
    }

    fn page(&mut self, after: Option<(SubjectId, u32)>) -> Result<Vec<WrappedKey>, Fault> {
        let subject = after.map_or(Vec::new(), |(subject, _)| subject.as_bytes().to_vec());
        let generation = after.map_or(0, |(_, generation)| generation);
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT subject_id, generation, wrapped FROM subject_key \
                 WHERE (subject_id, generation) > (?1, ?2) ORDER BY subject_id, generation LIMIT ?3",
            )
            .map_err(fault)?;
        let rows = query
            .query_map(params![subject, generation, KEY_PAGE_MAX], read)
            .map_err(fault)?;
        rows.map(|row| row.map_err(fault)?).collect()
    }

    fn count(&mut self) -> Result<u64, Fault> {
        let count = self
            .connection
            .query_row("SELECT COUNT(*) FROM subject_key", [], |row| row.get::<_, i64>(0));
        Ok(u64::try_from(count.map_err(fault)?).unwrap_or(0))
    }

    fn notes(&mut self) -> Result<Vec<Note>, Fault> {
        let mut query = self
            .connection
            .prepare("SELECT usage, version, key_id, created_at FROM use_key")
            .map_err(fault)?;
        let rows = query.query_map([], |row| {
            let created_at = Timestamp::from_millisecond(row.get(3)?).unwrap_or(Timestamp::UNIX_EPOCH);
            Ok(Note {
                usage: row.get(0)?,
                version: row.get(1)?,
                key_id: row.get(2)?,
                created_at,
            })
        });
        rows.and_then(Iterator::collect).map_err(fault)
    }

    fn note(&mut self, lines: &[KeyLine]) -> Result<(), Fault> {
        let transaction = self.begin().map_err(fault)?;
        for line in lines {
            let created_at = line.created_at.map_or(0, Timestamp::as_millisecond);
            transaction
                .execute(
                    "INSERT INTO use_key (usage, version, key_id, created_at) VALUES (?1, ?2, ?3, ?4)",
                    params![line.usage.label(), line.version, line.id.as_bytes(), created_at],
                )
                .map_err(fault)?;
        }
        transaction.commit().map_err(fault)
    }
}

fn find(connection: &Connection, subject: SubjectId, generation: u32) -> rusqlite::Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT wrapped FROM subject_key WHERE subject_id = ?1 AND generation = ?2")?
        .query_row(params![subject.as_bytes(), generation], |row| row.get(0))
        .optional()
}

fn overwrite_and_remove(connection: &Connection, dead: &[(SubjectId, u32)]) -> rusqlite::Result<u64> {
    let mut overwrite = connection.prepare_cached(
        "UPDATE subject_key SET wrapped = zeroblob(length(wrapped)) WHERE subject_id = ?1 AND generation = ?2",
    )?;
    let mut remove =
        connection.prepare_cached("DELETE FROM subject_key WHERE subject_id = ?1 AND generation = ?2")?;
    let mut gone = 0;
    for (subject, generation) in dead {
        overwrite.execute(params![subject.as_bytes(), generation])?;
        gone += u64::try_from(remove.execute(params![subject.as_bytes(), generation])?).unwrap_or(0);
    }
    Ok(gone)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<WrappedKey, Fault>> {
    let subject: [u8; 16] = row.get(0)?;
    let bytes: Vec<u8> = row.get(2)?;
    Ok(WrappedKey::from_row(SubjectId::from_bytes(subject), row.get(1)?, &bytes).map_err(Fault::from))
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
const SCHEMA: &str = "\
    CREATE TABLE subject_key (
        subject_id BLOB NOT NULL CHECK (length(subject_id) = 16),
        generation INTEGER NOT NULL CHECK (generation >= 0),
        wrapped    BLOB NOT NULL CHECK (length(wrapped) = 63),
        PRIMARY KEY (subject_id, generation)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE use_key (
        usage      TEXT NOT NULL,
        version    INTEGER NOT NULL,
        key_id     BLOB NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (usage, version)
    ) STRICT, WITHOUT ROWID;";
/// A reader that meets a commit waits for it, at most so long.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
