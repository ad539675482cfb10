//! How many commits a second the store makes durable, by how many are in flight: accounted looks at a person (an entry
//! and nothing else), changes of one value (an entry, a sealed value, a new version; with a second copy, an image), the same
//! in a way that no second copy is told of, and people who come (a new key; with a second copy, an image).
//!
//! ```text
//! cargo run --release -p sandyq-store --example commit_rate -- [SECONDS] [PEOPLE] [IN FLIGHT]...
//! SANDYQ_TEST_POSTGRES_URL=postgres://… the same on PostgreSQL
//! SANDYQ_SECOND_COPY=FOLDER the same with a second copy there
//! ```
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measurement needs the time, a place to print, and may stop at the first surprise"
)]

#[path = "../tests/at_rest/scene/mod.rs"]
mod scene;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sandyq_rehearsal::SeededChance;
use sandyq_store::Store;
use sandyq_store::second_copy::SecondCopyOptions;
use sandyq_store::tables::subject::{self, Subject};

const IN_FLIGHT: [usize; 5] = [1, 8, 64, 256, 1024];

fn main() {
    let mut args = std::env::args().skip(1).filter_map(|arg| arg.parse::<u64>().ok());
    let seconds = args.next().unwrap_or(3);
    let people = args.next().unwrap_or(10_000);
    let mut in_flight: Vec<usize> = args.filter_map(|arg| arg.try_into().ok()).collect();
    if in_flight.is_empty() {
        in_flight = IN_FLIGHT.to_vec();
    }
    let folder = tempfile::tempdir_in(".").unwrap();
    let mut options = scene::options(folder.path());
    options.database_url = std::env::var(scene::POSTGRES).ok();
    let copy = std::env::var_os("SANDYQ_SECOND_COPY");
    options.second_copy = copy.map(|folder| SecondCopyOptions {
        folder: folder.into(),
        behind: Duration::from_secs(10),
        keep: Duration::from_secs(86_400),
    });
    let with = options.second_copy.is_some();
    println!(
        "{}{}",
        if options.database_url.is_some() {
            "PostgreSQL"
        } else {
            "SQLite"
        },
        if with { ", with a second copy" } else { "" }
    );
    scene::run(async {
        let store = scene::open_with(options).unwrap();
        let people = Arc::new(settle(&store, people).await);
        println!("what    in flight  commits/s  syncs/s  entries/sync  µs of CPU/commit  p50 ms  p99 ms");
        for (what, kind) in [
            ("look", Kind::Look),
            ("change", Kind::Change),
            ("untold", Kind::Untold),
            ("birth", Kind::Birth),
        ] {
            for &in_flight in &in_flight {
                measure(
                    what,
                    &store,
                    &people,
                    in_flight,
                    kind,
                    Duration::from_secs(seconds),
                )
                .await;
            }
        }
        if let Some(status) = store.copy_status() {
            println!("the second copy: {status:?}");
        }
        let before = Instant::now();
        let report = store.verify(|_, _| ()).await.unwrap();
        println!("verified {report:?} in {:?}", before.elapsed());
    });
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Look,
    Change,
    Untold,
    Birth,
}

/// Puts people in, many at a time, each with a version that the measurement keeps count of.
async fn settle(store: &Store, people: u64) -> Vec<(Subject, AtomicU64)> {
    let chance = SeededChance::new(42);
    let people: Vec<_> = (0..people).map(|_| scene::person(&chance)).collect();
    for some in people.chunks(1024) {
        let waiting: Vec<_> = some
            .iter()
            .map(|person| {
                let commit = scene::collect(store, &chance, person);
                let store = store.clone();
                tokio::spawn(async move { scene::done(store.commit(commit).await) })
            })
            .collect();
        for one in waiting {
            one.await.unwrap();
        }
    }
    people
        .into_iter()
        .map(|person| (person, AtomicU64::new(1)))
        .collect()
}

async fn measure(
    what: &str,
    store: &Store,
    people: &Arc<Vec<(Subject, AtomicU64)>>,
    in_flight: usize,
    kind: Kind,
    time: Duration,
) {
    let checkpoints = count_checkpoints(store).await;
    let (cpu, begun) = (cpu_seconds(), Instant::now());
    let clients: Vec<_> = (0..in_flight)
        .map(|client| {
            let (store, people) = (store.clone(), Arc::clone(people));
            tokio::spawn(
                async move { commit_for(&store, &people, (client, in_flight), kind, begun + time).await },
            )
        })
        .collect();
    let mut waits = Vec::new();
    for client in clients {
        waits.extend(client.await.unwrap());
    }
    let (cpu, took) = (cpu_seconds() - cpu, begun.elapsed().as_secs_f64());
    let syncs = (count_checkpoints(store).await - checkpoints) as f64;
    waits.sort_unstable();
    let (count, at) = (waits.len() as f64, |share: usize| {
        waits[waits.len() * share / 100].as_secs_f64() * 1e3
    });
    println!(
        "{what:7} {in_flight:9} {:10.0} {:8.0} {:13.1} {:17.1} {:7.2} {:7.2}",
        count / took,
        syncs / took,
        count / syncs,
        cpu / count * 1e6,
        at(50),
        at(99)
    );
}

async fn commit_for(
    store: &Store,
    people: &[(Subject, AtomicU64)],
    (client, clients): (usize, usize),
    kind: Kind,
    until: Instant,
) -> Vec<Duration> {
    let chance = SeededChance::new((clients << 32 | client) as u64);
    let mut waits = Vec::new();
    while Instant::now() < until {
        // Each client has people of its own, so that no version is stale.
        let nth = chance.next() as usize % (people.len() / clients).max(1) * clients + client;
        let (person, version) = &people[nth % people.len()];
        let known = version.load(Ordering::SeqCst);
        let commit = match kind {
            Kind::Look => scene::extract(person, known),
            Kind::Change => scene::clarify(person, known, &[7; 64]),
            // The version stays, and is written in its place; so nothing has changed that is shipped.
            Kind::Untold => {
                let mut commit = scene::clarify(person, known, &[7; 64]);
                commit.moves = false;
                commit.statements.push(subject::update(person));
                commit
            }
            Kind::Birth => sandyq_store::Commit {
                protects: true,
                ..scene::collect(store, &chance, &scene::person(&chance))
            },
        };
        let begun = Instant::now();
        scene::done(store.commit(commit).await);
        waits.push(begun.elapsed());
        if kind == Kind::Change {
            version.store(known + 1, Ordering::SeqCst);
        }
    }
    waits
}

async fn count_checkpoints(store: &Store) -> u64 {
    let rows = store
        .read(|reader| reader.query("SELECT COUNT(*) FROM ledger_checkpoint", &[]))
        .await;
    rows.unwrap()[0].take(0).unwrap()
}

/// User and system time of this process so far.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |place: usize| fields[place].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}
