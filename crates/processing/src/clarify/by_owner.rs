//! 6.1, 6.2: what its owner does with a value: changes it, or says that it is still right. A contact that nobody has confirmed
//! for long is marked, and its owner is asked.

use std::sync::Arc;

use jiff::Timestamp;
use sandyq_model::act::Clarify;
use sandyq_model::value::{Context, ValueKind, Values};
use sandyq_model::{
    Category, Fault, Field, FieldSet, IdempotencyKey, Operation, Plain, Problem, SubjectId, time,
};
use sandyq_store::tables::record::Record;

use super::Clarified;
use crate::access::Caller;
use crate::cases::CASE_NOTE;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::once::SentUnder;
use crate::queue;
use crate::rejected::Rejected;
use crate::retention;
use crate::system::System;

impl System {
    /// 6.1: when a contact was confirmed last, if that is longer ago than the policy lets it be.
    ///
    /// # Errors
    /// When the day cannot be computed.
    pub(crate) fn unconfirmed_since(
        &self,
        record: &Record,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Fault> {
        let is_contact = matches!(
            self.policy().kind(record.field),
            Some(ValueKind::Phone | ValueKind::Email | ValueKind::PostalAddress)
        );
        let limit = self.policy().limit("contact-unconfirmed-months");
        let Some(months) = limit.and_then(|limit| limit.count).filter(|_| is_contact) else {
            return Ok(None);
        };
        let confirmed = record.confirmed_at.unwrap_or(record.recorded_at);
        Ok((retention::in_months(confirmed, months)? <= now).then_some(confirmed))
    }

    /// 6.1: the caller says that a contact is still right; nothing is opened or changed.
    ///
    /// # Errors
    /// A mistake with the input of that name, or a refusal.
    pub async fn still_right(
        &self,
        caller: &Caller,
        name: &str,
        key: IdempotencyKey,
    ) -> Result<(), Rejected> {
        let (dossier, category) = self.own_category(caller).await?;
        let field = self.field_of(name, dossier.held())?;
        let subject = dossier.subject;
        let sent = self.sent_under(key, "still-right", &[subject.as_bytes(), name.as_bytes()]);
        self.own_change(caller, (subject, category, field), sent, &Clarified::StillRight)
            .await
    }

    /// Card details are given anew with a payment, who represents somebody is no choice of theirs, and what staff noted is never
    /// rewritten; everything else its owner changes (6.2).
    pub(crate) fn changeable(&self, field: Field) -> bool {
        let represents = self.policy().representative_fields().contains(field);
        let class = self.policy().class(field);
        let by_staff = self.policy().field_named(CASE_NOTE) == Some(field);
        class.is_some_and(|class| !represents && !by_staff && !class.name.as_str().starts_with("card"))
    }

    /// 6.2: the caller changes a value of their own, at once; the owner of an account types the password once more.
    ///
    /// # Errors
    /// A mistake with the input of that name or with `current`, or a refusal.
    pub async fn clarify_proven(
        &self,
        caller: &Caller,
        name: &str,
        typed: &Plain<String>,
        proof: (&Plain<String>, IdempotencyKey),
    ) -> Result<(), Rejected> {
        let (current, key) = proof;
        // The address of an account changes by a code that goes to the new one, and no other way.
        if name == "email" && self.address_takes_code(caller).await? {
            return Err(Rejected::mistake(name, Problem::Unknown));
        }
        self.prove_before_change(caller, current).await?;
        self.clarify(caller, name, typed, key).await
    }

    /// 6.2: the caller changes a value of their own, at once.
    ///
    /// # Errors
    /// A mistake with the input of that name, or a refusal.
    pub async fn clarify(
        &self,
        caller: &Caller,
        name: &str,
        typed: &Plain<String>,
        key: IdempotencyKey,
    ) -> Result<(), Rejected> {
        let (dossier, category) = self.own_category(caller).await?;
        let fields = self.policy().category_fields(category);
        let field = self.field_of(name, fields)?;
        let context = Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan: false,
        };
        let value = self.read_of_known(field, typed, context)?;
        let parts: [&[u8]; 3] = [
            dossier.subject.as_bytes(),
            name.as_bytes(),
            value.expose().as_bytes(),
        ];
        let sent = self.sent_under(key, "clarify", &parts);
        let changed = Clarified::Changed(Values::from([(field, value)]));
        self.own_change(caller, (dossier.subject, category, field), sent, &changed)
            .await
    }

    async fn own_category(&self, caller: &Caller) -> Result<(Arc<Dossier>, Category), Rejected> {
        let dossier = self.dossier(caller.own_subject()?).await?;
        let category = dossier.category().ok_or(Rejected::NotFound)?;
        Ok((dossier, category))
    }

    /// The field of that name, if its owner can change it and it is one of these.
    fn field_of(&self, name: &str, fields: FieldSet) -> Result<Field, Rejected> {
        let known = self.policy().field_named(name);
        let field = known.filter(|field| self.changeable(*field) && fields.contains(*field));
        field.ok_or_else(|| Rejected::mistake(name, Problem::Unknown))
    }

    async fn own_change(
        &self,
        caller: &Caller,
        (subject, category, field): (SubjectId, Category, Field),
        sent: SentUnder,
        changed: &Clarified,
    ) -> Result<(), Rejected> {
        let operation: Operation<Clarify> =
            Operation::new(caller.actor, subject, category, self.now(), sent.key)
                .submitted(sent.content)
                .on(FieldSet::only(field))
                .for_purpose(queue::identification(category));
        self.perform(&operation, &Circumstances::OWN, changed)
            .await
            .map(|_| ())
    }
}
