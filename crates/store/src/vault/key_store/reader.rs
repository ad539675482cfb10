//! Handles that read the key store, each look at one snapshot.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sandyq_model::{Chance, Fault, SubjectId};

use super::super::lead::{Lead, SearchToken};
use super::super::subject_key::WrappedKey;
use super::draft::Draft;
use super::rotation::KeyStatus;
use super::rows::{Access, KeyRow, Rows};
use super::state::{STATE_ROW, State};
use super::tops::{TOP_ROW, Tops};
use super::tree::Tree;
use super::{KEY_PAGE_MAX, no_state};

/// A handle that reads; shared by everybody who opens values.
pub struct KeyReader {
    rows: Mutex<Box<dyn Rows>>,
    tops: Arc<Tops>,
    chance: Arc<dyn Chance>,
}

/// Some rows of the key store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRows {
    /// The last step that is in them.
    pub step: u64,
    /// The rows; none when there are no more.
    pub rows: Vec<KeyRow>,
}

impl KeyReader {
    pub(super) fn new(rows: Box<dyn Rows>, tops: Arc<Tops>, chance: Arc<dyn Chance>) -> Self {
        Self {
            rows: Mutex::new(rows),
            tops,
            chance,
        }
    }

    /// The wrapped key of that generation of the subject, if it lives. Every row is read anew, so that no key is found
    /// that died before.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn get(&self, subject: SubjectId, generation: u32) -> Result<Option<WrappedKey>, Fault> {
        self.look(|tree| tree.find((subject, generation)))
    }

    /// The leads that start from a token. Each counts only while the data holds the sealed token of its mark.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn leads_from(&self, token: &SearchToken) -> Result<Vec<Lead>, Fault> {
        self.look(|tree| tree.leads_from(token))
    }

    /// Looks at the tree as it is now.
    fn look<R>(&self, see: impl Fn(&mut Tree<'_>) -> Result<R, Fault>) -> Result<R, Fault> {
        let mut rows = self.lock();
        let mut tries = TRIES_MAX;
        loop {
            rows.begin(Access::Read)?;
            let found = self.look_once(rows.as_mut(), &see);
            rows.end();
            match found {
                // An epoch may have ended between the snapshot and the opening of its top.
                Err(Looked::Top) if tries > 1 => tries -= 1,
                Err(Looked::Top) => return Err(no_epoch()),
                Err(Looked::Fault(fault)) => return Err(fault),
                Ok(found) => return Ok(found),
            }
        }
    }

    /// How the epochs stand.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn status(&self) -> Result<KeyStatus, Fault> {
        let row = self.lock().get(STATE_ROW)?.ok_or_else(no_state)?;
        Ok(State::read(&row)?.status())
    }

    /// As `KeyStore::rows`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn rows(&self, after: &[u8]) -> Result<KeyRows, Fault> {
        page_of_rows(self.lock().as_mut(), after)
    }

    fn look_once<R>(
        &self,
        rows: &mut dyn Rows,
        see: &impl Fn(&mut Tree<'_>) -> Result<R, Fault>,
    ) -> Result<R, Looked> {
        let Some(_) = rows.get(TOP_ROW)? else {
            return Err(no_state().into());
        };
        let top = Draft::top(rows, &self.tops).map_err(|_| Looked::Top)?;
        Ok(see(&mut Tree::open(rows, &*self.chance, top)?)?)
    }

    fn lock(&self) -> MutexGuard<'_, Box<dyn Rows>> {
        // A reader that panicked changed nothing, so a poisoned lock is sound.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a look failed.
enum Looked {
    /// The top did not open.
    Top,
    Fault(Fault),
}

impl From<Fault> for Looked {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

pub(super) fn page_of_rows(rows: &mut dyn Rows, after: &[u8]) -> Result<KeyRows, Fault> {
    rows.begin(Access::Read)?;
    let page = page_within(rows, after);
    rows.end();
    page
}

fn page_within(rows: &mut dyn Rows, after: &[u8]) -> Result<KeyRows, Fault> {
    let state = State::read(&rows.get(STATE_ROW)?.ok_or_else(no_state)?)?;
    Ok(KeyRows {
        step: state.step,
        rows: rows.after(after, KEY_PAGE_MAX)?,
    })
}

fn no_epoch() -> Fault {
    Fault::Vault(
        "the key at the top of the key tree does not open: the key of its epoch is not held here, or was changed"
            .to_owned(),
    )
}

/// So often a look begins anew while epochs change.
const TRIES_MAX: u32 = 4;
