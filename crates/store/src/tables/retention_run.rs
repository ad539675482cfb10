//! 8-c, 8-d: the daily run of retention: how far it came, what it left waiting, and what stopped it. Nothing personal.

use jiff::Timestamp;
use sandyq_model::Fault;

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// The run of one day in Kazakhstan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionRun {
    /// The day, as `2026-11-27`.
    pub day: String,
    /// When it began.
    pub begun_at: Timestamp,
    /// When nothing that was due was left; `None` while it goes on.
    pub ended_at: Option<Timestamp>,
    /// When it looked last.
    pub looked_at: Timestamp,
    /// How many destructions it left in the queue.
    pub queued: u64,
    /// How many people were due and waited, because they are blocked.
    pub waiting: u64,
    /// What stopped it, if something did.
    pub stopped: Option<String>,
}

/// Writes a run in the place of what was known of it.
#[must_use]
pub fn put(run: &RetentionRun) -> Statement {
    statement(
        "INSERT INTO retention_run (day, begun_at, ended_at, looked_at, queued, waiting, stopped) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (day) DO UPDATE SET ended_at = excluded.ended_at, \
         looked_at = excluded.looked_at, queued = excluded.queued, waiting = excluded.waiting, \
         stopped = excluded.stopped",
        [
            run.day.as_str().into(),
            run.begun_at.into(),
            run.ended_at.into(),
            run.looked_at.into(),
            run.queued.into(),
            run.waiting.into(),
            run.stopped.clone().into(),
        ],
    )
    .touching(1)
}

/// Forgets the runs of the days after that one: a person said that the clock is right, so they never were.
#[must_use]
pub fn remove_after(day: &str) -> Statement {
    statement("DELETE FROM retention_run WHERE day > $1", [day.into()])
}

/// Forgets the runs of the days before that one.
#[must_use]
pub fn remove_before(day: &str) -> Statement {
    statement("DELETE FROM retention_run WHERE day < $1", [day.into()])
}

/// The newest runs, newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn newest(reader: &mut dyn Reader, limit: u32) -> Result<Vec<RetentionRun>, Fault> {
    reader.list(
        "SELECT day, begun_at, ended_at, looked_at, queued, waiting, stopped FROM retention_run \
         ORDER BY day DESC LIMIT $1",
        &[limit.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<RetentionRun, Fault> {
    Ok(RetentionRun {
        day: row.take(0)?,
        begun_at: row.take(1)?,
        ended_at: row.take(2)?,
        looked_at: row.take(3)?,
        queued: row.take(4)?,
        waiting: row.take(5)?,
        stopped: row.take(6)?,
    })
}
