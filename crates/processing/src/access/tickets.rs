//! 6.5: tickets of nobody. Whoever asks for a code by an address that is not known gets a page like everybody else, on
//! which attempts are used up like everybody else's. They are counted in memory alone: there is nobody to count for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// Tickets that are remembered at once; when there are more, those that are over are forgotten, then all.
const REMEMBERED_MAX: usize = 20_000;

/// Tickets that belong to nobody, with the attempts so far and their end.
#[derive(Default)]
pub(crate) struct Tickets(Mutex<HashMap<[u8; 16], (u32, Timestamp)>>);

impl Tickets {
    /// A ticket was given to somebody who asked for nobody.
    pub(crate) fn note(&self, ticket: [u8; 16], until: Timestamp, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MAX {
            known.retain(|_, (_, until)| now < *until);
            if known.len() >= REMEMBERED_MAX {
                known.clear();
            }
        }
        known.insert(ticket, (0, until));
    }

    /// Counts an attempt; whether there had been `limit` before.
    pub(crate) fn are_used_up(&self, ticket: [u8; 16], limit: u32, now: Timestamp) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((attempts, _)) = known.get_mut(&ticket).filter(|(_, until)| now < *until) else {
            return false;
        };
        let before = *attempts;
        *attempts = before.saturating_add(1).min(limit);
        before >= limit
    }
}
