//! `sandyq keys escrow` and `sandyq keys recover`: custodians who together bring the keys back (5.1.6, 6.3).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use sandyq_model::{Actor, Chance, Clock, Role};
use sandyq_processing::System;
use sandyq_store::vault::{EscrowSet, EscrowSettings, KeyStore, Recovered, recover};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::backup::Of;
use crate::backups::living::refuse_older;
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::door::{Asked, at_work};
use crate::failure::{Exit, Failure};
use crate::key_source::Source;
use crate::outside::{SystemChance, WallClock};
use crate::second_copy;
use crate::terminal::Terminal;

/// Custodians of the keys.
#[derive(Args, Debug)]
pub struct Custodians {
    #[command(subcommand)]
    action: Shows,
}

#[derive(Subcommand, Debug)]
enum Shows {
    /// Who the custodians are, how many it takes, and of which epoch their shares are
    Show(Show),
    /// Give the custodians shares of the keys as they are now; the first time, or after files were lost
    Renew(Of),
}

#[derive(Args, Debug)]
struct Show {
    /// The data folder
    #[arg(long, env = "SANDYQ_DATA", default_value = "sandyq-data", value_name = "DIR")]
    data: PathBuf,
    /// As one JSON value
    #[arg(long)]
    json: bool,
}

impl Custodians {
    /// Says who they are.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        match &self.action {
            Shows::Show(show) => show.run(terminal),
            Shows::Renew(of) => {
                let folder = DataFolder::open(&of.data)?;
                let renewed = at_work(&folder, Asked::RenewEscrow, terminal)?;
                if of.json {
                    terminal.answer_json(&renewed)?;
                } else {
                    terminal.answer("the custodians have shares of the keys as they are now")?;
                }
                Ok(Exit::Done)
            }
        }
    }
}

/// Gives the custodians shares anew, within the epoch; as JSON.
pub async fn renew(system: &System) -> Result<Value, Failure> {
    if !system.renew_escrow(&Actor::system(Role::ADMINISTRATOR)).await? {
        return Err(
            Failure::new(Exit::No, "there were no custodians when the program started").help(
                "name them under [keys.escrow] in the settings; a server that runs must be started anew",
            ),
        );
    }
    let epoch = system.store().key_status()?.epoch;
    Ok(json!({ "schema_version": 1, "epoch": epoch }))
}

impl Show {
    fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.data)?;
        let Some(escrow) = Configuration::read(&folder)?.keys().escrow(&folder)? else {
            return Err(Failure::new(Exit::No, "there are no custodians")
                .help("name them under [keys.escrow] in the settings, then run: sandyq keys escrow renew"));
        };
        let present = escrow.present().map_err(unfit)?;
        let is_stale = present.as_ref().is_none_or(|set| !fits(&escrow, set));
        if self.json {
            terminal.answer_json(&as_json(&escrow, present.as_ref(), is_stale))?;
        } else {
            terminal.answer(&format!(
                "{} of {} custodians bring the keys back:",
                escrow.needed,
                escrow.custodians.len()
            ))?;
            for one in &escrow.custodians {
                terminal.answer(&format!("  {}  {}", one.name, one.recipient))?;
            }
            terminal.answer(&match &present {
                Some(set) => format!("their shares are of epoch {}, made at {}", set.epoch, set.made_at),
                None => "they have no shares yet".to_owned(),
            })?;
            match &present {
                Some(_) if is_stale => terminal
                    .answer("the shares are not those of these settings; run: sandyq keys rotate --now")?,
                None => terminal.answer("give them some; run: sandyq keys escrow renew")?,
                Some(_) => {}
            }
        }
        Ok(if is_stale { Exit::No } else { Exit::Done })
    }
}

/// Whether the shares are those of these custodians.
pub fn fits(escrow: &EscrowSettings, set: &EscrowSet) -> bool {
    set.needed == escrow.needed && set.custodians == escrow.fingerprint()
}

fn as_json(escrow: &EscrowSettings, present: Option<&EscrowSet>, is_stale: bool) -> Value {
    let custodians: Vec<_> = escrow
        .custodians
        .iter()
        .map(|one| json!({ "name": one.name, "recipient": one.recipient }))
        .collect();
    json!({
        "schema_version": 1,
        "needed": escrow.needed,
        "custodians": custodians,
        "epoch": present.map(|set| set.epoch),
        "made_at": present.map(|set| set.made_at.to_string()),
        "holds_root": present.map(|set| set.holds_root),
        "stale": is_stale,
    })
}

/// Bring the keys back with the shares of custodians.
///
/// Each custodian decrypts a share with an identity of their own (`age -d -i IDENTITY share-1.age > share-1`); enough of them,
/// and the payload that lay beside, give back the root key and open the key store in the folder.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq keys recover --data /srv/sandyq --payload escrow/payload --share share-1 --share share-3

