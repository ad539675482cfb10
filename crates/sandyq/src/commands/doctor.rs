//! `sandyq doctor`: whether everything is well with a data folder, one line each, with what to do where it is not.
//!
//! It repairs nothing; opening the store finishes what a crash left, as every start does.

mod breaches;
mod emergencies;
mod epoch;
mod left_over;
mod retention;
mod second_copy;
mod sets;
mod webhooks;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::{Timestamp, ToSpan};
use sandyq_ledger::note::VerifierKey;
use sandyq_model::{Clock, time};
use sandyq_policy::Policy;
use sandyq_processing::at_rest::{
    DISK_WARNING, DISK_WRONG, QUEUE_WARNING, WITNESS_HOURS, is_backup_late, is_drill_late,
};
use sandyq_processing::retention::alarms_of;
use sandyq_store::Store;
use sandyq_store::tables::{breach, job, record, subject, webhook};
use serde_json::json;

use super::backup::ago;
use super::check::short;
use super::escrow::fits;
use super::key_list;
use crate::backups::{Remembered, instant, room};
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::door::{self, Asked};
use crate::failure::{Exit, Failure};
use crate::key_source::Source;
use crate::outside::WallClock;
use crate::running;
use crate::terminal::{Terminal, Tone};

/// Look whether everything is well with a data folder.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq doctor --data /srv/sandyq
  sandyq doctor --json | jq '.checks[] | select(.state != \"well\")'

Exit codes: 0 all is well, 1 something is wrong.")]
pub struct Doctor {
    /// The data folder
    #[arg(long, env = "SANDYQ_DATA", default_value = "sandyq-data", value_name = "DIR")]
    pub data: PathBuf,
    /// As one JSON value
    #[arg(long)]
    pub json: bool,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Well,
    Warning,
    Wrong,
    /// Could not be looked at.
    Unknown,
}

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    state: State,
    says: String,
}

impl Finding {
    fn new(what: &'static str, state: State, says: impl Into<String>) -> Self {
        Self {
            what,
            state,
            says: says.into(),
        }
    }

    fn of<T>(what: &'static str, looked: &Result<T, Failure>, well: impl FnOnce(&T) -> String) -> Self {
        match looked {
            Ok(found) => Self::new(what, State::Well, well(found)),
            Err(failure) => Self::new(what, State::Wrong, in_one_line(failure)),
        }
    }
}

impl Doctor {
    /// Looks at everything, and says how it is.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.data)?;
        let findings = look(&folder, terminal)?;
        if self.json {
            let checks: Vec<_> = findings
                .iter()
                .map(|one| json!({ "check": one.what, "state": one.state.name(), "says": one.says }))
                .collect();
            terminal.answer_json(&json!({ "schema_version": 1, "data": folder.path(), "checks": checks }))?;
        } else {
            for one in &findings {
                terminal.answer(&format!(
                    "{} {:<12} {}",
                    one.state.mark(terminal),
                    one.what,
                    one.says
                ))?;
            }
        }
        let is_wrong = findings.iter().any(|one| one.state == State::Wrong);
        Ok(if is_wrong { Exit::No } else { Exit::Done })
    }
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
        }
    }

    fn mark(self, terminal: &Terminal) -> String {
        let tone = match self {
            Self::Well => Tone::Good,
            Self::Warning => Tone::Warning,
            Self::Wrong => Tone::Bad,
            Self::Unknown => Tone::Faint,
        };
        terminal.paint(&format!("{:<8}", self.name()), tone)
    }
}

fn look(folder: &DataFolder, terminal: &Terminal) -> Result<Vec<Finding>, Failure> {
    let now = WallClock.now();
    let configuration = Configuration::read(folder);
    let policy = running::policy(folder);
    let mut findings = vec![
        permissions(folder),
        settings(folder, &configuration),
        root_key(folder, &configuration),
    ];
    findings.extend(configuration.as_ref().ok().map(|settings| {
        Finding::of("places", &settings.places_apart(folder.path()), |()| {
            "none of those in the settings lies in another".to_owned()
        })
    }));
    findings.extend(
        configuration
            .as_ref()
            .ok()
            .and_then(|settings| escrow(folder, settings)),
    );
    findings.push(Finding::of("policy", &policy, |policy| {
        let version = hex::encode(policy.version());
        format!("version {}, {} rules", short(&version), policy.rules().len())
    }));
    findings.extend(policy.as_ref().ok().map(|policy| horizon(policy, now)));
    findings.push(clock(folder, now));
    findings.push(disk(folder.path()));
    findings.extend(left_over::finding(folder, now));
    findings.extend(
        configuration
            .as_ref()
            .ok()
            .map(|settings| backup(folder, settings, now)),
    );
    match &configuration {
        Ok(configuration) => {
            let (inside, ledger) = at_rest(folder, configuration)?;
            findings.extend(inside);
            let ledger = ledger.map_or_else(|| sets::ledger_unasked(folder, configuration), Ok);
            findings.extend(sets::finding(folder, configuration, ledger, terminal));
        }
        Err(_) => findings.push(Finding::new(
            "database",
            State::Unknown,
            "the settings cannot be read",
        )),
    }
    Ok(findings)
}

