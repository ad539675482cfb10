//! Waiting for something that another process does, with an end.
#![allow(
    clippy::disallowed_methods,
    reason = "the one place of the journeys that reads the clock"
)]

use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a process may take to do what a test waits for. Generous, because the build machine is shared.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long to sleep between two looks.
const PAUSE: Duration = Duration::from_millis(25);

/// Looks again and again until there is something; panics with what was awaited when it does not come.
pub fn wait_for<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    look_for(PATIENCE, look).unwrap_or_else(|| panic!("waited {} s in vain for {what}", PATIENCE.as_secs()))
}

/// Looks again and again until there is something or the time is over.
pub fn look_for<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    loop {
        let found = look();
        if found.is_some() || began.elapsed() >= patience {
            return found;
        }
        sleep(PAUSE);
    }
}
