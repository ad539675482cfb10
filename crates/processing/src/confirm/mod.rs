//! 1.2-b: confirmation through a separate channel. A pending record becomes active, once, by the code that was mailed; and
//! whoever was let into their own page by such a code, or by a password, gives one more consent there.

use std::sync::Arc;

use sandyq_model::act::Confirm;
use sandyq_model::{Role, Standing, Verb};
use sandyq_policy::Permit;
use sandyq_store::Statement;
use sandyq_store::tables::consent::{self, ConsentAct, ConsentRow};
use sandyq_store::tables::{consent_text, record, subject};

use crate::consent::{Accepted, receipt};
use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::rejected::Rejected;
use crate::retention::Coming;
use crate::system::System;

/// What is confirmed.
pub enum Confirmation {
    /// Everything that waits since the form was sent.
    Waiting(Proof),
    /// The person's own part of it, where a representative has to agree: the record goes on waiting (DEF-11).
    Half {
        /// The changes that the proof makes.
        statements: Vec<Statement>,
        /// The letter to the representative.
        jobs: Vec<sandyq_store::Job>,
    },
    /// One consent, given on the person's own page (6.3-e: never by a purchase).
    Given(Box<Accepted>),
}

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
    type Input = Confirmation;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Confirmation,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        match input {
            Confirmation::Waiting(proof) => waiting(permit, dossier, proof, system),
            Confirmation::Half { statements, jobs } => Ok(half(permit, statements, jobs)),
            Confirmation::Given(accepted) => given(permit, dossier, accepted, system),
        }
    }
}

fn half(permit: Permit<Confirm>, statements: &[Statement], jobs: &[sandyq_store::Job]) -> Done<Confirm> {
    let changes = Changes {
        statements: statements.to_vec(),
        jobs: jobs.to_vec(),
        answer: Some(Vec::new()),
        ..Changes::default()
    };
    Done {
        spent: permit.spend(),
        changes,
        output: (),
    }
}

fn waiting(
    permit: Permit<Confirm>,
    dossier: &Dossier,
    input: &Proof,
    system: &System,
) -> Result<Done<Confirm>, Rejected> {
    let now = permit.at();
    let known = dossier.known()?;
    // Nothing of a young person counts by their own word alone.
    let alone = permit.actor().role != Role::REPRESENTATIVE;
    if alone && (dossier.is_represented() || dossier.needs_agreement(system.policy())) {
        return Err(Rejected::NotFound);
    }
    let standing = Standing::after(Some(known.standing), Verb::Confirm, false).ok_or(Rejected::NotFound)?;
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

/// The consent stands from the commit on; one that covers nothing which an earlier one does not is no second one.
fn given(
    permit: Permit<Confirm>,
    dossier: &Dossier,
    accepted: &Accepted,
    system: &System,
) -> Result<Done<Confirm>, Rejected> {
    if dossier.is_closed() {
        return Err(Rejected::NotFound);
    }
    let now = permit.at();
    let mut changes = Changes {
        answer: Some(Vec::new()),
        ..Changes::default()
    };
    let to = (
        accepted.item.as_str(),
        accepted.purpose,
        accepted.recipient.as_deref(),
    );
    let agreed = dossier.agreed_as(to, now);
    if !agreed.is_some_and(|agreed| accepted.fields.is_subset(agreed)) {
        let given = ConsentRow {
            channel: PORTAL.to_owned(),
            ..accepted.given(dossier.subject, now)
        };
        let confirmed = ConsentRow {
            act: ConsentAct::Confirmed,
            ..given.clone()
        };
        // A purpose more can move the day away (8), and nothing brings it nearer.
        let coming = Coming {
            served: vec![given.purpose],
            given: Some(given.clone()),
            ..Coming::default()
        };
        changes.moves = true;
        changes.statements = system.moved_by(dossier, &coming, dossier.known()?.clone(), now)?;
        changes
            .statements
            .extend(accepted.texts.iter().map(consent_text::keep));
        changes
            .statements
            .extend([consent::append(&given), consent::append(&confirmed)]);
        changes
            .statements
            .extend(receipt::drafts(dossier, &[confirmed], system));
    }
    Ok(Done {
        spent: permit.spend(),
        changes,
        output: (),
    })
}

/// The channel of a consent that is given on the person's own page.
const PORTAL: &str = "portal";
