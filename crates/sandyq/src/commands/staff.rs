//! `sandyq staff`: accounts of staff (5.1.4): make one, list them, close one, give one a new password, take a
//! lost second factor away. A password comes from
//! stdin, or is made and shown once.

use std::io::{BufRead, Read};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use sandyq_model::time::day_in_kazakhstan;
use sandyq_model::{Actor, Plain, Role};
use sandyq_store::tables::staff;
use serde_json::json;

use super::backup::Of;
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
    /// List the accounts: name, role, since when, and which are closed
    List(Of),
    /// Close an account: nobody signs in by it any more, and its sessions end
    Close {
        /// Whose
        name: String,
        #[command(flatten)]
        of: Of,
    },
    Password(NewPassword),
    /// Invite somebody: a link that opens once, within 72 hours, and leads to a password, a second factor and the policy
    Invite {
        /// What they will sign in with: letters, digits, `.`, `-` and `_`
        name: String,
        /// Their role in the policy
        #[arg(long)]
        role: String,
        #[command(flatten)]
        of: Of,
    },
    /// Give an account another role; its sessions end, and its holder reads the policy again
    Role {
        /// Whose
        name: String,
        /// The role in the policy
        #[arg(long)]
        role: String,
        #[command(flatten)]
        of: Of,
    },
    /// Say who had access to what on a day: name, role, since when, and the fields that the role reads for each purpose
    Access {
        /// The day in Kazakhstan, such as 2026-11-01; today, unless another one is named
        #[arg(long, value_name = "DATE")]
        on: Option<jiff::civil::Date>,
        #[command(flatten)]
        of: Of,
    },
    /// Take away the link of an account with the identity provider; its holder signs in with the password
    Unlink {
        /// Whose
        name: String,
        #[command(flatten)]
        of: Of,
    },
    /// Take a lost second factor away, with its codes on paper
    ///
    /// The sessions of the account end. Its holder sets up another one at the next sign-in, within 72 hours.
    Factor {
        /// Whose
        name: String,
        #[command(flatten)]
        of: Of,
    },
}

/// Give an account a new password; one that was closed opens again.
///
/// Its sessions end. The password is made and shown once, unless it comes from stdin.
#[derive(Args, Debug)]
pub struct NewPassword {
    /// Whose
    name: String,
    /// Read the password from stdin, one line of at least 15 characters
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    of: Of,
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
            Action::List(of) => list(of, terminal),
            Action::Close { name, of } => close(name, of, terminal),
            Action::Password(password) => password.run(terminal),
            Action::Role {
                name,
                role: wanted,
                of,
            } => role(name, wanted, of, terminal),
            Action::Access { on, of } => access(*on, of, terminal),
            Action::Invite { name, role, of } => invite(name, role, of, terminal),
            Action::Factor { name, of } => factor(name, of, terminal),
            Action::Unlink { name, of } => unlink(name, of, terminal),
        }
    }
}

impl Add {
    fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.data)?;
        let (secret, shown) = given_or_made(self.password_stdin)?;
        let (system, _lock) = running::system_at_rest(&folder)?;
        let by = Actor::system(Role::ADMINISTRATOR);
        let added = running::runtime()?.block_on(system.add_staff(&by, &self.name, &self.role, secret));
        added.map_err(|rejected| failure_of(rejected, &system, terminal.language).help(WHAT_IS_TAKEN))?;
        if self.json {
            let account =
                json!({ "schema_version": 1, "name": self.name, "role": self.role, "password": shown });
            terminal.answer_json(&account)?;
        } else {
            terminal.word(&format!(
                "{} may sign in as {}, once a second factor is set up (within 72 hours) and the policy in force was read",
                self.name, self.role
            ));
            show(shown.as_deref(), terminal)?;
        }
        Ok(Exit::Done)
    }
}

