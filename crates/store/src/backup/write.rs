//! Writing a set: every row of one snapshot, chunk by chunk, while everybody else goes on.
//!
//! Chunks first, the manifest last: until it has its name there is no set, and what an interruption leaves are chunks
//! that no set names, which the next sweep removes.

use std::collections::HashMap;

use jiff::Timestamp;
use sandyq_ledger::note::VerifierKey;
use sandyq_ledger::tree::sha256;
use sandyq_model::Fault;

use super::cut::ends_behind;
use super::fault::BackupFault;
use super::manifest::{CHUNKS, ChunkLine, MANIFEST_BYTES_MAX, Manifest, SETS, SetId, TableLines, chunk_name};
use super::rows;
use super::seal::{Namer, Recipients, close};
use super::shelf::Shelf;
use super::tables::{Needed, TABLES_OF_A_SET};
use crate::database::{Reader, ReaderExt, Row, Value};
use crate::ledger::{newest_note, sign_text, verifier_key};
use crate::vault::Vault;

/// What a set says of itself beside its rows.
#[derive(Clone, Debug)]
pub struct SetAbout {
    /// When.
    pub at: Timestamp,
    /// The name of the ledger.
    pub origin: String,
    /// The hash of the policy in force.
    pub policy: [u8; 32],
    /// The epoch of the key store, where it has epochs.
    pub epoch: Option<u32>,
    /// Who can open it.
    pub recipients: Recipients,
}

/// A set that is whole and durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub id: SetId,
    /// People in it.
    pub subjects: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Bytes that were written for it.
    pub bytes_new: u64,
    /// Bytes of all its chunks.
    pub bytes_all: u64,
    /// Chunks that were written for it.
    pub chunks_new: u64,
    /// All its chunks.
    pub chunks_all: u64,
    /// The hash of its manifest's file.
    pub manifest_sha256: String,
    /// Entries of the ledger in it.
    pub ledger_size: u64,
    /// Who can open it; where there is a second circle, together with one of that.
    pub recipients: Vec<String>,
    /// The second circle (5.1.1).
    pub second_recipients: Vec<String>,
}

/// Writes a set of what the reader's snapshot holds. `progress` is told rows and bytes so far.
///
/// # Errors
/// A [`BackupFault`]; then there is no set.
pub(crate) fn write(
    reader: &mut dyn Reader,
    shelf: &dyn Shelf,
    about: SetAbout,
    vault: &Vault,
    progress: &dyn Fn(u64, u64),
) -> Result<Made, BackupFault> {
    let key = verifier_key(&about.origin, vault)?;
    let checkpoint =
        newest_note(reader)?.ok_or_else(|| Fault::Ledger("the ledger's checkpoints are gone".into()))?;
    let known = known_chunks(shelf, &about.origin, &key)?;
    let mut writing = Writing {
        shelf,
        namer: Namer::new(
            vault.backup_key(),
            [about.recipients.names(), about.recipients.second_names()],
        ),
        recipients: &about.recipients,
        known,
        rows: 0,
        new: (0, 0),
        all: (0, 0),
        progress,
    };
    let mut tables = Vec::with_capacity(TABLES_OF_A_SET.len());
    for needed in &TABLES_OF_A_SET {
        tables.push(writing.table(reader, needed)?);
    }
    let manifest = Manifest {
        id: SetId::new(about.at, &checkpoint),
        at: about.at,
        schema: schema(reader)?,
        policy: hex::encode(about.policy),
        epoch: about.epoch,
        recipients: about.recipients.names().to_vec(),
        second_recipients: about.recipients.second_names().to_vec(),
        origin: about.origin,
        checkpoint,
        tables,
    };
    let ledger_size = manifest.checkpoint(&key)?.size;
    let file = manifest.to_file(|text| sign_text(text, vault, &key))?;
    shelf.put(&manifest.id.file(), &file)?;
    Ok(Made {
        subjects: manifest.subjects(),
        rows: writing.rows,
        bytes_new: writing.new.1,
        bytes_all: writing.all.1,
        chunks_new: writing.new.0,
        chunks_all: writing.all.0,
        manifest_sha256: hex::encode(sha256(&file).0),
        ledger_size,
        recipients: manifest.recipients,
        second_recipients: manifest.second_recipients,
        id: manifest.id,
    })
}

/// A set on its way.
struct Writing<'w> {
    shelf: &'w dyn Shelf,
    namer: Namer,
    recipients: &'w Recipients,
    known: HashMap<String, ChunkLine>,
    rows: u64,
    /// Chunks and bytes.
    new: (u64, u64),
    all: (u64, u64),
    progress: &'w dyn Fn(u64, u64),
}

