//! SQLite, embedded: write-ahead log, a full sync per commit, freed space overwritten.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, ffi};
use sandyq_model::Fault;

use super::dialect::Dialect;
use super::{Bulk, DatabaseError, ErrorKind, Lookup, Reader, Row, Session, Statement, Value};

/// One connection to the database file.
pub(crate) struct SqliteSession {
    connection: Connection,
    /// Our texts with `$1` put as `?1`, which SQLite takes as a number; by the place of the text in the program.
    texts: HashMap<(usize, usize), Arc<str>>,
}

impl SqliteSession {
    /// Opens the file to write; makes it when it is not there.
    pub(crate) fn open_to_write(path: &Path) -> Result<Self, DatabaseError> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", WAL_CHECKPOINT_PAGES)?;
        Self::prepare(connection)
    }

    /// Opens the file to read only.
    pub(crate) fn open_to_read(path: &Path) -> Result<Self, DatabaseError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.pragma_update(None, "query_only", true)?;
        Self::prepare(connection)
    }

    fn prepare(connection: Connection) -> Result<Self, DatabaseError> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIBIBYTES)?;
        connection.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
        Ok(Self {
            connection,
            texts: HashMap::new(),
        })
    }

    fn text(&mut self, sql: &'static str) -> Arc<str> {
        let place = (sql.as_ptr().addr(), sql.len());
        Arc::clone(
            self.texts
                .entry(place)
                .or_insert_with(|| sql.replace('$', "?").into()),
        )
    }

    fn execute(&mut self, sql: &'static str, args: &[Value]) -> Result<u64, DatabaseError> {
        let text = self.text(sql);
        let mut prepared = self.connection.prepare_cached(&text)?;
        Ok(prepared.execute(rusqlite::params_from_iter(args))? as u64)
    }

    fn direct(&self, sql: &'static str) -> Result<(), DatabaseError> {
        let mut prepared = self.connection.prepare_cached(sql)?;
        prepared.execute([])?;
        Ok(())
    }
}

impl Session for SqliteSession {
    fn begin(&mut self) -> Result<(), DatabaseError> {
        self.direct("BEGIN IMMEDIATE")
    }

    fn commit(&mut self) -> Result<(), DatabaseError> {
        self.direct("COMMIT")
    }

    fn rollback(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.direct("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be undone");
        }
    }

    fn begin_part(&mut self) -> Result<(), DatabaseError> {
        self.direct("SAVEPOINT part")
    }

    fn keep_part(&mut self) -> Result<(), DatabaseError> {
        self.direct("RELEASE part")
    }

    fn undo_part(&mut self) -> Result<(), DatabaseError> {
        self.direct("ROLLBACK TO part")?;
        self.direct("RELEASE part")
    }

    fn perform(&mut self, statements: &[&Statement]) -> Result<Vec<u64>, DatabaseError> {
        statements
            .iter()
            .map(|statement| self.execute(statement.sql, &statement.args))
            .collect()
    }

    fn perform_many(&mut self, bulk: &Bulk, rows: Vec<Vec<Value>>) -> Result<(), DatabaseError> {
        let text = self.text(bulk.one);
        let mut prepared = self.connection.prepare_cached(&text)?;
        for row in rows {
            prepared.execute(rusqlite::params_from_iter(row))?;
        }
        Ok(())
    }

    fn insert(&mut self, sql: &str, rows: Vec<Vec<Value>>) -> Result<(), DatabaseError> {
        let mut prepared = self.connection.prepare(&sql.replace('$', "?"))?;
        for row in rows {
            prepared.execute(rusqlite::params_from_iter(row))?;
        }
        Ok(())
    }

    fn look_up(&mut self, lookup: &Lookup, keys: &[[u8; 16]]) -> Result<Vec<Row>, DatabaseError> {
        let text = self.text(lookup.one);
        let mut prepared = self.connection.prepare_cached(&text)?;
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            collect(&mut prepared, [key.as_slice()], &mut found)?;
        }
        Ok(found)
    }

    fn rows(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let text = self.text(sql);
        let mut prepared = self.connection.prepare_cached(&text)?;
        let mut found = Vec::new();
        collect(&mut prepared, rusqlite::params_from_iter(args), &mut found)?;
        Ok(found)
    }

    fn perform_text(&mut self, sql: &str) -> Result<(), DatabaseError> {
        Ok(self.connection.execute_batch(sql)?)
    }

    /// Removed rows are overwritten in the pages (`secure_delete`); the pages as they were before lie in the write-ahead
    /// log until it is carried over and cut off.
    fn leave_no_trace(&mut self) -> Result<bool, DatabaseError> {
        self.connection.busy_timeout(TRACE_PATIENCE)?;
        let busy = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        self.connection.busy_timeout(BUSY_TIMEOUT)?;
        Ok(busy? == 0)
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

/// Reads within the snapshot that `begin_snapshot` has taken.
impl Reader for SqliteSession {
    fn query(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, Fault> {
        Ok(self.rows(sql, args)?)
    }
}

impl super::readers::Snapshots for SqliteSession {
    fn begin_snapshot(&mut self) -> Result<(), DatabaseError> {
        self.direct("BEGIN DEFERRED")
    }

    fn end_snapshot(&mut self) {
        self.rollback();
    }

    fn as_reader(&mut self) -> &mut dyn Reader {
        self
    }
}

fn collect(
    prepared: &mut rusqlite::CachedStatement<'_>,
    args: impl rusqlite::Params,
    found: &mut Vec<Row>,
) -> Result<(), DatabaseError> {
    let columns = prepared.column_count();
    let mut rows = prepared.query(args)?;
    while let Some(row) = rows.next()? {
        let values = (0..columns)
            .map(|column| row.get_ref(column).map(own))
            .collect::<Result<_, _>>()?;
        found.push(Row(values));
    }
    Ok(())
}

/// Our tables hold no fractions; one that came from elsewhere is read as nothing and so found wrong.
fn own(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        let kind = match error
            .sqlite_error()
            .map(|error| error.extended_code & PRIMARY_CODE)
        {
            Some(ffi::SQLITE_CONSTRAINT) => ErrorKind::Constraint,
            Some(ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED) => ErrorKind::Again,
            Some(ffi::SQLITE_FULL | ffi::SQLITE_TOOBIG | ffi::SQLITE_NOMEM) => ErrorKind::Full,
            Some(ffi::SQLITE_ERROR | ffi::SQLITE_RANGE | ffi::SQLITE_MISMATCH | ffi::SQLITE_SCHEMA)
            | None => ErrorKind::Statement,
            Some(_) => ErrorKind::Broken,
        };
        Self::new(kind, error.to_string())
    }
}

/// The lower byte of a result code says what kind it is of.
const PRIMARY_CODE: i32 = 0xff;
/// How long a destruction waits for readers of older snapshots before it is answered; it is tried again afterwards.
const TRACE_PATIENCE: Duration = Duration::from_millis(50);
/// How long a connection waits for another program to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages of 4 KiB in the write-ahead log after which they are moved into the database file: seldom, because a commit
/// waits for it; and the log is overwritten afterwards, which syncs faster than growing it.
const WAL_CHECKPOINT_PAGES: i64 = 8192;
/// Prepared statements that a connection keeps.
const PREPARED_MAX: usize = 256;
/// Memory for pages, per connection.
const CACHE_KIBIBYTES: i64 = 32 * 1024;
/// Bytes of the file that are read without copying.
const MAPPED_BYTES: i64 = 1 << 30;
