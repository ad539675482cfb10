//! The ledger as its one writer keeps it: takes a group's entries and gives the rows to store.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::entry::Entry;
use sandyq_ledger::note::{Note, Signature, SignatureKind, VerifierKey};
use sandyq_ledger::tile::{Layer, Tile, Tree};
use sandyq_ledger::tree::{Hash, leaf_hash};
use sandyq_model::{Fault, Pseudonym};

use super::postings::{Added, Newest, Piece};
use super::{Head, rows, verify};
use crate::database::Reader;
use crate::vault::Vault;

/// Entries in a block row at most: so that reading one entry reads few bytes.
pub(crate) const BLOCK_ENTRIES_MAX: usize = 64;

/// An entry on its way into the ledger: encoded and hashed by whoever submits it, not by the writer.
pub(crate) struct NewEntry {
    /// Its length in two bytes, and its bytes.
    framed: Vec<u8>,
    leaf: Hash,
    pseudonym: Option<Pseudonym>,
}

/// The rows that a group of entries becomes.
pub(crate) struct Page {
    /// First index, count, bytes.
    pub blocks: Vec<(u64, u64, Vec<u8>)>,
    /// Complete tiles, and the growing ones of upper levels.
    pub tiles: Vec<Tile>,
    /// Postings of runs that have become complete.
    pub pieces: Vec<Piece>,
    /// The checkpoint over it, signed.
    pub head: Head,
    tree: Tree,
    added: Added,
}

/// The state of the tree, and who signs it.
pub(crate) struct Book {
    tree: Tree,
    newest: Newest,
    head: Head,
    origin: String,
    vault: Arc<Vault>,
    verifier_key: VerifierKey,
}

impl NewEntry {
    /// Encodes and hashes an entry.
    pub(crate) fn new(entry: &Entry) -> Self {
        let mut framed = Vec::with_capacity(2 + sandyq_ledger::entry::ENTRY_BYTES_MAX);
        framed.extend([0, 0]);
        entry.encode_into(&mut framed);
        // INVARIANT: an entry has at most ENTRY_BYTES_MAX bytes, far below 2^16.
        let length = u16::try_from(framed.len() - 2).unwrap_or(u16::MAX).to_be_bytes();
        framed
            .iter_mut()
            .zip(length)
            .for_each(|(place, byte)| *place = byte);
        let leaf = leaf_hash(framed.get(2..).unwrap_or_default());
        Self {
            framed,
            leaf,
            pseudonym: entry.subject,
        }
    }
}

impl Book {
    /// The book of a ledger without entries.
    pub(crate) fn empty(origin: &str, vault: Arc<Vault>) -> Result<Self, Fault> {
        let verifier_key = verifier_key(origin, &vault)?;
        let tree = Tree::new();
        let head = sign(tree.checkpoint(origin), &vault, &verifier_key)?;
        Ok(Self {
            tree,
            newest: Newest::default(),
            head,
            origin: origin.to_owned(),
            vault,
            verifier_key,
        })
    }

    /// Takes the book up again at the newest stored checkpoint, which must hold; `None` when there is none.
    pub(crate) fn open(
        reader: &mut dyn Reader,
        origin: &str,
        vault: Arc<Vault>,
    ) -> Result<Option<Self>, Fault> {
        let verifier_key = verifier_key(origin, &vault)?;
        let Some(note) = rows::newest_note(reader)? else {
            return Ok(None);
        };
        let (tree, checkpoint) = verify::verify_tail(reader, &note, origin, &verifier_key)?;
        let head = Head { checkpoint, note };
        Ok(Some(Self {
            tree,
            newest: Newest::open(reader)?,
            head,
            origin: origin.to_owned(),
            vault,
            verifier_key,
        }))
    }

    /// The newest checkpoint.
    pub(crate) const fn head(&self) -> &Head {
        &self.head
    }

    /// The key that its checkpoints are verified with.
    pub(crate) const fn verifier_key(&self) -> &VerifierKey {
        &self.verifier_key
    }

    /// How many entries there are.
    pub(crate) const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Takes the book up again where another process has left it; it must have gone on from where this one was.
    pub(crate) fn catch_up(&mut self, reader: &mut dyn Reader) -> Result<(), Fault> {
        let newer = Self::open(reader, &self.origin, Arc::clone(&self.vault))?
            .ok_or_else(|| Fault::Ledger("the ledger's checkpoints are gone".into()))?;
        if newer.size() < self.size() || super::root(reader, self.size())? != self.tree.root() {
            return Err(Fault::Ledger(
                "the ledger does not go on from where it was: it was forked".into(),
            ));
        }
        *self = newer;
        Ok(())
    }

