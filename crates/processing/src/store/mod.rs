//! DEF-2: storage. Values are sealed anew under a new data key; nobody reads them, and the old key dies.

use std::sync::Arc;

use sandyq_model::FieldSet;
use sandyq_model::act::Store;
use sandyq_policy::Permit;
use sandyq_store::tables::{authenticator, record, subject};

use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::record::FoundBy;
use crate::rejected::Rejected;
use crate::system::System;

impl Performed for Store {
    type Input = ();
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        _: &(),
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
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
}
