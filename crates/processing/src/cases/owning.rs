//! 5.1.4, 1.3: a case has an owner at the desk: one named person who took it, and can give it back. Taking shows nothing of the person
//! and decides nothing; it is entered, so that they can read who works on their case.

use std::sync::Arc;

use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{ActorId, Clause, FieldSet, Problem, Refusal, Verb};
use sandyq_store::tables::case_file::{self, CaseFile};
use sandyq_store::{Commit, CommitError, Statement};

use super::State;
use crate::access::Caller;
use crate::dossier::Dossier;
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::request::familiar_with_policy;
use crate::system::System;

/// What is wrong when a case cannot be taken or given back any more.
const TAKEN: &str = "taken";

impl System {
    /// The caller takes an open case of their desk: one that nobody has, or that of `from`, as the page named its owner. Taking
    /// one's own case changes nothing.
    ///
    /// # Errors
    /// A mistake with `taken` when it is somebody else's by now, or closed; [`Rejected::NotFound`] as in [`System::to_decide`];
    /// the refusal when no human is calling.
    pub async fn take_case(
        &self,
        caller: &Caller,
        reference: &str,
        from: Option<&str>,
    ) -> Result<(), Rejected> {
        let (dossier, case) = self.case_to_own(caller, reference).await?;
        let by = caller.actor.id;
        if case.taken_by == Some(by) {
            return Ok(());
        }
        if let Some(owner) = case.taken_by {
            self.is_named(owner, from).await?;
        }
        let taken = case_file::take(&case, case.taken_by, by);
        self.own(caller, (&dossier, &case), (Happening::CaseTaken, taken))
            .await
    }

    /// The caller gives back a case that they had taken; one that nobody has stays so.
    ///
    /// # Errors
    /// As [`System::take_case`].
    pub async fn give_case_back(&self, caller: &Caller, reference: &str) -> Result<(), Rejected> {
        let (dossier, case) = self.case_to_own(caller, reference).await?;
        let by = caller.actor.id;
        match case.taken_by {
            None => Ok(()),
            Some(owner) if owner != by => Err(Rejected::mistake(TAKEN, Problem::Taken)),
            Some(_) => {
                let given = case_file::give_back(&case, by);
                self.own(caller, (&dossier, &case), (Happening::CaseGivenBack, given))
                    .await
            }
        }
    }

    async fn case_to_own(
        &self,
        caller: &Caller,
        reference: &str,
    ) -> Result<(Arc<Dossier>, CaseFile), Rejected> {
        familiar_with_policy(caller)?;
        let (dossier, case) = self.case_of_desk(caller, reference).await?;
        if !caller.actor.human {
            let rules = vec![Clause::fixed("1.3")];
            return Err(Refusal::new(Verb::Use, rules, FieldSet::RECORD).into());
        }
        if case.closed_at.is_some() || !State::of(&case.state).is_worked_on() {
            return Err(Rejected::mistake(TAKEN, Problem::Taken));
        }
        Ok((dossier, case))
    }

    /// Whoever takes a case over has read whose it is.
    async fn is_named(&self, owner: ActorId, from: Option<&str>) -> Result<(), Rejected> {
        let names = self.names_of_staff().await?;
        let is_same = from.is_some() && names.get(&owner).map(String::as_str) == from;
        is_same
            .then_some(())
            .ok_or_else(|| Rejected::mistake(TAKEN, Problem::Taken))
    }

    async fn own(
        &self,
        caller: &Caller,
        (dossier, case): (&Dossier, &CaseFile),
        (happening, statement): (Happening, Statement),
    ) -> Result<(), Rejected> {
        let mut entry = entry::of_happening(&caller.actor, happening, Outcome::Done, Detail::None, self);
        entry.subject = dossier.pseudonym;
        entry.case = Some(case.id);
        let commit = Commit {
            subject: Some((dossier.subject, dossier.version)),
            moves: true,
            statements: vec![statement],
            entries: vec![entry],
            ..Commit::default()
        };
        let committed = self.commit_about(dossier.subject, commit).await;
        match committed {
            Ok(_) => Ok(()),
            // Of two who take a case at the same time the first one has it.
            Err(CommitError::Stale | CommitError::Conflict(_)) => {
                Err(Rejected::mistake(TAKEN, Problem::Taken))
            }
            Err(error) => Err(refused_commit(error)),
        }
    }
}
