//! DEF-2, 5.1.4, 6.4: extraction. Values are taken out for somebody to see: exactly the fields of the permit.
//!
//! The entry is durable before the answer leaves, so nobody sees a value without an account of it.

use std::sync::Arc;

use sandyq_model::act::Extract;
use sandyq_model::value::Values;
use sandyq_policy::Permit;

use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::rejected::Rejected;
use crate::system::System;

impl Performed for Extract {
    type Input = ();
    type Output = Values;

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        _input: &(),
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let sealed = dossier.sealed(permit.fields());
        let (values, spent) = system.vault().open(permit, dossier.key()?, &sealed)?;
        Ok(Done {
            spent,
            changes: Changes::default(),
            output: values,
        })
    }
}
