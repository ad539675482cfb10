//! `sandyq keys list`: the inventory of keys (5.1.3-a), and how their epochs stand (DEF-4). It shows no key.

use jiff::Timestamp;
use sandyq_model::Clock;
use sandyq_processing::System;
use sandyq_store::Store;
use sandyq_store::second_copy::CopyStatus;
use sandyq_store::vault::{EscrowSettings, KeyInventory, KeyStatus};
use serde_json::{Value, json};

use super::backup::Of;
use super::escrow::fits;
use super::keys::part;
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::door::{Asked, at_work};
use crate::failure::{Exit, Failure};
use crate::outside::WallClock;
use crate::terminal::Terminal;

/// Says which keys there are.
pub(super) fn run(of: &Of, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = DataFolder::open(&of.data)?;
    let escrow = Configuration::read(&folder)?.keys().escrow(&folder)?;
    let mut listed = at_work(&folder, Asked::Keys, terminal)?;
    if let (Value::Object(members), Some(escrow)) = (&mut listed, &escrow) {
        members.insert("escrow".to_owned(), of_custodians(escrow)?);
    }
    if of.json {
        terminal.answer_json(&listed)?;
    } else {
        for line in in_words(&listed) {
            terminal.answer(&line)?;
        }
    }
    Ok(Exit::Done)
}

/// Which keys there are and how the epochs stand, as JSON. The custodians are not in it: their shares lie in files, which
/// whoever asks reads.
pub async fn inventory(system: &System) -> Result<Value, Failure> {
    of_store(system.store()).await
}

/// As [`inventory`], of that store.
pub(super) async fn of_store(store: &Store) -> Result<Value, Failure> {
    let inventory = store.key_inventory(WallClock.now()).await?;
    let status = store.key_status()?;
    let mut listed = as_json(&inventory, &status, store.epoch_due_at(&status));
    if let (Value::Object(members), Some(copy)) = (&mut listed, store.copy_status()) {
        members.insert("second_copy".to_owned(), of_copy(&copy));
    }
    Ok(listed)
}

fn as_json(inventory: &KeyInventory, status: &KeyStatus, due: Option<Timestamp>) -> Value {
    let text = |at: Timestamp| at.to_string();
    let keys = inventory.keys.iter().map(|key| {
        json!({
            "use": key.usage.label(),
            "version": key.version,
            "id": key.id.to_string(),
            "since": key.created_at.map(text),
            "in_use": key.current,
            "public_key": key.public_key.map(hex::encode),
        })
    });
    let origin = &inventory.origin;
    json!({
        "schema_version": 1,
        "root": { "source": origin.kind, "number": origin.number, "since": text(origin.created_at) },
        "keys": keys.collect::<Vec<_>>(),
        "epoch": status.epoch,
        "since": text(status.since),
        "people": inventory.subject_keys,
        "deaths": status.deaths,
        "oldest_death": status.oldest_death.map(text),
        "due_at": due.map(text),
        "changing": status.changing,
        "ending": status.ending,
        "escrow": null,
        "second_copy": null,
    })
}

fn of_copy(copy: &CopyStatus) -> Value {
    json!({
        "frames": copy.frames,
        "behind_seconds": copy.behind.map(|behind| behind.as_secs()),
        "bound_seconds": copy.bound.as_secs(),
        "changes_waiting": copy.changed,
        "refuses": copy.refuses,
        "fault": copy.fault,
    })
}

fn of_custodians(escrow: &EscrowSettings) -> Result<Value, Failure> {
    let present = escrow
        .present()
        .map_err(|fault| Failure::new(Exit::No, fault.to_string()))?;
    Ok(json!({
        "needed": escrow.needed,
        "custodians": escrow.custodians.len(),
        "epoch": present.as_ref().map(|set| set.epoch),
        "made_at": present.as_ref().map(|set| set.made_at.to_string()),
        "stale": present.as_ref().is_none_or(|set| !fits(escrow, set)),
    }))
}

fn in_words(listed: &Value) -> Vec<String> {
    let word = |of: &Value, name: &str| match part(of, name) {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let line = |label: &str, says: String| format!("{label:<21} {says}");
    let root = part(listed, "root");
    let due = match part(listed, "due_at") {
        Value::String(at) => at.clone(),
        _ => "not while nobody dies in it".to_owned(),
    };
    let mut lines = vec![
        line(
            "root key",
            format!(
                "{} {}, since {}",
                word(root, "source"),
                word(root, "number"),
                word(root, "since")
            ),
        ),
        line(
            "epoch",
            format!("{}, since {}", word(listed, "epoch"), word(listed, "since")),
        ),
        line("ends at the latest", due),
        line("keys that died in it", word(listed, "deaths")),
        line("first of them", word(listed, "oldest_death")),
        line("people with a key", word(listed, "people")),
        line("custodians", custodians_in_words(part(listed, "escrow"), word)),
        line("second copy", copy_in_words(part(listed, "second_copy"), word)),
    ];
    if let Some(ending) = part(listed, "ending").as_u64() {
        lines.push(line(
            "still ending",
            format!("epoch {ending}; run: sandyq keys rotate"),
        ));
    }
    for key in part(listed, "keys").as_array().into_iter().flatten() {
        let now = if part(key, "in_use") == true {
            "in use"
        } else {
            "reads what is old"
        };
        lines.push(format!(
            "{:<21} {:>2}  {}  since {}  {now}",
            word(key, "use"),
            word(key, "version"),
            word(key, "id"),
            word(key, "since")
        ));
    }
    lines
}

fn copy_in_words(copy: &Value, word: impl Fn(&Value, &str) -> String) -> String {
    if copy.is_null() {
        return "none".to_owned();
    }
    let frames = word(copy, "frames");
    if part(copy, "refuses") == true || part(copy, "fault").is_string() {
        let behind = part(copy, "behind_seconds").as_u64().unwrap_or(0);
        format!("{frames} frames, {behind} s behind: {}", word(copy, "fault"))
    } else {
        format!("{frames} frames, follows")
    }
}

fn custodians_in_words(escrow: &Value, word: impl Fn(&Value, &str) -> String) -> String {
    if escrow.is_null() {
        return "none".to_owned();
    }
    let of = format!("{} of {}", word(escrow, "needed"), word(escrow, "custodians"));
    if part(escrow, "epoch").is_null() {
        return format!("{of}, without shares; run: sandyq keys escrow renew");
    }
    let shares = format!(
        "{of}, shares of epoch {}, made {}",
        word(escrow, "epoch"),
        word(escrow, "made_at")
    );
    if part(escrow, "stale") == true {
        format!("{shares}, of other settings; run: sandyq keys rotate --now")
    } else {
        shares
    }
}
