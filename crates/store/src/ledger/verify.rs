//! Whether the ledger is still what was signed (5.1.5-b): its end at every start, the whole of it when asked.

use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::entry::Entry;
use sandyq_ledger::note::VerifierKey;
use sandyq_ledger::tile::{Layer, TILE_HEIGHT, TILE_LEVEL_MAX, TILE_WIDTH, Tile, Tree};
use sandyq_ledger::tree::{HASH_BYTES, Hash, leaf_hash, sha256};
use sandyq_model::{Fault, Pseudonym};

use super::Published;
use super::postings::{self, Piece, RUN_ENTRIES};
use super::protections::Protections;
use super::rows::{StoredTiles, blocks, each_entry, newest_note};
use crate::database::{Reader, ReaderExt};

/// What a verification has gone through and found right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries.
    pub entries: u64,
    /// Signed checkpoints.
    pub checkpoints: u64,
    /// Stored tiles.
    pub tiles: u64,
    /// Entries about somebody, which their pseudonym leads to.
    pub postings: u64,
}

/// Verifies the end of the ledger against its newest checkpoint: signature, growing tiles, newest entries, and that
/// nothing follows after it. Gives the tree at that place.
pub(crate) fn verify_tail(
    reader: &mut dyn Reader,
    note: &str,
    origin: &str,
    key: &VerifierKey,
) -> Result<(Tree, Checkpoint), Fault> {
    let checkpoint = opened(note, origin, key)?;
    let size = checkpoint.size;
    let end = reader.first(
        "SELECT first_index, count FROM ledger_block ORDER BY first_index DESC LIMIT 1",
        &[],
        |row| Ok(row.take::<u64>(0)?.saturating_add(row.take::<u64>(1)?)),
    )?;
    if end.unwrap_or(0) != size {
        return Err(Fault::Ledger(format!(
            "the ledger has {} entries, and {size} were signed: entries were cut off or added",
            end.unwrap_or(0)
        )));
    }
    let tree = Tree::open_at(&checkpoint, &mut StoredTiles(reader))
        .map_err(|error| Fault::Ledger(error.to_string()))?;
    verify_last_full_tile(reader, size)?;
    Ok((tree, checkpoint))
}

/// The newest full tile of the lowest level against its entries, so that an altered entry near the end is found even
/// right after a tile was completed.
fn verify_last_full_tile(reader: &mut dyn Reader, size: u64) -> Result<(), Fault> {
    let Some(index) = (size / u64::from(TILE_WIDTH)).checked_sub(1) else {
        return Ok(());
    };
    let from = index * u64::from(TILE_WIDTH);
    let mut hashes = Vec::with_capacity(usize::from(TILE_WIDTH) * HASH_BYTES);
    each_entry(reader, from, from + u64::from(TILE_WIDTH), |bytes| {
        hashes.extend(leaf_hash(bytes).0)
    })?;
    match stored_tile(reader, 0, index)? {
        Some(stored) if stored == hashes => Ok(()),
        _ => Err(Fault::Ledger(format!(
            "entries {from} and on are not those that were signed"
        ))),
    }
}

/// Verifies every entry, tile, posting and checkpoint, and that the rows of people protect them as it says. `progress` is told entries done and in all.
pub(crate) fn verify(
    reader: &mut dyn Reader,
    published: &Published,
    progress: &dyn Fn(u64, u64),
) -> Result<Report, Fault> {
    let key = published.verifier_key();
    let known = published.head();
    let origin = &known.checkpoint.origin;
    // The snapshot of this reader says how far the ledger goes, not the moment at which the question was asked.
    let note =
        newest_note(reader)?.ok_or_else(|| Fault::Ledger("the ledger's checkpoints are gone".into()))?;
    let head = opened(&note, origin, key)?;
    let mut walk = Walk {
        tree: Tree::new(),
        report: Report::default(),
        postings: Sum::default(),
        protections: Protections::default(),
        posted: postings::runs(reader)?.saturating_mul(RUN_ENTRIES),
        origin,
        key,
    };
    let mut checkpoints = walk.checkpoints_from(reader, 0)?;
    walk.pass(&mut checkpoints)?;
    progress(0, head.size);
    while walk.tree.size() < head.size {
        if checkpoints.is_empty() {
            checkpoints = walk.checkpoints_from(reader, walk.tree.size() + 1)?;
        }
        let until = checkpoints.last().map_or(head.size, |next| next.size);
        walk.go_to(reader, until)?;
        walk.pass(&mut checkpoints)?;
        progress(walk.tree.size(), head.size);
    }
    if walk.tree.root() != head.root {
        return Err(Fault::Ledger(
            "the entries do not lead to the newest signed root".into(),
        ));
    }
    walk.check_edges(reader, head.size)?;
    walk.check_postings(reader)?;
    walk.protections.check(reader)?;
    Ok(walk.report)
}

