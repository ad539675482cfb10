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
use crate::vault::{EpochKeys, Escrow};

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
    fn renew(&mut self, epoch: u32, top: &[u8; 32]) -> Result<(), Fault> {
        let fuse = self.1.clone();
        fuse.around(|| self.0.renew(epoch, top))
    }
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
    store.put(&keys).unwrap();
    store.kill(&dead.iter().map(name).collect::<Vec<_>>()).unwrap();
    drop(store);

    let fuse = Fuse(Arc::new(AtomicI64::new(points)));
    let mut store = fused(&cellar, &fuse, &custodians);
    while let Ok(None) = store.rotate_step(1) {}
    drop(store);

    let mut store = cellar.store();
    store.entrust(Box::new(custodians.clone()));
    store.finish_epoch().unwrap();
    let status = store.status().unwrap();
    assert!(!status.changing, "cut off after {points}");
    assert_eq!(
        store.tops.held().unwrap(),
        [status.epoch],
        "cut off after {points}"
    );
    if status.deaths > 0 {
        rotate(&mut store);
    }
    for key in living {
        assert_eq!(store.get(name(key).0, 1).unwrap().as_ref(), Some(key.wrapped()));
    }
    let opened = everything_that_opens(&cellar);
    assert_eq!(opened.len(), living.len(), "cut off after {points}");
    assert!(dead.iter().all(|key| !opened.contains(&name(key))));

    // What the custodians hold opens what is there.
    let (epoch, top) = custodians.0.lock().unwrap().unwrap();
    assert_eq!(epoch, store.status().unwrap().epoch);
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
    assert!(whole > 20, "only {whole} points: the fuse is not everywhere");
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
