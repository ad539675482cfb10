//! `sandyq demo`: everything on this machine in a few seconds, with an invented operator, invented people and a letter
//! box in the browser. Nothing leaves, and without `--data` nothing stays.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use futures_util::future::try_join_all;
use jiff::SignedDuration;
use sandyq_model::time::day_in_kazakhstan;
use sandyq_model::{Actor, Chance, Clock, Plain, Role};
use sandyq_policy::Language;
use sandyq_processing::access::{Caller, number_shown};
use sandyq_processing::cases::Catalogue;
use sandyq_processing::operator::Operator;
use sandyq_processing::{Rejected, System};
use sandyq_web::WebOptions;
use sandyq_web::demo_staff::DemoStaff;
use sandyq_web::mail::{Letters, MailSink, Security, Smtp, SmtpPost};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;

use super::init;
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::new_root::NewRoot;
use crate::outside::{SystemChance, WallClock};
use crate::rejected_in_words::failure_of;
use crate::running::{self, Surroundings};
use crate::terminal::{Terminal, Tone};
use crate::{invented, logging, password};

/// Try everything on this machine: invented people, a letter box in the browser, no money moved.
///
/// Stops on Ctrl-C. Without --data everything is gone then.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq demo
  sandyq demo --listen 127.0.0.1:9000 --data ./try
  sandyq demo --json | head -1 | jq -r .url")]
pub struct Demo {
    /// Where to listen; the next free port when it is taken
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Keep the demonstration's data in this folder; one that an earlier demonstration made is used again
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Say where everything is as one line of JSON
    #[arg(long)]
    pub json: bool,
}

/// Somebody who can sign in at the console of the demonstration.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct SignIn {
    name: String,
    password: String,
    role: String,
    /// The secret that a program on their telephone would hold.
    secret: String,
    /// The codes that they would keep on paper.
    codes: Vec<String>,
}

impl SignIn {
    fn on_the_page(&self) -> DemoStaff {
        DemoStaff {
            name: self.name.clone(),
            password: Plain::new(self.password.clone()),
            secret: Plain::new(self.secret.clone()),
        }
    }
}

/// A folder that goes with the demonstration.
struct Passing(Option<PathBuf>);

