//! 5.1.6: sets on both engines: what comes back, what is refused and why, what an interruption leaves.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::scene::{self, Place, collect, done, now, person, run};
use age::secrecy::ExposeSecret;
use jiff::SignedDuration;
use sandyq_model::{Standing, SubjectId, Verb};
use sandyq_store::backup::{
    BackupFault, FolderShelf, Identity, Keep, Made, Manifest, Recipients, SetAbout, Shelf, Stored,
    VerifiedSet, list, open_set, thin,
};
use sandyq_store::tables::retention_run::{self, RetentionRun};
use sandyq_store::tables::subject;
use sandyq_store::{Commit, Row, Store};

/// A place that does not answer when something is put there.
struct Silent(FolderShelf, std::sync::mpsc::Sender<()>);

impl Shelf for Silent {
    fn put(&self, _: &str, _: &[u8]) -> Result<(), BackupFault> {
        self.1.send(()).unwrap();
        loop {
            std::thread::park();
        }
    }

    fn get(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, BackupFault> {
        self.0.get(name, limit)
    }

    fn list(&self, folder: &str) -> Result<Vec<Stored>, BackupFault> {
        self.0.list(folder)
    }

    fn remove(&self, name: &str) -> Result<(), BackupFault> {
        self.0.remove(name)
    }

    fn called(&self) -> String {
        "a place that does not answer".into()
    }
}

#[test]
fn a_place_that_does_not_answer_does_not_hold_up_the_end_and_nothing_acknowledged_is_lost() {
    let place = Place::sqlite();
    let store = place.open();
    let people = fill(&store, 3);
    let (folder, custodian) = (tempfile::tempdir().unwrap(), Custodian::new());
    let (tell, hear) = std::sync::mpsc::channel();
    let silent = Silent(FolderShelf::at(folder.path()).unwrap(), tell);
    let making = store.back_up(Box::new(silent), about(&store, &custodian), |_, _| {});
    let ended = run(async { tokio::time::timeout(Duration::from_millis(200), making).await });
    assert!(ended.is_err(), "nobody is told that there is a set");
    hear.recv().unwrap();
    let farewell = store.farewell();
    drop(store);
    let left = farewell.left();
    assert!(
        left.len() == 1 && left[0].contains("a backup that was being made"),
        "{left:?}"
    );

    let store = place.open();
    let counts = run(store.read(subject::counts)).unwrap();
    assert_eq!(
        counts.iter().map(|(_, _, count)| *count).sum::<u64>(),
        people.len() as u64
    );
    let origin = store.checkpoint().origin;
    let sets = list(
        &FolderShelf::at(folder.path()).unwrap(),
        &origin,
        store.verifier_key(),
    )
    .unwrap();
    assert!(sets.is_empty(), "there is no half set");
    let farewell = store.farewell();
    drop(store);
    assert!(farewell.left().is_empty());
}

/// A pair of keys: who can open sets, and the identity that does.
struct Custodian(age::x25519::Identity);

impl Custodian {
    fn new() -> Self {
        Self(age::x25519::Identity::generate())
    }

    fn recipients(&self) -> Recipients {
        Recipients::read(&[self.0.to_public().to_string()]).unwrap()
    }

