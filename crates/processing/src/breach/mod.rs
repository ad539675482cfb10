//! 5.1.3: the register of breaches. The responsible person enters what was found, what was done and who was told; the auditor
//! reads. Nothing that was entered is ever changed or removed, and every entry has its line in the ledger.
//!
//! Nothing personal is in it, so it outlives everybody whom a breach concerned: a text that holds a number or an address of
//! somebody is refused.

mod entering;
mod reading;
mod words;

pub use entering::Told;
pub use reading::{BreachRow, BreachView, Breaches, StepView};
pub use words::{DOCUMENT_LENGTH_MAX, TOLD_LENGTH_MAX, When};

use sandyq_ledger::entry::{Clauses, Detail, Entry, Happening, Outcome};
use sandyq_model::{Actor, BreachId, CaseId, Clause, Fault, time};
use sandyq_policy::Policy;

use crate::entry;
use crate::request::deadline::{self, Due};
use crate::system::System;

/// Steps on one breach.
pub const STEPS_MAX: usize = 500;
/// The most people that a breach can concern.
pub const PEOPLE_MAX: u64 = 100_000_000;

/// The name of the deadline in the policy folder.
const DEADLINE: &str = "breach-notice";

/// Until when the authority is told of a breach that was found then: at the same hour of the last working day.
///
/// # Errors
/// When the policy sets no such deadline, or its calendar does not reach that far: nothing is guessed.
pub fn due(policy: &Policy, detected: jiff::Timestamp) -> Result<Due, Fault> {
    deadline::due_of(policy, DEADLINE, detected, |day| {
        time::same_hour(day, detected).map_err(|error| deadline::beyond(&error))
    })
}

impl System {
    fn entry_of_breach(&self, actor: &Actor, happening: Happening, breach: BreachId) -> Entry {
        Entry {
            clauses: Clauses::most_telling(&[Clause::fixed("5.1.3")]),
            case: Some(CaseId::from_bytes(*breach.as_bytes())),
            ..entry::of_happening(actor, happening, Outcome::Done, Detail::None, self)
        }
    }
}
