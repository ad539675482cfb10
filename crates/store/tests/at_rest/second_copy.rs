//! The second copy under a running store: whatever is acknowledged is in it, and a start says by name what does not belong
//! together.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::mounted::Mounted;
use super::scene::{
    self, Place, a_document, about_a_breach, clarify, collect, done, entry, epoch_ends, extract, now,
    off_the_site, person, run,
};
use jiff::SignedDuration;
use sandyq_model::{Clock, Fault, Standing, Verb};
use sandyq_rehearsal::SetClock;
use sandyq_store::second_copy::{SecondCopy, SecondCopyOptions};
use sandyq_store::tables::{record, subject};
use sandyq_store::vault::{CopyKey, KeyFile};
use sandyq_store::{Commit, CommitError, Store, StoreOptions};

const BEHIND: Duration = Duration::from_secs(5);

/// A store with a second copy.
struct Scene {
    folder: tempfile::TempDir,
    copy: PathBuf,
    _copy: Option<tempfile::TempDir>,
    clock: Arc<SetClock>,
}

impl Scene {
    fn set() -> Self {
        let copy = tempfile::tempdir().unwrap();
        Self {
            copy: copy.path().to_owned(),
            _copy: Some(copy),
            ..Self::with_copy_at(Path::new(""))
        }
    }