    fn identity(&self) -> Identity {
        Identity::read(&format!("# a comment\n{}\n", self.0.to_string().expose_secret())).unwrap()
    }
}

fn about(store: &Store, custodian: &Custodian) -> SetAbout {
    SetAbout {
        at: now(),
        origin: store.checkpoint().origin,
        policy: [7; 32],
        epoch: None,
        recipients: custodian.recipients(),
    }
}

fn back_up(store: &Store, shelf: impl Shelf + 'static, about: SetAbout) -> Result<Made, BackupFault> {
    run(store.back_up(Box::new(shelf), about, |_, _| {}))
}

fn fill(store: &Store, people: u32) -> Vec<SubjectId> {
    let chance = scene::chance();
    (0..people)
        .map(|_| {
            let person = person(&*chance);
            done(run(store.commit(collect(store, &*chance, &person))));
            person.id
        })
        .collect()
}

/// As [`fill`], with as few syncs as there can be.
fn fill_at_once(store: &Store, people: u32) {
    let chance = scene::chance();
    let commits = (0..people)
        .map(|_| collect(store, &*chance, &person(&*chance)))
        .collect();
    for one in run(scene::submit_in_order(store, commits)) {
        done(one);
    }
}

fn open(
    store: &Store,
    shelf: impl Shelf + 'static,
    custodian: &Custodian,
) -> Result<VerifiedSet, BackupFault> {
    let origin = store.checkpoint().origin;
    open_set(
        Box::new(shelf),
        None,
        (&origin, store.verifier_key()),
        store.vault().backup_key(),
        custodian.identity(),
    )
}

/// Every row of a set.
fn contents(set: &VerifiedSet) -> Result<BTreeMap<String, Vec<Row>>, BackupFault> {
    let mut all = BTreeMap::new();
    for table in &set.manifest().tables {
        let mut found = Vec::new();
        set.rows(&table.name, |_, rows| {
            found.extend(rows);
            Ok(())
        })?;
        assert_eq!(found.len() as u64, table.rows);
        all.insert(table.name.clone(), found);
    }
    Ok(all)
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let shelf = FolderShelf::at(folder).unwrap();
    let all = ["sets/", "chunks/"].map(|folder| shelf.list(folder).unwrap());
    all.concat()
        .into_iter()
        .map(|stored| {
            (
                stored.name.clone(),
                std::fs::read(folder.join(&stored.name)).unwrap(),
            )
        })
        .collect()
}

fn ended_run(day: &str) -> RetentionRun {
    RetentionRun {
        day: day.into(),
        begun_at: now(),
        ended_at: Some(now()),
        looked_at: now(),
        queued: 2,
        waiting: 1,
        stopped: None,
    }
}

#[test]
fn a_set_gives_back_what_the_snapshot_held_and_its_second_writes_only_what_changed() {
    for place in Place::all() {
        let store = place.open();
        let people = fill(&store, 40);
        for day in ["2026-11-27", "2026-11-26"] {
            let statements = vec![retention_run::put(&ended_run(day))];
            let commit = Commit {
                statements,
                ..Commit::default()
            };
            run(store.commit(commit)).unwrap();
        }
        let (folder, custodian) = (tempfile::tempdir().unwrap(), Custodian::new());
        let shelf = || FolderShelf::at(folder.path()).unwrap();
        let made = back_up(&store, shelf(), about(&store, &custodian)).unwrap();
        assert_eq!(made.subjects, 40);
        assert_eq!(made.ledger_size, store.checkpoint().size);
        assert_eq!(made.chunks_new, made.chunks_all);
        let set = open(&store, shelf(), &custodian).unwrap();
        let all = contents(&set).unwrap();
        let mut ids: Vec<Vec<u8>> = people.iter().map(|id| id.as_bytes().to_vec()).collect();
        ids.sort();
        let found: Vec<Vec<u8>> = all["subject"]
            .clone()
            .iter_mut()
            .map(|row| row.take(0).unwrap())
            .collect();
        assert_eq!(found, ids);
        assert!(!all["ledger_block"].is_empty() && !all["ledger_checkpoint"].is_empty());
        let days: Vec<String> = all["retention_run"]
            .clone()
            .iter_mut()
            .map(|row| row.take(0).unwrap())
            .collect();
        assert_eq!(days, ["2026-11-26", "2026-11-27"]);
        assert!(!all.contains_key("session") && !all.contains_key("code"));

        let same = SetAbout {
            at: now() + SignedDuration::from_hours(1),
            ..about(&store, &custodian)
        };
        let second = back_up(&store, shelf(), same).unwrap();
        assert_eq!((second.chunks_new, second.bytes_new), (0, 0));
        assert_ne!(second.id, made.id);

        let others = SetAbout {
            at: now() + SignedDuration::from_hours(2),
            ..about(&store, &Custodian::new())
        };
        let third = back_up(&store, shelf(), others).unwrap();
        assert_eq!(
            third.chunks_new, third.chunks_all,
            "another custodian gets chunks that they can open"
        );
        assert!(matches!(
            open(&store, shelf(), &custodian).and_then(|set| contents(&set)),
            Err(BackupFault::Identity(_))
        ));
    }
}

#[test]
fn what_data_was_once_it_may_become_again_without_spoiling_older_sets() {
    let place = Place::sqlite();
    let store = place.open();
    let people = fill(&store, 3);
    let (folder, custodian) = (tempfile::tempdir().unwrap(), Custodian::new());
    let shelf = || FolderShelf::at(folder.path()).unwrap();
    let day = |days: i64| SetAbout {
        at: now() + SignedDuration::from_hours(24 * days),
        ..about(&store, &custodian)
    };
    let stands = |standing: Standing, version: u64| {
        let id = people[0];
        let row = run(store.read(move |reader| subject::find(reader, id)))
            .unwrap()
            .unwrap();
        let changed = subject::Subject { standing, ..row };
        let commit = Commit {
            subject: Some((id, version)),
            moves: false,
            statements: vec![subject::update(&changed)],
            entries: vec![scene::entry(Verb::Block, &changed)],
            ..Commit::default()
        };
        done(run(store.commit(commit)));
    };
    let first = back_up(&store, shelf(), day(0)).unwrap();
    stands(Standing::Blocked, 1);
    back_up(&store, shelf(), day(1)).unwrap();
    stands(Standing::Pending, 1);
    let third = back_up(&store, shelf(), day(2)).unwrap();
    assert!(third.chunks_new < third.chunks_all);
    for id in [first.id, third.id] {
        let origin = store.checkpoint().origin;
        let ledger = (origin.as_str(), store.verifier_key());
        let key = store.vault().backup_key();
        let set = open_set(Box::new(shelf()), Some(&id), ledger, key, custodian.identity()).unwrap();
        contents(&set).unwrap();
    }
}

#[test]
fn a_page_more_than_one_and_a_chunk_more_than_one_come_back_whole() {
    let place = Place::sqlite();
    let store = place.open();
    for _ in 0..4 {
        fill_at_once(&store, 2050);
    }
    let (folder, custodian) = (tempfile::tempdir().unwrap(), Custodian::new());
    let shelf = || FolderShelf::at(folder.path()).unwrap();
    back_up(&store, shelf(), about(&store, &custodian)).unwrap();
    let all = contents(&open(&store, shelf(), &custodian).unwrap()).unwrap();
    assert_eq!(all["subject"].len(), 8200);
    assert_eq!(all["record"].len(), 8200);
    // The postings of the first 8,192 entries, 48 in a row.
    assert_eq!(all["ledger_posting"].len(), 171);
    fill(&store, 1);
    let later = SetAbout {
        at: now() + SignedDuration::from_hours(1),
        ..about(&store, &custodian)
    };
    let second = back_up(&store, shelf(), later).unwrap();
    assert!(second.chunks_new < second.chunks_all, "{second:?}");
}

/// One bit turned, cut off.
fn spoiled(bytes: &[u8], at: usize) -> [Vec<u8>; 2] {
    let mut turned = bytes.to_vec();
    turned[at] ^= 1;
    [turned, bytes[..at].to_vec()]
}

fn is_named(fault: &BackupFault) -> bool {
    matches!(
        fault,
        BackupFault::Corrupt(_)
            | BackupFault::Truncated(_)
            | BackupFault::Foreign(_)
            | BackupFault::Format(_)
    )
}

#[test]
fn every_byte_of_a_manifest_and_of_a_chunk_is_watched() {
    let place = Place::sqlite();
    let store = place.open();
    fill(&store, 3);
    let (folder, custodian) = (tempfile::tempdir().unwrap(), Custodian::new());
    let shelf = || FolderShelf::at(folder.path()).unwrap();
    back_up(&store, shelf(), about(&store, &custodian)).unwrap();
    let all = files(folder.path());
    let (_, manifest) = all.iter().find(|(name, _)| name.starts_with("sets/")).unwrap();
    let origin = store.checkpoint().origin;
    for at in 0..manifest.len() {
        for spoiled in spoiled(manifest, at) {
            match Manifest::open(&spoiled, &origin, store.verifier_key()) {
                Err(fault) => assert!(is_named(&fault), "byte {at}: {fault}"),
                Ok(_) => panic!("a manifest spoiled at byte {at} was taken"),
            }
        }
    }
    let set = open(&store, shelf(), &custodian).unwrap();
    let record = set
        .manifest()
        .tables
        .iter()
        .find(|table| table.name == "record")
        .unwrap();
    let (name, chunk) = all
        .iter()
        .find(|(name, _)| name.contains(&record.chunks[0].name))
        .unwrap();
    let path = folder.path().join(name);
    let read = || set.rows("record", |_, _| Ok(())).unwrap_err();
    for at in 0..chunk.len() {
        for spoiled in spoiled(chunk, at) {
            std::fs::write(&path, spoiled).unwrap();
            assert!(is_named(&read()), "byte {at}: {}", read());
        }
    }
    std::fs::write(&path, [chunk.as_slice(), b"x"].concat()).unwrap();
    assert!(matches!(read(), BackupFault::Corrupt(_)));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(read(), BackupFault::Truncated(_)));
    std::fs::write(&path, chunk).unwrap();
    contents(&set).unwrap();
}

