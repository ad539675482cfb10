//! What tells two key stores apart that are at the same step: each step has a hash over its rows and the hash of the step
//! before. Of two stores that were one until some step and went on by themselves, no step behind it has the same hash.

use sandyq_ledger::tree::sha256;
use sandyq_model::Fault;

use super::rows::KeyRow;
use super::state::{Link, STATE_ROW, State};

/// The newest step of a key store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyHead {
    /// Its number.
    pub step: u64,
    /// Its hash; `None` when a version wrote it that kept none.
    pub link: Option<Link>,
}

impl KeyHead {
    /// The head in these rows, when the row with it is among them.
    ///
    /// # Errors
    /// [`Fault::Vault`] when a later version of the program wrote it.
    pub fn in_rows<'r>(rows: impl IntoIterator<Item = (&'r [u8], &'r [u8])>) -> Result<Option<Self>, Fault> {
        let row = rows.into_iter().find(|(path, _)| *path == STATE_ROW);
        row.map(|(_, row)| State::read(row).map(|state| state.head()))
            .transpose()
    }

    /// Whether both are of the same step and nevertheless of different key stores.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        let links = self.link.zip(other.link);
        self.step == other.step && links.is_some_and(|(one, another)| one != another)
    }
}

impl State {
    pub(super) const fn head(&self) -> KeyHead {
        KeyHead {
            step: self.step,
            link: self.link,
        }
    }
}

/// The hash of a step: over the one before, what is put and what is removed. `state` is that of the step, and still has the
/// hash before.
pub(super) fn link(state: &State, puts: &[KeyRow], removes: &[Vec<u8>]) -> Link {
    let mut text = LABEL.to_vec();
    text.extend_from_slice(&state.link.unwrap_or_default());
    put(&mut text, &state.without_link());
    count(&mut text, puts.len());
    for (path, row) in puts {
        put(&mut text, path);
        put(&mut text, row);
    }
    removes.iter().for_each(|path| put(&mut text, path));
    sha256(&text).0
}

fn put(text: &mut Vec<u8>, bytes: &[u8]) {
    count(text, bytes.len());
    text.extend_from_slice(bytes);
}

fn count(text: &mut Vec<u8>, count: usize) {
    // INVARIANT: a number of bytes or rows in memory fits into 64 bits.
    text.extend_from_slice(&(count as u64).to_be_bytes());
}

/// What is hashed here is nothing else.
const LABEL: &[u8] = b"sandyq-key-step/1\n";
