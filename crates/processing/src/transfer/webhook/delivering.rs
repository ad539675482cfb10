//! 4.2, 6.3: messages leave for the address of a recipient. What is handed over is in the ledger and in the register before the first
//! byte leaves, and what became of it afterwards; where that is not known, it counts as handed over. Before each attempt it is looked
//! whether the ground still stands.

use std::time::Duration;

use jiff::SignedDuration;
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{Actor, DisclosureId, Fault, Role, Standing, SubjectId};
use sandyq_store::Statement;
use sandyq_store::tables::disclosure::{self, Disclosure};
use sandyq_store::tables::recipient::RecipientRow;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::{Address, Outgoing};
use crate::ports::{Delivery, Miss, WebhookAnswer};
use crate::rejected::Rejected;
use crate::system::System;

/// How long a handing-over may take, with all its attempts: somebody waits for it.
const DELIVERY_TIME_MAX: Duration = Duration::from_secs(15);
/// How often one is tried within that time.
const ATTEMPTS_MAX: u32 = 3;
/// How long it waits before the next attempt.
const PAUSE: Duration = Duration::from_millis(500);
/// From then on a handing-over is on its way no more: whatever is about it waits for so long.
pub(crate) const SETTLED_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// Handings-over that are on their way at the same time.
const DELIVERIES_AT_ONCE: usize = 8;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    /// The receiver said that it has it.
    Arrived,
    /// It surely did not arrive.
    Not(Unsent),
    /// It may have arrived.
    Unknown,
}

/// Why a message surely did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// Nothing was sent.
    Missed(Miss),
    /// The receiver said with that status that it does not take it.
    Refused(u16),
    /// The ground ended, or the address was stopped, before it was sent.
    Stopped,
    /// The record that gave it was blocked, or ended, before it was sent.
    Blocked,
    /// It could not be looked here whether it may still be sent.
    Fault,
}

impl Unsent {
    /// Its word in the translations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missed(Miss::Name) => "name",
            Self::Missed(Miss::Network) => "network",
            Self::Missed(Miss::Connection) => "connection",
            Self::Missed(Miss::Certificate) => "certificate",
            Self::Refused(_) => "refused",
            Self::Stopped => "stopped",
            Self::Blocked => "blocked",
            Self::Fault => "fault",
        }
    }
}

/// One for each handing-over that may be on its way.
pub(crate) fn deliveries() -> std::sync::Arc<Semaphore> {
    std::sync::Arc::new(Semaphore::new(DELIVERIES_AT_ONCE))
}

impl System {
    /// A place among those that are on their way.
    ///
    /// # Errors
    /// [`Fault::Busy`] when there is none.
    pub(in crate::transfer) fn place_on_the_way(&self) -> Result<OwnedSemaphorePermit, Rejected> {
        let place = std::sync::Arc::clone(self.deliveries()).try_acquire_owned();
        place.map_err(|_| Fault::Busy("too many handings-over are on their way".into()).into())
    }

    /// Sends what was entered, and enters what became of it. It goes on when nobody waits for the answer any more.
    pub(in crate::transfer) async fn carried(
        &self,
        (line, recipient): (Disclosure, RecipientRow),
        (outgoing, address): (Outgoing, Address),
        place: OwnedSemaphorePermit,
    ) -> Went {
        let system = self.clone();
        let carrying = tokio::spawn(async move {
            let went = system.tried(&line, &address, &outgoing).await;
            let entered = system.enter_outcome(&line, &recipient, went).await;
            drop(place);
            if entered.is_err() {
                tracing::error!("what became of a handing-over could not be entered");
            }
            // What is not entered is not known.
            entered.map_or(Went::Unknown, |()| went)
        });
        carrying.await.unwrap_or(Went::Unknown)
    }

    /// Enters what is known of a handing-over; where nothing is, the line stays as it was entered.
    pub(in crate::transfer) async fn enter_outcome(
        &self,
        line: &Disclosure,
        recipient: &RecipientRow,
        went: Went,
    ) -> Result<(), Rejected> {
        let now = self.now();
        let (statement, outcome, detail) = match went {
            Went::Arrived => (disclosure::delivered(line, now), Outcome::Done, Detail::None),
            Went::Not(_) => (
                disclosure::failed(line, now),
                Outcome::Failed,
                Detail::DeliveryFault,
            ),
            Went::Unknown => return Ok(()),
        };
        let actor = Actor::system(Role::MAILER);
        let how = (Happening::HandingAnswered, outcome, detail);
        self.commit_line(&actor, (line, recipient), statement, how).await
    }

