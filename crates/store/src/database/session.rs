//! What both engines can do: a reader's part that everybody may use, and a writer's part that only a commit has.

use sandyq_model::Fault;

use super::{Bulk, DatabaseError, Lookup, Row, Statement, Value};

/// Reads rows within one snapshot.
pub trait Reader {
    /// The rows that a query gives.
    ///
    /// # Errors
    /// When the engine does not answer.
    fn query(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, Fault>;
}

/// Shorter ways to ask a [`Reader`].
pub trait ReaderExt: Reader {
    /// The rows, each read by a function.
    ///
    /// # Errors
    /// When the engine does not answer, or a row is not what it should be.
    fn list<T>(
        &mut self,
        sql: &'static str,
        args: &[Value],
        read: impl Fn(&mut Row) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        self.query(sql, args)?.iter_mut().map(read).collect()
    }

    /// The first row, if there is one, read by a function.
    ///
    /// # Errors
    /// When the engine does not answer, or the row is not what it should be.
    fn first<T>(
        &mut self,
        sql: &'static str,
        args: &[Value],
        read: impl Fn(&mut Row) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        self.query(sql, args)?.first_mut().map(read).transpose()
    }
}

impl<R: Reader + ?Sized> ReaderExt for R {}

/// One connection that can write. Between `begin` and `commit` it is alone with the ledger's head.
pub(crate) trait Session: Send {
    /// Begins a transaction that no other writer can be within at the same time.
    fn begin(&mut self) -> Result<(), DatabaseError>;
    /// Makes the transaction durable; after an error nothing is known about it.
    fn commit(&mut self) -> Result<(), DatabaseError>;
    /// Undoes the transaction, if there is one.
    fn rollback(&mut self);
    /// Begins a part that can be undone by itself.
    fn begin_part(&mut self) -> Result<(), DatabaseError>;
    /// Keeps the part.
    fn keep_part(&mut self) -> Result<(), DatabaseError>;
    /// Undoes the part.
    fn undo_part(&mut self) -> Result<(), DatabaseError>;
    /// Performs the statements in order and gives how many rows each has touched. Stops at the first that fails.
    fn perform(&mut self, statements: &[&Statement]) -> Result<Vec<u64>, DatabaseError>;
    /// Performs one statement for many rows of values.
    fn perform_many(&mut self, bulk: &Bulk, rows: Vec<Vec<Value>>) -> Result<(), DatabaseError>;
    /// Puts rows in, with one text that was put together from names of tables and columns.
    fn insert(&mut self, sql: &str, rows: Vec<Vec<Value>>) -> Result<(), DatabaseError>;
    /// The rows for many keys of 16 bytes.
    fn look_up(&mut self, lookup: &Lookup, keys: &[[u8; 16]]) -> Result<Vec<Row>, DatabaseError>;
    /// The rows that a query gives, within the transaction if there is one.
    fn rows(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, DatabaseError>;
    /// Performs text of our own that is not a prepared statement: migrations.
    fn perform_text(&mut self, sql: &str) -> Result<(), DatabaseError>;
    /// After a destruction: makes what was removed leave the engine's own files too, as far as the engine can (DEF-4).
    /// Not within a transaction. `false`: somebody still reads an older snapshot, so that it must be asked again.
    fn leave_no_trace(&mut self) -> Result<bool, DatabaseError>;
    /// Which engine it is.
    fn dialect(&self) -> super::dialect::Dialect;
}
