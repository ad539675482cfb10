//! What the promises cost. Every figure is meant to be read beside another one of the same run.
//!
//! ```text
//! cargo run --release -p sandyq-benches -- [decision|read|write|http|memory|destruction|all] [SECONDS]
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
mod load;
mod operations;
mod world;

#[path = "../../crates/processing/tests/stage/mod.rs"]
#[allow(
    dead_code,
    missing_docs,
    reason = "the stage of the stories, of which measurements use a part"
)]
mod stage;

use std::time::Duration;

/// How many operations are in flight at once.
const IN_FLIGHT: [usize; 5] = [1, 8, 64, 256, 1024];

fn main() {
    let mut args = std::env::args().skip(1);
    let what = args.next().unwrap_or_else(|| "all".to_owned());
    let seconds = args.next().and_then(|arg| arg.parse().ok()).unwrap_or(3);
    let duration = Duration::from_secs(seconds);
    let ledger = if cfg!(feature = "no-ledger") { "off" } else { "on" };
    println!("ledger {ledger}; {seconds} s a figure; two worker threads");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let all = what == "all";
        if all || what == "decision" {
            operations::decision();
        }
        if all || what == "read" || what == "write" {
            let world = world::World::settled(1_000).await;
            if all || what == "read" {
                operations::reads(&world, duration).await;
            }
            if all || what == "write" {
                operations::writes(&world, duration).await;
            }
        }
        if all || what == "http" {
            http::reads(&world::World::settled(500).await, duration).await;
        }
        if all || what == "destruction" {
            destruction::latency().await;
        }
        if all || what == "memory" {
            destruction::memory().await;
        }
    });
}
