//! What waits to be shipped: handed over by the writer after its commit and before its answer, as little as possible.
//! Rows and entries are read by who ships them; only steps of the key store, which are nowhere else, wait as bytes. What
//! protects people is refused when it waits for too long itself, and never because others wait who only changed.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sandyq_model::{Clock, Fault};

use super::lane::{Changed, Lane, Since, Whom};
use crate::vault::KeyStep;

/// Between the writer and the thread that ships.
pub(crate) struct Outbox {
    state: Mutex<State>,
    arrived: Condvar,
    followed: Condvar,
    clock: Arc<dyn Clock>,
    bound: Duration,
}

/// What a group of commits leaves to ship.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parcel {
    /// For whom something was done that must not be lost.
    pub protected: BTreeSet<Whom>,
    /// Who changed otherwise.
    pub changed: BTreeSet<Whom>,
    /// Whether the accounts of staff and the recipients are.
    pub house: bool,
    /// How long the ledger was before.
    pub from: u64,
    /// How long the ledger is, and the signed checkpoint of that length.
    pub ledger: Option<(u64, String)>,
}

/// What is shipped at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    /// Who goes first: all for whom something was done that must not be lost.
    pub protected: BTreeSet<Whom>,
    /// Some of those who changed otherwise.
    pub changed: Vec<Changed>,
    /// Whether the accounts of staff and the recipients are.
    pub house: bool,
    /// How long the ledger is, and the signed checkpoint of that length.
    pub ledger: Option<(u64, String)>,
    /// The first entry that may name somebody who changed and is left for later.
    pub people_from: Option<u64>,
}

/// Steps of the key store that wait.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    /// In order.
    pub steps: Vec<KeyStep>,
    /// Whether some were dropped for want of room: then only a new base helps.
    pub lost: bool,
    bytes: usize,
}

/// How the second copy stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyStatus {
    /// Frames that are durable in it.
    pub frames: u64,
    /// For how long the oldest waits that is not in it yet; `None` when everything is.
    pub behind: Option<Duration>,
    /// For how long it may.
    pub bound: Duration,
    /// How many who changed wait, while whoever is protected goes first.
    pub changed: usize,
    /// Whether operations that make or end keys or protect somebody are refused until it follows.
    pub refuses: bool,
    /// Why it does not follow, in words.
    pub fault: Option<String>,
}

#[derive(Default)]
struct State {
    protected: BTreeSet<Whom>,
    changed: Lane,
    house: bool,
    ledger: Option<(u64, String)>,
    steps: Steps,
    /// Of whoever is protected, and of steps.
    guarded: Since,
    /// Of anything.
    any: Since,
    /// Since when the copy is tried without anything that would be durable in it.
    tried_since: Option<i64>,
    /// The step up to which the copy holds whole rows of keys.
    followed: u64,
    frames: u64,
    fault: Option<String>,
    closed: bool,
}

impl Outbox {
    /// An empty one. What is guarded and waits for longer than `bound` lets [`Outbox::refuses`] refuse.
    pub(crate) fn new(clock: Arc<dyn Clock>, bound: Duration) -> Self {
        Self {
            state: Mutex::default(),
            arrived: Condvar::new(),
            followed: Condvar::new(),
            clock,
            bound,
        }
    }

    /// Takes over a durable step of the key store.
    pub(crate) fn step(&self, step: &KeyStep) {
        let now = self.now();
        let mut state = self.lock();
        let rows = step.puts.iter().map(|(path, row)| path.len() + row.len());
        state.steps.bytes += rows.sum::<usize>() + step.removes.iter().map(Vec::len).sum::<usize>();
        if state.steps.bytes > STEP_BYTES_MAX {
            (state.steps.lost, state.steps.steps) = (true, Vec::new());
        } else {
            state.steps.steps.push(step.clone());
        }
        state.guarded.arrived(now);
        state.any.arrived(now);
        drop(state);
        self.arrived.notify_one();
    }

