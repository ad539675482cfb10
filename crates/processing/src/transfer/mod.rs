//! 4.1, 4.2, 4.3, 1.4: what leaves the operator. Data is handed to a recipient of the register and to nobody else, under a consent
//! that names its kind or an article that demands it, each time by a person; the recipient is told when it has to stop.
//!
//! Access stays a closed door: it goes the one path like every verb, so that an attempt is decided and recorded, and what the
//! policy would allow fails here, in words, with nothing opened.

mod disclosures;
mod document;
mod hand_over;
mod publication;
mod recall;
mod recipients;
mod webhook;

use std::sync::Arc;

use sandyq_model::act::Access;
use sandyq_model::{Act, Fault};
use sandyq_policy::Permit;

pub use disclosures::{DisclosureView, Disclosures, Given, HowItWent};
pub(crate) use hand_over::DISCLOSURES_MAX;
pub(crate) use hand_over::came_to_nothing;
pub use hand_over::{Delivered, HandOver, HandedOver, Handing, Offered, ToHandOver};
pub(crate) use publication::Shown;
pub use publication::{WINNERS_MAX, Winner, Winners};
pub(crate) use recall::{Recalled, recalled, tell, told_about};
pub use recipients::{NewRecipient, RECIPIENT_KINDS, RecipientView};
pub use webhook::{NewSecret, Reach, RecipientAtDesk, SignedMessage, Unsent, WebhookSettings, Went};
pub(crate) use webhook::{deliveries, tell_by_webhook};

use crate::dossier::Dossier;
use crate::perform::{Done, Performed};
use crate::rejected::Rejected;
use crate::system::System;

impl Performed for Access {
    type Input = ();
    type Output = ();

    fn perform(_: Permit<Self>, _: &Arc<Dossier>, _: &(), _: &System) -> Result<Done<Self>, Rejected> {
        Err(Fault::Configuration(format!(
            "to {} is not offered by this release; nothing was handed out",
            Self::VERB
        ))
        .into())
    }
}
