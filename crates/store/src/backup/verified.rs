//! Reading sets: which there are, and the rows of one, each chunk verified before a row of it is believed.

use sandyq_ledger::note::VerifierKey;

use super::fault::BackupFault;
use super::manifest::{ChunkLine, MANIFEST_BYTES_MAX, Manifest, SETS, SetId, TableLines};
use super::parts::as_signed;
use super::rows;
use super::seal::{Identity, Namer, open};
use super::shelf::Shelf;
use crate::database::Row;

/// One set that lies at a place, and whether its manifest holds.
#[derive(Debug)]
pub struct SetLine {
    /// Its id.
    pub id: SetId,
    /// What it says of itself, or why it is not believed.
    pub manifest: Result<Manifest, BackupFault>,
}

/// All sets at a place, oldest first.
///
/// # Errors
/// [`BackupFault::Place`] when the place does not answer.
pub fn list(shelf: &dyn Shelf, origin: &str, key: &VerifierKey) -> Result<Vec<SetLine>, BackupFault> {
    let mut lines = Vec::new();
    for stored in shelf.list(SETS)? {
        let Some(id) = SetId::of_file(&stored.name) else {
            continue;
        };
        let Some(file) = shelf.get(&stored.name, MANIFEST_BYTES_MAX)? else {
            continue;
        };
        let manifest = Manifest::open(&file, origin, key).and_then(|manifest| named(manifest, &id));
        lines.push(SetLine { id, manifest });
    }
    Ok(lines)
}

/// A set whose manifest holds. Its chunks are verified as they are read.
pub struct VerifiedSet {
    shelf: Box<dyn Shelf>,
    identity: Identity,
    namer: Namer,
    manifest: Manifest,
}

/// Opens the set of that id, or the newest. The newest that does not hold is refused, not passed over: an older one
/// must be asked for by its id.
///
/// # Errors
/// A [`BackupFault`] that names the cause.
pub fn open_set(
    shelf: Box<dyn Shelf>,
    id: Option<&SetId>,
    (origin, key): (&str, &VerifierKey),
    backup_key: &[u8; 32],
    identity: Identity,
) -> Result<VerifiedSet, BackupFault> {
    let newest = || {
        let sets = shelf.list(SETS)?;
        let newest = sets.iter().rev().find_map(|stored| SetId::of_file(&stored.name));
        newest.ok_or_else(|| BackupFault::NoSet(format!("{} holds none", shelf.called())))
    };
    let id = id.cloned().map_or_else(newest, Ok)?;
    let file = shelf
        .get(&id.file(), MANIFEST_BYTES_MAX)?
        .ok_or_else(|| BackupFault::NoSet(format!("{} has no set {id}", shelf.called())))?;
    let manifest = named(Manifest::open(&file, origin, key)?, &id)?;
    identity.is_enough_for(&manifest.recipients, &manifest.second_recipients)?;
    Ok(VerifiedSet {
        namer: Namer::new(backup_key, [&manifest.recipients, &manifest.second_recipients]),
        shelf,
        identity,
        manifest,
    })
}

impl VerifiedSet {
    /// What it says of itself.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether it takes a custodian of each of two circles (5.1.1).
    fn takes_two(&self) -> bool {
        !self.manifest.second_recipients.is_empty()
    }

    /// By which custodians it is opened here.
    #[must_use]
    pub fn opened_by(&self) -> Vec<String> {
        let Manifest {
            recipients,
            second_recipients,
            ..
        } = &self.manifest;
        let mut by = self.identity.among(recipients);
        by.extend(self.identity.among(second_recipients));
        by
    }

    /// Reads a table chunk by chunk and hands over the rows of each. A table that the set does not have has no rows.
    ///
    /// # Errors
    /// A [`BackupFault`] that names the cause, or what `each` gives.
    pub fn rows(
        &self,
        table: &str,
        mut each: impl FnMut(&TableLines, Vec<Row>) -> Result<(), BackupFault>,
    ) -> Result<(), BackupFault> {
        let Some(lines) = self.manifest.tables.iter().find(|lines| lines.name == table) else {
            return Ok(());
        };
        let columns: Vec<&str> = lines.columns.iter().map(String::as_str).collect();
        let header = rows::header(table, &columns);
        for chunk in &lines.chunks {
            let rows = self.chunk(chunk, &header, columns.len())?;
            each(lines, rows)?;
        }
        Ok(())
    }

    fn chunk(&self, line: &ChunkLine, header: &str, columns: usize) -> Result<Vec<Row>, BackupFault> {
        let short = &line.name.get(..12).unwrap_or_default();
        let stored = as_signed(&*self.shelf, line)?;
        let plain = open(&stored, &self.identity, (line.plain, self.takes_two()))?;
        if self.namer.name(&plain) != line.name {
            return Err(BackupFault::Corrupt(format!(
                "its chunk {short}… does not hold what its name says"
            )));
        }
        let rows = rows::decode(&plain, header, columns)?;
        if rows.len() as u64 == line.rows {
            Ok(rows)
        } else {
            Err(BackupFault::Corrupt(format!(
                "its chunk {short}… has another number of rows"
            )))
        }
    }
}

/// A manifest must lie under its own id: otherwise an older set could be given for a newer one.
fn named(manifest: Manifest, id: &SetId) -> Result<Manifest, BackupFault> {
    if manifest.id == *id {
        Ok(manifest)
    } else {
        Err(BackupFault::Corrupt(format!(
            "the manifest of set {} lies under the name of {id}",
            manifest.id
        )))
    }
}
