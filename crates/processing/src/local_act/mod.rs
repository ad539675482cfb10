//! 3, 5.1.2: the register of the operator's own documents: its charter, orders, rules, forms. They are registered, and no
//! processing ever rests on one. The responsible person enters them, the auditor reads, and everybody reads those that are public.
//!
//! Nothing that was entered is changed or removed: a new version comes in the place of an older one, and what is taken off the
//! site stays in the register. The entry of each in the ledger holds the first bytes of the hash of its file.

mod entering;
mod hiding;
mod reading;
mod words;

pub use entering::Entered;
pub use reading::{LocalActFile, LocalActRow, LocalActs, Stands};
pub use words::{TITLE_LENGTH_MAX, WORD_LENGTH_MAX};

use sandyq_ledger::entry::{Clauses, Detail, Entry, Happening, Outcome};
use sandyq_model::{Actor, CaseId, Clause, LocalActId};
use sandyq_store::{Commit, CommitError, Committed, Statement};

use crate::access::Caller;
use crate::entry;
use crate::once::SentUnder;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// The largest file of a document, in bytes.
pub const LOCAL_ACT_FILE_BYTES_MAX: usize = sandyq_store::vault::LOCAL_ACT_BYTES_MAX;
/// Documents in the register.
pub const LOCAL_ACTS_MAX: u32 = 200;
/// Bytes of all files together: a segment of the second copy has room for them, or they would be written anew with each change.
pub const LOCAL_ACTS_BYTES_MAX: u64 = 48 * 1024 * 1024;

impl System {
    /// A change of the register with its entry; `false` when a row of the same place came a moment ago.
    async fn commit_local_act(
        &self,
        caller: &Caller,
        (happening, act): (Happening, LocalActId),
        statements: Vec<Statement>,
        sent: SentUnder,
    ) -> Result<bool, Rejected> {
        let commit = Commit {
            statements,
            entries: vec![self.entry_of_local_act(&caller.actor, happening, act)],
            once: Some(sent.answered(act.as_bytes().to_vec())),
            protects: true,
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(Committed::Done { .. } | Committed::Already(_)) => Ok(true),
            Err(CommitError::Conflict(_)) => Ok(false),
            Err(error) => Err(refused_commit(error)),
        }
    }

    fn entry_of_local_act(&self, actor: &Actor, happening: Happening, act: LocalActId) -> Entry {
        Entry {
            clauses: Clauses::most_telling(&[Clause::fixed("5.1.2")]),
            case: Some(CaseId::from_bytes(*act.as_bytes())),
            ..entry::of_happening(actor, happening, Outcome::Done, Detail::None, self)
        }
    }
}
