//! A system put together from a data folder, and what it takes to serve it: listen, work off the queue, stop in peace.

use std::future::Future;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use sandyq_model::{Clock, Fault};
use sandyq_policy::Policy;
use sandyq_processing::access::ProviderSettings;
use sandyq_processing::cases::Catalogue;
use sandyq_processing::clock::SteadyClock;
use sandyq_processing::operator::Operator;
use sandyq_processing::ports::{Delivery, DemonstrationPayments, Letter, Post};
use sandyq_processing::transfer::WebhookSettings;
use sandyq_processing::{Settings, System};
use sandyq_store::Store;
use sandyq_web::WebOptions;
use sandyq_web::mail::returned::{self, Looked};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::{JoinHandle, JoinSet};
use tracing::level_filters::LevelFilter;

use crate::backups::{Backups, HouseKeeper, days_at_most, keep_making};
use crate::configuration::Configuration;
use crate::data_folder::{DataFolder, FolderLock};
use crate::door;
use crate::failure::{Exit, Failure};
use crate::logging;
use crate::outside::{SystemChance, WallClock};
use crate::policy_source::PolicySource;

/// 2026-11-01: no clock is right that is before.
const MADE_SECOND: i64 = 1_793_491_200;
/// Clocks that are set right go back a little.
const CLOCK_SLACK_SECONDS: i64 = 300;
/// How long everything that works beside requests may take to end then, after them.
pub const CLOSING: Duration = Duration::from_secs(40);
/// How long a task may take to hear that it is to end.
const HEARING: Duration = Duration::from_secs(2);
/// How often it is looked whether letters came back.
const RETURNED_LOOK: Duration = Duration::from_secs(60);
/// How long requests that are under way may take to end when the server is asked to stop.
const FAREWELL: Duration = Duration::from_secs(10);

/// A data folder that is open, and ours alone for as long.
pub struct Opened {
    /// What lies at rest.
    pub store: Store,
    /// The policy that runs.
    pub policy: Arc<Policy>,
    /// Keeps other programs out.
    pub lock: FolderLock,
    /// The clock of everything in it.
    clock: Arc<SteadyClock>,
}

/// What is different between a real site and a demonstration.
pub struct Surroundings {
    /// The operator, when every detail is there.
    pub operator: Option<Operator>,
    /// What is on sale.
    pub catalogue: Catalogue,
    /// Where letters go out.
    pub post: Arc<dyn Post>,
    /// The identity provider of staff, where there is one (5.1.4).
    pub provider: Option<ProviderSettings>,
    /// What lets messages go to addresses of recipients, where there is anything (4.2).
    pub webhooks: Option<WebhookSettings>,
}

/// Opens the data folder: the lock, the clock, the policy, the keys, the store, in this order.
///
/// # Errors
/// Exit 6 when it is in use, 3 when the policy or the keys do not allow it, 5 when the ledger is not what was signed.
pub fn open(folder: &DataFolder, configuration: &Configuration) -> Result<Opened, Failure> {
    let lock = folder.lock()?;
    configuration.places_apart(folder.path())?;
    check_clock(folder, WallClock.now())?;
    let policy = Arc::new(policy(folder)?);
    let mut options = configuration
        .keys()
        .of(folder, configuration.store_options(folder))?;
    options.second_copy = configuration.second_copy_options(folder, days_at_most(&policy))?;
    let clock = Arc::new(SteadyClock::over(Arc::new(WallClock)));
    let chance = Arc::new(SystemChance::new());
    let store = Store::open(options, Arc::clone(&clock) as _, chance)?;
    Ok(Opened {
        store,
        policy,
        lock,
        clock,
    })
}

/// The policy of a data folder, when it has no errors.
pub fn policy(folder: &DataFolder) -> Result<Policy, Failure> {
    PolicySource::Folder(folder.policy_folder()).load()
}

/// Refuses a clock that is before this program was made, or before what was written already: deadlines and the ledger
/// would be wrong.
pub fn check_clock(folder: &DataFolder, now: Timestamp) -> Result<(), Failure> {
    let head = folder.path().join("ledger.head");
    let written = std::fs::metadata(head)
        .map_or(MADE_SECOND, |meta| meta.mtime())
        .max(MADE_SECOND);
    if now.as_second() + CLOCK_SLACK_SECONDS >= written {
        return Ok(());
    }
    let happened = format!(
        "the clock says {}, which is before what was written already",
        now.strftime("%F %H:%MZ")
    );
    Err(Failure::new(Exit::Configuration, happened).help("set the clock of this machine"))
}

/// The system over an open data folder.
pub fn system(opened: &Opened, surroundings: Surroundings) -> System {
    System::new(Settings {
        policy: Arc::clone(&opened.policy),
        store: opened.store.clone(),
        clock: Arc::clone(&opened.clock) as _,
        chance: Arc::new(SystemChance::new()),
        operator: surroundings.operator,
        catalogue: surroundings.catalogue,
        payments: Arc::new(DemonstrationPayments),
        post: surroundings.post,
        provider: surroundings.provider,
        webhooks: surroundings.webhooks,
        answered_after: sandyq_processing::system::ANSWERED_AFTER,
    })
}

