//! Work left in the queue by a commit: letters to write, destructions that fall due, recipients to tell.
//!
//! A worker reads what is due, takes each piece by a lease in a commit of its own, does it through the same door as
//! everybody, and marks it done in the same commit as the change. A lease that was lost to another worker is a conflict.

use jiff::Timestamp;
use sandyq_model::{Fault, JobId, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, Value, statement};

/// Lets the closed requests go that are about somebody who is gone.
pub const REQUESTS: &str = "requests";

/// A piece of work to leave in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Whose; `None` for the system's own work.
    pub subject: Option<SubjectId>,
    /// Which.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// What the worker needs to know: ids and codes, never values.
    pub detail: Vec<u8>,
    /// When it is due.
    pub run_at: Timestamp,
}

/// A piece of work in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedJob {
    /// The work.
    pub job: Job,
    /// Until when a worker has it.
    pub lease_until: Option<Timestamp>,
    /// How often it was taken.
    pub attempts: u32,
    /// When it was done.
    pub done_at: Option<Timestamp>,
}

/// Leaves work in the queue. A commit does this for its `jobs` by itself.
#[must_use]
pub fn insert(job: &Job) -> Statement {
    statement(
        "INSERT INTO job (subject_id, job_id, kind, detail, run_at, lease_until, attempts, done_at) \
         VALUES ($1, $2, $3, $4, $5, NULL, 0, NULL)",
        [
            owner(job.subject),
            job.id.into(),
            job.kind.as_str().into(),
            job.detail.as_slice().into(),
            job.run_at.into(),
        ],
    )
    .touching(1)
}

/// Takes a piece of work until then; a conflict when somebody has it or has done it.
#[must_use]
pub fn lease(subject: Option<SubjectId>, id: JobId, now: Timestamp, until: Timestamp) -> Statement {
    statement(
        "UPDATE job SET lease_until = $4, attempts = attempts + 1 WHERE subject_id = $1 AND job_id = $2 \
         AND done_at IS NULL AND (lease_until IS NULL OR lease_until <= $3)",
        [owner(subject), id.into(), now.into(), until.into()],
    )
    .touching(1)
}

/// Marks work as done; a conflict when it was done already.
#[must_use]
pub fn finish(subject: Option<SubjectId>, id: JobId, at: Timestamp) -> Statement {
    statement(
        "UPDATE job SET done_at = $3, lease_until = NULL WHERE subject_id = $1 AND job_id = $2 AND done_at IS NULL",
        [owner(subject), id.into(), at.into()],
    )
    .touching(1)
}

/// Puts work off until then and gives the lease back.
#[must_use]
pub fn put_off(subject: Option<SubjectId>, id: JobId, until: Timestamp) -> Statement {
    statement(
        "UPDATE job SET run_at = $3, lease_until = NULL WHERE subject_id = $1 AND job_id = $2 AND done_at IS NULL",
        [owner(subject), id.into(), until.into()],
    )
    .touching(1)
}

/// Ends work that cannot be done: what is left of it says which kind it was and when it was given up, and goes with the work
/// that is done.
#[must_use]
pub fn give_up(subject: Option<SubjectId>, id: JobId, kind: &str, at: Timestamp) -> Statement {
    statement(
        "UPDATE job SET kind = $3, detail = $4, done_at = $5, lease_until = NULL \
         WHERE subject_id = $1 AND job_id = $2 AND done_at IS NULL",
        [
            owner(subject),
            id.into(),
            GIVEN_UP.into(),
            kind.as_bytes().into(),
            at.into(),
        ],
    )
    .touching(1)
}

/// The work that was given up and is still remembered: its kind, and when.
///
/// # Errors
/// When the engine does not answer.
pub fn given_up(reader: &mut dyn Reader, limit: u32) -> Result<Vec<(String, Timestamp)>, Fault> {
    reader.list(
        "SELECT detail, done_at FROM job WHERE kind = $1 AND done_at IS NOT NULL ORDER BY done_at DESC LIMIT $2",
        &[GIVEN_UP.into(), limit.into()],
        |row| {
            let kind: Vec<u8> = row.take(0)?;
            Ok((String::from_utf8_lossy(&kind).into_owned(), row.take(1)?))
        },
    )
}

