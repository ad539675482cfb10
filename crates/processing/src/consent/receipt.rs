//! 1.2, 6.3: the receipt of a consent that was confirmed or withdrawn, one for each consent.
//!
//! The confirmation or withdrawal leaves a draft in its own commit, which says what only that instant knows. It is signed
//! when somebody first opens it, and kept as it was signed. It names fields by their numbers and never holds a value.

use jiff::Timestamp;
use sandyq_ledger::entry::{Deed, Detail, Happening, Moment, Outcome};
use sandyq_ledger::receipt::{
    self as act, ActedBy, ConsentEvent, ConsentItem, ConsentReceipt, ConsentStep, ConsentedField, Contact,
    HexHash, Notice, Opened,
};
use sandyq_ledger::tree::Hash;
use sandyq_model::act::Extract;
use sandyq_model::{
    Actor, Fault, Field, FieldSet, IdempotencyKey, Operation, Pseudonym, ReceiptId, Role, Standing, time,
};
use sandyq_policy::Language;
use sandyq_store::tables::consent::{ConsentAct, ConsentRow};
use sandyq_store::tables::posting::{self, Placed};
use sandyq_store::tables::receipt::{self, Receipt};
use sandyq_store::tables::subject;
use sandyq_store::{Commit, CommitError, Statement};
use serde::{Deserialize, Serialize};

use super::view::ConsentReceiptView;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::destroy::receipt::{evidence, sign};
use crate::dossier::Dossier;
use crate::entry;
use crate::perform::refused_commit;
use crate::queue;
use crate::rejected::Rejected;
use crate::system::System;

/// The kind of these receipts in the table, of drafts and of signed ones.
pub(super) const KIND: &str = "consent";
/// Entries that are read at once when that of a consent is looked for.
const PAGE_ENTRIES: u32 = 256;
/// Pages that are read at most: a person has some dozens of entries.
const PAGES_MAX: u32 = 400;
/// Where the data is, and whose law rules (4.3).
const COUNTRY: &str = "KZ";
/// The ways by which a consent is taken back (6.3); none is better than another.
const WITHDRAW_BY: [&str; 3] = ["portal", "email", "letter"];
/// The member of a signed receipt that is no part of what it says.
const SIGNATURES: &str = "signatures";
/// A consent without a day on which it ends.
pub(super) const PURPOSE_REACHED: &str = "purpose-reached";

/// What the instant of the act knew.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Draft {
    draft: bool,
    pub(super) event: ConsentEvent,
    pub(super) at_ms: i64,
    notice: Notice,
    pub(super) item: ConsentItem,
    channel: String,
    /// Whether the person gave it themselves, where a representative confirmed it (DEF-11).
    #[serde(default)]
    together: bool,
    /// Of a consent that is taken back: its confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed: Option<Confirmed>,
}

/// The confirmation of a consent, for the receipt of its end.
#[derive(Debug, Serialize, Deserialize)]
struct Confirmed {
    at_ms: i64,
    channel: String,
    by: ActedBy,
}

/// What keeps the draft of a receipt for each of these rows, which the same commit appends.
pub(crate) fn drafts(dossier: &Dossier, rows: &[ConsentRow], system: &System) -> Vec<Statement> {
    let Some(pseudonym) = dossier.pseudonym else {
        return Vec::new();
    };
    let drafts = rows
        .iter()
        .filter_map(|row| Some((row, Draft::of(row, dossier, system)?)));
    let receipts = drafts.map(|(row, draft)| {
        receipt::insert(&Receipt {
            id: ReceiptId::random(system.chance()),
            kind: KIND.to_owned(),
            pseudonym,
            body: serde_json::to_vec(&draft).unwrap_or_default(),
            at: row.at,
        })
    });
    receipts.collect()
}

