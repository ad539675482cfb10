//! What the key tree promises, tried: against a map, against a crash at every point, and against somebody who kept
//! everything.

mod attacker;
mod crash;
mod heads;
mod history;
mod slots;

pub(crate) use attacker::opens_of;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use sandyq_model::{Fault, SubjectId};
use sandyq_rehearsal::{SeededChance, SetClock};
use tempfile::TempDir;

use super::super::{EpochSlots, Escrow, KeyFile, KeyVersions, NewKey, Vault};
use super::node::Name;
use super::{KeyRow, KeyStore, Rotation};

/// Rows that were ever durable.
type Kept = Arc<Mutex<BTreeSet<KeyRow>>>;

/// A folder with keys, and somebody who keeps every row that was ever in it.
struct Cellar {
    folder: TempDir,
    source: KeyFile,
    vault: Vault,
    chance: Arc<SeededChance>,
    clock: Arc<SetClock>,
    kept: Kept,
}

impl Cellar {
    fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let chance = Arc::new(SeededChance::new(seed));
        let clock = Arc::new(SetClock::at("2026-11-26T09:00:00Z".parse().unwrap()));
        let source = KeyFile::create(&folder.path().join("root.key"), 1, &*chance, &*clock).unwrap();
        let vault = Vault::unlock(&source, &KeyVersions::first(), chance.clone()).unwrap();
        Self {
            folder,
            source,
            vault,
            chance,
            clock,
            kept: Kept::default(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn slots(&self) -> Result<EpochSlots, Fault> {
        let places = [self.path("epoch.key"), self.path("epoch-elsewhere.key")];
        EpochSlots::open(&places, &self.source, &KeyVersions::first(), self.chance.clone())
    }

    /// The key store, each of whose steps is kept.
    fn store(&self) -> KeyStore {
        let mut store = KeyStore::open_file(
            &self.path("keys.db"),
            Box::new(self.slots().unwrap()),
            self.clock.clone(),
            self.chance.clone(),
        )
        .unwrap();
        self.keep_all(&mut store);
        store
    }

    /// Keeps what is there, and whatever comes.
    fn keep_all(&self, store: &mut KeyStore) {
        self.kept.lock().unwrap().extend(all_rows(store));
        let kept = Arc::clone(&self.kept);
        store.observe(Box::new(move |step| {
            kept.lock().unwrap().extend(step.puts.iter().cloned());
            Ok(())
        }));
    }

    fn new_key(&self, generation: u32) -> NewKey {
        let subject = SubjectId::random(&*self.chance);
        self.vault
            .new_subject_key(&*self.chance, subject, generation)
            .unwrap()
            .1
    }

    fn below(&self, limit: usize) -> usize {
        usize::try_from(self.chance.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

fn name(key: &NewKey) -> Name {
    (key.wrapped().subject(), key.wrapped().generation())
}

fn all_rows(store: &mut KeyStore) -> Vec<KeyRow> {
    let mut all: Vec<KeyRow> = Vec::new();
    loop {
        let after = all.last().map_or(Vec::new(), |(path, _)| path.clone());
        let page = store.rows(&after).unwrap().rows;
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

fn rotate(store: &mut KeyStore) -> Rotation {
    while store.rotate_step(3).unwrap().is_none() {}
    store.end_epoch().unwrap().unwrap()
}

/// An epoch, and the key at the top that was handed over for it.
type Entrusted = (u32, [u8; 32]);

/// Custodians who keep the key at the top, and the one that is about to be.
#[derive(Clone, Default)]
struct Custodians(Arc<Mutex<Sets>>);

#[derive(Clone, Copy, Default)]
struct Sets {
    in_force: Option<Entrusted>,
    prepared: Option<Entrusted>,
}

impl Custodians {
    fn sets(&self) -> Sets {
        *self.0.lock().unwrap()
    }
}

impl Escrow for Custodians {
    fn prepare(&mut self, epoch: u32, top: &[u8; 32]) -> Result<(), Fault> {
        self.0.lock().unwrap().prepared = Some((epoch, *top));
        Ok(())
    }

    fn settle(&mut self, epoch: u32) -> Result<(), Fault> {
        let mut sets = self.0.lock().unwrap();
        let due = sets.prepared.take().filter(|set| set.0 == epoch);
        sets.in_force = due.or(sets.in_force);
        Ok(())
    }
}
