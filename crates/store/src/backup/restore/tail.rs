//! The ledger goes on from where the set ends: the entries that came after, with the checkpoints that were signed then.

use jiff::Timestamp;

use super::super::fault::BackupFault;
use super::after::Page;
use crate::commit;
use crate::database::Session;
use crate::ledger::Book;

/// Appends the pages behind the end of the book. Entries that the book has already are passed over.
pub(super) fn append(
    session: &mut dyn Session,
    book: &mut Book,
    pages: &[Page],
    at: Timestamp,
) -> Result<(), BackupFault> {
    let mut waiting: Vec<&[u8]> = Vec::new();
    for page in pages {
        let next = book.size() + waiting.len() as u64;
        if page.first > next {
            return Err(BackupFault::RolledBack(format!(
                "what came after begins at entry {}, and the set ends at entry {next}: entries between are lost",
                page.first
            )));
        }
        let known = usize::try_from(next - page.first).unwrap_or(usize::MAX);
        waiting.extend(page.entries.iter().skip(known).map(Vec::as_slice));
        if page.note.is_empty() || waiting.is_empty() {
            continue;
        }
        let copied = book
            .copy(&std::mem::take(&mut waiting), &page.note)
            .map_err(|fault| {
                BackupFault::RolledBack(format!(
                    "the ledger that came after does not go on from this set: {fault}"
                ))
            })?;
        commit::store_page(session, &copied, at.into())?;
        book.turn(copied);
    }
    Ok(())
}
