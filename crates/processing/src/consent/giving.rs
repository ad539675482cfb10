//! 1.2-e, 6.3: a consent that a person gives on their own page: one that they left out, or took back and give again. The
//! text is shown as on the form, and what is accepted is bound by the hash of that text.
//!
//! It never gives two at once, and nothing but the person gives any.

use sandyq_model::act::Confirm;
use sandyq_model::{FieldSet, IdempotencyKey, Operation, Plain, Problem};
use sandyq_policy::Language;
use sandyq_policy::declarations::{ConsentItem, Name, Service};

use super::{ConsentOffer, bound, fields_of, offers};
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::confirm::Confirmation;
use crate::dossier::Dossier;
use crate::rejected::Rejected;
use crate::system::System;

impl System {
    /// What the caller could agree to and does not: of the services that they came to. A policy that asks for more than it
    /// did leaves an older consent as it was (1.2); what it would cover anew is named, and counts only once it is agreed to.
    ///
    /// # Errors
    /// When the store does not answer, or the operator's details are incomplete.
    pub async fn open_to_consent(
        &self,
        caller: &Caller,
        language: Language,
    ) -> Result<Vec<ConsentOffer>, Rejected> {
        let dossier = self.dossier(caller.own_subject()?).await?;
        let mut open: Vec<ConsentOffer> = Vec::new();
        for service in self.services_of(&dossier) {
            for (mut offer, item) in offers(self, service, language)?
                .into_iter()
                .zip(&service.consents)
            {
                let Some(news) = self.uncovered(&dossier, (service, item), language) else {
                    continue;
                };
                offer.news = news;
                if !open.iter().any(|known| known.id == offer.id) {
                    open.push(offer);
                }
            }
        }
        Ok(open)
    }

    /// The text of one of them.
    ///
    /// # Errors
    /// "Not found" when it is not open to the caller; a fault.
    pub async fn open_consent(
        &self,
        caller: &Caller,
        item: &str,
        language: Language,
    ) -> Result<ConsentOffer, Rejected> {
        let open = self.open_to_consent(caller, language).await?;
        open.into_iter()
            .find(|offer| offer.id == item)
            .ok_or(Rejected::NotFound)
    }

    /// The caller gives that consent, to the text of that hash; the owner of an account types the password once more.
    ///
    /// # Errors
    /// A mistake with the item's name (not agreed to, or a text that is not in force any more) or with `current`; "not
    /// found" for an item that is not open to the caller; the policy's refusal; a fault.
    pub async fn give_consent(
        &self,
        caller: &Caller,
        (item, hash): (&str, &str),
        (current, key): (&Plain<String>, IdempotencyKey),
        language: Language,
    ) -> Result<(), Rejected> {
        let subject = caller.own_subject()?;
        let dossier = self.dossier(subject).await?;
        let (service, declared) = self.item_of(&dossier, item).ok_or(Rejected::NotFound)?;
        let offer = offers(self, service, language)?
            .into_iter()
            .find(|offer| offer.id == item)
            .ok_or(Rejected::NotFound)?;
        if hash.is_empty() {
            return Err(Rejected::mistake(item, Problem::ConsentNeeded));
        }
        if hash != offer.hash {
            return Err(Rejected::mistake(item, Problem::Stale));
        }
        // DEF-11: for somebody young a representative agrees, on the page that opens with their own address.
        if !caller.represents() && dossier.representative_address(self.policy()).is_some() {
            return Err(Rejected::mistake(item, Problem::UnderEighteen));
        }
        self.prove_before_change(caller, current).await?;
        let category = dossier.category().ok_or(Rejected::NotFound)?;
        let now = self.now();
        let accepted = bound(
            self,
            (service, declared),
            &offer,
            (language, caller.actor.id, now),
        );
        let parts: [&[u8]; 3] = [subject.as_bytes(), item.as_bytes(), hash.as_bytes()];
        let sent = self.sent_under(key, "give-consent", &parts);
        let operation: Operation<Confirm> = Operation::new(caller.actor, subject, category, now, sent.key)
            .submitted(sent.content)
            .on(accepted.fields.difference(FieldSet::RECORD))
            .for_purpose(accepted.purpose);
        let circumstances = Circumstances::submission(accepted.fields);
        self.perform(
            &operation,
            &circumstances,
            &Confirmation::Given(Box::new(accepted)),
        )
        .await
        .map(|_| ())
    }

    /// What an item covers that no standing consent of that name does, in words: nothing but words when one stands, and no
    /// words when none does; `None` when all of it is agreed to.
    fn uncovered(
        &self,
        dossier: &Dossier,
        (service, item): (&Service, &ConsentItem),
        language: Language,
    ) -> Option<Vec<String>> {
        let wanted = fields_of(self.policy(), service, item);
        let now = self.now();
        let name = item.name.as_str();
        if !dossier.live_consents(now).any(|(row, _)| row.item == name) {
            return Some(Vec::new());
        }
        let recipient = item.recipient.as_ref().map(Name::as_str);
        let agreed = dossier.agreed_as((name, item.purpose, recipient), now);
        let new = wanted.difference(agreed.unwrap_or(FieldSet::RECORD));
        if new.is_empty() && agreed.is_some() {
            return None;
        }
        let purpose = agreed
            .is_none()
            .then(|| self.purpose_label(item.purpose, language));
        let fields = new.iter().map(|field| self.field_label(field, language));
        Some(purpose.into_iter().chain(fields).collect())
    }

    fn item_of(&self, dossier: &Dossier, item: &str) -> Option<(&Service, &ConsentItem)> {
        self.services_of(dossier).into_iter().find_map(|service| {
            let mut items = service.consents.iter();
            let found = items.find(|declared| *declared.name.as_str() == *item)?;
            Some((service, found))
        })
    }
}
