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
use crate::vault::{KeyStore, NewKey, Vault};

/// The keys that commits of the group bring, of those that are done.
pub(super) fn new_keys<'g>(done: impl Iterator<Item = &'g Pending>) -> Vec<NewKey> {
    done.flat_map(|pending| pending.new_keys.iter().cloned())
        .collect()
}

/// Lets keys die whose intents are durable. From then on the vault does not know them either.
pub(super) fn kill(parts: &mut WriterParts, dead: &[(SubjectId, u32)]) -> Result<(), Fault> {
    if dead.is_empty() {
        return Ok(());
    }
    kill_in(&mut parts.keys, &parts.vault, dead)?;
    parts.traces.add(dead);
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
    dead.iter().for_each(|(subject, _)| vault.forget(*subject));
    Ok(())
}

fn clear_intent(subject: SubjectId, generation: u32) -> Statement {
    statement(
        "DELETE FROM key_death WHERE subject_id = $1 AND generation = $2",
        [subject.into(), generation.into()],
    )
}