#[test]
fn a_set_of_another_ledger_or_key_is_foreign_and_one_of_another_format_is_named() {
    let (ours, theirs) = (Place::sqlite(), Place::sqlite());
    let store = ours.open();
    let mut other = theirs.options();
    other.origin = "other.example/ledger".into();
    let other = scene::open_with(other).unwrap();
    fill(&store, 1);
    let (folder, custodian) = (tempfile::tempdir().unwrap(), Custodian::new());
    let shelf = || FolderShelf::at(folder.path()).unwrap();
    let made = back_up(&store, shelf(), about(&store, &custodian)).unwrap();
    assert!(matches!(
        open(&other, shelf(), &custodian),
        Err(BackupFault::Foreign(_))
    ));
    assert!(matches!(
        back_up(&other, shelf(), about(&other, &custodian)),
        Err(BackupFault::Foreign(_))
    ));
    let path = folder.path().join(made.id.file());
    let text = std::fs::read_to_string(&path).unwrap();
    for (version, cause) in [("0", "downgraded"), ("2", "newer program")] {
        let changed = text.replacen("backup-set/1", &format!("backup-set/{version}"), 1);
        std::fs::write(&path, changed).unwrap();
        let fault = open(&store, shelf(), &custodian).err().unwrap();
        assert!(
            matches!(fault, BackupFault::Format(_)) && fault.to_string().contains(cause),
            "{fault}"
        );
    }
}

