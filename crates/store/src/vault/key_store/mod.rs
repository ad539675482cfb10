//! Where wrapped data keys lie: apart from the data, so that no copy of the data holds one (DEF-8, 6.3), and in a tree
//! whose old copies can be made useless (DEF-4).
//!
//! A key is durable here before the first value that it seals; it dies here after its destruction is durable in the data
//! store. A kill takes the wrapped key out of its row at once, and nothing of it stays in the file or in its journal.
//! What older copies of the file still hold dies with the epoch: [`KeyStore::rotate_step`]. Never copy this store into
//! a backup of the data.

mod draft;
mod head;
mod leads;
mod node;
mod notes;
mod path;
mod reader;
mod rebuild;
mod rotation;
mod rows;
mod sqlite;
mod state;
#[cfg(test)]
pub(crate) mod tests;
mod tops;
mod tree;

use std::path::Path as FilePath;
use std::sync::Arc;

use jiff::Timestamp;
use sandyq_model::{Chance, Clock, Fault, SubjectId};

use super::Vault;
use super::epoch::{EpochKeys, Escrow};
use super::inventory::KeyInventory;
use super::lead::Lead;
use super::orphans::{Orphans, orphans};
use super::subject_key::{NewKey, WrappedKey};
use draft::Draft;
use node::NodeKey;
use notes::{NOTE_ROWS, Note};
use rows::{Access, Rows};
use sqlite::SqliteRows;
use state::{STATE_ROW, State};
use tops::{TOP_ROW, Tops};
use tree::Tree;

pub use head::KeyHead;
pub use leads::Leads;
pub use reader::{KeyReader, KeyRows};
pub use rotation::{KeyStatus, Rotation};
pub use rows::{KeyFollower, KeyObserver, KeyRow, KeyStep};

/// The one handle that writes; the writer thread owns it.
pub struct KeyStore {
    rows: Box<dyn Rows>,
    tops: Arc<Tops>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    observer: Option<KeyObserver>,
    follower: Option<KeyFollower>,
    escrow: Option<Box<dyn Escrow>>,
}

