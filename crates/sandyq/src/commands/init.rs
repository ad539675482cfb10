//! `sandyq init`: makes a data folder whole or not at all. It starts closed: until the operator's details are filled in,
//! no consent is taken.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use clap::Args;
use sandyq_model::{Chance, Clock};
use serde_json::json;

use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::new_root::NewRoot;
use crate::outside::{SystemChance, WallClock};
use crate::places::in_no_data_folder;
use crate::shipped_policy;
use crate::terminal::Terminal;

/// Make a data folder: settings to fill in, the policy, a root key.
///
/// Nothing is overwritten: the folder must not exist, or be empty.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq init
  sandyq init /srv/sandyq
  sandyq init /srv/sandyq --passphrase
  sandyq init /srv/sandyq --token safe --module /usr/lib/softhsm/libsofthsm2.so --pin-file /etc/sandyq/pin

The root key lies in a key file unless something else is said. `docs/operating/keys.md` says which to choose.")]
pub struct Init {
    /// The folder to make [default: $SANDYQ_DATA, or sandyq-data]
    pub dir: Option<PathBuf>,
    /// The root key opens with a passphrase, which is typed at each start
    #[arg(long, conflicts_with = "token")]
    pub passphrase: bool,
    /// The root key opens with the passphrase in the first line of this file, of mode 600
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    pub passphrase_file: Option<PathBuf>,
    /// The root key is made in the PKCS#11 token of this label, and never leaves it
    #[arg(long, value_name = "LABEL", requires = "module")]
    pub token: Option<String>,
    /// The library of the token's maker
    #[arg(long, value_name = "FILE", requires = "token")]
    pub module: Option<PathBuf>,
    /// The token's PIN is in the first line of this file, of mode 600; typed without it
    #[arg(long, value_name = "FILE", requires = "token")]
    pub pin_file: Option<PathBuf>,
    /// As one JSON value
    #[arg(long)]
    pub json: bool,
}

impl Init {
    /// Makes the folder and says what comes next.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let root = self.dir.clone().unwrap_or_else(DataFolder::default_path);
        // Before anything is asked: who types a passphrase twice should not be told then that the place is taken.
        refuse_to_overwrite(&root)?;
        in_no_data_folder(&root)?;
        let new = self.new_root()?;
        let folder = make(&root, SETTINGS, &new, &WallClock, &SystemChance::new())?;
        let settings = folder.settings_file();
        if self.json {
            terminal.answer_json(&json!({
                "schema_version": 1,
                "data": root,
                "settings": settings,
                "policy": folder.policy_folder(),
                "key_source": new.name(),
                "key_file": new.has_file().then(|| folder.key_file()),
            }))?;
            return Ok(Exit::Done);
        }
        terminal.answer(&format!("made {}", root.display()))?;
        terminal.word(&format!(
            "next:\n  1. fill in your details in {}\n  2. {}\n  \
             3. sandyq staff add NAME --role responsible --data {}\n  4. sandyq serve --data {}",
            settings.display(),
            new.what_to_keep(&folder),
            root.display(),
            root.display()
        ));
        Ok(Exit::Done)
    }

    fn new_root(&self) -> Result<NewRoot, Failure> {
        if let (Some(token), Some(module)) = (&self.token, &self.module) {
            return NewRoot::token(token, module, self.pin_file.as_deref());
        }
        if self.passphrase || self.passphrase_file.is_some() {
            return NewRoot::passphrase(self.passphrase_file.as_deref());
        }
        Ok(NewRoot::File)
    }
}

/// Makes a data folder with these settings: built beside its place and then put there in one step, so that an
/// interruption leaves no half of it.
pub fn make(
    root: &Path,
    settings: &str,
    new: &NewRoot,
    clock: &dyn Clock,
    chance: &dyn Chance,
) -> Result<DataFolder, Failure> {
    refuse_to_overwrite(root)?;
    let draft = draft_beside(root, chance);
    let made = fill(&draft, &format!("{settings}{}", new.settings()))
        .and_then(|folder| new.make(&folder.key_file(), clock, chance))
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

fn fill(draft: &Path, settings: &str) -> Result<DataFolder, Failure> {
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
    Ok(folder)
}

/// Settings that say what is needed and allow nothing until it is there.
const SETTINGS: &str = include_str!("../settings.toml");