impl Draft {
    fn of(row: &ConsentRow, dossier: &Dossier, system: &System) -> Option<Self> {
        let event = match row.act {
            ConsentAct::Given | ConsentAct::Closed => return None,
            ConsentAct::Confirmed => ConsentEvent::Confirmed,
            ConsentAct::Withdrawn => ConsentEvent::Withdrawn,
        };
        Some(Self {
            draft: true,
            event,
            at_ms: row.at.as_millisecond(),
            notice: Notice {
                hash: HexHash(Hash(row.text_hash)),
                language: row.locale.clone(),
                policy: HexHash(Hash(*system.policy().version())),
            },
            item: item(row, system),
            channel: row.channel.clone(),
            together: event == ConsentEvent::Confirmed && is_together(row, dossier),
            confirmed: (event == ConsentEvent::Withdrawn)
                .then(|| Confirmed::of(row, dossier))
                .flatten(),
        })
    }

    /// What became of the consent up to the entry that accounts for its last step.
    fn steps(&self, placed: &Placed) -> Vec<ConsentStep> {
        let confirmed = self.confirmed.as_ref().and_then(|confirmed| {
            Some(ConsentStep {
                event: ConsentEvent::Confirmed,
                at: Moment::from(Timestamp::from_millisecond(confirmed.at_ms).ok()?),
                channel: confirmed.channel.clone(),
                by: confirmed.by,
            })
        });
        let last = ConsentStep {
            event: self.event,
            at: placed.entry.at,
            channel: self.channel.clone(),
            by: match ActedBy::of(placed.entry.role) {
                ActedBy::Representative if self.together => ActedBy::Together,
                by => by,
            },
        };
        confirmed.into_iter().chain([last]).collect()
    }
}

impl Confirmed {
    fn of(row: &ConsentRow, dossier: &Dossier) -> Option<Self> {
        let mut rows = dossier.consents.iter();
        let confirmed = rows.find(|other| other.id == row.id && other.act == ConsentAct::Confirmed)?;
        let themselves = Actor::subject(confirmed.subject).id;
        Some(Self {
            at_ms: confirmed.at.as_millisecond(),
            channel: confirmed.channel.clone(),
            by: if confirmed.actor == themselves {
                ActedBy::Subject
            } else if is_together(confirmed, dossier) {
                ActedBy::Together
            } else {
                ActedBy::Representative
            },
        })
    }
}

/// Whether the person gave a consent themselves and a representative confirmed it.
fn is_together(confirmed: &ConsentRow, dossier: &Dossier) -> bool {
    let themselves = Actor::subject(confirmed.subject).id;
    let mut rows = dossier.consents.iter();
    let given = rows.find(|row| row.id == confirmed.id && row.act == ConsentAct::Given);
    confirmed.actor == Actor::representative().id && given.is_some_and(|given| given.actor == themselves)
}

/// What was asked, in the words of the policy in force and the language in which it was read.
fn item(row: &ConsentRow, system: &System) -> ConsentItem {
    let language = row.locale.parse().unwrap_or(Language::Kk);
    let until = row.term_until.map_or_else(
        || PURPOSE_REACHED.to_owned(),
        |until| time::day_in_kazakhstan(until).to_string(),
    );
    let fields = row.fields.without(Field::RECORD);
    ConsentItem {
        consent: row.id,
        purpose: row.purpose,
        purpose_title: system.purpose_label(row.purpose, language),
        fields: system
            .coded(fields, language)
            .map(|(number, title)| ConsentedField { number, title })
            .collect(),
        recipient: row.recipient.clone(),
        until,
    }
}

impl System {
    /// The receipt of a consent, signed now if nobody opened it before. While the person is with us it opens for them
    /// alone, and the look is entered; after a withdrawal or destruction, when nobody can sign in any more, it opens for
    /// whoever holds its number, as that of the destruction does.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] when there is none, and in the same words when it is somebody else's; a refusal of the
    /// look; a fault.
    pub async fn consent_receipt(
        &self,
        caller: Option<&Caller>,
        number: &str,
        language: Language,
    ) -> Result<ConsentReceiptView, Rejected> {
        let id: ReceiptId = number.parse().map_err(|_| Rejected::NotFound)?;
        let row = self.store().read(move |reader| receipt::find(reader, id)).await?;
        let row = row.filter(|row| row.kind == KIND).ok_or(Rejected::NotFound)?;
        if !self.has_left(row.pseudonym).await? {
            let dossier = self.own_dossier(caller.ok_or(Rejected::NotFound)?).await?;
            if dossier.pseudonym != Some(row.pseudonym) {
                return Err(Rejected::NotFound);
            }
        }
        let (text, opened) = self.opened_receipt(row).await?;
        self.consent_receipt_view(text, opened, language).await
    }

