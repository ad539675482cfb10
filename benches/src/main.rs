//! What the promises cost. Every figure is meant to be read beside another one of the same run.
//!
//! ```text
//! cargo run --release -p sandyq-benches -- [decision|read|write|account|http|destruction|all] [SECONDS]
//! cargo run --release -p sandyq-benches -- wave
//! cargo run --release -p sandyq-benches -- memory [PEOPLE]
//! cargo run --release -p sandyq-benches -- rounds COUNT read|write|http SECONDS PROGRAM...
//! cargo run --release -p sandyq-benches -- keys [PEOPLE]
//! ```
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement needs the time, a place to print, and may stop at the first surprise"
)]

mod destruction;
mod http;
mod keys;
mod load;
mod memory;
mod operations;
mod rounds;
mod world;

#[path = "../../crates/processing/tests/stories/stage/mod.rs"]
mod stage;

use std::time::Duration;

/// How many operations are in flight at once.
const IN_FLIGHT: [usize; 5] = [1, 8, 64, 256, 1024];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let arg = |place: usize| args.get(place).map(String::as_str);
    if arg(0) == Some("keys") {
        keys::measure(arg(1).map_or(10_000, |people| people.parse().unwrap()));
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    match (arg(0).unwrap_or("all"), arg(1), arg(2)) {
        ("rounds", Some(count), Some(what)) => {
            rounds::alternate(count.parse().unwrap(), what, &args[3], &args[4..]);
        }
        ("memory", people, _) => memory::measure(people.unwrap_or("20000")),
        ("bring-in", Some(people), Some(folder)) => {
            runtime.block_on(memory::bring_in(people.parse().unwrap(), folder.as_ref()));
        }
        ("look", _, Some(folder)) => runtime.block_on(memory::look(folder.as_ref())),
        (what, seconds, _) => {
            let seconds = seconds.map_or(3, |seconds| seconds.parse().unwrap());
            runtime.block_on(measure(what, Duration::from_secs(seconds)));
        }
    }
}

async fn measure(what: &str, duration: Duration) {
    let ledger = if cfg!(feature = "no-ledger") { "off" } else { "on" };
    println!(
        "ledger {ledger}; {} s a figure; two worker threads",
        duration.as_secs()
    );
    let wanted = |name: &str| what == "all" || what == name;
    if wanted("decision") {
        operations::decision();
    }
    if wanted("read") || wanted("write") {
        let world = world::World::settled(1_000).await;
        if wanted("read") {
            operations::reads(&world, duration).await;
        }
        if wanted("write") {
            operations::writes(&world, duration).await;
        }
    }
    if wanted("account") {
        operations::account(&world::World::settled(100).await, duration).await;
    }
    if wanted("http") {
        http::reads(&world::World::settled(500).await, duration).await;
    }
    if wanted("destruction") {
        destruction::latency().await;
    }
    if what == "wave" {
        destruction::wave().await;
    }
}