/// Stops working after so many writes, as a machine does.
struct Stopping {
    inner: FolderShelf,
    writes: AtomicUsize,
    limit: usize,
}

impl Shelf for Stopping {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), BackupFault> {
        if self.writes.fetch_add(1, Ordering::SeqCst) >= self.limit {
            return Err(BackupFault::Place("stopped".into()));
        }
        self.inner.put(name, bytes)
    }

    fn get(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, BackupFault> {
        self.inner.get(name, limit)
    }

    fn list(&self, folder: &str) -> Result<Vec<Stored>, BackupFault> {
        self.inner.list(folder)
    }

    fn remove(&self, name: &str) -> Result<(), BackupFault> {
        self.inner.remove(name)
    }

    fn called(&self) -> String {
        self.inner.called()
    }
}

#[test]
fn an_interruption_after_any_write_leaves_no_half_set() {
    let place = Place::sqlite();
    let store = place.open();
    fill(&store, 5);
    let custodian = Custodian::new();
    let whole = tempfile::tempdir().unwrap();
    let made = back_up(
        &store,
        FolderShelf::at(whole.path()).unwrap(),
        about(&store, &custodian),
    )
    .unwrap();
    let writes = usize::try_from(made.chunks_new).unwrap() + 1;
    for limit in 0..writes {
        let folder = tempfile::tempdir().unwrap();
        let shelf = || FolderShelf::at(folder.path()).unwrap();
        let stopping = Stopping {
            inner: shelf(),
            writes: AtomicUsize::new(0),
            limit,
        };
        assert!(back_up(&store, stopping, about(&store, &custodian)).is_err());
        assert!(matches!(
            open(&store, shelf(), &custodian),
            Err(BackupFault::NoSet(_))
        ));
        std::fs::create_dir_all(folder.path().join("chunks/zz")).unwrap();
        std::fs::write(folder.path().join("chunks/zz/left.age.draft"), b"half").unwrap();
        let later = SetAbout {
            at: now() + SignedDuration::from_mins(1),
            ..about(&store, &custodian)
        };
        back_up(&store, shelf(), later).unwrap();
        let origin = store.checkpoint().origin;
        thin(&shelf(), (&origin, store.verifier_key()), Keep::default(), now()).unwrap();
        let set = open(&store, shelf(), &custodian).unwrap();
        contents(&set).unwrap();
        let expected = set.manifest().chunks().count() + 1;
        assert_eq!(
            files(folder.path()).len(),
            expected,
            "what the interruption left was swept"
        );
    }
}