/// A walk from the first entry to the last.
struct Walk<'v> {
    tree: Tree,
    report: Report,
    postings: Sum,
    protections: Protections,
    /// The entries before this one are in runs of postings.
    posted: u64,
    origin: &'v str,
    key: &'v VerifierKey,
}

impl Walk<'_> {
    /// The next checkpoints of at least that size, greatest first, so that the next one is popped. All are signed.
    fn checkpoints_from(&self, reader: &mut dyn Reader, size: u64) -> Result<Vec<Checkpoint>, Fault> {
        let notes: Vec<(u64, String)> = reader.list(
            "SELECT size, note FROM ledger_checkpoint WHERE size >= $1 ORDER BY size LIMIT $2",
            &[size.into(), CHECKPOINT_PAGE.into()],
            |row| Ok((row.take(0)?, row.take(1)?)),
        )?;
        let mut checkpoints = Vec::with_capacity(notes.len());
        for (size, note) in notes.into_iter().rev() {
            let checkpoint = opened(&note, self.origin, self.key)?;
            if checkpoint.size != size {
                return Err(Fault::Ledger(format!(
                    "the checkpoint in the row of {size} entries is another one"
                )));
            }
            checkpoints.push(checkpoint);
        }
        Ok(checkpoints)
    }

    /// Compares the checkpoint at the present size, if the next one is.
    fn pass(&mut self, checkpoints: &mut Vec<Checkpoint>) -> Result<(), Fault> {
        if let Some(next) = checkpoints.pop_if(|next| next.size == self.tree.size()) {
            if next.root != self.tree.root() {
                return Err(Fault::Ledger(format!(
                    "the first {} entries are not those that were signed",
                    next.size
                )));
            }
            self.report.checkpoints += 1;
        }
        Ok(())
    }

    /// Goes on until the tree has `until` entries, or some way towards it.
    fn go_to(&mut self, reader: &mut dyn Reader, until: u64) -> Result<(), Fault> {
        let mut leaves = Vec::new();
        let from = self.tree.size();
        for block in blocks(reader, from, until, BLOCK_PAGE)? {
            let next = from + leaves.len() as u64;
            if block.first != next {
                return Err(Fault::Ledger(format!("entry {next} of the ledger is missing")));
            }
            for (index, bytes) in (block.first..).zip(block.entries()?) {
                let entry = Entry::decode(bytes);
                let entry =
                    entry.map_err(|error| Fault::Ledger(format!("entry {index} was altered: {error}")))?;
                self.protections.note(&entry);
                if let Some(pseudonym) = entry.subject {
                    self.report.postings += 1;
                    if index < self.posted {
                        self.postings.add(pseudonym, index);
                    }
                }
                leaves.push(leaf_hash(bytes));
            }
        }
        if leaves.is_empty() || from + leaves.len() as u64 > until {
            return Err(Fault::Ledger(format!(
                "entry {from} of the ledger is missing, or blocks overlap a checkpoint"
            )));
        }
        if self.protections.is_full() {
            self.protections.look_for_destroyed(reader)?;
        }
        self.append(reader, &leaves)?;
        self.report.entries = self.tree.size();
        Ok(())
    }

    fn append(&mut self, reader: &mut dyn Reader, leaves: &[Hash]) -> Result<(), Fault> {
        for tile in self
            .tree
            .append_batch(leaves)
            .iter()
            .filter(|tile| tile.id.is_full())
        {
            self.check_tile(reader, tile)?;
        }
        Ok(())
    }

    fn check_tile(&mut self, reader: &mut dyn Reader, tile: &Tile) -> Result<(), Fault> {
        let Layer::Hashes(level) = tile.id.layer else {
            return Ok(());
        };
        match stored_tile(reader, level, tile.id.index)? {
            Some(stored) if stored == tile.bytes() => {
                self.report.tiles += 1;
                Ok(())
            }
            _ => Err(Fault::Ledger(format!(
                "the tile `{}` is missing or is not what was signed",
                tile.id
            ))),
        }
    }

    /// The growing tiles of the upper levels, that there are no other tiles, and that nothing follows after the end.
    fn check_edges(&mut self, reader: &mut dyn Reader, size: u64) -> Result<(), Fault> {
        let grown =
            Tree::open(size, &mut StoredTiles(reader)).map_err(|error| Fault::Ledger(error.to_string()))?;
        if grown != self.tree {
            return Err(Fault::Ledger("the growing tiles are not what was signed".into()));
        }
        for level in 1..=TILE_LEVEL_MAX {
            let held = size >> (TILE_HEIGHT * level);
            let width = held % u64::from(TILE_WIDTH);
            if width > 0 {
                let stored = stored_tile(reader, level, held / u64::from(TILE_WIDTH))?;
                if stored.is_none_or(|bytes| bytes.len() as u64 != width * HASH_BYTES as u64) {
                    return Err(Fault::Ledger("a growing tile is wider than the ledger".into()));
                }
                self.report.tiles += 1;
            }
        }
        let stored: u64 = count(reader, "SELECT COUNT(*) FROM ledger_tile")?;
        if stored != self.report.tiles {
            return Err(Fault::Ledger(format!(
                "{stored} tiles are stored, not {}",
                self.report.tiles
            )));
        }
        if count(reader, "SELECT COUNT(*) FROM ledger_checkpoint")? != self.report.checkpoints {
            return Err(Fault::Ledger("a checkpoint is not at the end of a block".into()));
        }
        Ok(())
    }

    /// Each entry about somebody that a run goes over has its posting there, in its place, and there are no others.
    fn check_postings(&mut self, reader: &mut dyn Reader) -> Result<(), Fault> {
        let altered = || Fault::Ledger("the postings are not those of the entries".into());
        let mut stored = Sum::default();
        let (mut run, mut last) = (0, Vec::new());
        loop {
            let page: Vec<Piece> = reader.list(
                "SELECT run, last, bytes FROM ledger_posting WHERE (run, last) > ($1, $2) \
                 ORDER BY run, last LIMIT $3",
                &[run.into(), last.as_slice().into(), POSTING_PAGE.into()],
                |row| {
                    let (run, last, bytes) = (row.take(0)?, row.take(1)?, row.take(2)?);
                    Ok(Piece { run, last, bytes })
                },
            )?;
            for piece in &page {
                // A posting before the end of the piece before it would not be found by its pseudonym.
                if piece.run == run && piece.bytes < last {
                    return Err(altered());
                }
                (run, last) = (piece.run, piece.last.clone());
                for (pseudonym, index) in piece.postings()? {
                    stored.add(pseudonym, index);
                }
            }
            if page.is_empty() {
                break;
            }
        }
        if stored == self.postings && self.posted <= self.tree.size() {
            Ok(())
        } else {
            Err(altered())
        }
    }
}

