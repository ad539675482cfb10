//! The reading end, for a restore and for whoever checks: verifies every frame of the copy, and gives what it leads to.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use sandyq_model::{Fault, SubjectId};

use super::content::{Content, LedgerPage};
use super::files::{CopyFiles, FolderFiles};
use super::image::{Image, SharedRow};
use super::walk::{End, Walked, walk};
use crate::vault::{CopyKey, KeyHead, KeyReader, KeyRow, KeyStep, KeyStore};

/// A second copy, verified, with the newest of everything in it. What it holds of keys and images is held in memory.
#[derive(Debug)]
pub struct SecondCopy {
    keys: Keys,
    images: BTreeMap<SubjectId, Image>,
    shared: BTreeMap<(u8, Vec<u8>), SharedRow>,
    ledger: Vec<LedgerPage>,
    ledger_start: Option<u64>,
    people_from: Option<u64>,
    written_at: i64,
    end: End,
    frames: u64,
    last: (u64, [u8; 32]),
}

/// The rows of a key store at a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct KeyRows {
    step: u64,
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// The newest rows, and a base that is not complete yet.
#[derive(Debug, Default)]
struct Keys {
    whole: Option<KeyRows>,
    /// Steps are missing behind these rows: only a new base leads on.
    cut: bool,
    /// The base as far as it was read, and the steps since it was begun.
    growing: Option<(KeyRows, Vec<KeyStep>)>,
    newest: u64,
}

impl SecondCopy {
    /// Reads and verifies the copy in that folder.
    ///
    /// # Errors
    /// [`Fault::Ledger`] names the first frame that is not as it was written; [`Fault::Outside`] when the folder does not
    /// answer; [`Fault::Configuration`] when a later version of the program wrote it.
    pub fn open(folder: &Path, key: &CopyKey) -> Result<Self, Fault> {
        Self::read(&mut FolderFiles::at(folder), key)
    }

    pub(crate) fn read(files: &mut dyn CopyFiles, key: &CopyKey) -> Result<Self, Fault> {
        let mut copy = Self {
            keys: Keys::default(),
            images: BTreeMap::new(),
            shared: BTreeMap::new(),
            ledger: Vec::new(),
            ledger_start: None,
            people_from: None,
            written_at: 0,
            end: End::Whole,
            frames: 0,
            last: (0, [0; 32]),
        };
        let walked = walk(files, key, &mut |number, content| copy.take(number, content))?;
        let Walked { last, link, end, .. } = walked;
        (copy.end, copy.last) = (end, (last, link));
        Ok(copy)
    }

    /// The step of the key store that [`SecondCopy::key_rows`] are of; `None` when the copy holds no whole base.
    #[must_use]
    pub fn key_step(&self) -> Option<u64> {
        self.keys.whole.as_ref().map(|whole| whole.step)
    }

    /// The newest step of the key store in the copy, with what tells it from the same step of another; `None` when the copy
    /// holds no whole base.
    ///
    /// # Errors
    /// [`Fault::Vault`] when a later version of the program wrote it.
    pub fn key_head(&self) -> Result<Option<KeyHead>, Fault> {
        KeyHead::in_rows(self.key_rows())
    }

    /// Every row of the key store, by path.
    pub fn key_rows(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let rows = self.keys.whole.iter().flat_map(|whole| &whole.rows);
        rows.map(|(path, held)| (path.as_slice(), held.as_slice()))
    }

    /// Makes a key store of these rows in that file, where there must be none.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the copy holds no whole base of keys, there is a key store, or it cannot be written.
    pub fn rebuild_keys(&self, path: &Path) -> Result<(), Fault> {
        let step = self.key_step().ok_or_else(no_keys)?;
        if path.exists() {
            return Err(Fault::Vault(format!(
                "there is a key store at {} already; it is never overwritten: move it aside",
                path.display()
            )));
        }
        let mut rows = self
            .key_rows()
            .map(|(path, row)| Ok((path.to_vec(), row.to_vec())));
        // It gets its name when it is whole: a part of it would say that people are destroyed who are not.
        let draft = path.with_extension("draft");
        remove(&draft)?;
        KeyStore::rebuild(&draft, &mut rows, step)?;
        put(&draft, path).map_err(|error| unmade(path, &error))?;
        remove(&path.with_extension("draft-journal"))
    }

    /// Whether these are the rows of that key store.
    pub(crate) fn check_keys(&self, keys: &KeyReader) -> Result<(), Fault> {
        let mut copied = self.key_rows();
        let mut path = Vec::new();
        loop {
            let page = keys.rows(&path)?;
            let is_same = self.key_step() == Some(page.step);
            let Some((last, _)) = page.rows.last() else {
                return if is_same && copied.next().is_none() {
                    Ok(())
                } else {
                    Err(other_keys())
                };
            };
            path.clone_from(last);
            let as_copied = |(path, row): &KeyRow| {
                let copied = copied.next();
                copied.is_some_and(|copied| copied == (path.as_slice(), row.as_slice()))
            };
            if !is_same || !page.rows.iter().all(as_copied) {
                return Err(other_keys());
            }
        }
    }

    /// The newest image of each subject that has one, by id. Apply one only to a subject that is of an older version.
    pub fn images(&self) -> impl Iterator<Item = &Image> {
        self.images.values()
    }

    /// Receipts and texts of consents, each in its newest state.
    pub fn shared_rows(&self) -> impl Iterator<Item = &SharedRow> {
        self.shared.values()
    }

    /// The entry from which on the copy knows everything: a backup whose ledger ends before it cannot be brought up to
    /// date from this copy. `None` for a copy without frames.
    #[must_use]
    pub const fn ledger_start(&self) -> Option<u64> {
        self.ledger_start
    }