#[test]
fn what_somebody_else_left_at_the_place_neither_ends_thinning_nor_leads_elsewhere() {
    let place = Place::sqlite();
    let store = place.open();
    let (folder, custodian) = (tempfile::tempdir().unwrap(), Custodian::new());
    let elsewhere = tempfile::tempdir().unwrap();
    let shelf = || FolderShelf::at(folder.path()).unwrap();
    let origin = store.checkpoint().origin;
    let ledger = (origin.as_str(), store.verifier_key());
    fill(&store, 1);
    let made = back_up(&store, shelf(), about(&store, &custodian)).unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("sets/.DS_Store"), "of a desktop").unwrap();
    std::fs::create_dir_all(at("chunks/.Trash")).unwrap();
    std::fs::write(at("chunks/.Trash/a"), "of a desktop").unwrap();
    std::fs::write(at("sets/20200101t000000z-00000000.manifest"), "").unwrap();
    let kept = elsewhere.path().join("important.txt");
    std::fs::write(&kept, "important").unwrap();
    std::os::unix::fs::symlink(&kept, at("chunks/linked.age")).unwrap();
    let thinned = thin(&shelf(), ledger, Keep::default(), now()).unwrap();
    assert_eq!(thinned.sets.len(), 1, "the empty one of 2020");
    assert_eq!(list(&shelf(), ledger.0, ledger.1).unwrap().len(), 1);
    let later = now() + SignedDuration::from_hours(24 * 400);
    let thinned = thin(&shelf(), ledger, Keep::default(), later).unwrap();
    assert_eq!(thinned.sets, [made.id]);
    assert!(thinned.chunks > 0);

    // A draft that is a link is not written through; a folder that is a link is not one of ours.
    let part = at("chunks/ab/abcd.age");
    std::fs::create_dir_all(part.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&kept, at("chunks/ab/abcd.age.draft")).unwrap();
    shelf().put("chunks/ab/abcd.age", b"a part").unwrap();
    assert_eq!(std::fs::read(&part).unwrap(), b"a part");
    std::fs::rename(at("chunks"), at("moved")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), at("chunks")).unwrap();
    assert!(thin(&shelf(), ledger, Keep::default(), later).is_err());
    assert_eq!(std::fs::read(&kept).unwrap(), b"important");
}

#[test]
fn thinning_removes_old_sets_and_the_chunks_that_only_they_name() {
    let place = Place::sqlite();
    let store = place.open();
    let (folder, custodian) = (tempfile::tempdir().unwrap(), Custodian::new());
    let shelf = || FolderShelf::at(folder.path()).unwrap();
    let origin = store.checkpoint().origin;
    for day in 0..40 {
        fill(&store, 1);
        let at = now() + SignedDuration::from_hours(24 * day);
        back_up(
            &store,
            shelf(),
            SetAbout {
                at,
                ..about(&store, &custodian)
            },
        )
        .unwrap();
    }
    let today = now() + SignedDuration::from_hours(24 * 39);
    let keep = Keep {
        all_days: 2,
        daily: 3,
        weekly: 2,
        max_age_days: 90,
    };
    let ledger = (origin.as_str(), store.verifier_key());
    let thinned = thin(&shelf(), ledger, keep, today).unwrap();
    let left = list(&shelf(), ledger.0, ledger.1).unwrap();
    assert_eq!(left.len() + thinned.sets.len(), 40);
    assert!((7..=9).contains(&left.len()), "{}", left.len());
    assert!(thinned.chunks > 100, "{thinned:?}");
    for line in &left {
        let set = open_set(
            Box::new(shelf()),
            Some(&line.id),
            ledger,
            store.vault().backup_key(),
            custodian.identity(),
        );
        contents(&set.unwrap()).unwrap();
    }
    let none = Keep {
        max_age_days: 0,
        ..keep
    };
    let later = today + SignedDuration::from_hours(1);
    thin(&shelf(), ledger, none, later).unwrap();
    assert_eq!(
        files(folder.path()).len(),
        0,
        "nothing stays beyond the limit (5.1.6-c)"
    );
}

#[test]
fn a_place_that_is_not_mounted_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let fault = FolderShelf::at(&folder.path().join("not-mounted/backups")).unwrap_err();
    assert!(fault.to_string().contains("is the disk mounted?"), "{fault}");
}

