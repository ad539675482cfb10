//! A disk that does not do what it should: the n-th read, write, sync or other call answers an error or does half of it,
//! for every n. The program answers a fault or stops in order; it acknowledges nothing that is not durable, shows nothing
//! damaged as good, and goes on after the next start.
//!
//! `SANDYQ_DISK_FAULTS=all` tries every call; otherwise every so many of them, from another one in each kind.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::exit,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::scene::{self, chance, clarify, collect, done, entry, now, person, run};
use super::traced;
use sandyq_ledger::entry::{By, Deed, Entry, Happening};
use sandyq_model::{Role, Standing, SubjectId, Verb};
use sandyq_store::backup::{FolderShelf, Identity, Recipients, SetAbout, open_set};
use sandyq_store::tables::{record, subject};
use sandyq_store::{Commit, CommitError, Committed, Store};

const FOLDER: &str = "SANDYQ_FAULTY_FOLDER";
const SAID: &str = "SANDYQ_FAULTY_SAID";
/// A custodian who is nobody's.
const IDENTITY: &str = "AGE-SECRET-KEY-13F475HQULYZPXG4A9XF9W08DWQU5HQ6U5W0X6NLHC3E5L3MW6EYQAUQUXT";

/// What goes wrong: the kind of call, how, and of how many calls one is tried unless all are.
const FAULTS: [(&str, &[&str], usize); 7] = [
    ("read", &["fail", "5"], 7),
    ("read", &["short"], 23),
    ("write", &["fail", "5"], 9),
    ("write", &["fail", "28"], 17),
    ("write", &["short"], 17),
    ("sync", &["fail", "5"], 4),
    ("truncate", &["fail", "5"], 1),
];

/// Not a test of its own: the process whose disk fails. Every acknowledgement is a line in a file elsewhere.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn lives_on_a_faulty_disk() {
    let (Ok(folder), Ok(said)) = (std::env::var(FOLDER), std::env::var(SAID)) else {
        return;
    };
    let mut said = std::fs::File::options()
        .append(true)
        .create(true)
        .open(said)
        .unwrap();
    let mut say = |line: String| said.write_all(format!("{line}\n").as_bytes()).unwrap();
    let outcome = run(lives(Path::new(&folder), &mut say));
    match outcome {
        Ok(()) => say("ended".into()),
        Err(fault) => say(format!("fault {fault}")),
    }
}

fn spoken(error: CommitError) -> String {
    format!("{error:?}").replace('\n', " ")
}

async fn lives(folder: &Path, say: &mut impl FnMut(String)) -> Result<(), String> {
    let spoken_fault = |fault: sandyq_model::Fault| fault.to_string();
    let store = scene::open_with(scene::options(folder)).map_err(spoken_fault)?;
    let chance = chance();
    for _ in 0..2 {
        let mara = person(&*chance);
        let born = collect(&store, &*chance, &mara);
        keep(&store, born, 1, mara.id, say).await?;
        shows(&store, mara.id, b"sealed").await?;
        keep(&store, clarify(&mara, 1, b"changed"), 2, mara.id, say).await?;
        shows(&store, mara.id, b"changed").await?;
        let mut gone = mara.clone();
        (gone.standing, gone.pseudonym, gone.destroyed_at) = (Standing::Destroyed, None, Some(now()));
        let dies = Commit {
            subject: Some((mara.id, 2)),
            moves: true,
            statements: vec![record::remove_all(mara.id), subject::update(&gone)],
            entries: vec![entry(Verb::Destroy, &mara)],
            dead_keys: vec![(mara.id, 1)],
            ..Commit::default()
        };
        keep(&store, dies, 3, mara.id, say).await?;
    }
    let stays = person(&*chance);
    let born = collect(&store, &*chance, &stays);
    keep(&store, born, 1, stays.id, say).await?;
    let ends = || {
        let deed = Deed::Happening(Happening::KeyDestroyed);
        Entry::new(now().into(), Role::ADMINISTRATOR, By::System, deed)
    };
    store.end_epoch(ends).await.map_err(spoken_fault)?;
    let epoch = store.key_status().map_err(spoken_fault)?.epoch;
    say(format!("epoch {epoch}"));
    let about = about(&store);
    let shelf = FolderShelf::at(&folder.join("sets")).map_err(|fault| fault.to_string())?;
    let made = store.back_up(Box::new(shelf), about, |_, _| {}).await;
    let made = made.map_err(|fault| fault.to_string())?;
    say(format!("set {}", made.id));
    shows(&store, stays.id, b"sealed").await
}

fn about(store: &Store) -> SetAbout {
    let identity: age::x25519::Identity = IDENTITY.parse().unwrap();
    SetAbout {
        at: now(),
        origin: store.checkpoint().origin,
        policy: [7; 32],
        epoch: None,
        recipients: Recipients::read(&[identity.to_public().to_string()]).unwrap(),
    }
}

async fn keep(
    store: &Store,
    commit: Commit,
    version: u64,
    id: SubjectId,
    say: &mut impl FnMut(String),
) -> Result<(), String> {
    match store.commit(commit).await {
        Ok(Committed::Done { entry_index, .. }) => {
            say(format!("acknowledged {version} {id} {entry_index}"));
            Ok(())
        }
        Ok(Committed::Already(_)) => panic!("nothing was there already"),
        Err(error) => Err(spoken(error)),
    }
}

