//! `sandyq staff add`: an account for a member of staff (5.1.4). The password comes from stdin, or is made and shown once.

use std::io::{BufRead, Read};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use sandyq_model::{Actor, Plain, Role};
use serde_json::json;

use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::outside::{self, SystemChance};
use crate::password;
use crate::rejected_in_words::failure_of;
use crate::running;
use crate::terminal::Terminal;

/// Accounts of staff.
#[derive(Args, Debug)]
pub struct Staff {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    Add(Add),
}

/// Make an account for a member of staff.
///
/// The password is made and shown once, unless it comes from stdin. It is never an argument: others see those.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq staff add gulmira --role responsible --data /srv/sandyq
  pwgen -s 24 1 | sandyq staff add aibek --role sales --password-stdin")]
pub struct Add {
    /// What they sign in with: letters, digits, `.`, `-` and `_`
    pub name: String,
    /// Their role in the policy: sales, support, events, service-desk, recruiter, responsible, auditor, administrator
    #[arg(long)]
    pub role: String,
    /// Read the password from stdin, one line of at least 15 characters
    #[arg(long)]
    pub password_stdin: bool,
    /// The data folder
    #[arg(long, env = "SANDYQ_DATA", default_value = "sandyq-data", value_name = "DIR")]
    pub data: PathBuf,
    /// As one JSON value
    #[arg(long)]
    pub json: bool,
}

impl Staff {
    /// Does what was asked with the accounts.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        match &self.action {
            Action::Add(add) => add.run(terminal),
        }
    }
}

impl Add {
    fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.data)?;
        let typed = if self.password_stdin {
            Some(password_line()?)
        } else {
            None
        };
        let made = typed.is_none();
        let secret = typed.unwrap_or_else(|| password::random(&SystemChance::new()));
        let (system, _lock) = running::system_at_rest(&folder)?;
        let copy = Plain::new(secret.expose().clone());
        let by = Actor::system(Role::ADMINISTRATOR);
        let added = running::runtime()?.block_on(system.add_staff(&by, &self.name, &self.role, copy));
        added.map_err(|rejected| failure_of(rejected, &system, terminal.language).help(WHAT_IS_TAKEN))?;
        let shown = made.then(|| secret.expose().clone());
        if self.json {
            let account =
                json!({ "schema_version": 1, "name": self.name, "role": self.role, "password": shown });
            terminal.answer_json(&account)?;
        } else {
            terminal.word(&format!(
                "{} may sign in as {}, once the policy in force was read",
                self.name, self.role
            ));
            if let Some(password) = &shown {
                terminal.word("the password, shown this once:");
                terminal.answer(password)?;
            }
        }
        Ok(Exit::Done)
    }
}

/// The first line of stdin; what follows stays there for other questions.
pub fn password_line() -> Result<Plain<String>, Failure> {
    let mut text = String::new();
    let unseen = outside::Unseen::begin();
    let read = std::io::stdin()
        .lock()
        .take(PASSWORD_BYTES_MAX)
        .read_line(&mut text);
    drop(unseen);
    let text = Plain::new(text);
    read.map_err(|error| {
        Failure::new(
            Exit::Usage,
            format!("the password could not be read from stdin: {error}"),
        )
    })?;
    Ok(Plain::new(
        text.expose().trim_end_matches(['\r', '\n']).to_owned(),
    ))
}

const PASSWORD_BYTES_MAX: u64 = 4096;
const WHAT_IS_TAKEN: &str = "a name is new and has letters, digits, `.`, `-` and `_`; a role is one that people have; \
    a password has 15 to 256 characters";
