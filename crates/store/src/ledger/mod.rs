//! 5.1.5 at rest: the ledger's rows, what of them is durable, and whether they are still what was signed.
//!
//! Entries lie in blocks; every complete tile of hashes, and the growing tiles of the upper levels, lie in tiles; each
//! group of commits leaves one signed checkpoint. The growing tile of the lowest level is never stored: it follows from
//! the newest entries. Reads only; the rows are written by commits.

mod book;
mod head;
pub(crate) mod postings;
mod protections;
mod rows;
mod verify;
mod witnessed;

use sandyq_ledger::entry::{Deed, Entry, Happening};
use sandyq_ledger::tile::{Layer, TILE_WIDTH, TileId, TiledHashes};
use sandyq_ledger::tree::{
    ConsistencyProof, Hash, InclusionProof, ProofError, prove_consistency, prove_inclusion, root_at,
};
use sandyq_model::{Fault, Pseudonym};

use crate::database::Reader;

pub use book::verifier_key;
pub(crate) use book::{Book, NewEntry, Page, sign_text};
pub(crate) use head::{Head, HeadFile, Published};
pub(crate) use rows::entries;
pub(crate) use rows::{entry_bytes, newest_note};
pub use verify::Report;
pub(crate) use verify::verify;
pub(crate) use witnessed::WitnessedFile;

use rows::StoredTiles;

/// The content of a tile or entry bundle, as wide as it is in the tree of `size` entries; `None` when that has no such
/// tile. A narrower width than the tile now has is given too: such files were published once.
pub(crate) fn tile(reader: &mut dyn Reader, id: TileId, size: u64) -> Result<Option<Vec<u8>>, Fault> {
    let Some(widest) = TileId::in_tree(id.layer, id.index, size) else {
        return Ok(None);
    };
    if id.width > widest.width {
        return Ok(None);
    }
    match id.layer {
        Layer::Entries => rows::bundle(reader, id).map(Some),
        Layer::Hashes(_) => rows::hashes(reader, id).map(Some),
    }
}

/// Proves that the entry at `index` is in the tree of `size` entries.
pub(crate) fn inclusion(reader: &mut dyn Reader, index: u64, size: u64) -> Result<InclusionProof, Fault> {
    prove_inclusion(index, size, &mut TiledHashes::new(size, StoredTiles(reader))).map_err(unprovable)
}

/// Proves that the tree of `size` entries begins with that of `older`.
pub(crate) fn consistency(reader: &mut dyn Reader, older: u64, size: u64) -> Result<ConsistencyProof, Fault> {
    prove_consistency(older, size, &mut TiledHashes::new(size, StoredTiles(reader))).map_err(unprovable)
}

/// The root that the tree had at that size, from the stored tiles.
pub(crate) fn root(reader: &mut dyn Reader, size: u64) -> Result<Hash, Fault> {
    root_at(size, &mut TiledHashes::new(size, StoredTiles(reader))).map_err(unprovable)
}

/// The entries from `from` to before `to`, each behind its length in two bytes.
pub(crate) fn framed_entries(reader: &mut dyn Reader, from: u64, to: u64) -> Result<Vec<u8>, Fault> {
    let mut framed = Vec::new();
    let mut next = from;
    while next < to {
        let until = to.min(next.saturating_add(u64::from(TILE_WIDTH)));
        rows::each_entry(reader, next, until, |bytes| {
            // INVARIANT: an entry has at most ENTRY_BYTES_MAX bytes, far below 2^16.
            framed.extend(u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
            framed.extend_from_slice(bytes);
        })?;
        next = until;
    }
    Ok(framed)
}

/// Whom an entry is about, as the ledger calls them; `None` for nobody, and for bytes that are no entry.
pub(crate) fn pseudonym_of(entry: &[u8]) -> Option<Pseudonym> {
    Entry::decode(entry).ok()?.subject
}

/// Whom an entry blocks (`true`) or frees of a block; `None` for any other entry.
pub(crate) fn block_of(entry: &[u8]) -> Option<(Pseudonym, bool)> {
    protections::block_of(&Entry::decode(entry).ok()?)
}

/// Whether an account of staff or a line of the register of recipients was made, changed or closed by it, something was
/// entered in the register of breaches or of documents, a document was taken off the site, or a case was opened in an emergency and judged.
pub(crate) const fn is_about_the_house(entry: &Entry) -> bool {
    matches!(
        entry.deed,
        Deed::Happening(
            Happening::StaffAdded
                | Happening::StaffChanged
                | Happening::StaffRemoved
                | Happening::RecipientEntered
                | Happening::RecipientClosed
                | Happening::WebhookEntered
                | Happening::WebhookEnded
                | Happening::WebhookRenewed
                | Happening::BreachEntered
                | Happening::BreachMoved
                | Happening::BreachPeopleSought
                | Happening::BreachListOpened
                | Happening::BreachLettersBegun
                | Happening::LocalActEntered
                | Happening::LocalActHidden
                | Happening::EmergencyOpened
                | Happening::EmergencyRight
                | Happening::EmergencyWrong
        )
    )
}

/// The same of an entry as it is kept.
pub(crate) fn tells_of_the_house(entry: &[u8]) -> bool {
    Entry::decode(entry).is_ok_and(|entry| is_about_the_house(&entry))
}

fn unprovable<E: std::fmt::Display>(error: ProofError<E>) -> Fault {
    match error {
        ProofError::Outside { .. } => Fault::Ledger(error.to_string()),
        ProofError::Read(inner) => Fault::Ledger(format!("a proof could not be made: {inner}")),
    }
}
