//! 5.1.5, 6.1: which entries of the ledger are about whom. Written by commits themselves.

use sandyq_ledger::entry::Entry;
use sandyq_model::{Fault, Pseudonym};

use crate::database::Reader;
use crate::ledger::{entry_bytes, postings};

/// An entry with its place in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its index.
    pub index: u64,
    /// The entry.
    pub entry: Entry,
}

/// How many entries are about a pseudonym.
///
/// # Errors
/// When the engine does not answer.
pub fn count(reader: &mut dyn Reader, pseudonym: Pseudonym) -> Result<u64, Fault> {
    Ok(postings::indices(reader, pseudonym, usize::MAX)?.len() as u64)
}

/// Where the entries about a pseudonym stand, newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn indices(
    reader: &mut dyn Reader,
    pseudonym: Pseudonym,
    limit: u32,
    offset: u32,
) -> Result<Vec<u64>, Fault> {
    let offset = offset as usize;
    let mut indices = postings::indices(reader, pseudonym, offset + limit as usize)?;
    Ok(indices.split_off(offset.min(indices.len())))
}

/// The entries about a pseudonym, newest first.
///
/// # Errors
/// When the engine does not answer, or an entry is not one.
pub fn entries(
    reader: &mut dyn Reader,
    pseudonym: Pseudonym,
    limit: u32,
    offset: u32,
) -> Result<Vec<Placed>, Fault> {
    indices(reader, pseudonym, limit, offset)?
        .into_iter()
        .map(|index| placed(reader, index))
        .collect()
}

/// How many entries are about these pseudonyms, and some of them, newest first: one look instead of two.
///
/// # Errors
/// When the engine does not answer, or an entry is not one.
pub fn count_and_entries(
    reader: &mut dyn Reader,
    pseudonyms: &[Pseudonym],
    limit: u32,
    offset: u32,
) -> Result<(u64, Vec<Placed>), Fault> {
    let mut all = Vec::new();
    for pseudonym in pseudonyms {
        all.extend(postings::indices(reader, *pseudonym, usize::MAX)?);
    }
    all.sort_unstable_by(|one, other| other.cmp(one));
    let some = all.iter().skip(offset as usize).take(limit as usize);
    let entries = some
        .map(|index| placed(reader, *index))
        .collect::<Result<_, _>>()?;
    Ok((all.len() as u64, entries))
}

/// The newest entries about anybody, newest first, from `before` on (without it).
///
/// # Errors
/// When the engine does not answer, or an entry is not one.
pub fn newest(reader: &mut dyn Reader, before: u64, limit: u32) -> Result<Vec<Placed>, Fault> {
    let from = before.saturating_sub(u64::from(limit));
    (from..before).rev().map(|index| placed(reader, index)).collect()
}

/// The entries from `from` to before `to`, in their order; the ledger's blocks are read once each.
///
/// # Errors
/// When the engine does not answer, or an entry is not one.
pub fn range(reader: &mut dyn Reader, from: u64, to: u64) -> Result<Vec<Placed>, Fault> {
    let bytes = crate::ledger::entries(reader, from, to)?;
    let placed = (from..).zip(bytes).map(|(index, bytes)| {
        let entry =
            Entry::decode(&bytes).map_err(|error| Fault::Ledger(format!("entry {index}: {error}")))?;
        Ok(Placed { index, entry })
    });
    placed.collect()
}

/// The entry at that place.
///
/// # Errors
/// When the engine does not answer, or the entry is not one.
pub fn at(reader: &mut dyn Reader, index: u64) -> Result<Placed, Fault> {
    placed(reader, index)
}

fn placed(reader: &mut dyn Reader, index: u64) -> Result<Placed, Fault> {
    let bytes = entry_bytes(reader, index)?;
    let entry = Entry::decode(&bytes).map_err(|error| Fault::Ledger(format!("entry {index}: {error}")))?;
    Ok(Placed { index, entry })
}
