//! The machine stops before or after every durable write of a rotation: nothing is lost, and the next start finishes.

use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sandyq_model::Fault;
use zeroize::Zeroizing;

use super::attacker::everything_that_opens;
use super::{Cellar, Custodians, name, rotate};
use crate::vault::key_store::KeyStore;
use crate::vault::key_store::rows::{Access, KeyRow, KeyStep, Rows};
use crate::vault::key_store::sqlite::SqliteRows;
use crate::vault::key_store::tops::Tops;
use crate::vault::{EpochKeys, EpochSlots, Escrow, KeyVersions};

/// Lets so many points pass; from then on the machine stands still.
#[derive(Clone)]
struct Fuse(Arc<AtomicI64>);

impl Fuse {
    fn pass(&self) -> Result<(), Fault> {
        match self.0.fetch_sub(1, Ordering::SeqCst) {
            left if left > 0 => Ok(()),
            _ => Err(Fault::Vault("the machine stopped".to_owned())),
        }
    }

    fn around<R>(&self, write: impl FnOnce() -> Result<R, Fault>) -> Result<R, Fault> {
        self.pass()?;
        let written = write()?;
        self.pass().map(|()| written)
    }

    fn burnt(&self) -> bool {
        self.0.load(Ordering::SeqCst) < 0
    }
}

struct Fused<T>(T, Fuse);

impl Rows for Fused<SqliteRows> {
    fn another(&self) -> Result<Box<dyn Rows>, Fault> {
        self.0.another()
    }
    fn begin(&mut self, access: Access) -> Result<(), Fault> {
        self.0.begin(access)
    }
    fn get(&mut self, path: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.0.get(path)
    }
    fn after(&mut self, path: &[u8], limit: usize) -> Result<Vec<KeyRow>, Fault> {
        self.0.after(path, limit)
    }
    fn commit(&mut self, step: &KeyStep) -> Result<(), Fault> {
        let fuse = self.1.clone();
        fuse.around(|| self.0.commit(step))
    }
    fn end(&mut self) {
        self.0.end();
    }
    fn scrub(&mut self) -> Result<(), Fault> {
        let fuse = self.1.clone();
        fuse.around(|| self.0.scrub())
    }
}

