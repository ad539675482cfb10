//! 6.1: contacts that nobody has confirmed for long are marked, and their owner is asked. To say that one is still right is a
//! clarification that changes nothing.

use jiff::Timestamp;
use sandyq_model::act::Clarify;
use sandyq_model::value::ValueKind;
use sandyq_model::{Fault, FieldSet, IdempotencyKey, Operation, Problem};
use sandyq_store::tables::record::Record;

use super::Clarified;
use crate::access::Caller;
use crate::circumstances::Circumstances;
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
        let subject = caller.own_subject()?;
        let dossier = self.dossier(subject).await?;
        let known = dossier.known().map_err(|_| Rejected::NotFound)?.clone();
        let field = self
            .policy()
            .field_named(name)
            .filter(|field| self.changeable(*field) && dossier.held().contains(*field));
        let field = field.ok_or_else(|| Rejected::mistake(name, Problem::Unknown))?;
        let sent = self.sent_under(key, "still-right", &[subject.as_bytes(), name.as_bytes()]);
        let operation: Operation<Clarify> =
            Operation::new(caller.actor, subject, known.category, self.now(), sent.key)
                .submitted(sent.content)
                .on(FieldSet::only(field))
                .for_purpose(queue::identification(known.category));
        self.perform(&operation, &Circumstances::OWN, &Clarified::StillRight)
            .await
            .map(|_| ())
    }
}