impl NewPassword {
    fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.of.data)?;
        let (secret, shown) = given_or_made(self.password_stdin)?;
        let (system, _lock) = running::system_at_rest(&folder)?;
        let by = Actor::system(Role::ADMINISTRATOR);
        let done = running::runtime()?.block_on(system.renew_staff_password(&by, &self.name, secret));
        done.map_err(|rejected| failure_of(rejected, &system, terminal.language).help(WHOSE))?;
        if self.of.json {
            let account = json!({ "schema_version": 1, "name": self.name, "password": shown });
            terminal.answer_json(&account)?;
        } else {
            terminal.word(&format!("{} signs in with the new password only", self.name));
            show(shown.as_deref(), terminal)?;
        }
        Ok(Exit::Done)
    }
}

fn close(name: &str, of: &Of, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = DataFolder::open(&of.data)?;
    let (system, _lock) = running::system_at_rest(&folder)?;
    let by = Actor::system(Role::ADMINISTRATOR);
    let closed = running::runtime()?.block_on(system.close_staff(&by, name));
    closed.map_err(|rejected| failure_of(rejected, &system, terminal.language).help(WHOSE))?;
    if of.json {
        terminal.answer_json(&json!({ "schema_version": 1, "name": name, "closed": true }))?;
    } else {
        terminal.answer(&format!("closed {name}: nobody signs in by that name any more"))?;
    }
    Ok(Exit::Done)
}

fn factor(name: &str, of: &Of, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = DataFolder::open(&of.data)?;
    let (system, _lock) = running::system_at_rest(&folder)?;
    let by = Actor::system(Role::ADMINISTRATOR);
    let removed = running::runtime()?.block_on(system.remove_staff_factor(&by, name));
    removed.map_err(|rejected| failure_of(rejected, &system, terminal.language).help(WHOSE))?;
    if of.json {
        terminal.answer_json(&json!({ "schema_version": 1, "name": name, "factor": false }))?;
    } else {
        terminal.answer(&format!(
            "{name} has no second factor any more, and sets up another one at the next sign-in, within 72 hours"
        ))?;
    }
    Ok(Exit::Done)
}

fn unlink(name: &str, of: &Of, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = DataFolder::open(&of.data)?;
    let (system, _lock) = running::system_at_rest(&folder)?;
    let by = Actor::system(Role::ADMINISTRATOR);
    let removed = running::runtime()?.block_on(system.remove_staff_link(&by, name));
    removed.map_err(|rejected| failure_of(rejected, &system, terminal.language).help(WHOSE))?;
    if of.json {
        terminal.answer_json(&json!({ "schema_version": 1, "name": name, "linked": false }))?;
    } else {
        terminal.answer(&format!(
            "{name} is linked with no identity provider any more, and signs in with the password"
        ))?;
    }
    Ok(Exit::Done)
}

fn invite(name: &str, role: &str, of: &Of, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = DataFolder::open(&of.data)?;
    let configured = crate::configuration::Configuration::read(&folder)?.operator();
    let (system, _lock) = running::system_at_rest(&folder)?;
    let by = Actor::system(Role::ADMINISTRATOR);
    let invited = running::runtime()?.block_on(system.invite_staff(&by, name, role));
    let invited =
        invited.map_err(|rejected| failure_of(rejected, &system, terminal.language).help(WHAT_IS_TAKEN))?;
    let link = format!(
        "{}{}",
        configured.site.trim_end_matches('/'),
        invited.path.expose()
    );
    if of.json {
        let invitation = json!({
            "schema_version": 1, "name": name, "role": role, "link": link, "until": invited.until.to_string(),
        });
        terminal.answer_json(&invitation)?;
    } else {
        terminal.word(&format!(
            "{name} is invited as {role}. The link, shown this once, opens once until {}:",
            invited.until
        ));
        terminal.answer(&link)?;
    }
    Ok(Exit::Done)
}

fn role(name: &str, wanted: &str, of: &Of, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = DataFolder::open(&of.data)?;
    let (system, _lock) = running::system_at_rest(&folder)?;
    let by = Actor::system(Role::ADMINISTRATOR);
    let changed = running::runtime()?.block_on(system.change_staff_role(&by, name, wanted));
    changed.map_err(|rejected| {
        failure_of(rejected, &system, terminal.language)
            .help("name an open account of `sandyq staff list`, and a role that it has not yet")
    })?;
    if of.json {
        terminal.answer_json(&json!({ "schema_version": 1, "name": name, "role": wanted }))?;
    } else {
        terminal.answer(&format!("{name} is {wanted} now, once the policy was read again"))?;
    }
    Ok(Exit::Done)
}

