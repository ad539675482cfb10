//! 1.2-b: what becomes of the cases of somebody whose consent is confirmed: an order waits for its payment, a place at an
//! event is held, everything else is open for staff; and the person is told by letter what the reference is.

use jiff::Timestamp;
use sandyq_model::SubjectId;
use sandyq_store::tables::case_file::{self, CaseFile};
use sandyq_store::{Job, Statement};

use super::{Offering, State};
use crate::dossier::Dossier;
use crate::queue;
use crate::rejected::Rejected;
use crate::system::System;

/// What a confirmation does to cases.
#[derive(Default)]
pub(crate) struct Moved {
    /// The moves.
    pub statements: Vec<Statement>,
    /// The letters about them.
    pub jobs: Vec<Job>,
}

impl System {
    /// The moves of every case that waits for the confirmation.
    pub(crate) fn moved_by_confirmation(&self, dossier: &Dossier, now: Timestamp) -> Moved {
        let mut moved = Moved::default();
        for case in dossier.cases.iter().filter(|case| is_waiting(case)) {
            let to = State::confirmed(&case.kind);
            let places = self.offering_of(case).and_then(|offering| offering.places);
            moved.statements.push(match places {
                Some(places) => case_file::take_place(case, to.name(), places),
                None => case_file::set_state(dossier.subject, case.id, &case.state, to.name(), None),
            });
            if to == State::Open {
                moved.jobs.push(self.letter_about(dossier, case, now));
            }
        }
        moved
    }

    fn letter_about(&self, dossier: &Dossier, case: &CaseFile, now: Timestamp) -> Job {
        let detail = format!("{} {}", hex::encode(case.id.as_bytes()), dossier.locale());
        queue::task(self, dossier.subject, queue::SEND_TAKEN, now, &detail)
    }

    /// Whether somebody waits for a place where none is left.
    pub(crate) async fn lacks_place(&self, subject: SubjectId) -> Result<bool, Rejected> {
        let dossier = self.dossier(subject).await?;
        for case in dossier.cases.iter().filter(|case| is_waiting(case)) {
            let Some(offering) = self.offering_of(case) else {
                continue;
            };
            let taken = self.places_taken(&case.kind, &offering.id).await?;
            if offering.places.is_some_and(|places| taken >= places) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a case is about, as it is offered now.
    pub(crate) fn offering_of(&self, case: &CaseFile) -> Option<&Offering> {
        let about = self.policy().service_opening(&case.kind)?.about?;
        self.catalogue().offering(about, case.lines.as_deref()?)
    }
}

fn is_waiting(case: &CaseFile) -> bool {
    State::of(&case.state) == State::Unconfirmed
}
