//! What the way in knows about an operation, and the store does not. Only `processing` makes those that say anything
//! in the caller's favour.

use sandyq_model::{Actor, FieldSet, ProposalId, Recipient, Role};

use crate::access::Caller;

/// The part of the [`Facts`](sandyq_model::Facts) that comes with the caller.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// The actor has read the policy in force (PRE-1). Parts of the system have.
    pub(crate) familiar: bool,
    /// The actor is the subject, or the recorded representative.
    pub(crate) own: bool,
    /// Fields whose consent text was accepted in this very submission.
    pub(crate) agreed: FieldSet,
    /// Whom data would go to.
    pub(crate) recipient: Recipient,
    /// Its number in the register of recipients; 0 when the register does not hold it.
    pub(crate) recipient_number: u32,
    /// The responsible person approved this very operation.
    pub(crate) approved: bool,
    /// Who agreed to it as the second person, and to which proposal (5.1.1).
    pub(crate) second: Option<Second>,
    /// It is a look that was asked for in an emergency (5.1.7).
    pub(crate) emergency: bool,
    /// A second person agreed to all such looks until an instant that has not come.
    pub(crate) agreed_before: bool,
}

/// 5.1.1: another person agreed to this very operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Second {
    /// Who.
    pub(crate) by: Actor,
    /// What was proposed; it is used up in the same commit.
    pub(crate) proposal: ProposalId,
}

impl Circumstances {
    /// A part of the system acts on its own.
    pub(crate) const SYSTEM: Self = Self {
        familiar: true,
        own: false,
        agreed: FieldSet::EMPTY,
        recipient: Recipient::OPERATOR,
        recipient_number: 0,
        approved: false,
        second: None,
        emergency: false,
        agreed_before: false,
    };

    /// Nothing is known in the caller's favour; data would go to that recipient. What a face may say of a transfer.
    #[must_use]
    pub const fn towards(recipient: Recipient) -> Self {
        Self {
            familiar: false,
            recipient,
            ..Self::SYSTEM
        }
    }

    /// The subject acts, or the site on the subject's own submission.
    pub(crate) const OWN: Self = Self {
        own: true,
        ..Self::SYSTEM
    };

    /// That member of staff acts; whoever is none has read no policy.
    pub(crate) fn staff(caller: &Caller) -> Self {
        let familiar = caller.staff.as_ref().is_some_and(|card| card.familiar);
        Self {
            familiar,
            ..Self::SYSTEM
        }
    }

    /// The responsible person acts and thereby approves this very act (5.1.1); nobody else's act is approved by that.
    pub(crate) fn responsible(caller: &Caller) -> Self {
        Self {
            approved: caller.actor.human && caller.actor.role == Role::RESPONSIBLE,
            ..Self::staff(caller)
        }
    }

    /// What the responsible person proposed is done after another one agreed (5.1.1); without one the policy refuses it.
    pub(crate) fn of_two(first: &Actor, second: Option<Second>) -> Self {
        Self {
            approved: first.human && first.role == Role::RESPONSIBLE,
            second,
            ..Self::SYSTEM
        }
    }

    /// That member of staff looks in an emergency to which another one agreed before (5.1.7).
    pub(crate) fn emergency(caller: &Caller) -> Self {
        Self {
            emergency: true,
            agreed_before: true,
            ..Self::staff(caller)
        }
    }

    /// The same at the word of the first, who has read the policy and is not here (5.1.7).
    pub(crate) const fn of_emergency(agreed: bool) -> Self {
        Self {
            emergency: true,
            agreed_before: agreed,
            ..Self::SYSTEM
        }
    }

    /// The subject hands in values and accepted the text for these fields.
    pub(crate) const fn submission(agreed: FieldSet) -> Self {
        Self { agreed, ..Self::OWN }
    }
}
