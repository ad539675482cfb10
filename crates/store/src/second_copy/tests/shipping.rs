//! Shipping: what the store did is in the copy, whatever fails and whenever.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sandyq_model::{Fault, SubjectId};
use sandyq_rehearsal::{SeededChance, SetClock};

use super::format::key;
use super::memory::{Failing, Memory};
use crate::database::{Reader, Row, Snapshots, Value};
use crate::farewell::Farewell;
use crate::second_copy::SecondCopy;
use crate::second_copy::lane::Whom;
use crate::second_copy::notice::Notice;
use crate::second_copy::opening::{CopyParts, Local, Shipping, open};
use crate::second_copy::outbox::{Outbox, Parcel};
use crate::second_copy::shipper::{KeyPages, Shipper};
use crate::vault::{KeyHead, KeyRow, KeyStep, Vault};

/// A key store in memory.
#[derive(Clone, Default)]
struct Keys(Arc<Mutex<(u64, Held)>>);

/// Rows by path.
type Held = BTreeMap<Vec<u8>, Vec<u8>>;

impl Keys {
    fn change(&self, outbox: &Outbox, path: u8, row: Option<u8>) {
        let mut keys = self.0.lock().unwrap();
        keys.0 += 1;
        let (path, row) = (vec![path], row.map(|row| vec![row]));
        let step = KeyStep {
            number: keys.0,
            puts: row.iter().map(|row| (path.clone(), row.clone())).collect(),
            removes: if row.is_none() { vec![path.clone()] } else { vec![] },
        };
        match row {
            Some(row) => keys.1.insert(path, row),
            None => keys.1.remove(&path),
        };
        drop(keys);
        outbox.step(&step);
    }

    fn rows(&self) -> (u64, Held) {
        self.0.lock().unwrap().clone()
    }
}

impl KeyPages for Keys {
    fn step(&mut self) -> Result<u64, Fault> {
        Ok(self.0.lock().unwrap().0)
    }

    fn after(&mut self, path: &[u8]) -> Result<Vec<KeyRow>, Fault> {
        let keys = self.0.lock().unwrap();
        let rows = keys.1.iter().filter(|(found, _)| found.as_slice() > path);
        Ok(rows
            .take(3)
            .map(|(path, row)| (path.clone(), row.clone()))
            .collect())
    }
}

/// A database of which every subject is of the version that is set here, and every entry one byte.
#[derive(Clone, Default)]
struct Data(Arc<Mutex<i64>>);

impl Snapshots for Data {
    fn begin_snapshot(&mut self) -> Result<(), crate::database::DatabaseError> {
        Ok(())
    }

    fn end_snapshot(&mut self) {}

    fn as_reader(&mut self) -> &mut dyn Reader {
        self
    }
}

impl Reader for Data {
    fn query(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, Fault> {
        if sql.contains("FROM ledger_block") {
            let [Value::Integer(from), Value::Integer(to), _] = args else {
                panic!("{args:?}")
            };
            let blocks = (*from..*to)
                .map(|index| Row(vec![index.into(), Value::Integer(1), Value::Blob(vec![0, 1, 7])]));
            return Ok(blocks.collect());
        }
        if !sql.contains("FROM subject ") {
            return Ok(Vec::new());
        }
        let mut row = vec![Value::Null; 12];
        (row[0], row[3]) = (args[0].clone(), (*self.0.lock().unwrap()).into());
        Ok(vec![Row(row)])
    }
}

struct Scene {
    memory: Memory,
    keys: Keys,
    data: Data,
    clock: Arc<SetClock>,
    outbox: Arc<Outbox>,
    folder: tempfile::TempDir,
    ledger: u64,
    seed: u64,
}

impl Scene {
    fn new() -> Self {
        let clock = Arc::new(SetClock::at("2026-11-23T10:00:00Z".parse().unwrap()));
        Self {
            memory: Memory::default(),
            keys: Keys::default(),
            data: Data::default(),
            outbox: Arc::new(Outbox::new(clock.clone(), Duration::from_secs(5))),
            clock,
            folder: tempfile::tempdir().unwrap(),
            ledger: 0,
            seed: 0,
        }
    }

    /// What a start does, up to where it serves.
    fn start(&mut self) -> Result<Shipper, Fault> {
        self.seed += 1;
        self.outbox = Arc::new(Outbox::new(self.clock.clone(), Duration::from_secs(5)));
        let parts = CopyParts {
            files: Box::new(self.memory.clone()),
            key: key(7),
            data: Box::new(self.data.clone()),
            keys: Box::new(self.keys.clone()),
            notice: Notice::open(&self.folder.path().join("notice")).unwrap(),
            outbox: Arc::clone(&self.outbox),
            clock: self.clock.clone(),
            chance: Arc::new(SeededChance::new(self.seed)),
        };
        let vault = vault();
        let verifier_key = crate::ledger::Book::empty("example.kz/ledger", vault).unwrap();
        let mut local = Local {
            keys: KeyHead {
                step: self.keys.rows().0,
                link: None,
            },
            ledger: self.ledger,
            root_at: &mut |_| unreachable!(),
            verifier_key: verifier_key.verifier_key(),
        };
        let mut shipper = open(parts, Duration::from_secs(86_400), &mut local)?;
        shipper.catch_up(self.ledger, "")?;
        Ok(shipper)
    }

