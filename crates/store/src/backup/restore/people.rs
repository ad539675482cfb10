//! People as they are since: the rows of whoever was changed after the set, and the end of whoever has no key.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sandyq_model::{JobId, Pseudonym, Standing, SubjectId};

use super::super::fault::BackupFault;
use super::Lives;
use super::after::After;
use crate::commit::Within;
use crate::database::{Session, Statement};
use crate::ledger;
use crate::tables::job::{Job, REQUESTS};
use crate::tables::{destroyed, disclosure, job, subject, subject_request};

/// Puts everybody into the state that they are in since, staff and recipients too, and brings the receipts and texts that belong to it.
/// Rows may be newer than the end of the ledger: that a block has ended does not count without its entry.
pub(super) fn apply(session: &mut dyn Session, after: &After, at: Timestamp) -> Result<(), BackupFault> {
    perform(session, &after.shared)?;
    perform(session, after.house.as_deref().unwrap_or_default())?;
    let blocks = blocks(after);
    for change in after.changes.values() {
        let known = subject::find(&mut Within(session), change.subject)?;
        if !change.is_newer_than(known.as_ref().map(|row| row.version)) {
            continue;
        }
        perform(session, &change.statements)?;
        let Some(row) = subject::find(&mut Within(session), change.subject)? else {
            continue;
        };
        let was_blocked = known.is_some_and(|row| row.standing == Standing::Blocked);
        let by_entry = row
            .pseudonym
            .and_then(|pseudonym| blocks.get(&pseudonym).copied());
        let is_open = !matches!(row.standing, Standing::Blocked | Standing::Destroyed);
        if is_open && by_entry.unwrap_or(was_blocked) {
            let blocked = subject::Subject {
                standing: Standing::Blocked,
                blocked_at: Some(at),
                ..row
            };
            perform(session, &[subject::update(&blocked)])?;
        }
    }
    Ok(())
}

/// Who was blocked last, or freed last, by the entries that go into the ledger: those up to the last that were signed.
fn blocks(after: &After) -> BTreeMap<Pseudonym, bool> {
    let signed = after.pages.iter().rposition(|page| !page.note.is_empty());
    let pages = after.pages.iter().take(signed.map_or(0, |last| last + 1));
    pages
        .flat_map(|page| &page.entries)
        .filter_map(|entry| ledger::block_of(entry))
        .collect()
}

/// DEF-4: whoever has no living key is destroyed: rows, index and pseudonym go. Gives the pseudonyms they had.
pub(super) fn destroy_without_key(
    session: &mut dyn Session,
    lives: Lives<'_>,
    at: Timestamp,
) -> Result<Vec<Option<Pseudonym>>, BackupFault> {
    perform(session, &[subject_request::papers_wait()])?;
    let mut pseudonyms = Vec::new();
    let mut after: Option<SubjectId> = None;
    loop {
        let page = subject::page(&mut Within(session), after, PEOPLE_AT_ONCE)?;
        let Some(last) = page.last() else {
            return Ok(pseudonyms);
        };
        after = Some(last.id);
        for row in page {
            if row.standing == Standing::Destroyed || lives(row.id, row.key_generation)? {
                continue;
            }
            pseudonyms.push(row.pseudonym);
            let gone = subject::Subject {
                standing: Standing::Destroyed,
                pseudonym: None,
                destroyed_at: Some(at),
                due_at: None,
                ..row
            };
            let mut statements = vec![subject::update(&gone), job::remove_all_but(gone.id, None)];
            statements.push(job::insert(&requests_of(gone.id, at)));
            // Letters about it are left again by whoever looks for recipients that were not told.
            statements.push(disclosure::recall_all(gone.id, disclosure::DESTROYED, at));
            statements.extend(destroyed::whole(gone.id));
            statements.extend(destroyed::in_part(gone.id, at));
            perform(session, &statements)?;
        }
    }
}

/// What an operation leaves in the queue too: closed requests about them go with them.
fn requests_of(gone: SubjectId, at: Timestamp) -> Job {
    Job {
        subject: Some(gone),
        id: JobId::from_bytes(*gone.as_bytes()),
        kind: REQUESTS.to_owned(),
        detail: Vec::new(),
        run_at: at,
    }
}

fn perform(session: &mut dyn Session, statements: &[Statement]) -> Result<(), BackupFault> {
    session.perform(&statements.iter().collect::<Vec<_>>())?;
    Ok(())
}

/// People looked at in one read.
const PEOPLE_AT_ONCE: u32 = 1000;
