//! 2.2.7, 2.2.9, 2.2.11: what a submission is about: the licence, the event, the vacancy, the promotion. It has to be
//! offered, and open; a vacancy that is closed still takes whoever agrees to stay for the next one (1.1.5-c).

use jiff::Timestamp;
use sandyq_model::{CaseId, Field, OfferingKind, Plain, Problem, SubjectId, time};
use sandyq_policy::Language;
use sandyq_policy::declarations::Service;
use sandyq_store::tables::case_file::{self, CaseFile};

use super::Submission;
use crate::cases::{self, Catalogue, Offering, State};
use crate::rejected::Rejected;
use crate::system::System;

/// Something offered, as a page shows it.
#[derive(Clone, Debug)]
pub struct Offered {
    /// What kind.
    pub kind: OfferingKind,
    /// The offering.
    pub offering: Offering,
    /// Whether somebody can still come in.
    pub open: bool,
    /// Places that are left, where places are counted.
    pub places_left: Option<u32>,
}

impl Offered {
    /// Whether a submission would be taken.
    #[must_use]
    pub fn takes(&self) -> bool {
        self.open && self.places_left != Some(0)
    }
}

impl System {
    /// What a service is offered for, in the order of the catalogue; none for a service that is about nothing.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for an undeclared service; a fault when the store does not answer.
    pub async fn offered(&self, service: &str) -> Result<Vec<Offered>, Rejected> {
        let service = self.declared(service)?;
        let Some(kind) = service.about else {
            return Ok(Vec::new());
        };
        let mut offered = Vec::new();
        for offering in self.catalogue().offerings(kind) {
            offered.push(self.as_offered(service, kind, offering).await?);
        }
        Ok(offered)
    }

    /// The one of that name, which a service must be offered for.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] when there is none.
    pub async fn offered_as(&self, service: &str, id: &str) -> Result<Offered, Rejected> {
        let service = self.declared(service)?;
        let kind = service.about.ok_or(Rejected::NotFound)?;
        let offering = self.catalogue().offering(kind, id).ok_or(Rejected::NotFound)?;
        self.as_offered(service, kind, offering).await
    }

    async fn as_offered(
        &self,
        service: &Service,
        kind: OfferingKind,
        offering: &Offering,
    ) -> Result<Offered, Rejected> {
        let places_left = match (offering.places, &service.case) {
            (Some(places), Some(case)) => {
                let taken = self.places_taken(case.as_str(), &offering.id).await?;
                Some(places.saturating_sub(taken))
            }
            _ => None,
        };
        Ok(Offered {
            kind,
            offering: offering.clone(),
            open: offering.is_open(time::day_in_kazakhstan(self.now())),
            places_left,
        })
    }

    /// Places of an event that confirmed registrations hold.
    pub(crate) async fn places_taken(&self, case_kind: &str, offering: &str) -> Result<u32, Rejected> {
        let (kind, about) = (case_kind.to_owned(), offering.to_owned());
        let taken = self
            .store()
            .read(move |reader| case_file::count_about(reader, &kind, &about, State::Open.name()))
            .await?;
        Ok(u32::try_from(taken).unwrap_or(u32::MAX))
    }

    /// The offering that a submission is about, if its service is about one.
    ///
    /// # Errors
    /// [`Problem::Choice`] when there is none of that name, [`Problem::Closed`] when it takes nobody any more.
    pub(super) fn about(
        &self,
        service: &Service,
        submission: &Submission,
        prolonged: bool,
    ) -> Result<Option<&Offering>, Rejected> {
        let Some(kind) = service.about else {
            return match submission.about {
                Some(_) => Err(Rejected::mistake("about", Problem::Unknown)),
                None => Ok(None),
            };
        };
        let wanted = submission.about.as_deref().unwrap_or_default();
        let offering = self
            .catalogue()
            .offering(kind, wanted)
            .ok_or_else(|| Rejected::mistake("about", Problem::Choice))?;
        if offering.is_open(time::day_in_kazakhstan(self.now())) || prolonged {
            Ok(Some(offering))
        } else {
            Err(Rejected::mistake("about", Problem::Closed))
        }
    }

    /// Says early that no place is left; what counts is the place that is held at the confirmation.
    pub(super) async fn place_is_left(
        &self,
        service: &Service,
        offering: Option<&Offering>,
    ) -> Result<(), Rejected> {
        let (Some(case), Some(offering)) = (&service.case, offering) else {
            return Ok(());
        };
        let Some(places) = offering.places else {
            return Ok(());
        };
        if self.places_taken(case.as_str(), &offering.id).await? < places {
            Ok(())
        } else {
            Err(Rejected::mistake("about", Problem::NoPlace))
        }
    }

    /// The value that the offering gives to a field of the form: its name, in the language of the form.
    pub(super) fn filled(
        &self,
        service: &Service,
        submission: &Submission,
        language: Language,
    ) -> Option<(Field, Plain<String>)> {
        let field = service.into?;
        let offering = self
            .catalogue()
            .offering(service.about?, submission.about.as_deref()?)?;
        Some((field, Plain::from(offering.name(language))))
    }

    /// The case that a submission opens, if its service opens one.
    pub(super) fn new_case(
        &self,
        service: &Service,
        submission: &Submission,
        subject: SubjectId,
        now: Timestamp,
    ) -> Result<Option<CaseFile>, Rejected> {
        let Some(kind) = &service.case else {
            return Ok(None);
        };
        let mut case = CaseFile {
            decision: None,
            reason: None,
            decided_by: None,
            taken_by: None,
            subject,
            id: CaseId::random(self.chance()),
            kind: kind.as_str().to_owned(),
            reference: cases::new_reference(self.chance()),
            state: State::Unconfirmed.name().to_owned(),
            opened_at: now,
            closed_at: None,
            total_minor: None,
            currency: None,
            lines: None,
        };
        let Some(offering) = self.about(service, submission, true)? else {
            return Ok(Some(case));
        };
        if service.about == Some(OfferingKind::Licence) {
            let total = offering.price_minor.checked_mul(i64::from(submission.quantity));
            case.total_minor = Some(total.ok_or_else(|| Rejected::mistake("quantity", Problem::Count))?);
            case.currency = Some(Catalogue::CURRENCY.to_owned());
            case.lines = Some(cases::order::line(
                &offering.id,
                submission.quantity,
                offering.price_minor,
            ));
        } else {
            case.lines = Some(offering.id.clone());
        }
        Ok(Some(case))
    }
}
