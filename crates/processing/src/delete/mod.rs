//! 6.3, I10: deletion ends the account at once: every session and every way in. Destroying the records is another
//! verb, which this one leaves in the queue.

use std::sync::Arc;

use sandyq_model::act::Delete;
use sandyq_policy::Permit;
use sandyq_store::Job;
use sandyq_store::tables::{authenticator, code, search_index, session};

use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::rejected::Rejected;
use crate::system::System;

impl Performed for Delete {
    type Input = Vec<Job>;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        next: &Vec<Job>,
        _system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let id = dossier.subject;
        let statements = vec![
            session::remove_all_of_subject(id),
            code::remove_all(id),
            authenticator::remove_all(id),
            search_index::remove_all(id),
        ];
        let changes = Changes {
            statements,
            jobs: next.clone(),
            moves: true,
            found_by_nothing: true,
            ..Changes::default()
        };
        Ok(Done {
            spent: permit.spend(),
            changes,
            output: (),
        })
    }
}
