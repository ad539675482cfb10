//! 6.3, I10: deletion ends the account at once: every session and every way in. Destroying the records is another
//! verb, which this one leaves in the queue, or, where an account is closed against the holder's will, to its day.

mod closing;

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

pub use closing::Closing;

/// Why an account ends.
pub enum Deletion {
    /// Its time is over; what follows.
    Due(Vec<Job>),
    /// It is closed against the holder's will (1.3).
    Against(Closing),
}

impl Performed for Delete {
    type Input = Deletion;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Deletion,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let id = dossier.subject;
        let mut statements = access::end_ways_in(id).to_vec();
        let changes = match input {
            Deletion::Due(next) => {
                statements.push(search_index::remove_all(id));
                Changes {
                    statements,
                    jobs: next.clone(),
                    moves: true,
                    found_by_nothing: true,
                    ..Changes::default()
                }
            }
            Deletion::Against(closing) => {
                statements.extend(closing.statements(&permit, dossier, system)?);
                Changes {
                    statements,
                    jobs: closing.letters(dossier, system, permit.at()),
                    moves: true,
                    ..Changes::default()
                }
            }
        };
        Ok(Done {
            spent: permit.spend(),
            changes,
            output: (),
        })
    }
}
