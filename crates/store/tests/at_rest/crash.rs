//! Killed at any moment, cut off from power, or out of room: what was acknowledged is there, what was destroyed stays
//! destroyed, and the ledger verifies.
//!
//! Power is cut by shutting down a file system of its own so that everything which was not synced is lost; room ends on
//! a file system in memory. Both need root, and say so where they do not have it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::mounted::Mounted;
use super::scene::{self, chance, clarify, collect, done, entry, now, open_with, person, run};
use sandyq_model::{Standing, SubjectId, Verb};
use sandyq_store::second_copy::SecondCopyOptions;
use sandyq_store::tables::{record, subject};
use sandyq_store::{Commit, Store};

/// Who, in which version, at which place in the ledger.
type Acknowledged = (SubjectId, u64, u64);
type Versions = BTreeMap<SubjectId, u64>;

const FOLDER: &str = "SANDYQ_CRASH_FOLDER";
const COPY: &str = "SANDYQ_CRASH_COPY";
/// Acknowledgements after which the writing process is killed, one for each round.
const ROUNDS: [usize; 6] = [1, 3, 20, 60, 7, 150];
/// Acknowledgements after which the power is cut, one for each round.
const POWER_CUTS: [usize; 8] = [1, 2, 5, 30, 90, 3, 150, 400];
/// Room for the store, in KiB: from too little for its tables to enough for some hundred people.
const ROOM_LEAST: usize = 64;
const ROOM_MOST: usize = 2_000;
const ROOM_STEP: usize = 132;
/// Tasks that write at the same time.
const WRITERS: usize = 8;

/// Not a test of its own: the process that is killed. It says what was acknowledged, a line at a time.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn writes_until_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    run(async {
        let copy = std::env::var(COPY).map(PathBuf::from).ok();
        let store = opened(Path::new(&folder), copy.as_deref());
        let mut writers = tokio::task::JoinSet::new();
        (0..WRITERS).for_each(|_| drop(writers.spawn(live_and_die(store.clone()))));
        // Nobody ends but by a surprise, and the first one ends the process.
        writers.join_next().await.unwrap().unwrap();
    });
}

async fn live_and_die(store: Store) {
    let chance = chance();
    loop {
        let mara = person(&*chance);
        let mut born = collect(&store, &*chance, &mara);
        born.protects = true;
        let index = done(store.commit(born).await);
        println!("acknowledged 1 {} {index}", mara.id);
        let index = done(store.commit(clarify(&mara, 1, b"changed")).await);
        println!("acknowledged 2 {} {index}", mara.id);
        let mut gone = mara.clone();
        (gone.standing, gone.pseudonym, gone.destroyed_at) = (Standing::Destroyed, None, Some(now()));
        let destroy = Commit {
            subject: Some((mara.id, 2)),
            moves: true,
            statements: vec![record::remove_all(mara.id), subject::update(&gone)],
            entries: vec![entry(Verb::Destroy, &mara)],
            dead_keys: vec![(mara.id, 1)],
            protects: true,
            ..Commit::default()
        };
        let index = done(store.commit(destroy).await);
        println!("acknowledged 3 {} {index}", mara.id);
    }
}

/// A store in that folder, with a second copy in another.
fn opened(folder: &Path, copy: Option<&Path>) -> Store {
    let mut options = scene::options(folder);
    options.second_copy = copy.map(|copy| SecondCopyOptions {
        folder: copy.to_owned(),
        behind: Duration::from_secs(10),
        keep: Duration::from_secs(86_400),
    });
    open_with(options).unwrap()
}

