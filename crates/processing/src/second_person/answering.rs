//! 5.1.1: somebody agrees to what another one proposed, or does not. Whoever proposed it can only take it back.

use sandyq_ledger::entry::{Happening, Outcome};
use sandyq_model::{Actor, Clause, FieldSet, HoldId, Problem, ProposalId, ReceiptId, Refusal, Verb};
use sandyq_store::Commit;
use sandyq_store::tables::proposal::{self, Proposal};
use sandyq_store::tables::staff;

use super::{Deed, Said, deed_of};
use crate::access::{Caller, Invitation};
use crate::circumstances::Second;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// What was done at the word of two.
pub enum Agreed {
    /// An order to keep a record stands.
    Kept(HoldId),
    /// An order is lifted.
    Lifted,
    /// What was due is destroyed; the number of the receipt.
    Destroyed(ReceiptId),
    /// The name of somebody, who is invited by that link.
    Invited(String, Invitation),
    /// An account is closed.
    Closed,
    /// Somebody of staff has another role.
    Changed,
    /// A case is open to another desk for some minutes.
    Opened,
    /// The list of the people of that breach can be drawn by both for some hours.
    ListOpened(u32),
}

impl System {
    /// Agrees to a proposal, and does it.
    ///
    /// # Errors
    /// The policy's refusal, entered, where both would be the same person or the facts have changed; a mistake with `proposal` when
    /// whoever proposed it may not do it any more; [`Rejected::NotFound`] for whoever may not do it, or when it is over.
    pub async fn agree(&self, caller: &Caller, id: ProposalId) -> Result<Agreed, Rejected> {
        let (proposal, deed) = self.proposal_for(caller, id).await?;
        let first = self.still_there(&proposal).await?;
        let second = (first.id != caller.actor.id).then_some(Second {
            by: caller.actor,
            proposal: id,
        });
        let said = Said { first, second };
        let subject = || proposal.subject.ok_or(Rejected::NotFound);
        match deed {
            Deed::Keep(order) => self.place_hold(&said, subject()?, &order).await.map(Agreed::Kept),
            Deed::Lift { hold, document } => {
                let hold = hold.parse().map_err(|_| Rejected::NotFound)?;
                self.lift_hold(&said, subject()?, hold, document).await?;
                Ok(Agreed::Lifted)
            }
            Deed::Destroy => self.destroy_due(&said, subject()?).await.map(Agreed::Destroyed),
            Deed::CloseAccount { reason } => {
                self.close_account(&said, subject()?, &reason).await?;
                Ok(Agreed::Closed)
            }
            Deed::Emergency { reference, reason } => {
                self.open_in_emergency(&said, id, (&reference, &reason)).await?;
                Ok(Agreed::Opened)
            }
            Deed::BreachList { breach, sought, .. } => {
                let second = self.another(caller, &said).await?;
                self.open_list((&said.first, &second), (breach, sought)).await?;
                Ok(Agreed::ListOpened(breach))
            }
            Deed::Invite { name, role } => {
                let second = self.another(caller, &said).await?;
                let invitation = self.invite_by_two((&said.first, &second), &name, &role).await?;
                Ok(Agreed::Invited(name, invitation))
            }
            Deed::ChangeRole { name, from, role } => {
                let second = self.another(caller, &said).await?;
                let roles = (from.as_str(), role.as_str());
                self.change_role_by_two((&said.first, &second), &name, roles)
                    .await?;
                Ok(Agreed::Changed)
            }
        }
    }

    /// Turns a proposal down, or takes one's own back: it can be agreed to no more.
    ///
    /// # Errors
    /// [`Rejected::NotFound`], as [`System::agree`].
    pub async fn turn_down(&self, caller: &Caller, id: ProposalId) -> Result<(), Rejected> {
        let (proposal, _) = self.proposal_for(caller, id).await?;
        let pseudonym = match proposal.subject {
            Some(subject) => self.dossier(subject).await?.pseudonym,
            None => None,
        };
        let commit = Commit {
            statements: vec![proposal::take(id)],
            entries: vec![self.of_proposal(&caller.actor, Happening::Disapproved, Outcome::Done, pseudonym)],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        Ok(())
    }

    /// Whether the caller may do what is proposed: only then is it there for them at all.
    pub(super) fn may_answer(&self, caller: &Caller, deed: &Deed) -> Result<(), Rejected> {
        match deed {
            // Which two may give which role is judged when both are known.
            Deed::Invite { .. } | Deed::ChangeRole { .. } => {
                caller.gives_access().then_some(()).ok_or(Rejected::NotFound)
            }
            Deed::Keep(_)
            | Deed::Lift { .. }
            | Deed::Destroy
            | Deed::CloseAccount { .. }
            | Deed::BreachList { .. }
            | Deed::Emergency { .. } => at_the_board(caller),
        }
    }

    /// Whether the caller may propose it: a look in an emergency is for those who cannot agree to one.
    fn may_propose(&self, caller: &Caller, deed: &Deed) -> Result<(), Rejected> {
        match deed {
            Deed::Emergency { .. } => self.may_ask_in_emergency(caller),
            other => self.may_answer(caller, other),
        }
    }

    async fn proposal_for(&self, caller: &Caller, id: ProposalId) -> Result<(Proposal, Deed), Rejected> {
        let found = self
            .store()
            .read(move |reader| proposal::find(reader, id))
            .await?;
        let proposal = found
            .filter(|proposal| self.now() < proposal.until)
            .ok_or(Rejected::NotFound)?;
        let deed = deed_of(&proposal)?;
        // One's own is there in any case: to take back, and to be refused.
        if proposal.proposed_by != caller.actor.id {
            self.may_answer(caller, &deed)?;
        }
        Ok((proposal, deed))
    }

    /// Whoever proposed it, if they may still do it: a right that was taken away counts from that moment.
    async fn still_there(&self, proposal: &Proposal) -> Result<Actor, Rejected> {
        let id = proposal.proposed_by;
        let row = self.store().read(move |reader| staff::find(reader, id)).await?;
        let gone = || Rejected::mistake("proposal", Problem::Closed);
        let row = row.filter(|row| row.disabled_at.is_none()).ok_or_else(gone)?;
        let caller = Caller::of_staff(self, &row);
        self.may_propose(&caller, &deed_of(proposal)?)
            .map_err(|_| gone())?;
        Ok(caller.actor)
    }

    /// The second one. The same person twice is refused, and the refusal is entered.
    async fn another(&self, caller: &Caller, said: &Said) -> Result<Second, Rejected> {
        if let Some(second) = said.second {
            return Ok(second);
        }
        let commit = Commit {
            entries: vec![self.of_proposal(&caller.actor, Happening::Approved, Outcome::Refused, None)],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        let rules = vec![Clause::fixed("5.1.1")];
        Err(Refusal::new(Verb::Use, rules, FieldSet::RECORD).into())
    }
}
