//! 6.1: the look of each night for records with the same contact. Each record is compared once after its contacts were written, as an
//! operation of the schedule with its entry; so many in one night, and the rest in the next. What was compared is marked, so that a look
//! that was cut off goes on where it was.

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::Happening;
use sandyq_model::{Actor, Fault, Role, SubjectId, time};
use sandyq_store::tables::{alike, search_index};
use sandyq_store::{Commit, CommitError};

use crate::dossier::Dossier;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::request::Alike;
use crate::system::System;

/// Records that are compared in one night, when the policy sets no limit.
const A_NIGHT: u32 = 500;
/// The hour of the look on the clocks of Kazakhstan.
const HOUR: i8 = 2;
/// When the hour of the next night cannot be told, the look waits for so long.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// The next time at which records are compared.
pub(crate) fn next_night(now: Timestamp) -> Timestamp {
    let today = time::day_in_kazakhstan(now).at(HOUR, 0, 0, 0);
    let tonight = time::instant_in_kazakhstan(today).ok().filter(|at| now < *at);
    let tomorrow = || now.checked_add(A_DAY).ok().map(time::day_in_kazakhstan);
    tonight
        .or_else(|| time::instant_in_kazakhstan(tomorrow()?.at(HOUR, 0, 0, 0)).ok())
        .unwrap_or(Timestamp::MAX)
}

impl System {
    /// Compares the records whose contacts were written since they were compared last, as many as one night takes, and proposes
    /// those that may be one person. Gives how many were compared.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn look_for_alike(&self) -> Result<usize, Fault> {
        let limit = self.policy().counted("compared-a-night", A_NIGHT);
        let people = self
            .store()
            .read(move |reader| search_index::uncompared(reader, limit))
            .await?;
        for subject in &people {
            // What changed meanwhile, or may not be compared, is in no need of it now.
            if let Err(Rejected::Fault(fault)) = self.compare(*subject).await {
                return Err(fault);
            }
        }
        if !people.is_empty() {
            let schedule = Actor::system(Role::SCHEDULE);
            self.account_for(&schedule, Happening::AlikeCompared, true, "6.1")
                .await?;
        }
        Ok(people.len())
    }

    async fn compare(&self, subject: SubjectId) -> Result<(), Rejected> {
        let dossier = self.dossier(subject).await?;
        let found = match self.alike_of(Actor::system(Role::SCHEDULE), &dossier).await {
            Err(Rejected::Refusal(_) | Rejected::NotFound) => Vec::new(),
            found => found?,
        };
        self.propose_pairs(&dossier, &found).await
    }

    /// Keeps those who look alike as proposals, unless somebody decided about the two before, and marks the record as compared.
    pub(crate) async fn propose_pairs(&self, dossier: &Dossier, found: &[Alike]) -> Result<(), Rejected> {
        let (subject, now) = (dossier.subject, self.now());
        let others: Vec<SubjectId> = found.iter().map(|one| one.subject).collect();
        let known = self.store().read(move |reader| {
            let known = others.iter().map(|other| alike::of_pair(reader, subject, *other));
            known.map(|said| said.map(|said| !said.is_empty())).collect()
        });
        let known: Vec<bool> = known.await?;
        let new = found.iter().zip(known).filter(|(_, is_known)| !is_known);
        let mut statements: Vec<_> = new
            .flat_map(|(one, _)| {
                let proposed = alike::propose(subject, one.subject, one.by, now);
                [proposed, alike::forget_gone(subject, one.subject)]
            })
            .collect();
        statements.push(search_index::mark_compared(subject, now));
        let commit = Commit {
            subject: Some((subject, dossier.version)),
            statements,
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(_) => Ok(()),
            // Its contacts may be others by now: the next night compares them.
            Err(CommitError::Stale) => {
                self.forget(subject);
                Ok(())
            }
            Err(error) => Err(refused_commit(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_night_is_the_next_time_that_clocks_show_two() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (now, next) in [
            ("2026-11-22T20:59:00Z", "2026-11-22T21:00:00Z"),
            ("2026-11-22T21:00:00Z", "2026-11-23T21:00:00Z"),
            ("2026-11-23T08:00:00Z", "2026-11-23T21:00:00Z"),
        ] {
            assert_eq!(next_night(at(now)), at(next), "{now}");
        }
    }
}
