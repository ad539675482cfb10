//! `sandyq backup`: make a set, also while the server runs; list the sets there are; remove those that are not kept.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use sandyq_model::Clock;
use sandyq_store::backup::{SetLine, list};
use sandyq_store::vault::Vault;
use serde_json::{Value, json};

use crate::backups::{self, Remembered};
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::door::{Asked, at_work};
use crate::failure::{Exit, Failure};
use crate::outside::WallClock;
use crate::terminal::{Terminal, Tone};

/// Make a backup set, list the sets there are, or thin them out.
///
/// A set holds all data and no key, encrypted to the recipients of the settings. It is made while the server runs: the
/// server does it when this command asks. Nothing of a person can be read from a set once their key is dead.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq backup --data /srv/sandyq
  sandyq backup --to /mnt/disk/sandyq
  sandyq backup list --json | jq '.sets[-1]'

Exit codes: 0 made, 3 the settings do not allow it, 7 the place does not answer.")]
pub struct Backup {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    of: Of,
    /// Where the set goes, in place of backup.place
    #[arg(long, value_name = "FOLDER")]
    to: Option<String>,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List the sets there are, oldest first; ends with 1 when there is none
    List(List),
    /// Remove the sets that the settings do not keep, and what only they hold
    Thin(Of),
}

#[derive(Args, Debug)]
struct List {
    #[command(flatten)]
    of: Of,
    /// Where the sets are, in place of backup.place
    #[arg(long, value_name = "FOLDER")]
    from: Option<String>,
}

/// Which folder, and how it is told.
#[derive(Args, Debug)]
pub(super) struct Of {
    /// The data folder
    #[arg(long, env = "SANDYQ_DATA", default_value = "sandyq-data", value_name = "DIR")]
    pub(super) data: PathBuf,
    /// As one JSON value
    #[arg(long)]
    pub(super) json: bool,
}

impl Backup {
    /// Does what was asked.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        match &self.action {
            None => self.make(terminal),
            Some(Action::List(List { of, from })) => of.list(from.as_deref(), terminal),
            Some(Action::Thin(of)) => of.thin(terminal),
        }
    }

    fn make(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.of.data)?;
        let to = self.to.as_deref().map(backups::from_here).transpose()?;
        let made = at_work(&folder, Asked::Backup { to }, terminal)?;
        if self.of.json {
            terminal.answer_json(&made)?;
        } else {
            terminal.answer(&made_in_words(&made, terminal))?;
        }
        Ok(Exit::Done)
    }
}

impl Of {
    fn list(&self, from: Option<&str>, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.data)?;
        let configuration = Configuration::read(&folder)?;
        let settings = configuration.backups();
        let from = from.map(backups::from_here).transpose()?;
        let place = settings.place(from.as_deref())?;
        let (origin, key) = ledger_key(&folder, &configuration)?.0;
        let sets = list(&*settings.shelf(place, &folder)?, &origin, &key)?;
        let drilled = Remembered::read(&folder).drilled;
        let now = WallClock.now();
        let good = sets.iter().rev().find(|set| set.manifest.is_ok());
        if self.json {
            let last_good = good.map(|set| set.id.to_string());
            terminal.answer_json(&json!({
                "schema_version": 1,
                "place": place,
                "last_good": last_good,
                "last_drill": drilled,
                "sets": sets.iter().map(|set| as_json(set, now)).collect::<Vec<_>>(),
            }))?;
        } else {
            for set in &sets {
                terminal.answer(&in_words(set, now, terminal))?;
            }
            match &drilled {
                Some(drilled) => terminal.answer(&format!(
                    "last drill: {} of {}, {}",
                    ago(drilled.at, now),
                    drilled.id,
                    drilled.says
                ))?,
                None => terminal.answer("last drill: never; run `sandyq drill`")?,
            }
        }
        if good.is_some() {
            return Ok(Exit::Done);
        }
        terminal.word(&format!(
            "{place} holds no good set; make one with `sandyq backup`"
        ));
        Ok(Exit::No)
    }

    fn thin(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.data)?;
        let thinned = at_work(&folder, Asked::Thin, terminal)?;
        if self.json {
            terminal.answer_json(&thinned)?;
        } else {
            let sets = thinned.get("sets").and_then(Value::as_array).map_or(0, Vec::len);
            let bytes = in_bytes(thinned.get("bytes").and_then(Value::as_u64).unwrap_or(0));
            terminal.answer(&format!("{sets} sets removed, {bytes} with them"))?;
        }
        Ok(Exit::Done)
    }
}