impl KeyStore {
    /// Opens the key store in that file, or makes one that only its owner can read. Keys that an older version kept in
    /// rows of their own move into the tree. Keys of nodes and nonces come from `chance`, which must be unpredictable.
    ///
    /// # Errors
    /// [`Fault::Configuration`] when others may reach the file, [`Fault::Vault`] when it is not a key store, or the key
    /// of its epoch is not held.
    pub fn open_file(
        path: &FilePath,
        epochs: Box<dyn EpochKeys>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, Fault> {
        let mut flat = SqliteRows::open(path)?;
        let tops = Arc::new(Tops::new(epochs));
        if flat.get(STATE_ROW)?.is_none() {
            plant(&mut flat, &tops, clock.now(), &*chance)?;
        }
        move_flat_keys(&mut flat, &tops, clock.now(), &*chance)?;
        Self::on_rows(Box::new(flat), tops, clock, chance)
    }

    /// Opens the key store on rows that are in order.
    fn on_rows(
        rows: Box<dyn Rows>,
        tops: Arc<Tops>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, Fault> {
        let mut store = Self {
            rows,
            tops,
            clock,
            chance,
            observer: None,
            follower: None,
            escrow: None,
        };
        // The key of the epoch must be there, before anybody is served.
        store.look(|tree| tree.page(None, 1).map(drop))?;
        Ok(store)
    }

    /// Hears of every step from now on, after it is durable. An operation whose step the observer refuses is durable and
    /// nevertheless answered with the refusal.
    pub fn observe(&mut self, observer: KeyObserver) {
        self.observer = Some(observer);
    }

    /// From now on the key of an old epoch is forgotten, and custodians' old shares go, only once somebody has every step up
    /// to the newest one: rows that lie elsewhere open with the key of the epoch in which they were written, and with none
    /// when that is gone.
    pub fn let_follow(&mut self, follower: KeyFollower) {
        self.follower = Some(follower);
    }

    /// Gives the key at the top to custodians at each change of epochs, from now on.
    pub fn entrust(&mut self, escrow: Box<dyn Escrow>) {
        self.escrow = Some(escrow);
    }

    /// Another handle, that only reads and can be shared.
    ///
    /// # Errors
    /// When another connection cannot be made.
    pub fn reader(&self) -> Result<KeyReader, Fault> {
        Ok(KeyReader::new(
            self.rows.another()?,
            Arc::clone(&self.tops),
            Arc::clone(&self.chance),
        ))
    }

    /// The wrapped key of that generation of the subject, if it lives.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn get(&mut self, subject: SubjectId, generation: u32) -> Result<Option<WrappedKey>, Fault> {
        self.look(|tree| tree.find((subject, generation)))
    }

    /// Writes all the keys in one durable commit, or none. A key that is there already as it is, is no error.
    ///
    /// # Errors
    /// [`Fault::Vault`] when there is another key of the same subject and generation, or nothing could be written.
    pub fn put(&mut self, keys: &[NewKey]) -> Result<(), Fault> {
        self.put_all(keys, &[])
    }

    /// The same, with leads to the subjects of these or of earlier keys. A lead is there before the data whose token it
    /// starts from is; who follows it must look whether that is.
    ///
    /// # Errors
    /// As [`KeyStore::put`].
    pub fn put_all(&mut self, keys: &[NewKey], leads: &[Lead]) -> Result<(), Fault> {
        if keys.is_empty() && leads.is_empty() {
            return Ok(());
        }
        self.change(|draft| {
            for key in keys {
                draft.state.count += u64::from(draft.tree.put(key)?);
            }
            leads.iter().try_for_each(|lead| draft.tree.lead(*lead))
        })
    }

    /// Removes keys whose commit in the data store did not happen, in one durable commit. Only exactly these keys: one
    /// of the same name that another commit wrote stays. Gives how many there were.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn take_back(&mut self, keys: &[NewKey]) -> Result<u64, Fault> {
        if keys.is_empty() {
            return Ok(0);
        }
        let gone = self.change(|draft| {
            let mut gone = 0;
            for key in keys.iter().map(NewKey::wrapped) {
                let name = (key.subject(), key.generation());
                if draft.tree.find(name)?.as_ref() == Some(key) {
                    gone += u64::from(draft.remove(name)?);
                }
            }
            Ok(gone)
        });
        self.scrubbed(gone)
    }

    /// Takes the keys out of their rows, and with them the leads that die with them, in one durable commit. Gives how many
    /// still lived; killing a dead key again does no harm. The vault must then forget the subjects ([`Vault::forget`]).
    /// Older copies of the rows still hold the keys until the epoch ends.
    ///
    /// # Errors
    /// When the store does not answer: then it is not known whether the keys live, and the kill must be done again.
    pub fn kill(&mut self, dead: &[(SubjectId, u32)]) -> Result<u64, Fault> {
        self.settle(dead, &Leads::default())
    }

    /// The same, and takes away the leads that a commit in the data store has ended.
    ///
    /// # Errors
    /// As [`KeyStore::kill`]. A lead that stays by mistake leads nowhere, and the next start takes it away.
    pub fn settle(&mut self, dead: &[(SubjectId, u32)], ended: &Leads) -> Result<u64, Fault> {
        if dead.is_empty() && ended.is_empty() {
            return Ok(0);
        }
        let at = self.clock.now();
        let gone = self.change(|draft| {
            let mut gone = 0;
            for name in dead {
                gone += u64::from(draft.remove(*name)?);
            }
            draft.state.deaths.add(gone, at);
            ended.end_in(draft)?;
            Ok(gone)
        });
        // Also when nothing lived any more: a crash may have come before the journal was overwritten.
        self.scrubbed(gone)
    }

    /// The leads to the next subjects behind that one, of whole subjects, in order; about [`KEY_PAGE_MAX`].
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn page_of_leads(&mut self, after: Option<SubjectId>) -> Result<Vec<Lead>, Fault> {
        self.look(|tree| tree.page_of_leads(after, KEY_PAGE_MAX))
    }

