//! `sandyq drill`: a backup that nobody has tried to restore is a hope. Restores a set into a scratch place, verifies
//! everything in it, remembers what was found, and leaves nothing behind.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use sandyq_model::Clock;
use sandyq_store::StoreOptions;
use sandyq_store::backup::restore::{Restoration, Restored};
use serde_json::json;

use crate::backups::{Drilled, Wanted};
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::door::{Asked, at_work};
use crate::failure::{Exit, Failure};
use crate::outside::WallClock;
use crate::places::real;
use crate::terminal::Terminal;

/// Restore the newest set into a scratch place, look at it, and remember what was found.
///
/// Works beside a server that runs. The result is an entry of the ledger, and `backup list` and `doctor` show it.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  sandyq drill --identity /media/stick/identity --identity /media/other/identity

Exit codes: 0 everything was found right, 5 something is not what was signed.")]
pub struct Drill {
    #[command(flatten)]
    wanted: Wanted,
}

/// The set that was tried, and what was found in it.
pub type Tried = (String, Restored);

impl Drill {
    /// Drills, and remembers the result, also when it failed.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.wanted.data)?;
        let configuration = Configuration::read(&folder)?;
        let tried = try_out(&self.wanted, &folder, &configuration, &|rows| {
            terminal.progress(&format!("{rows} rows"));
        });
        terminal.progress_ended();
        let drilled = found(&tried, self.wanted.set.as_deref());
        let (id, says) = (drilled.id.clone(), drilled.says.clone());
        let kept = at_work(&folder, Asked::Drilled(drilled), terminal);
        tried?;
        kept?;
        if self.wanted.json {
            terminal.answer_json(&json!({ "schema_version": 1, "set": id, "worked": true, "says": says }))?;
        } else {
            terminal.answer(&format!("{id}: {says}"))?;
        }
        Ok(Exit::Done)
    }
}

/// What is remembered of a drill, also of one that failed; `asked` is the set that was named.
pub fn found(tried: &Result<Tried, Failure>, asked: Option<&str>) -> Drilled {
    let (id, says) = match tried {
        Ok((id, restored)) => (
            id.clone(),
            format!(
                "{} entries of the ledger and every row were found right",
                restored.report.entries
            ),
        ),
        Err(failure) => (asked.unwrap_or("the newest").to_owned(), failure.to_string()),
    };
    Drilled {
        id,
        at: WallClock.now().as_second(),
        worked: tried.is_ok(),
        says,
    }
}

/// Restores the set that is wanted into a scratch place, and looks at everything in it. `progress` is told rows.
///
/// # Errors
/// What is not as it was signed.
pub fn try_out(
    wanted: &Wanted,
    folder: &DataFolder,
    configuration: &Configuration,
    progress: &dyn Fn(u64),
) -> Result<Tried, Failure> {
    let restoration = wanted.open(folder, configuration)?.alone(folder)?;
    let id = restoration.set.manifest().id.to_string();
    let restored = in_scratch(&restoration, &configuration.store_options(folder), progress)?;
    Ok((id, restored))
}

/// Builds it in a scratch place beside the data folder, and removes that whatever came of it. Who has a key is not asked:
/// the set is tried, not the key store.
pub(super) fn in_scratch(
    restoration: &Restoration,
    options: &StoreOptions,
    progress: &dyn Fn(u64),
) -> Result<Restored, Failure> {
    let scratch = beside(&options.folder, "drill");
    remove(&scratch)?;
    make_private(&scratch)?;
    let there = StoreOptions {
        folder: scratch.clone(),
        // The set has the same bytes on either engine, so a scratch place needs no server.
        database_url: None,
        ..options.clone()
    };
    let built = restoration.build(&there, &|_, _| Ok(true), progress);
    remove(&scratch)?;
    Ok(built?)
}

/// A folder beside the data folder, named after it: beside where it really is, so that one can take the place of the other.
pub fn beside(data: &Path, what: &str) -> PathBuf {
    let mut name = real(data).into_os_string();
    name.push(format!(".{what}"));
    PathBuf::from(name)
}

/// Makes a folder that only we reach.
pub fn make_private(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .mode(0o700)
        .create(path)
        .map_err(|error| Failure::file("make", path, &error))
}

/// Removes a folder of ours that an interruption may have left.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::file("remove", path, &error))
        }
        _ => Ok(()),
    }
}