    /// The newest receipts of somebody's consents, the oldest first, signed now where nobody opened them before. No look of its
    /// own: whoever calls this was let in to everything about that person.
    ///
    /// # Errors
    /// A fault.
    pub(crate) async fn consent_receipts_of(
        &self,
        pseudonym: Pseudonym,
        at_most: usize,
    ) -> Result<Vec<(String, ConsentReceipt)>, Rejected> {
        let rows = self
            .store()
            .read(move |reader| receipt::of_pseudonym(reader, pseudonym))
            .await?;
        let mut receipts = Vec::new();
        for row in rows.into_iter().filter(|row| row.kind == KIND).take(at_most) {
            let (text, opened) = self.opened_receipt(row).await?;
            receipts.push((text, opened.statement));
        }
        receipts.reverse();
        Ok(receipts)
    }

    /// The signed text of a receipt, and what it says.
    async fn opened_receipt(&self, row: Receipt) -> Result<(String, Opened<ConsentReceipt>), Rejected> {
        let text = match serde_json::from_slice::<Draft>(&row.body) {
            Ok(draft) => self.signed(&row, draft).await?,
            Err(_) => String::from_utf8(row.body).map_err(|_| unreadable())?,
        };
        let keys = std::slice::from_ref(self.store().verifier_key());
        let opened = act::open(text.as_bytes(), keys)
            .map_err(|error| Fault::Ledger(format!("the receipt of a consent: {error}")))?;
        Ok((text, opened))
    }