/// Starts a process that writes in that folder.
fn writing_process(folder: &Path, copy: Option<&Path>) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .envs(copy.map(|copy| (COPY, copy)))
        .args([
            "crash::writes_until_killed",
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets a process write until it has acknowledged so much, lets something happen to it, and kills it. Gives what it had
/// acknowledged before that began, and what it said meanwhile.
fn written_until(
    (folder, copy): (&Path, Option<&Path>),
    acknowledgements: usize,
    happens: impl FnOnce(),
) -> (Vec<Acknowledged>, Vec<Acknowledged>) {
    let mut child = writing_process(folder, copy);
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let mut seen: Vec<String> = Vec::new();
    while seen.len() < acknowledgements {
        seen.extend(lines.next().filter(|line| line.contains("acknowledged")));
    }
    happens();
    child.kill().unwrap();
    child.wait().unwrap();
    let before = seen.iter().filter_map(|line| parse(line)).collect();
    (before, lines.filter_map(|line| parse(&line)).collect())
}

/// Lets a process write until it ends by itself, and gives what it acknowledged.
fn written_until_it_ends(folder: &Path) -> Vec<Acknowledged> {
    let mut child = writing_process(folder, None);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let seen: Vec<String> = lines.map_while(Result::ok).collect();
    assert!(!child.wait().unwrap().success(), "it was to run out of room");
    seen.iter().filter_map(|line| parse(line)).collect()
}

/// The last line may be cut off by the kill.
fn parse(line: &str) -> Option<Acknowledged> {
    let mut words = line
        .split_whitespace()
        .skip_while(|word| *word != "acknowledged")
        .skip(1);
    let version = words.next()?.parse().ok()?;
    Some((words.next()?.parse().ok()?, version, words.next()?.parse().ok()?))
}

#[test]
fn acknowledged_means_durable() {
    let folder = tempfile::tempdir().unwrap();
    scene::options(folder.path());
    let mut versions = Versions::new();
    for acknowledgements in ROUNDS {
        let (mut seen, more) = written_until((folder.path(), None), acknowledgements, || {});
        seen.extend(more);
        everything_is_there((folder.path(), None), &mut versions, &seen);
    }
}

#[test]
fn acknowledged_means_durable_with_a_second_copy_that_is_never_ahead() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let places = (folder.path(), Some(copy.path()));
    scene::options(folder.path());
    let mut versions = Versions::new();
    for acknowledgements in ROUNDS {
        let (mut seen, more) = written_until(places, acknowledgements, || {});
        seen.extend(more);
        everything_is_there(places, &mut versions, &seen);
    }
}

#[test]
fn the_second_copy_is_not_ahead_of_a_machine_whose_power_was_cut() {
    let Some(disk) = Mounted::disk() else { return };
    let copy = tempfile::tempdir().unwrap();
    let places = (disk.place.as_path(), Some(copy.path()));
    scene::options(&disk.place);
    let mut versions = Versions::new();
    for acknowledgements in POWER_CUTS {
        let (seen, _) = written_until(places, acknowledgements, || disk.cut_power());
        disk.comes_back();
        everything_is_there(places, &mut versions, &seen);
    }
}

#[test]
fn acknowledged_means_durable_when_the_power_is_cut() {
    let Some(disk) = Mounted::disk() else { return };
    scene::options(&disk.place);
    let mut versions = Versions::new();
    for acknowledgements in POWER_CUTS {
        // Only what was heard before: a process whose file system is shut down lives on for a moment, and the kernel
        // lets a sync that was under way just then succeed, which a power cut would never let it tell.
        let (seen, _) = written_until((&disk.place, None), acknowledgements, || disk.cut_power());
        disk.comes_back();
        everything_is_there((&disk.place, None), &mut versions, &seen);
    }
}

#[test]
fn acknowledged_means_durable_wherever_the_room_ends() {
    for kibibytes in (ROOM_LEAST..ROOM_MOST).step_by(ROOM_STEP) {
        let Some(memory) = Mounted::memory(kibibytes) else {
            return;
        };
        scene::options(&memory.place);
        let seen = written_until_it_ends(&memory.place);
        memory.grows();
        everything_is_there((&memory.place, None), &mut Versions::new(), &seen);
    }
}

/// Opens what is left and looks for everything that was acknowledged, ever. A copy holds all of it then.
fn everything_is_there(
    (folder, copy): (&Path, Option<&Path>),
    versions: &mut Versions,
    seen: &[Acknowledged],
) {
    let greatest = seen.iter().map(|(_, _, index)| index + 1).max().unwrap_or(0);
    for (subject, version, _) in seen {
        let known = versions.entry(*subject).or_default();
        *known = (*version).max(*known);
    }
    let acknowledged = versions.clone();
    run(async {
        let store = opened(folder, copy);
        assert_eq!(store.verify_copy().unwrap().is_some(), copy.is_some());
        assert!(store.checkpoint().size >= greatest);
        store.verify(|_, _| ()).await.unwrap();
        for (id, version) in acknowledged {
            check(&store, id, version).await;
        }
        let intents = store
            .read(|reader| reader.query("SELECT generation FROM key_death", &[]))
            .await;
        assert_eq!(intents.unwrap(), []);
    });
}

async fn check(store: &Store, id: SubjectId, acknowledged: u64) {
    let read = store.read(move |reader| Ok((subject::find(reader, id)?, record::of_subject(reader, id)?)));
    let (found, values) = read.await.unwrap();
    let found = found.unwrap();
    assert!(
        found.version >= acknowledged,
        "{} was acknowledged, {} is there",
        acknowledged,
        found.version
    );
    let destroyed = found.standing == Standing::Destroyed;
    assert_eq!(destroyed, found.version == 3);
    assert_eq!(values.is_empty(), destroyed);
    assert_eq!(
        store.wrapped_key(id, 1).unwrap().is_none(),
        destroyed,
        "the key lives as long as the values do"
    );
}
