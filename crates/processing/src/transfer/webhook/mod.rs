//! 4.2: addresses of recipients on the network. The settings say that there may be any and in which networks; the responsible person
//! enters one for a recipient that has a key for files, and gets the secret by which it knows our messages, once.

mod delivering;
mod message;
mod reach;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Detail, Happening, Outcome, RecipientMark};
use sandyq_model::{Fault, Plain, Problem, RecipientId, WebhookId};
use sandyq_store::tables::recipient::RecipientRow;
use sandyq_store::tables::webhook::{self, WebhookRow};
use sandyq_store::vault::WebhookKey;
use sandyq_store::{Commit, Statement};
use url::Url;

pub(crate) use delivering::{SETTLED_AFTER, deliveries, tell_by_webhook};
pub use delivering::{Unsent, Went};
pub(super) use message::Outgoing;
pub use message::SignedMessage;
pub use reach::Reach;

use super::recipients::{RECIPIENTS_MAX, RecipientView};
use crate::access::Caller;
use crate::entry;
use crate::ports::WebhookLine;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// Addresses and secrets that one recipient can have had.
const WEBHOOKS_MAX: u32 = 200;
/// How long a secret signs beside the one that came in its place.
const OLD_SECRET_DAYS: i64 = 7;
/// Secrets that sign one message at most, the newest.
const SECRETS_MAX: usize = 3;

/// What there has to be so that messages can go to addresses of recipients.
#[derive(Clone)]
pub struct WebhookSettings {
    /// Where they may go.
    pub reach: Arc<Reach>,
    /// The way there.
    pub line: Arc<dyn WebhookLine>,
}

/// A recipient with its address, to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientAtDesk {
    /// The line of the register.
    pub recipient: RecipientView,
    /// Whether the settings let messages go out at all.
    pub is_open: bool,
    /// Since when its address is there.
    pub since: Option<Timestamp>,
    /// Until when an older secret signs too.
    pub old_until: Option<Timestamp>,
}

/// An address with its secret, which is shown this once.
#[derive(Clone, Debug)]
pub struct NewSecret {
    /// The name of the recipient.
    pub recipient: String,
    /// The address.
    pub address: String,
    /// The secret, as the recipient's program takes it.
    pub secret: Plain<String>,
    /// Until when the older one signs too.
    pub old_until: Option<Timestamp>,
}

/// The address of a recipient at which it can be reached now, and what signs there.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// Which row of the register.
    pub(super) id: WebhookId,
    place: Url,
    keys: Vec<WebhookKey>,
}

impl System {
    /// A line of the register with its address.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person, and for what is not there.
    pub async fn recipient_at_desk(
        &self,
        caller: &Caller,
        id: RecipientId,
    ) -> Result<RecipientAtDesk, Rejected> {
        at_the_board(caller)?;
        let row = self.recipient(id).await?;
        let rows = self.webhooks_of(id).await?;
        let current = rows.iter().find(|row| row.ended_at.is_none());
        let now = self.now();
        let old = rows.iter().filter_map(|row| row.signs_until);
        Ok(RecipientAtDesk {
            recipient: RecipientView::with(&row, current.map(|row| row.address.clone())),
            is_open: self.webhooks().is_some(),
            since: current.map(|row| row.entered_at),
            old_until: old.filter(|until| *until > now).max(),
        })
    }

    /// Enters an address for a recipient, in the place of the one that it has, with a new secret; an older one signs no more.
    ///
    /// # Errors
    /// A mistake with `address`; [`Rejected::NotFound`] for everybody but the responsible person, for what is not there or closed,
    /// and where the settings let nothing go out.
    pub async fn enter_webhook(
        &self,
        caller: &Caller,
        id: RecipientId,
        address: &str,
    ) -> Result<NewSecret, Rejected> {
        at_the_board(caller)?;
        let reach = &self.webhooks().ok_or(Rejected::NotFound)?.reach;
        let place = reach
            .place(address)
            .map_err(|problem| Rejected::mistake("address", problem))?;
        let recipient = self.open_recipient(id).await?;
        if recipient.age_key.is_none() {
            return Err(Rejected::mistake("address", Problem::NoWebhook));
        }
        let (now, by) = (self.now(), caller.actor.id);
        let mut statements = vec![webhook::silence(id, now)];
        let current = self.current_webhook(id).await?;
        statements.extend(current.map(|row| webhook::end(row.id, by, now, None)));
        let row = self.new_webhook(caller, id, place.into());
        self.put_webhook(caller, (&recipient, row), statements, Happening::WebhookEntered)
            .await
    }

    /// Makes another secret for the address of a recipient. The present one signs along for some days, or not any more.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person, and where there is no address.
    pub async fn renew_webhook(
        &self,
        caller: &Caller,
        id: RecipientId,
        at_once: bool,
    ) -> Result<NewSecret, Rejected> {
        at_the_board(caller)?;
        let recipient = self.open_recipient(id).await?;
        let current = self.current_webhook(id).await?.ok_or(Rejected::NotFound)?;
        let (now, by) = (self.now(), caller.actor.id);
        let until = now + SignedDuration::from_hours(24 * OLD_SECRET_DAYS);
        let statements = if at_once {
            vec![webhook::silence(id, now), webhook::end(current.id, by, now, None)]
        } else {
            vec![webhook::end(current.id, by, now, Some(until))]
        };
        let row = self.new_webhook(caller, id, current.address);
        let mut secret = self
            .put_webhook(caller, (&recipient, row), statements, Happening::WebhookRenewed)
            .await?;
        secret.old_until = (!at_once).then_some(until);
        Ok(secret)
    }

