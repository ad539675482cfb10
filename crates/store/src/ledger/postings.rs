//! From a pseudonym to its entries. A row for each entry would cost more than the entry itself: another leaf of a tree
//! written for nearly every look. So the newest entries are found by reading them, and once [`RUN_ENTRIES`] have come
//! together their postings are sorted and stored as one run, in pieces that each fit into a page.

use sandyq_ledger::entry::Entry;
use sandyq_model::{Fault, Pseudonym};

use super::rows::{Block, blocks};
use crate::database::{Reader, ReaderExt};

/// Entries whose postings are stored together. More make every look for a person's newest entries slower, fewer make
/// more runs to look into.
pub(crate) const RUN_ENTRIES: u64 = 8192;

/// Postings in a piece at most: so many fit into a quarter of a page, beyond which SQLite puts a row into several.
const PIECE_POSTINGS: usize = 48;

/// A pseudonym, and the place of the entry within its run in two bytes.
const POSTING_BYTES: usize = 18;

/// One row of postings.
pub(crate) struct Piece {
    /// The how manieth run it belongs to.
    pub run: u64,
    /// Its last posting, by which it is found.
    pub last: Vec<u8>,
    /// Its postings, sorted.
    pub bytes: Vec<u8>,
}

/// Postings that are in no run yet, as the writer keeps them.
#[derive(Default)]
pub(crate) struct Newest {
    /// Runs that are stored.
    runs: u64,
    /// By index.
    postings: Vec<(Pseudonym, u64)>,
}

/// What a group adds to the postings.
pub(crate) struct Added {
    postings: Vec<(Pseudonym, u64)>,
    runs: u64,
}

impl Newest {
    /// Reads what is in no run yet out of the entries themselves.
    pub(super) fn open(reader: &mut dyn Reader) -> Result<Self, Fault> {
        let runs = runs(reader)?;
        let mut postings = Vec::new();
        each_newest(
            reader,
            runs,
            |_| true,
            |pseudonym, index| postings.push((pseudonym, index)),
        )?;
        Ok(Self { runs, postings })
    }

    /// Adds the postings of a group after which the ledger has `size` entries. Gives the pieces of the runs that have
    /// become complete.
    pub(super) fn add(&self, postings: Vec<(Pseudonym, u64)>, size: u64) -> (Added, Vec<Piece>) {
        let runs = size / RUN_ENTRIES;
        let mut pieces = Vec::new();
        for run in self.runs..runs {
            let within = |(_, index): &&(Pseudonym, u64)| index / RUN_ENTRIES == run;
            let of_run = self.postings.iter().chain(&postings).filter(within);
            pieces.extend(sorted(run, of_run.copied().collect()));
        }
        (Added { postings, runs }, pieces)
    }

    /// What was added is durable.
    pub(super) fn keep(&mut self, added: Added) {
        self.postings.extend(added.postings);
        if added.runs > self.runs {
            self.runs = added.runs;
            self.postings
                .retain(|(_, index)| index / RUN_ENTRIES >= added.runs);
        }
    }
}

/// How many runs are stored.
pub(crate) fn runs(reader: &mut dyn Reader) -> Result<u64, Fault> {
    let newest = reader.first(
        "SELECT run FROM ledger_posting ORDER BY run DESC LIMIT 1",
        &[],
        |row| row.take::<u64>(0),
    )?;
    Ok(newest.map_or(0, |run| run.saturating_add(1)))
}

/// The indices of the entries about a pseudonym, newest first, until there are `enough`.
pub(crate) fn indices(
    reader: &mut dyn Reader,
    pseudonym: Pseudonym,
    enough: usize,
) -> Result<Vec<u64>, Fault> {
    let runs = runs(reader)?;
    let mut found = Vec::new();
    let maybe = memchr::memmem::Finder::new(pseudonym.as_bytes());
    each_newest(
        reader,
        runs,
        |block| maybe.find(&block.bytes).is_some(),
        |about, index| {
            if about == pseudonym {
                found.push(index);
            }
        },
    )?;
    found.reverse();
    for run in (0..runs).rev() {
        if found.len() >= enough {
            break;
        }
        let older = found.len();
        of_run(reader, run, pseudonym, &mut found)?;
        found.get_mut(older..).unwrap_or_default().reverse();
    }
    found.truncate(enough);
    Ok(found)
}

