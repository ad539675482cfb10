//! What the key tree needs of an engine: rows by path, and a few of them changed in one durable commit.

use sandyq_model::Fault;

/// A row: its path, and what lies there.
pub type KeyRow = (Vec<u8>, Vec<u8>);

/// What one durable commit of the key store changed. Steps are numbered without gaps, from 1: whoever has all of them,
/// or all rows at one step and the steps since, has the key store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStep {
    /// Which one.
    pub number: u64,
    /// Rows as they are now.
    pub puts: Vec<KeyRow>,
    /// Paths of rows that are gone.
    pub removes: Vec<Vec<u8>>,
}

/// Hears of each step, after it is durable.
pub type KeyObserver = Box<dyn FnMut(&KeyStep) -> Result<(), Fault> + Send>;

/// Waits until whoever hears of the steps has that one.
///
/// # Errors
/// When that takes too long.
pub type KeyFollower = Box<dyn FnMut(u64) -> Result<(), Fault> + Send>;

/// Whether a transaction may change rows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// One snapshot.
    Read,
    /// Keeps every other writer out.
    Write,
}

/// A store of rows with transactions.
pub(super) trait Rows: Send {
    /// Another handle, that only reads.
    fn another(&self) -> Result<Box<dyn Rows>, Fault>;
    /// Begins a transaction; one at a time.
    fn begin(&mut self, access: Access) -> Result<(), Fault>;
    /// The row at that path.
    fn get(&mut self, path: &[u8]) -> Result<Option<Vec<u8>>, Fault>;
    /// Rows behind that path, in order, at most so many.
    fn after(&mut self, path: &[u8], limit: usize) -> Result<Vec<KeyRow>, Fault>;
    /// Makes the step durable and ends the transaction.
    fn commit(&mut self, step: &KeyStep) -> Result<(), Fault>;
    /// Ends the transaction; nothing of it stays.
    fn end(&mut self);
    /// Overwrites what finished commits left beside the rows.
    fn scrub(&mut self) -> Result<(), Fault>;
}
