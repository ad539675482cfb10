//! People as they are since: the rows of whoever was changed after the set, and the end of whoever has no key.

use jiff::Timestamp;
use sandyq_model::{Pseudonym, Standing, SubjectId};

use super::super::fault::BackupFault;
use super::Lives;
use super::after::After;
use crate::commit::Within;
use crate::database::{Session, Statement};
use crate::tables::{case_file, job, record, search_index, subject};

/// Puts everybody into the state that they are in since, staff too, and brings the receipts and texts that belong to it.
pub(super) fn apply(session: &mut dyn Session, after: &After) -> Result<(), BackupFault> {
    perform(session, &after.shared)?;
    perform(session, after.staff.as_deref().unwrap_or_default())?;
    for change in after.changes.values() {
        let known = subject::find(&mut Within(session), change.subject)?;
        if change.is_newer_than(known.map(|row| row.version)) {
            perform(session, &change.statements)?;
        }
    }
    Ok(())
}

/// DEF-4: whoever has no living key is destroyed: rows, index and pseudonym go. Gives the pseudonyms they had.
pub(super) fn destroy_without_key(
    session: &mut dyn Session,
    lives: Lives<'_>,
    at: Timestamp,
) -> Result<Vec<Option<Pseudonym>>, BackupFault> {
    let mut destroyed = Vec::new();
    let mut after: Option<SubjectId> = None;
    loop {
        let page = subject::page(&mut Within(session), after, PEOPLE_AT_ONCE)?;
        let Some(last) = page.last() else {
            return Ok(destroyed);
        };
        after = Some(last.id);
        for row in page {
            if row.standing == Standing::Destroyed || lives(row.id, row.key_generation)? {
                continue;
            }
            destroyed.push(row.pseudonym);
            let gone = subject::Subject {
                standing: Standing::Destroyed,
                pseudonym: None,
                destroyed_at: Some(at),
                due_at: None,
                ..row
            };
            let mut statements = vec![
                subject::update(&gone),
                record::remove_all(gone.id),
                search_index::remove_all(gone.id),
                job::remove_all_but(gone.id, None),
            ];
            statements.extend(case_file::remove_all(gone.id));
            perform(session, &statements)?;
        }
    }
}

fn perform(session: &mut dyn Session, statements: &[Statement]) -> Result<(), BackupFault> {
    session.perform(&statements.iter().collect::<Vec<_>>())?;
    Ok(())
}

/// People looked at in one read.
const PEOPLE_AT_ONCE: u32 = 1000;
