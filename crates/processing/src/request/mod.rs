//! 6: what people do with their own data: see it, see who looked, change it, take their consent back.

mod accesses;
mod alike;
mod answering;
mod ask;
mod board;
pub mod deadline;
mod desk;
mod everything;
mod identity;
mod keeping;
mod letter;
mod papers;
mod register;
mod responsible;
mod seen;
mod step;
mod view;
mod watch;

pub use accesses::{Access, Accesses};
pub use alike::Alike;
pub use answering::{Deed, LateReason, Norm};
pub use ask::Asking;
pub use board::{Board, BoardFilter, BoardRow, ClosedIn, LOAD_DAYS, Load, SPAN_DAYS_MAX};
pub(crate) use desk::{at_the_board, familiar_with_policy};
pub(crate) use everything::archives;
pub use everything::{Everything, File, LOOKS_MAX, RECEIPTS_MAX};
pub use keeping::{Keeper, Keeps};
pub use letter::{Entry as LetterEntry, LETTER_SCAN_BYTES_MAX, Scan};
pub use papers::{PAPERS_AT_ONCE, PaperRow, Papers};
pub use responsible::Overview;
pub use seen::{InPublic, PublicField, Seen, SeenFor, ThirdParty};
pub use view::{RequestView, StepView};

pub(crate) use register::received;

use jiff::Timestamp;
use sandyq_model::act::{Extract, Withdraw};
use sandyq_model::value::ValueKind;
use sandyq_model::{
    Category, Channel, ConsentId, Fault, Field, IdempotencyKey, Operation, Plain, Purpose, ReceiptId,
    Standing,
};
use sandyq_policy::Language;
use sandyq_policy::declarations::WordKind;

use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::perform::Outcome;
use crate::queue;
use crate::reading::mask;
use crate::rejected::Rejected;
use crate::retention::{self, Coming, ValueEnd};
use crate::system::System;
use crate::systematize::Joined;
use crate::withdraw::Withdrawal;

/// How long a withdrawal waits for its destruction before it answers without the receipt.
const RECEIPT_WAIT: std::time::Duration = std::time::Duration::from_millis(50);
/// How often.
const RECEIPT_LOOKS: u32 = 40;
/// L39: working days within which a withdrawal is carried out, when the policy sets no deadline.
const WITHDRAWAL_DAYS: u32 = 15;

/// Everything about one person.
pub struct MyData {
    /// What the person is to the operator.
    pub category: Category,
    /// Where the record stands.
    pub standing: Standing,
    /// Since when.
    pub since: Timestamp,
    /// Until when, if the day is known.
    pub until: Option<Timestamp>,
    /// The values.
    pub rows: Vec<MyRow>,
    /// The orders and other cases, by reference.
    pub cases: Vec<String>,
    /// Whether somebody acts for the person here (DEF-11).
    pub represents: bool,
    /// The other records that are taken for theirs (6.1).
    pub joined: Vec<Joined>,
}

/// One value of one's own.
pub struct MyRow {
    /// The field.
    pub field: Field,
    /// Its name in forms.
    pub name: String,
    /// Its kind of value.
    pub kind: ValueKind,
    /// Its label.
    pub label: String,
    /// The value; of a card the last four digits.
    pub value: Plain<String>,
    /// Where it came from.
    pub source: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What it is used for.
    pub purposes: Vec<(Purpose, String)>,
    /// On what that rests: the consents that cover it, in words.
    pub ground: String,
    /// Until when it is stored at the latest (8).
    pub until: Timestamp,
    /// What keeps it until then.
    pub kept_by: Vec<Keeper>,
    /// Whether its owner can change it here.
    pub changeable: bool,
    /// Of a contact that was not confirmed for longer than clause 6.1 lets it: when it was confirmed last.
    pub unconfirmed_since: Option<Timestamp>,
    /// When a letter to this contact came back (6.1).
    pub returned_at: Option<Timestamp>,
}

impl MyRow {
    /// The article that keeps it after its last purpose, if one does.
    #[must_use]
    pub fn norm(&self) -> Option<&str> {
        self.kept_by.iter().find_map(Keeper::norm)
    }
}

/// What a withdrawal would do.
#[derive(Clone, Debug)]
pub struct Consequences {
    /// What would be destroyed.
    pub destroyed: Vec<String>,
    /// What would stay, locked: the fields, the norm, the last day.
    pub kept: Vec<(String, String, String)>,
    /// Until when it is done at the latest.
    pub due: Timestamp,
    /// By which articles an order keeps everything for now (8).
    pub orders: Vec<String>,
    /// The other records that are taken for theirs: what is taken back here stays there (6.1).
    pub joined: Vec<Joined>,
}

