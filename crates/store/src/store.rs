//! The store as everybody sees it: commit, read, look at the ledger. A handle that is cheap to clone.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::entry::Entry;
use sandyq_ledger::note::VerifierKey;
use sandyq_ledger::tile::TileId;
use sandyq_ledger::tree::{ConsistencyProof, InclusionProof};
use sandyq_ledger::witness::{Request, Witnessed};
use sandyq_model::{Chance, Clock, Fault, Field, SubjectId};

use crate::backup::{self, BackupFault, Made, SetAbout, Shelf};
use crate::commit::{Commit, CommitError, Committed, Writer};
use crate::database::{Reader, Readers};
use crate::farewell::Farewell;
use crate::ledger::{self, Published, Report, WitnessedFile};
use crate::options::StoreOptions;
use crate::recovery;
use crate::second_copy::{CopyStatus, Shipping};
use crate::tables::{epoch_end, search_index};
use crate::vault::{
    EpochSchedule, KeyInventory, KeyReader, KeyStatus, KeyStore, Rotation, SearchToken, SubjectKey, Vault,
    WrappedKey,
};

/// Everything at rest. All clones are one store; the last one to go waits for the commits that are under
/// way, and for places outside that answer.
#[derive(Clone)]
pub struct Store {
    parts: Arc<Parts>,
}

/// A second copy that was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyReport {
    /// Frames that were found as they were written.
    pub frames: u64,
    /// Entries of the ledger in it and before it.
    pub entries: u64,
}

/// What a store is made of; put together by [`recovery`].
pub(crate) struct Parts {
    /// The one thread that commits. Dropped first: it finishes what is under way.
    pub writer: Writer,
    /// The thread that ships to the second copy, after the writer: what was committed last is shipped too.
    pub shipping: Option<Shipping>,
    /// The threads that read.
    pub readers: Readers,
    /// Finds wrapped keys.
    pub key_reader: KeyReader,
    /// Keys and seals.
    pub vault: Arc<Vault>,
    /// What of the ledger is durable.
    pub published: Arc<Published>,
    /// What of it was signed by others.
    pub witnessed: Arc<WitnessedFile>,
    /// When an epoch of keys ends.
    pub epoch_schedule: EpochSchedule,
    /// What is left when all this is gone.
    pub farewell: Farewell,
}

impl Store {
    /// Opens the store: brings the tables up to date, finishes what a crash left, and verifies the ledger against its
    /// last checkpoint. Blocks while it does.
    ///
    /// # Errors
    /// [`Fault::Ledger`] when the ledger is not what was signed (5.1.5-b); [`Fault::Vault`] when the key source cannot
    /// be used; [`Fault::Store`] when the engine cannot; [`Fault::Configuration`] for a database on another machine.
    pub fn open(
        options: StoreOptions,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, Fault> {
        recovery::open(&options, clock, chance).map(Self::of)
    }

    /// Makes one operation and its entries durable, all or nothing; returns only then.
    ///
    /// # Errors
    /// [`CommitError`] says whether to decide again, to try again later, or that it did not work.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        self.parts.writer.submit(commit)?.answer().await
    }