impl<T: EpochKeys> EpochKeys for Fused<T> {
    fn held(&mut self) -> Result<Vec<u32>, Fault> {
        self.0.held()
    }
    fn make(&mut self, epoch: u32) -> Result<(), Fault> {
        let fuse = self.1.clone();
        fuse.around(|| self.0.make(epoch))
    }
    fn wrap(&mut self, epoch: u32, top: &[u8; 32]) -> Result<Vec<u8>, Fault> {
        self.0.wrap(epoch, top)
    }
    fn unwrap(&mut self, epoch: u32, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, Fault> {
        self.0.unwrap(epoch, wrapped)
    }
    fn forget(&mut self, epoch: u32) -> Result<(), Fault> {
        let fuse = self.1.clone();
        fuse.around(|| self.0.forget(epoch))
    }
}

impl Escrow for Fused<Custodians> {
    fn prepare(&mut self, epoch: u32, top: &[u8; 32]) -> Result<(), Fault> {
        let fuse = self.1.clone();
        fuse.around(|| self.0.prepare(epoch, top))
    }
    fn settle(&mut self, epoch: u32) -> Result<(), Fault> {
        let fuse = self.1.clone();
        fuse.around(|| self.0.settle(epoch))
    }
}

/// The ends of epochs that are accounted for.
#[derive(Default)]
struct Ledger(Vec<u32>);

impl Ledger {
    /// Goes on to the end of the epoch, and accounts for it before its key is forgotten.
    fn end_epoch(&mut self, store: &mut KeyStore, fuse: &Fuse) -> Result<(), Fault> {
        let ending = loop {
            if let Some(ending) = store.rotate_step(1)? {
                break ending.from;
            }
        };
        if self.0.last() != Some(&ending) {
            fuse.around(|| {
                self.0.push(ending);
                Ok(())
            })?;
        }
        store.end_epoch().map(drop)
    }
}

/// One of the sets that custodians hold opens the key store as it lies there, though the epoch's key is lost.
fn custodians_open(cellar: &Cellar, custodians: &Custodians) -> bool {
    let copy = cellar.path("copy.db");
    let sets = custodians.sets();
    let at = sandyq_model::Clock::now(&*cellar.clock);
    [sets.in_force, sets.prepared]
        .into_iter()
        .flatten()
        .any(|(_, top)| {
            std::fs::copy(cellar.path("keys.db"), &copy).unwrap();
            let place = cellar.path("epoch-of-copy.key");
            let _ = std::fs::remove_file(&place);
            let versions = KeyVersions::first();
            let slots = EpochSlots::open(&[place], &cellar.source, &versions, cellar.chance.clone()).unwrap();
            KeyStore::crown(&copy, &top, Box::new(slots), at, &*cellar.chance).is_ok()
        })
}

fn fused(cellar: &Cellar, fuse: &Fuse, custodians: &Custodians) -> KeyStore {
    let rows = SqliteRows::open(FilePath::new(&cellar.path("keys.db"))).unwrap();
    let tops = Arc::new(Tops::new(Box::new(Fused(cellar.slots().unwrap(), fuse.clone()))));
    let rows = Box::new(Fused(rows, fuse.clone()));
    let mut store = KeyStore::on_rows(rows, tops, cellar.clock.clone(), cellar.chance.clone()).unwrap();
    store.entrust(Box::new(Fused(custodians.clone(), fuse.clone())));
    cellar.keep_all(&mut store);
    store
}

/// One rotation that is cut off after so many points; gives whether it came to its end.
fn cut_off_after(points: i64) -> bool {
    let cellar = Cellar::new(21);
    let custodians = Custodians::default();
    let keys: Vec<_> = (0..120).map(|_| cellar.new_key(1)).collect();
    let (dead, living) = keys.split_at(4);
    let mut store = cellar.store();
    store.entrust(Box::new(custodians.clone()));
    assert!(store.renew_escrow().unwrap());
    store.put(&keys).unwrap();
    store.kill(&dead.iter().map(name).collect::<Vec<_>>()).unwrap();
    drop(store);

    let mut ledger = Ledger::default();
    let fuse = Fuse(Arc::new(AtomicI64::new(points)));
    let mut store = fused(&cellar, &fuse, &custodians);
    // Where it stops is the point of it.
    let _ = ledger.end_epoch(&mut store, &fuse);
    drop(store);
    let first_lives = cellar.slots().unwrap().held().unwrap().contains(&1);
    assert!(
        first_lives || ledger.0 == [1],
        "forgotten and not accounted for, after {points}"
    );
    assert!(custodians_open(&cellar, &custodians), "cut off after {points}");

    let mut store = cellar.store();
    store.entrust(Box::new(custodians.clone()));
    store.finish_epoch(ledger.0.last().copied()).unwrap();
    let status = store.status().unwrap();
    assert!(ledger.0.is_empty() || !status.changing, "cut off after {points}");
    if status.changing || status.deaths > 0 {
        ledger
            .end_epoch(&mut store, &Fuse(Arc::new(AtomicI64::new(i64::MAX))))
            .unwrap();
    }
    assert_eq!(ledger.0, [1], "cut off after {points}");
    let status = store.status().unwrap();
    assert_eq!((status.changing, status.ending), (false, None));
    assert_eq!(
        store.tops.held().unwrap(),
        [status.epoch],
        "cut off after {points}"
    );
    for key in living {
        assert_eq!(store.get(name(key).0, 1).unwrap().as_ref(), Some(key.wrapped()));
    }
    let opened = everything_that_opens(&cellar);
    assert_eq!(opened.keys.len(), living.len(), "cut off after {points}");
    assert!(dead.iter().all(|key| !opened.keys.contains(&name(key))));

    // What the custodians hold opens what is there.
    let sets = custodians.sets();
    let (epoch, top) = sets.in_force.unwrap();
    assert_eq!((epoch, sets.prepared), (status.epoch, None));
    drop(store);
    for file in ["epoch.key", "epoch-elsewhere.key"] {
        std::fs::remove_file(cellar.path(file)).unwrap();
    }
    let at = sandyq_model::Clock::now(&*cellar.clock);
    let slots = Box::new(cellar.slots().unwrap());
    KeyStore::crown(&cellar.path("keys.db"), &top, slots, at, &*cellar.chance).unwrap();
    !fuse.burnt()
}

#[test]
fn a_stop_at_any_point_of_a_rotation_loses_nothing_and_is_finished_at_the_next_start() {
    let whole = (0..200).find(|points| cut_off_after(*points)).unwrap();
    assert!(whole > 25, "only {whole} points: the fuse is not everywhere");
}

#[test]
fn an_epoch_does_not_begin_while_custodians_do_not_answer() {
    let cellar = Cellar::new(22);
    let key = cellar.new_key(1);
    let mut store = cellar.store();
    store.put(std::slice::from_ref(&key)).unwrap();
    store.kill(&[name(&key)]).unwrap();
    store.entrust(Box::new(Fused(
        Custodians::default(),
        Fuse(Arc::new(AtomicI64::new(0))),
    )));
    assert!(store.rotate_step(10).is_err());
    let status = store.status().unwrap();
    assert_eq!((status.epoch, status.deaths), (1, 1));
    store.entrust(Box::new(Custodians::default()));
    assert_eq!(rotate(&mut store).to, 2);
}
