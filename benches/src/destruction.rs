//! How long destruction takes, of one person and of everybody who is due on one day, and what pages wait meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sandyq_processing::Language;
use sandyq_store::tables::record;

use crate::http::Pages;
use crate::load::line;
use crate::world::{Guest, World};

/// Pages that staff read beside a destruction: so many connections, each with a rest between two pages.
const READERS: usize = 8;
const REST: Duration = Duration::from_millis(10);

/// From the withdrawal to the signed receipt, one person after the other, in an idle house and while pages are read.
pub async fn latency() {
    const PEOPLE: usize = 200;
    let world = World::settled(500 + 2 * PEOPLE).await;
    let (read, going) = world.people.split_at(500);
    let worker = tokio::spawn(world.system().worker());
    let pages = Pages::of(&world, read).await;
    let idle = pages
        .load(READERS, REST, |elapsed| elapsed < Duration::from_secs(5))
        .await;
    line("page of a case, idle house", READERS, &idle, None);
    withdrawals("idle house", &world, &going[..PEOPLE]).await;
    let over = Arc::new(AtomicBool::new(false));
    let until = Arc::clone(&over);
    let reading = pages.load(READERS, REST, move |_| !until.load(Ordering::Relaxed));
    let withdrawing = async {
        withdrawals("while pages are read", &world, &going[PEOPLE..]).await;
        over.store(true, Ordering::Relaxed);
    };
    let (meanwhile, ()) = tokio::join!(reading, withdrawing);
    line("page of a case, meanwhile", READERS, &meanwhile, None);
    worker.abort();
}

async fn withdrawals(when: &str, world: &World, people: &[Guest]) {
    let system = world.system();
    let mut waits = Vec::new();
    for guest in people {
        let begin = Instant::now();
        let withdrawn = system.take_withdrawal(&guest.caller, world.stage.key()).await;
        let number = withdrawn.unwrap().number;
        while system.receipt(&number, Language::En).await.unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        waits.push(begin.elapsed());
    }
    waits.sort_unstable();
    let at = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!(
        "withdrawal to signed receipt, 9 values, {when}: p50 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// The day on which everybody goes: 100,000 values of people who are due at once, while staff read others.
pub async fn wave() {
    const GUESTS: usize = 11_112;
    const READ: usize = 500;
    let world = World::settled(READ + GUESTS).await;
    let (read, going) = world.people.split_at(READ);
    let values = values_of(&world, going).await;
    let pages = Pages::of(&world, read).await;
    let idle = pages
        .load(READERS, REST, |elapsed| elapsed < Duration::from_secs(10))
        .await;
    line("page of a case, idle house", READERS, &idle, None);
    for some in going.chunks(256) {
        let withdrawing = some.iter().map(async |guest| {
            let (system, key) = (world.system(), world.stage.key());
            system.take_withdrawal(&guest.caller, key).await.unwrap()
        });
        join_all(withdrawing).await;
    }
    let over = Arc::new(AtomicBool::new(false));
    let until = Arc::clone(&over);
    let system = world.system();
    let destroying = tokio::spawn(async move {
        let begin = Instant::now();
        system.run_queue().await.unwrap();
        over.store(true, Ordering::Relaxed);
        begin.elapsed()
    });
    let meanwhile = pages
        .load(READERS, REST, move |_| !until.load(Ordering::Relaxed))
        .await;
    let took = destroying.await.unwrap();
    line("page of a case, meanwhile", READERS, &meanwhile, None);
    let left = values_of(&world, going).await;
    println!(
        "destruction of {} people with {values} values ({left} stay under a floor): {:.1} s, {:.2} ms a person",
        going.len(),
        took.as_secs_f64(),
        took.as_secs_f64() * 1e3 / going.len() as f64
    );
}

/// The values that are stored of these people.
async fn values_of(world: &World, people: &[Guest]) -> u64 {
    let mut values = 0;
    for guest in people {
        let subject = guest.caller.subject.unwrap();
        let store = world.stage.system.store();
        let held = store
            .read(move |reader| record::of_subject(reader, subject))
            .await;
        values += held.unwrap().len() as u64;
    }
    values
}
