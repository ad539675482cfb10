//! 6.3-c: the act of destruction as a page shows it, on a screen and on paper.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use sandyq_ledger::receipt::{self as act, CopiesStatement, DestructionReceipt, Evidence, Opened};
use sandyq_model::{Fault, FieldSet, ReceiptId};
use sandyq_policy::Language;
use sandyq_store::tables::receipt;
use sandyq_store::vault::KeyStatus;

use crate::system::System;

/// A receipt as a page shows it.
#[derive(Clone, Debug)]
pub struct ReceiptView {
    /// Its number.
    pub number: String,
    /// The signed text, for the standalone verifier.
    pub json: String,
    /// Who destroyed: the legal name, and its number.
    pub operator: (String, String),
    /// Who carried it out, by role.
    pub by: String,
    /// What the ledger calls the person.
    pub pseudonym: String,
    /// When the person withdrew, where that is the reason.
    pub withdrawn_at: Option<Timestamp>,
    /// When the values were destroyed.
    pub at: Timestamp,
    /// When the receipt was issued.
    pub issued_at: Timestamp,
    /// What was done, in words.
    pub verbs: Vec<String>,
    /// What was destroyed: the code of each field, and its words.
    pub destroyed: Vec<(u8, String)>,
    /// What stays: the fields with their codes, the norm, the last day.
    pub kept: Vec<(String, String, String)>,
    /// The epoch of keys after which old copies open for nobody.
    pub epoch: u64,
    /// How it is with old copies now.
    pub copies: CopiesNow,
    /// The proof that the destruction is in the ledger.
    pub proof: ProofView,
}

/// How it is with copies of the destroyed values that somebody kept against the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopiesNow {
    /// None was left when the receipt was issued.
    NoneLeft,
    /// Until then, at the latest, one could be opened by whoever holds our present keys as well.
    OpenUntil(Timestamp),
    /// The epoch has ended since: none opens any more.
    Dead,
}

/// Where the entry behind a receipt stands in the ledger, and the way from it to what was signed.
#[derive(Clone, Debug)]
pub struct ProofView {
    /// Its place.
    pub index: u64,
    /// Its bytes, in base64.
    pub entry: String,
    /// The hashes from the entry to the root, lowest first, in base64.
    pub path: Vec<String>,
    /// The signed checkpoint to which they lead.
    pub checkpoint: String,
    /// The signatures on the receipt.
    pub signatures: Vec<String>,
}

impl ProofView {
    /// The proof in a receipt of which `json` is the signed text.
    pub(crate) fn of(evidence: &Evidence, json: &str) -> Self {
        Self {
            index: evidence.index,
            entry: BASE64_STANDARD.encode(&evidence.entry),
            path: evidence
                .proof
                .0
                .iter()
                .map(|hash| BASE64_STANDARD.encode(hash.0))
                .collect(),
            checkpoint: evidence.checkpoint.clone(),
            signatures: signatures(json),
        }
    }
}

impl System {
    /// The receipt of that number; `None` while it is not signed, or never was.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn receipt(&self, number: &str, language: Language) -> Result<Option<ReceiptView>, Fault> {
        let Ok(id) = number.parse::<ReceiptId>() else {
            return Ok(None);
        };
        let Some(row) = self.store().read(move |reader| receipt::find(reader, id)).await? else {
            return Ok(None);
        };
        let Ok(text) = String::from_utf8(row.body) else {
            return Ok(None);
        };
        let keys = std::slice::from_ref(self.store().verifier_key());
        let Ok(opened) = act::open::<DestructionReceipt>(text.as_bytes(), keys) else {
            return Ok(None);
        };
        let status = self.store().key_status()?;
        Ok(Some(self.view(text, opened, &status, language)))
    }

    fn view(
        &self,
        json: String,
        opened: Opened<DestructionReceipt>,
        status: &KeyStatus,
        language: Language,
    ) -> ReceiptView {
        let said = opened.statement;
        let kept = said.kept.iter().map(|kept| {
            let fields = self.coded(kept.fields, language);
            let fields: Vec<String> = fields.map(|(code, label)| format!("{label} ({code})")).collect();
            (fields.join(", "), kept.citation.clone(), kept.until.to_string())
        });
        ReceiptView {
            number: said.receipt.to_string(),
            operator: (said.operator.name, said.operator.bin),
            by: self.role_label(opened.entry.role, language),
            pseudonym: said.subject.to_string(),
            withdrawn_at: said.withdrawn_at.map(|at| at.timestamp()),
            at: said.destroyed_at.timestamp(),
            issued_at: said.issued_at.timestamp(),
            verbs: said
                .verbs
                .iter()
                .map(|verb| self.verb_label(verb.0, language))
                .collect(),
            destroyed: self.coded(said.destroyed, language).collect(),
            kept: kept.collect(),
            epoch: said.copies.epoch,
            copies: copies_now(said.copies.statement, &said.copies, status),
            proof: ProofView::of(&said.ledger, &json),
            json,
        }
    }

    /// Fields with their codes, in words.
    pub(crate) fn coded(&self, fields: FieldSet, language: Language) -> impl Iterator<Item = (u8, String)> {
        fields
            .iter()
            .map(move |field| (field.number(), self.field_label(field, language)))
    }
}

/// The receipt says what was true when it was issued; its epoch may have ended since.
fn copies_now(statement: CopiesStatement, copies: &act::Copies, status: &KeyStatus) -> CopiesNow {
    let ended = u64::from(status.epoch) > copies.epoch
        && status
            .ending
            .is_none_or(|ending| u64::from(ending) != copies.epoch);
    match statement {
        CopiesStatement::NoneLeft => CopiesNow::NoneLeft,
        CopiesStatement::SealedUntilEpochEnds if ended => CopiesNow::Dead,
        CopiesStatement::SealedUntilEpochEnds => CopiesNow::OpenUntil(copies.dead_after.timestamp()),
    }
}

fn signatures(json: &str) -> Vec<String> {
    let whole: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    let lines = whole.get("signatures").and_then(serde_json::Value::as_array);
    let lines = lines.into_iter().flatten();
    lines
        .filter_map(|line| line.as_str().map(ToOwned::to_owned))
        .collect()
}