#[test]
fn a_set_holds_the_state_of_one_instant_while_others_write() {
    let place = Place::sqlite();
    let store = place.open();
    fill(&store, 200);
    let (folder, custodian) = (tempfile::tempdir().unwrap(), Custodian::new());
    let shelf = FolderShelf::at(folder.path()).unwrap();
    let seen: Arc<Mutex<Vec<u64>>> = Arc::default();
    let told = Arc::clone(&seen);
    let (store_2, about) = (store.clone(), about(&store, &custodian));
    let writing = std::thread::spawn(move || fill(&store_2, 200));
    let made = run(store.back_up(Box::new(shelf.clone()), about, move |rows, _| {
        told.lock().unwrap().push(rows)
    }))
    .unwrap();
    writing.join().unwrap();
    let set = open(&store, shelf, &custodian).unwrap();
    let all = contents(&set).unwrap();
    let people = all["subject"].len() as u64;
    assert!((200..=400).contains(&people));
    // Each person is one subject, one record and one entry, in the same instant.
    assert_eq!(all["record"].len() as u64, people);
    assert_eq!(made.ledger_size, people);
    let progress = seen.lock().unwrap();
    assert!(progress.is_sorted() && progress.last() == Some(&made.rows));
    let total = run(store.read(subject::counts))
        .unwrap()
        .iter()
        .map(|(_, _, n)| n)
        .sum::<u64>();
    assert_eq!(total, 400);
}

/// What outsiders have: a chunk opens with `age -d` and `zstd -d` of Debian.
#[test]
fn the_tools_of_a_distribution_open_a_chunk() {
    let place = Place::sqlite();
    let store = place.open();
    fill(&store, 2);
    let (folder, custodian) = (tempfile::tempdir().unwrap(), Custodian::new());
    let shelf = FolderShelf::at(folder.path()).unwrap();
    back_up(&store, shelf.clone(), about(&store, &custodian)).unwrap();
    let manifest = open(&store, shelf, &custodian).unwrap();
    let line = &manifest.manifest().tables[0].chunks[0];
    let chunk = folder
        .path()
        .join(format!("chunks/{}/{}.age", &line.name[..2], line.name));
    let key = folder.path().join("identity");
    std::fs::write(&key, custodian.0.to_string().expose_secret()).unwrap();
    let opened = std::process::Command::new("sh")
        .args(["-c", "age -d -i \"$0\" \"$1\" | zstd -d"])
        .args([&key, &chunk])
        .output()
        .unwrap();
    assert!(
        opened.status.success(),
        "{}",
        String::from_utf8_lossy(&opened.stderr)
    );
    assert_eq!(opened.stdout.len() as u64, line.plain);
    assert!(
        opened
            .stdout
            .starts_with(b"sandyq-rows/1 subject subject_id,category,")
    );
}

/// One set, from a fixed seed, as it is promised: `spec/vectors/backup-set.json`.
#[test]
fn manifests_are_read_as_they_are_promised() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/vectors/backup-set.json");
    let folder = tempfile::tempdir().unwrap();
    let store = scene::open_with(scene::options(folder.path())).unwrap();
    let custodian = Custodian::new();
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        let place = tempfile::tempdir().unwrap();
        fill(&store, 1);
        let made = back_up(
            &store,
            FolderShelf::at(place.path()).unwrap(),
            about(&store, &custodian),
        )
        .unwrap();
        let text = std::fs::read_to_string(place.path().join(made.id.file())).unwrap();
        let vectors = serde_json::json!({
            "origin": store.checkpoint().origin,
            "key": store.verifier_key().to_string(),
            "id": made.id.to_string(),
            "manifest": text,
            "hostile": [
                {"name": "another_version", "replace": "backup-set/1", "with": "backup-set/2"},
                {"name": "no_such_version", "replace": "backup-set/1", "with": "backup-set/0"},
                {"name": "another_ledger", "replace": "\nsandyq.localhost/ledger\n", "with": "\nother.example/ledger\n"},
                {"name": "more_people", "replace": "\"rows\": 1", "with": "\"rows\": 2"},
                {"name": "older", "replace": "2026-11-23", "with": "2026-11-22"},
                {"name": "another_key", "replace": "— sandyq.localhost/ledger", "with": "— sandyq.localhost/other"},
            ],
        });
        std::fs::write(path, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
    }
    let vectors: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let text = vectors["manifest"].as_str().unwrap();
    let (origin, key) = (
        vectors["origin"].as_str().unwrap(),
        vectors["key"].as_str().unwrap().parse().unwrap(),
    );
    let manifest = Manifest::open(text.as_bytes(), origin, &key).unwrap();
    assert_eq!(manifest.id.to_string(), vectors["id"].as_str().unwrap());
    assert_eq!(manifest.subjects(), 1);
    for hostile in vectors["hostile"].as_array().unwrap() {
        let spoiled = text.replace(
            hostile["replace"].as_str().unwrap(),
            hostile["with"].as_str().unwrap(),
        );
        assert_ne!(spoiled, text, "{hostile}");
        assert!(
            Manifest::open(spoiled.as_bytes(), origin, &key).is_err(),
            "{hostile}"
        );
    }
}