    /// Takes over what a durable group leaves.
    pub(crate) fn hand_over(&self, parcel: Parcel) {
        let now = self.now();
        let mut state = self.lock();
        if !parcel.protected.is_empty() || parcel.house {
            state.guarded.arrived(now);
        }
        state.any.arrived(now);
        state.protected.extend(parcel.protected);
        for whom in parcel.changed {
            let (from, since) = (parcel.from, now);
            state.changed.add(Changed { whom, from, since });
        }
        state.house |= parcel.house;
        state.ledger = parcel.ledger.or(state.ledger.take());
        drop(state);
        self.arrived.notify_one();
    }

    /// Why nothing may be done now that must not be lost; `None` when all is well. Whoever only changed counts for nothing
    /// here, however many of them wait.
    pub(crate) fn refuses(&self) -> Option<Fault> {
        let now = self.now();
        let refuses = self.is_beyond(&self.lock(), now);
        refuses.then(|| behind(self.bound))
    }

    /// Whether so many steps wait that no more should be made than must.
    pub(crate) fn is_loaded(&self) -> bool {
        self.lock().steps.bytes > STEP_BYTES_MAX / 8
    }

    /// How the copy stands.
    pub(crate) fn status(&self) -> CopyStatus {
        let now = self.now();
        let state = self.lock();
        CopyStatus {
            frames: state.frames,
            behind: state.behind(now),
            bound: self.bound,
            changed: state.changed.len(),
            refuses: self.is_beyond(&state, now),
            fault: state.fault.clone(),
        }
    }

    /// Waits until the copy holds the rows of keys as they were at that step.
    ///
    /// # Errors
    /// [`Fault::Busy`] when it does not follow that far for a while.
    pub(crate) fn wait_for(&self, step: u64) -> Result<(), Fault> {
        let state = self.lock();
        let (state, _) = self
            .followed
            .wait_timeout_while(state, FOLLOW_WAIT, |state| {
                state.followed < step && state.fault.is_none()
            })
            .unwrap_or_else(PoisonError::into_inner);
        if state.followed >= step {
            Ok(())
        } else {
            Err(Fault::Busy(
                "the second copy does not hold the new keys yet; the key of the old epoch stays until it does".into(),
            ))
        }
    }

    /// Why nobody may be changed now whom nothing protects: too many of them wait. `None` when all is well.
    pub(crate) fn refuses_changes(&self) -> Option<Fault> {
        let is_full = self.lock().changed.len() > WAITING_MAX;
        is_full.then(full)
    }

    fn is_beyond(&self, state: &State, now: i64) -> bool {
        let is_late = |since: Option<i64>| since.is_some_and(|since| time(since, now) > self.bound);
        is_late(state.guarded.oldest())
            // A folder that does not answer keeps nothing, whoever waits for it.
            || is_late(state.tried_since)
            || state.protected.len() > WAITING_MAX
            || state.steps.bytes > STEP_BYTES_MAX / 2
    }

