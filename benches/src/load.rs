//! A closed loop with so many operations in flight, and the line that tells of it.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What one load came to.
pub struct Figure {
    /// Operations that were answered in a second.
    pub per_second: f64,
    /// The middle and the slow end of the waits, in milliseconds.
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// Keeps `in_flight` operations going; `one` gets the number of the worker and of the round.
pub async fn run<F, W>(in_flight: usize, duration: Duration, one: F) -> Figure
where
    F: Fn(usize, u64) -> W + Send + Sync + 'static,
    W: Future<Output = ()> + Send,
{
    let one = Arc::new(one);
    let done = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..in_flight {
        let (one, done) = (Arc::clone(&one), Arc::clone(&done));
        workers.spawn(async move {
            let mut waits = Vec::new();
            let mut round = 0;
            while begin.elapsed() < duration {
                let start = Instant::now();
                one(worker, round).await;
                waits.push(start.elapsed());
                done.fetch_add(1, Ordering::Relaxed);
                round += 1;
            }
            waits
        });
    }
    let mut waits: Vec<Duration> = workers.join_all().await.into_iter().flatten().collect();
    let seconds = begin.elapsed().as_secs_f64();
    waits.sort_unstable();
    let at = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    Figure {
        per_second: done.load(Ordering::Relaxed) as f64 / seconds,
        p50_ms: at(0.5),
        p99_ms: at(0.99),
    }
}

/// Prints one line of a table.
pub fn line(what: &str, in_flight: usize, figure: &Figure, entries_per_sync: Option<f64>) {
    let groups = entries_per_sync.map_or_else(|| "-".to_owned(), |entries| format!("{entries:.1}"));
    println!(
        "{what:<28} {in_flight:>5} in flight {:>9.0}/s  p50 {:>7.2} ms  p99 {:>7.2} ms  entries per sync {groups}",
        figure.per_second, figure.p50_ms, figure.p99_ms
    );
}
