//! What the vault promises, tried.

mod key_file;
mod key_store;
mod keys;
mod opened_keys;
mod passphrase;
mod permits;
mod proofs;
mod sealing;
mod speed;

use std::path::PathBuf;
use std::sync::Arc;

use sandyq_model::{Fault, Field, SubjectId};
use sandyq_rehearsal::{SeededChance, SetClock};
use tempfile::TempDir;

use super::{EpochSlots, KeyFile, KeyStore, KeyVersions, SubjectKey, Vault};

/// A folder with a key file, and the vault that it opens.
struct Strongroom {
    folder: TempDir,
    source: KeyFile,
    vault: Vault,
    chance: Arc<SeededChance>,
}

impl Strongroom {
    fn new() -> Self {
        Self::seeded(1)
    }

    fn seeded(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let chance = Arc::new(SeededChance::new(seed));
        let source = KeyFile::create(&folder.path().join("root.key"), 1, &*chance, &clock()).unwrap();
        let vault = Vault::unlock(&source, &KeyVersions::first(), chance.clone()).unwrap();
        Self {
            folder,
            source,
            vault,
            chance,
        }
    }

    fn key_store(&self, name: &str) -> Result<KeyStore, Fault> {
        let epochs = EpochSlots::open(
            &[self.path("epoch.key")],
            &self.source,
            &KeyVersions::first(),
            self.chance.clone(),
        )?;
        KeyStore::open_file(
            &self.path(name),
            Box::new(epochs),
            Arc::new(clock()),
            self.chance.clone(),
        )
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn subject(&self) -> SubjectId {
        SubjectId::random(&*self.chance)
    }

    fn key(&self, subject: SubjectId, generation: u32) -> SubjectKey {
        self.vault
            .new_subject_key(&*self.chance, subject, generation)
            .unwrap()
            .0
    }
}

fn clock() -> SetClock {
    SetClock::at("2026-11-23T11:00:00Z".parse().unwrap())
}

fn field(number: u8) -> Field {
    Field::new(number).unwrap()
}

/// Whether the bytes hold the needle anywhere.
fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