/// The name and the verifying key of the folder's ledger, and the keys they come from.
pub(super) fn ledger_key(
    folder: &DataFolder,
    configuration: &Configuration,
) -> Result<((String, sandyq_ledger::note::VerifierKey), Vault), Failure> {
    let vault = backups::vault(folder, configuration)?;
    let origin = configuration.store_options(folder).origin;
    let key = sandyq_store::ledger::verifier_key(&origin, &vault)?;
    Ok(((origin, key), vault))
}

fn made_in_words(made: &Value, terminal: &Terminal) -> String {
    let text = |name: &str| {
        made.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let number = |name: &str| made.get(name).and_then(Value::as_u64).unwrap_or(0);
    let circle = |name: &str| {
        let names = made.get(name).and_then(Value::as_array).into_iter().flatten();
        names.filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
    };
    let line = |key: &str, value: String| format!("\n  {key:<13} {value}");
    [
        format!("{}  {}", terminal.paint("made", Tone::Good), text("id")),
        line("place", text("place")),
        line("people", number("subjects").to_string()),
        line(
            "size",
            format!(
                "{}, of which new {}",
                in_bytes(number("bytes_all")),
                in_bytes(number("bytes_new"))
            ),
        ),
        line("ledger", format!("{} entries", number("ledger_size"))),
        line("manifest", text("manifest_sha256")),
        line("opened by", circle("recipients")),
        line("together with", circle("second_recipients")),
    ]
    .concat()
}

fn as_json(set: &SetLine, now: Timestamp) -> Value {
    match &set.manifest {
        Ok(manifest) => json!({
            "id": set.id.to_string(),
            "good": true,
            "at": manifest.at.to_string(),
            "age_seconds": now.as_second() - manifest.at.as_second(),
            "subjects": manifest.subjects(),
            "bytes": manifest.bytes(),
            "epoch": manifest.epoch,
            "recipients": manifest.recipients,
            "second_recipients": manifest.second_recipients,
        }),
        Err(fault) => json!({ "id": set.id.to_string(), "good": false, "says": fault.to_string() }),
    }
}

fn in_words(set: &SetLine, now: Timestamp, terminal: &Terminal) -> String {
    match &set.manifest {
        Ok(manifest) => {
            let epoch = manifest
                .epoch
                .map_or_else(String::new, |epoch| format!(", key epoch {epoch}"));
            format!(
                "{} {}  {}, {} people, {}{epoch}",
                terminal.paint("good", Tone::Good),
                set.id,
                ago(manifest.at.as_second(), now),
                manifest.subjects(),
                in_bytes(manifest.bytes())
            )
        }
        Err(fault) => format!("{} {}  {fault}", terminal.paint("bad ", Tone::Bad), set.id),
    }
}

/// How long ago, in the unit that says it best.
pub(super) fn ago(at: i64, now: Timestamp) -> String {
    let minutes = (now.as_second() - at).max(0) / 60;
    match minutes {
        0..120 => format!("{minutes} minutes ago"),
        120..2880 => format!("{} hours ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1440),
    }
}

/// Bytes in the unit that says it best.
pub fn in_bytes(bytes: u64) -> String {
    match bytes {
        0..10_240 => format!("{bytes} B"),
        10_240..10_485_760 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}
