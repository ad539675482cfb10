//! 1.2-b: confirmation through a separate channel. A pending record becomes active, once, by the code that was mailed.

use std::sync::Arc;

use sandyq_model::act::Confirm;
use sandyq_model::{Standing, Verb};
use sandyq_policy::Permit;
use sandyq_store::Statement;
use sandyq_store::tables::consent::{self, ConsentAct, ConsentRow};
use sandyq_store::tables::{record, subject};

use crate::consent::receipt;
use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::rejected::Rejected;
use crate::retention::Coming;
use crate::system::System;

/// What proves the confirmation, and what opens with it, in the same commit: the code is spent, the session begins,
/// the case goes on.
pub struct Proof {
    /// The changes that the proof makes.
    pub statements: Vec<Statement>,
    /// The letters that follow.
    pub jobs: Vec<sandyq_store::Job>,
    /// By which channel it came.
    pub channel: String,
}

impl Performed for Confirm {
    type Input = Proof;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Proof,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let now = permit.at();
        let known = dossier.known()?;
        let standing =
            Standing::after(Some(known.standing), Verb::Confirm, false).ok_or(Rejected::NotFound)?;
        let row = subject::Subject {
            standing,
            confirmed_at: Some(now),
            ..known.clone()
        };
        let coming = Coming {
            served: dossier
                .live_consents(now)
                .map(|(given, _)| given.purpose)
                .collect(),
            confirms: true,
            ..Coming::default()
        };
        let mut statements = input.statements.clone();
        statements.extend(system.moved_by(dossier, &coming, row, now)?);
        statements.push(record::confirm_all(dossier.subject, now));
        let waiting = dossier.live_consents(now).filter(|(_, confirmed)| !confirmed);
        let confirmed: Vec<ConsentRow> = waiting
            .map(|(given, _)| ConsentRow {
                act: ConsentAct::Confirmed,
                at: now,
                actor: permit.actor().id,
                channel: input.channel.clone(),
                ..given.clone()
            })
            .collect();
        statements.extend(confirmed.iter().map(consent::append));
        statements.extend(receipt::drafts(dossier, &confirmed, system));
        let changes = Changes {
            statements,
            jobs: input.jobs.clone(),
            moves: true,
            answer: Some(Vec::new()),
            ..Changes::default()
        };
        Ok(Done {
            spent: permit.spend(),
            changes,
            output: (),
        })
    }
}