/// A sum over pseudonyms and indices that does not depend on their order.
#[derive(Default, PartialEq, Eq)]
struct Sum {
    count: u64,
    sum: u128,
}

impl Sum {
    fn add(&mut self, pseudonym: Pseudonym, index: u64) {
        let mut bytes = [0; 24];
        let parts = pseudonym.as_bytes().iter().copied().chain(index.to_be_bytes());
        bytes
            .iter_mut()
            .zip(parts)
            .for_each(|(place, byte)| *place = byte);
        let hash = sha256(&bytes).0;
        let half = hash.first_chunk().map_or(0, |half| u128::from_be_bytes(*half));
        self.count += 1;
        self.sum = self.sum.wrapping_add(half);
    }
}

fn opened(note: &str, origin: &str, key: &VerifierKey) -> Result<Checkpoint, Fault> {
    Checkpoint::open_of(origin, note.as_bytes(), std::slice::from_ref(key))
        .map_err(|error| Fault::Ledger(format!("a checkpoint does not hold: {error}")))
}

fn stored_tile(reader: &mut dyn Reader, level: u8, index: u64) -> Result<Option<Vec<u8>>, Fault> {
    reader.first(
        "SELECT bytes FROM ledger_tile WHERE level = $1 AND tile_index = $2",
        &[level.into(), index.into()],
        |row| row.take(0),
    )
}

fn count(reader: &mut dyn Reader, sql: &'static str) -> Result<u64, Fault> {
    Ok(reader.first(sql, &[], |row| row.take(0))?.unwrap_or(0))
}

const CHECKPOINT_PAGE: u32 = 512;
const BLOCK_PAGE: u32 = 512;
const POSTING_PAGE: u32 = 512;