    /// A registration, and something that protects.
    fn act(&mut self, nth: u8) {
        self.keys
            .change(&self.outbox, nth % 11, (!nth.is_multiple_of(5)).then_some(nth));
        *self.data.0.lock().unwrap() += 1;
        self.ledger += 2;
        self.outbox.hand_over(Parcel {
            protected: [subject(u32::from(nth % 3))].into(),
            ledger: Some((self.ledger, String::new())),
            ..Parcel::default()
        });
    }

    /// The copy holds what the store does.
    fn agrees(&self, what: &str) {
        let copy = SecondCopy::read(&mut self.memory.clone(), &key(7))
            .unwrap_or_else(|fault| panic!("{what}: {fault}"));
        let (step, rows) = self.keys.rows();
        assert_eq!(copy.key_step(), Some(step), "{what}");
        let copied: BTreeMap<_, _> = copy
            .key_rows()
            .map(|(path, row)| (path.to_vec(), row.to_vec()))
            .collect();
        assert_eq!(copied, rows, "{what}");
        assert_eq!(copy.ledger_size(), self.ledger, "{what}");
    }
}

fn subject(nth: u32) -> Whom {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&nth.to_be_bytes());
    Whom::Subject(SubjectId::from_bytes(bytes))
}

fn vault() -> Arc<Vault> {
    let folder = tempfile::tempdir().unwrap();
    let clock = SetClock::at("2026-11-23T10:00:00Z".parse().unwrap());
    let path = folder.path().join("root.key");
    let file = crate::vault::KeyFile::create(&path, 1, &SeededChance::new(7), &clock).unwrap();
    let versions = crate::vault::KeyVersions::first();
    Arc::new(Vault::unlock(&file, &versions, Arc::new(SeededChance::new(1))).unwrap())
}

#[test]
fn whatever_fails_once_or_for_a_while_is_caught_up_with() {
    for how in [Failing::Lost, Failing::Kept, Failing::Short] {
        for failing in 1..60 {
            for many in [1, 4] {
                let mut scene = Scene::new();
                let mut shipper = scene.start().unwrap();
                let from = scene.memory.with(|folder| {
                    let from = folder.operations + failing;
                    folder.failing = Some((from, from + many, how));
                    from
                });
                let mut acknowledged = 0;
                for nth in 0..25 {
                    scene.act(nth);
                    if shipper.ship().is_ok() {
                        acknowledged = scene.ledger;
                    }
                    let copy = SecondCopy::read(&mut scene.memory.clone(), &key(7)).unwrap();
                    assert!(copy.ledger_size() >= acknowledged, "{how:?} {failing}");
                }
                scene.memory.with(|folder| folder.failing = None);
                shipper.ship().unwrap();
                scene.agrees(&format!("{how:?} from {from} on"));
            }
        }
    }
}

#[test]
fn a_start_brings_a_copy_that_is_behind_up_to_date() {
    let mut scene = Scene::new();
    let mut shipper = scene.start().unwrap();
    scene.act(1);
    shipper.ship().unwrap();
    scene.act(2);
    drop(shipper);
    let shipper = scene.start().unwrap();
    scene.agrees("what was not shipped before the end is shipped before anybody is served");
    drop(shipper);
    let files = scene.memory.with(|folder| folder.files.len());
    scene.start().unwrap();
    scene.agrees("nothing was missing");
    assert_eq!(scene.memory.with(|folder| folder.files.len()), files + 1);
}

#[test]
fn a_folder_that_does_not_answer_does_not_hold_up_the_end_and_is_brought_up_to_date_later() {
    let mut scene = Scene::new();
    let shipper = scene.start().unwrap();
    let (farewell, place) = (Farewell::default(), (scene.folder.path().to_owned(), key(7)));
    let shipping = Shipping::start(shipper, place.clone(), farewell.clone()).unwrap();
    scene.memory.with(|folder| folder.hanging = true);
    scene.act(1);
    drop(shipping);
    let left = farewell.left();
    assert!(
        left.len() == 1 && left[0].contains("the folder of the second copy does not answer"),
        "{left:?}"
    );
    let copy = SecondCopy::read(&mut scene.memory.clone(), &key(7)).unwrap();
    assert_eq!(copy.ledger_size(), 0, "nothing is taken for shipped");

    // It answers again, and whoever was left comes to an end, as with the end of the process.
    scene.memory.with(|folder| folder.hanging = false);
    while scene.outbox.status().behind.is_some() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let farewell = Farewell::default();
    let shipping = Shipping::start(scene.start().unwrap(), place, farewell.clone()).unwrap();
    scene.act(2);
    drop(shipping);
    assert!(farewell.left().is_empty());
    scene.agrees("what waited at the end");
}