    fn with_copy_at(copy: &Path) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            copy: copy.to_owned(),
            _copy: None,
            clock: Arc::new(SetClock::at(now())),
        }
    }

    fn options(&self) -> StoreOptions {
        let mut options = scene::options(self.folder.path());
        options.second_copy = Some(SecondCopyOptions {
            folder: self.copy.clone(),
            behind: BEHIND,
            keep: Duration::from_secs(86_400),
        });
        options
    }

    fn open(&self) -> Result<Store, Fault> {
        Store::open(self.options(), self.clock.clone(), scene::chance())
    }

    /// Everything as a kill at this moment would leave it, in another place.
    fn as_killed(&self) -> Self {
        let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (from, to) in [(self.folder.path(), folder.path()), (&self.copy, copy.path())] {
            copy_folder(from, to);
        }
        Self {
            folder,
            copy: copy.path().to_owned(),
            _copy: Some(copy),
            clock: Arc::clone(&self.clock),
        }
    }

    fn key(&self) -> CopyKey {
        CopyKey::of(&KeyFile::open(&self.options().key_file).unwrap(), 1).unwrap()
    }

    /// How long all segments are together.
    fn bytes(&self) -> u64 {
        let files = std::fs::read_dir(&self.copy).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
    }

    fn read(&self) -> SecondCopy {
        SecondCopy::open(&self.copy, &self.key()).unwrap()
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let from = entry.unwrap().path();
        let to = to.join(from.file_name().unwrap());
        if from.is_dir() {
            std::fs::create_dir(&to).unwrap();
            std::fs::set_permissions(&to, std::fs::metadata(&from).unwrap().permissions()).unwrap();
            copy_folder(&from, &to);
        } else if !from.to_string_lossy().ends_with("-shm") {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}

fn protecting(mut commit: Commit) -> Commit {
    commit.protects = true;
    commit
}

fn ended(person: &subject::Subject, version: u64, standing: Standing) -> Commit {
    let mut after = person.clone();
    after.standing = standing;
    let mut commit = Commit {
        subject: Some((person.id, version)),
        moves: true,
        entries: vec![entry(Verb::Block, person)],
        protects: true,
        ..Commit::default()
    };
    if standing == Standing::Destroyed {
        (after.pseudonym, after.destroyed_at) = (None, Some(now()));
        commit.statements.push(record::remove_all(person.id));
        commit.dead_keys.push((person.id, 1));
    } else {
        after.blocked_at = Some(now());
    }
    commit.statements.push(subject::update(&after));
    commit
}

fn wait_until_it_follows(store: &Store) {
    while store.copy_status().unwrap().behind.is_some() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn standing_in(copy: &SecondCopy, person: &subject::Subject) -> Option<u64> {
    let image = copy.images().find(|image| image.subject == person.id)?;
    image.version()
}

#[test]
fn what_is_done_is_in_the_copy_also_when_the_store_begins_again() {
    let scene = Scene::set();
    let chance = scene::chance();
    let [mara, omar, vera] = [0; 3].map(|_| person(&*chance));
    let store = scene.open().unwrap();
    run(async {
        for one in [&mara, &omar, &vera] {
            done(store.commit(protecting(collect(&store, &*chance, one))).await);
        }
        done(store.commit(ended(&mara, 1, Standing::Destroyed)).await);
        done(store.commit(ended(&omar, 1, Standing::Blocked)).await);
    });
    wait_until_it_follows(&store);
    run(async { done(store.commit(clarify(&vera, 1, b"other")).await) });
    wait_until_it_follows(&store);
    let report = store.verify_copy().unwrap().unwrap();
    assert_eq!(report.entries, 6);
    let copy = scene.read();
    assert_eq!(standing_in(&copy, &mara), Some(2));
    assert_eq!(standing_in(&copy, &omar), Some(2));
    assert_eq!(standing_in(&copy, &vera), Some(2), "a changed value is there too");
    let rebuilt = scene.folder.path().join("rebuilt.db");
    copy.rebuild_keys(&rebuilt).unwrap();
    assert!(
        copy.rebuild_keys(&rebuilt).is_err(),
        "a key store is never overwritten"
    );
    drop(store);

    // A start without the copy goes on, and the next one with it brings it up to date.
    let mut without = scene.options();
    without.second_copy = None;
    let store = scene::open_with(without).unwrap();
    run(async { done(store.commit(ended(&vera, 2, Standing::Destroyed)).await) });
    drop(store);
    let store = scene.open().unwrap();
    assert_eq!(store.verify_copy().unwrap().unwrap().entries, 7);
}

#[test]
fn what_is_entered_in_the_register_of_breaches_is_in_the_copy() {
    let scene = Scene::set();
    let store = scene.open().unwrap();
    done(run(store.commit(about_a_breach(1))));
    done(run(store.commit(about_a_breach(2))));
    wait_until_it_follows(&store);
    let tables = |scene: &Scene| -> Vec<u8> { scene.read().shared_rows().map(|row| row.table).collect() };
    assert_eq!(tables(&scene), [18, 19, 19]);
    drop(store);
    // What was entered without the copy is in it after the next start with it.
    let mut without = scene.options();
    without.second_copy = None;
    let store = scene::open_with(without).unwrap();
    done(run(store.commit(about_a_breach(3))));
    drop(store);
    let store = scene.open().unwrap();
    assert_eq!(tables(&scene), [18, 19, 19, 19]);
    drop(store);
}

/// 5.1.3: acts about the people of a breach go with the house, and whom it concerns with each person.
#[test]
fn the_people_of_a_breach_are_in_the_copy() {
    let scene = Scene::set();
    let chance = scene::chance();
    let mara = person(&*chance);
    let store = scene.open().unwrap();
    done(run(store.commit(protecting(collect(&store, &*chance, &mara)))));
    done(run(store.commit(about_a_breach(1))));
    done(run(store.commit(scene::about_people(1))));
    done(run(store.commit(scene::concerned(&mara, 1))));
    wait_until_it_follows(&store);
    let copy = scene.read();
    let shared: Vec<u8> = copy.shared_rows().map(|row| row.table).collect();
    assert_eq!(shared, [18, 19, 29]);
    assert_eq!(store.verify_copy().unwrap().unwrap().entries, 3);
    drop(store);
}

#[test]
fn documents_are_in_the_copy_and_each_file_once_in_a_segment() {
    let scene = Scene::set();
    let store = scene.open().unwrap();
    done(run(store.commit(a_document(1))));
    done(run(store.commit(a_document(2))));
    wait_until_it_follows(&store);
    let tables = |scene: &Scene| -> Vec<u8> { scene.read().shared_rows().map(|row| row.table).collect() };
    assert_eq!(tables(&scene), [24, 24, 26, 26]);
    // Something else of the house: the files do not go again.
    let before = scene.bytes();
    done(run(store.commit(about_a_breach(1))));
    wait_until_it_follows(&store);
    assert_eq!(tables(&scene), [18, 19, 24, 24, 26, 26]);
    assert!(scene.bytes() - before < 64 * 1024, "no file was shipped again");
    drop(store);
    // What was entered without the copy is in it after the next start with it.
    let mut without = scene.options();
    without.second_copy = None;
    let store = scene::open_with(without).unwrap();
    done(run(store.commit(a_document(3))));
    drop(store);
    let store = scene.open().unwrap();
    assert_eq!(tables(&scene), [18, 19, 24, 24, 24, 26, 26, 26]);
    // What is taken off the site is not on it again after a restore.
    done(run(store.commit(off_the_site(2))));
    wait_until_it_follows(&store);
    assert_eq!(tables(&scene), [18, 19, 24, 24, 24, 26, 26, 26, 30]);
    drop(store);
}

#[test]
fn a_restored_key_store_is_the_one_that_was_shipped() {
    let scene = Scene::set();
    let chance = scene::chance();
    let [mara, omar] = [0; 2].map(|_| person(&*chance));
    let store = scene.open().unwrap();
    run(async {
        done(store.commit(protecting(collect(&store, &*chance, &mara))).await);
        done(store.commit(protecting(collect(&store, &*chance, &omar))).await);
        done(store.commit(ended(&mara, 1, Standing::Destroyed)).await);
        store.end_epoch(epoch_ends).await.unwrap();
    });
    drop(store);
    let options = scene.options();
    std::fs::remove_file(&options.keys_file).unwrap();
    scene.read().rebuild_keys(&options.keys_file).unwrap();
    let store = scene.open().unwrap();
    assert!(store.subject_key(mara.id, 1).unwrap().is_none());
    assert!(store.subject_key(omar.id, 1).unwrap().is_some());
    store.verify_copy().unwrap();
}

/// A store with a copy in which somebody is.
fn lived_in() -> (Scene, subject::Subject) {
    let scene = Scene::set();
    let chance = scene::chance();
    let mara = person(&*chance);
    let store = scene.open().unwrap();
    run(async { done(store.commit(protecting(collect(&store, &*chance, &mara))).await) });
    drop(store);
    (scene, mara)
}

fn says(scene: &Scene) -> String {
    scene.open().map(drop).unwrap_err().to_string()
}

#[test]
fn a_start_names_a_copy_of_another_store_and_a_store_that_was_put_back() {
    let (scene, mara) = lived_in();
    let chance = scene::chance();

    // An older key store: the copy is ahead.
    let keys = scene.options().keys_file;
    let older = std::fs::read(&keys).unwrap();
    let store = scene.open().unwrap();
    run(async { done(store.commit(ended(&mara, 1, Standing::Destroyed)).await) });
    drop(store);
    let newer = std::fs::read(&keys).unwrap();
    std::fs::write(&keys, older).unwrap();
    assert!(says(&scene).contains("ahead of this store"), "{}", says(&scene));
    assert!(says(&scene).contains("sandyq restore"));
    std::fs::write(&keys, newer).unwrap();
    drop(scene.open().unwrap());

    // The copy of another system: under another root key, and under the same one with another ledger.
    let mut other = Scene::set();
    other.copy.clone_from(&scene.copy);
    let file = other.options().key_file;
    std::fs::remove_file(&file).unwrap();
    KeyFile::create(
        &file,
        1,
        &sandyq_rehearsal::SeededChance::new(8),
        &SetClock::at(now()),
    )
    .unwrap();
    assert!(
        says(&other).contains("not what was written with this root key"),
        "{}",
        says(&other)
    );
    let other = Scene::set();
    let store = other.open().unwrap();
    let people = [0; 4].map(|_| person(&*chance));
    run(async {
        for one in &people {
            done(store.commit(collect(&store, &*chance, one)).await);
        }
    });
    drop(store);
    let foreign = Scene {
        copy: scene.copy.clone(),
        ..other
    };
    std::fs::remove_file(foreign.options().copy_notice_file()).unwrap();
    assert!(says(&foreign).contains("another ledger"), "{}", says(&foreign));
}

#[test]
fn a_start_names_a_key_store_that_was_put_back_and_has_come_to_the_same_step() {
    let (scene, mara) = lived_in();
    let chance = scene::chance();
    let omar = person(&*chance);
    let keys = scene.options().keys_file;
    let alone = StoreOptions {
        second_copy: None,
        ..scene.options()
    };
    let store = scene.open().unwrap();
    run(async { done(store.commit(protecting(collect(&store, &*chance, &omar))).await) });
    drop(store);
    let older = std::fs::read(&keys).unwrap();
    let store = scene.open().unwrap();
    run(async { done(store.commit(ended(&mara, 1, Standing::Destroyed)).await) });
    drop(store);
    let there = scene.read().key_head().unwrap().unwrap();
    let newer = std::fs::read(&keys).unwrap();

    // Put back, and served without the copy for a while: the orphan that it brought back dies, and the step is the same.
    std::fs::write(&keys, older).unwrap();
    drop(Store::open(alone.clone(), scene.clock.clone(), chance.clone()).unwrap());
    let mut here = sandyq_store::open_key_store(&alone, &(scene.clock.clone() as _), chance).unwrap();
    assert_eq!(here.head().unwrap().step, there.step);
    drop(here);
    let said = says(&scene);
    assert!(said.contains("went another way than the second copy"), "{said}");
    assert!(said.contains("sandyq restore"), "{said}");

    // Starts that change nothing begin segments in which no step of the keys is; it is found behind them too.
    std::fs::write(&keys, newer).unwrap();
    for _ in 0..2 {
        drop(scene.open().unwrap());
    }
}

#[test]
fn a_start_names_a_copy_that_is_away_or_damaged() {
    let (scene, _) = lived_in();
    // Nothing there, as when it is not mounted; and no folder at all.
    let away = scene.folder.path().join("away");
    let segments: Vec<PathBuf> = std::fs::read_dir(&scene.copy)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    std::fs::create_dir(&away).unwrap();
    for segment in &segments {
        std::fs::rename(segment, away.join(segment.file_name().unwrap())).unwrap();
    }
    assert!(says(&scene).contains("is it mounted?"), "{}", says(&scene));
    for segment in &segments {
        std::fs::rename(away.join(segment.file_name().unwrap()), segment).unwrap();
    }
    let nowhere = Scene {
        copy: PathBuf::from("/nonexistent/copy"),
        folder: tempfile::tempdir().unwrap(),
        ..Scene::set()
    };
    assert!(says(&nowhere).contains("cannot be read"), "{}", says(&nowhere));

    // One byte in the middle of its newest segment.
    let newest = segments.iter().max().unwrap();
    let mut bytes = std::fs::read(newest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(newest, bytes).unwrap();
    assert!(
        says(&scene).contains("was changed, moved or removed"),
        "{}",
        says(&scene)
    );
}

#[test]
fn while_the_copy_has_no_room_keys_are_neither_made_nor_ended_and_it_catches_up() {
    let Some(memory) = Mounted::memory(96) else { return };
    let scene = Scene::with_copy_at(&memory.place);
    let chance = scene::chance();
    let store = scene.open().unwrap();
    let mara = person(&*chance);
    run(async {
        done(store.commit(protecting(collect(&store, &*chance, &mara))).await);
        // Until the room ends; within the bound everything goes on.
        while store.copy_status().unwrap().fault.is_none() {
            done(store.commit(extract(&mara, 1)).await);
        }
        let omar = person(&*chance);
        done(store.commit(collect(&store, &*chance, &omar)).await);
        scene.clock.advance(SignedDuration::from_secs(6));
        assert!(store.copy_status().unwrap().refuses);
        let vera = person(&*chance);
        for guarded in [
            collect(&store, &*chance, &vera),
            ended(&mara, 1, Standing::Destroyed),
            ended(&mara, 1, Standing::Blocked),
        ] {
            let refused = store.commit(guarded).await.unwrap_err();
            assert!(
                matches!(&refused, CommitError::Fault(Fault::Busy(says)) if says.contains("second copy")),
                "{refused}"
            );
        }
        assert!(
            store.end_epoch(epoch_ends).await.is_err(),
            "no key of an epoch is forgotten either"
        );
        done(store.commit(extract(&mara, 1)).await);
        done(store.commit(clarify(&mara, 1, b"changed")).await);
        memory.grows();
        while store.copy_status().unwrap().refuses {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        done(store.commit(ended(&mara, 2, Standing::Destroyed)).await);
        store.end_epoch(epoch_ends).await.unwrap();
    });
    wait_until_it_follows(&store);
    store.verify_copy().unwrap();
    assert_eq!(standing_in(&scene.read(), &mara), Some(3));
}

#[test]
fn on_either_engine_the_copy_holds_people_as_they_are() {
    for place in Place::all() {
        let copied = tempfile::tempdir().unwrap();
        let mut options = place.options();
        options.second_copy = Some(SecondCopyOptions {
            folder: copied.path().to_owned(),
            behind: BEHIND,
            keep: Duration::from_secs(86_400),
        });
        let key = CopyKey::of(&KeyFile::open(&options.key_file).unwrap(), 1).unwrap();
        let chance = scene::chance();
        let [mara, omar] = [0; 2].map(|_| person(&*chance));
        let store = scene::open_with(options.clone()).unwrap();
        run(async {
            for one in [&mara, &omar] {
                done(store.commit(protecting(collect(&store, &*chance, one))).await);
            }
            done(store.commit(ended(&mara, 1, Standing::Destroyed)).await);
            done(store.commit(ended(&omar, 1, Standing::Blocked)).await);
        });
        drop(store);
        let store = scene::open_with(options).unwrap();
        store.verify_copy().unwrap().unwrap();
        let copy = SecondCopy::open(copied.path(), &key).unwrap();
        assert_eq!(standing_in(&copy, &mara), Some(2), "{}", place.is_postgres());
        assert_eq!(standing_in(&copy, &omar), Some(2));
        let rows = |one: &subject::Subject| {
            let image = copy.images().find(|image| image.subject == one.id).unwrap();
            image.tables.iter().map(|table| table.table).collect::<Vec<_>>()
        };
        assert_eq!(rows(&mara), [1], "nothing sealed is left of who was destroyed");
        assert_eq!(rows(&omar), [1, 2]);
    }
}

/// Everybody in the store, by their version, is as they are in the copy.
fn agrees(store: &Store, copy: &SecondCopy, people: &[subject::Subject]) {
    let copied: HashMap<_, _> = copy
        .images()
        .map(|image| (image.subject, image.version()))
        .collect();
    run(async {
        for one in people {
            let there = store.read({
                let id = one.id;
                move |reader| subject::find(reader, id)
            });
            let there = there.await.unwrap().unwrap();
            assert_eq!(copied[&one.id], Some(there.version));
        }
    });
}

#[test]
fn a_flood_of_changes_holds_no_protection_up_and_what_it_left_is_shipped_after_a_kill() {
    let scene = Scene::set();
    let chance = scene::chance();
    let people: Vec<_> = (0..4_000).map(|_| person(&*chance)).collect();
    let protected: Vec<_> = (0..20).map(|_| person(&*chance)).collect();
    let store = scene.open().unwrap();
    let all = |of: &dyn Fn(&subject::Subject) -> Commit, people: &[subject::Subject]| {
        let commits: Vec<Commit> = people.iter().map(of).collect();
        run(async {
            for some in commits
                .into_iter()
                .map(|commit| {
                    let store = store.clone();
                    tokio::spawn(async move { done(store.commit(commit).await) })
                })
                .collect::<Vec<_>>()
            {
                some.await.unwrap();
            }
        });
    };
    for some in people.chunks(1_000).chain([&protected[..]]) {
        all(&|one| collect(&store, &*chance, one), some);
    }
    wait_until_it_follows(&store);

    let mut killed = None;
    for (nth, one) in protected.iter().enumerate() {
        let version = nth as u64 + 1;
        for some in people.chunks(1_000) {
            all(&|one| clarify(one, version, b"flood"), some);
        }
        run(async { done(store.commit(ended(one, 1, Standing::Blocked)).await) });
        let until = scene.clock.now() + SignedDuration::try_from(BEHIND).unwrap();
        while standing_in(&scene.read(), one) != Some(2) {
            std::thread::sleep(Duration::from_millis(20));
            scene.clock.advance(SignedDuration::from_millis(20));
            assert!(scene.clock.now() < until, "in the copy within the bound");
        }
        if store.copy_status().unwrap().changed > 0 && scene.read().people_from().is_some() {
            killed = Some(scene.as_killed());
            break;
        }
    }
    drop(store);
    let killed = killed.expect("changes that wait");
    let copy = killed.read();
    assert!(copy.people_from().is_some(), "who is behind is known");
    let store = killed.open().unwrap();
    store.verify_copy().unwrap();
    let copy = killed.read();
    assert_eq!(copy.people_from(), None);
    agrees(&store, &copy, &people);
    agrees(&store, &copy, &protected);
}
