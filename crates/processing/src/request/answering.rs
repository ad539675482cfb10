//! 6.2 to 6.5: an answer is written, looked at once more, and only then given; what was asked for is done before. A refusal
//! names its norm, and what is late says why.

use sandyq_model::act::{Clarify, Extract, Record, Withdraw};
use sandyq_model::value::{Context, ValueKind, Values};
use sandyq_model::{
    Category, Channel, ConsentId, Field, FieldSet, Ground, IdempotencyKey, Operation, Plain, Problem,
    Purpose, ReceiptId, RequestKind, RequestState, Standing, Step, SubjectId, time,
};
use sandyq_policy::Language;
use sandyq_store::Job;
use sandyq_store::tables::consent::{ConsentAct, ConsentRow};
use sandyq_store::tables::subject_request::SubjectRequest;

use super::MyRow;
use super::desk::at_the_board;
use super::step::Along;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::clarify::Clarified;
use crate::dossier::Dossier;
use crate::perform::Outcome;
use crate::queue;
use crate::record::Recorded;
use crate::rejected::Rejected;
use crate::retention::Coming;
use crate::system::System;
use crate::withdraw::Withdrawal;

/// On what a refusal rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// It was not shown who is asking (6.5).
    Identity,
    /// A law or an obligation that is not fulfilled stands against it.
    Obligation,
    /// What was claimed was looked into and is not so.
    Unfounded,
    /// A change without papers that show it.
    Papers,
    /// A law makes us keep the document.
    Kept,
}

impl Norm {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Identity,
        Self::Obligation,
        Self::Unfounded,
        Self::Papers,
        Self::Kept,
    ];

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Obligation => "obligation",
            Self::Unfounded => "unfounded",
            Self::Papers => "papers",
            Self::Kept => "kept",
        }
    }

    /// The article.
    #[must_use]
    pub const fn citation(self) -> &'static str {
        match self {
            Self::Identity => "Law 94-V, Art. 25(2)(6)-(7)",
            Self::Obligation => "Law 94-V, Art. 8(2), Art. 24(1)(5)",
            Self::Unfounded => "Law 94-V, Art. 25(2)(8)",
            Self::Papers => "Law 94-V, Art. 24(1)(2)",
            Self::Kept => "Law 94-V, Art. 12(2); Tax Code 2026, Art. 206(3)",
        }
    }
}

/// Why something was late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateReason {
    /// It was shown late from whom it was.
    Identity,
    /// There were too many.
    Volume,
    /// The system did not work.
    Technical,
    /// Our mistake.
    Mistake,
}

impl LateReason {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Identity, Self::Volume, Self::Technical, Self::Mistake];

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Volume => "volume",
            Self::Technical => "technical",
            Self::Mistake => "mistake",
        }
    }
}

/// What is done at a request, beyond what its kind says.
#[derive(Clone, Debug, Default)]
pub struct Deed {
    /// Of a withdrawal: the one consent that is taken back; everything without it (6.3-e).
    pub only: Option<ConsentId>,
    /// Of a correction: the field, by its name in forms.
    pub field: String,
    /// And what it says by the papers.
    pub value: Option<Plain<String>>,
}