#[test]
fn a_store_that_was_put_back_is_not_served() {
    let mut scene = Scene::new();
    let mut shipper = scene.start().unwrap();
    scene.act(1);
    let older = scene.keys.rows();
    scene.act(2);
    shipper.ship().unwrap();
    *scene.keys.0.lock().unwrap() = older;
    let refused = scene.start().map(drop).unwrap_err();
    assert!(refused.to_string().contains("sandyq restore"), "{refused}");
    scene.keys.0.lock().unwrap().0 += 5;
    scene.ledger = 2;
    let refused = scene.start().map(drop).unwrap_err();
    assert!(matches!(refused, Fault::Ledger(_)), "{refused}");
}

#[test]
fn a_folder_that_is_not_mounted_is_not_taken_for_a_new_one() {
    let mut scene = Scene::new();
    let mut shipper = scene.start().unwrap();
    scene.act(1);
    shipper.ship().unwrap();
    let files = scene.memory.with(|folder| std::mem::take(&mut folder.files));
    let refused = scene.start().map(drop).unwrap_err();
    assert!(refused.to_string().contains("mounted"), "{refused}");
    scene.memory.with(|folder| folder.files = files);
    scene.start().unwrap();
}

#[test]
fn a_copy_that_was_cut_off_by_whole_frames_heals() {
    let mut scene = Scene::new();
    let mut shipper = scene.start().unwrap();
    scene.act(1);
    shipper.ship().unwrap();
    let older = scene.memory.with(|folder| folder.files.clone());
    scene.act(2);
    shipper.ship().unwrap();
    scene.memory.with(|folder| folder.files = older);
    scene.start().unwrap();
    scene.agrees("brought up to date");
}

#[test]
fn beyond_the_bound_operations_are_refused_until_it_follows() {
    let mut scene = Scene::new();
    let mut shipper = scene.start().unwrap();
    scene
        .memory
        .with(|folder| folder.failing = Some((0, u64::MAX, Failing::Lost)));
    scene.act(1);
    assert!(shipper.ship().is_err());
    assert!(scene.outbox.refuses().is_none(), "within the bound");
    scene.clock.advance(jiff::SignedDuration::from_secs(6));
    let refused = scene.outbox.refuses().unwrap();
    assert!(matches!(refused, Fault::Busy(_)));
    assert!(refused.to_string().contains("more than 5 s behind"), "{refused}");
    scene.memory.with(|folder| folder.failing = None);
    shipper.ship().unwrap();
    assert!(scene.outbox.refuses().is_none());
    scene.agrees("it follows");
}

#[test]
fn however_many_changes_wait_whoever_is_protected_is_in_the_copy_in_time() {
    let mut scene = Scene::new();
    let mut shipper = scene.start().unwrap();
    let (many, clock) = (2_000, scene.clock.clone());
    // Each sync takes two seconds, and five are allowed.
    let slow = Box::new(move || clock.advance(jiff::SignedDuration::from_secs(2)));
    scene.memory.with(|folder| folder.slow = Some(slow));
    let (mut comes, mut protected) = (1_000_000_u32, 0);
    while scene.outbox.refuses_changes().is_none() {
        let from = scene.ledger;
        scene.ledger += u64::from(many);
        let note = String::new();
        scene.outbox.hand_over(Parcel {
            changed: (comes..comes + many).map(subject).collect(),
            from,
            ledger: Some((scene.ledger, note)),
            ..Parcel::default()
        });
        comes += many;
        assert!(scene.outbox.refuses().is_none(), "after {protected}");
        scene.act(7);
        shipper.ship().unwrap();
        let status = scene.outbox.status();
        assert_eq!(
            status.changed,
            usize::try_from(comes - 1_000_000).unwrap() - (protected + 1) * 1024
        );
        protected += 1;
        if protected % 16 == 0 {
            let copy = SecondCopy::read(&mut scene.memory.clone(), &key(7)).unwrap();
            let Whom::Subject(who) = subject(1) else {
                unreachable!()
            };
            let image = copy.images().find(|image| image.subject == who).unwrap();
            assert_eq!(image.version(), u64::try_from(*scene.data.0.lock().unwrap()).ok());
            assert_eq!(copy.ledger_size(), scene.ledger, "and its entry is there");
            let left = u64::try_from(protected * 1024 / 2_000 * 2_002).unwrap();
            assert_eq!(
                copy.people_from(),
                Some(left),
                "of the others it is said from where on they are not"
            );
        }
    }
    assert!(protected > 60, "{protected}");
    assert!(scene.outbox.status().behind > Some(Duration::from_secs(60)));
    assert!(
        scene.outbox.refuses().is_none(),
        "who is protected waits for nobody"
    );

    // When less comes, everybody is shipped.
    while scene.outbox.status().behind.is_some() {
        shipper.ship().unwrap();
    }
    scene.agrees("everything");
    let copy = SecondCopy::read(&mut scene.memory.clone(), &key(7)).unwrap();
    assert_eq!(copy.people_from(), None);
    assert_eq!(
        copy.images().count(),
        usize::try_from(comes - 1_000_000).unwrap() + 1
    );
}

