//! 6.3-e: a person takes one consent back and keeps the others. What it ends is shown first, out of the record itself.
//!
//! It never asks for a reason, and never refuses: the last consent leads to the withdrawal of all of them.

use sandyq_model::{ConsentId, Field, FieldSet};
use sandyq_policy::Language;
use sandyq_policy::declarations::{Service, WordKind};
use sandyq_store::tables::consent::ConsentRow;

use super::MyConsent;
use crate::access::Caller;
use crate::dossier::{Dossier, publishes};
use crate::queue;
use crate::rejected::Rejected;
use crate::retention::Coming;
use crate::system::System;

/// What ends when one consent is taken back.
#[derive(Clone, Debug)]
pub struct TakingBack {
    /// The consent.
    pub consent: MyConsent,
    /// The service that cannot be had without it.
    pub service: Option<String>,
    /// The cases that are not worked on any further, by reference.
    pub cases: Vec<String>,
    /// The kind of recipient to whom nothing goes any more.
    pub recipient: Option<String>,
    /// The data that serves nothing else, and is destroyed at once.
    pub destroyed: Vec<String>,
    /// The account is closed with it.
    pub closes_account: bool,
    /// Nobody is recognised any more: no code is sent, no password opens.
    pub closes_way_in: bool,
}

impl System {
    /// What ends when the caller takes that consent back; `None` for the last one, which goes with all of it.
    ///
    /// # Errors
    /// "Not found" for a consent that does not stand, or is somebody else's; a refusal of the look; a fault.
    pub async fn taking_back(
        &self,
        caller: &Caller,
        id: ConsentId,
        language: Language,
    ) -> Result<Option<TakingBack>, Rejected> {
        let mine = self.my_consents(caller, language).await?;
        let mine = mine.into_iter().find(|mine| mine.id == id);
        let dossier = self.dossier(caller.own_subject()?).await?;
        let now = self.now();
        let live: Vec<&ConsentRow> = dossier.live_consents(now).map(|(row, _)| row).collect();
        let (Some(mine), Some(given)) = (mine, live.iter().find(|row| row.id == id)) else {
            return Err(Rejected::NotFound);
        };
        let others: Vec<&&ConsentRow> = live.iter().filter(|row| row.id != id).collect();
        if others.is_empty() {
            return Ok(None);
        }
        let coming = Coming {
            ended: vec![(id, now)],
            ..Coming::default()
        };
        let ends = self.ends(&dossier, &coming, now)?;
        let gone = ends.values.iter().filter(|value| value.destroy_by <= now);
        let gone: FieldSet = gone.map(|value| value.field).collect();
        let still_served = others
            .iter()
            .any(|row| row.purpose == given.purpose && !publishes(row))
            || publishes(given);
        let cases = dossier.cases.iter().filter(|case| {
            let purpose = self.policy().case_purpose(&case.kind);
            !still_served && case.closed_at.is_none() && purpose == Some(given.purpose)
        });
        let words = self.policy().words(language);
        let category = dossier.category().ok_or(Rejected::NotFound)?;
        Ok(Some(TakingBack {
            service: self
                .service_founded_on(&dossier, given)
                .map(|service| words.label(WordKind::Service, &service.name).to_owned()),
            cases: cases.map(|case| case.reference.clone()).collect(),
            recipient: given.recipient.clone(),
            destroyed: self.labels(gone.without(Field::RECORD), language),
            closes_account: self.closes_account(&dossier, given),
            closes_way_in: !still_served && given.purpose == queue::identification(category),
            consent: mine,
        }))
    }

    /// Whether an account ends with that consent: the one on which the account itself rests.
    pub(crate) fn closes_account(&self, dossier: &Dossier, given: &ConsentRow) -> bool {
        let founded = self.service_founded_on(dossier, given);
        founded.is_some_and(|service| {
            Self::opens_account(service) && service.purposes.first() == Some(&given.purpose)
        })
    }

    /// The service that the person has and that cannot be had without that consent.
    fn service_founded_on(&self, dossier: &Dossier, given: &ConsentRow) -> Option<&Service> {
        self.services_of(dossier).into_iter().find(|service| {
            let mut items = service.consents.iter();
            items.any(|item| item.required && *item.name.as_str() == *given.item)
        })
    }

    /// The services that the person came to: those to whose required consents they once agreed, all of them.
    pub(super) fn services_of(&self, dossier: &Dossier) -> Vec<&Service> {
        let given = |name: &str| dossier.consents.iter().any(|row| row.item == name);
        let came_to = |service: &&Service| {
            let mut required = service.consents.iter().filter(|item| item.required).peekable();
            Some(service.category) == dossier.category()
                && required.peek().is_some()
                && required.all(|item| given(item.name.as_str()))
        };
        self.policy().services().iter().filter(came_to).collect()
    }

    /// The consents of these services that name a recipient: the item, and the recipient's kind.
    pub(crate) fn items_for_recipients(&self, dossier: &Dossier) -> Vec<(&str, &str)> {
        let items = self
            .services_of(dossier)
            .into_iter()
            .flat_map(|service| &service.consents);
        items
            .filter_map(|item| Some((item.name.as_str(), item.recipient.as_ref()?.as_str())))
            .collect()
    }
}
