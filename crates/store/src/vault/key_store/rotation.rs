//! 6.3, DEF-4: the end of an epoch. Every node above a key that died is given a new key, in small steps; then the key
//! of the epoch is replaced and forgotten, and with it every older copy of the tree loses those keys.
//!
//! Each durable point leaves a state from which the next call, or the next start, goes on: `Beginning` before custodians
//! and the new epoch's key are asked for, `Ending` from the moment the top lies under the new key until the old one is
//! known to be forgotten.

use jiff::Timestamp;
use sandyq_model::Fault;

use super::super::epoch::Epoch;
use super::KeyStore;
use super::node::NodeKey;
use super::path::{MARK_ROWS, Path};
use super::rows::Rows;
use super::state::{Deaths, Phase};
use super::tops::TOP_ROW;

/// An epoch that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Which one.
    pub from: Epoch,
    /// The one that has begun.
    pub to: Epoch,
    /// How many keys died in the epoch that ended: nobody opens them now.
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
    /// How many keys died of which older copies still open.
    pub deaths: u64,
    /// When the first of them did.
    pub oldest_death: Option<Timestamp>,
    /// How many data keys live.
    pub living: u64,
    /// Whether a change of epochs has begun and not come to its end.
    pub changing: bool,
}

impl KeyStore {
    /// How the epochs stand.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn status(&mut self) -> Result<KeyStatus, Fault> {
        let state = self.state()?;
        Ok(KeyStatus {
            epoch: state.epoch,
            since: state.since,
            deaths: state.deaths.count + state.ending.count,
            oldest_death: [state.deaths.oldest, state.ending.oldest]
                .into_iter()
                .flatten()
                .min(),
            living: state.count,
            changing: state.phase != Phase::Still,
        })
    }

    /// Goes one step towards the end of the epoch: gives at most so many nodes a new key, or, when none is left, changes
    /// the epoch. `None` while there is more to do.
    ///
    /// # Errors
    /// When a store, a place of epoch keys or a custodian does not answer. What was done is durable, and calling again
    /// goes on from there.
    pub fn rotate_step(&mut self, nodes: usize) -> Result<Option<Rotation>, Fault> {
        if self.state()?.phase == Phase::Ending {
            return self.end_epoch();
        }
        if self.renew_nodes(nodes.max(1))? > 0 {
            return Ok(None);
        }
        self.begin_epoch()?;
        if !self.change_epoch()? {
            return Ok(None);
        }
        self.end_epoch()
    }

    /// Finishes a change of epochs that a crash has cut off. To be called at the start, after custodians are named.
    ///
    /// # Errors
    /// As [`KeyStore::rotate_step`].
    pub fn finish_epoch(&mut self) -> Result<Option<Rotation>, Fault> {
        match self.state()?.phase {
            Phase::Still => {
                // A place that was away while another forgot may still hold an epoch that has ended.
                self.forget_others()?;
                Ok(None)
            }
            Phase::Beginning | Phase::Ending => loop {
                let ended = self.rotate_step(NODES_AT_START)?;
                if ended.is_some() {
                    return Ok(ended);
                }
            },
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

    /// Custodians, then the new epoch's key, then the top under it: each durable before the next. Not while another
    /// process has let a key die since the last node was given a new key.
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
                escrow.renew(next, top.secret())?;
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

    /// Forgets the key of the epoch before.
    fn end_epoch(&mut self) -> Result<Option<Rotation>, Fault> {
        self.forget_others()?;
        let rotation = self.change(|draft| {
            let state = &mut draft.state;
            let rotation = Rotation {
                from: state.epoch.saturating_sub(1),
                to: state.epoch,
                deaths: state.ending.count,
                nodes: state.renewed,
            };
            state.ending = Deaths::default();
            state.renewed = 0;
            state.phase = Phase::Still;
            Ok(rotation)
        })?;
        Ok(Some(rotation))
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

/// Marked nodes below the top, the deepest first.
fn marked(rows: &mut dyn Rows, limit: usize) -> Result<Vec<Path>, Fault> {
    let found = rows.after(&[MARK_ROWS], limit)?;
    let paths = found.iter().map_while(|(row, _)| Path::of_mark(row));
    Ok(paths.filter(|path| path.depth() > 0).collect())
}

/// How many nodes are given a new key in one commit while a start waits.
const NODES_AT_START: usize = 1024;
