//! 5.1.1, 6.3, DEF-3: what only the responsible person does: enter a withdrawal that came by letter, block, unblock.
//! Sees where a record stands, never a value.

use jiff::Timestamp;
use sandyq_model::act::{Block, Destroy, Store, Unblock, Withdraw};
use sandyq_model::{
    Act, Actor, Category, Channel, Field, FieldSet, IdempotencyKey, Operation, ProposalId, ReceiptId, Role,
    Standing, SubjectId,
};
use sandyq_store::tables::{case_file, subject_request};

use super::{Withdrawn, at_the_board};
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::destroy::Destruction;
use crate::dossier::Dossier;
use crate::perform::{Outcome, Performed};
use crate::rejected::Rejected;
use crate::retention::{self, Coming, HoldView, ValueEnd};
use crate::second_person::{Deed, Said};
use crate::store::Keeping;
use crate::system::System;
use crate::withdraw::Withdrawal;

/// A record without its values.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Whose.
    pub subject: SubjectId,
    /// What the person is to the operator.
    pub category: Category,
    /// Where the record stands.
    pub standing: Standing,
    /// Since when.
    pub created_at: Timestamp,
    /// When the consent was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// When it is destroyed.
    pub due_at: Option<Timestamp>,
    /// Whether an account rests on it that can be closed (1.3).
    pub has_account: bool,
    /// Whether something of it is due now, and can be destroyed by hand (8).
    pub is_due: bool,
    /// The fields that are stored, with where each came from and when.
    pub fields: Vec<(Field, String, Timestamp)>,
    /// Until when each value is stored, and why (8-a).
    pub ends: Vec<ValueEnd>,
    /// What a cited floor keeps: the fields and the article.
    pub kept: Vec<(FieldSet, String)>,
    /// The orders to keep it, lifted ones included (8).
    pub holds: Vec<HoldView>,
    /// Its cases: reference, kind and state.
    pub cases: Vec<(String, String, String)>,
}

impl System {
    /// The subject of a case or of a request, by its reference number, or by the id itself. A request leads to whoever showed that
    /// it is theirs, and to nobody before (6.5).
    ///
    /// # Errors
    /// [`Rejected::NotFound`].
    pub async fn subject_of(&self, reference: &str) -> Result<SubjectId, Rejected> {
        if let Ok(id) = reference.parse::<SubjectId>() {
            return Ok(id);
        }
        let wanted = reference.trim().to_uppercase();
        let found = self.store().read(move |reader| {
            if let Some((subject, _)) = case_file::by_reference(reader, &wanted)? {
                return Ok(Some(subject));
            }
            let request = subject_request::by_reference(reader, &wanted)?;
            Ok(request
                .filter(|request| request.identity_at.is_some())
                .and_then(|request| request.about))
        });
        found.await?.ok_or(Rejected::NotFound)
    }

    /// 5.1.1: where a record stands, on the desk of the responsible person, by the reference of a case or by its id.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody else, and when there is none.
    pub async fn record_at_desk(&self, caller: &Caller, reference: &str) -> Result<Overview, Rejected> {
        at_the_board(caller)?;
        let subject = self.subject_of(reference.trim()).await?;
        self.overview(subject).await
    }

    /// Where a record stands, without a value.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] when nobody is known by that id.
    pub async fn overview(&self, subject: SubjectId) -> Result<Overview, Rejected> {
        let dossier = self.dossier(subject).await?;
        let known = dossier.known().map_err(|_| Rejected::NotFound)?;
        let kept = retention::floor(&dossier, self.policy(), self.now());
        let records = dossier.records.iter();
        Ok(Overview {
            subject,
            category: known.category,
            standing: known.standing,
            created_at: known.created_at,
            withdrawn_at: known.withdrawn_at,
            due_at: known.due_at,
            has_account: known.standing == Standing::Active && self.account_consent(&dossier).is_some(),
            is_due: !kept.due_of(&dossier, self.now()).is_empty()
                && dossier.holds.iter().all(|hold| !hold.stands()),
            fields: records
                .map(|record| (record.field, record.source.clone(), record.recorded_at))
                .collect(),
            ends: self.ends(&dossier, &Coming::default(), self.now())?.values,
            kept: kept
                .floors
                .into_iter()
                .map(|floor| (floor.fields, floor.citation))
                .collect(),
            holds: dossier.holds.iter().map(HoldView::from).collect(),
            cases: dossier
                .cases
                .iter()
                .map(|case| (case.reference.clone(), case.kind.clone(), case.state.clone()))
                .collect(),
        })
    }

    /// 6.3: a withdrawal came by letter; the responsible person enters it, and the queue destroys.
    ///
    /// # Errors
    /// The policy's refusal, or a fault.
    pub async fn withdraw_by_letter(
        &self,
        caller: &Caller,
        subject: SubjectId,
    ) -> Result<Withdrawn, Rejected> {
        self.withdraw_at_request(caller, subject, None).await
    }

