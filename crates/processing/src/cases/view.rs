//! A case as it is shown: its reference, how far it has come, what it is about. Nothing personal.

use jiff::Timestamp;
use sandyq_model::OfferingKind;
use sandyq_policy::Language;
use sandyq_policy::declarations::WordKind;
use sandyq_store::tables::case_file::CaseFile;

use super::order::own_case;
use super::{Catalogue, State};
use crate::access::Caller;
use crate::rejected::Rejected;
use crate::system::System;

/// A case, to its owner and to the staff who work on it.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// Its reference number.
    pub reference: String,
    /// Its kind as the policy folder names it.
    pub kind: String,
    /// How far it has come.
    pub state: State,
    /// The service that opened it, in words.
    pub service: String,
    /// What it is about, where it is about one thing.
    pub about: Option<String>,
    /// What was ordered: name, quantity and price of one, in hundredths of the currency.
    pub lines: Vec<(String, u32, i64)>,
    /// The sum in hundredths of the currency.
    pub total_minor: i64,
    /// The currency.
    pub currency: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What was decided about it, by a person (1.3).
    pub decided: Option<DecidedView>,
}

/// What was decided about a case.
#[derive(Clone, Debug)]
pub struct DecidedView {
    /// What, in words.
    pub decision: String,
    /// Why, in words, where it went against the person.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl System {
    /// One of the caller's own cases.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for what is not there, and for what belongs to somebody else.
    pub async fn my_case(
        &self,
        caller: &Caller,
        reference: &str,
        language: Language,
    ) -> Result<CaseView, Rejected> {
        let dossier = self.dossier(caller.own_subject()?).await?;
        let case = own_case(&dossier, reference)?;
        Ok(self.case_view(case, language))
    }

    fn decided_view(&self, case: &CaseFile, language: Language) -> Option<DecidedView> {
        let words = self.policy().words(language);
        let label = |kind, name: &str| words.label(kind, name).to_owned();
        Some(DecidedView {
            decision: label(WordKind::Decision, case.decision.as_deref()?),
            reason: case
                .reason
                .as_deref()
                .map(|reason| label(WordKind::Reason, reason)),
            at: case.closed_at?,
        })
    }

    pub(crate) fn case_view(&self, case: &CaseFile, language: Language) -> CaseView {
        let opens = self.policy().service_opening(&case.kind);
        let written = case.lines.as_deref().unwrap_or_default();
        let kind = opens.and_then(|service| service.about);
        let about = kind.filter(|kind| *kind != OfferingKind::Licence).map(|kind| {
            self.catalogue()
                .offering(kind, written)
                .map_or(written, |offering| offering.name(language))
                .to_owned()
        });
        CaseView {
            reference: case.reference.clone(),
            kind: case.kind.clone(),
            state: State::of(&case.state),
            service: opens.map_or_else(String::new, |service| self.service_label(&service.name, language)),
            about,
            lines: if kind == Some(OfferingKind::Licence) {
                written
                    .lines()
                    .filter_map(|line| ordered(self.catalogue(), line, language))
                    .collect()
            } else {
                Vec::new()
            },
            total_minor: case.total_minor.unwrap_or(0),
            currency: case.currency.clone().unwrap_or_default(),
            opened_at: case.opened_at,
            decided: self.decided_view(case, language),
        }
    }
}

/// A line of an order in words; what is not sold any more keeps the name it has in addresses.
fn ordered(catalogue: &Catalogue, line: &str, language: Language) -> Option<(String, u32, i64)> {
    let mut parts = line.split('\t');
    let id = parts.next()?;
    let name = catalogue
        .offering(OfferingKind::Licence, id)
        .map_or(id, |offering| offering.name(language));
    Some((
        name.to_owned(),
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    ))
}