fn permissions(folder: &DataFolder) -> Finding {
    let what = "permissions";
    let open = [
        folder.path().to_owned(),
        folder.keys_folder(),
        folder.settings_file(),
    ]
    .into_iter()
    .find(|path| fs::metadata(path).is_ok_and(|meta| meta.mode() & OTHERS != 0));
    match open {
        None => Finding::new(what, State::Well, "only the owner reaches the data folder"),
        Some(path) => {
            let (path, right) = (path.display(), if path.is_dir() { "700" } else { "600" });
            Finding::new(
                what,
                State::Wrong,
                format!("others reach {path}; run: chmod {right} {path}"),
            )
        }
    }
}

fn settings(folder: &DataFolder, configuration: &Result<Configuration, Failure>) -> Finding {
    let what = "settings";
    match configuration.as_ref().map(Configuration::missing) {
        Ok(_) if folder.is_demonstration() => Finding::new(
            what,
            State::Warning,
            "of a demonstration: the operator and all people are invented",
        ),
        Ok(missing) if missing.is_empty() => Finding::new(what, State::Well, "complete"),
        Ok(missing) => {
            let names: Vec<&str> = missing.iter().filter_map(|one| one.split(' ').next()).collect();
            let says = format!(
                "missing or not valid: {}; `sandyq serve` says more about each",
                names.join(", ")
            );
            Finding::new(what, State::Wrong, says)
        }
        Err(failure) => Finding::new(what, State::Wrong, in_one_line(failure)),
    }
}

fn root_key(folder: &DataFolder, configuration: &Result<Configuration, Failure>) -> Finding {
    let what = "root key";
    let Ok(configuration) = configuration else {
        return Finding::new(what, State::Unknown, "the settings cannot be read");
    };
    let keys = configuration.keys();
    Finding::of(what, &keys.check(&folder.key_file()), |()| match keys.source {
        Source::File => "in a key file, and only the owner's".to_owned(),
        Source::Passphrase => "in a file that a passphrase opens, and only the owner's".to_owned(),
        Source::Token => format!("in the token `{}`", keys.token.as_deref().unwrap_or_default()),
    })
}

/// Whether the custodians hold shares of theirs; nothing when there are none to be.
fn escrow(folder: &DataFolder, configuration: &Configuration) -> Option<Finding> {
    let what = "escrow";
    let settings = match configuration.keys().escrow(folder) {
        Ok(settings) => settings?,
        Err(failure) => return Some(Finding::new(what, State::Wrong, in_one_line(&failure))),
    };
    Some(match settings.present() {
        Ok(Some(set)) if fits(&settings, &set) => Finding::new(
            what,
            State::Well,
            format!("{} of {} custodians, epoch {}", set.needed, set.shares, set.epoch),
        ),
        Ok(Some(_)) => Finding::new(
            what,
            State::Warning,
            "the custodians have no shares of these settings; run: sandyq keys rotate --now",
        ),
        Ok(None) => Finding::new(
            what,
            State::Warning,
            "the custodians have no shares yet; run: sandyq keys escrow renew",
        ),
        Err(fault) => Finding::new(what, State::Wrong, fault.to_string()),
    })
}

fn horizon(policy: &Policy, now: Timestamp) -> Finding {
    let (today, horizon) = (time::day_in_kazakhstan(now), policy.calendar().horizon());
    let soon = today.saturating_add(HORIZON_DAYS.days());
    let state = if horizon < today {
        State::Wrong
    } else if horizon < soon {
        State::Warning
    } else {
        State::Well
    };
    let next = if state == State::Well {
        ""
    } else {
        "; enter the next year's days in calendar/kz.kdl"
    };
    Finding::new(
        "calendar",
        state,
        format!("working days are known until {horizon}{next}"),
    )
}

fn clock(folder: &DataFolder, now: Timestamp) -> Finding {
    Finding::of("clock", &running::check_clock(folder, now), |()| {
        now.strftime("%F %H:%MZ").to_string()
    })
}

fn disk(path: &Path) -> Finding {
    let Some((free, _)) = room(path) else {
        return Finding::new("disk", State::Unknown, "the free space cannot be read");
    };
    let state = match free {
        0..DISK_WRONG => State::Wrong,
        DISK_WRONG..DISK_WARNING => State::Warning,
        _ => State::Well,
    };
    Finding::new("disk", state, format!("{free} MiB free"))
}

