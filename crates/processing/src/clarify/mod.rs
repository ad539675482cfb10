//! 6.2: clarification. A value is changed by its owner at once; the old value does not stay.
//!
//! It never changes a blocked record, and two changes at the same time never lose one: the later is decided anew.

mod by_owner;

use std::sync::Arc;

use sandyq_model::Problem;
use sandyq_model::act::Clarify;
use sandyq_model::value::Values;
use sandyq_policy::Permit;
use sandyq_store::tables::{record as table, subject};

use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::record::{self, FoundBy};
use crate::rejected::Rejected;
use crate::retention::Coming;
use crate::system::System;

/// What its owner says of a value.
pub enum Clarified {
    /// It is another one.
    Changed(Values),
    /// It is another one by papers that were seen: the responsible person writes it down.
    ByPapers(Values),
    /// It is still right (6.1).
    StillRight,
    /// Staff complete it in an open case (5.1.4): what stood there in that version goes on in the new one.
    Completed {
        /// The whole of it, with what was there.
        values: Values,
        /// The version that was read before; `0` when there was none.
        read: u32,
    },
}

/// The source that is noted for a value its owner changed.
pub(crate) const SOURCE: &str = "portal";
/// The input of a form that holds a note on a case.
pub(crate) const NOTE: &str = "note";
/// The source of a value that staff wrote.
const STAFF: &str = "staff";
/// The source of a value that was changed on the strength of papers.
const PAPERS: &str = "papers";

impl Performed for Clarify {
    type Input = Clarified;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Clarified,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let now = permit.at();
        let (input, source) = match input {
            Clarified::Changed(values) => (values, SOURCE),
            Clarified::ByPapers(values) => (values, PAPERS),
            Clarified::StillRight => return still_right(permit, dossier),
            Clarified::Completed { values, read } => {
                // What somebody else wrote meanwhile is not lost: it has to be read first.
                if values.keys().any(|field| dossier.version_of(*field) != *read) {
                    return Err(Rejected::mistake(NOTE, Problem::Stale));
                }
                (values, STAFF)
            }
        };
        let version_of = |field| dossier.version_of(field) + 1;
        let (sealed, spent) = system.vault().seal(permit, dossier.key()?, version_of, input)?;
        let coming = Coming {
            fields: input.keys().copied().collect(),
            ..Coming::default()
        };
        let mut statements = record::stored(&sealed, dossier, &coming, (source, now), system)?;
        let found_by = FoundBy::of(system, dossier.key()?, input)?;
        statements.extend(found_by.statements);
        let changes = Changes {
            statements,
            leads: found_by.leads,
            moves: true,
            answer: Some(Vec::new()),
            ..Changes::default()
        };
        Ok(Done {
            spent,
            changes,
            output: (),
        })
    }
}

/// 6.1: the values stay as they are, and count as confirmed from now on.
fn still_right(permit: Permit<Clarify>, dossier: &Dossier) -> Result<Done<Clarify>, Rejected> {
    let (id, now) = (dossier.subject, permit.at());
    let mut statements = vec![subject::update(dossier.known()?)];
    statements.extend(permit.fields().iter().map(|field| table::confirm(id, field, now)));
    let changes = Changes {
        statements,
        moves: true,
        answer: Some(Vec::new()),
        ..Changes::default()
    };
    Ok(Done {
        spent: permit.spend(),
        changes,
        output: (),
    })
}