    /// Writes the entries on a page of their own, which counts only once it is [turned](Self::turn).
    pub(crate) fn write<'e>(
        &self,
        entries: impl Iterator<Item = &'e NewEntry> + Clone,
    ) -> Result<Page, Fault> {
        self.lay_out(entries, |tree| {
            sign(tree.checkpoint(&self.origin), &self.vault, &self.verifier_key)
        })
    }

    /// Writes entries on a page that had been signed before, as they were then: after a restore, the ledger goes on with
    /// what is known of it from elsewhere.
    ///
    /// # Errors
    /// [`Fault::Ledger`] when bytes are no entry, or the entries do not lead from here to what was signed.
    pub(crate) fn copy(&self, entries: &[&[u8]], note: &str) -> Result<Page, Fault> {
        let checkpoint = Checkpoint::open_of(
            &self.origin,
            note.as_bytes(),
            std::slice::from_ref(&self.verifier_key),
        )
        .map_err(|error| Fault::Ledger(format!("a checkpoint does not hold: {error}")))?;
        let entries = entries.iter().map(|bytes| {
            let entry = Entry::decode(bytes).map_err(|error| Fault::Ledger(error.to_string()))?;
            Ok(NewEntry::new(&entry))
        });
        let entries: Vec<NewEntry> = entries.collect::<Result<_, Fault>>()?;
        self.lay_out(entries.iter(), |tree| {
            if tree.checkpoint(&self.origin) == checkpoint {
                Ok(Head {
                    checkpoint,
                    note: note.to_owned(),
                })
            } else {
                Err(Fault::Ledger(format!(
                    "entries {} and on do not lead to the checkpoint that was signed over them",
                    self.size()
                )))
            }
        })
    }

    fn lay_out<'e>(
        &self,
        entries: impl Iterator<Item = &'e NewEntry> + Clone,
        head: impl FnOnce(&Tree) -> Result<Head, Fault>,
    ) -> Result<Page, Fault> {
        let mut tree = self.tree.clone();
        let leaves: Vec<Hash> = entries.clone().map(|entry| entry.leaf).collect();
        let mut tiles = tree.append_batch(&leaves);
        tiles.retain(|tile| tile.id.is_full() || tile.id.layer != Layer::Hashes(0));
        let mut blocks: Vec<(u64, u64, Vec<u8>)> =
            Vec::with_capacity(leaves.len().div_ceil(BLOCK_ENTRIES_MAX));
        let mut postings = Vec::with_capacity(leaves.len());
        for (index, entry) in (self.size()..).zip(entries) {
            match blocks
                .last_mut()
                .filter(|(_, count, _)| *count < BLOCK_ENTRIES_MAX as u64)
            {
                Some((_, count, bytes)) => {
                    *count += 1;
                    bytes.extend(&entry.framed);
                }
                None => blocks.push((index, 1, entry.framed.clone())),
            }
            postings.extend(entry.pseudonym.map(|pseudonym| (pseudonym, index)));
        }
        let (added, pieces) = self.newest.add(postings, tree.size());
        let head = head(&tree)?;
        Ok(Page {
            blocks,
            tiles,
            pieces,
            head,
            tree,
            added,
        })
    }

    /// Turns to the page: what is on it is durable.
    pub(crate) fn turn(&mut self, page: Page) {
        self.tree = page.tree;
        self.newest.keep(page.added);
        self.head = page.head;
    }
}

/// The key that verifies the checkpoints of that ledger, and the backup sets of its data.
///
/// # Errors
/// [`Fault::Configuration`] when a ledger cannot be called so.
pub fn verifier_key(origin: &str, vault: &Vault) -> Result<VerifierKey, Fault> {
    VerifierKey::new(origin, SignatureKind::Ed25519, vault.ledger_signer().public_key())
        .map_err(|error| Fault::Configuration(format!("the ledger cannot be called `{origin}`: {error}")))
}

fn sign(checkpoint: Checkpoint, vault: &Vault, key: &VerifierKey) -> Result<Head, Fault> {
    let note = sign_text(checkpoint.text(), vault, key)?;
    Ok(Head { checkpoint, note })
}

/// A text as a note that the ledger's key has signed.
pub(crate) fn sign_text(text: String, vault: &Vault, key: &VerifierKey) -> Result<String, Fault> {
    let unsigned =
        |error: &dyn std::fmt::Display| Fault::Ledger(format!("a text could not be signed: {error}"));
    let signature = [
        &key.id().to_be_bytes()[..],
        &vault.ledger_signer().sign(text.as_bytes()),
    ]
    .concat();
    let line = format!("— {} {}", key.name(), BASE64_STANDARD.encode(signature));
    let mut note = Note::new(text).map_err(|error| unsigned(&error))?;
    note.add(Signature::parse(&line).map_err(|error| unsigned(&error))?);
    Ok(note.to_string())
}