/// The system for a command that is not a server: it does its work and sends no letters.
///
/// # Errors
/// As [`open`].
pub fn system_at_rest(folder: &DataFolder) -> Result<(System, FolderLock), Failure> {
    logging::begin(LevelFilter::WARN);
    let configuration = Configuration::read(folder)?;
    let opened = open(folder, &configuration)?;
    let surroundings = Surroundings {
        operator: Some(configuration.operator()),
        catalogue: configuration.catalogue(folder)?,
        post: Arc::new(ClosedPost),
        provider: None,
        webhooks: None,
    };
    let system = system(&opened, surroundings);
    Ok((system, opened.lock))
}

/// Letters wait for the server.
struct ClosedPost;

#[async_trait]
impl Post for ClosedPost {
    async fn send(&self, _: Letter) -> Result<Delivery, Fault> {
        Err(Fault::Configuration("letters are sent by the server only".into()))
    }
}

/// The runtime that a command's asynchronous part runs on.
///
/// # Errors
/// When the system gives no threads.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new(
                Exit::Unavailable,
                format!("the program could not get its threads: {error}"),
            )
        })
}

/// Listens at that address.
///
/// # Errors
/// Exit 6 when somebody else does, 3 when the address is none of this machine's or not allowed.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let exit = if error.kind() == std::io::ErrorKind::AddrInUse {
            Exit::Busy
        } else {
            Exit::Configuration
        };
        Failure::new(exit, format!("cannot listen on {address}: {error}"))
            .help("choose another address with --listen, or web.listen in the settings")
    })
}

/// Begins to work off the queue.
pub fn start_worker(system: &System) -> JoinHandle<()> {
    tokio::spawn(system.clone().worker())
}

/// Makes backups of a folder, and the one whom the administrator's page asks.
pub fn keeper(system: &System, configuration: &Configuration, folder: &DataFolder) -> (Backups, HouseKeeper) {
    let backups = Backups::of(system, configuration.backups(), folder);
    let keeper = HouseKeeper::of(&backups, folder);
    (backups, keeper)
}

/// What a server does beside serving: it opens the door of the folder and makes backups. Ends with what is returned.
///
/// # Errors
/// When there can be no door.
pub fn beside(
    system: &System,
    configuration: &Configuration,
    folder: &DataFolder,
    backups: &Backups,
) -> Result<JoinSet<()>, Failure> {
    let at = door::At::of(system, backups);
    let mut beside = JoinSet::new();
    beside.spawn(keep_making(at.backups.clone()));
    if let Some(maildir) = configuration.returned_letters(folder) {
        beside.spawn(keep_looking_for_returned(system.clone(), maildir));
    }
    beside.spawn(door::open(&folder.door(), at)?);
    Ok(beside)
}

/// Looks for letters that came back, for as long as the server works (6.1).
async fn keep_looking_for_returned(system: System, maildir: PathBuf) {
    loop {
        match returned::look(&system, &maildir).await {
            Ok(looked) if looked != Looked::default() => tracing::info!(
                returned = looked.returned,
                others = looked.others,
                unreadable = looked.unreadable,
                "letters that came back were looked at"
            ),
            Ok(_) => {}
            Err(_) => tracing::error!("letters that came back could not be looked at"),
        }
        tokio::time::sleep(RETURNED_LOOK).await;
    }
}

/// Ends what a server does beside serving. A task that waits for a place that does not answer does not hear of it, and is left.
pub async fn stop_beside(beside: &mut JoinSet<()>) {
    let _gone_or_left = tokio::time::timeout(HEARING, beside.shutdown()).await;
}

/// Serves the site and works off the queue until `stop`; what is under way ends first.
///
/// # Errors
/// When the server itself fails.
pub async fn serve(
    system: System,
    worker: JoinHandle<()>,
    options: WebOptions,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let served = serve_until(sandyq_web::site(system, options), listener, stop).await;
    worker.abort();
    // Until the worker is gone it holds the store, which ends its commits in peace when the last one lets go of it.
    let _gone_or_left = tokio::time::timeout(HEARING, worker).await;
    tracing::info!("stopped");
    served
}

async fn serve_until(
    site: axum::Router,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let (asked, mut heard) = tokio::sync::watch::channel(false);
    let stopping = async move {
        stop.await;
        tracing::info!("stopping");
        asked.send_replace(true);
    };
    let server = axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stopping);
    let patience = async move {
        // The sender lives as long as the server, so this waits for its word.
        let _ = heard.wait_for(|asked| *asked).await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        served = server => {
            served.map_err(|error| Failure::new(Exit::Unavailable, format!("the server stopped: {error}")))
        }
        () = patience => Ok(()),
    }
}

/// Somebody presses Ctrl-C, or the system asks to end. Heard from the call on, not only once it is awaited: ask for it
/// before anybody is told that the server is there, or who stops it at once kills it.
///
/// # Errors
/// When signals cannot be heard.
pub fn stop_asked() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let deaf =
        |error: std::io::Error| Failure::new(Exit::Unavailable, format!("signals cannot be heard: {error}"));
    let mut end = signal(SignalKind::terminate()).map_err(deaf)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(deaf)?;
    Ok(async move {
        tokio::select! {
            _ = end.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
