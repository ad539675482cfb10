//! 6.3, I10: deletion ends the account at once: every session and every way in. Destroying the records is another
//! verb, which this one leaves in the queue.

use std::sync::Arc;

use sandyq_model::act::Delete;
use sandyq_policy::Permit;
use sandyq_store::Job;
use sandyq_store::tables::search_index;

use crate::access;
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
        let mut statements = access::end_ways_in(id).to_vec();
        statements.push(search_index::remove_all(id));
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