    /// Numbers of the receipts of the consents that were taken back before that destruction.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn withdrawal_receipts(&self, destruction: &str) -> Result<Vec<String>, Fault> {
        let Ok(id) = destruction.parse::<ReceiptId>() else {
            return Ok(Vec::new());
        };
        let rows = self
            .store()
            .read(move |reader| match receipt::find(reader, id)? {
                Some(row) => receipt::of_pseudonym(reader, row.pseudonym),
                None => Ok(Vec::new()),
            })
            .await?;
        let withdrawn = rows
            .iter()
            .filter(|row| event_of(row) == Some(ConsentEvent::Withdrawn));
        Ok(withdrawn.map(|row| row.id.to_string()).collect())
    }

    /// The caller's own record, after a look that the policy decides and the ledger accounts for. No value is opened.
    pub(super) async fn own_dossier(&self, caller: &Caller) -> Result<std::sync::Arc<Dossier>, Rejected> {
        let subject = caller.own_subject()?;
        let dossier = self.dossier(subject).await?;
        let category = dossier.category().ok_or(Rejected::NotFound)?;
        let key = IdempotencyKey::random(self.chance());
        let operation: Operation<Extract> = Operation::new(caller.actor, subject, category, self.now(), key)
            .on(FieldSet::RECORD)
            .for_purpose(queue::identification(category));
        self.perform(&operation, &Circumstances::OWN, &()).await?;
        Ok(dossier)
    }

    /// Whether the person behind a pseudonym took every consent back, or was destroyed.
    async fn has_left(&self, pseudonym: Pseudonym) -> Result<bool, Fault> {
        let row = self
            .store()
            .read(move |reader| subject::by_pseudonym(reader, pseudonym))
            .await?;
        Ok(row.is_none_or(|row| row.withdrawn_at.is_some() || row.standing == Standing::Destroyed))
    }

    /// Signs a draft and keeps it signed, with its entry. Who comes second gets what the first one signed.
    async fn signed(&self, row: &Receipt, draft: Draft) -> Result<String, Rejected> {
        let placed = self.entry_of(row.pseudonym, &draft).await?;
        let statement = self.stated(row, draft, &placed).await?;
        let text = sign(self, &statement)?;
        let mut issued = entry::of_happening(
            &Actor::system(Role::SCHEDULE),
            Happening::ReceiptIssued,
            Outcome::Done,
            Detail::None,
            self,
        );
        issued.subject = Some(row.pseudonym);
        let commit = Commit {
            statements: vec![receipt::complete(row.id, &row.body, text.as_bytes())],
            entries: vec![issued],
            protects: true,
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(_) => Ok(text),
            Err(CommitError::Conflict(_)) => {
                let id = row.id;
                let kept = self.store().read(move |reader| receipt::find(reader, id)).await?;
                let kept = kept.ok_or(Rejected::NotFound)?;
                Ok(String::from_utf8(kept.body).map_err(|_| unreadable())?)
            }
            Err(error) => Err(refused_commit(error)),
        }
    }

    /// The entry of the act: of its verb, and the closest in time, since a clock may have been set in between.
    async fn entry_of(&self, pseudonym: Pseudonym, draft: &Draft) -> Result<Placed, Rejected> {
        let deed = Deed::Verb(draft.event.verb());
        let far = |placed: &Placed| placed.entry.at.timestamp().as_millisecond().abs_diff(draft.at_ms);
        let mut closest: Option<Placed> = None;
        for page in 0..PAGES_MAX {
            let entries = self
                .store()
                .read(move |reader| posting::entries(reader, pseudonym, PAGE_ENTRIES, page * PAGE_ENTRIES))
                .await?;
            let is_last = entries.len() < PAGE_ENTRIES as usize;
            let fitting = entries
                .into_iter()
                .filter(|placed| placed.entry.deed == deed && placed.entry.outcome == Outcome::Done);
            closest = closest.into_iter().chain(fitting).min_by_key(far);
            if is_last {
                break;
            }
        }
        closest.ok_or_else(|| Fault::Ledger("the entry of a consent is not in the ledger".into()).into())
    }

    async fn stated(&self, row: &Receipt, draft: Draft, placed: &Placed) -> Result<ConsentReceipt, Rejected> {
        let operator = self.operator_or_closed()?;
        let steps = draft.steps(placed);
        Ok(ConsentReceipt {
            format: <ConsentReceipt as act::Statement>::FORMAT.to_owned(),
            receipt: row.id,
            operator: act::Operator {
                name: operator.name.clone(),
                bin: operator.bin.clone(),
            },
            contact: Contact {
                address: operator.address.replace('\n', ", "),
                email: operator.email.clone(),
            },
            subject: row.pseudonym,
            issued_at: placed.entry.at.max(Moment::from(self.now())),
            notice: draft.notice,
            item: draft.item,
            steps,
            jurisdiction: COUNTRY.to_owned(),
            storage: COUNTRY.to_owned(),
            withdraw_by: WITHDRAW_BY.map(ToOwned::to_owned).to_vec(),
            ledger: evidence(self, placed).await?,
        })
    }
}

/// What happened, by a draft or by a signed receipt; `None` of a receipt of another kind.
fn event_of(row: &Receipt) -> Option<ConsentEvent> {
    told(row).map(|told| told.event)
}

/// What a draft and a signed receipt say in the same words, one way or the other.
pub(super) struct Told {
    pub(super) event: ConsentEvent,
    pub(super) at: Timestamp,
    pub(super) item: ConsentItem,
}

/// Reads what the list of receipts needs from a row that we wrote ourselves.
pub(super) fn told(row: &Receipt) -> Option<Told> {
    if row.kind != KIND {
        return None;
    }
    if let Ok(draft) = serde_json::from_slice::<Draft>(&row.body) {
        return Some(Told {
            event: draft.event,
            at: row.at,
            item: draft.item,
        });
    }
    let mut signed: serde_json::Value = serde_json::from_slice(&row.body).ok()?;
    signed.as_object_mut()?.remove(SIGNATURES);
    let signed: ConsentReceipt = serde_json::from_value(signed).ok()?;
    Some(Told {
        event: signed.last().ok()?.event,
        at: row.at,
        item: signed.item,
    })
}

fn unreadable() -> Fault {
    Fault::Store("a receipt cannot be read".into())
}
