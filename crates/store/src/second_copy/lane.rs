//! Who waits to be shipped: whoever is protected goes first and all at once; whoever changed otherwise waits in a lane of
//! their own, in the order in which they changed, so that many of them hold nobody up who is protected.

use std::collections::{BTreeSet, VecDeque};

use sandyq_model::{Pseudonym, SubjectId};

/// By what somebody is named whose rows are to be shipped as they are by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Whom {
    /// The rows of the subject.
    Subject(SubjectId),
    /// The rows of who has it now, and the receipts about it.
    Pseudonym(Pseudonym),
}

/// Somebody who changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Who.
    pub whom: Whom,
    /// How long the ledger was before they did.
    pub from: u64,
    /// When they did, in milliseconds.
    pub since: i64,
}

/// Whoever changed, in the order in which they did.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    order: VecDeque<Changed>,
    waiting: BTreeSet<Whom>,
}

/// Since when the oldest waits, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Since {
    /// Of what nobody ships yet.
    waiting: Option<i64>,
    /// Of what is being shipped.
    shipping: Option<i64>,
}

impl Lane {
    /// Puts them at the end. Whoever waits already is shipped as they are by then.
    pub(crate) fn add(&mut self, changed: Changed) {
        if self.waiting.insert(changed.whom) {
            self.order.push_back(changed);
        }
    }

    /// Takes the first of them, so many at most.
    pub(crate) fn take(&mut self, at_most: usize) -> Vec<Changed> {
        let taken: Vec<Changed> = self.order.drain(..self.order.len().min(at_most)).collect();
        for changed in &taken {
            self.waiting.remove(&changed.whom);
        }
        taken
    }

    /// Puts them back to where they were taken.
    pub(crate) fn give_back(&mut self, taken: Vec<Changed>) {
        for changed in taken.into_iter().rev() {
            self.waiting.insert(changed.whom);
            self.order.push_front(changed);
        }
    }

    /// Who waits for the longest.
    pub(crate) fn first(&self) -> Option<&Changed> {
        self.order.front()
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }
}

impl Since {
    /// Something more waits.
    pub(crate) fn arrived(&mut self, now: i64) {
        self.waiting.get_or_insert(now);
    }

    /// What waits is being shipped.
    pub(crate) fn taken(&mut self) {
        let since = self.waiting.take();
        self.shipping = self.shipping.or(since);
    }

    /// What was being shipped waits again.
    pub(crate) fn given_back(&mut self) {
        self.waiting = self.shipping.take().or(self.waiting);
    }

    /// What was being shipped is there.
    pub(crate) const fn shipped(&mut self) {
        self.shipping = None;
    }

    /// Whether something waits that nobody ships yet.
    pub(crate) const fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Since when, of everything.
    pub(crate) fn oldest(&self) -> Option<i64> {
        self.shipping.or(self.waiting)
    }
}
