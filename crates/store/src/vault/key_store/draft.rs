//! What one commit of the key store will change.

use sandyq_model::{Chance, Fault};

use super::super::lead::Lead;
use super::head::link;
use super::no_state;
use super::node::{Name, NodeKey};
use super::path::Path;
use super::rows::{KeyRow, KeyStep, Rows};
use super::state::{STATE_ROW, State};
use super::tops::{TOP_ROW, Tops};
use super::tree::Tree;

/// The part of the tree that changes, and everything else that does.
pub(super) struct Draft<'r> {
    pub(super) tree: Tree<'r>,
    pub(super) state: State,
    pub(super) puts: Vec<KeyRow>,
    pub(super) removes: Vec<Vec<u8>>,
    before: Option<State>,
}

impl<'r> Draft<'r> {
    /// The key at the top, as the rows have it now.
    pub(super) fn top(rows: &mut dyn Rows, tops: &Tops) -> Result<NodeKey, Fault> {
        tops.open(&rows.get(TOP_ROW)?.ok_or_else(no_state)?)
    }

    /// A draft that changes nothing yet.
    pub(super) fn open(rows: &'r mut dyn Rows, chance: &'r dyn Chance, tops: &Tops) -> Result<Self, Fault> {
        let state = State::read(&rows.get(STATE_ROW)?.ok_or_else(no_state)?)?;
        let top = Self::top(rows, tops)?;
        let mut draft = Self::of(Tree::open(rows, chance, top)?, state);
        draft.before = Some(draft.state.clone());
        Ok(draft)
    }

    /// A draft of everything.
    pub(super) const fn of(tree: Tree<'r>, state: State) -> Self {
        Self {
            tree,
            state,
            puts: Vec::new(),
            removes: Vec::new(),
            before: None,
        }
    }

    /// Takes a key away, and the leads that die with it.
    pub(super) fn remove(&mut self, name: Name) -> Result<bool, Fault> {
        for lead in self.tree.leads_to(name.0)? {
            if lead.generation == name.1 {
                self.remove_lead(&lead)?;
            }
        }
        let Some(bucket) = self.tree.take(name)? else {
            return Ok(false);
        };
        self.state.count = self.state.count.saturating_sub(1);
        self.mark(&bucket);
        Ok(true)
    }

    /// Takes a lead away from both its ends.
    pub(super) fn remove_lead(&mut self, lead: &Lead) -> Result<(), Fault> {
        let buckets = self.tree.take_lead(lead)?;
        buckets.iter().for_each(|bucket| self.mark(bucket));
        Ok(())
    }

    /// Marks a node and every one above it: each holds or leads to what older copies hold.
    fn mark(&mut self, bucket: &Path) {
        self.puts
            .extend(bucket.with_those_above().map(|path| (path.mark(), Vec::new())));
    }

    /// The step that makes it durable; `None` when nothing changes.
    pub(super) fn step(mut self) -> Result<Option<KeyStep>, Fault> {
        let mut puts = self.tree.changed()?;
        puts.append(&mut self.puts);
        if puts.is_empty() && self.removes.is_empty() && self.before.as_ref() == Some(&self.state) {
            return Ok(None);
        }
        self.state.step += 1;
        puts.sort_unstable();
        puts.dedup();
        self.state.link = Some(link(&self.state, &puts, &self.removes));
        puts.push((STATE_ROW.to_vec(), self.state.write()));
        puts.sort_unstable();
        Ok(Some(KeyStep {
            number: self.state.step,
            puts,
            removes: self.removes,
        }))
    }
}