/// 5.1.6: a backup that nobody has tried to restore is a hope.
fn backup(folder: &DataFolder, configuration: &Configuration, now: Timestamp) -> Finding {
    let what = "backup";
    let settings = configuration.backups();
    if settings.place.is_none() {
        let says =
            "none is made; set backup.place, backup.recipients and backup.second_recipients in the settings";
        return Finding::new(what, State::Warning, says);
    }
    let known = Remembered::read(folder);
    let Some(made) = known.made else {
        return Finding::new(what, State::Warning, "none was made yet; run: sandyq backup");
    };
    let last = ago(made.at, now);
    if is_backup_late(instant(made.at), settings.every_hours, now) {
        let says =
            format!("the last one was made {last}; run `sandyq backup` and read the log of the server");
        return Finding::new(what, State::Wrong, says);
    }
    match known.drilled {
        Some(drill) if !drill.worked => {
            let says = format!(
                "the last drill failed: {}; make a new set and drill again",
                drill.says
            );
            Finding::new(what, State::Wrong, says)
        }
        Some(drill) if !is_drill_late(instant(drill.at), now) => Finding::new(
            what,
            State::Well,
            format!("made {last}, last drill {}", ago(drill.at, now)),
        ),
        Some(drill) => Finding::new(
            what,
            State::Warning,
            format!(
                "made {last}; the last drill was {}, run: sandyq drill",
                ago(drill.at, now)
            ),
        ),
        None => Finding::new(
            what,
            State::Warning,
            format!("made {last}, never tried; run: sandyq drill"),
        ),
    }
}

/// The name of a ledger and its verifying key.
type Ledger = (String, VerifierKey);

/// What needs the store to be open; a folder that is being served is left in peace. Gives its ledger too, when it opened.
fn at_rest(
    folder: &DataFolder,
    configuration: &Configuration,
) -> Result<(Vec<Finding>, Option<Ledger>), Failure> {
    let options = configuration.store_options(folder);
    if !configuration.has_database_server() && !options.database_file().is_file() {
        let says = "not made yet; the first start makes it";
        return Ok((vec![Finding::new("database", State::Well, says)], None));
    }
    let opened = match running::open(folder, configuration) {
        Ok(opened) => opened,
        Err(failure) if failure.exit == Exit::Busy => {
            return Ok((served(folder, configuration)?, None));
        }
        Err(failure) => {
            let wrong = Finding::new("database", State::Wrong, in_one_line(&failure));
            return Ok((
                vec![wrong, second_copy::finding(folder, configuration, None)],
                None,
            ));
        }
    };
    let witnesses = configuration.witnesses().len();
    let (mut findings, listed, contacts) = running::runtime()?.block_on(async {
        let found = inside(&opened.store).await?;
        let contacts = opened.store.read(record::returned).await?;
        Ok::<_, Failure>((found, key_list::of_store(&opened.store).await?, contacts))
    })?;
    if let Ok(policy) = running::policy(folder) {
        findings.push(running::runtime()?.block_on(emergencies::finding(&opened.store, &policy))?);
    }
    let looked = async {
        let entered = opened
            .store
            .read(|reader| webhook::open(reader, WEBHOOKS_MAX))
            .await?;
        let addresses = entered.into_iter().map(|row| row.address).collect();
        Ok::<_, Failure>(webhooks::finding(folder, configuration, addresses).await)
    };
    findings.extend(running::runtime()?.block_on(looked)?);
    findings.push(returned(folder, configuration, contacts));
    findings.push(epoch::finding(&listed, WallClock.now()));
    findings.push(second_copy::finding(folder, configuration, Some(&listed)));
    if witnesses > 0 {
        findings.push(witness(&opened.store, WallClock.now()));
    }
    let ledger = (
        opened.store.checkpoint().origin,
        opened.store.verifier_key().clone(),
    );
    Ok((findings, Some(ledger)))
}

/// What a server that has the folder open says of it.
fn served(folder: &DataFolder, configuration: &Configuration) -> Result<Vec<Finding>, Failure> {
    let says = "in use, as by a server that runs; stop it to look inside";
    let mut findings = vec![Finding::new("database", State::Unknown, says)];
    let asked = |asked: &Asked| door::ask(&folder.door(), asked, |_, _| {}).ok();
    let listed = asked(&Asked::Keys);
    findings.extend(
        listed
            .as_ref()
            .map(|listed| epoch::finding(listed, WallClock.now())),
    );
    findings.push(second_copy::finding(folder, configuration, listed.as_ref()));
    findings.extend(asked(&Asked::RetentionPlan).map(|plan| retention::of_plan(&plan)));
    findings.extend(asked(&Asked::LateBreaches).map(|late| breaches::of_late(&late)));
    findings.extend(asked(&Asked::LateEmergencies).map(|late| emergencies::of_late(&late)));
    if let Some(addresses) = asked(&Asked::Webhooks) {
        let looked = webhooks::of_served(folder, configuration, &addresses);
        findings.extend(running::runtime()?.block_on(looked));
    }
    Ok(findings)
}

