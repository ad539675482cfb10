//! ASVS 6.3.1: how much was tried in vain from one place or one browser lately. It is in memory alone: where people come
//! from is kept nowhere.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Failures from one place within [`WINDOW`].
const FAILURES_MAX: u32 = 30;
/// For how long a failure counts.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// Places that are remembered at once; when there are more, those whose time is over are forgotten, then all.
const REMEMBERED_MAX: usize = 20_000;

/// A place in the network: an address, or the half of one that a household has (IPv6).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Place([u8; 8]);

impl Place {
    fn of(address: Option<IpAddr>) -> Self {
        let mut place = [0; 8];
        let octets: Vec<u8> = match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => [&[4, 0, 0, 0][..], &address.octets()].concat(),
            Some(IpAddr::V6(address)) => address.octets().to_vec(),
            None => Vec::new(),
        };
        for (to, from) in place.iter_mut().zip(octets) {
            *to = from;
        }
        Self(place)
    }
}

/// The places from which something was tried in vain.
#[derive(Default)]
pub(crate) struct Places(Mutex<HashMap<Place, (u32, Timestamp)>>);

impl Places {
    /// Whether nothing is listened to from there for now.
    pub(crate) fn is_paused(&self, address: Option<IpAddr>, now: Timestamp) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(&Place::of(address))
            .is_some_and(|(failures, since)| *failures >= FAILURES_MAX && now < *since + WINDOW)
    }

    /// Something was tried there in vain.
    pub(crate) fn note_failure(&self, address: Option<IpAddr>, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MAX {
            known.retain(|_, (_, since)| now < *since + WINDOW);
            if known.len() >= REMEMBERED_MAX {
                known.clear();
            }
        }
        let entry = known.entry(Place::of(address)).or_insert((0, now));
        if now >= entry.1 + WINDOW {
            *entry = (0, now);
        }
        entry.0 = entry.0.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_paused_for_a_while_and_its_neighbours_are_not() {
        let now: Timestamp = "2026-11-23T05:00:00Z".parse().unwrap();
        let places = Places::default();
        let (here, there) = ("203.0.113.7".parse().ok(), "203.0.113.8".parse().ok());
        for _ in 0..FAILURES_MAX {
            assert!(!places.is_paused(here, now));
            places.note_failure(here, now);
        }
        assert!(places.is_paused(here, now) && !places.is_paused(there, now));
        let mapped = "::ffff:203.0.113.7".parse().ok();
        assert!(
            places.is_paused(mapped, now),
            "another writing of the same address"
        );
        assert!(!places.is_paused(here, now + WINDOW));
    }

    #[test]
    fn a_household_is_one_place() {
        let now: Timestamp = "2026-11-23T05:00:00Z".parse().unwrap();
        let places = Places::default();
        for last in 0..FAILURES_MAX {
            places.note_failure(format!("2001:db8::{last:x}").parse().ok(), now);
        }
        assert!(places.is_paused("2001:db8::ffff".parse().ok(), now));
    }
}