    /// Waits until there is something to ship, and then a moment for more; `false` once it is closed and empty.
    pub(crate) fn wait(&self) -> bool {
        let mut state = self.lock();
        while !state.has_work() && !state.closed {
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if !state.has_work() {
            return false;
        }
        let is_enough = state.changed.len() >= CHANGED_AT_ONCE;
        drop(state);
        if !is_enough {
            self.rest(GATHER);
        }
        true
    }

    /// Does nothing for that long, or until it is closed; says whether it is.
    pub(crate) fn rest(&self, time: Duration) -> bool {
        let state = self.lock();
        let (state, _) = self
            .arrived
            .wait_timeout_while(state, time, |state| !state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        state.closed
    }

    /// Takes what waits, without the steps, and of those who only changed the first. It counts as waiting until
    /// [`Outbox::shipped`].
    pub(crate) fn take(&self) -> Load {
        let now = self.now();
        let mut state = self.lock();
        state.guarded.taken();
        state.any.taken();
        state.tried_since.get_or_insert(now);
        let changed = state.changed.take(CHANGED_AT_ONCE);
        Load {
            protected: std::mem::take(&mut state.protected),
            changed,
            house: std::mem::take(&mut state.house),
            ledger: state.ledger.take(),
            people_from: state.changed.first().map(|first| first.from),
        }
    }

    /// Takes the steps that wait. To be called after the rows were read: then no row is newer than the keys.
    pub(crate) fn take_steps(&self) -> Steps {
        std::mem::take(&mut self.lock().steps)
    }

    /// Forgets the steps that wait: whoever asks reads all rows of the key store next.
    pub(crate) fn forget_steps(&self) {
        self.lock().steps = Steps::default();
    }

    /// What was taken is durable off the machine, so many frames in all; the rows of keys are whole up to that step.
    pub(crate) fn shipped(&self, step: u64, frames: u64) {
        let mut state = self.lock();
        state.guarded.shipped();
        state.any.shipped();
        (state.tried_since, state.fault) = (None, None);
        (state.followed, state.frames) = (step, frames);
        drop(state);
        self.followed.notify_all();
    }

    /// It could not be shipped.
    pub(crate) fn failed(&self, fault: &Fault) {
        let now = self.now();
        let mut state = self.lock();
        state.fault = Some(fault.to_string());
        state.tried_since.get_or_insert(now);
        drop(state);
        self.followed.notify_all();
    }

    /// What was taken waits again. Steps that were taken with it are lost to the stream.
    pub(crate) fn give_back(&self, load: Load) {
        let mut state = self.lock();
        state.guarded.given_back();
        state.any.given_back();
        state.protected.extend(load.protected);
        state.changed.give_back(load.changed);
        state.house |= load.house;
        state.ledger = state.ledger.take().or(load.ledger);
        state.steps.lost = true;
    }

    /// Nothing more comes.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_all();
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // INVARIANT: nothing between lock and unlock can panic half-way through a change, so a poisoned lock is sound.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether there is something to ship, or to try again.
    fn has_work(&self) -> bool {
        self.any.is_waiting() || self.changed.len() > 0 || self.fault.is_some()
    }

    /// For how long the oldest waits of everything.
    fn behind(&self, now: i64) -> Option<Duration> {
        let changed = self.changed.first().map(|first| first.since);
        let since = [self.guarded.oldest(), self.any.oldest(), changed];
        let oldest = since.into_iter().flatten().min()?;
        Some(time(oldest, now))
    }
}

fn time(since: i64, now: i64) -> Duration {
    Duration::from_millis(u64::try_from(now.saturating_sub(since)).unwrap_or(0))
}

fn behind(bound: Duration) -> Fault {
    Fault::Busy(format!(
        "the second copy is more than {} s behind; until it follows, nothing is done that makes or ends a key or protects \
         somebody: look at its folder",
        bound.as_secs()
    ))
}

fn full() -> Fault {
    Fault::Busy(format!(
        "more than {WAITING_MAX} changes wait for the second copy; until it follows, nobody is changed but to protect them: \
         look at its folder"
    ))
}

/// Subjects and pseudonyms that may wait, for each of two reasons: above it nobody is changed, or nobody is protected.
const WAITING_MAX: usize = 65_536;
/// Bytes of steps that may wait; above an eighth of it the end of an epoch pauses, above half of it operations on keys are
/// refused, above it steps are dropped.
const STEP_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long more is gathered before it is shipped: one sync for all of it, and little beside the bound.
const GATHER: Duration = Duration::from_millis(100);
/// For how long the end of an epoch waits for the copy, and the writer with it, before it is put off.
const FOLLOW_WAIT: Duration = Duration::from_secs(2);
/// How many who only changed are shipped at once: so long whoever is protected may have to wait for them.
pub(crate) const CHANGED_AT_ONCE: usize = 1024;
