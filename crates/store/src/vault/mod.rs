//! The vault (5.1.3-a, DEF-8): keys, and the only code that turns plain values into sealed ones and back.
//!
//! Each field value is sealed by itself under its subject's data key; data keys lie wrapped in a [`KeyStore`] of their
//! own, apart from the data; what wraps them comes from a [`KeySource`]. Opening or sealing takes a permit by value
//! ([`Vault::open`], [`Vault::seal`]). Keys never enter a backup of the data, and nothing here prints one.
//!
//! Why so, and why in this order: `docs/decisions/`.

mod copy_key;
mod epoch;
mod epoch_slots;
mod escrow;
mod fault;
mod hierarchy;
mod inventory;
mod key_store;
mod keyed_hash;
mod lead;
mod local_act;
mod opened_keys;
mod orphans;
mod permitted;
mod proof;
mod sealed;
mod signer;
mod source;
mod staff_proof;
mod subject_key;
#[cfg(test)]
mod tests;
mod webhook;

use std::sync::Arc;

use sandyq_model::{Chance, Fault, Field, IdempotencyKey, Plain, SubjectId};
use zeroize::Zeroizing;

pub use copy_key::CopyKey;
pub use epoch::{EPOCH_DEATHS_DEFAULT, EPOCH_HOURS_DEFAULT, Epoch, EpochKeys, EpochSchedule, Escrow};
pub use epoch_slots::EpochSlots;
pub use escrow::{
    CUSTODIANS_MAX, Custodian, CustodianEscrow, EscrowFault, EscrowSet, EscrowSettings, Recovered, recover,
};
pub use fault::VaultFault;
pub use hierarchy::{KEY_VERSION_MAX, KeyId, KeyUse, KeyVersions};
pub use inventory::{KeyInventory, KeyLine};
#[cfg(test)]
pub(crate) use key_store::tests::opens_of;
pub use key_store::{
    KEY_PAGE_MAX, KeyFollower, KeyHead, KeyObserver, KeyReader, KeyRow, KeyRows, KeyStatus, KeyStep,
    KeyStore, Leads, Rotation,
};
pub use keyed_hash::{HASH_BYTES, KeyedHash, TOKEN_BYTES, equal};
pub use lead::{Lead, LeadMark, NewLead, SearchToken, mark_of};
pub use local_act::LOCAL_ACT_BYTES_MAX;
pub use orphans::{Orphans, orphans};
pub use permitted::{Opens, Seals};
pub use proof::PROOF_BYTES_MAX;
pub use sealed::{PAD_BYTES, SEALED_VALUE_BYTES_MAX, SealedValue};
pub use signer::Signer;
pub use source::{
    KeyFile, KeyFileFault, KeyOrigin, KeySettings, KeySource, OpenedSource, PASSPHRASE_CHARACTERS_MAX,
    PASSPHRASE_CHARACTERS_MIN, PassphraseFile, TokenSettings, secret_line,
};
#[cfg(feature = "pkcs11")]
pub use source::{Token, TokenEpochs, TokenFault, TokenRoot};
pub use subject_key::{NewKey, SubjectKey, WRAPPED_BYTES, WrappedKey};
pub use webhook::WebhookKey;

use hierarchy::derive;
use keyed_hash::{BlindIndexKeys, HashKey, first_bytes};
use local_act::LocalActKeys;
use opened_keys::OpenedKeys;
use staff_proof::StaffProofKeys;
use subject_key::Kek;
use webhook::WebhookKeys;

/// All keys of an installation, derived and ready. Shared by everybody who seals, opens, searches or signs.
pub struct Vault {
    keks: Vec<Kek>,
    blind_index: BlindIndexKeys,
    code: HashKey,
    form_guard: HashKey,
    idempotency: HashKey,
    session: HashKey,
    local_act: LocalActKeys,
    staff_proof: StaffProofKeys,
    webhook: WebhookKeys,
    backup: Zeroizing<[u8; source::KEY_BYTES]>,
    ledger_signer: Signer,
    receipt_signer: Signer,
    opened: OpenedKeys,
    inventory: KeyInventory,
    chance: Arc<dyn Chance>,
}

