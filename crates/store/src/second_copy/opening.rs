//! At the start: the copy is compared with the store. One that is behind is brought up to date before anybody is served; one
//! that is ahead means that the store was put back to an older state, and nothing is served.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::note::VerifierKey;
use sandyq_ledger::tree::Hash;
use sandyq_model::{Chance, Clock, Fault};

use super::content::{Content, Stand};
use super::files::CopyFiles;
use super::notice::Notice;
use super::outbox::Outbox;
use super::read::SecondCopy;
use super::shipper::{KeyPages, Position, Shipper, ShipperParts};
use super::stream::Stream;
use super::walk::{Walked, stands, walk_end};
use crate::database::Snapshots;
use crate::farewell::{Farewell, PLACE_WAIT, Thread};
use crate::vault::{CopyKey, KeyHead};

/// Where the second copy lies, and how far it may be behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondCopyOptions {
    /// The folder: on another machine, and there before the program starts.
    pub folder: PathBuf,
    /// While it is more than this behind, nothing is done that makes or ends a key, or that protects somebody.
    pub behind: Duration,
    /// For so long old segments are kept, so that backups of that age can be restored.
    pub keep: Duration,
}

/// The store, as the copy is compared with it.
pub(crate) struct Local<'l> {
    /// The newest durable step of the key store.
    pub keys: KeyHead,
    /// How many entries the ledger has.
    pub ledger: u64,
    /// The root of the ledger when it had so many.
    pub root_at: &'l mut dyn FnMut(u64) -> Result<Hash, Fault>,
    /// By which checkpoints are verified.
    pub verifier_key: &'l VerifierKey,
}

/// What a copy is made with.
pub(crate) struct CopyParts {
    /// The folder.
    pub files: Box<dyn CopyFiles>,
    /// What seals it.
    pub key: CopyKey,
    /// A connection to the data.
    pub data: Box<dyn Snapshots>,
    /// The rows of the key store.
    pub keys: Box<dyn KeyPages>,
    /// Where this machine notes how far the copy is.
    pub notice: Notice,
    /// What waits.
    pub outbox: Arc<Outbox>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// For salts.
    pub chance: Arc<dyn Chance>,
}

/// The end of a stream that was found.
#[derive(Default)]
struct Tail {
    stand: Option<Stand>,
    step: u64,
    ledger: u64,
    base: u64,
    growing: u64,
    people_from: Option<u64>,
    keys: Option<KeyHead>,
    note: Option<String>,
}

/// Compares the copy with the store, and makes ready to ship from where it ends.
///
/// # Errors
/// [`Fault::Ledger`] when the copy is ahead of the store, of another store, or damaged; [`Fault::Outside`] when the folder
/// does not answer or is not the one that it was.
pub(crate) fn open(mut parts: CopyParts, keep: Duration, local: &mut Local<'_>) -> Result<Shipper, Fault> {
    let mut tail = Tail::default();
    let files = parts.files.as_mut();
    let walked = walk_end(files, &parts.key, &mut |number, content| {
        tail.take(number, content)
    })?;
    refuse_what_was_put_back(&parts.notice, &walked)?;
    tail.compare(local)?;
    let segments = stands(files, &parts.key)?;
    let position = Position {
        step: tail.step,
        ledger: tail.stand.map_or(local.ledger, |_| tail.ledger),
        people_from: tail.people_from,
        base: (tail.base > 0 && tail.step == local.keys.step).then_some(tail.base),
        segments: segments.iter().map(|(first, stand)| (*first, stand.at)).collect(),
    };
    let parts = ShipperParts {
        stream: Stream::after(&walked, parts.files, parts.key, parts.chance),
        outbox: parts.outbox,
        data: parts.data,
        keys: parts.keys,
        notice: parts.notice,
        clock: parts.clock,
        keep: i64::try_from(keep.as_millis()).unwrap_or(i64::MAX),
    };
    Ok(Shipper::new(parts, position))
}

/// What this machine noted against what it finds.
fn refuse_what_was_put_back(notice: &Notice, walked: &Walked) -> Result<(), Fault> {
    let Some((noted, link)) = notice.read() else {
        return Ok(());
    };
    if walked.last == 0 {
        return Err(Fault::Outside(format!(
            "the folder of the second copy is empty, and held {noted} frames: is it mounted? If the copy is lost, remove \
             `{NOTICE_NAME}` from the data folder, and a new one is begun"
        )));
    }
    if walked.last == noted && walked.link != link {
        return Err(Fault::Ledger(
            "the second copy is not the one that this machine wrote: give each system a folder of its own"
                .into(),
        ));
    }
    if walked.last < noted {
        tracing::error!(
            count = noted - walked.last,
            "frames of the second copy are gone that were there: it was cut off or put back; it is brought up to date"
        );
    }
    Ok(())
}

