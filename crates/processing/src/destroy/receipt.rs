//! 6.3-c: the act of destruction, signed, with the proof that its entry is in the ledger.
//!
//! The destruction leaves a draft in its own commit; the worker signs it when the entry has its place. A crash in
//! between loses nothing: the draft knows the pseudonym, and the ledger knows the rest.

mod register;
mod view;

use jiff::Timestamp;
use jiff::civil::Date;
use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::entry::{Deed, Detail, Entry, Happening, Moment, Outcome};
use sandyq_ledger::note::Signature;
use sandyq_ledger::receipt::{self as act, Copies, CopiesStatement, DestructionReceipt, Evidence, VerbWord};
use sandyq_model::{Actor, Fault, FieldSet, Pseudonym, ReceiptId, Role, Verb};
use sandyq_store::tables::posting::{self, Placed};
use sandyq_store::tables::receipt::{self, Receipt};
use sandyq_store::{Commit, CommitError, Statement};
use serde::{Deserialize, Serialize};

use crate::dossier::Dossier;
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::retention::Kept;
use crate::system::System;

pub use register::{DestructionRow, Destructions, SignedAct};
pub use view::{CopiesNow, ProofView, ReceiptView};

/// The kind of a signed receipt, and of the draft before it.
pub(crate) const KIND: &str = "destruction";
/// Entries about one pseudonym that are looked through for the destruction, newest first.
const ENTRIES_MAX: u32 = 64;
/// How often a checkpoint is taken anew because another one came in between.
const TRIES_MAX: u32 = 8;

/// What the destruction knew, before its entry had a place.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Draft {
    draft: bool,
    withdrawn_ms: Option<i64>,
    kept: Vec<KeptDraft>,
    /// Only single values went, and the account with all the rest stays.
    #[serde(default)]
    part: bool,
    /// What was destroyed, by which the entry is told from others about the same person.
    #[serde(default)]
    fields: Option<String>,
    #[serde(skip)]
    pseudonym: Option<Pseudonym>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptDraft {
    fields: String,
    citation: String,
    until: String,
}

impl Draft {
    pub(super) fn of(dossier: &Dossier, fields: FieldSet, kept: &Kept) -> Result<Self, Rejected> {
        let floors = kept.floors.iter().map(|floor| KeptDraft {
            fields: floor.fields.bits().to_string(),
            citation: floor.citation.clone(),
            until: floor.until.to_string(),
        });
        Ok(Self {
            draft: true,
            withdrawn_ms: dossier.known()?.withdrawn_at.map(Timestamp::as_millisecond),
            kept: floors.collect(),
            part: false,
            fields: Some(fields.bits().to_string()),
            pseudonym: dossier.pseudonym,
        })
    }

    /// Of single values that went.
    pub(super) fn of_part(dossier: &Dossier, fields: FieldSet, kept: &Kept) -> Result<Self, Rejected> {
        Ok(Self {
            part: true,
            ..Self::of(dossier, fields, kept)?
        })
    }

    pub(super) fn keep(&self, id: ReceiptId, at: Timestamp) -> Statement {
        receipt::insert(&Receipt {
            id,
            kind: KIND.to_owned(),
            pseudonym: self.pseudonym.unwrap_or(Pseudonym::from_bytes([0; 16])),
            body: serde_json::to_vec(self).unwrap_or_default(),
            at,
        })
    }
}

/// Signs the receipt of that number, when its destruction is durable.
pub(crate) async fn issue(system: &System, number: &str) -> Result<(), Rejected> {
    let id: ReceiptId = number.parse().map_err(|_| Rejected::NotFound)?;
    let Some(row) = system
        .store()
        .read(move |reader| receipt::find(reader, id))
        .await?
    else {
        return Err(Rejected::NotFound);
    };
    let Ok(draft) = serde_json::from_slice::<Draft>(&row.body) else {
        return Ok(());
    };
    let placed = destruction_of(system, row.pseudonym, &draft).await?;
    let statement = statement(system, id, &row, &draft, &placed).await?;
    let text = sign(system, &statement)?;
    let mut issued = entry::of_happening(
        &Actor::system(Role::SCHEDULE),
        Happening::ReceiptIssued,
        Outcome::Done,
        Detail::None,
        system,
    );
    issued.subject = Some(row.pseudonym);
    let commit = Commit {
        statements: vec![receipt::complete(id, &row.body, text.as_bytes())],
        entries: vec![issued],
        protects: true,
        ..Commit::default()
    };
    match system.store().commit(commit).await {
        Ok(_) | Err(CommitError::Conflict(_)) => Ok(()),
        Err(error) => Err(refused_commit(error)),
    }
}