#[test]
fn a_folder_that_keeps_nothing_is_noticed_also_when_nobody_is_protected() {
    let mut scene = Scene::new();
    let mut shipper = scene.start().unwrap();
    scene
        .memory
        .with(|folder| folder.failing = Some((0, u64::MAX, Failing::Lost)));
    scene.outbox.hand_over(Parcel {
        changed: [subject(1)].into(),
        ..Parcel::default()
    });
    assert!(shipper.ship().is_err());
    scene.clock.advance(jiff::SignedDuration::from_secs(6));
    assert!(scene.outbox.refuses().is_some());
    scene.memory.with(|folder| folder.failing = None);
    shipper.ship().unwrap();
    assert!(scene.outbox.refuses().is_none());
    scene.agrees("it follows");
}

#[test]
fn a_stream_that_is_begun_anew_each_day_loses_what_is_old_too() {
    let mut scene = Scene::new();
    let mut most = 0;
    for day in 0..60 {
        let mut shipper = scene.start().unwrap();
        scene.act(day);
        shipper.ship().unwrap();
        drop(shipper);
        scene.clock.advance(jiff::SignedDuration::from_hours(24));
        most = most.max(scene.memory.with(|folder| folder.files.len()));
    }
    assert!((5..25).contains(&most), "{most}");
    scene.start().unwrap();
    scene.agrees("old segments are gone, and nothing that counts");
}

#[test]
fn a_stream_that_grows_slowly_loses_what_is_old_too() {
    let mut scene = Scene::new();
    let mut shipper = scene.start().unwrap();
    for hour in 0..2_000_u16 {
        scene.act(hour.to_be_bytes()[1]);
        shipper.ship().unwrap();
        scene.clock.advance(jiff::SignedDuration::from_hours(1));
    }
    let files = scene.memory.with(|folder| folder.files.len());
    assert!((1..5).contains(&files), "{files}");
    scene.agrees("old segments are gone, and nothing that counts");
}

#[test]
fn while_keys_are_missing_in_the_copy_it_counts_as_behind_until_its_new_base_ends() {
    let mut followed = 0;
    for more in 1..25 {
        let mut scene = Scene::new();
        let mut shipper = scene.start().unwrap();
        (0..20).for_each(|nth| scene.act(nth));
        shipper.ship().unwrap();
        scene.act(20);
        let fail_from = |scene: &Scene, more| {
            scene
                .memory
                .with(|folder| folder.failing = Some((folder.operations + more, u64::MAX, Failing::Lost)));
        };
        fail_from(&scene, 1);
        assert!(shipper.ship().is_err());
        scene.clock.advance(jiff::SignedDuration::from_secs(6));
        fail_from(&scene, more);
        let shipped = shipper.ship();
        assert_eq!(
            scene.outbox.refuses().is_none(),
            shipped.is_ok(),
            "after {more} more"
        );
        assert_eq!(scene.outbox.status().fault.is_none(), shipped.is_ok());
        followed += u32::from(shipped.is_ok());
    }
    assert!((1..20).contains(&followed), "{followed}");
}

#[test]
fn a_long_stream_gets_a_new_base_and_loses_what_is_old() {
    let mut scene = Scene::new();
    let mut shipper = scene.start().unwrap();
    shipper.segments_of(600);
    for nth in 0..200 {
        scene.act(nth);
        shipper.ship().unwrap();
        scene.clock.advance(jiff::SignedDuration::from_secs(3600));
    }
    let files = scene.memory.with(|folder| folder.files.len());
    assert!((2..150).contains(&files), "{files}");
    scene.agrees("old segments are gone, and nothing that counts");
    let copy = SecondCopy::read(&mut scene.memory.clone(), &key(7)).unwrap();
    let start = copy.ledger_start().unwrap();
    assert!(
        start > 0 && start + 48 <= scene.ledger,
        "a day is kept: from {start} of {}",
        scene.ledger
    );
    assert_eq!(copy.images().count(), 3);
    scene.start().unwrap();
    scene.agrees("and a start goes on");
}
