//! Where the root key comes from: what the settings say, and the secret that it takes. A secret is typed unseen, or is the
//! first line of a file that only its owner reads; it is never an argument and never in the environment.

use std::path::{Path, PathBuf};

use sandyq_model::Plain;
use sandyq_store::StoreOptions;
use sandyq_store::vault::{
    Custodian, EscrowSettings, KeyFile, KeySettings, PassphraseFile, TokenSettings, secret_line,
};
use serde::Deserialize;

use crate::commands::staff::password_line;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::outside;

/// `[keys]` of the settings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeysTable {
    /// The kind of source.
    pub source: Source,
    /// The file with the passphrase in its first line; typed without it.
    pub passphrase_file: Option<PathBuf>,
    /// The library of the token's maker.
    pub module: Option<PathBuf>,
    /// The label of the token.
    pub token: Option<String>,
    /// The file with the PIN in its first line; typed without it.
    pub pin_file: Option<PathBuf>,
    /// How long an epoch with destructions in it lasts at most.
    pub epoch_hours: Option<u32>,
    /// After so many destructions it ends before.
    pub epoch_after_destructions: Option<u64>,
    /// A second place for the key of the epoch, off the machine.
    pub epoch_copy: Option<PathBuf>,
    /// Who together brings the keys back.
    pub escrow: Option<EscrowTable>,
}

/// `[keys.escrow]` of the settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscrowTable {
    needed: u8,
    copy: Option<PathBuf>,
    custodians: Vec<CustodianTable>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CustodianTable {
    name: String,
    recipient: String,
}

impl EscrowTable {
    /// The second place of the shares, as the settings name it.
    pub fn copy(&self) -> Option<&Path> {
        self.copy.as_deref()
    }
}

/// The kinds of sources.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A key file.
    #[default]
    File,
    /// A key file that a passphrase opens.
    Passphrase,
    /// A PKCS#11 token.
    Token,
}

impl KeysTable {
    /// The source with its secret, which is asked for when no file has it. A file that others can reach is refused
    /// before anything is asked.
    ///
    /// # Errors
    /// Exit 3 when a setting is missing, or a file is not as it must be.
    pub fn settings(&self, folder: &DataFolder) -> Result<KeySettings, Failure> {
        self.check(&folder.key_file())?;
        let within = |file: &PathBuf| folder.path().join(file);
        Ok(match self.source {
            Source::File => KeySettings::File,
            Source::Passphrase => {
                let file = self.passphrase_file.as_ref().map(within);
                KeySettings::Passphrase(secret(file.as_deref(), "passphrase of the root key")?)
            }
            Source::Token => {
                let (module, token) = self.token_named()?;
                let file = self.pin_file.as_ref().map(within);
                let pin = secret(file.as_deref(), "PIN of the token")?;
                KeySettings::Token(TokenSettings { module, token, pin })
            }
        })
    }

    /// The custodians, and where their shares lie; `None` when there are none.
    ///
    /// # Errors
    /// Exit 3 when they cannot be what the settings say.
    pub fn escrow(&self, folder: &DataFolder) -> Result<Option<EscrowSettings>, Failure> {
        let Some(table) = &self.escrow else {
            return Ok(None);
        };
        let custodian = |one: &CustodianTable| Custodian {
            name: one.name.clone(),
            recipient: one.recipient.clone(),
        };
        let settings = EscrowSettings {
            needed: table.needed,
            custodians: table.custodians.iter().map(custodian).collect(),
            folder: folder.keys_folder().join("escrow"),
            copy: table.copy.as_ref().map(|copy| folder.path().join(copy)),
        };
        settings
            .check()
            .map_err(|fault| Failure::new(Exit::Configuration, fault.to_string()))?;
        Ok(Some(settings))
    }

    /// The options of the store, with this source and these custodians.
    ///
    /// # Errors
    /// As [`KeysTable::settings`].
    pub fn of(&self, folder: &DataFolder, options: StoreOptions) -> Result<StoreOptions, Failure> {
        Ok(StoreOptions {
            key_source: self.settings(folder)?,
            escrow: self.escrow(folder)?,
            ..options
        })
    }

    /// Whether somebody must type the secret of the source.
    pub const fn asks(&self) -> bool {
        match self.source {
            Source::File => false,
            Source::Passphrase => self.passphrase_file.is_none(),
            Source::Token => self.pin_file.is_none(),
        }
    }

    /// Looks whether the file of the source is there, whole, and its owner's alone.
    ///
    /// # Errors
    /// Exit 3, with what to do.
    pub fn check(&self, key_file: &Path) -> Result<(), Failure> {
        let looked = match self.source {
            Source::File => KeyFile::open(key_file).map(drop),
            Source::Passphrase => PassphraseFile::check(key_file),
            Source::Token => return self.token_named().map(drop),
        };
        looked.map_err(|fault| Failure::new(Exit::Configuration, fault.to_string()))
    }

    fn token_named(&self) -> Result<(PathBuf, String), Failure> {
        match (&self.module, &self.token) {
            (Some(module), Some(token)) => Ok((module.clone(), token.clone())),
            _ => Err(Failure::new(
                Exit::Configuration,
                "keys.source is \"token\", and keys.module or keys.token is missing",
            )
            .help("name the library of the token's maker as keys.module, and the label of the token as keys.token")),
        }
    }
}

/// A passphrase or a PIN: the first line of that file, or else what is typed.
///
/// # Errors
/// Exit 3 when there is none, or others can reach the file.
pub fn secret(file: Option<&Path>, what: &str) -> Result<Plain<String>, Failure> {
    let typed = match file {
        Some(file) if !file.exists() => {
            let happened = format!(
                "there is no file {}, which should hold the {what}",
                file.display()
            );
            return Err(
                Failure::new(Exit::Configuration, happened).help("make it with mode 600, or correct [keys]")
            );
        }
        Some(file) => {
            secret_line(file).map_err(|fault| Failure::new(Exit::Configuration, fault.to_string()))?
        }
        None => {
            outside::ask(&format!("{what}: "));
            password_line()?
        }
    };
    if typed.expose().is_empty() {
        return Err(Failure::new(Exit::Configuration, format!("no {what} was given")).help(
            "type it when asked, or name a file of mode 600 in the settings: keys.passphrase_file, keys.pin_file",
        ));
    }
    Ok(typed)
}

/// A passphrase that is to be: the first line of that file, or else what is typed, twice where a person sits.
///
/// # Errors
/// Exit 3 when there is none, 2 when it was typed differently.
pub fn new_passphrase(file: Option<&Path>) -> Result<Plain<String>, Failure> {
    let passphrase = secret(file, "new passphrase")?;
    if file.is_none() && outside::can_ask() && secret(None, "the same passphrase again")? != passphrase {
        return Err(Failure::new(Exit::Usage, "the two passphrases are not the same"));
    }
    Ok(passphrase)
}