/// What is shown is what was written, or nothing is shown.
async fn shows(store: &Store, id: SubjectId, bytes: &[u8]) -> Result<(), String> {
    let values = store.read(move |reader| record::of_subject(reader, id)).await;
    let values = values.map_err(|fault| fault.to_string())?;
    assert_eq!(values.len(), 1, "a value is lost or doubled");
    assert_eq!(values[0].sealed, bytes, "something damaged was shown as good");
    Ok(())
}

#[test]
fn whatever_call_fails_nothing_is_acknowledged_that_is_not_there() {
    if !traced::is_possible() {
        return;
    }
    let all = std::env::var("SANDYQ_DISK_FAULTS").is_ok_and(|wanted| wanted == "all");
    std::thread::scope(|scope| {
        let tried: Vec<_> = FAULTS
            .iter()
            .enumerate()
            .map(|(nth, fault)| scope.spawn(move || every_call(fault, if all { 1 } else { fault.2 }, nth)))
            .collect();
        for tried in tried {
            tried.join().unwrap();
        }
    });
}

fn every_call((kind, how, _): &(&str, &[&str], usize), step: usize, first: usize) {
    let (mut tried, mut faults) = (0, 0);
    for nth in (1 + first % step..).step_by(step) {
        let number = nth.to_string();
        let mut mode = vec![how[0], *kind, number.as_str()];
        mode.extend(&how[1..]);
        match fails_once(&mode) {
            None => break,
            Some(was_told) => faults += usize::from(was_told),
        }
        tried += 1;
    }
    eprintln!("{kind} {how:?}: {tried} calls tried, {faults} of them ended in a fault that was told");
    assert!(tried > 0);
}

/// Lets one call go wrong, and looks at what is left. `None` when there was no such call; otherwise whether a fault was
/// answered.
fn fails_once(mode: &[&str]) -> Option<bool> {
    let place = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    let (folder, said) = (place.path().join("data"), place.path().join("said"));
    scene::options(&folder);
    let environment = [(FOLDER, folder.as_path()), (SAID, said.as_path())];
    let output = traced::run(&folder, mode, "faulty_disk::lives_on_a_faulty_disk", &environment);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() == Some(traced::NOT_REACHED) {
        return None;
    }
    assert!(
        output.status.success() && !words.contains("panicked"),
        "{mode:?}: {words}"
    );
    let said = std::fs::read_to_string(&said).unwrap();
    let was_told = said.lines().any(|line| line.starts_with("fault"));
    assert!(
        was_told || said.ends_with("ended\n"),
        "{mode:?}: neither ended nor told: {said}"
    );
    everything_said_is_there(mode, &folder, &said);
    Some(was_told)
}

fn everything_said_is_there(mode: &[&str], folder: &Path, said: &str) {
    let opened = scene::open_with(scene::options(folder));
    let store = opened.unwrap_or_else(|fault| panic!("{mode:?}: it does not start again: {fault}\n{said}"));
    let mut versions: BTreeMap<SubjectId, u64> = BTreeMap::new();
    run(async {
        store.verify(|_, _| ()).await.unwrap();
        for line in said.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["acknowledged", version, id, index] => {
                    versions.insert(id.parse().unwrap(), version.parse().unwrap());
                    assert!(
                        store.checkpoint().size > index.parse().unwrap(),
                        "{mode:?}: an entry is lost"
                    );
                }
                ["epoch", epoch] => {
                    let status = store.key_status().unwrap();
                    assert!(
                        status.epoch >= epoch.parse().unwrap(),
                        "{mode:?}: an epoch is back"
                    );
                }
                ["set", id] => holds(&store, folder, id),
                _ => {}
            }
        }
        for (id, version) in versions {
            check(&store, id, version, mode).await;
        }
        let chance = chance();
        let next = person(&*chance);
        done(store.commit(collect(&store, &*chance, &next)).await);
    });
}

/// The set opens, and every row in it.
fn holds(store: &Store, folder: &Path, id: &str) {
    let origin = store.checkpoint().origin;
    let shelf = Box::new(FolderShelf::at(&folder.join("sets")).unwrap());
    let ledger = (origin.as_str(), store.verifier_key());
    let identity = Identity::read(IDENTITY).unwrap();
    let id = id.parse().unwrap();
    let set = open_set(shelf, Some(&id), ledger, store.vault().backup_key(), identity).unwrap();
    for table in &set.manifest().tables {
        set.rows(&table.name, |_, _| Ok(())).unwrap();
    }
}

async fn check(store: &Store, id: SubjectId, acknowledged: u64, mode: &[&str]) {
    let read = store.read(move |reader| Ok((subject::find(reader, id)?, record::of_subject(reader, id)?)));
    let (found, values) = read.await.unwrap();
    let found = found.unwrap_or_else(|| panic!("{mode:?}: somebody acknowledged is lost"));
    assert!(
        found.version >= acknowledged,
        "{mode:?}: {} of {acknowledged}",
        found.version
    );
    let destroyed = found.standing == Standing::Destroyed;
    assert_eq!(destroyed, found.version == 3);
    assert_eq!(values.is_empty(), destroyed);
    let key = store.wrapped_key(id, 1).unwrap();
    assert_eq!(
        key.is_none(),
        destroyed,
        "{mode:?}: the key lives as long as the values do"
    );
}