    /// Runs a function over one snapshot of what is durable, on one of the reading threads.
    ///
    /// # Errors
    /// What the function gives; [`Fault::Busy`] when too many reads wait; [`Fault::Store`] when the engine fails.
    pub async fn read<R: Send + 'static>(
        &self,
        f: impl FnOnce(&mut dyn Reader) -> Result<R, Fault> + Send + 'static,
    ) -> Result<R, Fault> {
        self.parts
            .readers
            .submit(f)?
            .await
            .map_err(|_| Fault::Store("the reading thread has stopped".into()))?
    }

    /// What will have been left when the last clone of this store is gone: nothing, unless a place outside does not answer.
    #[must_use]
    pub fn farewell(&self) -> Farewell {
        self.parts.farewell.clone()
    }

    /// The vault: keys, seals, blind indices.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.parts.vault
    }

    /// The wrapped data key of a subject's generation; `None` once it is dead.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the key store does not answer.
    pub fn wrapped_key(&self, subject: SubjectId, generation: u32) -> Result<Option<WrappedKey>, Fault> {
        self.parts.key_reader.get(subject, generation)
    }

    /// The data key of a subject's generation, opened; `None` once it is dead. Keys opened lately are at hand.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the key store does not answer, or the key was changed.
    pub fn subject_key(&self, subject: SubjectId, generation: u32) -> Result<Option<Arc<SubjectKey>>, Fault> {
        self.parts
            .vault
            .subject_key(&self.parts.key_reader, subject, generation)
    }

    /// The subjects who are found by that token ([`Vault::blind_index`]) in that field, in the order of their ids; at most so
    /// many. A token goes to no log.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn subjects_with(
        &self,
        field: Field,
        token: SearchToken,
        limit: usize,
    ) -> Result<Vec<SubjectId>, Fault> {
        let mut leads = self.parts.key_reader.leads_from(&token)?;
        leads.retain(|lead| lead.field == field);
        self.read(move |reader| search_index::followed(reader, &leads, limit))
            .await
    }

    /// How the epochs of keys stand.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the key store does not answer.
    pub fn key_status(&self) -> Result<KeyStatus, Fault> {
        // Without a turn of the writer: anybody may ask until when old copies of a receipt's keys open.
        self.parts.key_reader.status()
    }

    /// Every key there is by its purpose, since when, and how many people have one. It holds no key.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the key store does not answer.
    pub async fn key_inventory(&self, at: Timestamp) -> Result<KeyInventory, Fault> {
        let vault = Arc::clone(&self.parts.vault);
        let listed = self.parts.writer.errand(move |keys| keys.reconcile(&vault, at));
        listed.await
    }

    /// When the epoch that stands so must end at the latest, by the schedule; `None` while nobody died in it.
    #[must_use]
    pub fn epoch_due_at(&self, status: &KeyStatus) -> Option<Timestamp> {
        self.parts
            .epoch_schedule
            .due_at(status.deaths, status.oldest_death)
    }

    /// Ends the present epoch: every node of the key tree above a key that died gets a new key, in steps between which
    /// commits go on; then `entry`, which accounts for it, becomes durable; only then the epoch's key is forgotten
    /// (5.1.5-c). From then on no copy of the key store made before opens the keys that died.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the key store, a place of epoch keys or a custodian does not answer, [`Fault::Store`] when the
    /// entry cannot be written; asking again goes on.
    pub async fn end_epoch(&self, entry: impl FnOnce() -> Entry) -> Result<EpochEnd, Fault> {
        let ending = loop {
            let step = self.parts.writer.errand(|keys| keys.rotate_step(NODES_A_STEP));
            if let Some(ending) = step.await? {
                break ending;
            }
            self.let_copy_follow().await?;
        };
        let resumed = self.read(epoch_end::noted).await? == Some(ending.from);
        if !resumed {
            let account = Commit {
                statements: vec![epoch_end::note(ending.from)],
                entries: vec![entry()],
                ..Commit::default()
            };
            self.commit(account).await.map_err(unaccounted)?;
        }
        self.parts.writer.errand(KeyStore::end_epoch).await?;
        Ok(EpochEnd { ending, resumed })
    }

    /// Hands the keys to the custodians of the options anew, within the epoch; `false` when there are none.
    ///
    /// # Errors
    /// [`Fault::Vault`] when their shares cannot be made durable.
    pub async fn renew_escrow(&self) -> Result<bool, Fault> {
        self.parts.writer.errand(KeyStore::renew_escrow).await
    }

    /// New keys of nodes are many: they are not made faster than the second copy takes them.
    async fn let_copy_follow(&self) -> Result<(), Fault> {
        let Some(shipping) = &self.parts.shipping else {
            return Ok(());
        };
        while shipping.outbox().is_loaded() {
            if let Some(fault) = shipping.outbox().refuses() {
                return Err(fault);
            }
            tokio::time::sleep(FOLLOW_STEP).await;
        }
        Ok(())
    }

    /// How the second copy stands; `None` when there is none.
    #[must_use]
    pub fn copy_status(&self) -> Option<CopyStatus> {
        let shipping = self.parts.shipping.as_ref()?;
        Some(shipping.outbox().status())
    }

    /// Verifies every frame of the second copy, and that it is a copy of this store as it is now; to be asked while nothing
    /// is committed. `None` when there is none.
    ///
    /// # Errors
    /// [`Fault::Ledger`] names what is not as it was written; [`Fault::Outside`] when the folder does not answer.
    pub fn verify_copy(&self) -> Result<Option<CopyReport>, Fault> {
        let Some(shipping) = &self.parts.shipping else {
            return Ok(None);
        };
        let copy = shipping.read()?;
        copy.check_keys(&self.parts.key_reader)?;
        let entries = self.checkpoint().size;
        if copy.ledger_size() == entries
            && copy
                .checkpoint_note()
                .is_none_or(|note| note == self.checkpoint_note())
        {
            return Ok(Some(CopyReport {
                frames: copy.frames(),
                entries,
            }));
        }
        Err(Fault::Ledger(
            "the second copy does not end where the ledger does".into(),
        ))
    }

    /// The newest durable checkpoint.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.parts.published.head().checkpoint.clone()
    }

    /// The newest durable checkpoint as the signed note that is published.
    #[must_use]
    pub fn checkpoint_note(&self) -> String {
        self.parts.published.head().note.clone()
    }

    /// The key by which checkpoints are verified.
    #[must_use]
    pub fn verifier_key(&self) -> &VerifierKey {
        self.parts.published.verifier_key()
    }

    /// The content of a tile file: hashes or an entry bundle; `None` when the durable ledger has no such tile (yet).
    ///
    /// # Errors
    /// When the engine does not answer, or rows are missing.
    pub async fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, Fault> {
        let size = self.checkpoint().size;
        self.read(move |reader| ledger::tile(reader, id, size)).await
    }

    /// The bytes of one entry; `None` beyond the durable end.
    ///
    /// # Errors
    /// When the engine does not answer, or rows are missing.
    pub async fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, Fault> {
        if index >= self.checkpoint().size {
            return Ok(None);
        }
        self.read(move |reader| ledger::entry_bytes(reader, index).map(Some))
            .await
    }

    /// Proves that an entry is in the tree of `size` entries.
    ///
    /// # Errors
    /// [`Fault::Ledger`] when the size is beyond the durable one or the index beyond the size.
    pub async fn inclusion_proof(&self, index: u64, size: u64) -> Result<InclusionProof, Fault> {
        self.within_durable(size)?;
        self.read(move |reader| ledger::inclusion(reader, index, size))
            .await
    }

    /// Proves that the tree of `size` entries begins with that of `older`.
    ///
    /// # Errors
    /// [`Fault::Ledger`] when the size is beyond the durable one or `older` beyond the size.
    pub async fn consistency_proof(&self, older: u64, size: u64) -> Result<ConsistencyProof, Fault> {
        self.within_durable(size)?;
        self.read(move |reader| ledger::consistency(reader, older, size))
            .await
    }

    /// What a witness is asked that has signed the ledger of `old` entries last, 0 for none. A size beyond the durable end
    /// is answered too: the witness then sees that the ledger was put back.
    ///
    /// # Errors
    /// When the engine does not answer, or rows are missing.
    pub async fn witness_request(&self, old: u64) -> Result<Request, Fault> {
        let head = self.parts.published.head();
        let size = head.checkpoint.size;
        let proof = if old > size {
            ConsistencyProof::default()
        } else {
            self.read(move |reader| ledger::consistency(reader, old, size))
                .await?
        };
        Ok(Request {
            old,
            proof,
            note: head.note.clone(),
        })
    }

    /// Takes a checkpoint of this ledger that a known witness has signed; `None` when it is not such a one. Gives the
    /// newest witnessed checkpoint.
    ///
    /// # Errors
    /// When the engine does not answer, or it cannot be made durable.
    pub async fn keep_witnessed(&self, note: &str) -> Result<Option<Arc<Witnessed>>, Fault> {
        let file = Arc::clone(&self.parts.witnessed);
        let Ok(witnessed) = file.read(note) else {
            return Ok(None);
        };
        let size = witnessed.checkpoint.size;
        if size > self.checkpoint().size {
            return Ok(None);
        }
        self.read(move |reader| {
            if ledger::root(reader, size)? == witnessed.checkpoint.root {
                file.keep(witnessed).map(Some)
            } else {
                Ok(None)
            }
        })
        .await
    }

    /// The newest checkpoint that witnesses outside have signed.
    #[must_use]
    pub fn witnessed(&self) -> Option<Arc<Witnessed>> {
        self.parts.witnessed.newest()
    }

    /// Verifies the whole ledger: every entry, tile, posting and checkpoint. `progress` is told entries done and in all.
    ///
    /// # Errors
    /// [`Fault::Ledger`] names the first thing that is not what was signed.
    pub async fn verify(&self, progress: impl Fn(u64, u64) + Send + 'static) -> Result<Report, Fault> {
        let published = Arc::clone(&self.parts.published);
        self.read(move |reader| ledger::verify(reader, &published, &progress))
            .await
    }

    /// Writes a backup set of one snapshot to that place, on a reading thread, while everything goes on (5.1.6).
    /// `progress` is told rows and bytes so far.
    ///
    /// # Errors
    /// A [`BackupFault`]; then there is no set.
    pub async fn back_up(
        &self,
        shelf: Box<dyn Shelf>,
        about: SetAbout,
        progress: impl Fn(u64, u64) + Send + 'static,
    ) -> Result<Made, BackupFault> {
        let vault = Arc::clone(&self.parts.vault);
        let written = self.read(move |reader| Ok(backup::write(reader, &*shelf, about, &vault, &progress)));
        written.await?
    }

    pub(crate) fn of(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
        }
    }

    fn within_durable(&self, size: u64) -> Result<(), Fault> {
        let durable = self.checkpoint().size;
        if size <= durable {
            Ok(())
        } else {
            Err(Fault::Ledger(format!(
                "the ledger has {durable} durable entries, not {size}"
            )))
        }
    }
}

/// An epoch that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochEnd {
    /// Which one, and what it cost.
    pub ending: Rotation,
    /// Whether it was accounted for before, by a call that did not come to its end.
    pub resumed: bool,
}

fn unaccounted(error: CommitError) -> Fault {
    match error {
        CommitError::Fault(fault) => fault,
        CommitError::Busy => Fault::Busy("too many commits are waiting".into()),
        other => Fault::Store(format!("the end of an epoch could not be accounted for: {other}")),
    }
}

/// Nodes of the key tree that get a new key between two groups of commits: a few milliseconds.
const NODES_A_STEP: usize = 64;
/// How often it is looked whether the second copy follows.
const FOLLOW_STEP: Duration = Duration::from_millis(20);
