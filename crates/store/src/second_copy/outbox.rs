//! What waits to be shipped: handed over by the writer after its commit and before its answer, as little as possible.
//! Rows and entries are read by who ships them; only steps of the key store, which are nowhere else, wait as bytes.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sandyq_model::{Clock, Fault, Pseudonym, SubjectId};

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
    /// Whose rows are to be shipped as they are by then.
    pub subjects: BTreeSet<SubjectId>,
    /// Whose receipts are.
    pub pseudonyms: BTreeSet<Pseudonym>,
    /// Whether the accounts of staff are.
    pub staff: bool,
    /// How long the ledger is, and the signed checkpoint of that length.
    pub ledger: Option<(u64, String)>,
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
    /// Whether operations are refused until it follows.
    pub refuses: bool,
    /// Why it does not follow, in words.
    pub fault: Option<String>,
}

#[derive(Default)]
struct State {
    parcel: Parcel,
    steps: Steps,
    /// Since when the oldest waits that nobody ships yet, in milliseconds.
    waiting_since: Option<i64>,
    /// Since when the oldest waits of what is being shipped.
    shipping_since: Option<i64>,
    /// The step up to which the copy holds whole rows of keys.
    followed: u64,
    frames: u64,
    fault: Option<String>,
    closed: bool,
}

impl Outbox {
    /// An empty one. What waits for longer than `bound` lets [`Outbox::refuses`] refuse.
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
        state.waiting_since.get_or_insert(now);
        drop(state);
        self.arrived.notify_one();
    }

    /// Takes over what a durable group leaves.
    pub(crate) fn hand_over(&self, parcel: Parcel) {
        let now = self.now();
        let mut state = self.lock();
        state.parcel.add(parcel);
        state.waiting_since.get_or_insert(now);
        drop(state);
        self.arrived.notify_one();
    }

    /// Why nothing may be done now that must not be lost; `None` when all is well.
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

    /// Whether so many people wait that no more may.
    pub(crate) fn is_full(&self) -> bool {
        self.lock().is_full()
    }

    fn is_beyond(&self, state: &State, now: i64) -> bool {
        let late = state.behind(now).is_some_and(|behind| behind > self.bound);
        late || state.is_full() || state.steps.bytes > STEP_BYTES_MAX / 2
    }

    /// Waits until there is something to ship, and then a moment for more; `false` once it is closed and empty.
    pub(crate) fn wait(&self) -> bool {
        let mut state = self.lock();
        while state.waiting_since.is_none() && !state.closed {
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.waiting_since.is_none() {
            return false;
        }
        drop(state);
        self.rest(GATHER);
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

    /// Takes what waits, without the steps. It counts as waiting until [`Outbox::shipped`].
    pub(crate) fn take(&self) -> Parcel {
        let mut state = self.lock();
        let since = state.waiting_since.take();
        state.shipping_since = state.shipping_since.or(since);
        std::mem::take(&mut state.parcel)
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
        (state.shipping_since, state.fault) = (None, None);
        (state.followed, state.frames) = (step, frames);
        drop(state);
        self.followed.notify_all();
    }

    /// It could not be shipped.
    pub(crate) fn failed(&self, fault: &Fault) {
        self.lock().fault = Some(fault.to_string());
        self.followed.notify_all();
    }

    /// What was taken waits again. Steps that were taken with it are lost to the stream.
    pub(crate) fn give_back(&self, parcel: Parcel) {
        let mut state = self.lock();
        let since = state.shipping_since.take();
        state.waiting_since = since.or(state.waiting_since);
        let newer = std::mem::replace(&mut state.parcel, parcel);
        state.parcel.add(newer);
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
    fn is_full(&self) -> bool {
        self.parcel.subjects.len() + self.parcel.pseudonyms.len() > WAITING_MAX
    }

    fn behind(&self, now: i64) -> Option<Duration> {
        let since = self.shipping_since.or(self.waiting_since)?;
        Some(Duration::from_millis(
            u64::try_from(now.saturating_sub(since)).unwrap_or(0),
        ))
    }
}

impl Parcel {
    /// Takes in what was left later.
    pub(crate) fn add(&mut self, newer: Self) {
        self.subjects.extend(newer.subjects);
        self.pseudonyms.extend(newer.pseudonyms);
        self.staff |= newer.staff;
        self.ledger = newer.ledger.or(self.ledger.take());
    }
}

fn behind(bound: Duration) -> Fault {
    Fault::Busy(format!(
        "the second copy is more than {} s behind; until it follows, nothing is done that makes or ends a key or a \
         consent: look at its folder",
        bound.as_secs()
    ))
}

/// Subjects and pseudonyms that may wait; above it, nobody is changed.
const WAITING_MAX: usize = 65_536;
/// Bytes of steps that may wait; above an eighth of it the end of an epoch pauses, above half of it operations on keys are
/// refused, above it steps are dropped.
const STEP_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long more is gathered before it is shipped: one sync for all of it, and little beside the bound.
const GATHER: Duration = Duration::from_millis(100);
/// For how long the end of an epoch waits for the copy, and the writer with it, before it is put off.
const FOLLOW_WAIT: Duration = Duration::from_secs(2);