/// When somebody outside has signed the ledger last.
fn witness(store: &Store, now: Timestamp) -> Finding {
    let Some(signed) = store.witnessed() else {
        let says = "no witness has signed yet; run its round, see `sandyq-witness --help`";
        return Finding::new("witness", State::Warning, says);
    };
    let newest = signed.by.iter().map(|(_, second)| *second).max().unwrap_or(0);
    let hours = u64::try_from(now.as_second()).unwrap_or(0).saturating_sub(newest) / 3600;
    let state = if i64::try_from(hours).unwrap_or(i64::MAX) > WITNESS_HOURS {
        State::Warning
    } else {
        State::Well
    };
    let names: Vec<&str> = signed.by.iter().map(|(name, _)| name.as_str()).collect();
    let entries = signed.checkpoint.size;
    Finding::new(
        "witness",
        state,
        format!("{} signed {entries} entries {hours} hours ago", names.join(", ")),
    )
}

async fn inside(store: &Store) -> Result<Vec<Finding>, Failure> {
    let checkpoint = store.checkpoint();
    let counts = store.read(subject::counts).await?;
    let waiting = store.read(job::waiting).await?;
    let now = WallClock.now();
    let (runs, alarms) = store.read(move |reader| alarms_of(reader, now)).await?;
    let late = store
        .read(move |reader| breach::untold(reader, now, LATE_BREACHES_MAX))
        .await?;
    let people: u64 = counts.iter().map(|(_, _, count)| count).sum();
    let jobs: u64 = waiting.iter().map(|(_, count)| count).sum();
    let queue = if jobs > QUEUE_WARNING {
        State::Warning
    } else {
        State::Well
    };
    Ok(vec![
        Finding::new("database", State::Well, format!("open, {people} people")),
        Finding::new(
            "ledger",
            State::Well,
            format!("its head is as it was signed, at size {}", checkpoint.size),
        ),
        Finding::new("key store", State::Well, "open, and of this root key"),
        Finding::new("queue", queue, format!("{jobs} pieces of work waiting")),
        letters(store).await?,
        retention::finding(&runs, &alarms),
        breaches::finding(&late),
    ])
}

/// Letters that nobody took in the last days.
async fn letters(store: &Store) -> Result<Finding, Failure> {
    let given_up = store.read(|reader| job::given_up(reader, GIVEN_UP_MAX)).await?;
    let Some((_, newest)) = given_up.first() else {
        return Ok(Finding::new(
            "letters",
            State::Well,
            "none was refused in the last seven days",
        ));
    };
    let mut kinds: Vec<&str> = given_up.iter().map(|(kind, _)| kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let says = format!(
        "{} could not be delivered in the last seven days ({}), the newest {newest:.0}; the log of your mail server says why",
        given_up.len(),
        kinds.join(", "),
    );
    Ok(Finding::new("letters", State::Warning, says))
}

/// Letters that come back after a mail server had taken them (6.1).
fn returned(folder: &DataFolder, configuration: &Configuration, contacts: u64) -> Finding {
    let what = "returned letters";
    match configuration.returned_letters(folder) {
        None => Finding::new(
            what,
            State::Warning,
            "smtp.returned is not set: letters that come back later mark no contact",
        ),
        Some(maildir) if !maildir.join("new").is_dir() || !maildir.join("cur").is_dir() => Finding::new(
            what,
            State::Wrong,
            "smtp.returned names no Maildir: there is no folder `new` or `cur` in it",
        ),
        Some(_) => Finding::new(
            what,
            if contacts == 0 {
                State::Well
            } else {
                State::Warning
            },
            format!("{contacts} contacts to which letters come back"),
        ),
    }
}

fn in_one_line(failure: &Failure) -> String {
    let next = failure.next().join("; ");
    if next.is_empty() {
        failure.to_string()
    } else {
        format!("{failure}; {next}")
    }
}

/// Rights of the group and of everybody.
const OTHERS: u32 = 0o077;
/// When the calendar should be looked at: deadlines of the law reach this far ahead (days).
const HORIZON_DAYS: i64 = 60;
/// So many refused letters are counted.
const GIVEN_UP_MAX: u32 = 1_000;
/// So many addresses of recipients are looked at.
const WEBHOOKS_MAX: u32 = 500;
/// So many breaches are named of which the authority was not told in time.
const LATE_BREACHES_MAX: u32 = 50;
