//! 6.1, 6.4: everything that is held about a person, taken out at once for that person and nobody else.
//!
//! It is put together while the person waits and goes out with the answer; nothing of it is kept (decision 0043). What it
//! must not hold: the number of a card, whose last four digits stand for it, and anything about anybody else.

mod json;

use jiff::Timestamp;
use sandyq_ledger::entry::Entry;
use sandyq_ledger::receipt::{ArchiveManifest, ArchivedFile, ConsentReceipt, HexHash, Operator, Statement};
use sandyq_ledger::tree::{Hash, sha256};
use sandyq_model::{Fault, Plain, Pseudonym, ReceiptId};
use sandyq_policy::Language;
use sandyq_store::tables::consent_text;
use sandyq_store::tables::posting::Placed;

use super::{Access, MyData, RequestView};
use crate::access::Caller;
use crate::cases::CaseView;
use crate::consent::MyConsent;
use crate::destroy::receipt::{evidence, sign};
use crate::rejected::Rejected;
use crate::system::System;
use crate::transfer::DisclosureView;

/// Entries of the account that one archive holds, the newest ones.
pub const LOOKS_MAX: u32 = 10_000;
/// Receipts of consents that one archive holds, the newest ones.
pub const RECEIPTS_MAX: usize = 1_000;
/// Archives that are put together at the same time; whoever comes then hears "busy".
const ARCHIVES_AT_ONCE: usize = 4;

/// Everything about one person, opened.
pub struct Everything {
    /// The number of the archive.
    pub number: ReceiptId,
    /// Who holds the data: name and number.
    pub operator: (String, String),
    /// What the ledger calls the person.
    pub pseudonym: Pseudonym,
    /// The number of the entry that accounts for taking it out.
    pub entry: u64,
    /// When.
    pub at: Timestamp,
    /// The language of its words.
    pub language: Language,
    /// The policy in force, as a hash.
    pub policy: String,
    /// What the person is to the operator, in words.
    pub category: String,
    /// The values with all that is to be known about each.
    pub data: MyData,
    /// The consents.
    pub consents: Vec<MyConsent>,
    /// The cases.
    pub cases: Vec<CaseView>,
    /// The requests, with what was asked and answered.
    pub requests: Vec<RequestView>,
    /// The receipts of the consents, as they were signed, by their numbers.
    pub receipts: Vec<(ReceiptId, String)>,
    /// The texts that were shown, by their hashes: those that the receipts name.
    pub texts: Vec<(HexHash, String)>,
    /// To whom outside something was given.
    pub given: Vec<DisclosureView>,
    /// Who looked, the newest first.
    pub looks: Vec<Access>,
    /// How many older looks there are that the archive leaves out.
    pub older_looks: u64,
    placed: Entry,
}

/// A file of an archive: its name and its content.
pub type File = (String, Vec<u8>);

impl Everything {
    /// The receipts and the texts that they name, a file for each.
    #[must_use]
    pub fn papers(&self) -> Vec<File> {
        let receipts = self
            .receipts
            .iter()
            .map(|(number, text)| (format!("receipts/{number}.jsonld"), text.clone().into_bytes()));
        let texts = self
            .texts
            .iter()
            .map(|(hash, text)| (format!("receipts/texts/{hash}.txt"), text.clone().into_bytes()));
        receipts.chain(texts).collect()
    }
}