    /// Nothing goes to the address of a recipient any more; its secrets sign nothing.
    ///
    /// # Errors
    /// As [`System::renew_webhook`].
    pub async fn end_webhook(&self, caller: &Caller, id: RecipientId) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let recipient = self.recipient(id).await?;
        let current = self.current_webhook(id).await?.ok_or(Rejected::NotFound)?;
        let now = self.now();
        let statements = vec![
            webhook::silence(id, now),
            webhook::end(current.id, caller.actor.id, now, None),
        ];
        self.commit_webhook(caller, &recipient, statements, Happening::WebhookEnded)
            .await
    }

    /// What closes the address of a recipient that is closed itself.
    pub(super) async fn ends_with(
        &self,
        caller: &Caller,
        id: RecipientId,
    ) -> Result<Vec<Statement>, Rejected> {
        let now = self.now();
        let Some(current) = self.current_webhook(id).await? else {
            return Ok(Vec::new());
        };
        Ok(vec![
            webhook::silence(id, now),
            webhook::end(current.id, caller.actor.id, now, None),
        ])
    }

    /// The addresses of all recipients that have one, for whoever looks after the machine.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn webhook_addresses(&self) -> Result<Vec<String>, Fault> {
        let open = self.open_webhooks().await?;
        Ok(open.into_iter().map(|row| row.address).collect())
    }

    /// The addresses of all recipients that have one.
    pub(super) async fn open_webhooks(&self) -> Result<Vec<WebhookRow>, Fault> {
        self.store()
            .read(|reader| webhook::open(reader, RECIPIENTS_MAX))
            .await
    }

    /// The address of a recipient, when a message may go there; asked anew for each message.
    pub(super) async fn address_of(&self, recipient: &RecipientRow) -> Result<Option<Address>, Rejected> {
        let Some(settings) = self.webhooks() else {
            return Ok(None);
        };
        let rows = self.webhooks_of(recipient.id).await?;
        let Some(current) = rows.iter().find(|row| row.ended_at.is_none()) else {
            return Ok(None);
        };
        // The settings may have changed since it was entered.
        let Ok(place) = settings.reach.place(&current.address) else {
            return Ok(None);
        };
        let now = self.now();
        let old = rows
            .iter()
            .filter(|row| row.signs_until.is_some_and(|until| until > now));
        let signing = std::iter::once(current).chain(old).take(SECRETS_MAX);
        Ok(Some(Address {
            id: current.id,
            place,
            keys: signing.map(WebhookRow::key).collect(),
        }))
    }

    async fn open_recipient(&self, id: RecipientId) -> Result<RecipientRow, Rejected> {
        let row = self.recipient(id).await?;
        if row.closed_at.is_some() {
            return Err(Rejected::NotFound);
        }
        Ok(row)
    }

    async fn webhooks_of(&self, id: RecipientId) -> Result<Vec<WebhookRow>, Fault> {
        self.store()
            .read(move |reader| webhook::of_recipient(reader, id, WEBHOOKS_MAX))
            .await
    }

    async fn current_webhook(&self, id: RecipientId) -> Result<Option<WebhookRow>, Rejected> {
        let rows = self.webhooks_of(id).await?;
        Ok(rows.into_iter().find(|row| row.ended_at.is_none()))
    }

    fn new_webhook(&self, caller: &Caller, recipient: RecipientId, address: String) -> WebhookRow {
        WebhookRow {
            id: WebhookId::random(self.chance()),
            recipient,
            address,
            key_version: self.vault().webhook_version(),
            entered_at: self.now(),
            entered_by: caller.actor.id,
            ended_at: None,
            ended_by: None,
            signs_until: None,
        }
    }

    async fn put_webhook(
        &self,
        caller: &Caller,
        (recipient, row): (&RecipientRow, WebhookRow),
        mut statements: Vec<Statement>,
        happening: Happening,
    ) -> Result<NewSecret, Rejected> {
        if self.webhooks_of(recipient.id).await?.len() >= WEBHOOKS_MAX as usize {
            return Err(Rejected::mistake("address", Problem::TooMany));
        }
        statements.push(webhook::insert(&row));
        let secret = self.vault().webhook_secret(row.key())?;
        self.commit_webhook(caller, recipient, statements, happening)
            .await?;
        Ok(NewSecret {
            recipient: recipient.name.clone(),
            address: row.address,
            secret: message::written(&secret),
            old_until: None,
        })
    }

    async fn commit_webhook(
        &self,
        caller: &Caller,
        recipient: &RecipientRow,
        statements: Vec<Statement>,
        happening: Happening,
    ) -> Result<(), Rejected> {
        let mut entry = entry::of_happening(&caller.actor, happening, Outcome::Done, Detail::None, self);
        entry.recipient = Some(RecipientMark {
            code: recipient.number,
            country: recipient.country,
        });
        self.commit_alone(Commit {
            statements,
            entries: vec![entry],
            ..Commit::default()
        })
        .await
    }
}
