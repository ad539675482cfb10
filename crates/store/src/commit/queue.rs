//! Commits that wait for the writer: bounded, and taken as groups.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sandyq_ledger::entry::Entry;
use sandyq_model::{Clause, Fault, SubjectId};
use tokio::sync::oneshot;

use super::{COMMIT_QUEUE_MAX, Commit, CommitError, Committed, GROUP_MAX};
use crate::database::{Statement, statement};
use crate::ledger::{self, NewEntry};
use crate::second_copy::Whom;
use crate::tables::idempotency::Once;
use crate::tables::job;
use crate::vault::{KeyStore, Lead, NewKey};

/// A commit with everything done that can be done before its turn: entries encoded and hashed, jobs turned into
/// statements. That work is done on the threads of those who submit, not on the one that writes.
pub(crate) struct Pending {
    /// The subject and the version of it that was decided on.
    pub subject: Option<(SubjectId, u64)>,
    /// Whether the version moves.
    pub moves: bool,
    /// The changes, with the move of the version first and the jobs last.
    pub statements: Vec<Statement>,
    /// The entries.
    pub entries: Vec<NewEntry>,
    /// Clauses that refused.
    pub refusals: Vec<Clause>,
    /// The submission.
    pub once: Option<Once>,
    /// Keys to put.
    pub new_keys: Vec<NewKey>,
    /// Keys to kill.
    pub dead_keys: Vec<(SubjectId, u32)>,
    /// Leads to put.
    pub leads: Vec<Lead>,
    /// Subjects whose leads all end.
    pub without_leads: Vec<SubjectId>,
    /// Whether it protects somebody.
    pub protects: bool,
    /// Whose rows the second copy gets.
    pub ships: Vec<Whom>,
    /// Whether an account of staff, a recipient or a breach was entered, changed or closed: the second copy gets them as they are afterwards.
    pub house: bool,
    /// Who waits.
    pub answer: oneshot::Sender<Result<Committed, CommitError>>,
}

/// Waits for a commit to be answered.
pub(crate) struct Answer(oneshot::Receiver<Result<Committed, CommitError>>);

/// The queue between everybody and the writer.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
}

/// Something about the key store that the writer does between two groups: it owns the one handle that writes.
pub(crate) type Errand = Box<dyn FnOnce(&mut KeyStore) + Send>;

#[derive(Default)]
struct State {
    waiting: VecDeque<Pending>,
    errands: Vec<Errand>,
    writer_sleeps: bool,
    closed: bool,
    stopped: Option<String>,
}

impl Pending {
    /// Prepares a commit.
    fn new(commit: Commit, answer: oneshot::Sender<Result<Committed, CommitError>>) -> Self {
        let Commit {
            subject,
            moves,
            statements,
            jobs,
            entries,
            refusals,
            once,
            new_keys,
            dead_keys,
            leads,
            without_leads,
            protects,
        } = commit;
        let mut all = Vec::with_capacity(statements.len() + jobs.len() + 1);
        all.extend(
            subject
                .filter(|(_, version)| moves && *version > 0)
                .map(|(id, version)| advance(id, version)),
        );
        all.extend(statements);
        all.extend(jobs.iter().map(job::insert));
        // Whatever changes about somebody goes; only what protects them waits for the copy.
        let ships = if protects || moves {
            named(subject, &entries)
        } else {
            Vec::new()
        };
        let house = entries.iter().any(ledger::is_about_the_house);
        let entries = prepare(&entries);
        Self {
            subject,
            moves,
            statements: all,
            entries,
            refusals,
            once,
            new_keys,
            dead_keys,
            leads,
            without_leads,
            protects,
            ships,
            house,
            answer,
        }
    }
}

impl Pending {
    /// Whether it must not be lost with the machine, nor be brought back by a backup.
    pub(crate) const fn is_guarded(&self) -> bool {
        self.protects || !self.new_keys.is_empty() || !self.dead_keys.is_empty()
    }

    /// Whether anything of it goes into the second copy but its entries.
    pub(crate) const fn is_shipped(&self) -> bool {
        self.is_guarded() || !self.ships.is_empty()
    }
}

impl Answer {
    /// The answer, once the group is durable.
    pub(crate) async fn answer(self) -> Result<Committed, CommitError> {
        self.0
            .await
            .unwrap_or_else(|_| Err(Fault::Store("the writer has stopped".into()).into()))
    }
}