fn access(on: Option<jiff::civil::Date>, of: &Of, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = DataFolder::open(&of.data)?;
    let (system, _lock) = running::system_at_rest(&folder)?;
    let by = Actor::system(Role::ADMINISTRATOR);
    let day = on.unwrap_or_else(|| day_in_kazakhstan(system.now()));
    let found = running::runtime()?.block_on(system.access_on(&by, day, terminal.language));
    let found = found.map_err(|rejected| {
        failure_of(rejected, &system, terminal.language).help("name a day that has come, such as 2026-11-01")
    })?;
    if of.json {
        let rows = found.rows.iter().map(|row| {
            json!({
                "name": row.name,
                "role": row.role,
                "since": row.since.to_string(),
                "until": row.until.map(|until| until.to_string()),
                "reads": row.reads.iter().map(|(purpose, fields)| json!({ "purpose": purpose, "fields": fields })).collect::<Vec<_>>(),
            })
        });
        let rows: Vec<_> = rows.collect();
        let all =
            json!({ "schema_version": 1, "on": day.to_string(), "policy": found.policy, "access": rows });
        terminal.answer_json(&all)?;
        return Ok(Exit::Done);
    }
    for row in &found.rows {
        let until = row
            .until
            .map_or_else(String::new, |until| format!(" until {}", until.strftime("%F")));
        terminal.answer(&format!(
            "{}  {}, since {}{until}",
            row.name,
            row.role,
            row.since.strftime("%F")
        ))?;
        if row.reads.is_empty() {
            terminal.answer("    reads no data of people")?;
        }
        for (purpose, fields) in &row.reads {
            terminal.answer(&format!("    {purpose}: {}", fields.join(", ")))?;
        }
    }
    terminal.word(&format!(
        "what is read in a role is said by the policy in force now, version {}",
        found.policy.get(..16).unwrap_or_default()
    ));
    Ok(Exit::Done)
}

fn list(of: &Of, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = DataFolder::open(&of.data)?;
    let (system, _lock) = running::system_at_rest(&folder)?;
    let all = running::runtime()?.block_on(system.store().read(staff::all))?;
    let role = |role: Role| {
        let declared = system.policy().role(role);
        declared.map_or_else(String::new, |declared| declared.name.to_string())
    };
    if of.json {
        let accounts = all.iter().map(|one| {
            json!({
                "name": one.name,
                "role": role(one.role),
                "since": one.created_at.to_string(),
                "closed_at": one.disabled_at.map(|at| at.to_string()),
            })
        });
        let accounts: Vec<_> = accounts.collect();
        terminal.answer_json(&json!({ "schema_version": 1, "staff": accounts }))?;
        return Ok(Exit::Done);
    }
    for one in &all {
        let closed = one
            .disabled_at
            .map_or_else(String::new, |at| format!(", closed {}", at.strftime("%F")));
        let since = one.created_at.strftime("%F");
        terminal.answer(&format!(
            "{}  {}, since {since}{closed}",
            one.name,
            role(one.role)
        ))?;
    }
    Ok(Exit::Done)
}

/// The password of stdin, or one that is made; that one is to be shown.
fn given_or_made(from_stdin: bool) -> Result<(Plain<String>, Option<String>), Failure> {
    if from_stdin {
        return Ok((password_line()?, None));
    }
    let made = password::random(&SystemChance::new());
    let shown = made.expose().clone();
    Ok((made, Some(shown)))
}

fn show(password: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let Some(password) = password else { return Ok(()) };
    terminal.word("the password, shown this once:");
    terminal.answer(password)
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
const WHOSE: &str = "name an account that `sandyq staff list` lists; a password has 15 to 256 characters";
const WHAT_IS_TAKEN: &str = "a name is new and has letters, digits, `.`, `-` and `_`; a role is one that people have; \
    a password has 15 to 256 characters";
