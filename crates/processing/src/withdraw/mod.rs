//! 6.3: withdrawal. Accepted at once, by any channel, without a reason or a fee; it ends every purpose, session and
//! code in the same commit, and leaves deletion and destruction in the queue.
//!
//! It never revives, and a repeated withdrawal is the same one.

use std::sync::Arc;

use sandyq_model::ReceiptId;
use sandyq_model::act::Withdraw;
use sandyq_policy::Permit;
use sandyq_store::tables::consent::{self, ConsentAct, ConsentRow};
use sandyq_store::tables::subject;
use sandyq_store::tables::subject_request::SubjectRequest;

use crate::access;
use crate::consent::receipt;
use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::queue;
use crate::rejected::Rejected;
use crate::request;
use crate::system::System;

/// How a withdrawal came in.
pub struct Withdrawal {
    /// The receipt that its destruction will have; its number.
    pub receipt: ReceiptId,
    /// By which channel.
    pub channel: String,
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
        let known = dossier.known()?;
        let withdrawn_at = known.withdrawn_at.or(Some(now));
        let row = subject::Subject {
            withdrawn_at,
            due_at: Some(now),
            ..known.clone()
        };
        let mut statements = vec![subject::update(&row)];
        statements.extend(access::end_ways_in(id));
        let withdrawn: Vec<ConsentRow> = dossier
            .live_consents(now)
            .map(|(given, _)| ConsentRow {
                act: ConsentAct::Withdrawn,
                at: now,
                actor: permit.actor().id,
                channel: input.channel.clone(),
                ..given.clone()
            })
            .collect();
        statements.extend(withdrawn.iter().map(consent::append));
        statements.extend(receipt::drafts(dossier, &withdrawn, system));
        if let Some(request) = input.registered.as_ref().filter(|_| known.withdrawn_at.is_none()) {
            statements.extend(request::received(request, permit.actor().role));
        }
        let detail = input.receipt.to_string();
        let jobs = vec![queue::task(system, id, queue::DELETE, now, &detail)];
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
