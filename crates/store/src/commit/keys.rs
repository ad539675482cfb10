//! 6.3, DEF-8: keys and data do not commit together, so order carries the promise. A key is written before the first
//! value it seals; destruction commits its entry, the removal of rows and the intent first, then the key dies, and only
//! then the answer leaves. The next start finishes what a crash left.

use sandyq_model::{Fault, SubjectId};

use super::group::Within;
use super::queue::Pending;
use super::traces::{Traces, leave_no_trace};
use super::writer::WriterParts;
use crate::database::dialect::Dialect;
use crate::database::{ReaderExt, Session, Statement, statement};
use crate::vault::{KeyStore, Lead, Leads, NewKey, Vault};

/// What the key store must have before the group is durable.
#[derive(Default)]
pub(super) struct Before {
    keys: Vec<NewKey>,
    leads: Vec<Lead>,
}

/// What commits of the group bring, of those that are done.
pub(super) fn before<'g>(done: impl Iterator<Item = &'g Pending>) -> Before {
    let mut before = Before::default();
    for pending in done {
        before.keys.extend(pending.new_keys.iter().cloned());
        before.leads.extend(&pending.leads);
    }
    before
}

impl Before {
    /// Makes it durable.
    pub(super) fn put(&self, keys: &mut KeyStore) -> Result<(), Fault> {
        keys.put_all(&self.keys, &self.leads)
    }
}

/// What the key store must lose once the group is durable.
#[derive(Default)]
pub(super) struct After {
    dead: Vec<(SubjectId, u32)>,
    ended: Leads,
}

/// What commits of the group end, of those that are done. Nothing led to somebody whose first key they bring.
pub(super) fn after<'g>(done: impl Iterator<Item = &'g Pending>) -> After {
    let mut after = After::default();
    for pending in done {
        after.dead.extend(&pending.dead_keys);
        after.ended.to.extend(&pending.without_leads);
        if pending.new_keys.is_empty() {
            after.ended.replaced_by.extend(&pending.leads);
        }
    }
    after
}

/// Lets keys die whose intents are durable, and leads whose data has ended. From then on the vault does not know the keys
/// either.
pub(super) fn settle(parts: &mut WriterParts, after: &After) -> Result<(), Fault> {
    parts.keys.settle(&after.dead, &after.ended)?;
    forget(&parts.vault, &after.dead);
    parts.traces.add(&after.dead);
    Ok(())
}

/// The statements that clear the intents of keys that have died.
pub(super) fn clear_intents(died: &[(SubjectId, u32)]) -> Vec<Statement> {
    died.iter()
        .map(|(subject, generation)| clear_intent(*subject, *generation))
        .collect()
}

/// Finishes the deaths that were intended and not carried out before the program ended, or whose traces are still in the
/// engine's files. Gives those whose traces could not be removed.
///
/// # Errors
/// When the key store or the database does not do it: then nothing may be served.
pub(crate) fn finish_deaths(
    session: &mut dyn Session,
    keys: &mut KeyStore,
    vault: &Vault,
) -> Result<Traces, Fault> {
    let intended: Vec<(SubjectId, u32)> = Within(session).list(
        "SELECT subject_id, generation FROM key_death ORDER BY subject_id, generation",
        &[],
        |row| Ok((row.take(0)?, row.take(1)?)),
    )?;
    // PostgreSQL goes through whole tables for it, so not when nobody died.
    if intended.is_empty() && session.dialect() == Dialect::Postgres {
        return Ok(Traces::default());
    }
    kill_in(keys, vault, &intended)?;
    if !leave_no_trace(session) {
        tracing::warn!(
            "another program reads the database, so traces of destroyed rows may still be in its log"
        );
        return Ok(Traces::of(intended));
    }
    if intended.is_empty() {
        return Ok(Traces::default());
    }
    tracing::warn!(
        deaths = intended.len(),
        "destructions that were cut off at the last stop are finished now"
    );
    let clear = clear_intents(&intended);
    session.begin()?;
    session.perform(&clear.iter().collect::<Vec<_>>())?;
    session.commit()?;
    Ok(Traces::default())
}

fn kill_in(keys: &mut KeyStore, vault: &Vault, dead: &[(SubjectId, u32)]) -> Result<(), Fault> {
    keys.kill(dead)?;
    forget(vault, dead);
    Ok(())
}

fn forget(vault: &Vault, dead: &[(SubjectId, u32)]) {
    dead.iter().for_each(|(subject, _)| vault.forget(*subject));
}

fn clear_intent(subject: SubjectId, generation: u32) -> Statement {
    statement(
        "DELETE FROM key_death WHERE subject_id = $1 AND generation = $2",
        [subject.into(), generation.into()],
    )
}
