//! A key store from rows that were kept elsewhere (see [`KeyStep`](super::KeyStep)).

use std::path::Path as FilePath;

use jiff::Timestamp;
use sandyq_model::{Chance, Fault};
use zeroize::Zeroizing;

use super::super::epoch::EpochKeys;
use super::super::source::KEY_BYTES;
use super::draft::Draft;
use super::head::KeyHead;
use super::node::NodeKey;
use super::rows::{Access, KeyRow, KeyStep, Rows};
use super::sqlite::SqliteRows;
use super::state::{STATE_ROW, State};
use super::tops::{TOP_ROW, Tops};
use super::tree::Tree;
use super::{KeyStore, no_state};

impl KeyStore {
    /// Makes a key store file of these rows as they were at that step. There must be none at that path.
    ///
    /// # Errors
    /// [`Fault::Vault`] when there is a file already, the rows are not those of that step, or it cannot be written.
    pub fn rebuild(
        path: &FilePath,
        rows: &mut dyn Iterator<Item = Result<KeyRow, Fault>>,
        step: u64,
    ) -> Result<(), Fault> {
        if path.exists() {
            return Err(Fault::Vault(format!(
                "there is a key store at {} already; it is never overwritten: move it aside",
                path.display()
            )));
        }
        let puts: Vec<KeyRow> = rows.collect::<Result<_, Fault>>()?;
        let state = puts.iter().find(|(path, _)| path == STATE_ROW);
        let state = State::read(&state.ok_or_else(no_state)?.1)?;
        if state.step != step {
            return Err(Fault::Vault(format!(
                "these rows of a key store are of step {}, not {step}",
                state.step
            )));
        }
        let mut file = SqliteRows::open(path)?;
        file.begin(Access::Write)?;
        let step = KeyStep {
            number: step,
            puts,
            removes: Vec::new(),
        };
        file.commit(&step)
    }

    /// Brings a key store whose epoch key is lost under the key of a new epoch, with the key at the top that custodians
    /// gave back.
    ///
    /// # Errors
    /// [`Fault::Vault`] when that is not the key at the top of this key store, or something cannot be made durable.
    pub fn crown(
        path: &FilePath,
        top: &[u8; KEY_BYTES],
        epochs: Box<dyn EpochKeys>,
        at: Timestamp,
        chance: &dyn Chance,
    ) -> Result<(), Fault> {
        let mut file = SqliteRows::open(path)?;
        file.begin(Access::Write)?;
        let crowned = crown_within(&mut file, top, epochs, at, chance);
        file.end();
        crowned
    }

    /// The newest step of a key store whose epoch key may be lost, when that is the key at its top.
    ///
    /// # Errors
    /// [`Fault::Vault`] when that is not the key at the top of this key store.
    pub fn head_under(path: &FilePath, top: &[u8; KEY_BYTES], chance: &dyn Chance) -> Result<KeyHead, Fault> {
        let mut file = SqliteRows::open(path)?;
        file.begin(Access::Read)?;
        let head = head_within(&mut file, top, chance);
        file.end();
        head
    }
}

fn head_within(file: &mut SqliteRows, top: &[u8; KEY_BYTES], chance: &dyn Chance) -> Result<KeyHead, Fault> {
    let state = State::read(&file.get(STATE_ROW)?.ok_or_else(no_state)?)?;
    Tree::open(file, chance, NodeKey::of(Zeroizing::new(*top)))?;
    Ok(state.head())
}

fn crown_within(
    file: &mut SqliteRows,
    top: &[u8; KEY_BYTES],
    epochs: Box<dyn EpochKeys>,
    at: Timestamp,
    chance: &dyn Chance,
) -> Result<(), Fault> {
    let top = NodeKey::of(Zeroizing::new(*top));
    let mut state = State::read(&file.get(STATE_ROW)?.ok_or_else(no_state)?)?;
    state.epoch = state.epoch.saturating_add(1);
    state.since = at;
    let mut draft = Draft::of(Tree::open(file, chance, top.clone())?, state);
    let row = Tops::new(epochs).crown(draft.state.epoch, &top)?;
    draft.puts.push((TOP_ROW.to_vec(), row));
    match draft.step()? {
        Some(step) => file.commit(&step),
        None => Ok(()),
    }
}
