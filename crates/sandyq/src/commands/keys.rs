//! `sandyq keys`: how the epochs of keys stand, and the end of the present one at once (DEF-4, 6.3).

use clap::{Args, Subcommand};
use jiff::Timestamp;
use sandyq_model::{Actor, Role};
use sandyq_processing::System;
use serde_json::{Value, json};

use super::backup::{Of, at_work};
use super::escrow::{Custodians, Recover};
use crate::backups::door::Asked;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// See how the epochs of keys stand, or end the present one.
///
/// When people are destroyed, their keys die at once. Copies of the key store that were made before still hold them,
/// wrapped, until the epoch ends: then nobody opens them, whatever else he holds.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq keys list --data /srv/sandyq
  sandyq keys rotate --now

Exit codes: 0 done, 1 nothing is due (rotate without --now), 7 a part that is needed does not answer.")]
pub struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// The present epoch, since when, who died in it, when it ends
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
}

impl Keys {
    /// Does what was asked, in the server when one serves the folder.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        match &self.action {
            Action::List(of) => say_epochs(of, terminal),
            Action::Rotate { of, now } => rotate(of, *now, terminal),
            Action::Escrow(custodians) => custodians.run(terminal),
            Action::Recover(recover) => recover.run(terminal),
        }
    }
}

fn say_epochs(of: &Of, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = DataFolder::open(&of.data)?;
    let standing = at_work(&folder, Asked::Epochs, terminal, async |backups, _| {
        epochs(backups.system()).await
    })?;
    if of.json {
        terminal.answer_json(&standing)?;
        return Ok(Exit::Done);
    }
    let word = |name: &str| match part(&standing, name) {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    for (label, name) in [
        ("epoch", "epoch"),
        ("since", "since"),
        ("keys that live", "living"),
        ("keys that died in it", "deaths"),
        ("first of them", "oldest_death"),
        ("ends at the latest", "due_at"),
    ] {
        terminal.answer(&format!("{label:<21} {}", word(name)))?;
    }
    Ok(Exit::Done)
}

fn rotate(of: &Of, now: bool, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = DataFolder::open(&of.data)?;
    let ended = at_work(&folder, Asked::EndEpoch { now }, terminal, async |backups, _| {
        end_epoch(backups.system(), now).await
    })?;
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
fn part<'v>(answer: &'v Value, name: &str) -> &'v Value {
    answer.get(name).unwrap_or(&Value::Null)
}

/// How the epochs stand, as JSON.
pub async fn epochs(system: &System) -> Result<Value, Failure> {
    let status = system.store().key_status().await?;
    let due = system.store().epoch_due_at(&status);
    let text = |at: Timestamp| at.to_string();
    Ok(json!({
        "schema_version": 1,
        "epoch": status.epoch,
        "since": text(status.since),
        "living": status.living,
        "deaths": status.deaths,
        "oldest_death": status.oldest_death.map(text),
        "due_at": due.map(text),
        "changing": status.changing,
    }))
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