impl System {
    /// Takes everything out for the caller, who proves once more who they are.
    ///
    /// # Errors
    /// A mistake with `current` (the password) or with `session` (a code that let in too long ago); a refusal of the look;
    /// [`Fault::Busy`] when many ask at once; a fault.
    pub async fn everything(
        &self,
        caller: &Caller,
        current: &Plain<String>,
        language: Language,
    ) -> Result<Everything, Rejected> {
        let _one = self.one_archive_of_few()?;
        self.prove_before_archive(caller, current).await?;
        let operator = self.operator_or_closed()?;
        let (data, entry) = self.taken_out(caller, language).await?;
        let pseudonym = self.dossier(caller.own_subject()?).await?.pseudonym;
        let pseudonym = pseudonym.ok_or(Rejected::NotFound)?;
        let consents = self.my_consents(caller, language).await?;
        let signed = self.consent_receipts_of(pseudonym, RECEIPTS_MAX).await?;
        let texts = self.texts_of(&signed).await?;
        let mut cases = Vec::new();
        for reference in &data.cases {
            cases.push(self.my_case(caller, reference, language).await?);
        }
        let mut requests = Vec::new();
        for request in self.requests_about(caller).await? {
            requests.push(self.my_request(caller, &request.reference, language).await?);
        }
        let (count, looks) = self.looks(caller, LOOKS_MAX, 0, language).await?;
        let placed = self
            .store()
            .read(move |reader| sandyq_store::tables::posting::at(reader, entry))
            .await?;
        Ok(Everything {
            number: ReceiptId::random(self.chance()),
            operator: (operator.name.clone(), operator.bin.clone()),
            pseudonym,
            entry,
            at: placed.entry.at.timestamp(),
            language,
            policy: hex::encode(self.policy().version()),
            category: self.category_label(data.category, language),
            older_looks: count.saturating_sub(looks.len() as u64),
            data,
            consents,
            receipts: signed
                .into_iter()
                .map(|(text, said)| (said.receipt, text))
                .collect(),
            texts,
            cases,
            requests,
            given: self.given_to_others(caller, language).await?.rows,
            looks,
            placed: placed.entry,
        })
    }

    /// Whether the caller types a password before everything is taken out; `None` when neither that nor the way in
    /// suffices and they have to come in again.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn asks_before_archive(&self, caller: &Caller) -> Result<Option<bool>, Rejected> {
        let has_password = self.my_password(caller).await?.is_some_and(|state| state.chosen);
        if has_password || self.came_in_lately(caller).await? {
            Ok(Some(has_password))
        } else {
            Ok(None)
        }
    }

    /// The signed manifest of an archive with these files, and the list of their hashes that `sha256sum --check` reads.
    ///
    /// # Errors
    /// When the proof cannot be made or signed.
    pub async fn manifest(&self, of: &Everything, files: &[File]) -> Result<[File; 2], Rejected> {
        let placed = Placed {
            index: of.entry,
            entry: of.placed,
        };
        let archived = files.iter().map(|(name, content)| ArchivedFile {
            name: name.clone(),
            bytes: content.len() as u64,
            sha256: HexHash(sha256(content)),
        });
        let statement = ArchiveManifest {
            format: ArchiveManifest::FORMAT.to_owned(),
            archive: of.number,
            operator: Operator {
                name: of.operator.0.clone(),
                bin: of.operator.1.clone(),
            },
            subject: of.pseudonym,
            at: of.placed.at,
            issued_at: of.placed.at.max(self.now().into()),
            language: of.language.tag().to_owned(),
            files: archived.collect(),
            ledger: evidence(self, &placed).await?,
        };
        let manifest = sign(self, &statement)?.into_bytes();
        let mut sums = String::new();
        let listed = statement
            .files
            .iter()
            .map(|file| (file.sha256, file.name.as_str()));
        for (hash, name) in listed.chain([(HexHash(sha256(&manifest)), MANIFEST)]) {
            sums.push_str(&format!("{hash}  {name}\n"));
        }
        Ok([
            (MANIFEST.to_owned(), manifest),
            (SUMS.to_owned(), sums.into_bytes()),
        ])
    }

    /// The texts whose hashes these receipts name, each once.
    async fn texts_of(&self, receipts: &[(String, ConsentReceipt)]) -> Result<Vec<(HexHash, String)>, Fault> {
        let mut hashes: Vec<[u8; 32]> = receipts.iter().map(|(_, said)| said.notice.hash.0.0).collect();
        hashes.sort_unstable();
        hashes.dedup();
        self.store()
            .read(move |reader| {
                let mut texts = Vec::new();
                for hash in &hashes {
                    let kept = consent_text::find(reader, *hash)?;
                    texts.extend(kept.map(|kept| (HexHash(Hash(*hash)), kept.text)));
                }
                Ok(texts)
            })
            .await
    }

    fn one_archive_of_few(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Rejected> {
        self.archives().try_acquire().map_err(|_| {
            Fault::Busy("many archives are being put together; try again in a moment".into()).into()
        })
    }
}

/// The archives that may be put together at the same time.
pub(crate) fn archives() -> tokio::sync::Semaphore {
    tokio::sync::Semaphore::new(ARCHIVES_AT_ONCE)
}

/// The name of the signed manifest.
const MANIFEST: &str = "manifest.json";
/// The name of the list of hashes.
const SUMS: &str = "SHA256SUMS";