    /// How many entries the ledger has in the copy.
    #[must_use]
    pub fn ledger_size(&self) -> u64 {
        self.ledger
            .last()
            .map_or(self.ledger_start.unwrap_or(0), |page| page.first + page.count)
    }

    /// The first entry that may name somebody who has changed since their image was taken; `None` when there is nobody. Of
    /// whoever was protected the image is the newest all the same.
    #[must_use]
    pub const fn people_from(&self) -> Option<u64> {
        self.people_from
    }

    /// The newest signed checkpoint in the copy; `None` when it holds no entry.
    #[must_use]
    pub fn checkpoint_note(&self) -> Option<&str> {
        let notes = self.ledger.iter().rev().map(|page| page.note.as_str());
        notes.into_iter().find(|note| !note.is_empty())
    }

    /// The entries from `size` on, each behind its length in two bytes as in entry bundles, with the checkpoints
    /// between them. The first page may begin before `size`.
    ///
    /// # Errors
    /// [`Fault::Ledger`] when the copy does not reach back that far: a newer backup is needed.
    pub fn ledger_from(&self, size: u64) -> Result<&[LedgerPage], Fault> {
        let start = self.ledger_start.unwrap_or(0);
        if size < start {
            return Err(Fault::Ledger(format!(
                "the second copy knows the ledger from entry {start} on, and entry {size} is asked for: take a newer backup"
            )));
        }
        let from = self
            .ledger
            .partition_point(|page| page.first.saturating_add(page.count) <= size);
        Ok(self.ledger.get(from..).unwrap_or_default())
    }

    /// How it ends.
    #[must_use]
    pub const fn end(&self) -> End {
        self.end
    }

    /// How many frames were verified.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// The number of the last frame and the hash up to it: two copies with the same are the same.
    #[must_use]
    pub const fn last_frame(&self) -> (u64, [u8; 32]) {
        self.last
    }

    /// When the newest segment was begun, in milliseconds since 1970; 0 for a copy without frames.
    #[must_use]
    pub const fn begun_at(&self) -> i64 {
        self.written_at
    }

    fn take(&mut self, number: u64, content: Content) -> Result<(), Fault> {
        self.frames += 1;
        match content {
            Content::Stand(stand) => {
                if self.ledger_start.is_none() {
                    (self.ledger_start, self.keys.newest) = (Some(stand.ledger), stand.step);
                }
                self.written_at = stand.at;
                // A base is within one segment; one that did not come to its end is begun anew.
                self.keys.growing = None;
                if stand.ledger != self.ledger_size() || stand.step != self.keys.newest {
                    return Err(inconsistent(
                        number,
                        "a segment does not go on from the one before",
                    ));
                }
            }
            Content::BaseBegins(step) => self.keys.begin(step),
            Content::BaseRows(rows) => match &mut self.keys.growing {
                Some((growing, _)) => growing.rows.extend(rows),
                None => return Err(inconsistent(number, "rows of no base")),
            },
            Content::BaseEnds(step) => {
                if !self.keys.complete(step) {
                    return Err(inconsistent(number, "a base without all its steps"));
                }
            }
            Content::Step(step) => {
                if !self.keys.step(step) {
                    return Err(inconsistent(number, "steps of keys do not follow each other"));
                }
            }
            Content::Image(image) => {
                self.images.insert(image.subject, image);
            }
            Content::Shared(shared) => {
                self.shared.insert(shared.key(), shared);
            }
            Content::Ledger(page) => {
                if page.first != self.ledger_size() || !page.is_whole() {
                    return Err(inconsistent(number, "the ledger does not go on"));
                }
                self.ledger.push(page);
            }
            Content::PeopleFrom(from) => self.people_from = from,
        }
        Ok(())
    }
}

impl Keys {
    fn begin(&mut self, step: u64) {
        self.cut |= self.newest != step;
        self.newest = step;
        let rows = BTreeMap::new();
        self.growing = Some((KeyRows { step, rows }, Vec::new()));
    }

    fn complete(&mut self, step: u64) -> bool {
        let Some((mut rows, steps)) = self.growing.take() else {
            return false;
        };
        if self.newest < step {
            return false;
        }
        for step in steps {
            rows.apply(step);
        }
        self.whole = Some(rows);
        self.cut = false;
        true
    }

    /// Whether it follows the step before.
    fn step(&mut self, step: KeyStep) -> bool {
        if step.number != self.newest + 1 {
            return false;
        }
        self.newest = step.number;
        if let Some((_, steps)) = &mut self.growing {
            steps.push(step.clone());
        }
        if let Some(whole) = self.whole.as_mut().filter(|_| !self.cut) {
            whole.apply(step);
        }
        true
    }
}

impl KeyRows {
    fn apply(&mut self, step: KeyStep) {
        self.step = step.number;
        for path in step.removes {
            self.rows.remove(&path);
        }
        self.rows.extend(step.puts);
    }
}

fn put(draft: &Path, path: &Path) -> std::io::Result<()> {
    std::fs::rename(draft, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn remove(draft: &Path) -> Result<(), Fault> {
    match std::fs::remove_file(draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(unmade(draft, &error)),
        _ => Ok(()),
    }
}

fn unmade(path: &Path, error: &std::io::Error) -> Fault {
    Fault::Vault(format!(
        "a key store could not be made at {}: {error}",
        path.display()
    ))
}

fn other_keys() -> Fault {
    Fault::Ledger("the second copy holds other keys than the key store".into())
}

fn no_keys() -> Fault {
    Fault::Vault(
        "the second copy holds no whole key store: it was cut off before the first was written".into(),
    )
}

fn inconsistent(number: u64, what: &str) -> Fault {
    Fault::Ledger(format!(
        "the second copy is sealed as it should be, and does not make sense at frame {number}: {what}"
    ))
}
