//! 8: single values whose last purpose has ended go alone, while the person stays. Values of one person share a data key, so
//! everything that stays is sealed anew under its next generation first; then the old generation dies, and with it the
//! values that went, in every copy.

use sandyq_model::JobId;
use sandyq_model::act::Destroy;
use sandyq_policy::Permit;
use sandyq_store::Statement;
use sandyq_store::tables::authenticator::{self, Authenticator};
use sandyq_store::tables::{job, record, search_index, subject};
use sandyq_store::vault::SubjectKey;

use super::Destruction;
use super::receipt;
use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Stays};
use crate::queue;
use crate::record::FoundBy;
use crate::rejected::Rejected;
use crate::retention::Kept;
use crate::system::System;

/// Destroys exactly the fields of the permit.
pub(super) fn single_values(
    permit: Permit<Destroy>,
    dossier: &Dossier,
    input: &Destruction,
    kept: &Kept,
    system: &System,
) -> Result<Done<Destroy>, Rejected> {
    let now = permit.at();
    let (id, known, old) = (dossier.subject, dossier.known()?, dossier.key()?);
    let going = permit.fields();
    let staying = dossier.held().difference(going);
    let generation = known.key_generation + 1;
    let (new, new_key) = system.vault().new_subject_key(system.chance(), id, generation)?;
    let act = receipt::Draft::of_part(dossier, going, &kept.among(dossier.due_values(now)))?;
    let (sealed, spent) = system
        .vault()
        .keep_remainder(permit, old, &new, &dossier.sealed(staying))?;
    let row = subject::Subject {
        key_generation: generation,
        ..known.clone()
    };
    let mut statements = vec![subject::update(&row)];
    statements.extend(going.iter().map(|field| record::remove(id, field)));
    for value in sealed {
        let old = dossier.records.iter().find(|record| record.field == value.field);
        statements.extend(old.map(|old| {
            record::put(&record::Record {
                version: value.version,
                generation: value.generation,
                sealed: value.bytes,
                ..old.clone()
            })
        }));
    }
    statements.push(search_index::remove_all(id));
    let found_by = FoundBy::renewed(system, dossier, &new, staying)?;
    statements.extend(found_by.statements);
    statements.extend(proofs_anew(system, old, &new, &input.proofs)?);
    statements.push(authenticator::are_still(id, input.proofs.len() as u64));
    statements.extend(input.job.map(|job: JobId| job::finish(Some(id), job, now)));
    statements.push(act.keep(input.receipt, now));
    let next = queue::task(system, id, queue::RECEIPT, now, &input.receipt.to_string());
    let changes = Changes {
        statements,
        jobs: vec![next],
        new_keys: vec![new_key],
        dead_generations: vec![known.key_generation],
        leads: found_by.leads,
        moves: true,
        stays: Stays::Person,
        ..Changes::default()
    };
    Ok(Done {
        spent,
        changes,
        output: (),
    })
}

/// A password, a second proof and passkeys are no values and serve no purpose of their own: they stay with the person.
fn proofs_anew(
    system: &System,
    old: &SubjectKey,
    new: &SubjectKey,
    proofs: &[Authenticator],
) -> Result<Vec<Statement>, Rejected> {
    let anew = proofs.iter().map(|row| {
        let secret = system.vault().open_proof(old, row.id, &row.sealed)?;
        let sealed = system.vault().seal_proof(new, row.id, &secret)?;
        Ok(authenticator::seal_anew(row, &sealed))
    });
    anew.collect()
}
