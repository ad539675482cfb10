//! `sandyq init`: makes a data folder whole or not at all. It starts closed: until the operator's details are filled in,
//! no consent is taken.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use clap::Args;
use sandyq_model::{Chance, Clock};
use sandyq_store::vault::KeyFile;
use serde_json::json;

use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::outside::{SystemChance, WallClock};
use crate::shipped_policy;
use crate::terminal::Terminal;

/// Make a data folder: settings to fill in, the policy, a root key.
///
/// Nothing is overwritten: the folder must not exist, or be empty.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq init
  sandyq init /srv/sandyq")]
pub struct Init {
    /// The folder to make [default: $SANDYQ_DATA, or sandyq-data]
    pub dir: Option<PathBuf>,
    /// As one JSON value
    #[arg(long)]
    pub json: bool,
}

impl Init {
    /// Makes the folder and says what comes next.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let root = self.dir.clone().unwrap_or_else(DataFolder::default_path);
        let folder = make(&root, SETTINGS, &WallClock, &SystemChance::new())?;
        let settings = folder.settings_file();
        if self.json {
            terminal.answer_json(&json!({
                "schema_version": 1,
                "data": root,
                "settings": settings,
                "policy": folder.policy_folder(),
                "key_file": folder.key_file(),
            }))?;
            return Ok(Exit::Done);
        }
        terminal.answer(&format!("made {}", root.display()))?;
        terminal.word(&format!(
            "next:\n  1. fill in your details in {}\n  2. keep a copy of {} in a safe place: without it nothing opens\n  \
             3. sandyq staff add NAME --role responsible --data {}\n  4. sandyq serve --data {}",
            settings.display(),
            folder.key_file().display(),
            root.display(),
            root.display()
        ));
        Ok(Exit::Done)
    }
}

/// Makes a data folder with these settings: built beside its place and then put there in one step, so that an
/// interruption leaves no half of it.
pub fn make(
    root: &Path,
    settings: &str,
    clock: &dyn Clock,
    chance: &dyn Chance,
) -> Result<DataFolder, Failure> {
    refuse_to_overwrite(root)?;
    let draft = draft_beside(root, chance);
    let made = fill(&draft, settings, clock, chance)
        .and_then(|()| fs::rename(&draft, root).map_err(|error| Failure::file("make", root, &error)));
    if made.is_err() {
        // What was half made is ours alone; the failure itself is what is reported.
        let _ = fs::remove_dir_all(&draft);
    }
    made.map(|()| DataFolder::to_be(root))
}

fn refuse_to_overwrite(root: &Path) -> Result<(), Failure> {
    let occupied = match fs::read_dir(root) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(Failure::file("look into", root, &error)),
    };
    if occupied {
        return Err(Failure::new(
            Exit::No,
            format!("{} is there already and not empty", root.display()),
        )
        .help("nothing is ever overwritten: name another folder"));
    }
    Ok(())
}

fn draft_beside(root: &Path, chance: &dyn Chance) -> PathBuf {
    let mut sign = [0; 8];
    chance.fill(&mut sign);
    let name = root
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    root.with_file_name(format!(".{name}.{}", hex::encode(sign)))
}

fn fill(draft: &Path, settings: &str, clock: &dyn Clock, chance: &dyn Chance) -> Result<(), Failure> {
    let folder = DataFolder::to_be(draft);
    let failed = |error: io::Error| Failure::file("write", draft, &error);
    for place in [draft.to_owned(), folder.keys_folder()] {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(place)
            .map_err(failed)?;
    }
    fs::create_dir(folder.policy_folder()).map_err(failed)?;
    shipped_policy::write_to(&folder.policy_folder()).map_err(failed)?;
    let file = fs::OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(folder.settings_file());
    file.and_then(|mut file| file.write_all(settings.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(failed)?;
    KeyFile::create(&folder.key_file(), FIRST_KEY, chance, clock)
        .map_err(|fault| Failure::new(Exit::Unavailable, fault.to_string()))?;
    Ok(())
}

/// Settings that say what is needed and allow nothing until it is there.
const SETTINGS: &str = include_str!("../settings.toml");
/// The number of the first root key of an operator.
const FIRST_KEY: u32 = 1;
