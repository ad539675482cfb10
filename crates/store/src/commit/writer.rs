//! The one thread that commits.
use sandyq_model::Fault;

use super::{Commit, CommitError, Committed};

/// The writer.
pub(crate) struct Writer {}

pub(crate) struct Answer {}

impl Answer {
    pub(crate) async fn answer(self) -> Result<Committed, CommitError> {
        Err(Fault::Store("not yet".into()).into())
    }
}

impl Writer {
    pub(crate) fn submit(&self, _commit: Commit) -> Result<Answer, CommitError> {
        Ok(Answer {})
    }
}
