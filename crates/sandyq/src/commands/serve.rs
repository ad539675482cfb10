//! `sandyq serve`: the site, the portal and the console over a data folder. It starts only when everything that it needs
//! to be lawful is there, and otherwise says what is missing.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use sandyq_store::Farewell;
use sandyq_web::WebOptions;
use sandyq_web::mail::{Letters, SmtpPost};
use serde_json::json;
use tracing::level_filters::LevelFilter;

use super::check::short;
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::logging;
use crate::running::{self, Surroundings};
use crate::terminal::Terminal;

/// Serve the site, the portal and the console.
///
/// Stops on Ctrl-C and on SIGTERM when what is under way has ended, within a minute also when a place outside does not
/// answer: then with exit 7, and it says what was left. The log goes to stderr; SANDYQ_LOG sets how much.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq serve --data /srv/sandyq
  SANDYQ_LOG=debug sandyq serve --listen 127.0.0.1:9000")]
pub struct Serve {
    /// The data folder
    #[arg(long, env = "SANDYQ_DATA", default_value = "sandyq-data", value_name = "DIR")]
    pub data: PathBuf,
    /// Where to listen, in place of web.listen
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Say where the site is as one line of JSON
    #[arg(long)]
    pub json: bool,
}

impl Serve {
    /// Serves until it is asked to stop.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.data)?;
        let configuration = Configuration::read(&folder)?.listening(self.listen);
        let missing = configuration.missing();
        if !missing.is_empty() {
            return Err(incomplete(&folder, missing));
        }
        logging::begin(LevelFilter::INFO);
        let runtime = running::runtime()?;
        let served = runtime.block_on(self.serve(&folder, &configuration, terminal));
        // Also threads of the runtime may wait for a place that does not answer.
        runtime.shutdown_timeout(running::CLOSING);
        let left = served?.left();
        if left.is_empty() {
            return Ok(Exit::Done);
        }
        let left = left
            .into_iter()
            .fold(Failure::new(Exit::Unavailable, LEFT), Failure::help);
        Err(left)
    }

    async fn serve(
        &self,
        folder: &DataFolder,
        configuration: &Configuration,
        terminal: &Terminal,
    ) -> Result<Farewell, Failure> {
        let opened = running::open(folder, configuration)?;
        let farewell = opened.store.farewell();
        if configuration.second_copy().folder(folder.path()).is_none() {
            tracing::warn!("there is no second copy of the keys: second_copy.folder is not set");
        }
        let operator = configuration.operator();
        let letters = Letters {
            site: operator.site.clone(),
            operator: operator.name.clone(),
        };
        let surroundings = Surroundings {
            operator: Some(operator),
            catalogue: configuration.catalogue(folder)?,
            post: Arc::new(SmtpPost::new(&configuration.smtp(folder)?, letters)?),
            provider: configuration.identity_provider(folder)?,
            webhooks: configuration.webhook_settings(folder)?,
        };
        let system = running::system(&opened, surroundings);
        let listener = running::listen(configuration.listen()).await?;
        let bound = listener.local_addr().unwrap_or_else(|_| configuration.listen());
        let version = hex::encode(opened.policy.version());
        let policy = short(&version);
        tracing::info!(listen = %bound, policy, "listening");
        let url = format!("http://{bound}");
        let stop = running::stop_asked()?;
        if self.json {
            let ready = json!({
                "schema_version": 1,
                "url": url,
                "mail": "",
                "staff": [],
                "data": folder.path(),
                "policy_version": version,
            });
            terminal.answer(&ready.to_string())?;
        } else {
            terminal.answer(&url)?;
            let data = folder.path().display();
            terminal.word(&format!("serving {data} under policy {policy}; stop with Ctrl-C"));
        }
        let (backups, keeper) = running::keeper(&system, configuration, folder);
        let options = WebOptions {
            behind_tls: configuration.behind_tls(),
            keeper: Some(Arc::new(keeper)),
            ..WebOptions::default()
        };
        let mut beside = running::beside(&system, configuration, folder, &backups)?;
        let worker = running::start_worker(&system);
        let served = running::serve(system, worker, options, listener, stop).await;
        running::stop_beside(&mut beside).await;
        served.map(|()| farewell)
    }
}

/// What is said when not everything came to its end.
const LEFT: &str = "stopped, and something was left; what was acknowledged is durable";

fn incomplete(folder: &DataFolder, missing: Vec<String>) -> Failure {
    let happened = format!(
        "the settings in {} are not complete, so nothing is served",
        folder.settings_file().display()
    );
    missing
        .into_iter()
        .fold(Failure::new(Exit::Configuration, happened), Failure::help)
}
