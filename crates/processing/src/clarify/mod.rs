//! 6.2: clarification. A value is changed by its owner at once; the old value does not stay.
//!
//! It never changes a blocked record, and two changes at the same time never lose one: the later is decided anew.

use std::sync::Arc;

use sandyq_model::act::Clarify;
use sandyq_model::value::Values;
use sandyq_policy::Permit;

use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::record::{self, FoundBy};
use crate::rejected::Rejected;
use crate::retention::Coming;
use crate::system::System;

/// The source that is noted for a value its owner changed.
pub(crate) const SOURCE: &str = "portal";

impl Performed for Clarify {
    type Input = Values;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Values,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let now = permit.at();
        let version_of = |field| dossier.version_of(field) + 1;
        let (sealed, spent) = system.vault().seal(permit, dossier.key()?, version_of, input)?;
        let coming = Coming {
            fields: input.keys().copied().collect(),
            ..Coming::default()
        };
        let mut statements = record::stored(&sealed, dossier, &coming, (SOURCE, now), system)?;
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
