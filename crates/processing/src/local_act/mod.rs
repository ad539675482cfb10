//! 3, 5.1.2: the register of the operator's own documents: its charter, orders, rules, forms. They are registered, and no
//! processing ever rests on one. The responsible person enters them, the auditor reads, and everybody reads those that are public.
//!
//! Nothing that was entered is changed or removed: a new version comes in the place of an older one. The entry of each in the
//! ledger holds the first bytes of the hash of its file.

mod entering;
mod reading;
mod words;

pub use entering::Entered;
pub use reading::{LocalActFile, LocalActRow, LocalActs};
pub use words::{TITLE_LENGTH_MAX, WORD_LENGTH_MAX};

use sandyq_ledger::entry::{Clauses, Detail, Entry, Happening, Outcome};
use sandyq_model::{Actor, CaseId, Clause, LocalActId};

use crate::entry;
use crate::system::System;

/// The largest file of a document, in bytes.
pub const LOCAL_ACT_FILE_BYTES_MAX: usize = sandyq_store::vault::LOCAL_ACT_BYTES_MAX;
/// Documents in the register.
pub const LOCAL_ACTS_MAX: u32 = 200;
/// Bytes of all files together: a segment of the second copy has room for them, or they would be written anew with each change.
pub const LOCAL_ACTS_BYTES_MAX: u64 = 48 * 1024 * 1024;

impl System {
    fn entry_of_local_act(&self, actor: &Actor, happening: Happening, act: LocalActId) -> Entry {
        Entry {
            clauses: Clauses::most_telling(&[Clause::fixed("5.1.2")]),
            case: Some(CaseId::from_bytes(*act.as_bytes())),
            ..entry::of_happening(actor, happening, Outcome::Done, Detail::None, self)
        }
    }
}