/// A withdrawal that was taken.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// Its number, which is also the receipt's.
    pub number: String,
    /// Until when it is done at the latest.
    pub due: Timestamp,
    /// Whether the destruction is done and its receipt signed.
    pub receipt_ready: bool,
    /// By which articles an order keeps everything for now (8); then nothing is destroyed by that day.
    pub orders: Vec<String>,
}

/// What became of a consent that was taken back.
#[derive(Clone, Debug)]
pub enum TakenBack {
    /// It ended; the number of the act, if something had to be destroyed. Empty when it had ended before.
    One(String),
    /// It was the last one: everything was withdrawn.
    Everything(Withdrawn),
}

impl System {
    /// 6.4: everything that is held about the caller, with where it came from, what for, and on what ground.
    ///
    /// # Errors
    /// A refusal (a blocked record is only stored), or a fault.
    pub async fn my_data(&self, caller: &Caller, language: Language) -> Result<MyData, Rejected> {
        self.taken_out(caller, language).await.map(|(data, _)| data)
    }

    /// The same with the number of the entry of the look.
    async fn taken_out(&self, caller: &Caller, language: Language) -> Result<(MyData, u64), Rejected> {
        let subject = caller.own_subject()?;
        let dossier = self.dossier(subject).await?;
        let known = dossier.known().map_err(|_| Rejected::NotFound)?.clone();
        let key = IdempotencyKey::random(self.chance());
        let operation: Operation<Extract> =
            Operation::new(caller.actor, subject, known.category, self.now(), key)
                .on(dossier.held())
                .for_purpose(queue::identification(known.category));
        let (values, entry) = match self.perform(&operation, &Circumstances::OWN, &()).await? {
            Outcome::Done { output, entry } => (output, entry),
            Outcome::Repeated(_) => return Err(Rejected::NotFound),
        };
        let ends = self.ends(&dossier, &Coming::default(), self.now())?;
        let ended = values
            .into_iter()
            .filter_map(|(field, value)| Some((ends.of(field)?, value)));
        let rows = ended.filter_map(|(end, value)| self.my_row(&dossier, end, &value, language).transpose());
        let data = MyData {
            joined: self.joined_to(&dossier).await?,
            represents: caller.represents(),
            category: known.category,
            standing: known.standing,
            since: known.created_at,
            until: known.due_at,
            rows: rows.collect::<Result<_, _>>()?,
            cases: dossier.cases.iter().map(|case| case.reference.clone()).collect(),
        };
        Ok((data, entry))
    }

    fn my_row(
        &self,
        dossier: &Dossier,
        end: &ValueEnd,
        value: &Plain<String>,
        language: Language,
    ) -> Result<Option<MyRow>, Fault> {
        let field = end.field;
        let Some(record) = dossier.records.iter().find(|record| record.field == field) else {
            return Ok(None);
        };
        let words = self.policy().words(language);
        let now = self.now();
        let covering = dossier
            .live_consents(now)
            .filter(|(row, _)| row.fields.contains(field));
        let consents: Vec<_> = covering.map(|(row, _)| row).collect();
        let label = |purpose: Purpose| words.label(WordKind::Purpose, &purpose.to_string()).to_owned();
        let mut purposes: Vec<Purpose> = consents.iter().map(|row| row.purpose).collect();
        purposes.sort_unstable();
        purposes.dedup();
        let ground: Vec<&str> = consents
            .iter()
            .map(|row| words.label(WordKind::Consent, &row.item))
            .collect();
        Ok(Some(MyRow {
            field,
            name: self.policy().field_name(field).to_owned(),
            kind: self.policy().kind(field).unwrap_or(ValueKind::Text),
            label: self.field_label(field, language),
            value: mask::for_owner(self.policy().class(field), value),
            source: record.source.clone(),
            recorded_at: record.recorded_at,
            purposes: purposes
                .into_iter()
                .map(|purpose| (purpose, label(purpose)))
                .collect(),
            ground: ground.join("; "),
            until: end.destroy_by,
            kept_by: self.keepers(end, language, now)?,
            changeable: self.changeable(field),
            unconfirmed_since: self.unconfirmed_since(record, now)?,
            returned_at: record.returned_at,
        }))
    }

    /// 6.3: what a withdrawal would destroy, and what must stay.
    ///
    /// # Errors
    /// When the store does not answer, or the calendar does not reach that far.
    pub async fn consequences(&self, caller: &Caller, language: Language) -> Result<Consequences, Rejected> {
        let dossier = self.dossier(caller.own_subject()?).await?;
        let kept = retention::floor(&dossier, self.policy(), self.now());
        let floors = kept.floors.iter().map(|floor| {
            (
                self.labels(floor.fields, language).join(", "),
                floor.citation.clone(),
                floor.until.to_string(),
            )
        });
        Ok(Consequences {
            joined: self.joined_to(&dossier).await?,
            destroyed: self.labels(kept.rest_of(dossier.held()).without(Field::RECORD), language),
            kept: floors.collect(),
            due: self.withdrawal_due()?,
            orders: dossier.orders(),
        })
    }

