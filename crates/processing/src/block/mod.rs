//! DEF-3: blocking stops everything but storage; unblocking ends it.

use std::sync::Arc;

use sandyq_model::act::{Block, Unblock};
use sandyq_model::{Act, Standing};
use sandyq_policy::Permit;
use sandyq_store::tables::subject;

use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::rejected::Rejected;
use crate::system::System;

impl Performed for Block {
    type Input = ();
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        _: &(),
        _: &System,
    ) -> Result<Done<Self>, Rejected> {
        moved(permit, dossier)
    }
}

impl Performed for Unblock {
    type Input = ();
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        _: &(),
        _: &System,
    ) -> Result<Done<Self>, Rejected> {
        moved(permit, dossier)
    }
}

fn moved<V>(permit: Permit<V>, dossier: &Arc<Dossier>) -> Result<Done<V>, Rejected>
where
    V: Act + Performed<Output = ()>,
{
    let known = dossier.known()?;
    let standing = Standing::after(Some(known.standing), V::VERB, false).ok_or(Rejected::NotFound)?;
    let blocked_at = (standing == Standing::Blocked).then(|| permit.at());
    let row = subject::Subject {
        standing,
        blocked_at,
        ..known.clone()
    };
    let changes = Changes {
        statements: vec![subject::update(&row)],
        moves: true,
        ..Changes::default()
    };
    Ok(Done {
        spent: permit.spend(),
        changes,
        output: (),
    })
}