impl Writing<'_> {
    fn table(&mut self, reader: &mut dyn Reader, needed: &Needed) -> Result<TableLines, BackupFault> {
        let mut lines = TableLines {
            name: needed.name.to_owned(),
            columns: needed.columns.iter().map(|column| (*column).to_owned()).collect(),
            rows: 0,
            chunks: Vec::new(),
        };
        let header = rows::header(needed.name, needed.columns);
        let mut chunk = header.clone().into_bytes();
        let mut in_chunk = 0;
        let mut after = needed.start();
        loop {
            let page = page(reader, needed, &after)?;
            let is_last = needed.whole || page.len() < needed.rows_at_once() as usize;
            for row in &page {
                let before = chunk.len();
                rows::encode(row, &mut chunk)?;
                in_chunk += 1;
                after = order_of(row, needed);
                let row_bytes = chunk.len() - before;
                if ends_behind(chunk.len(), &key_bytes(needed, row), row_bytes) {
                    lines.chunks.push(self.keep(&chunk, in_chunk)?);
                    chunk = header.clone().into_bytes();
                    lines.rows += std::mem::take(&mut in_chunk);
                }
            }
            if is_last {
                break;
            }
        }
        if in_chunk > 0 {
            lines.chunks.push(self.keep(&chunk, in_chunk)?);
            lines.rows += in_chunk;
        }
        Ok(lines)
    }

    /// Writes the chunk, unless it is there from an earlier set.
    fn keep(&mut self, plain: &[u8], rows: u64) -> Result<ChunkLine, BackupFault> {
        let name = self.namer.name(plain);
        let line = if let Some(known) = self.known.get(&name) {
            known.clone()
        } else {
            let stored = close(plain, self.recipients)?;
            self.shelf.put(&chunk_name(&name), &stored)?;
            self.new.0 += 1;
            self.new.1 += stored.len() as u64;
            let line = ChunkLine {
                sha256: hex::encode(sha256(&stored).0),
                bytes: stored.len() as u64,
                plain: plain.len() as u64,
                rows,
                name: name.clone(),
            };
            self.known.insert(name, line.clone());
            line
        };
        self.rows += rows;
        self.all.0 += 1;
        self.all.1 += line.bytes;
        (self.progress)(self.rows, self.all.1);
        Ok(line)
    }
}

/// The rows behind a place, in the order of the set.
pub(crate) fn page(
    reader: &mut dyn Reader,
    needed: &Needed,
    after: &[Value],
) -> Result<Vec<Row>, BackupFault> {
    if needed.whole {
        let mut rows = reader.query(needed.page, &[])?;
        rows.sort_by_cached_key(|row| {
            let mut bytes = Vec::new();
            // A row that is too long is found when it is written.
            let _ = rows::encode(row, &mut bytes);
            bytes.split_off(4)
        });
        return Ok(rows);
    }
    let mut args = after.to_vec();
    args.push(needed.rows_at_once().into());
    Ok(reader.query(needed.page, &args)?)
}

/// The values that say where a row stands in its table.
pub(crate) fn order_of(row: &Row, needed: &Needed) -> Vec<Value> {
    needed
        .order
        .iter()
        .filter_map(|place| row.0.get(*place).cloned())
        .collect()
}

fn key_bytes(needed: &Needed, row: &Row) -> Vec<u8> {
    let mut bytes = needed.name.as_bytes().to_vec();
    let keys = if needed.whole {
        row.0.first().cloned().into_iter().collect()
    } else {
        order_of(row, needed)
    };
    for value in keys {
        match value {
            Value::Null => {}
            Value::Integer(number) => bytes.extend(number.to_be_bytes()),
            Value::Text(text) => bytes.extend(text.into_bytes()),
            Value::Blob(blob) => bytes.extend(blob),
        }
    }
    bytes
}

/// The steps by which the tables were made.
fn schema(reader: &mut dyn Reader) -> Result<Vec<(String, String)>, BackupFault> {
    let mut steps = reader.list(
        "SELECT name, value FROM meta WHERE name LIKE 'migration-%'",
        &[],
        |row| Ok((row.take(0)?, hex::encode(row.take::<Vec<u8>>(1)?))),
    )?;
    steps.sort();
    Ok(steps)
}

/// The chunks of every set that holds, as far as they still lie there with their length. Of all sets and not of the
/// newest only: what data was once it may become again, and a chunk that is written anew has other bytes than the older
/// set signed for. A place with sets of another ledger is refused: two ledgers would sweep each other's chunks.
fn known_chunks(
    shelf: &dyn Shelf,
    origin: &str,
    key: &VerifierKey,
) -> Result<HashMap<String, ChunkLine>, BackupFault> {
    let lying: HashMap<String, u64> = shelf
        .list(CHUNKS)?
        .into_iter()
        .map(|stored| (stored.name, stored.bytes))
        .collect();
    let mut known = HashMap::new();
    for stored in shelf.list(SETS)? {
        if SetId::of_file(&stored.name).is_none() {
            continue;
        }
        let Some(file) = shelf.get(&stored.name, MANIFEST_BYTES_MAX)? else {
            continue;
        };
        let manifest = match Manifest::open(&file, origin, key) {
            Ok(manifest) => manifest,
            Err(fault @ BackupFault::Foreign(_)) => return Err(fault),
            Err(fault) => {
                tracing::error!(%fault, "a backup set does not hold");
                continue;
            }
        };
        let whole = manifest
            .chunks()
            .filter(|chunk| lying.get(&chunk_name(&chunk.name)) == Some(&chunk.bytes));
        known.extend(whole.map(|chunk| (chunk.name.clone(), chunk.clone())));
    }
    Ok(known)
}
