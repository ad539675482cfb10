//! 6.3: withdrawal. Accepted at once, by any channel, without a reason or a fee; it ends every purpose, session and
//! code in the same commit, and leaves deletion and destruction in the queue.
//!
//! It never revives, and a repeated withdrawal is the same one.

use std::sync::Arc;

use sandyq_model::act::Withdraw;
use sandyq_model::{ConsentId, ReceiptId};
use sandyq_policy::Permit;
use sandyq_store::tables::consent::{self, ConsentAct, ConsentRow};
use sandyq_store::tables::publication;
use sandyq_store::tables::subject;
use sandyq_store::tables::subject_request::SubjectRequest;

use crate::access;
use crate::consent::receipt;
use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::queue;
use crate::rejected::Rejected;
use crate::request;
use crate::retention::Coming;
use crate::system::System;
use crate::transfer::{self, Recalled};

/// How a withdrawal came in.
pub struct Withdrawal {
    /// The receipt that its destruction will have; its number.
    pub receipt: ReceiptId,
    /// By which channel.
    pub channel: String,
    /// The one consent that is taken back; without it every consent is.
    pub only: Option<ConsentId>,
    /// Its line in the register of requests, unless another request stands there for it.
    pub registered: Option<SubjectRequest>,
}

impl Performed for Withdraw {
    type Input = Withdrawal;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Withdrawal,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let now = permit.at();
        let id = dossier.subject;
        if let Some(only) = input.only {
            return take_back(permit, dossier, input, only, system);
        }
        let known = dossier.known()?;
        let withdrawn_at = known.withdrawn_at.or(Some(now));
        // A repeated one moves nothing, and what a floor keeps has its own day.
        let is_settled = known.withdrawn_at.is_some() || dossier.is_remainder();
        let row = subject::Subject {
            withdrawn_at,
            due_at: if is_settled { known.due_at } else { Some(now) },
            ..known.clone()
        };
        let mut statements = vec![subject::update(&row)];
        statements.extend(access::end_ways_in(id));
        statements.push(publication::remove_all(id));
        let withdrawn = withdrawn(&permit, dossier, input);
        statements.extend(withdrawn.iter().map(consent::append));
        statements.extend(receipt::drafts(dossier, &withdrawn, system));
        if let Some(request) = input.registered.as_ref().filter(|_| known.withdrawn_at.is_none()) {
            statements.extend(request::received(request, permit.actor().role));
        }
        let detail = input.receipt.to_string();
        let (recalled, mut jobs) = transfer::recalled(dossier, Recalled::Withdrawn, now);
        statements.extend(recalled);
        jobs.push(queue::task(system, id, queue::DELETE, now, &detail));
        let answer = Some(detail.into_bytes());
        let changes = Changes {
            statements,
            jobs,
            moves: true,
            answer,
            ..Changes::default()
        };
        Ok(Done {
            spent: permit.spend(),
            changes,
            output: (),
        })
    }
}

/// 6.3-e: one consent ends and the others go on. What served nothing else is due at once, and destroyed alone (8).
fn take_back(
    permit: Permit<Withdraw>,
    dossier: &Dossier,
    input: &Withdrawal,
    only: ConsentId,
    system: &System,
) -> Result<Done<Withdraw>, Rejected> {
    let now = permit.at();
    let known = dossier.known()?;
    let taken_back: Vec<ConsentRow> = withdrawn(&permit, dossier, input)
        .into_iter()
        .filter(|row| row.id == only)
        .collect();
    let Some(given) = taken_back.first() else {
        return Err(Rejected::NotFound);
    };
    let coming = Coming {
        ended: vec![(only, now)],
        ..Coming::default()
    };
    let mut statements = system.moved_by(dossier, &coming, known.clone(), now)?;
    if system.closes_account(dossier, given) {
        statements.extend(access::end_ways_in(dossier.subject));
    }
    statements.extend(system.shown_no_more(dossier, only, now));
    statements.extend(taken_back.iter().map(consent::append));
    statements.extend(receipt::drafts(dossier, &taken_back, system));
    let detail = input.receipt.to_string();
    let ends = system.ends(dossier, &coming, now)?;
    let is_due = ends.values.iter().any(|value| value.ends_at <= now);
    let (recalled, mut jobs) = transfer::recalled(dossier, Recalled::TakenBack(only), now);
    statements.extend(recalled);
    jobs.extend(is_due.then(|| queue::task(system, dossier.subject, queue::DESTROY, now, &detail)));
    let changes = Changes {
        statements,
        jobs,
        moves: true,
        answer: Some(detail.into_bytes()),
        ..Changes::default()
    };
    Ok(Done {
        spent: permit.spend(),
        changes,
        output: (),
    })
}

/// The rows by which every live consent is taken back.
fn withdrawn(permit: &Permit<Withdraw>, dossier: &Dossier, input: &Withdrawal) -> Vec<ConsentRow> {
    let now = permit.at();
    let rows = dossier.live_consents(now).map(|(given, _)| ConsentRow {
        act: ConsentAct::Withdrawn,
        at: now,
        actor: permit.actor().id,
        channel: input.channel.clone(),
        ..given.clone()
    });
    rows.collect()
}
