//! A closed loop with so many operations in flight, and the line that tells of it.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What one load came to.
pub struct Figure {
    /// Operations that were answered in a second.
    pub per_second: f64,
    /// The middle and the slow end of the waits, in milliseconds.
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Microseconds of a processor for each, in all threads, the client's work included.
    pub processor_micros: f64,
}

/// Keeps `in_flight` operations going; `one` gets the number of the worker and of the round.
pub async fn run<F, W>(in_flight: usize, duration: Duration, one: F) -> Figure
where
    F: Fn(usize, u64) -> W + Send + Sync + 'static,
    W: Future<Output = ()> + Send,
{
    run_while(in_flight, Duration::ZERO, move |elapsed| elapsed < duration, one).await
}

/// The same for as long as `going` says, with a rest between two operations of a worker.
pub async fn run_while<F, W>(
    in_flight: usize,
    pause: Duration,
    going: impl Fn(Duration) -> bool + Send + Sync + 'static,
    one: F,
) -> Figure
where
    F: Fn(usize, u64) -> W + Send + Sync + 'static,
    W: Future<Output = ()> + Send,
{
    let (one, going) = (Arc::new(one), Arc::new(going));
    let cpu = processor_seconds();
    let begin = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..in_flight {
        let (one, going) = (Arc::clone(&one), Arc::clone(&going));
        workers.spawn(async move {
            let mut waits = Vec::new();
            let mut round = 0;
            while going(begin.elapsed()) {
                let start = Instant::now();
                one(worker, round).await;
                waits.push(start.elapsed());
                round += 1;
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
            }
            waits
        });
    }
    let mut waits: Vec<Duration> = workers.join_all().await.into_iter().flatten().collect();
    let seconds = begin.elapsed().as_secs_f64();
    let cpu = processor_seconds() - cpu;
    waits.sort_unstable();
    let at = |part: f64| {
        let place = ((waits.len().max(1) - 1) as f64 * part) as usize;
        waits.get(place).map_or(0.0, |wait| wait.as_secs_f64() * 1e3)
    };
    Figure {
        per_second: waits.len() as f64 / seconds,
        p50_ms: at(0.5),
        p99_ms: at(0.99),
        processor_micros: cpu * 1e6 / waits.len().max(1) as f64,
    }
}

/// What this process has used of the processors. Unlike the clock it does not tell of what else the machine does.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / TICKS_PER_SECOND
}

/// What Linux counts in there, on every platform that we run on.
const TICKS_PER_SECOND: f64 = 100.0;

/// Prints one line of a table.
pub fn line(what: &str, in_flight: usize, figure: &Figure, entries_per_sync: Option<f64>) {
    let groups = entries_per_sync.map_or_else(|| "-".to_owned(), |entries| format!("{entries:.1}"));
    println!(
        "{what:<28} {in_flight:>5} in flight {:>9.0}/s  p50 {:>7.2} ms  p99 {:>7.2} ms  processor {:>6.1} us  entries per sync {groups}",
        figure.per_second, figure.p50_ms, figure.p99_ms, figure.processor_micros
    );
}
