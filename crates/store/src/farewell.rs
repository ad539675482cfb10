//! The end of a store: its threads are asked to end and waited for, and not for ever. A folder on another machine that does
//! not answer holds the thread that works with it; whatever was acknowledged is durable here, and the next start goes on
//! from there.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, ThreadId};
use std::time::Duration;

use sandyq_model::Fault;

/// What a store that is gone had to leave. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Farewell(Arc<Mutex<Vec<&'static str>>>);

impl Farewell {
    /// In words, one for each thing; none when everything came to its end. To be asked when no clone of the store is used any
    /// more: one that is held all the same is held by work that waits for a place outside.
    #[must_use]
    pub fn left(&self) -> Vec<&'static str> {
        let mut left = self.lock().clone();
        if left.is_empty() && Arc::strong_count(&self.0) > 1 {
            left.push(HELD);
        }
        left
    }

    /// Notes what did not come to its end.
    pub(crate) fn leave(&self, what: &'static str) {
        tracing::error!("{what}");
        self.lock().push(what);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<&'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread that can be waited for, for a while.
pub(crate) struct Thread {
    handle: JoinHandle<()>,
    ended: Arc<Ended>,
}

#[derive(Default)]
struct Ended {
    is_so: Mutex<bool>,
    changed: Condvar,
}

/// However the thread ends, it is said.
struct Saying(Arc<Ended>);

impl Drop for Saying {
    fn drop(&mut self) {
        *self.0.is_so.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
    }
}

impl Thread {
    /// Starts one of that name.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub(crate) fn start(name: &str, run: impl FnOnce() + Send + 'static) -> Result<Self, Fault> {
        let ended = Arc::new(Ended::default());
        let saying = Saying(Arc::clone(&ended));
        let started = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _saying = saying;
            run();
        });
        let handle = started.map_err(|error| Fault::Store(format!("no thread to work on: {error}")))?;
        Ok(Self { handle, ended })
    }

    /// Which one it is.
    pub(crate) fn id(&self) -> ThreadId {
        self.handle.thread().id()
    }

    /// Waits for it; `false` when it has not ended by then, and is left to itself.
    pub(crate) fn ends_within(self, limit: Duration) -> bool {
        let is_so = self.ended.is_so.lock().unwrap_or_else(PoisonError::into_inner);
        let (is_so, _) = self
            .ended
            .changed
            .wait_timeout_while(is_so, limit, |is_so| !*is_so)
            .unwrap_or_else(PoisonError::into_inner);
        let has_ended = *is_so;
        drop(is_so);
        if has_ended {
            // A thread that panicked has nothing left to finish.
            let _ = self.handle.join();
        }
        has_ended
    }
}

/// What is left when somebody still has the store.
const HELD: &str =
    "work with a place outside has not come to its end, and is left: look at the mounts of backups and keys";
/// For so long a place that does not answer is waited for at the end.
pub(crate) const PLACE_WAIT: Duration = Duration::from_secs(8);
/// For so long the commits that wait are waited for at the end.
pub(crate) const COMMITS_WAIT: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_thread_that_ends_is_waited_for_and_one_that_hangs_is_left() {
        let quick = Thread::start("quick", || {}).unwrap();
        assert!(quick.ends_within(Duration::from_secs(60)));
        let panics = Thread::start("panics", || panic!("as it must")).unwrap();
        assert!(panics.ends_within(Duration::from_secs(60)));
        let (release, held) = channel::<()>();
        let hangs = Thread::start("hangs", move || {
            let _released = held.recv();
        })
        .unwrap();
        assert!(!hangs.ends_within(Duration::from_millis(10)));
        drop(release);
    }
}
