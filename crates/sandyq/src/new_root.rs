//! The root key of a new installation (5.1.3-a): in a key file, opened by a passphrase, or made in a token.

use std::path::{Path, PathBuf};

use sandyq_model::{Chance, Clock, Plain};
use sandyq_store::vault::{KeyFile, PassphraseFile, TokenSettings};

use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::key_source::{new_passphrase, secret};

/// Which root key to make.
pub enum NewRoot {
    /// One in a key file.
    File,
    /// One that this passphrase opens; the file has it, when it is not to be typed.
    Passphrase(Plain<String>, Option<PathBuf>),
    /// One in this token; the file has its PIN, when it is not to be typed.
    Token(TokenSettings, Option<PathBuf>),
}

impl NewRoot {
    /// One that a passphrase opens. It is typed twice where a person sits.
    ///
    /// # Errors
    /// Exit 3 when there is none, 2 when it was typed differently.
    pub fn passphrase(file: Option<&Path>) -> Result<Self, Failure> {
        let file = file.map(absolute).transpose()?;
        let passphrase = new_passphrase(file.as_deref())?;
        Ok(Self::Passphrase(passphrase, file))
    }

    /// One in that token.
    ///
    /// # Errors
    /// Exit 3 when there is no PIN.
    pub fn token(token: &str, module: &Path, pin_file: Option<&Path>) -> Result<Self, Failure> {
        let pin_file = pin_file.map(absolute).transpose()?;
        let pin = secret(pin_file.as_deref(), "PIN of the token")?;
        let settings = TokenSettings {
            module: module.to_owned(),
            token: token.to_owned(),
            pin,
        };
        Ok(Self::Token(settings, pin_file))
    }

    /// Its kind, as the settings name it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Passphrase(..) => "passphrase",
            Self::Token(..) => "token",
        }
    }

    /// Whether there is a file beside the key store.
    pub const fn has_file(&self) -> bool {
        !matches!(self, Self::Token(..))
    }

    /// What its owner must not lose.
    pub fn what_to_keep(&self, folder: &DataFolder) -> String {
        let file = folder.key_file();
        match self {
            Self::File => format!(
                "keep a copy of {} in a safe place: without it nothing opens",
                file.display()
            ),
            Self::Passphrase(..) => format!(
                "keep a copy of {} and the passphrase, each in a safe place: without both nothing opens",
                file.display()
            ),
            Self::Token(settings, _) => format!(
                "keep the token `{}` and its PIN safe: without them nothing opens, and no copy can be made",
                settings.token
            ),
        }
    }

    /// The part of the settings that says where it is.
    pub fn settings(&self) -> String {
        let file = |name: &str, file: &Option<PathBuf>| {
            let line = |file: &PathBuf| format!("{name} = {}\n", quoted(&file.display().to_string()));
            file.as_ref().map(line).unwrap_or_default()
        };
        match self {
            Self::File => String::new(),
            Self::Passphrase(_, from) => {
                format!(
                    "\n[keys]\nsource = \"passphrase\"\n{}",
                    file("passphrase_file", from)
                )
            }
            Self::Token(settings, from) => format!(
                "\n[keys]\nsource = \"token\"\nmodule = {}\ntoken = {}\n{}",
                quoted(&settings.module.display().to_string()),
                quoted(&settings.token),
                file("pin_file", from)
            ),
        }
    }

    /// Makes it. Never overwrites one.
    ///
    /// # Errors
    /// Exit 3, with what to do.
    pub fn make(&self, key_file: &Path, clock: &dyn Clock, chance: &dyn Chance) -> Result<(), Failure> {
        let made = match self {
            Self::File => KeyFile::create(key_file, FIRST_KEY, chance, clock).map(drop),
            Self::Passphrase(passphrase, _) => {
                PassphraseFile::create(key_file, FIRST_KEY, passphrase, chance, clock).map(drop)
            }
            Self::Token(settings, _) => return make_in_token(settings, clock),
        };
        made.map_err(|fault| Failure::new(Exit::Configuration, fault.to_string()))
    }
}

#[cfg(feature = "pkcs11")]
fn make_in_token(settings: &TokenSettings, clock: &dyn Clock) -> Result<(), Failure> {
    use sandyq_store::vault::{Token, TokenRoot};
    let token = Token::connect(settings.clone());
    token
        .and_then(|token| TokenRoot::create(std::sync::Arc::new(token), clock))
        .map(drop)
        .map_err(|fault| Failure::new(Exit::Configuration, fault.to_string()))
}

#[cfg(not(feature = "pkcs11"))]
fn make_in_token(_: &TokenSettings, _: &dyn Clock) -> Result<(), Failure> {
    Err(
        Failure::new(Exit::Configuration, "this program was built without tokens")
            .help("build it with the feature `pkcs11`"),
    )
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::file("find", path, &error))
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// The number of the first root key of an operator.
const FIRST_KEY: u32 = 1;
