//! Killed at any moment: what was acknowledged is there, what was destroyed stays destroyed, and the ledger verifies.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

mod scene;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use sandyq_model::{Standing, SubjectId, Verb};
use sandyq_store::tables::{record, subject};
use sandyq_store::{Commit, Store};
use scene::{chance, clarify, collect, done, entry, now, open, person, run};

const FOLDER: &str = "SANDYQ_CRASH_FOLDER";
/// Acknowledgements after which the writing process is killed, one for each round.
const ROUNDS: [usize; 6] = [1, 3, 20, 60, 7, 150];
/// Tasks that write at the same time.
const WRITERS: usize = 8;

/// Not a test of its own: the process that is killed. It says what was acknowledged, a line at a time.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn writes_until_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    run(async {
        let store = open(Path::new(&folder));
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| tokio::spawn(live_and_die(store.clone())))
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

async fn live_and_die(store: Store) {
    let chance = chance();
    loop {
        let mara = person(&*chance);
        let index = done(store.commit(collect(&store, &*chance, &mara)).await);
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
            ..Commit::default()
        };
        let index = done(store.commit(destroy).await);
        println!("acknowledged 3 {} {index}", mara.id);
    }
}

/// Lets a process write until it has acknowledged so much, and kills it. Gives everything it acknowledged.
fn written_by_a_killed_process(folder: &Path, acknowledgements: usize) -> Vec<(SubjectId, u64, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "writes_until_killed",
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let mut seen: Vec<String> = Vec::new();
    while seen.len() < acknowledgements {
        seen.extend(lines.next().filter(|line| line.contains("acknowledged")));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    seen.extend(lines.filter(|line| line.contains("acknowledged")));
    seen.iter().filter_map(|line| parse(line)).collect()
}

/// The last line may be cut off by the kill.
fn parse(line: &str) -> Option<(SubjectId, u64, u64)> {
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
    let mut versions: BTreeMap<SubjectId, u64> = BTreeMap::new();
    for acknowledgements in ROUNDS {
        let seen = written_by_a_killed_process(folder.path(), acknowledgements);
        assert!(!seen.is_empty());
        let greatest = seen.iter().map(|(_, _, index)| *index).max().unwrap();
        for (subject, version, _) in seen {
            let known = versions.entry(subject).or_default();
            *known = version.max(*known);
        }
        let acknowledged = versions.clone();
        run(async {
            let store = open(folder.path());
            assert!(store.checkpoint().size > greatest);
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
