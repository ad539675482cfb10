//! 5.1.5, 8: clocks that are set while the program runs. Instants never go back, so the ledger and every order of events
//! hold; and when the clock leaps ahead, nothing is destroyed by the schedule: a human is called.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sandyq_model::Clock;

/// A clock that stands still where the one below it was set back, until that one has caught up.
pub struct SteadyClock {
    below: Arc<dyn Clock>,
    latest_micros: AtomicI64,
}

impl SteadyClock {
    /// A steady clock over that one.
    #[must_use]
    pub fn over(below: Arc<dyn Clock>) -> Self {
        let latest_micros = AtomicI64::new(below.now().as_microsecond());
        Self { below, latest_micros }
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Timestamp {
        let now = self.below.now();
        let micros = now.as_microsecond();
        let latest = self.latest_micros.fetch_max(micros, Ordering::SeqCst);
        if micros >= latest {
            return now;
        }
        Timestamp::from_microsecond(latest).unwrap_or(now)
    }
}

/// Compares the clock with the time for which the program runs, by a watch that nobody sets.
pub(crate) struct Leaps {
    begun: Timestamp,
    is_told: bool,
}

impl Leaps {
    /// From now on.
    pub(crate) const fn since(begun: Timestamp) -> Self {
        Self {
            begun,
            is_told: false,
        }
    }

    /// Whether the clock can be believed after the program has run for so long. Says once when it cannot.
    pub(crate) fn trusts(&mut self, now: Timestamp, run: Duration) -> bool {
        let run = SignedDuration::try_from(run).unwrap_or(SignedDuration::MAX);
        let ahead = now.duration_since(self.begun).saturating_sub(run);
        let is_trusted = ahead <= LEAP_MAX;
        if !is_trusted && !self.is_told {
            let hours = ahead.as_hours();
            tracing::error!(
                hours,
                "the clock leapt ahead: nothing is destroyed by the schedule until the program starts again; look at \
                 the clock first"
            );
        }
        self.is_told = !is_trusted;
        is_trusted
    }
}

/// So far a clock may be set ahead of the time that has passed, before it is no more believed.
const LEAP_MAX: SignedDuration = SignedDuration::from_hours(1);

#[cfg(test)]
mod tests {
    use sandyq_rehearsal::SetClock;

    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    #[test]
    fn a_clock_that_is_set_back_stands_still_until_it_has_caught_up() {
        let begun: Timestamp = "2026-11-23T05:00:00Z".parse().unwrap();
        let below = Arc::new(SetClock::at(begun));
        let steady = SteadyClock::over(Arc::clone(&below) as _);
        below.set(begun - HOUR);
        assert_eq!(steady.now(), begun);
        below.set(begun - HOUR / 2);
        assert_eq!(steady.now(), begun);
        below.set(begun + HOUR);
        assert_eq!(steady.now(), begun + HOUR);
    }

    #[test]
    fn a_leap_is_seen_and_a_correction_is_none() {
        let begun: Timestamp = "2026-11-23T05:00:00Z".parse().unwrap();
        let mut leaps = Leaps::since(begun);
        let run = Duration::from_secs(60);
        for (now, is_trusted) in [
            (begun, true),
            (begun - HOUR, true),
            (begun + HOUR, true),
            (begun + HOUR * 24, false),
            (begun + HOUR * 24 * 365, false),
            (begun + HOUR, true),
        ] {
            assert_eq!(leaps.trusts(now, run), is_trusted, "{now}");
        }
        assert!(leaps.trusts(begun + HOUR * 24, Duration::from_hours(24)));
    }
}