/// The entries about a pseudonym in one run, oldest first.
fn of_run(
    reader: &mut dyn Reader,
    run: u64,
    pseudonym: Pseudonym,
    found: &mut Vec<u64>,
) -> Result<(), Fault> {
    let mut from = posting(pseudonym, 0).to_vec();
    loop {
        let piece = reader.first(
            "SELECT run, last, bytes FROM ledger_posting WHERE run = $1 AND last >= $2 ORDER BY last LIMIT 1",
            &[run.into(), from.as_slice().into()],
            |row| {
                Ok(Piece {
                    run: row.take(0)?,
                    last: row.take(1)?,
                    bytes: row.take(2)?,
                })
            },
        )?;
        let Some(piece) = piece else { return Ok(()) };
        let postings = piece.postings()?;
        found.extend(
            postings
                .iter()
                .filter(|(about, _)| *about == pseudonym)
                .map(|(_, index)| index),
        );
        // Only a piece that ends with this pseudonym is followed by more of it.
        if postings.last().is_none_or(|(about, _)| *about != pseudonym) {
            return Ok(());
        }
        from = piece.last;
        from.push(0);
    }
}

/// Hands over the postings of the entries that are in no run yet, oldest first, of blocks that are worth reading.
fn each_newest(
    reader: &mut dyn Reader,
    runs: u64,
    worth: impl Fn(&Block) -> bool,
    mut each: impl FnMut(Pseudonym, u64),
) -> Result<(), Fault> {
    let mut from = runs.saturating_mul(RUN_ENTRIES);
    let begin = from;
    loop {
        let page = blocks(reader, from, u64::MAX, BLOCK_PAGE)?;
        for block in &page {
            from = block.first.saturating_add(block.count);
            if !worth(block) {
                continue;
            }
            for (index, bytes) in (block.first..).zip(block.entries()?) {
                if index < begin {
                    continue;
                }
                let entry = Entry::decode(bytes)
                    .map_err(|error| Fault::Ledger(format!("entry {index} was altered: {error}")))?;
                if let Some(pseudonym) = entry.subject {
                    each(pseudonym, index);
                }
            }
        }
        if page.len() < BLOCK_PAGE as usize {
            return Ok(());
        }
    }
}

impl Piece {
    /// Its postings, checked: sorted, whole, and the last one is the one it is found by.
    pub(super) fn postings(&self) -> Result<Vec<(Pseudonym, u64)>, Fault> {
        let altered = || Fault::Ledger(format!("the postings of run {} were altered", self.run));
        let (postings, rest) = self.bytes.as_chunks::<POSTING_BYTES>();
        let sorted = postings.is_sorted_by(|one, next| one < next);
        if !rest.is_empty() || !sorted || postings.last().map(<[u8; 18]>::as_slice) != Some(&self.last) {
            return Err(altered());
        }
        let begin = self.run.saturating_mul(RUN_ENTRIES);
        postings
            .iter()
            .map(|bytes| {
                let (pseudonym, place) = bytes.split_first_chunk::<16>().ok_or_else(altered)?;
                let place: [u8; 2] = place.try_into().map_err(|_| altered())?;
                let index = begin.saturating_add(u64::from(u16::from_be_bytes(place)));
                Ok((Pseudonym::from_bytes(*pseudonym), index))
            })
            .collect()
    }
}

/// The pieces of a run.
fn sorted(run: u64, postings: Vec<(Pseudonym, u64)>) -> Vec<Piece> {
    let mut all: Vec<[u8; POSTING_BYTES]> = postings
        .into_iter()
        .map(|(pseudonym, index)| posting(pseudonym, index % RUN_ENTRIES))
        .collect();
    all.sort_unstable();
    all.chunks(PIECE_POSTINGS)
        .map(|piece| Piece {
            run,
            last: piece.last().map(|last| last.to_vec()).unwrap_or_default(),
            bytes: piece.concat(),
        })
        .collect()
}

/// INVARIANT: `place` is less than [`RUN_ENTRIES`], which is at most 2^16.
fn posting(pseudonym: Pseudonym, place: u64) -> [u8; POSTING_BYTES] {
    let mut bytes = [0; POSTING_BYTES];
    let place = u16::try_from(place).unwrap_or(u16::MAX).to_be_bytes();
    let parts = pseudonym.as_bytes().iter().copied().chain(place);
    bytes.iter_mut().zip(parts).for_each(|(to, byte)| *to = byte);
    bytes
}

const BLOCK_PAGE: u32 = 512;