    /// Takes leads away and adds others, in one durable commit: what a start finds to be done.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn mend_leads(&mut self, stray: &[Lead], missing: &[Lead]) -> Result<(), Fault> {
        let mended = self.change(|draft| {
            stray.iter().try_for_each(|lead| draft.remove_lead(lead))?;
            missing.iter().try_for_each(|lead| draft.tree.lead(*lead))
        });
        self.scrubbed(mended)
    }

    /// Puts newly wrapped keys in the place of the old wrapping of the same keys, in one durable commit: a step of a
    /// rotation of the key-encryption key. A key that died meanwhile stays dead. Gives how many were replaced.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn replace(&mut self, keys: &[NewKey]) -> Result<u64, Fault> {
        if keys.is_empty() {
            return Ok(0);
        }
        let replaced = self.change(|draft| {
            let mut replaced = 0;
            for key in keys {
                replaced += u64::from(draft.tree.replace(key)?);
            }
            Ok(replaced)
        });
        self.scrubbed(replaced)
    }

    /// The next keys after that one, in order of subject and generation; at most [`KEY_PAGE_MAX`].
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn page(&mut self, after: Option<(SubjectId, u32)>) -> Result<Vec<WrappedKey>, Fault> {
        self.look(|tree| tree.page(after, KEY_PAGE_MAX))
    }

    /// The newest durable step.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn step(&mut self) -> Result<u64, Fault> {
        Ok(self.state()?.step)
    }

    /// The newest durable step, with what tells it from the same step of another key store.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn head(&mut self) -> Result<KeyHead, Fault> {
        Ok(self.state()?.head())
    }

    /// The rows behind that path, in order, and the step at which they are so; at most [`KEY_PAGE_MAX`]. Who pages
    /// through all of them while steps are made must then lay the steps since the first page over them.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn rows(&mut self, after: &[u8]) -> Result<KeyRows, Fault> {
        reader::page_of_rows(self.rows.as_mut(), after)
    }

    /// Compares the keys here with those that the subjects in the data store use.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn orphans(&mut self, used_by_subjects: &[(SubjectId, u32)]) -> Result<Orphans, Fault> {
        let mut names = Vec::new();
        loop {
            let page = self.page(names.last().copied())?;
            if page.is_empty() {
                return Ok(orphans(&names, used_by_subjects));
            }
            names.extend(page.iter().map(|key| (key.subject(), key.generation())));
        }
    }

    /// Checks that the vault derives the same keys as ever for this store, notes versions that are new since now, and
    /// gives the inventory. To be called once at start, before anything else.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the key source is another one than this store was made with, or the settings name an older
    /// version of a key than was in use.
    pub fn reconcile(&mut self, vault: &Vault, at: Timestamp) -> Result<KeyInventory, Fault> {
        let rows = self.rows.after(NOTE_ROWS, NOTES_MAX)?;
        let noted: Vec<Note> = rows.iter().map_while(Note::of).collect();
        let (keys, new) = notes::reconcile(&vault.inventory().keys, &noted, at)?;
        if !new.is_empty() {
            self.change(|draft| {
                draft.puts.extend(new.iter().map(notes::row_of));
                Ok(())
            })?;
        }
        Ok(KeyInventory {
            origin: vault.inventory().origin.clone(),
            keys,
            subject_keys: self.state()?.count,
        })
    }

    fn state(&mut self) -> Result<State, Fault> {
        State::read(&self.rows.get(STATE_ROW)?.ok_or_else(no_state)?)
    }

    /// Looks at the tree as it is now.
    fn look<R>(&mut self, see: impl FnOnce(&mut Tree<'_>) -> Result<R, Fault>) -> Result<R, Fault> {
        self.rows.begin(Access::Read)?;
        let rows = self.rows.as_mut();
        let seen = Draft::top(rows, &self.tops)
            .and_then(|top| Tree::open(rows, &*self.chance, top))
            .and_then(|mut tree| see(&mut tree));
        self.rows.end();
        seen
    }

    /// Overwrites the journal, whatever came of the change: one that the observer refuses is durable all the same.
    fn scrubbed<R>(&mut self, changed: Result<R, Fault>) -> Result<R, Fault> {
        let scrubbed = self.rows.scrub();
        let changed = changed?;
        scrubbed.map(|()| changed)
    }

    /// Changes the tree in one durable commit, or not at all; then tells the observer.
    fn change<R>(&mut self, change: impl FnOnce(&mut Draft<'_>) -> Result<R, Fault>) -> Result<R, Fault> {
        self.rows.begin(Access::Write)?;
        let rows = self.rows.as_mut();
        let drafted = Draft::open(rows, &*self.chance, &self.tops).and_then(|mut draft| {
            let result = change(&mut draft)?;
            Ok((result, draft.step()?))
        });
        let (result, step) = match drafted {
            Ok((result, Some(step))) => (result, step),
            other => {
                self.rows.end();
                return other.map(|(result, _)| result);
            }
        };
        if let Err(fault) = self.rows.commit(&step) {
            self.rows.end();
            return Err(fault);
        }
        match &mut self.observer {
            Some(observer) => observer(&step).map(|()| result),
            None => Ok(result),
        }
    }
}

/// Makes the first row of everything.
fn plant(rows: &mut SqliteRows, tops: &Tops, at: Timestamp, chance: &dyn Chance) -> Result<(), Fault> {
    let state = State::first(at);
    // The key of a later epoch belongs to a key store that was here: it must not be forgotten for an empty one.
    if tops.held()?.iter().any(|epoch| *epoch != state.epoch) {
        return Err(Fault::Vault(
            "there is the key of an epoch and no key store that it belongs to: bring keys.db back from its second copy, \
             or move the epoch's key away to begin an empty one"
                .to_owned(),
        ));
    }
    rows.begin(Access::Write)?;
    let planted = plant_within(rows, tops, state, chance);
    rows.end();
    planted
}

fn plant_within(rows: &mut SqliteRows, tops: &Tops, state: State, chance: &dyn Chance) -> Result<(), Fault> {
    if rows.get(STATE_ROW)?.is_some() {
        return Ok(());
    }
    let top = NodeKey::random(chance);
    let row = tops.crown(state.epoch, &top)?;
    let mut draft = Draft::of(Tree::plant(rows, chance, top), state);
    draft.puts.push((TOP_ROW.to_vec(), row));
    match draft.step()? {
        Some(step) => rows.commit(&step),
        None => Ok(()),
    }
}

/// Moves keys of the first version into the tree, in commits of their own, so that a crash loses nothing.
fn move_flat_keys(
    rows: &mut SqliteRows,
    tops: &Tops,
    at: Timestamp,
    chance: &dyn Chance,
) -> Result<(), Fault> {
    let mut moved = 0;
    loop {
        rows.begin(Access::Write)?;
        let step = move_page(rows, tops, chance);
        let step = match step {
            Ok(Some(step)) => step,
            other => {
                rows.end();
                other?;
                break;
            }
        };
        if let Err(fault) = rows.commit(&step) {
            rows.end();
            return Err(fault);
        }
        moved += 1;
    }
    if moved > 0 {
        tracing::info!(pages = moved, %at, "keys of an older version moved into the key tree");
    }
    rows.drop_flat()
}

fn move_page(rows: &mut SqliteRows, tops: &Tops, chance: &dyn Chance) -> Result<Option<KeyStep>, Fault> {
    let keys = rows.take_flat(KEY_PAGE_MAX)?;
    if keys.is_empty() {
        return Ok(None);
    }
    let mut draft = Draft::open(rows, chance, tops)?;
    for key in &keys {
        draft.state.count += u64::from(draft.tree.put(key)?);
    }
    draft.step()
}

fn no_state() -> Fault {
    Fault::Vault("the key store does not say how it stands; bring it back from its second copy".to_owned())
}

/// A page of keys holds at most so many.
pub const KEY_PAGE_MAX: usize = 1024;
/// No more notes of derived keys are read: all uses in all versions are fewer.
const NOTES_MAX: usize = 4096;
