//! 6.3, 8, DEF-4: destruction. The data key dies and the rows go; what a cited floor keeps is sealed anew first, under
//! a key of its own, and stays locked. Single values whose day has come go in the same way: everything else of the person
//! is sealed anew first, and stays as it was (`part.rs`).
//!
//! It never touches a blocked record, a held field or one under a floor: the permit would not exist.

mod part;
pub mod receipt;

use std::sync::Arc;

use jiff::Timestamp;
use sandyq_model::act::Destroy;
use sandyq_model::{JobId, ReceiptId, Standing, SubjectId};
use sandyq_policy::Permit;
use sandyq_store::Job;
use sandyq_store::tables::authenticator::Authenticator;
use sandyq_store::tables::{destroyed, job, record, subject};

use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed, Stays};
use crate::queue;
use crate::rejected::Rejected;
use crate::retention::{self, Kept};
use crate::system::System;
use crate::transfer::{self, Recalled};

/// Why, and under which number the receipt will be.
pub struct Destruction {
    /// The receipt's number.
    pub receipt: ReceiptId,
    /// The job that brought it here, which ends in the same commit.
    pub job: Option<JobId>,
    /// With what the person proves who they are, as it lies sealed: when single values go, it is sealed anew.
    pub proofs: Vec<Authenticator>,
}

impl Performed for Destroy {
    type Input = Destruction;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Destruction,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let now = permit.at();
        let id = dossier.subject;
        let kept = retention::floor(dossier, system.policy(), now);
        if !dossier.is_due(now) {
            return part::single_values(permit, dossier, input, &kept, system);
        }
        let act = receipt::Draft::of(dossier, permit.fields(), &kept)?;
        let mut done = if kept.fields.is_empty() {
            whole(permit, dossier)?
        } else {
            remainder(permit, dossier, &kept, system)?
        };
        let statements = &mut done.changes.statements;
        statements.push(job::remove_all_but(id, input.job));
        if let Some(job) = input.job {
            statements.push(job::finish(Some(id), job, now));
        }
        statements.push(act.keep(input.receipt, now));
        statements.extend(destroyed::in_part(id, now));
        let (recalled, letters) = transfer::recalled(dossier, Recalled::Destroyed, now);
        done.changes.jobs.extend(letters);
        done.changes.statements.extend(recalled);
        let next = queue::task(system, id, queue::RECEIPT, now, &input.receipt.to_string());
        done.changes.jobs.push(next);
        done.changes
            .jobs
            .push(queue::task(system, id, queue::REQUESTS, now, ""));
        done.changes.moves = true;
        done.changes.found_by_nothing = true;
        Ok(done)
    }
}

/// 8: the destruction of somebody whose day has come, for the queue.
pub(crate) fn ordered(system: &System, row: &subject::Subject, now: Timestamp) -> Job {
    // A lock under a floor ends before anything else may be done (DEF-3); the destruction sees to it.
    let kind = if row.standing == Standing::Blocked {
        queue::DESTROY
    } else {
        queue::DELETE
    };
    of_kind(system, row.id, kind, now)
}

/// 8: the destruction of the single values of somebody whose days have come.
pub(crate) fn ordered_of_values(system: &System, subject: SubjectId, now: Timestamp) -> Job {
    of_kind(system, subject, queue::DESTROY, now)
}

fn of_kind(system: &System, subject: SubjectId, kind: &str, now: Timestamp) -> Job {
    let receipt = ReceiptId::random(system.chance()).to_string();
    queue::task(system, subject, kind, now, &receipt)
}

/// Nothing stays: every value, the case, the pseudonym and the key go.
fn whole(permit: Permit<Destroy>, dossier: &Dossier) -> Result<Done<Destroy>, Rejected> {
    let known = dossier.known()?;
    let row = subject::Subject {
        standing: moved(known, false)?,
        pseudonym: None,
        destroyed_at: Some(permit.at()),
        due_at: None,
        ..known.clone()
    };
    let mut statements = vec![subject::update(&row)];
    statements.extend(destroyed::whole(dossier.subject));
    let changes = Changes {
        statements,
        dead_generations: vec![known.key_generation],
        ..Changes::default()
    };
    Ok(Done {
        spent: permit.spend(),
        changes,
        output: (),
    })
}

/// The fields under a floor stay, sealed anew; the old key dies with all the rest.
fn remainder(
    permit: Permit<Destroy>,
    dossier: &Dossier,
    kept: &Kept,
    system: &System,
) -> Result<Done<Destroy>, Rejected> {
    let now = permit.at();
    let known = dossier.known()?;
    let generation = known.key_generation + 1;
    let (new, new_key) = system
        .vault()
        .new_subject_key(system.chance(), dossier.subject, generation)?;
    let sealed = dossier.sealed(kept.fields);
    let (sealed, spent) = system
        .vault()
        .keep_remainder(permit, dossier.key()?, &new, &sealed)?;
    let until = kept.until();
    let row = subject::Subject {
        standing: moved(known, true)?,
        key_generation: generation,
        blocked_at: Some(now),
        due_at: until,
        ..known.clone()
    };
    let mut statements = vec![subject::update(&row), record::remove_all(dossier.subject)];
    for value in sealed {
        let Some(old) = dossier.records.iter().find(|record| record.field == value.field) else {
            continue;
        };
        let floor = kept
            .floors
            .iter()
            .find(|floor| floor.fields.contains(value.field));
        statements.push(record::put(&record::Record {
            version: value.version,
            generation: value.generation,
            sealed: value.bytes,
            until_at: until,
            floor: floor.map(|floor| floor.citation.clone()),
            ..old.clone()
        }));
    }
    let changes = Changes {
        statements,
        new_keys: vec![new_key],
        dead_generations: vec![known.key_generation],
        stays: Stays::Remainder,
        ..Changes::default()
    };
    Ok(Done {
        spent,
        changes,
        output: (),
    })
}

fn moved(known: &subject::Subject, remainder: bool) -> Result<Standing, Rejected> {
    Standing::after(Some(known.standing), sandyq_model::Verb::Destroy, remainder).ok_or(Rejected::NotFound)
}
