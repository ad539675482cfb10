//! The one thread that commits, and what it owns.

use std::sync::Arc;

use sandyq_model::{Clock, Fault, SubjectId};
use tokio::sync::oneshot;

use super::queue::{Answer, Queue};
use super::traces::Traces;
use super::{Commit, CommitError, group};
use crate::database::Session;
use crate::farewell::{COMMITS_WAIT, Farewell, Thread};
use crate::ledger::{Book, HeadFile, Published};
use crate::second_copy::Outbox;
use crate::vault::{KeyStore, Vault};

/// What the writer owns or sees.
pub(crate) struct WriterParts {
    /// The one connection that writes.
    pub session: Box<dyn Session>,
    /// The key store's one writing handle.
    pub keys: KeyStore,
    /// Where keys that died must be forgotten.
    pub vault: Arc<Vault>,
    /// The ledger.
    pub book: Book,
    /// Where a durable head is published.
    pub published: Arc<Published>,
    /// The head beside the database.
    pub head_file: HeadFile,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// Keys that have died without a trace, and whose intents are not cleared yet: the next group does that.
    pub died: Vec<(SubjectId, u32)>,
    /// What of the dead is still in the engine's files.
    pub traces: Traces,
    /// What waits for the second copy, when there is one.
    pub outbox: Option<Arc<Outbox>>,
}

/// The writer. When dropped, it finishes what waits and stops.
pub(crate) struct Writer {
    queue: Arc<Queue>,
    thread: Option<Thread>,
    farewell: Farewell,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub(crate) fn start(parts: WriterParts, farewell: Farewell) -> Result<Self, Fault> {
        let queue = Arc::new(Queue::default());
        let stopping = Stopping(Arc::clone(&queue));
        let thread = Thread::start("sandyq-writer", move || run(parts, &stopping))?;
        Ok(Self {
            queue,
            thread: Some(thread),
            farewell,
        })
    }

    /// Hands a commit over.
    ///
    /// # Errors
    /// [`CommitError::Busy`] when too many wait; [`CommitError::Fault`] when the writer has stopped.
    pub(crate) fn submit(&self, commit: Commit) -> Result<Answer, CommitError> {
        self.queue.submit(commit)
    }

    /// Has something done about the key store, between two groups, and gives what came of it.
    ///
    /// # Errors
    /// When the writer has stopped, or too much waits; and what the errand gives.
    pub(crate) async fn errand<R: Send + 'static>(
        &self,
        errand: impl FnOnce(&mut KeyStore) -> Result<R, Fault> + Send + 'static,
    ) -> Result<R, Fault> {
        let (answer, answered) = oneshot::channel();
        self.queue.send_on(Box::new(move |keys| {
            // Whoever asked may have gone.
            let _ = answer.send(errand(keys));
        }))?;
        answered
            .await
            .unwrap_or_else(|_| Err(Fault::Store("the writer has stopped".into())))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
        if self
            .thread
            .take()
            .is_some_and(|thread| !thread.ends_within(COMMITS_WAIT))
        {
            self.farewell.leave(
                "commits that nobody was answered are left, because the disk or a place of keys does not answer; the next \
                 start finds what is durable of them",
            );
        }
    }
}

/// However the thread ends, nobody is left waiting for it.
struct Stopping(Arc<Queue>);

impl Drop for Stopping {
    fn drop(&mut self) {
        self.0
            .stop("the writer has stopped; see the log, then start the program again");
    }
}

/// After a failure of which the outcome is not known, nothing more is written: the next start looks at what is durable.
fn run(mut parts: WriterParts, stopping: &Stopping) {
    let mut answered = 0;
    while let Some(pending) = stopping.0.next_group(answered) {
        answered = pending.len();
        for errand in stopping.0.errands() {
            errand(&mut parts.keys);
        }
        if pending.is_empty() {
            continue;
        }
        if let Err(fault) = group::perform(&mut parts, pending) {
            tracing::error!(%fault, "the writer stops");
            return;
        }
    }
    if let Err(fault) = group::clear_died(&mut parts) {
        tracing::warn!(%fault, "intents of dead keys were not cleared; the next start does it");
    }
}