/// Signs what a receipt states with the key of the ledger.
pub(crate) fn sign<S: act::Statement>(system: &System, statement: &S) -> Result<String, Fault> {
    let key = system.store().verifier_key();
    let sign = |text: &str| Signature::by(key, &system.vault().ledger_signer().sign(text.as_bytes()));
    act::issue_with(statement, key, sign)
        .map_err(|error| Fault::Ledger(format!("a receipt could not be signed: {error}")))
}

async fn destruction_of(system: &System, pseudonym: Pseudonym, draft: &Draft) -> Result<Placed, Rejected> {
    let fields = draft.fields.as_ref().and_then(|bits| bits.parse().ok());
    let fields = fields.map(FieldSet::from_bits);
    let entries = system
        .store()
        .read(move |reader| posting::entries(reader, pseudonym, ENTRIES_MAX, 0))
        .await?;
    let done = |entry: &Entry| {
        entry.deed == Deed::Verb(Verb::Destroy)
            && entry.outcome == Outcome::Done
            && fields.is_none_or(|fields| fields == entry.fields)
    };
    let found = entries.into_iter().find(|placed| done(&placed.entry));
    found.ok_or_else(|| Fault::Ledger("the entry of a destruction is not in the ledger".into()).into())
}

async fn statement(
    system: &System,
    id: ReceiptId,
    row: &Receipt,
    draft: &Draft,
    placed: &Placed,
) -> Result<DestructionReceipt, Rejected> {
    let operator = system.operator_or_closed()?;
    let kept = draft.kept.iter().map(|kept| {
        Some(act::Kept {
            fields: FieldSet::from_bits(kept.fields.parse().ok()?),
            citation: kept.citation.clone(),
            until: kept.until.parse::<Date>().ok()?,
        })
    });
    let kept: Option<Vec<act::Kept>> = kept.collect();
    let withdrawn = draft
        .withdrawn_ms
        .and_then(|millis| Timestamp::from_millisecond(millis).ok());
    Ok(DestructionReceipt {
        format: <DestructionReceipt as act::Statement>::FORMAT.to_owned(),
        receipt: id,
        operator: act::Operator {
            name: operator.name.clone(),
            bin: operator.bin.clone(),
        },
        subject: row.pseudonym,
        withdrawn_at: withdrawn.map(Moment::from),
        destroyed_at: placed.entry.at,
        issued_at: system.now().into(),
        verbs: if draft.part {
            vec![VerbWord(Verb::Destroy)]
        } else {
            vec![VerbWord(Verb::Delete), VerbWord(Verb::Destroy)]
        },
        destroyed: placed.entry.fields,
        kept: kept.ok_or_else(|| Fault::Store("the draft of a receipt cannot be read".into()))?,
        copies: copies(system, placed.entry.at).await?,
        ledger: evidence(system, placed).await?,
    })
}

/// Until when somebody who kept old copies against the rules could still read them.
async fn copies(system: &System, destroyed_at: Moment) -> Result<Copies, Rejected> {
    let (epoch, dead_after, is_to_come) = system.copies_dead_after().await?;
    Ok(Copies {
        statement: if is_to_come {
            CopiesStatement::SealedUntilEpochEnds
        } else {
            CopiesStatement::NoneLeft
        },
        epoch: epoch.into(),
        dead_after: destroyed_at.max(dead_after.into()),
    })
}

/// The proof that an entry is in the ledger, under its newest checkpoint.
pub(crate) async fn evidence(system: &System, placed: &Placed) -> Result<Evidence, Rejected> {
    let store = system.store();
    for _ in 0..TRIES_MAX {
        let note = store.checkpoint_note();
        let checkpoint = Checkpoint::open(note.as_bytes(), std::slice::from_ref(store.verifier_key()))
            .map_err(|error| Fault::Ledger(format!("the newest checkpoint: {error}")))?;
        if checkpoint.size <= placed.index {
            tokio::task::yield_now().await;
            continue;
        }
        let proof = store.inclusion_proof(placed.index, checkpoint.size).await?;
        return Ok(Evidence {
            index: placed.index,
            entry: placed.entry.encode(),
            proof,
            checkpoint: note,
        });
    }
    Err(Fault::Ledger("the newest checkpoint does not reach the entry of a receipt yet".into()).into())
}
