//! Threads that read: each has a connection of its own and gives one snapshot per question.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sandyq_model::Fault;
use tokio::sync::oneshot;

use super::{DatabaseError, Reader};
use crate::farewell::{Farewell, PLACE_WAIT, Thread};

/// Reads that may wait; one more is refused as busy (back-pressure).
pub(crate) const READ_QUEUE_MAX: usize = 4096;

/// A connection that can hold one state of the database still.
pub(crate) trait Snapshots: Send {
    /// Holds the present state still.
    fn begin_snapshot(&mut self) -> Result<(), DatabaseError>;
    /// Lets it go.
    fn end_snapshot(&mut self);
    /// The reading side of the connection.
    fn as_reader(&mut self) -> &mut dyn Reader;
}

/// The reading threads. When dropped, they finish what waits and stop; one that cannot, as in the middle of a backup whose
/// place does not answer, is left.
pub(crate) struct Readers {
    waiting: Arc<Waiting>,
    threads: Vec<Thread>,
    farewell: Farewell,
}

type Question = Box<dyn FnOnce(&mut dyn Snapshots) + Send>;

#[derive(Default)]
struct Waiting {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    questions: VecDeque<Question>,
    closed: bool,
}

impl Readers {
    /// Starts a thread for each connection.
    pub(crate) fn start(connections: Vec<Box<dyn Snapshots>>, farewell: Farewell) -> Result<Self, Fault> {
        let waiting = Arc::new(Waiting::default());
        let mut threads = Vec::with_capacity(connections.len());
        for mut connection in connections {
            let waiting = Arc::clone(&waiting);
            threads.push(Thread::start("sandyq-reader", move || {
                while let Some(question) = waiting.next() {
                    question(connection.as_mut());
                }
            })?);
        }
        Ok(Self {
            waiting,
            threads,
            farewell,
        })
    }

    /// Hands a question over; the answer comes through what is returned.
    pub(crate) fn submit<R: Send + 'static>(
        &self,
        f: impl FnOnce(&mut dyn Reader) -> Result<R, Fault> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<R, Fault>>, Fault> {
        let (answer, answered) = oneshot::channel();
        let question: Question = Box::new(move |connection| {
            // Whoever asked may have gone; then nobody waits for the answer.
            let _ = answer.send(ask(connection, f));
        });
        let mut queue = self.waiting.lock();
        if queue.questions.len() >= READ_QUEUE_MAX {
            return Err(Fault::Busy("too many reads are waiting".into()));
        }
        queue.questions.push_back(question);
        drop(queue);
        self.waiting.changed.notify_one();
        Ok(answered)
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.waiting.lock().closed = true;
        self.waiting.changed.notify_all();
        let this = std::thread::current().id();
        let mut limit = PLACE_WAIT;
        for thread in self.threads.drain(..).filter(|thread| thread.id() != this) {
            if !thread.ends_within(limit) && !limit.is_zero() {
                self.farewell.leave(
                    "a backup that was being made has not come to its end, and is left: there is no half set of it; if its \
                     place does not answer, look at the mount",
                );
                limit = Duration::ZERO;
            }
        }
    }
}

impl Waiting {
    fn next(&self) -> Option<Question> {
        let mut queue = self.lock();
        loop {
            if let Some(question) = queue.questions.pop_front() {
                return Some(question);
            }
            if queue.closed {
                return None;
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // INVARIANT: nothing between lock and unlock can panic half-way through a change, so a poisoned lock is sound.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks within a snapshot. A panic in the question is a fault of that question, and of no other.
fn ask<R>(
    connection: &mut dyn Snapshots,
    f: impl FnOnce(&mut dyn Reader) -> Result<R, Fault>,
) -> Result<R, Fault> {
    connection.begin_snapshot()?;
    let answer = catch_unwind(AssertUnwindSafe(|| f(connection.as_reader())));
    connection.end_snapshot();
    answer.unwrap_or_else(|_| Err(Fault::Store("a read panicked".into())))
}
