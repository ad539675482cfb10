//! 5.1.7: afterwards the responsible person judges each look in an emergency. Until that was done within its hours, the board and the doctor
//! say so.

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Clauses, Detail, Happening, Outcome};
use sandyq_model::{Fault, Problem, ProposalId};
use sandyq_policy::Policy;
use sandyq_store::tables::emergency::{self, Emergency};
use sandyq_store::{Commit, CommitError};

use super::CLAUSE;
use crate::access::Caller;
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// What waits for a judgement, in one list; one that is judged makes room for the next.
const LISTED_MAX: u32 = 100;
/// So many that wait too long are counted.
pub const LATE_MAX: u32 = 1_000;
/// Hours for a judgement, where the policy does not say it.
const HOURS: u32 = 72;

/// How a look in an emergency is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It had to be.
    Right,
    /// It had not: a breach.
    Wrong,
}

impl Verdict {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Right, Self::Wrong];

    /// Its word in storage and in translations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == word)
    }

    const fn happening(self) -> Happening {
        match self {
            Self::Right => Happening::EmergencyRight,
            Self::Wrong => Happening::EmergencyWrong,
        }
    }
}

/// A look in an emergency that nobody has judged yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyView {
    /// Which.
    pub id: ProposalId,
    /// The case; `None` when the person is gone.
    pub reference: Option<String>,
    /// The reason, in its word.
    pub reason: String,
    /// The sign-in name of whoever asked; nothing when there is no such account any more.
    pub by: Option<String>,
    /// The same of whoever agreed.
    pub second: Option<String>,
    /// Since when it was open.
    pub opened_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// How often somebody set about to look.
    pub looks: u32,
    /// Until when it is to be judged.
    pub due: Timestamp,
    /// It is not over, and cannot be judged yet.
    pub is_open: bool,
    /// It is past its hours.
    pub is_late: bool,
}

/// The instant before which everything was to be judged by now.
#[must_use]
pub fn judged_before(policy: &Policy, now: Timestamp) -> Timestamp {
    now - within(policy)
}

fn within(policy: &Policy) -> SignedDuration {
    let hours = policy.counted("emergency-review-hours", HOURS);
    SignedDuration::from_hours(i64::from(hours))
}

impl System {
    /// The looks in an emergency that nobody has judged, the oldest first.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person.
    pub async fn unjudged_emergencies(&self, caller: &Caller) -> Result<Vec<EmergencyView>, Rejected> {
        at_the_board(caller)?;
        let found = self
            .store()
            .read(|reader| emergency::unreviewed(reader, LISTED_MAX));
        let now = self.now();
        let views = found.await?.into_iter().map(|(row, by, second)| {
            let due = row.opened_at + within(self.policy());
            EmergencyView {
                id: row.id,
                reference: row.reference,
                reason: row.reason,
                by,
                second,
                opened_at: row.opened_at,
                until: row.until,
                looks: row.looks,
                due,
                is_open: now < row.until,
                is_late: due < now,
            }
        });
        Ok(views.collect())
    }

    /// How many looks in an emergency nobody has judged in time.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn late_emergencies(&self) -> Result<usize, Fault> {
        let before = judged_before(self.policy(), self.now());
        self.store()
            .read(move |reader| emergency::late(reader, before, LATE_MAX))
            .await
    }

    /// Judges a look in an emergency, once it is over. The person reads of it.
    ///
    /// # Errors
    /// A mistake with `verdict` when there is none, or it is still open; [`Rejected::NotFound`] for everybody but the responsible person, for
    /// whoever looked, and for what was judged before.
    pub async fn judge_emergency(
        &self,
        caller: &Caller,
        id: ProposalId,
        verdict: Option<Verdict>,
    ) -> Result<Verdict, Rejected> {
        at_the_board(caller)?;
        let verdict = verdict.ok_or_else(|| Rejected::mistake("verdict", Problem::Missing))?;
        let found = self
            .store()
            .read(move |reader| emergency::find(reader, id))
            .await?;
        let row = found
            .filter(|row| row.asked_by != caller.actor.id)
            .ok_or(Rejected::NotFound)?;
        if self.now() < row.until {
            return Err(Rejected::mistake("verdict", Problem::NotDone));
        }
        let judged = self.judgement(caller, &row, verdict).await?;
        let commit = Commit {
            statements: vec![emergency::review(id, caller.actor.id, verdict.name(), self.now())],
            entries: vec![judged],
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(_) => Ok(verdict),
            Err(CommitError::Conflict(_)) => Err(Rejected::NotFound),
            Err(other) => Err(refused_commit(other)),
        }
    }

    /// The entry; it leads to the person as long as the case does.
    async fn judgement(
        &self,
        caller: &Caller,
        row: &Emergency,
        verdict: Verdict,
    ) -> Result<sandyq_ledger::entry::Entry, Rejected> {
        let mut judged = entry::of_happening(
            &caller.actor,
            verdict.happening(),
            Outcome::Done,
            Detail::None,
            self,
        );
        judged.clauses = Clauses::most_telling(&[CLAUSE]);
        if let Some(reference) = &row.reference {
            match self.case_by_reference(reference).await {
                Ok((dossier, case)) => {
                    judged.subject = dossier.pseudonym;
                    judged.case = Some(case.id);
                }
                Err(Rejected::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(judged)
    }
}
