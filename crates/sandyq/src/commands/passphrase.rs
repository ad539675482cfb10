//! `sandyq keys passphrase`: another passphrase for the same root key (5.1.3-a).

use std::path::PathBuf;

use clap::Args;
use sandyq_store::vault::{KeySettings, PassphraseFile};

use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::key_source::{Source, new_passphrase};
use crate::outside::SystemChance;
use crate::terminal::Terminal;

/// Change the passphrase of the root key, while no server runs.
///
/// The root key stays, so nothing is encrypted anew. The old file is overwritten; copies of it still open with the old
/// passphrase, so destroy them, and keep a copy of the new file.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq keys passphrase --data /srv/sandyq
  sandyq keys passphrase --new-file /run/keys/new-passphrase

Exit codes: 0 done, 3 a passphrase was not taken, 6 a server runs.")]
pub struct Passphrase {
    /// The data folder
    #[arg(long, env = "SANDYQ_DATA", default_value = "sandyq-data", value_name = "DIR")]
    data: PathBuf,
    /// The file with the new passphrase in its first line; typed without it
    #[arg(long, value_name = "FILE")]
    new_file: Option<PathBuf>,
}

impl Passphrase {
    /// Takes the old one and the new one, and changes it.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.data)?;
        let _lock = folder.lock()?;
        let configuration = Configuration::read(&folder)?;
        let keys = configuration.keys();
        if keys.source != Source::Passphrase {
            return Err(Failure::new(
                Exit::Configuration,
                "the root key of this folder has no passphrase",
            )
            .help("a token has a PIN, which its maker's tool changes; a key file has neither"));
        }
        let KeySettings::Passphrase(old) = keys.settings(&folder)? else {
            return Err(Failure::new(
                Exit::Configuration,
                "the root key of this folder has no passphrase",
            ));
        };
        let new = new_passphrase(self.new_file.as_deref())?;
        PassphraseFile::change(&folder.key_file(), &old, &new, &SystemChance::new())
            .map_err(|fault| Failure::new(Exit::Configuration, fault.to_string()))?;
        terminal.answer("the passphrase is changed; the old file is overwritten")?;
        if let Some(file) = &keys.passphrase_file {
            terminal.word(&format!(
                "next: put the new passphrase into {}",
                folder.path().join(file).display()
            ));
        }
        terminal.word("destroy old copies of keys/root.key, and keep a copy of the new one");
        Ok(Exit::Done)
    }
}