impl System {
    /// Writes the answer down, in place of the one that was there. It is not given yet.
    ///
    /// # Errors
    /// A mistake with `answer`, or a refusal.
    pub async fn draft_answer(
        &self,
        caller: &Caller,
        reference: &str,
        words: &Plain<String>,
        key: IdempotencyKey,
    ) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let request = self.open_request(reference).await?;
        let value = self
            .text_value(ValueKind::LongText, words)
            .map_err(|problem| Rejected::mistake("answer", problem))?;
        let field = self.named("answer")?;
        let operation = self
            .on_request::<Record>(caller.actor, &request, key)
            .on(FieldSet::only(field));
        let input = Recorded {
            values: Values::from([(field, value)]),
            source: request.channel.name().to_owned(),
            serves: Vec::new(),
            case_changes: Vec::new(),
            jobs: Vec::new(),
            answer: Vec::new(),
            begins: None,
        };
        self.perform(&operation, &Circumstances::responsible(caller), &input)
            .await
            .map(drop)
    }

    /// Does what was asked for: blocks, lifts a block, ends the consent. Other kinds have nothing to do but the answer.
    ///
    /// # Errors
    /// A mistake with `step` when it is not certain from whom it is; or the policy's refusal.
    pub async fn carry_out(&self, caller: &Caller, reference: &str, deed: &Deed) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let request = self.open_request(reference).await?;
        let subject = self.certain(&request)?;
        match request.kind {
            RequestKind::Block => self.block(caller, subject).await,
            RequestKind::Unblock => self.unblock(caller, subject).await,
            RequestKind::Withdraw => self.withdraws(caller, subject, &request, deed.only).await,
            RequestKind::Clarify => self.corrects(caller, subject, &request, deed).await,
            _ => Err(Rejected::mistake("step", Problem::Choice)),
        }
    }

    /// 6.2: writes down what the papers say, under the article on correction. What cannot be put right is refused, or destroyed.
    async fn corrects(
        &self,
        caller: &Caller,
        subject: SubjectId,
        request: &SubjectRequest,
        deed: &Deed,
    ) -> Result<(), Rejected> {
        let dossier = self.dossier(subject).await?;
        let known = self.policy().field_named(&deed.field);
        let field = known.filter(|field| self.can_be_corrected(&dossier, *field));
        let field = field.ok_or_else(|| Rejected::mistake("field", Problem::Choice))?;
        let context = Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan: false,
        };
        let typed = deed
            .value
            .as_ref()
            .ok_or_else(|| Rejected::mistake("value", Problem::Missing))?;
        let value = self
            .read_of_known(field, typed, context)
            .map_err(|wrong| wrong.beside("value"))?;
        let mut operation: Operation<Clarify> = self
            .by_staff(caller.actor, &dossier)?
            .on(FieldSet::only(field))
            .for_purpose(Purpose::STATUTORY);
        operation.ground = Ground::Law {
            citation: self.law_of(request.kind, request.received_at),
        };
        let changed = Clarified::ByPapers(Values::from([(field, value)]));
        self.perform(&operation, &Circumstances::responsible(caller), &changed)
            .await
            .map(drop)
    }

    /// What the duty to correct reaches (2.2.12). The address of an account is changed by a code that goes to the new one,
    /// and a card is given anew with a payment.
    pub(super) fn can_be_corrected(&self, dossier: &Dossier, field: Field) -> bool {
        let Some(category) = dossier.category() else {
            return false;
        };
        let is_address = self.policy().field_named("email") == Some(field);
        let of_duty = self
            .policy()
            .purpose_fields(Purpose::STATUTORY, category)
            .contains(field);
        of_duty && self.changeable(field) && !(is_address && category == Category::Registered)
    }

    /// 6.3, 6.3-e: takes back what was asked for: everything, or one consent while the others go on. The last one is everything.
    async fn withdraws(
        &self,
        caller: &Caller,
        subject: SubjectId,
        request: &SubjectRequest,
        only: Option<ConsentId>,
    ) -> Result<(), Rejected> {
        let dossier = self.dossier(subject).await?;
        let now = self.now();
        let live: Vec<&ConsentRow> = dossier.live_consents(now).map(|(row, _)| row).collect();
        let Some(id) = only.filter(|_| live.len() > 1) else {
            let all = self.withdraw_at_request(caller, subject, Some(&request.reference));
            return all.await.map(drop);
        };
        let given = live.iter().find(|row| row.id == id);
        let given = given.ok_or_else(|| Rejected::mistake("consent", Problem::Choice))?;
        let operation: Operation<Withdraw> = self
            .by_staff(caller.actor, &dossier)?
            .on(given.fields)
            .for_purpose(given.purpose);
        let input = Withdrawal {
            receipt: ReceiptId::random(self.chance()),
            channel: request.channel.name().to_owned(),
            only,
            registered: None,
        };
        self.perform(&operation, &Circumstances::staff(caller), &input)
            .await?;
        self.wake();
        Ok(())
    }

    /// Gives the answer.
    ///
    /// # Errors
    /// A mistake with `answer` (none is written), `step` (what was asked for is not done) or `late` (no reason).
    pub async fn give_answer(
        &self,
        caller: &Caller,
        reference: &str,
        late: Option<LateReason>,
    ) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let request = self.open_request(reference).await?;
        self.is_done(&request).await?;
        self.close(caller, &request, Step::Answer, None, late).await
    }

    /// Refuses, with the reasons that were written down as the answer.
    ///
    /// # Errors
    /// As [`System::give_answer`], and a mistake with `norm`.
    pub async fn refuse_request(
        &self,
        caller: &Caller,
        reference: &str,
        norm: Option<Norm>,
        late: Option<LateReason>,
    ) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let request = self.open_request(reference).await?;
        let norm = norm.ok_or_else(|| Rejected::mistake("norm", Problem::Missing))?;
        // Who has not shown who they are learns nothing, not even a reason that only holds for somebody known (6.5).
        let tells = norm != Norm::Identity && request.kind.needs_identity();
        if tells && request.identity_at.is_none() {
            return Err(Rejected::mistake("norm", Problem::Choice));
        }
        self.close(caller, &request, Step::Refuse, Some(norm), late).await
    }

    async fn close(
        &self,
        caller: &Caller,
        request: &SubjectRequest,
        step: Step,
        norm: Option<Norm>,
        late: Option<LateReason>,
    ) -> Result<(), Rejected> {
        let answer = self.named("answer")?;
        if !self.dossier(request.file).await?.held().contains(answer) {
            return Err(Rejected::mistake("answer", Problem::Missing));
        }
        let now = self.now();
        if request.due_at < now && late.is_none() {
            return Err(Rejected::mistake("late", Problem::Missing));
        }
        let closed = |next: &mut SubjectRequest| {
            next.closed_at = Some(now);
            next.norm = norm.map(|norm| norm.citation().to_owned());
            next.late_reason = late.map(|reason| reason.name().to_owned());
        };
        let along = Along {
            jobs: self.told_by_mail(request),
            ..Along::default()
        };
        self.take_step_along(caller.actor, request, step, closed, along)
            .await?;
        self.wake();
        Ok(())
    }

    /// Who asked on their own page is told by mail that the answer is there; who wrote a letter gets one.
    fn told_by_mail(&self, request: &SubjectRequest) -> Vec<Job> {
        let theirs = request.channel == Channel::Portal && request.identity_at.is_some();
        let Some(subject) = request.about.filter(|_| theirs) else {
            return Vec::new();
        };
        let detail = format!("{} {}", request.reference, request.locale);
        vec![queue::task(
            self,
            subject,
            queue::SEND_ANSWERED,
            self.now(),
            &detail,
        )]
    }

    /// A second request of the same person about the same goes into another one, which is answered. Where it is not certain of
    /// one that both are the same person's, each is answered by itself (6.5).
    ///
    /// # Errors
    /// A mistake with `into`: [`Problem::Unknown`] for what is no other open request of the kind, [`Problem::OtherPerson`] when they
    /// are not one person's, or only one of the two shows whose it is.
    pub async fn merge_request(&self, caller: &Caller, reference: &str, into: &str) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let request = self.open_request(reference).await?;
        let wanted = into.trim().to_uppercase();
        let other = match self.request(&wanted).await {
            Err(Rejected::NotFound) => None,
            found => Some(found?),
        };
        let other = other.filter(|other| {
            other.reference != request.reference && other.kind == request.kind && !other.state.is_closed()
        });
        let other = other.ok_or_else(|| Rejected::mistake("into", Problem::Unknown))?;
        if !may_be_one_persons(&request, &other) {
            return Err(Rejected::mistake("into", Problem::OtherPerson));
        }
        let now = self.now();
        let merged = |next: &mut SubjectRequest| {
            next.closed_at = Some(now);
            next.merged_into = Some(wanted);
        };
        self.take_step(caller.actor, &request, Step::Merge, merged)
            .await
            .map(drop)
    }

    /// Opens a closed request again: from the start, without what was shown before. It is due when it was: neither closing it nor
    /// merging it puts anything off (6.5, PRE-5), and what was late stays late, with its reason until another is given.
    ///
    /// # Errors
    /// When it is not closed, or its record is gone.
    pub async fn reopen_request(&self, caller: &Caller, reference: &str) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let request = self.request(reference).await?;
        let is_there = self.dossier(request.file).await?.standing() == Some(Standing::Active);
        if !is_there || request.about == Some(request.file) {
            return Err(Rejected::NotFound);
        }
        let opened = |next: &mut SubjectRequest| {
            next.identity_at = None;
            next.identity_by = None;
            next.identity_attempts = 0;
            next.closed_at = None;
            next.norm = None;
            next.merged_into = None;
        };
        self.take_step(caller.actor, &request, Step::Reopen, opened)
            .await
            .map(drop)
    }

    /// 6.4: what an answer is written from, for somebody who has shown who they are: every field with its source, purposes
    /// and ground, and with `values` also the data itself. A look with its entry.
    ///
    /// # Errors
    /// A mistake with `step` when it is not certain from whom it is.
    pub async fn prepared(
        &self,
        caller: &Caller,
        reference: &str,
        language: Language,
    ) -> Result<Vec<MyRow>, Rejected> {
        at_the_board(caller)?;
        let request = self.open_request(reference).await?;
        let subject = self.certain(&request)?;
        let dossier = self.dossier(subject).await?;
        let mut values = Values::new();
        if request.kind == RequestKind::Access && dossier.standing() == Some(Standing::Active) {
            values = self.data_of(caller, &request, subject).await?;
        }
        let hidden = Plain::from("");
        let ends = self.ends(&dossier, &Coming::default(), self.now())?;
        let rows = ends.values.iter().filter_map(|end| {
            let value = values.get(&end.field).unwrap_or(&hidden);
            self.my_row(&dossier, end, value, language).transpose()
        });
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The person's values, as far as the duty to answer reaches (2.2.12): never a card.
    async fn data_of(
        &self,
        caller: &Caller,
        request: &SubjectRequest,
        subject: SubjectId,
    ) -> Result<Values, Rejected> {
        let dossier = self.dossier(subject).await?;
        let Some(category) = dossier.category() else {
            return Ok(Values::new());
        };
        let duty = self.policy().purpose_fields(Purpose::STATUTORY, category);
        let fields = dossier.held().intersection(duty);
        if fields.is_empty() {
            return Ok(Values::new());
        }
        let key = IdempotencyKey::random(self.chance());
        let mut operation: Operation<Extract> =
            Operation::new(caller.actor, subject, category, self.now(), key)
                .on(fields)
                .for_purpose(Purpose::STATUTORY);
        operation.ground = Ground::Law {
            citation: self.law_of(request.kind, request.received_at),
        };
        match self
            .perform(&operation, &Circumstances::responsible(caller), &())
            .await?
        {
            Outcome::Done { output, .. } => Ok(output),
            Outcome::Repeated(_) => Ok(Values::new()),
        }
    }

    /// Whose data it is about, where that is certain.
    pub(super) fn certain(&self, request: &SubjectRequest) -> Result<SubjectId, Rejected> {
        request
            .about
            .filter(|_| request.identity_at.is_some() && request.state == RequestState::Answering)
            .ok_or_else(|| Rejected::mistake("step", Problem::NotDone))
    }

    /// What was asked for is done before it is said to be done.
    async fn is_done(&self, request: &SubjectRequest) -> Result<(), Rejected> {
        let Some(subject) = request.about else {
            return Ok(());
        };
        let dossier = self.dossier(subject).await?;
        let standing = dossier.standing();
        let done = match request.kind {
            RequestKind::Block => standing == Some(Standing::Blocked),
            RequestKind::Unblock => standing != Some(Standing::Blocked),
            RequestKind::Clarify => {
                let mut records = dossier.records.iter();
                records.any(|record| record.version > 1 && record.recorded_at > request.received_at)
            }
            RequestKind::Withdraw => {
                let one_is_back = dossier
                    .consents
                    .iter()
                    .any(|row| row.act == ConsentAct::Withdrawn && row.at >= request.received_at);
                one_is_back || dossier.row.as_ref().is_none_or(|row| row.withdrawn_at.is_some())
            }
            _ => true,
        };
        if done {
            Ok(())
        } else {
            Err(Rejected::mistake("step", Problem::NotDone))
        }
    }
}

/// Whether two requests can be of one person: both are known to be, or of neither it is certain and nothing speaks against it.
fn may_be_one_persons(one: &SubjectRequest, other: &SubjectRequest) -> bool {
    match (one.identity_at, other.identity_at) {
        (Some(_), Some(_)) => one.about == other.about,
        (None, None) => one.about.is_none() || other.about.is_none() || one.about == other.about,
        _ => false,
    }
}
