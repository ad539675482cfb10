//! 6.3, DEF-4: the end of an epoch. Every node above a key that died is given a new key, in small steps; then the key
//! of the epoch is replaced and forgotten, and with it every older copy of the tree loses those keys.
//!
//! Each durable point leaves a state from which the next call, or the next start, goes on: `Beginning` before custodians
//! and the new epoch's key are asked for, `Ending` from the moment the top lies under the new key until the old one is
//! known to be forgotten. Forgetting is a call of its own, because it must be accounted for before (5.1.5-c).

use jiff::Timestamp;
use sandyq_model::Fault;

use super::super::epoch::Epoch;
use super::KeyStore;
use super::node::NodeKey;
use super::path::{MARK_ROWS, Path};
use super::rows::Rows;
use super::state::{Deaths, Phase, State};
use super::tops::TOP_ROW;

/// An epoch that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Which one.
    pub from: Epoch,
    /// The one that has begun.
    pub to: Epoch,
    /// How many keys died in the epoch that ends: nobody opens them once its key is forgotten.
    pub deaths: u64,
    /// How many nodes of the key tree were given a new key.
    pub nodes: u64,
}

/// How the epochs stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyStatus {
    /// The present epoch.
    pub epoch: Epoch,
    /// Since when.
    pub since: Timestamp,
    /// How many keys died in it, of which older copies still open.
    pub deaths: u64,
    /// When the first of them did.
    pub oldest_death: Option<Timestamp>,
    /// How many data keys live.
    pub living: u64,
    /// Whether a change of epochs has begun and not come to its end.
    pub changing: bool,
    /// The epoch before, while its key is still to be forgotten.
    pub ending: Option<Epoch>,
}