impl Queue {
    /// Puts a commit into the queue.
    ///
    /// # Errors
    /// [`CommitError::Busy`] when it is full; [`CommitError::Fault`] when the writer has stopped.
    pub(crate) fn submit(&self, commit: Commit) -> Result<Answer, CommitError> {
        let (answer, answered) = oneshot::channel();
        let pending = Pending::new(commit, answer);
        let mut state = self.lock();
        if let Some(reason) = &state.stopped {
            return Err(Fault::Store(reason.clone()).into());
        }
        if state.waiting.len() >= COMMIT_QUEUE_MAX {
            return Err(CommitError::Busy);
        }
        state.waiting.push_back(pending);
        let wake = std::mem::take(&mut state.writer_sleeps);
        drop(state);
        if wake {
            self.arrived.notify_one();
        }
        Ok(Answer(answered))
    }

    /// Has the writer do something about the key store before the next group.
    ///
    /// # Errors
    /// When the writer has stopped, or too much of this waits.
    pub(crate) fn send_on(&self, errand: Errand) -> Result<(), Fault> {
        let mut state = self.lock();
        if let Some(reason) = &state.stopped {
            return Err(Fault::Store(reason.clone()));
        }
        if state.errands.len() >= ERRANDS_MAX {
            return Err(Fault::Busy("too much is asked of the key store at once".into()));
        }
        state.errands.push(errand);
        drop(state);
        self.arrived.notify_one();
        Ok(())
    }

    /// What the writer is sent on.
    pub(crate) fn errands(&self) -> Vec<Errand> {
        std::mem::take(&mut self.lock().errands)
    }

    /// The next group, at most [`GROUP_MAX`], and empty when there are only errands; `None` once the queue is closed and empty. `expected` is how many were
    /// answered just now: they may come back at once, and it pays to wait a moment for them, because a sync costs the
    /// same for few as for many.
    pub(crate) fn next_group(&self, expected: usize) -> Option<Vec<Pending>> {
        let mut state = self.lock();
        for _ in 0..GATHER_STEPS {
            if state.closed || !state.errands.is_empty() || state.waiting.len() >= expected.min(GROUP_MAX) {
                break;
            }
            drop(state);
            std::thread::sleep(GATHER_STEP);
            state = self.lock();
        }
        while state.waiting.is_empty() && state.errands.is_empty() {
            if state.closed {
                return None;
            }
            state.writer_sleeps = true;
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let count = state.waiting.len().min(GROUP_MAX);
        Some(state.waiting.drain(..count).collect())
    }

    /// Takes no more commits, and answers those that wait with a fault.
    pub(crate) fn stop(&self, reason: &str) {
        let mut state = self.lock();
        state.stopped = Some(reason.to_owned());
        let waiting = std::mem::take(&mut state.waiting);
        // Whoever sent the writer on one hears that nobody answers.
        state.errands.clear();
        drop(state);
        for pending in waiting {
            // Whoever asked may have gone.
            let _ = pending.answer.send(Err(Fault::Store(reason.to_owned()).into()));
        }
    }

    /// Lets the writer finish what waits and stop.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // INVARIANT: nothing between lock and unlock can panic half-way through a change, so a poisoned lock is sound.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The version was checked before; that the row is still there and of that version is checked by its count.
fn advance(subject: SubjectId, version: u64) -> Statement {
    statement(
        "UPDATE subject SET version = $2 WHERE subject_id = $1 AND version = $3",
        [subject.into(), (version + 1).into(), version.into()],
    )
    .touching(1)
}

/// Whose rows, and whose receipts.
fn named(subject: Option<(SubjectId, u64)>, entries: &[Entry]) -> Vec<Whom> {
    let pseudonyms = entries.iter().filter_map(|entry| entry.subject);
    let subject = subject.map(|(id, _)| Whom::Subject(id));
    subject
        .into_iter()
        .chain(pseudonyms.map(Whom::Pseudonym))
        .collect()
}

/// Without the ledger only to measure what the ledger costs.
fn prepare(entries: &[Entry]) -> Vec<NewEntry> {
    if cfg!(feature = "bench-no-ledger") {
        Vec::new()
    } else {
        entries.iter().map(NewEntry::new).collect()
    }
}

/// How long the writer waits at most for those that it has just answered: a fraction of a sync.
const GATHER_STEP: Duration = Duration::from_micros(100);
const GATHER_STEPS: u32 = 3;
/// Errands that may wait: rotations and looks, of which a few people ask at most.
const ERRANDS_MAX: usize = 64;
