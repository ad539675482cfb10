//! 4.1, 4.2, 4.3, 1.4: closed doors. Dissemination, provision and access go the one path like every verb, so that an
//! attempt is decided and recorded; abroad, to an outside processor, or to the public, the policy refuses.
//!
//! Handing data to a registered recipient under 2.2.5 or 2.2.12 is not part of this release: what the policy would
//! allow fails here, in words, and nothing is opened.

use std::sync::Arc;

use sandyq_model::act::{Access, Disseminate, Provide};
use sandyq_model::{Act, Fault};
use sandyq_policy::Permit;

use crate::dossier::Dossier;
use crate::perform::{Done, Performed};
use crate::rejected::Rejected;
use crate::system::System;

macro_rules! closed_doors {
    ($($verb:ident),*) => {$(
        impl Performed for $verb {
            type Input = ();
            type Output = ();

            fn perform(_: Permit<Self>, _: &Arc<Dossier>, _: &(), _: &System) -> Result<Done<Self>, Rejected> {
                Err(not_offered::<Self>())
            }
        }
    )*};
}

closed_doors!(Disseminate, Provide, Access);

fn not_offered<V: Act>() -> Rejected {
    Fault::Configuration(format!(
        "to {} is not offered by this release; nothing was handed out",
        V::VERB
    ))
    .into()
}