Exit codes: 0 done, 1 the shares do not bring the keys back, 3 a file is in the way.")]
pub struct Recover {
    /// The payload that lay beside the shares
    #[arg(long, value_name = "FILE")]
    payload: PathBuf,
    /// A decrypted share; once for each custodian
    #[arg(long = "share", value_name = "FILE", required = true)]
    shares: Vec<PathBuf>,
    /// The folder of the second copy, from which the key store is made when there is none [default: that of the settings]
    #[arg(long, value_name = "FOLDER")]
    second_copy: Option<PathBuf>,
    /// The data folder
    #[arg(long, env = "SANDYQ_DATA", default_value = "sandyq-data", value_name = "DIR")]
    data: PathBuf,
}

impl Recover {
    /// Writes the root key when it is not there, and brings the key store under a new epoch.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.data)?;
        let _lock = folder.lock()?;
        let configuration = Configuration::read(&folder)?;
        configuration.places_apart(folder.path())?;
        let payload = read(&self.payload)?;
        let shares: Vec<_> = self
            .shares
            .iter()
            .map(|share| read(share))
            .collect::<Result<_, _>>()?;
        let back = recover(&payload, &shares).map_err(unfit)?;
        // Shares of another installation leave nothing here that the right ones would stumble over.
        let mut made = Made::default();
        if let Err(failure) = self.bring_back((&folder, &configuration), &mut made, &back, terminal) {
            made.unmake();
            return Err(failure);
        }
        terminal.answer(&format!(
            "the keys of epoch {} are back, and a new epoch has begun",
            back.set.epoch
        ))?;
        terminal.word(
            "next: sandyq verify, then sandyq keys rotate --now, which gives the custodians new shares",
        );
        Ok(Exit::Done)
    }
}

impl Recover {
    fn bring_back(
        &self,
        (folder, configuration): (&DataFolder, &Configuration),
        made: &mut Made,
        back: &Recovered,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        let chance: Arc<dyn Chance> = Arc::new(SystemChance::new());
        let options = configuration.store_options(folder);
        let is_there = options.keys_file.is_file();
        if is_there {
            KeyStore::head_under(&options.keys_file, &back.top, &*chance)?;
        }
        made.expect([&options.keys_file, &options.key_file]);
        if root_key(folder, configuration, back)? {
            terminal.word(&format!("wrote {}", folder.key_file().display()));
        }
        let options = &configuration.keys().of(folder, options)?;
        made.expect(&options.epoch_files);
        let copy = self
            .second_copy
            .clone()
            .or_else(|| configuration.second_copy().folder(folder.path()));
        match &copy {
            None if !is_there => return Err(no_key_store(&options.keys_file)),
            None => {}
            Some(copy) => {
                let copy = second_copy::read(copy, options)?;
                if !is_there {
                    copy.rebuild_keys(&options.keys_file)?;
                    terminal.word(&format!(
                        "made {} from the second copy",
                        options.keys_file.display()
                    ));
                }
                let here = KeyStore::head_under(&options.keys_file, &back.top, &*chance)?;
                refuse_older(here, &copy, &options.keys_file)?;
            }
        }
        let source = options.key_source.open(&options.key_file)?;
        let epochs = source.epochs(&options.epoch_files, &options.key_versions, &chance)?;
        let crowned = KeyStore::crown(&options.keys_file, &back.top, epochs, WallClock.now(), &*chance);
        Ok(crowned?)
    }
}

/// What was not in the folder before: it goes again when the keys do not come back.
#[derive(Default)]
struct Made(Vec<PathBuf>);

impl Made {
    /// Remembers those of the files that are not there yet.
    fn expect<'f>(&mut self, files: impl IntoIterator<Item = &'f PathBuf>) {
        let absent = files.into_iter().filter(|file| !file.exists());
        self.0.extend(absent.cloned());
    }

    fn unmake(&self) {
        for file in &self.0 {
            let _never_made = fs::remove_file(file);
        }
    }
}

fn no_key_store(path: &Path) -> Failure {
    let happened = format!("there is no key store at {}", path.display());
    Failure::new(Exit::Configuration, happened)
        .help("name its second copy with --second-copy; the shares open the keys, and do not hold them")
}

/// Writes the root key where none is; one that is there stays.
fn root_key(folder: &DataFolder, configuration: &Configuration, back: &Recovered) -> Result<bool, Failure> {
    if configuration.keys().source == Source::Token || folder.key_file().exists() {
        return Ok(false);
    }
    if configuration.keys().source == Source::Passphrase {
        return Err(Failure::new(
            Exit::Configuration,
            "a root key that comes back lies in a key file",
        )
        .help("say source = \"file\" under [keys] in the settings, and run this again"));
    }
    let written = back.write_root_key(&folder.key_file());
    let written = written.map_err(|fault| Failure::new(Exit::Configuration, fault.to_string()))?;
    if written {
        return Ok(true);
    }
    Err(Failure::new(
        Exit::No,
        "the root key was in a token, and custodians do not have it",
    )
    .help("bring back the token, or the clone of it that its maker's tool made"))
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    fs::read(path)
        .map(Zeroizing::new)
        .map_err(|error| Failure::file("read", path, &error))
}

fn unfit(fault: sandyq_store::vault::EscrowFault) -> Failure {
    Failure::new(Exit::No, fault.to_string())
}
