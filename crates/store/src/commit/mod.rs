//! Section 4 of the design, numbers 4, 5, 7 and 8: the change and its entry become durable in the same commit, before
//! the answer leaves, and many operations in flight share one commit.
//!
//! This folder is the only place in the code base that commits. One thread owns the one connection that writes; it takes
//! what is waiting as a group, performs it in one transaction together with the ledger's rows, makes it durable with
//! one sync, and only then answers everybody in the group. While it syncs, the next group gathers.

mod answers;
mod found;
mod group;
mod keys;
mod plan;
mod queue;
#[cfg(test)]
mod tests;
mod traces;
mod whole;
mod writer;

use sandyq_ledger::entry::Entry;
use sandyq_model::{Clause, Fault, SubjectId};

use crate::database::Statement;
use crate::tables::idempotency::Once;
use crate::tables::job::Job;
use crate::vault::{Lead, NewKey};

pub(crate) use found::begin_ledger;
pub(crate) use group::{Within, store_page};
pub(crate) use keys::finish_deaths;
pub(crate) use whole::whole;
pub(crate) use writer::{Writer, WriterParts};

/// Commits that may wait; one more is refused as busy (back-pressure).
pub const COMMIT_QUEUE_MAX: usize = 4096;

/// Commits that share one sync at most.
pub const GROUP_MAX: usize = 1024;

/// One operation, all or nothing, with its entry.
#[derive(Default)]
pub struct Commit {
    /// The subject and the version of it that was decided on; 0 for a subject that must not exist yet.
    pub subject: Option<(SubjectId, u64)>,
    /// Whether anything that belongs to the subject changes: its version becomes one more, so that everybody who
    /// decided on the older version decides again. A commit that inserts the subject (version 0) writes version 1.
    pub moves: bool,
    /// The changes, in order.
    pub statements: Vec<Statement>,
    /// Work left in the queue.
    pub jobs: Vec<Job>,
    /// The accounts of it (5.1.5); normally one.
    pub entries: Vec<Entry>,
    /// Clauses that refused; each is counted.
    pub refusals: Vec<Clause>,
    /// The submission, with the answer that a repetition of it gets.
    pub once: Option<Once>,
    /// Keys that must be durable before this is.
    pub new_keys: Vec<NewKey>,
    /// Subjects and generations whose keys die with this (6.3).
    pub dead_keys: Vec<(SubjectId, u32)>,
    /// Leads that must be durable before this is; others to the same subject and field end with it. Their sealed tokens
    /// are among the statements.
    pub leads: Vec<Lead>,
    /// Subjects to whom no lead leads any more.
    pub without_leads: Vec<SubjectId>,
    /// Whether it protects somebody, so that no restore of an older backup may lose it: it is not done while the second copy
    /// does not follow, and goes into it before what only changes somebody. The copy gets the rows of the subject, and of the receipts about those whom the entries name, as
    /// they are afterwards; also when this only `moves`.
    pub protects: bool,
}

/// How a commit ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is done and durable.
    Done {
        /// Where its first entry stands in the ledger; where the next one would stand when it had none.
        entry_index: u64,
        /// How many entries the ledger had when the group was durable.
        tree_size: u64,
    },
    /// The same submission was done before; this is the answer it was given then. Nothing was done now.
    Already(Vec<u8>),
}

/// Why a commit did not happen.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The subject is of another version than the one decided on: look again and decide again.
    #[error("the facts changed while it was decided")]
    Stale,
    /// A statement touched another number of rows than it must, or a row stood in the way.
    #[error("a row was not as expected: {0}")]
    Conflict(&'static str),
    /// The key of the submission was used for another one.
    #[error("this key was used for another submission")]
    OtherSubmission,
    /// Too much is waiting.
    #[error("too many commits are waiting")]
    Busy,
    /// Ours: whether it happened is not known to the caller; the key of the submission makes asking again safe.
    #[error(transparent)]
    Fault(#[from] Fault),
}