    async fn tried(&self, line: &Disclosure, first: &Address, outgoing: &Outgoing) -> Went {
        let until = Instant::now() + DELIVERY_TIME_MAX;
        let mut may_have_arrived = false;
        let mut last = Unsent::Missed(Miss::Connection);
        for attempt in 0..ATTEMPTS_MAX {
            if attempt > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let address = match self.still_stands(line, first).await {
                Ok(address) => address,
                Err(why) => {
                    last = why;
                    break;
                }
            };
            match self.sent_once(&address, outgoing, left).await {
                WebhookAnswer::Answered(200..=299) => return Went::Arrived,
                // A gateway says so too, and what stands behind it may have taken it.
                WebhookAnswer::Answered(500..) | WebhookAnswer::Unanswered => may_have_arrived = true,
                WebhookAnswer::Answered(status) => {
                    last = Unsent::Refused(status);
                    break;
                }
                WebhookAnswer::NotReached(miss) => last = Unsent::Missed(miss),
            }
            if last == Unsent::Missed(Miss::Network) {
                break;
            }
        }
        if may_have_arrived {
            Went::Unknown
        } else {
            Went::Not(last)
        }
    }

    /// The address with what signs there now, while the line was not recalled, nobody blocked a record that gave it under a consent,
    /// and messages still go there.
    async fn still_stands(&self, line: &Disclosure, first: &Address) -> Result<Address, Unsent> {
        let now = self
            .disclosure(line.subject, line.id)
            .await
            .or(Err(Unsent::Fault))?;
        let recipient = self.recipient(line.recipient).await.or(Err(Unsent::Fault))?;
        let dossier = self.dossier(line.subject).await.or(Err(Unsent::Fault))?;
        if now.recalled_at.is_some() {
            return Err(Unsent::Stopped);
        }
        if line.consent.is_some() && dossier.standing() != Some(Standing::Active) {
            return Err(Unsent::Blocked);
        }
        let address = self.address_of(&recipient).await.or(Err(Unsent::Fault))?;
        address
            .filter(|address| address.place == first.place)
            .ok_or(Unsent::Stopped)
    }

    async fn sent_once(&self, address: &Address, outgoing: &Outgoing, patience: Duration) -> WebhookAnswer {
        let signed = outgoing.signed(self.vault(), &address.keys, self.now());
        match (self.webhooks(), signed) {
            (Some(settings), Ok(message)) => settings.line.post(&address.place, message, patience).await,
            _ => WebhookAnswer::NotReached(Miss::Connection),
        }
    }
}

/// Tells the address of a recipient that what it got by webhook must not be used any more.
pub(crate) async fn tell_by_webhook(system: &System, detail: &str) -> Result<Delivery, Rejected> {
    let (subject, id) = detail.split_once(' ').ok_or(Rejected::NotFound)?;
    let subject: SubjectId = subject.parse().map_err(|_| Rejected::NotFound)?;
    let id: DisclosureId = id.parse().map_err(|_| Rejected::NotFound)?;
    let line = system.disclosure(subject, id).await?;
    let recipient = system.recipient(line.recipient).await?;
    let (Some(since), None, None) = (line.recalled_at, line.hook_told_at, line.failed_at) else {
        return Ok(Delivery::Done);
    };
    let Some(address) = system.address_of(&recipient).await? else {
        return Ok(Delivery::Done);
    };
    let outgoing = Outgoing::recalled(&line, since)?;
    match system.sent_once(&address, &outgoing, DELIVERY_TIME_MAX).await {
        WebhookAnswer::Answered(200..=299) => {
            let told: Statement = disclosure::hook_told(&line, system.now());
            let how = (Happening::RecipientTold, Outcome::Done, Detail::None);
            let actor = Actor::system(Role::MAILER);
            system.commit_line(&actor, (&line, &recipient), told, how).await?;
            Ok(Delivery::Done)
        }
        // The receiver says that there will never be anybody at this address again.
        WebhookAnswer::Answered(410) => Ok(Delivery::Refused),
        _ => Err(Fault::Outside("the address of a recipient did not take a message".into()).into()),
    }
}
