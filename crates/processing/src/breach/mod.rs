//! 5.1.3: the register of breaches. The responsible person enters what was found, what was done and who was told; the auditor
//! reads. Nothing that was entered is ever changed or removed, and every entry has its line in the ledger.
//!
//! Nothing personal is in it, so it outlives everybody whom a breach concerned: a text that holds a number or an address of
//! somebody is refused. Whom it concerns stands beside it by ids alone (`people.rs`), found as `seeking.rs` says, written to
//! by `letters.rs`, and listed for the authority by `listing.rs`, which opens names at that moment; that goes with each person.

mod entering;
mod letters;
mod listing;
mod people;
mod reading;
mod seeking;
mod words;

pub use entering::Told;
pub use letters::LettersTold;
pub use listing::{BreachList, Listed, PART_PEOPLE};
pub use people::{ActView, ConcernedView, Part, People, Reach};
pub use reading::{BreachRow, BreachView, Breaches, StepView};
pub use sandyq_store::tables::breach_subject::Counts;
pub use seeking::Sought;
pub use words::{DOCUMENT_LENGTH_MAX, TOLD_LENGTH_MAX, When};

use sandyq_ledger::entry::{Clauses, Detail, Entry, Happening, Outcome};
use sandyq_model::{Actor, BreachId, CaseId, Clause, Fault, SubjectId, time};
use sandyq_policy::Policy;
use sandyq_store::tables::breach_subject::{self, BreachSubject};
use sandyq_store::tables::subject::{self, Subject};
use sandyq_store::{Commit, CommitError, Job, Statement};

use crate::entry;
use crate::perform::fault_of;
use crate::request::deadline::{self, Due};
use crate::system::System;

pub(crate) use letters::send;
pub(crate) use seeking::go_on;

/// Steps on one breach.
pub const STEPS_MAX: usize = 500;
/// The most people that a breach can concern.
pub const PEOPLE_MAX: u64 = 100_000_000;

/// The most people of one breach whose ids are kept.
pub const PEOPLE_KEPT_MAX: u64 = 50_000;
/// Acts about the people of one breach.
pub const ACTS_MAX: u32 = 200;
/// Acts that are looked for at once.
const UNENDED_MAX: u32 = 500;
/// People about whom something is committed at the same time, so that their commits share a sync.
const AT_ONCE: usize = 32;
/// How often something is noted about somebody anew when their record changes meanwhile.
const COMMITS_MAX: u32 = 16;

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

    /// Notes something about somebody of a breach on the newest version of the record, with an entry that the person reads where it
    /// is one. `change` says what, or that there is nothing to note. Whether it was noted now.
    async fn note_about(
        &self,
        about: Option<(&Actor, Happening)>,
        (subject, breach): (SubjectId, BreachId),
        change: impl Fn(&Subject, Option<&BreachSubject>) -> Option<(Vec<Statement>, Vec<Job>)>,
    ) -> Result<bool, Fault> {
        for _ in 0..COMMITS_MAX {
            let read = self.store().read(move |reader| {
                let known = subject::find(reader, subject)?;
                Ok((known, breach_subject::find(reader, subject, breach)?))
            });
            let (Some(known), row) = read.await? else {
                return Ok(false);
            };
            let Some((statements, jobs)) = change(&known, row.as_ref()) else {
                return Ok(false);
            };
            let entry = about.map(|(actor, happening)| Entry {
                subject: known.pseudonym,
                ..self.entry_of_breach(actor, happening, breach)
            });
            let commit = Commit {
                subject: Some((subject, known.version)),
                moves: true,
                statements,
                jobs,
                entries: entry.into_iter().collect(),
                ..Commit::default()
            };
            let committed = self.commit_about(subject, commit).await;
            match committed {
                Ok(_) => return Ok(true),
                Err(CommitError::Stale) => {}
                // Another worker was first.
                Err(CommitError::Conflict(_)) => return Ok(false),
                Err(error) => return Err(fault_of(error)),
            }
        }
        Err(Fault::Busy("the same person's record changes too fast".into()))
    }
}