impl Drop for Passing {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            // Nothing of it is needed; what cannot be removed is in the folder for temporary files.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

impl Demo {
    /// Serves the demonstration until it is asked to stop.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        if !self.listen.ip().is_loopback() {
            return Err(
                Failure::new(Exit::Usage, "the demonstration listens on this machine only")
                    .help("its letter box and its passwords are open to whoever can reach it; use 127.0.0.1"),
            );
        }
        logging::begin(LevelFilter::WARN);
        let chance = SystemChance::new();
        let passing = Passing(self.data.is_none().then(|| temporary(&chance)));
        let root = passing
            .0
            .clone()
            .or_else(|| self.data.clone())
            .unwrap_or_default();
        let folder = folder_at(&root, &chance)?;
        running::runtime()?.block_on(self.serve(&folder, terminal))?;
        drop(passing);
        Ok(Exit::Done)
    }

    async fn serve(&self, folder: &DataFolder, terminal: &Terminal) -> Result<(), Failure> {
        let listener = listen_near(self.listen).await?;
        let address = listener.local_addr().unwrap_or(self.listen);
        let url = format!("http://{address}");
        let configuration = Configuration::read(folder)?;
        let operator = Operator {
            site: url.clone(),
            ..configuration.operator()
        };
        let letter_box = MailSink::default();
        let surroundings = Surroundings {
            provider: configuration.identity_provider(folder)?,
            webhooks: configuration.webhook_settings(folder)?,
            ..surroundings(operator, &letter_box).await?
        };
        let opened = running::open(folder, &configuration)?;
        let system = running::system(&opened, surroundings);
        let worker = running::start_worker(&system);
        let staff = match known_staff(folder)? {
            Some(staff) => staff,
            None => {
                terminal.progress("bringing in invented people");
                populate(&system, folder, &letter_box).await?
            }
        };
        terminal.progress_ended();
        let (backups, keeper) = running::keeper(&system, &configuration, folder);
        let mut beside = running::beside(&system, &configuration, folder, &backups)?;
        let stop = running::stop_asked()?;
        self.announce(&url, &staff, folder.path(), terminal)?;
        let options = WebOptions {
            behind_tls: false,
            demo: true,
            letter_box: Some(letter_box),
            demo_staff: staff.iter().map(SignIn::on_the_page).collect(),
            keeper: Some(Arc::new(keeper)),
        };
        let served = running::serve(system, worker, options, listener, stop).await;
        running::stop_beside(&mut beside).await;
        served
    }

    fn announce(&self, url: &str, staff: &[SignIn], data: &Path, terminal: &Terminal) -> Result<(), Failure> {
        let (mail, numbers) = (
            format!("{url}/demo/mail"),
            format!("{url}{}", sandyq_web::demo_staff::PATH),
        );
        if self.json {
            let ready = json!({ "schema_version": 1, "url": url, "mail": mail, "numbers": numbers, "staff": staff, "data": data });
            return terminal.answer(&ready.to_string());
        }
        let strong = |text: &str| terminal.paint(text, Tone::Strong);
        let mut lines = vec![
            String::new(),
            format!(
                "  {}  a demonstration: invented people, no money moved",
                strong("Sandyq")
            ),
            String::new(),
            format!("  shop, policy, my data   {}", strong(url)),
            format!("  letters                 {}", strong(&mail)),
            format!(
                "  staff                   {}",
                strong(&format!("{url}/staff/sign-in"))
            ),
        ];
        let signs_in =
            |one: &SignIn| format!("    {:<14} {}  ({})", one.name, strong(&one.password), one.role);
        lines.extend(staff.iter().map(signs_in));
        lines.push(format!("    their numbers        {}", strong(&numbers)));
        lines.push(format!("  data                    {}", data.display()));
        lines.push(String::new());
        lines.push(terminal.paint("  Ctrl-C ends it.", Tone::Faint));
        terminal.answer(&lines.join("\n"))
    }
}

/// A new data folder, or that of an earlier demonstration.
fn folder_at(root: &Path, chance: &dyn Chance) -> Result<DataFolder, Failure> {
    let folder = DataFolder::to_be(root);
    if folder.is_demonstration() {
        return DataFolder::open(root);
    }
    init::make(root, SETTINGS, &NewRoot::File, &WallClock, chance)
}

fn temporary(chance: &dyn Chance) -> PathBuf {
    let mut sign = [0; 8];
    chance.fill(&mut sign);
    std::env::temp_dir().join(format!("sandyq-demo-{}", hex::encode(sign)))
}

/// The address that was asked for, or another port when somebody else listens there.
async fn listen_near(address: SocketAddr) -> Result<TcpListener, Failure> {
    match running::listen(address).await {
        Err(failure) if failure.exit == Exit::Busy => running::listen(SocketAddr::new(address.ip(), 0)).await,
        listening => listening,
    }
}

