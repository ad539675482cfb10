//! Everything an operation needs, in one value: the policy in force, the store, the clock, chance and the ports.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sandyq_model::{Chance, Clock, Fault, SubjectId};
use sandyq_policy::Policy;
use sandyq_store::Store;
use sandyq_store::vault::Vault;
use tokio::time::Sleep;

use crate::access::{Looks, Places, Provider, ProviderSettings, Searches, Tickets};
use crate::cases::Catalogue;
use crate::dossier::Dossier;
use crate::operator::Operator;
use crate::ports::{PaymentPort, Post};
use crate::rejected::Rejected;
use crate::remembered::Dossiers;
use crate::request;
use crate::transfer::{self, Shown, WebhookSettings};

/// The running system. Cheap to clone.
#[derive(Clone)]
pub struct System(Arc<Parts>);

/// What a system is made of.
pub struct Settings {
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// What lies at rest.
    pub store: Store,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub chance: Arc<dyn Chance>,
    /// The operator's details; without them no consent is taken.
    pub operator: Option<Operator>,
    /// What is on sale.
    pub catalogue: Catalogue,
    /// Where cards are authorised.
    pub payments: Arc<dyn PaymentPort>,
    /// Where letters go out.
    pub post: Arc<dyn Post>,
    /// The identity provider that may stand for the password of staff, where there is one (5.1.4).
    pub provider: Option<ProviderSettings>,
    /// What lets messages go to addresses of recipients, where there is anything (4.2).
    pub webhooks: Option<WebhookSettings>,
    /// No answer that could tell whether somebody is known comes sooner (6.5): [`ANSWERED_AFTER`], where people ask.
    pub answered_after: Duration,
}

/// As long as the slowest of these answers takes on a small machine, with room to spare.
pub const ANSWERED_AFTER: Duration = Duration::from_millis(400);

struct Parts {
    settings: Settings,
    dossiers: Dossiers,
    wake: tokio::sync::Notify,
    places: Places,
    looks: Looks,
    shown: Shown,
    searches: Searches,
    tickets: Tickets,
    provider: Option<Provider>,
    // INVARIANT: one process writes, so that a lock in memory keeps two accounts from one address.
    accounts: tokio::sync::Mutex<()>,
    archives: tokio::sync::Semaphore,
    deliveries: Arc<tokio::sync::Semaphore>,
}

impl System {
    /// Puts a system together.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let settings = Settings {
            operator: settings.operator.filter(|o| o.mistakes().is_empty()),
            ..settings
        };
        let provider = settings.provider.clone().map(Provider::new);
        Self(Arc::new(Parts {
            settings,
            provider,
            dossiers: Dossiers::default(),
            wake: tokio::sync::Notify::new(),
            places: Places::default(),
            looks: Looks::default(),
            shown: Shown::default(),
            searches: Searches::default(),
            tickets: Tickets::default(),
            accounts: tokio::sync::Mutex::default(),
            archives: request::archives(),
            deliveries: transfer::deliveries(),
        }))
    }

    /// Ends when an answer may come that could tell whether somebody is known (6.5).
    pub(crate) fn unhurried(&self) -> Sleep {
        tokio::time::sleep(self.0.settings.answered_after)
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.0.settings.policy
    }

    /// What lies at rest.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.settings.store
    }

    /// The operator, when every detail is there and valid.
    #[must_use]
    pub fn operator(&self) -> Option<&Operator> {
        self.0.settings.operator.as_ref()
    }

    /// What is on sale.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.0.settings.catalogue
    }

    /// Where cards are authorised.
    #[must_use]
    pub fn payments(&self) -> &dyn PaymentPort {
        self.0.settings.payments.as_ref()
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.settings.clock.now()
    }

    /// Where randomness comes from.
    #[must_use]
    pub fn chance(&self) -> &dyn Chance {
        self.0.settings.chance.as_ref()
    }

    pub(crate) fn post(&self) -> &dyn Post {
        self.0.settings.post.as_ref()
    }

    /// The identity provider, where there is one (5.1.4).
    pub(crate) fn provider(&self) -> Option<&Provider> {
        self.0.provider.as_ref()
    }

    pub(crate) fn vault(&self) -> &Vault {
        self.store().vault()
    }

    /// Tells the worker that the queue has work.
    pub(crate) fn wake(&self) {
        self.0.wake.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.0.wake.notified().await;
    }

    /// Whom staff looked at lately (5.1.4).
    pub(crate) fn opened_lately(&self) -> &Looks {
        &self.0.looks
    }

    /// How often staff searched lately (5.1.4).
    pub(crate) fn searched_lately(&self) -> &Searches {
        &self.0.searches
    }

    /// From where too much was tried lately.
    pub(crate) fn places(&self) -> &Places {
        &self.0.places
    }

    /// Tickets that were given out for nobody.
    pub(crate) fn tickets(&self) -> &Tickets {
        &self.0.tickets
    }

    /// Held while an account comes to be, so that one address has one (1.1.3).
    pub(crate) async fn one_account_at_a_time(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.accounts.lock().await
    }

    /// One for each archive that may be put together at the same time (6.4).
    pub(crate) fn archives(&self) -> &tokio::sync::Semaphore {
        &self.0.archives
    }

    /// What lets messages go to addresses of recipients, where there is anything (4.2).
    pub(crate) fn webhooks(&self) -> Option<&WebhookSettings> {
        self.0.settings.webhooks.as_ref()
    }

    /// One for each handing-over that may be on its way to an address (4.2).
    pub(crate) fn deliveries(&self) -> &Arc<tokio::sync::Semaphore> {
        &self.0.deliveries
    }

    /// The operator, or a fault that says what is missing: the system fails closed (I2).
    pub(crate) fn operator_or_closed(&self) -> Result<&Operator, Rejected> {
        self.operator().ok_or_else(|| {
            Fault::Configuration("the operator's details are not complete, so no consent can be taken".into())
                .into()
        })
    }

    /// What is known of a subject. Remembered; a commit finds out when it was out of date.
    pub(crate) async fn dossier(&self, subject: SubjectId) -> Result<Arc<Dossier>, Fault> {
        if let Some(known) = self.0.dossiers.get(subject) {
            return Ok(known);
        }
        let reading = self.0.dossiers.reads(subject);
        let dossier = Arc::new(Dossier::load(self.store(), subject).await?);
        reading.keep(Arc::clone(&dossier));
        Ok(dossier)
    }

    /// What is remembered of subjects.
    pub(crate) fn dossiers(&self) -> &Dossiers {
        &self.0.dossiers
    }

    /// Forgets what is remembered of a subject.
    pub(crate) fn forget(&self, subject: SubjectId) {
        self.0.dossiers.forget(subject);
        let mut shown = self
            .publicly_shown()
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        shown.retain(|(of, _), _| *of != subject);
    }

    /// What the public list shows (4.1).
    pub(crate) fn publicly_shown(&self) -> &Shown {
        &self.0.shown
    }
}
