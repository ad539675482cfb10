//! What is remembered of the provider: its places and its keys, in memory alone and for an hour.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::metadata::Metadata;
use super::signature::Keys;

/// For how long what the provider said of itself counts.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Keys are not fetched again before, however many statements name one that is not known.
const FETCHED_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(30);

#[derive(Default)]
pub(super) struct Remembered {
    metadata: Mutex<Option<(Timestamp, Arc<Metadata>)>>,
    keys: Mutex<Option<(Timestamp, Arc<Keys>)>>,
}

impl Remembered {
    pub(super) fn metadata(&self, now: Timestamp) -> Option<Arc<Metadata>> {
        young(&self.metadata, now, REMEMBERED_FOR)
    }

    pub(super) fn keep_metadata(&self, metadata: Metadata, now: Timestamp) -> Arc<Metadata> {
        kept(&self.metadata, metadata, now)
    }

    /// The keys; `None` when they must be fetched. Whoever wants them `anew` has those of a moment ago all the same.
    pub(super) fn keys(&self, now: Timestamp, anew: bool) -> Option<Arc<Keys>> {
        let age = if anew { FETCHED_AGAIN_AFTER } else { REMEMBERED_FOR };
        young(&self.keys, now, age)
    }

    pub(super) fn keep_keys(&self, keys: Keys, now: Timestamp) -> Arc<Keys> {
        kept(&self.keys, keys, now)
    }
}

fn young<T>(
    place: &Mutex<Option<(Timestamp, Arc<T>)>>,
    now: Timestamp,
    age: SignedDuration,
) -> Option<Arc<T>> {
    let place = place.lock().unwrap_or_else(PoisonError::into_inner);
    let (since, known) = place.as_ref()?;
    // A clock that went back makes nothing younger.
    (*since <= now && now.duration_since(*since) < age).then(|| Arc::clone(known))
}

fn kept<T>(place: &Mutex<Option<(Timestamp, Arc<T>)>>, what: T, now: Timestamp) -> Arc<T> {
    let what = Arc::new(what);
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&what)));
    what
}
