//! DEF-2: storage. Values are sealed anew under a new data key; nobody reads them, and the old key dies. And what an order
//! demands: that they go on being stored (8).

use std::sync::Arc;

use sandyq_ledger::entry::Detail;
use sandyq_model::act::Store;
use sandyq_model::{ActorId, FieldSet, HoldId};
use sandyq_policy::Permit;
use sandyq_store::Job;
use sandyq_store::tables::hold::{self, Hold};
use sandyq_store::tables::{authenticator, record, subject};

use crate::destroy;
use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::record::FoundBy;
use crate::rejected::Rejected;
use crate::system::System;

/// What is done about the storage of a record.
pub enum Keeping {
    /// Its values are sealed anew.
    SealedAnew,
    /// It is kept by an order (8).
    Held(Hold),
    /// That order is lifted, by the document of that number.
    Lifted(HoldId, ActorId, String),
}

impl Performed for Store {
    type Input = Keeping;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Keeping,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        match input {
            Keeping::SealedAnew => sealed_anew(permit, dossier, system),
            Keeping::Held(hold) => held(permit, hold, dossier),
            Keeping::Lifted(id, by, document) => lifted(permit, dossier, (*id, *by, document), system),
        }
    }
}

fn sealed_anew(permit: Permit<Store>, dossier: &Dossier, system: &System) -> Result<Done<Store>, Rejected> {
    let known = dossier.known()?;
    let generation = known.key_generation + 1;
    let (new, new_key) = system
        .vault()
        .new_subject_key(system.chance(), dossier.subject, generation)?;
    let sealed = dossier.sealed(FieldSet::ALL);
    let (sealed, spent) = system.vault().renew(permit, dossier.key()?, &new, &sealed)?;
    let mut statements = vec![subject::update(&subject::Subject {
        key_generation: generation,
        ..known.clone()
    })];
    for (row, value) in dossier.records.iter().zip(sealed) {
        let row = record::Record {
            version: value.version,
            generation: value.generation,
            sealed: value.bytes,
            ..row.clone()
        };
        statements.push(record::put(&row));
    }
    // What proves who somebody is was sealed under the old key as well; a new password is chosen by a letter.
    statements.push(authenticator::remove_all(dossier.subject));
    let found_by = FoundBy::renewed(system, dossier, &new, FieldSet::ALL)?;
    statements.extend(found_by.statements);
    let changes = Changes {
        statements,
        leads: found_by.leads,
        moves: true,
        new_keys: vec![new_key],
        dead_generations: vec![known.key_generation],
        ..Changes::default()
    };
    Ok(Done {
        spent,
        changes,
        output: (),
    })
}

/// 8: an order stands from now on.
fn held(permit: Permit<Store>, hold: &Hold, dossier: &Dossier) -> Result<Done<Store>, Rejected> {
    let row = dossier.known()?;
    Ok(of_an_order(permit, hold, row, (None, Detail::Held)))
}

/// 8: an order stands no more; what has become due under it goes now, unless another one stands.
fn lifted(
    permit: Permit<Store>,
    dossier: &Dossier,
    (id, by, document): (HoldId, ActorId, &str),
    system: &System,
) -> Result<Done<Store>, Rejected> {
    let now = permit.at();
    let row = dossier.known()?;
    let stands = |hold: &&Hold| hold.id == id && hold.stands();
    let ended = dossier.holds.iter().find(stands).ok_or(Rejected::NotFound)?;
    let ended = Hold {
        lifted_at: Some(now),
        lifted_by: Some(by),
        lifted_document: Some(document.to_owned()),
        ..ended.clone()
    };
    let another = dossier.holds.iter().any(|hold| hold.id != id && hold.stands());
    let goes = if another {
        None
    } else if dossier.is_due(now) {
        Some(destroy::ordered(system, row, now))
    } else if dossier.due_values(now).is_empty() {
        None
    } else {
        Some(destroy::ordered_of_values(system, dossier.subject, now))
    };
    Ok(of_an_order(permit, &ended, row, (goes, Detail::HoldLifted)))
}

/// What an order and its end have in common: no restore may lose either.
fn of_an_order(
    permit: Permit<Store>,
    hold: &Hold,
    row: &subject::Subject,
    (goes, detail): (Option<Job>, Detail),
) -> Done<Store> {
    let changes = Changes {
        statements: vec![subject::update(row), hold::put(hold)],
        jobs: goes.into_iter().collect(),
        moves: true,
        detail: Some(detail),
        protects: true,
        ..Changes::default()
    };
    Done {
        spent: permit.spend(),
        changes,
        output: (),
    }
}
