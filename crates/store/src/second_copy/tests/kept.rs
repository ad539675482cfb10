//! 6.3, DEF-4: somebody keeps every frame that was ever written, and later has the root key and the key of the present
//! epoch. He reads nobody who was destroyed in an epoch that has ended.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sandyq_model::{Chance, Standing, SubjectId, Verb};
use sandyq_rehearsal::SetClock;

use super::super::content::Content;
use super::super::files::FolderFiles;
use super::super::walk::walk;
use crate::scene::{self, chance, collect, done, entry, epoch_ends, now, person, run};
use crate::second_copy::SecondCopyOptions;
use crate::tables::record;
use crate::tables::subject::{self, Subject};
use crate::vault::{CopyKey, KeyFile, KeyRow, opens_of};
use crate::{Commit, Store, StoreOptions};

/// People, and what became of them.
#[derive(Default)]
struct Lives {
    living: Vec<Subject>,
    dead_before: BTreeSet<SubjectId>,
    dead_now: BTreeSet<SubjectId>,
}

fn options(folder: &Path, copy: &Path) -> StoreOptions {
    let mut options = scene::options(folder);
    options.epoch_files.push(folder.join("epoch-elsewhere.key"));
    options.second_copy = Some(SecondCopyOptions {
        folder: copy.to_owned(),
        behind: Duration::from_secs(60),
        keep: Duration::from_secs(86_400),
    });
    options
}

fn destroy(person: &Subject) -> Commit {
    let gone = Subject {
        standing: Standing::Destroyed,
        pseudonym: None,
        destroyed_at: Some(now()),
        ..person.clone()
    };
    Commit {
        subject: Some((person.id, 1)),
        moves: true,
        statements: vec![record::remove_all(person.id), subject::update(&gone)],
        entries: vec![entry(Verb::Destroy, person)],
        dead_keys: vec![(person.id, 1)],
        protects: true,
        ..Commit::default()
    }
}

/// Every row of keys in every frame.
fn kept(copy: &Path, source: &KeyFile) -> BTreeSet<KeyRow> {
    let key = CopyKey::of(source, 1).unwrap();
    let mut rows = BTreeSet::new();
    let mut take = |_, content| {
        match content {
            Content::BaseRows(page) => rows.extend(page),
            Content::Step(step) => rows.extend(step.puts),
            _ => {}
        }
        Ok(())
    };
    walk(&mut FolderFiles::at(copy), &key, &mut take).unwrap();
    rows
}

async fn live_on(store: &Store, chance: &dyn Chance, lives: &mut Lives) {
    for _ in 0..12 {
        let somebody = person(chance);
        done(store.commit(collect(store, chance, &somebody)).await);
        lives.living.push(somebody);
    }
    for _ in 0..4 {
        let mut byte = [0];
        chance.fill(&mut byte);
        let place = usize::from(byte[0]) % lives.living.len();
        let dying = lives.living.swap_remove(place);
        done(store.commit(destroy(&dying)).await);
        lives.dead_now.insert(dying.id);
    }
}

fn wait_until_it_follows(store: &Store) {
    while store.copy_status().unwrap().behind.is_some() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn whoever_kept_every_frame_reads_nobody_who_was_destroyed_in_an_epoch_that_ended() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options = options(folder.path(), copy.path());
    let source = KeyFile::open(&options.key_file).unwrap();
    let chance = chance();
    let mut lives = Lives::default();
    for round in 0..4 {
        // Each round begins a segment of its own, and every second one a base.
        if round == 2 {
            std::fs::remove_file(options.copy_notice_file()).unwrap();
        }
        let clock = Arc::new(SetClock::at(now()));
        let store = Store::open(options.clone(), clock, chance.clone()).unwrap();
        run(live_on(&store, &*chance, &mut lives));
        wait_until_it_follows(&store);
        let opened = opens_of(&kept(copy.path(), &source), &source, &options.epoch_files);
        let opens = |id: &SubjectId| opened.keys.contains(&(*id, 1));
        assert!(lives.living.iter().all(|one| opens(&one.id)));
        assert!(!lives.dead_before.iter().any(opens), "round {round}");
        assert!(
            lives.dead_now.iter().any(opens),
            "while the epoch lasts, he reads them: no straw man"
        );
        let ended = run(store.end_epoch(epoch_ends)).unwrap().ending;
        assert_eq!(ended.deaths, 4);
        wait_until_it_follows(&store);
        lives.dead_before.append(&mut lives.dead_now);
        let opened = opens_of(&kept(copy.path(), &source), &source, &options.epoch_files);
        let opens = |id: &SubjectId| opened.keys.contains(&(*id, 1));
        assert!(
            lives.living.iter().all(|one| opens(&one.id)),
            "the new rows are in the copy"
        );
        assert!(!lives.dead_before.iter().any(opens), "after round {round}");
    }
}