impl Vault {
    /// Derives every key in these versions. Random nonces come from `chance`, which must be unpredictable and must not
    /// repeat itself, also not after a restart.
    ///
    /// # Errors
    /// When the key source cannot derive.
    pub fn unlock(
        source: &dyn KeySource,
        versions: &KeyVersions,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, Fault> {
        let keks = (1..=versions.of(KeyUse::SealKek)).map(|version| {
            let secret = derive(source, KeyUse::SealKek, version)?;
            Ok(Kek::new(version, &secret)?)
        });
        let hash_key = |usage| HashKey::new(source, usage, versions.of(usage));
        let signer = |usage| Signer::new(source, usage, versions.of(usage));
        let keys = inventory::lines(source, versions)?;
        Ok(Self {
            keks: keks.collect::<Result<_, Fault>>()?,
            blind_index: BlindIndexKeys::new(source, versions.of(KeyUse::BlindIndex))?,
            code: hash_key(KeyUse::Code)?,
            form_guard: hash_key(KeyUse::FormGuard)?,
            idempotency: hash_key(KeyUse::Idempotency)?,
            session: hash_key(KeyUse::Session)?,
            local_act: LocalActKeys::new(source, versions)?,
            staff_proof: StaffProofKeys::new(source, versions)?,
            webhook: WebhookKeys::new(source, versions)?,
            backup: derive(source, KeyUse::Backup, versions.of(KeyUse::Backup))?,
            ledger_signer: signer(KeyUse::LedgerSign)?,
            receipt_signer: signer(KeyUse::ReceiptSign)?,
            opened: OpenedKeys::with_limit(OPENED_KEYS_MAX),
            inventory: KeyInventory {
                origin: source.origin(),
                keys,
                subject_keys: 0,
            },
            chance,
        })
    }

    /// A new data key for that generation of the subject, and the same key wrapped. The wrapped one must be durable in
    /// the key store before anything sealed under the other is.
    ///
    /// # Errors
    /// When the cryptographic library refuses; it has no reason to.
    pub fn new_subject_key(
        &self,
        chance: &dyn Chance,
        subject: SubjectId,
        generation: u32,
    ) -> Result<(SubjectKey, NewKey), Fault> {
        let key = SubjectKey::random(subject, generation, chance)?;
        let wrapped = self.wrap(&key)?;
        Ok((key, wrapped))
    }

    /// Wraps a data key under the newest version of the key-encryption key: for a rotation of it, and for moving to
    /// another root key (this vault is then the one of the new root).
    ///
    /// # Errors
    /// When the cryptographic library refuses; it has no reason to.
    pub fn wrap(&self, key: &SubjectKey) -> Result<NewKey, Fault> {
        let newest = self.keks.last().ok_or(VaultFault::Library)?;
        Ok(newest.wrap(key, &*self.chance)?)
    }

    /// Opens a wrapped data key. It is not kept; [`Vault::subject_key`] keeps.
    ///
    /// # Errors
    /// When it was changed or moved, or wrapped under a key-encryption key that this vault does not have.
    pub fn unwrap_key(&self, wrapped: &WrappedKey) -> Result<SubjectKey, Fault> {
        let version = wrapped.kek_version();
        let kek = self.keks.iter().find(|kek| kek.version() == version);
        Ok(kek.ok_or(VaultFault::UnknownKek(version))?.unwrap(wrapped)?)
    }

    /// The data key of that generation of the subject, from those opened lately or else from the key store; `None` when
    /// it is dead or never was.
    ///
    /// # Errors
    /// When the key store does not answer, or as [`Vault::unwrap_key`].
    pub fn subject_key(
        &self,
        keys: &KeyReader,
        subject: SubjectId,
        generation: u32,
    ) -> Result<Option<Arc<SubjectKey>>, Fault> {
        if let Some(key) = self.opened.get(subject, generation) {
            return Ok(Some(key));
        }
        let visit = self.opened.visit();
        let Some(wrapped) = keys.get(subject, generation)? else {
            return Ok(None);
        };
        let key = Arc::new(self.unwrap_key(&wrapped)?);
        self.opened.keep(visit, &key);
        Ok(Some(key))
    }

    /// Forgets every opened generation of that subject's key. Must follow each kill in the key store, before the
    /// destruction is answered.
    pub fn forget(&self, subject: SubjectId) {
        self.opened.forget(subject);
    }

    /// How many opened keys are kept, at most [`OPENED_KEYS_MAX`].
    #[must_use]
    pub fn opened_keys(&self) -> usize {
        self.opened.count()
    }

    /// The token by which a folded value of that field is found again (`sandyq_model::value::folded`).
    #[must_use]
    pub fn blind_index(&self, field: Field, folded: &Plain<String>) -> SearchToken {
        self.blind_index.token(field, folded.expose())
    }

    /// A lead by which the subject of that key is found again, and its token sealed for the data.
    ///
    /// # Errors
    /// When the cryptographic library refuses; it has no reason to.
    pub fn new_lead(&self, key: &SubjectKey, field: Field, folded: &Plain<String>) -> Result<NewLead, Fault> {
        Ok(lead::seal(
            key,
            field,
            self.blind_index(field, folded),
            &*self.chance,
        )?)
    }

    /// The same under another generation of the subject's key, with which the old lead does not die.
    ///
    /// # Errors
    /// When the key is of somebody else.
    pub fn renew_lead(&self, key: &SubjectKey, lead: &Lead) -> Result<NewLead, Fault> {
        if key.subject() != lead.subject {
            return Err(VaultFault::OtherSubject.into());
        }
        Ok(lead::seal(key, lead.field, lead.token, &*self.chance)?)
    }

    /// The lead that a sealed token of that field belongs to.
    ///
    /// # Errors
    /// When it was changed or moved, or is of another key.
    pub fn open_lead(&self, key: &SubjectKey, field: Field, sealed: &[u8]) -> Result<Lead, Fault> {
        Ok(lead::open(key, field, sealed)?)
    }

    /// The hash of a one-time code. Bound to the subject and to what it serves, so that equal codes have unequal
    /// hashes.
    #[must_use]
    pub fn code_hash(&self, subject: SubjectId, serves: &str, code: &Plain<String>) -> KeyedHash {
        self.code
            .hash(&[subject.as_bytes(), serves.as_bytes(), code.expose().as_bytes()])
    }

    /// Under which number the return path of a letter is kept; the token in the letter does not tell it (6.1).
    #[must_use]
    pub fn return_path(&self, token: &str) -> [u8; 16] {
        first_bytes(self.code.hash(&[b"return path", token.as_bytes()]).as_bytes())
    }

    /// The hash of a session's secret.
    #[must_use]
    pub fn session_hash(&self, secret: &[u8]) -> KeyedHash {
        self.session.hash(&[secret])
    }

    /// The hash of the secret in a session's forms.
    #[must_use]
    pub fn form_hash(&self, secret: &[u8]) -> KeyedHash {
        self.form_guard.hash(&[secret])
    }

    /// The key of a submission, from who submits (`scope`) and the text that the caller calls it by.
    #[must_use]
    pub fn idempotency_key(&self, scope: &[u8], text: &[u8]) -> IdempotencyKey {
        IdempotencyKey::from_bytes(first_bytes(self.idempotency.hash(&[scope, text]).as_bytes()))
    }

    /// What tells what was submitted from something else under the same key. The key that the caller has goes in and is kept
    /// nowhere, so that nobody who has the hash and every key of ours can try what was submitted.
    #[must_use]
    pub fn submission_hash(&self, key: IdempotencyKey, parts: &[&[u8]]) -> KeyedHash {
        let scope: [&[u8]; 2] = [b"content", key.as_bytes()];
        let all: Vec<&[u8]> = scope.iter().chain(parts).copied().collect();
        self.idempotency.hash(&all)
    }

    /// The key that backup sets are encrypted with. Data keys of subjects are in no such set.
    #[must_use]
    pub fn backup_key(&self) -> &[u8; 32] {
        &self.backup
    }

    /// Signs checkpoints of the ledger.
    #[must_use]
    pub const fn ledger_signer(&self) -> &Signer {
        &self.ledger_signer
    }

    /// Signs receipts of consent and destruction.
    #[must_use]
    pub const fn receipt_signer(&self) -> &Signer {
        &self.receipt_signer
    }

    /// What the key store is compared with ([`KeyStore::reconcile`], which says since when).
    pub(crate) const fn inventory(&self) -> &KeyInventory {
        &self.inventory
    }
}

/// So many opened data keys are kept, least recently used out first; about 1 KiB each.
pub const OPENED_KEYS_MAX: usize = 8192;
