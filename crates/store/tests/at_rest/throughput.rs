//! Ten thousand commits of 256 in flight: printed, not judged (the machine may be busy). For numbers: the example
//! `commit_rate`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]
#![allow(clippy::disallowed_methods, reason = "a measurement needs the time")]

use std::time::Instant;

use super::scene::{Place, chance, collect, done, extract, person, run};

const COMMITS: usize = 10_000;
const IN_FLIGHT: usize = 256;

#[test]
fn ten_thousand_commits() {
    for place in Place::all() {
        let chance = chance();
        let mara = person(&*chance);
        run(async {
            let store = place.open();
            done(store.commit(collect(&store, &*chance, &mara)).await);
            let begun = Instant::now();
            let clients: Vec<_> = (0..IN_FLIGHT)
                .map(|client| {
                    let (store, mara) = (store.clone(), mara.clone());
                    let share = COMMITS / IN_FLIGHT + usize::from(client < COMMITS % IN_FLIGHT);
                    tokio::spawn(async move {
                        for _ in 0..share {
                            done(store.commit(extract(&mara, 1)).await);
                        }
                    })
                })
                .collect();
            for client in clients {
                client.await.unwrap();
            }
            let took = begun.elapsed();
            let groups = store
                .read(|reader| reader.query("SELECT COUNT(*) FROM ledger_checkpoint", &[]))
                .await;
            let groups: u64 = groups.unwrap()[0].take(0).unwrap();
            println!(
                "{}: {COMMITS} commits of {IN_FLIGHT} in flight in {took:?}, {:.0} a second, {groups} groups",
                if place.is_postgres() {
                    "PostgreSQL"
                } else {
                    "SQLite"
                },
                COMMITS as f64 / took.as_secs_f64()
            );
            assert_eq!(store.verify(|_, _| ()).await.unwrap().entries, COMMITS as u64 + 1);
        });
    }
}
