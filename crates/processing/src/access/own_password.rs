//! 5.1.4, SP 800-63B-4: a member of staff chooses another password, so that whoever gave the first one out knows it no more. It takes the
//! present one and a number of the second factor; which of the two was wrong is not said. Failures count with those of the way in: the
//! fifth ends the session in which it was made, and brings the pause.

use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{Fault, Plain, Problem};
use sandyq_store::tables::{session, staff};
use sandyq_store::{Commit, CommitError, Statement};

use super::sessions::{self, Caller, SessionToken};
use super::way_in_of_staff::Known;
use super::{password, passwords};
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// What a member of staff shows before the password or a passkey changes.
pub struct OwnProof {
    /// The present password.
    pub current: Plain<String>,
    /// A number that the telephone shows now, or a code on paper.
    pub number: Plain<String>,
}

impl System {
    /// The caller, of staff, chooses another password. Every other session ends; this one goes on under another secret.
    ///
    /// # Errors
    /// A mistake with `password`, before anything is compared; with `current`, the same for a wrong password and a wrong number;
    /// [`Rejected::SignInFirst`] at the fifth failure in a row, when the session ended.
    pub async fn change_own_staff_password(
        &self,
        caller: &Caller,
        proof: OwnProof,
        chosen: &Plain<String>,
    ) -> Result<SessionToken, Rejected> {
        let card = caller.staff_card()?;
        let chosen = self.acceptable_for_staff(chosen, &card.name)?;
        let (known, before) = self.known_at_desk(caller).await?;
        let mut statements = self.own_proof(caller, &known, proof).await?;
        let salted = self.clone();
        let hash = tokio::task::spawn_blocking(move || password::hashed(&chosen, salted.chance()))
            .await
            .map_err(|_| Fault::Busy("the password could not be hashed".into()))??;
        let opening = sessions::of_staff_going_on(self, card.id, &before, self.now());
        statements.extend([
            // Of two who change it at the same time, one is first.
            staff::choose_password(card.id, &known.row.password_hash, &hash),
            session::remove_all_of_staff(card.id),
            opening.statement,
        ]);
        // As of everything about accounts of staff, the second copy hears of it by this word.
        let set = entry::of_happening(
            &caller.actor,
            Happening::StaffChanged,
            Outcome::Done,
            Detail::None,
            self,
        );
        let commit = Commit {
            statements,
            entries: vec![set],
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(_) => Ok(opening.token),
            Err(CommitError::Conflict(_)) => Err(not_right()),
            Err(other) => Err(refused_commit(other)),
        }
    }

    /// What both proofs change when they fit.
    ///
    /// # Errors
    /// A mistake with `current`; [`Rejected::SignInFirst`] at the fifth failure in a row.
    pub(super) async fn own_proof(
        &self,
        caller: &Caller,
        known: &Known,
        proof: OwnProof,
    ) -> Result<Vec<Statement>, Rejected> {
        match self.both_fit(known, proof).await? {
            Some(statements) => Ok(statements),
            None => Err(self.own_proof_refused(caller, known).await?),
        }
    }

    /// The same, without counting a failure; the password is compared in any case, so that the time says nothing.
    async fn both_fit(&self, known: &Known, proof: OwnProof) -> Result<Option<Vec<Statement>>, Rejected> {
        let used = self.number_fits(known, &proof.number)?;
        let (typed, kept) = (
            passwords::normalized(&proof.current),
            known.row.password_hash.clone(),
        );
        let fits = tokio::task::spawn_blocking(move || password::matches(&typed, Some(&kept)))
            .await
            .map_err(|_| Fault::Busy("the password could not be checked".into()))??;
        Ok(used.filter(|_| fits && !known.is_paused(self.now())))
    }

    async fn own_proof_refused(&self, caller: &Caller, known: &Known) -> Result<Rejected, Rejected> {
        if known.is_paused(self.now()) {
            self.staff_refused(&known.row.id, Detail::Throttled, None).await?;
            return Ok(Rejected::mistake("current", Problem::Wait));
        }
        self.staff_refused(&known.row.id, Detail::Credentials, Some(&known.row))
            .await?;
        if !known.pauses_next() {
            return Ok(not_right());
        }
        // Somebody sits at a session that may not be theirs.
        self.sign_out(caller).await?;
        Ok(Rejected::SignInFirst)
    }
}

fn not_right() -> Rejected {
    Rejected::mistake("current", Problem::PasswordOrNumber)
}