    /// 6.3: the caller takes every consent back. Accepted at once; destruction follows at once, by the schedule.
    ///
    /// # Errors
    /// When it could not be recorded; it is never refused to its owner.
    pub async fn withdraw(&self, caller: &Caller, key: IdempotencyKey) -> Result<Withdrawn, Rejected> {
        let mut withdrawn = self.take_withdrawal(caller, key).await?;
        if !withdrawn.orders.is_empty() {
            // Nothing is destroyed while an order stands, so there is no receipt to wait for (8).
            return Ok(withdrawn);
        }
        for _ in 0..RECEIPT_LOOKS {
            if self.receipt(&withdrawn.number, Language::En).await?.is_some() {
                withdrawn.receipt_ready = true;
                break;
            }
            tokio::time::sleep(RECEIPT_WAIT).await;
        }
        Ok(withdrawn)
    }

    /// 6.3: as [`System::withdraw`], without waiting for the destruction that the queue does next.
    ///
    /// # Errors
    /// As [`System::withdraw`].
    pub async fn take_withdrawal(&self, caller: &Caller, key: IdempotencyKey) -> Result<Withdrawn, Rejected> {
        let subject = caller.own_subject()?;
        let dossier = self.dossier(subject).await?;
        let known = dossier.known().map_err(|_| Rejected::NotFound)?.clone();
        let due = self.withdrawal_due()?;
        let receipt = ReceiptId::random(self.chance());
        let sent = self.sent_under(key, "withdraw", &[subject.as_bytes()]);
        let operation: Operation<Withdraw> =
            Operation::new(caller.actor, subject, known.category, self.now(), sent.key)
                .submitted(sent.content);
        let input = Withdrawal {
            receipt,
            channel: Channel::Portal.name().to_owned(),
            only: None,
            registered: Some(self.withdrawal_registered(subject, Channel::Portal, receipt)?),
        };
        let number = match self.perform(&operation, &Circumstances::OWN, &input).await? {
            Outcome::Done { .. } => receipt.to_string(),
            Outcome::Repeated(answer) => String::from_utf8(answer).unwrap_or_default(),
        };
        self.wake();
        Ok(Withdrawn {
            number,
            due,
            receipt_ready: false,
            orders: dossier.orders(),
        })
    }

    /// 6.3-e: the caller takes one consent back, and the others go on. What served nothing else is destroyed; gives the
    /// number that the act of that destruction has. The last consent that is left takes everything along.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for a consent that is not the caller's; a fault.
    pub async fn take_back(
        &self,
        caller: &Caller,
        consent: ConsentId,
        key: IdempotencyKey,
    ) -> Result<TakenBack, Rejected> {
        let subject = caller.own_subject()?;
        let dossier = self.dossier(subject).await?;
        let known = dossier.known().map_err(|_| Rejected::NotFound)?.clone();
        let sent = self.sent_under(key, "take-back", &[subject.as_bytes(), consent.as_bytes()]);
        let done_before = self.was_done(sent).await?;
        let live: Vec<_> = dossier.live_consents(self.now()).map(|(row, _)| row).collect();
        let Some(given) = dossier.consents.iter().find(|row| row.id == consent) else {
            return Err(Rejected::NotFound);
        };
        // Taken back already: the same withdrawal.
        if !done_before && live.iter().all(|row| row.id != consent) {
            return Ok(TakenBack::One(String::new()));
        }
        if !done_before && live.len() == 1 && live.iter().any(|row| row.id == consent) {
            return Ok(TakenBack::Everything(self.take_withdrawal(caller, key).await?));
        }
        let receipt = ReceiptId::random(self.chance());
        let operation: Operation<Withdraw> =
            Operation::new(caller.actor, subject, known.category, self.now(), sent.key)
                .submitted(sent.content)
                .on(given.fields)
                .for_purpose(given.purpose);
        let input = Withdrawal {
            receipt,
            channel: Channel::Portal.name().to_owned(),
            only: Some(consent),
            registered: None,
        };
        let number = match self.perform(&operation, &Circumstances::OWN, &input).await? {
            Outcome::Done { .. } => receipt.to_string(),
            Outcome::Repeated(answer) => String::from_utf8(answer).unwrap_or_default(),
        };
        self.wake();
        Ok(TakenBack::One(number))
    }

    fn withdrawal_due(&self) -> Result<Timestamp, Rejected> {
        let days = self
            .policy()
            .deadline("withdraw")
            .and_then(|deadline| deadline.within.working_days);
        Ok(retention::due_in_working_days(
            self.policy(),
            self.now(),
            days.unwrap_or(WITHDRAWAL_DAYS),
        )?)
    }
}