    /// As [`System::withdraw_by_letter`], where the request stands in the register already under that reference.
    pub(crate) async fn withdraw_at_request(
        &self,
        caller: &Caller,
        subject: SubjectId,
        request: Option<&str>,
    ) -> Result<Withdrawn, Rejected> {
        let dossier = self.dossier(subject).await?;
        let operation: Operation<Withdraw> = self.by_staff(caller.actor, &dossier)?;
        let receipt = ReceiptId::random(self.chance());
        let registered = match request {
            Some(_) => None,
            None => Some(self.withdrawal_registered(subject, Channel::Letter, receipt)?),
        };
        let input = Withdrawal {
            receipt,
            channel: Channel::Letter.name().to_owned(),
            only: None,
            registered,
        };
        let number = match self
            .perform(&operation, &Circumstances::staff(caller), &input)
            .await?
        {
            Outcome::Done { .. } => receipt.to_string(),
            Outcome::Repeated(answer) => String::from_utf8(answer).unwrap_or_default(),
        };
        self.wake();
        Ok(Withdrawn {
            number,
            due: self.withdrawal_due()?,
            receipt_ready: false,
            orders: dossier.orders(),
        })
    }

    /// DEF-3: stops everything but storage.
    ///
    /// # Errors
    /// The policy's refusal, or a fault.
    pub async fn block(&self, caller: &Caller, subject: SubjectId) -> Result<(), Rejected> {
        self.simply::<Block>(caller, subject).await
    }

    /// DEF-3: ends a block.
    ///
    /// # Errors
    /// The policy's refusal, or a fault.
    pub async fn unblock(&self, caller: &Caller, subject: SubjectId) -> Result<(), Rejected> {
        self.simply::<Unblock>(caller, subject).await
    }

    /// 8, 5.1.1: proposes to destroy what is due, now, at a person's word; another one must agree. What is not due, the
    /// policy refuses.
    ///
    /// # Errors
    /// The policy's refusal, or a fault; [`Rejected::NotFound`] for everybody but the responsible person.
    pub async fn propose_destruction(
        &self,
        caller: &Caller,
        subject: SubjectId,
    ) -> Result<ProposalId, Rejected> {
        at_the_board(caller)?;
        let dossier = self.dossier(subject).await?;
        let operation = self.of_what_is_due(caller.actor, &dossier)?;
        self.propose_about(caller, &operation, &dossier, &Deed::Destroy)
            .await
    }

    /// 8: destroys what is due, now, at the word of two.
    pub(crate) async fn destroy_due(&self, said: &Said, subject: SubjectId) -> Result<ReceiptId, Rejected> {
        let dossier = self.dossier(subject).await?;
        let operation = self.of_what_is_due(said.first, &dossier)?;
        let receipt = ReceiptId::random(self.chance());
        let input = Destruction {
            receipt,
            job: None,
            proofs: self.authenticators(subject).await?,
        };
        self.perform(&operation, &said.circumstances(), &input).await?;
        self.wake();
        Ok(receipt)
    }

    /// What is not due is asked for as a whole, so that the refusal is one and is entered.
    fn of_what_is_due(&self, actor: Actor, dossier: &Dossier) -> Result<Operation<Destroy>, Rejected> {
        let kept = retention::floor(dossier, self.policy(), self.now());
        let due = kept.due_of(dossier, self.now());
        let fields = if due.is_empty() {
            kept.rest_of(dossier.held())
        } else {
            due
        };
        Ok(self.by_staff(actor, dossier)?.on(fields))
    }

    /// DEF-2, storage: seals a record anew under a new key; the old key dies. Done by the schedule; nobody reads.
    ///
    /// # Errors
    /// The policy's refusal, or a fault.
    pub async fn renew_seals(&self, subject: SubjectId) -> Result<(), Rejected> {
        let dossier = self.dossier(subject).await?;
        let operation: Operation<Store> = self.by_staff(Actor::system(Role::SCHEDULE), &dossier)?;
        self.perform(&operation, &Circumstances::SYSTEM, &Keeping::SealedAnew)
            .await
            .map(|_| ())
    }

    async fn simply<V: Performed<Input = ()>>(
        &self,
        caller: &Caller,
        subject: SubjectId,
    ) -> Result<(), Rejected> {
        let dossier = self.dossier(subject).await?;
        let operation: Operation<V> = self.by_staff(caller.actor, &dossier)?;
        self.perform(&operation, &Circumstances::staff(caller), &())
            .await
            .map(|_| ())
    }

    pub(crate) fn by_staff<V: Act>(&self, actor: Actor, dossier: &Dossier) -> Result<Operation<V>, Rejected> {
        let known = dossier.known().map_err(|_| Rejected::NotFound)?;
        let key = IdempotencyKey::random(self.chance());
        Ok(Operation::new(
            actor,
            dossier.subject,
            known.category,
            self.now(),
            key,
        ))
    }
}
