//! 8: the proof that somebody consented, or took it back, outlives their data by the years that the policy names, and not longer. The
//! rows hold a hash of the wording, the time and a mark, and no value; with them goes the last that tells what a person who was
//! destroyed had agreed to. Each goes with an entry of the ledger, which names nobody any more.

use jiff::{Span, Timestamp};
use sandyq_ledger::entry::{Clauses, Detail, Entry, Happening, Outcome};
use sandyq_model::{Actor, Clause, Fault, Role, SubjectId, time};
use sandyq_store::tables::{consent, subject};
use sandyq_store::{Commit, CommitError};

use crate::entry;
use crate::perform::fault_of;
use crate::request::deadline::beyond;
use crate::system::System;

/// Years, when the policy sets no limit.
const YEARS: u32 = 3;
/// People whose proofs are looked for at once.
const PROOFS_AT_ONCE: u32 = 256;
/// People whose proofs one run ends; the rest comes with the next day.
const PROOFS_A_DAY_MAX: u64 = 65_536;

impl System {
    /// Removes the proofs of consents of everybody who was destroyed so many years ago; gives of how many people.
    ///
    /// # Errors
    /// When the store does not answer: what was removed until then is, and the next run goes on from there.
    pub(super) async fn end_consent_proofs(&self, now: Timestamp) -> Result<u64, Fault> {
        let before = self.proofs_kept_since(now)?;
        let (mut ended, mut after): (u64, Option<SubjectId>) = (0, None);
        while ended < PROOFS_A_DAY_MAX {
            let page = self
                .store()
                .read(move |reader| subject::destroyed_with_consents(reader, before, after, PROOFS_AT_ONCE))
                .await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (id, version) in page {
                ended = ended.saturating_add(u64::from(self.end_proofs_of(id, version).await?));
            }
        }
        Ok(ended)
    }

    /// Whoever was destroyed before that instant has had the years.
    fn proofs_kept_since(&self, now: Timestamp) -> Result<Timestamp, Fault> {
        let years = self.policy().counted("consent-proof-years", YEARS);
        let today = time::day_in_kazakhstan(now);
        let day = Span::new()
            .try_years(i64::from(years))
            .and_then(|span| today.checked_sub(span))
            .and_then(|day| day.yesterday())
            .map_err(|error| beyond(&error))?;
        time::end_of_day(day).map_err(|error| beyond(&error))
    }

    /// `false` when somebody changed the same subject a moment ago; the next run looks again.
    async fn end_proofs_of(&self, id: SubjectId, version: u64) -> Result<bool, Fault> {
        let schedule = Actor::system(Role::SCHEDULE);
        let entry = Entry {
            clauses: Clauses::most_telling(&[Clause::fixed("8")]),
            ..entry::of_happening(
                &schedule,
                Happening::ConsentProofsEnded,
                Outcome::Done,
                Detail::None,
                self,
            )
        };
        let commit = Commit {
            subject: Some((id, version)),
            moves: true,
            statements: vec![consent::remove_all(id)],
            entries: vec![entry],
            ..Commit::default()
        };
        let committed = self.store().commit(commit).await;
        self.forget(id);
        match committed {
            Ok(_) => Ok(true),
            Err(CommitError::Stale) => Ok(false),
            Err(error) => Err(fault_of(error)),
        }
    }
}