/// Removes every piece of work about a subject but one (the one that is being done).
#[must_use]
pub fn remove_all_but(subject: SubjectId, kept: Option<JobId>) -> Statement {
    let kept = kept.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    statement(
        "DELETE FROM job WHERE subject_id = $1 AND job_id <> $2",
        [subject.into(), kept.into()],
    )
}

/// Removes work that was done before that instant.
#[must_use]
pub fn remove_done(before: Timestamp) -> Statement {
    statement("DELETE FROM job WHERE done_at < $1", [before.into()])
}

/// Work that is due, of any kind but one, and that nobody has, longest due first.
///
/// # Errors
/// When the engine does not answer.
pub fn due_but(
    reader: &mut dyn Reader,
    now: Timestamp,
    but: &str,
    limit: u32,
) -> Result<Vec<QueuedJob>, Fault> {
    reader.list(
        "SELECT subject_id, job_id, kind, detail, run_at, lease_until, attempts, done_at FROM job \
         WHERE done_at IS NULL AND run_at <= $1 AND (lease_until IS NULL OR lease_until <= $1) AND kind <> $2 \
         ORDER BY run_at, job_id LIMIT $3",
        &[now.into(), but.into(), limit.into()],
        read,
    )
}

/// Work of a kind that is due and that nobody has, longest due first.
///
/// # Errors
/// When the engine does not answer.
pub fn due_of(
    reader: &mut dyn Reader,
    now: Timestamp,
    kind: &str,
    limit: u32,
) -> Result<Vec<QueuedJob>, Fault> {
    reader.list(
        "SELECT subject_id, job_id, kind, detail, run_at, lease_until, attempts, done_at FROM job \
         WHERE done_at IS NULL AND run_at <= $1 AND (lease_until IS NULL OR lease_until <= $1) AND kind = $2 \
         ORDER BY run_at, job_id LIMIT $3",
        &[now.into(), kind.into(), limit.into()],
        read,
    )
}

/// Work about a subject, done or not, in the order in which it is due.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<QueuedJob>, Fault> {
    reader.list(
        "SELECT subject_id, job_id, kind, detail, run_at, lease_until, attempts, done_at FROM job \
         WHERE subject_id = $1 ORDER BY run_at, job_id",
        &[subject.into()],
        read,
    )
}

/// When the next piece of work that is not done is due.
///
/// # Errors
/// When the engine does not answer.
pub fn next_due(reader: &mut dyn Reader) -> Result<Option<Timestamp>, Fault> {
    reader.first(
        "SELECT run_at FROM job WHERE done_at IS NULL ORDER BY run_at LIMIT 1",
        &[],
        |row| row.take(0),
    )
}

/// What the waiting pieces of work of a kind are about.
///
/// # Errors
/// When the engine does not answer.
pub fn details_of(reader: &mut dyn Reader, kind: &str, limit: u32) -> Result<Vec<Vec<u8>>, Fault> {
    reader.list(
        "SELECT detail FROM job WHERE done_at IS NULL AND kind = $1 ORDER BY run_at, job_id LIMIT $2",
        &[kind.into(), limit.into()],
        |row| row.take(0),
    )
}

/// How many pieces of work of each kind wait.
///
/// # Errors
/// When the engine does not answer.
pub fn waiting(reader: &mut dyn Reader) -> Result<Vec<(String, u64)>, Fault> {
    reader.list(
        "SELECT kind, COUNT(*) FROM job WHERE done_at IS NULL GROUP BY kind ORDER BY kind",
        &[],
        |row| Ok((row.take(0)?, row.take(1)?)),
    )
}

/// The column of a piece of work that belongs to nobody holds sixteen zeros, so that its key is whole.
fn owner(subject: Option<SubjectId>) -> Value {
    subject.unwrap_or(NOBODY).into()
}

fn read(row: &mut Row) -> Result<QueuedJob, Fault> {
    let subject: SubjectId = row.take(0)?;
    Ok(QueuedJob {
        job: Job {
            subject: (subject != NOBODY).then_some(subject),
            id: row.take(1)?,
            kind: row.take(2)?,
            detail: row.take(3)?,
            run_at: row.take(4)?,
        },
        lease_until: row.take(5)?,
        attempts: row.take(6)?,
        done_at: row.take(7)?,
    })
}

/// The kind of what is left of work that was given up.
const GIVEN_UP: &str = "given-up";
const NOBODY: SubjectId = SubjectId::from_bytes([0; 16]);
