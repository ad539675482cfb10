//! `sandyq keys`: which keys there are and how their epochs stand, the end of the present epoch, custodians, and the
//! passphrase of the root key (5.1.3-a, DEF-4, 6.3).

use clap::{Args, Subcommand};
use sandyq_model::{Actor, Role};
use sandyq_processing::System;
use serde_json::{Value, json};

use super::backup::Of;
use super::escrow::{Custodians, Recover};
use super::key_list;
use super::passphrase::Passphrase;
use crate::data_folder::DataFolder;
use crate::door::{Asked, at_work};
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// See which keys there are, end the present epoch of keys, or care for the root key.
///
/// When people are destroyed, their keys die at once. Copies of the key store that were made before still hold them,
/// wrapped, until the epoch ends: then nobody opens them, whatever else he holds.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq keys list --data /srv/sandyq
  sandyq keys rotate --now
  sandyq keys escrow renew
  sandyq keys passphrase

Exit codes: 0 done, 1 nothing is due (rotate without --now), 7 a part that is needed does not answer.")]
pub struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Which keys there are and since when, the present epoch, who died in it, when it ends, the custodians
    List(Of),
    /// End the present epoch when it is due
    Rotate {
        #[command(flatten)]
        of: Of,
        /// At once, due or not
        #[arg(long)]
        now: bool,
    },
    /// Custodians who together bring the keys back
    Escrow(Custodians),
    Recover(Recover),
    Passphrase(Passphrase),
}

impl Keys {
    /// Does what was asked, in the server when one serves the folder.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        match &self.action {
            Action::List(of) => key_list::run(of, terminal),
            Action::Rotate { of, now } => rotate(of, *now, terminal),
            Action::Escrow(custodians) => custodians.run(terminal),
            Action::Recover(recover) => recover.run(terminal),
            Action::Passphrase(passphrase) => passphrase.run(terminal),
        }
    }
}

fn rotate(of: &Of, now: bool, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = DataFolder::open(&of.data)?;
    let ended = at_work(&folder, Asked::EndEpoch { now }, terminal)?;
    let is_ended = !part(&ended, "to").is_null();
    if of.json {
        terminal.answer_json(&ended)?;
    } else if is_ended {
        terminal.answer(&format!(
            "epoch {} has ended: {} keys that died in it open in no copy any more; epoch {} has begun",
            part(&ended, "from"),
            part(&ended, "deaths"),
            part(&ended, "to")
        ))?;
    } else {
        terminal.answer("no epoch is due; `--now` ends the present one all the same")?;
    }
    Ok(if is_ended { Exit::Done } else { Exit::No })
}

/// A member of an answer; nothing when a server of another version does not give it.
pub(super) fn part<'v>(answer: &'v Value, name: &str) -> &'v Value {
    answer.get(name).unwrap_or(&Value::Null)
}

/// Ends the present epoch, when it is due or `now`; as JSON.
pub async fn end_epoch(system: &System, now: bool) -> Result<Value, Failure> {
    let ended = if now {
        Some(system.end_epoch(&Actor::system(Role::ADMINISTRATOR)).await?)
    } else {
        system.run_epochs().await?
    };
    Ok(match ended {
        Some(ended) => json!({
            "schema_version": 1,
            "from": ended.from,
            "to": ended.to,
            "deaths": ended.deaths,
            "nodes": ended.nodes,
        }),
        None => json!({ "schema_version": 1, "to": null }),
    })
}