impl KeyStore {
    /// How the epochs stand.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn status(&mut self) -> Result<KeyStatus, Fault> {
        Ok(self.state()?.status())
    }

    /// Goes one step towards the end of the epoch: gives at most so many nodes a new key, or, when none is left, begins
    /// the next epoch. `None` while there is more to do; then the epoch that ends, whose key is still held: account for
    /// it, and call [`KeyStore::end_epoch`].
    ///
    /// # Errors
    /// When a store, a place of epoch keys or a custodian does not answer. What was done is durable, and calling again
    /// goes on from there.
    pub fn rotate_step(&mut self, nodes: usize) -> Result<Option<Rotation>, Fault> {
        if self.state()?.phase != Phase::Ending {
            if self.renew_nodes(nodes.max(1))? > 0 {
                return Ok(None);
            }
            self.begin_epoch()?;
            if !self.change_epoch()? {
                return Ok(None);
            }
        }
        self.settle_escrow()?;
        Ok(self.state()?.rotation())
    }

    /// Forgets the key of the epoch that ends: from then on no older copy opens who died in it. Must follow its account
    /// in the ledger. `None` when no epoch is ending.
    ///
    /// # Errors
    /// When a place of epoch keys or a custodian does not answer: then it must be done again.
    pub fn end_epoch(&mut self) -> Result<Option<Rotation>, Fault> {
        let Some(rotation) = self.state()?.rotation() else {
            return Ok(None);
        };
        self.settle_escrow()?;
        self.forget_others()?;
        self.change(|draft| {
            let state = &mut draft.state;
            state.ending = Deaths::default();
            state.renewed = 0;
            state.phase = Phase::Still;
            Ok(())
        })?;
        Ok(Some(rotation))
    }

    /// Finishes what a crash has cut off of a change of epochs, as far as the ledger allows: the key of an epoch is
    /// forgotten when that is the one whose end is accounted for. What is left to do [`KeyStatus::changing`] says. To be
    /// called at the start, after custodians are named.
    ///
    /// # Errors
    /// As [`KeyStore::end_epoch`].
    pub fn finish_epoch(&mut self, accounted: Option<Epoch>) -> Result<Option<Rotation>, Fault> {
        self.settle_escrow()?;
        let state = self.state()?;
        if state.phase == Phase::Still {
            // A place that was away while another forgot may still hold an epoch that has ended.
            self.forget_others()?;
        }
        match state.rotation() {
            Some(ending) if accounted == Some(ending.from) => self.end_epoch(),
            _ => Ok(None),
        }
    }

    /// Hands the key at the top to the custodians anew within the epoch, such as the first time; `false` when there are
    /// none.
    ///
    /// # Errors
    /// When the shares cannot be made durable.
    pub fn renew_escrow(&mut self) -> Result<bool, Fault> {
        if self.escrow.is_none() {
            return Ok(false);
        }
        self.settle_escrow()?;
        let epoch = self.state()?.epoch;
        let row = self.rows.get(TOP_ROW)?.ok_or_else(super::no_state)?;
        let top = self.tops.open(&row)?;
        if let Some(escrow) = &mut self.escrow {
            escrow.prepare(epoch, top.secret())?;
        }
        self.settle_escrow().map(|()| true)
    }

    /// Old shares open the rows that lie elsewhere until the new ones lie there, as the old epoch's key does.
    fn settle_escrow(&mut self) -> Result<(), Fault> {
        let State {
            epoch, step, phase, ..
        } = self.state()?;
        if phase == Phase::Ending
            && let Some(follower) = &mut self.follower
        {
            follower(step)?;
        }
        match &mut self.escrow {
            Some(escrow) => escrow.settle(epoch),
            None => Ok(()),
        }
    }

    /// The deepest marked nodes first: a node's new key is written into the node above, which then gets one itself.
    fn renew_nodes(&mut self, limit: usize) -> Result<u64, Fault> {
        let renewed = self.change(|draft| {
            let marked = marked(draft.tree.rows(), limit)?;
            for path in &marked {
                draft.tree.renew(path)?;
                draft.removes.push(path.mark());
            }
            let renewed = u64::try_from(marked.len()).unwrap_or(u64::MAX);
            draft.state.renewed += renewed;
            Ok(renewed)
        });
        if matches!(renewed, Ok(0)) {
            return renewed;
        }
        self.scrubbed(renewed)
    }

    fn begin_epoch(&mut self) -> Result<(), Fault> {
        if self.state()?.phase == Phase::Still {
            self.forget_others()?;
        }
        self.change(|draft| {
            draft.state.phase = Phase::Beginning;
            Ok(())
        })
    }

    /// Custodians, then the new epoch's key, then the top under it: each durable before the next, and the custodians'
    /// shares of the old top stay until the new one is. Not while another process has let a key die since the last node
    /// was given a new key.
    fn change_epoch(&mut self) -> Result<bool, Fault> {
        let at = self.clock.now();
        let top = NodeKey::random(&*self.chance);
        let mut escrow = self.escrow.take();
        let tops = std::sync::Arc::clone(&self.tops);
        let changed = self.change(|draft| {
            if !marked(draft.tree.rows(), 1)?.is_empty() {
                return Ok(false);
            }
            let next = draft.state.epoch.checked_add(1).ok_or_else(|| {
                Fault::Vault("epochs are counted to their end; begin a new key store".to_owned())
            })?;
            if let Some(escrow) = &mut escrow {
                escrow.prepare(next, top.secret())?;
            }
            draft.puts.push((TOP_ROW.to_vec(), tops.crown(next, &top)?));
            draft.tree.renew_top(top.clone())?;
            draft.removes.push(Path::top().mark());
            let state = &mut draft.state;
            state.epoch = next;
            state.since = at;
            state.renewed += 1;
            state.phase = Phase::Ending;
            state.ending = std::mem::take(&mut state.deaths);
            Ok(true)
        });
        self.escrow = escrow;
        self.scrubbed(changed)
    }

    fn forget_others(&mut self) -> Result<(), Fault> {
        let present = self.state()?.epoch;
        for epoch in self.tops.held()? {
            if epoch != present {
                self.tops.forget(epoch)?;
            }
        }
        Ok(())
    }
}

impl State {
    pub(super) fn status(&self) -> KeyStatus {
        KeyStatus {
            epoch: self.epoch,
            since: self.since,
            deaths: self.deaths.count,
            oldest_death: self.deaths.oldest,
            living: self.count,
            changing: self.phase != Phase::Still,
            ending: (self.phase == Phase::Ending).then(|| self.epoch.saturating_sub(1)),
        }
    }

    /// The epoch that ends, if one does.
    fn rotation(&self) -> Option<Rotation> {
        (self.phase == Phase::Ending).then(|| Rotation {
            from: self.epoch.saturating_sub(1),
            to: self.epoch,
            deaths: self.ending.count,
            nodes: self.renewed,
        })
    }
}

/// Marked nodes below the top, the deepest first.
fn marked(rows: &mut dyn Rows, limit: usize) -> Result<Vec<Path>, Fault> {
    let found = rows.after(&[MARK_ROWS], limit)?;
    let paths = found.iter().map_while(|(row, _)| Path::of_mark(row));
    Ok(paths.filter(|path| path.depth() > 0).collect())
}
