//! The newest checkpoint that witnesses outside have signed, in a file beside the database: a ledger that does not go on
//! from it is not opened (5.1.5-b). Unlike the head, it is durable, and nobody here can make one.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use sandyq_ledger::checkpoint::CheckpointError;
use sandyq_ledger::note::{Note, VerifierKey};
use sandyq_ledger::witness::Witnessed;
use sandyq_model::Fault;

use crate::whole_file;

/// The file, whom it believes, and what is in it.
pub(crate) struct WitnessedFile {
    path: PathBuf,
    ledger: VerifierKey,
    witnesses: Vec<VerifierKey>,
    newest: Mutex<Option<Arc<Witnessed>>>,
}

impl WitnessedFile {
    /// Reads the file, if there is one. `witnesses` are the keys in the settings.
    ///
    /// # Errors
    /// [`Fault::Ledger`] when what is there was not signed so.
    pub(crate) fn open(
        path: PathBuf,
        ledger: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<Self, Fault> {
        let newest = match std::fs::read(&path) {
            // Without witnesses in the settings nobody is believed, and the file says nothing.
            Ok(bytes) if !witnesses.is_empty() => Some(Arc::new(
                Witnessed::open(&bytes, ledger, witnesses)
                    .map_err(|error| Fault::Ledger(format!("`{}` does not hold: {error}", path.display())))?,
            )),
            Ok(_) => None,
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                return Err(Fault::Ledger(format!(
                    "`{}` could not be read: {error}",
                    path.display()
                )));
            }
        };
        Ok(Self {
            path,
            ledger: ledger.clone(),
            witnesses: witnesses.to_vec(),
            newest: Mutex::new(newest),
        })
    }

    /// The newest checkpoint that was witnessed.
    pub(crate) fn newest(&self) -> Option<Arc<Witnessed>> {
        // INVARIANT: only an Arc is replaced under the lock, so a poisoned lock is sound.
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads a note that a witness has sent.
    ///
    /// # Errors
    /// When it is not signed by this ledger and a known witness.
    pub(crate) fn read(&self, note: &str) -> Result<Witnessed, CheckpointError> {
        Witnessed::open(note.as_bytes(), &self.ledger, &self.witnesses)
    }

    /// Keeps a note of which the caller has found that the ledger goes on from it. An older one than the newest changes
    /// nothing; signatures on the same checkpoint are gathered.
    ///
    /// # Errors
    /// [`Fault::Ledger`] when it cannot be made durable.
    pub(crate) fn keep(&self, witnessed: Witnessed) -> Result<Arc<Witnessed>, Fault> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let merged = match newest.as_ref() {
            Some(known) if known.checkpoint.size > witnessed.checkpoint.size => return Ok(Arc::clone(known)),
            Some(known) if known.checkpoint == witnessed.checkpoint => self.gather(known, &witnessed)?,
            _ => witnessed,
        };
        let broken = |error: std::io::Error| {
            Fault::Ledger(format!("`{}` could not be written: {error}", self.path.display()))
        };
        let draft = self.path.with_extension("witnessed-draft");
        whole_file::write(&self.path, &draft, merged.note.as_bytes()).map_err(broken)?;
        let merged = Arc::new(merged);
        *newest = Some(Arc::clone(&merged));
        Ok(merged)
    }

    fn gather(&self, known: &Witnessed, more: &Witnessed) -> Result<Witnessed, Fault> {
        let unreadable =
            |error: &dyn std::fmt::Display| Fault::Ledger(format!("a witnessed checkpoint: {error}"));
        let mut note = Note::parse(known.note.as_bytes()).map_err(|error| unreadable(&error))?;
        let added = Note::parse(more.note.as_bytes()).map_err(|error| unreadable(&error))?;
        let trusted = |line: &&sandyq_ledger::note::Signature| {
            self.witnesses
                .iter()
                .any(|key| key.name() == line.name() && key.id() == line.key_id())
        };
        for line in added.signatures().iter().filter(trusted) {
            let is_there = note
                .signatures()
                .iter()
                .any(|held| held.name() == line.name() && held.key_id() == line.key_id());
            if !is_there {
                note.add(line.clone());
            }
        }
        self.read(&note.to_string()).map_err(|error| unreadable(&error))
    }
}
