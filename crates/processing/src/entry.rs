//! 5.1.5: the ledger entry, made from the operation and the decision; no verb writes its own.

use jiff::Timestamp;
use sandyq_ledger::entry::{By, Clauses, Deed, Detail, Entry, Happening, Outcome, PolicyMark, RecipientMark};
use sandyq_model::{Act, Actor, Fault, Operation, RecipientKind, Refusal};
use sandyq_policy::Spent;

use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::rejected::Rejected;
use crate::system::System;

pub(crate) fn of_spent<V: Act>(
    spent: &Spent<V>,
    dossier: &Dossier,
    circumstances: &Circumstances,
    detail: Detail,
    now: Timestamp,
) -> Entry {
    let actor = spent.actor();
    Entry {
        detail,
        clauses: Clauses::most_telling(spent.rules()),
        purpose: spent.purpose(),
        ground: spent.ground().into(),
        recipient: recipient_mark(circumstances),
        subject: dossier.pseudonym,
        fields: spent.fields(),
        policy: PolicyMark::of_hash(spent.policy_version()),
        case: spent.case(),
        ..Entry::new(now.into(), actor.role, By::from(&actor), Deed::Verb(V::VERB))
    }
}

pub(crate) fn of_refusal<V: Act>(
    operation: &Operation<V>,
    circumstances: &Circumstances,
    dossier: &Dossier,
    refusal: &Refusal,
    system: &System,
) -> Entry {
    Entry {
        outcome: Outcome::Refused,
        clauses: Clauses::most_telling(&refusal.rules),
        ..of_operation(operation, circumstances, dossier, system)
    }
}

pub(crate) fn of_failure<V: Act>(
    operation: &Operation<V>,
    circumstances: &Circumstances,
    dossier: &Dossier,
    rejected: &Rejected,
    system: &System,
) -> Entry {
    let detail = match rejected {
        Rejected::Mistake(_) => Detail::Mistake,
        Rejected::Fault(Fault::Vault(_)) => Detail::VaultFault,
        Rejected::Fault(Fault::Outside(_)) => Detail::DeliveryFault,
        Rejected::NotFound => Detail::NotFound,
        _ => Detail::StoreFault,
    };
    Entry {
        outcome: Outcome::Failed,
        detail,
        ..of_operation(operation, circumstances, dossier, system)
    }
}

/// Something that must be accounted for and touches nobody's values.
pub(crate) fn of_happening(
    actor: &Actor,
    happening: Happening,
    outcome: Outcome,
    detail: Detail,
    system: &System,
) -> Entry {
    Entry {
        outcome,
        detail,
        policy: PolicyMark::of_hash(system.policy().version()),
        ..Entry::new(
            system.now().into(),
            actor.role,
            By::from(actor),
            Deed::Happening(happening),
        )
    }
}

fn of_operation<V: Act>(
    operation: &Operation<V>,
    circumstances: &Circumstances,
    dossier: &Dossier,
    system: &System,
) -> Entry {
    let actor = &operation.actor;
    Entry {
        purpose: operation.purpose,
        ground: (&operation.ground).into(),
        recipient: recipient_mark(circumstances),
        subject: dossier.pseudonym,
        fields: operation.fields,
        policy: PolicyMark::of_hash(system.policy().version()),
        case: operation.case,
        ..Entry::new(
            system.now().into(),
            actor.role,
            By::from(actor),
            Deed::Verb(V::VERB),
        )
    }
}

fn recipient_mark(circumstances: &Circumstances) -> Option<RecipientMark> {
    let recipient = circumstances.recipient;
    (recipient.kind != RecipientKind::Operator).then_some(RecipientMark {
        code: circumstances.recipient_number,
        country: recipient.country,
    })
}
