//! 6.3-c, 8: the acts of destruction, as a register to look at, for the responsible person and the auditor. An act names its person by
//! the pseudonym that leads to nobody any more, and it is here only by what its signed text says.

use jiff::Timestamp;
use sandyq_ledger::entry::Happening;
use sandyq_ledger::receipt::{self as act, DestructionReceipt};
use sandyq_model::Fault;
use sandyq_policy::Language;
use sandyq_store::tables::receipt::{self, Receipt};

use super::KIND;
use crate::access::Caller;
use crate::audit::at_the_account;
use crate::rejected::Rejected;
use crate::system::System;

/// Acts on one page.
const PAGE_ACTS: u32 = 25;
/// The last page that can be asked for.
const PAGE_MAX: u32 = 100_000;
/// Acts in one table, and one more, by which it is seen that there are others.
const TABLE_ROWS_MAX: u32 = 10_001;

/// A page of the acts of destruction.
#[derive(Clone, Debug)]
pub struct Destructions {
    /// The acts, newest first.
    pub rows: Vec<DestructionRow>,
    /// The page, from 1.
    pub page: u32,
    /// Whether another one follows.
    pub more: bool,
}

/// One act of destruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestructionRow {
    /// Its number.
    pub number: String,
    /// When it was destroyed.
    pub at: Timestamp,
    /// What its signed text says; nothing while it is not signed yet.
    pub signed: Option<SignedAct>,
}

/// What a signed act says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedAct {
    /// Who carried it out, by role.
    pub by: String,
    /// When the person withdrew, where that is the reason.
    pub withdrawn_at: Option<Timestamp>,
    /// What was destroyed, in words.
    pub destroyed: Vec<String>,
    /// What stays: the fields in words, the norm, the last day.
    pub kept: Vec<(String, String, String)>,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// The place of its entry in the ledger.
    pub entry: u64,
}

impl System {
    /// A page of the acts of destruction. A look is entered as one at the ledger.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person and the auditor; a fault.
    pub async fn destructions(
        &self,
        caller: &Caller,
        page: u32,
        language: Language,
    ) -> Result<Destructions, Rejected> {
        let page = page.clamp(1, PAGE_MAX);
        let mut rows = self
            .acts(caller, (PAGE_ACTS + 1, (page - 1) * PAGE_ACTS), language)
            .await?;
        let more = rows.len() > PAGE_ACTS as usize;
        rows.truncate(PAGE_ACTS as usize);
        Ok(Destructions { rows, page, more })
    }

    /// All acts of destruction, to be kept as a table; as many of them as a table holds, and one more.
    ///
    /// # Errors
    /// As [`System::destructions`].
    pub async fn all_destructions(
        &self,
        caller: &Caller,
        language: Language,
    ) -> Result<Vec<DestructionRow>, Rejected> {
        self.acts(caller, (TABLE_ROWS_MAX, 0), language).await
    }

    async fn acts(
        &self,
        caller: &Caller,
        (limit, offset): (u32, u32),
        language: Language,
    ) -> Result<Vec<DestructionRow>, Rejected> {
        at_the_account(caller)?;
        self.account_for(&caller.actor, Happening::LedgerRead, true, "8")
            .await?;
        let found = self
            .store()
            .read(move |reader| receipt::newest(reader, KIND, limit, offset))
            .await?;
        let system = self.clone();
        // Each is verified, which takes the processor for a while: others are answered meanwhile.
        let read = tokio::task::spawn_blocking(move || {
            let rows = found.into_iter().map(|row| system.act(row, language));
            rows.collect()
        });
        Ok(read
            .await
            .map_err(|_| Fault::Ledger("reading the acts of destruction stopped".into()))?)
    }

    fn act(&self, row: Receipt, language: Language) -> DestructionRow {
        let keys = std::slice::from_ref(self.store().verifier_key());
        let opened = act::open::<DestructionReceipt>(&row.body, keys).ok();
        DestructionRow {
            number: row.id.to_string(),
            at: opened
                .as_ref()
                .map_or(row.at, |opened| opened.statement.destroyed_at.timestamp()),
            signed: opened.map(|opened| {
                let said = opened.statement;
                let kept = said.kept.iter().map(|kept| {
                    let fields = self.labels(kept.fields, language).join(", ");
                    (fields, kept.citation.clone(), kept.until.to_string())
                });
                SignedAct {
                    by: self.role_label(opened.entry.role, language),
                    withdrawn_at: said.withdrawn_at.map(|at| at.timestamp()),
                    destroyed: self.labels(said.destroyed, language),
                    kept: kept.collect(),
                    issued_at: said.issued_at.timestamp(),
                    entry: said.ledger.index,
                }
            }),
        }
    }
}