/// An invented operator, the catalogue that ships, and a letter box in this very program.
async fn surroundings(operator: Operator, letter_box: &MailSink) -> Result<Surroundings, Failure> {
    let listener = running::listen(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let port = listener
        .local_addr()
        .map(|address| address.port())
        .unwrap_or_default();
    tokio::spawn(letter_box.clone().listen(listener));
    let smtp = Smtp {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::Plain,
        authority: None,
        credentials: None,
        from: operator.email.clone(),
        hears_of_returns: false,
    };
    let letters = Letters {
        site: operator.site.clone(),
        operator: operator.name.clone(),
    };
    Ok(Surroundings {
        operator: Some(operator),
        catalogue: Catalogue::demonstration(day_in_kazakhstan(WallClock.now()))?,
        post: Arc::new(SmtpPost::new(&smtp, letters)?),
        provider: None,
        webhooks: None,
    })
}

/// Staff and people of a new demonstration.
async fn populate(system: &System, folder: &DataFolder, letters: &MailSink) -> Result<Vec<SignIn>, Failure> {
    let told = |rejected| failure_of(rejected, system, Language::En);
    let hiring = STAFF.map(|(name, role)| hire(system, name, role));
    let (staff, callers): (Vec<_>, Vec<_>) = try_join_all(hiring).await?.into_iter().unzip();
    let responsible = callers
        .iter()
        .find(|caller| caller.actor.role == Role::RESPONSIBLE);
    if let Some(responsible) = responsible {
        invented::bring_in(system, letters, responsible).await?;
        // Otherwise the first night does it.
        system.make_figures().await?;
    }
    for caller in &callers {
        system.sign_out(caller).await.map_err(told)?;
    }
    keep_staff(folder, &staff)?;
    Ok(staff)
}

/// An account whose holder has signed in, set up a second factor and read the policy (PRE-1).
async fn hire(system: &System, name: &str, role: &str) -> Result<(SignIn, Caller), Failure> {
    let secret = password::random(system.chance());
    let told = |rejected| failure_of(rejected, system, Language::En);
    let by = Actor::system(Role::ADMINISTRATOR);
    system
        .add_staff(&by, name, role, Plain::new(secret.expose().clone()))
        .await
        .map_err(told)?;
    let half_way = system.sign_in(name, Plain::new(secret.expose().clone())).await;
    let half_way = half_way.map_err(told)?;
    let proposed = system
        .proposed_to_staff(half_way.token.expose())
        .await
        .map_err(told)?;
    // The number before this one fits as well, and leaves this one to whoever tries the demonstration.
    let number = || {
        let number = number_shown(&proposed.secret, system.now() - NUMBER_LASTS);
        number.ok_or_else(|| told(Rejected::SignInFirst))
    };
    let set = match system.set_up_staff(half_way.token.expose(), &number()?).await {
        // Its time ended on the way.
        Err(Rejected::Mistake(_)) => system.set_up_staff(half_way.token.expose(), &number()?).await,
        set => set,
    };
    let set = set.map_err(told)?;
    let token = set.session;
    let caller = system
        .caller(token.expose())
        .await?
        .ok_or_else(|| told(Rejected::SignInFirst))?;
    system.familiarize(&caller).await.map_err(told)?;
    // The caller as the account now is: familiar with the policy.
    let caller = system
        .caller(token.expose())
        .await?
        .ok_or_else(|| told(Rejected::SignInFirst))?;
    let sign_in = SignIn {
        name: name.to_owned(),
        password: secret.expose().clone(),
        role: role.to_owned(),
        secret: proposed.secret.expose().clone(),
        codes: set.codes.iter().map(|code| code.expose().clone()).collect(),
    };
    Ok((sign_in, caller))
}

/// The sign-ins of an earlier demonstration in this folder.
fn known_staff(folder: &DataFolder) -> Result<Option<Vec<SignIn>>, Failure> {
    let path = folder.demonstration_file();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::file("read", &path, &error)),
    };
    let staff = serde_json::from_str(&text);
    staff.map(Some).map_err(|_| {
        Failure::new(
            Exit::Configuration,
            format!("{} is not what a demonstration wrote", path.display()),
        )
        .help("name another folder, or remove this one")
    })
}

/// Invented passwords of invented staff may be kept, so that the demonstration can go on later.
fn keep_staff(folder: &DataFolder, staff: &[SignIn]) -> Result<(), Failure> {
    let path = folder.demonstration_file();
    let text = serde_json::to_string(staff).unwrap_or_default();
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::file("write", &path, &error))
}

/// How long a number of a program is shown.
const NUMBER_LASTS: SignedDuration = SignedDuration::from_secs(30);
/// Who works at the invented operator, and as what.
const STAFF: [(&str, &str); 11] = [
    ("sales", "sales"),
    ("support", "support"),
    ("events", "events"),
    ("service-desk", "service-desk"),
    ("recruiter", "recruiter"),
    ("responsible", "responsible"),
    ("deputy", "responsible"),
    ("auditor", "auditor"),
    ("admin", "administrator"),
    ("access", "access"),
    ("statistics", "statistics"),
];

/// Settings of a demonstration: an invented operator.
const SETTINGS: &str = include_str!("../demo.toml");