impl Tail {
    fn take(&mut self, number: u64, content: Content) -> Result<(), Fault> {
        self.keys = content.key_head()?.or(self.keys);
        match content {
            Content::Stand(stand) => {
                (self.step, self.ledger, self.base) = (stand.step, stand.ledger, stand.base);
                self.stand = Some(stand);
            }
            Content::BaseBegins(step) => (self.growing, self.step) = (number, step),
            Content::BaseEnds(_) => self.base = self.growing,
            Content::Step(step) => self.step = step.number,
            Content::Ledger(page) => {
                self.ledger = page.first.saturating_add(page.count);
                self.note = Some(page.note)
                    .filter(|note| !note.is_empty())
                    .or(self.note.take());
            }
            Content::PeopleFrom(from) => self.people_from = from,
            Content::BaseRows(_) | Content::Image(_) | Content::Shared(_) => {}
        }
        Ok(())
    }

    fn compare(&self, local: &mut Local<'_>) -> Result<(), Fault> {
        if self.step > local.keys.step || self.ledger > local.ledger {
            return Err(Fault::Ledger(format!(
                "the second copy is ahead of this store (step {} of the keys and {} entries there, step {} and {} here): \
                 the store was put back to an older state, and would bring back who was destroyed; run `sandyq restore`",
                self.step, self.ledger, local.keys.step, local.ledger
            )));
        }
        if self.keys.is_some_and(|keys| keys.contradicts(&local.keys)) {
            return Err(Fault::Ledger(format!(
                "the key store went another way than the second copy and is at the same step, {}: it was put back to an \
                 older state, and would bring back who was destroyed; move it away and run `sandyq restore`, which makes \
                 it anew from the copy",
                local.keys.step
            )));
        }
        let Some(note) = &self.note else { return Ok(()) };
        let key = local.verifier_key;
        let checkpoint = Checkpoint::open_of(key.name(), note.as_bytes(), std::slice::from_ref(key))
            .map_err(|error| {
                Fault::Ledger(format!("a checkpoint in the second copy does not hold: {error}"))
            })?;
        if checkpoint.size <= local.ledger && (local.root_at)(checkpoint.size)? == checkpoint.root {
            Ok(())
        } else {
            Err(Fault::Ledger(
                "the second copy holds another ledger than this store: one of them is not what was written"
                    .into(),
            ))
        }
    }
}

/// The thread that ships. When dropped, it ships what waits and stops; when the folder does not answer, it is left.
pub(crate) struct Shipping {
    outbox: Arc<Outbox>,
    place: (PathBuf, CopyKey),
    thread: Option<Thread>,
    farewell: Farewell,
}

impl Shipping {
    /// Starts the thread.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub(crate) fn start(
        shipper: Shipper,
        place: (PathBuf, CopyKey),
        farewell: Farewell,
    ) -> Result<Self, Fault> {
        let outbox = Arc::clone(shipper.outbox());
        let thread = Thread::start("sandyq-second-copy", move || run(shipper))?;
        Ok(Self {
            outbox,
            place,
            thread: Some(thread),
            farewell,
        })
    }
}

impl Shipping {
    /// What waits.
    pub(crate) const fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// Reads and verifies the whole copy.
    ///
    /// # Errors
    /// As [`SecondCopy::open`].
    pub(crate) fn read(&self) -> Result<SecondCopy, Fault> {
        let (folder, key) = &self.place;
        SecondCopy::open(folder, key)
    }
}

impl Drop for Shipping {
    fn drop(&mut self) {
        self.outbox.close();
        if self
            .thread
            .take()
            .is_some_and(|thread| !thread.ends_within(PLACE_WAIT))
        {
            self.farewell.leave(
                "the folder of the second copy does not answer, and does not have what was done last; the next start brings \
                 it up to date: look at its mount before",
            );
        }
    }
}

fn run(mut shipper: Shipper) {
    let mut pause = RETRY;
    let outbox = Arc::clone(shipper.outbox());
    while outbox.wait() {
        match shipper.ship() {
            Ok(()) => pause = RETRY,
            Err(fault) => {
                tracing::error!(%fault, "the second copy does not follow");
                if outbox.rest(pause) {
                    // Stopping: once more, and then the next start brings it up to date.
                    if let Err(fault) = shipper.ship() {
                        tracing::error!(%fault, "the second copy is behind at the end");
                    }
                    return;
                }
                pause = (pause * 2).min(RETRY_MAX);
            }
        }
    }
}

/// The file in the data folder in which this machine notes how far the copy is.
pub const NOTICE_NAME: &str = "second-copy.head";
/// How long after a failure it is tried again, first and at most.
const RETRY: Duration = Duration::from_millis(250);
const RETRY_MAX: Duration = Duration::from_secs(5);
