//! What a process has told to have acknowledged, and whether a picture of its disk keeps that.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;
use sandyq_ledger::tree::verify_consistency;
use sandyq_model::rehearsal::{SeededChance, SetClock};
use sandyq_model::{Standing, SubjectId};
use sandyq_processing::System;
use sandyq_processing::backup::Backup;
use sandyq_store::StoreOptions;
use sandyq_store::backup::{FolderShelf, Identity, open_set};
use sandyq_store::tables::subject::Subject;

use super::looks::{Found, everybody};
use super::{World, administrator};
use crate::stage;

/// What one line tells of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    version: u64,
    standing: Standing,
    generation: u32,
    is_withdrawn: bool,
}

impl Line {
    fn of(row: &Subject) -> Self {
        Self {
            version: row.version,
            standing: row.standing,
            generation: row.key_generation,
            is_withdrawn: row.withdrawn_at.is_some(),
        }
    }
}

/// What was told last.
#[derive(Default)]
struct Told {
    size: u64,
    root: Vec<u8>,
    epoch: u32,
    sets: Vec<String>,
    lines: BTreeMap<SubjectId, Line>,
}

impl World {
    /// Tells what is acknowledged by now: one write, which is there or not.
    pub fn tells(&self, after: &str) {
        let seen = self.seen.as_ref().unwrap();
        let lines = self.known.iter().map(|(id, known)| {
            let line = Line::of(&known.row);
            let standing = line.standing.code();
            let (version, generation) = (line.version, line.generation);
            format!("{id},{version},{standing},{generation},{}", line.is_withdrawn)
        });
        let lines: Vec<String> = lines.collect();
        let sets: Vec<String> = self.sets.iter().map(|set| set.id.to_string()).collect();
        let text = format!(
            "{};{};{};{};{};{after}\n",
            seen.size,
            hex::encode(seen.root.0),
            self.count.epochs + 1,
            sets.join(","),
            lines.join(" ")
        );
        let path = self.place.path().join("told");
        let mut file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
}

fn read(text: &str) -> Option<Told> {
    let line = text.lines().last()?;
    let parts: Vec<&str> = line.split(';').collect();
    let subject = |line: &str| {
        let words: Vec<&str> = line.split(',').collect();
        let line = Line {
            version: words[1].parse().unwrap(),
            standing: Standing::from_code(words[2].parse().unwrap()).unwrap(),
            generation: words[3].parse().unwrap(),
            is_withdrawn: words[4] == "true",
        };
        (words[0].parse().unwrap(), line)
    };
    Some(Told {
        size: parts[0].parse().unwrap(),
        root: hex::decode(parts[1]).unwrap(),
        epoch: parts[2].parse().unwrap(),
        sets: parts[3]
            .split(',')
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
            .collect(),
        lines: parts[4].split_whitespace().map(subject).collect(),
    })
}

/// Whether the picture is of a system that had begun; stops at the first thing that does not hold.
pub async fn holds(picture: &Path) -> bool {
    let world = std::fs::read_dir(picture).unwrap().flatten().next();
    let Some(world) = world.map(|entry| entry.path()) else {
        return false;
    };
    let Some(told) = std::fs::read_to_string(world.join("told"))
        .ok()
        .and_then(|text| read(&text))
    else {
        return false;
    };
    let name = picture.file_name().unwrap().to_string_lossy().into_owned();
    let data = with_keys(&world);
    // Later than the story, so that whatever it left leased in the queue is due.
    let at = stage::BEGINNING.parse::<jiff::Timestamp>().unwrap() + SignedDuration::from_hours(24 * 40);
    let clock = Arc::new(SetClock::at(at));
    let seed = name.parse::<u64>().unwrap() + 1_000_000;
    let chance = Arc::new(SeededChance::new(seed));
    let system = stage::open(&StoreOptions::in_folder(&data), &clock, &chance, &Arc::default());
    ledger_goes_on(&system, &told, &name).await;
    let all = everybody(&system).await;
    for (id, line) in &told.lines {
        let found = all.iter().find(|found| found.row.id == *id);
        let found = found.unwrap_or_else(|| panic!("{name}: somebody acknowledged is not there"));
        is_at_least(&Line::of(&found.row), line, &name);
    }
    for found in &all {
        is_whole(&system, found, &name);
    }
    for id in &told.sets {
        set_opens(&system, &world, id);
    }
    let status = system.store().key_status().unwrap();
    assert!(status.epoch >= told.epoch, "{name}: an epoch is back");
    goes_on(&system, &name).await;
    true
}

/// A restore moves the keys last: the folder that has them is the one.
fn with_keys(world: &Path) -> PathBuf {
    let folders = std::fs::read_dir(world)
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    let mut with_keys = folders.filter(|folder| folder.join("keys/keys.db").is_file());
    with_keys.next().unwrap()
}

async fn ledger_goes_on(system: &System, told: &Told, name: &str) {
    let store = system.store();
    store.verify(|_, _| {}).await.unwrap();
    let now = store.checkpoint();
    assert!(now.size >= told.size, "{name}: the ledger has shrunk");
    let root = sandyq_ledger::tree::Hash(told.root.as_slice().try_into().unwrap());
    let proof = store.consistency_proof(told.size, now.size).await.unwrap();
    verify_consistency(told.size, root, now.size, now.root, &proof).unwrap();
}

fn is_at_least(line: &Line, told: &Line, name: &str) {
    assert!(
        line.version >= told.version,
        "{name}: {line:?} is behind {told:?}"
    );
    assert!(
        line.version > told.version || line == told,
        "{name}: {line:?} is not {told:?}"
    );
    assert!(
        line.is_withdrawn || !told.is_withdrawn,
        "{name}: a withdrawal is undone"
    );
    let is_over = |line: &Line| line.standing == Standing::Destroyed;
    assert!(is_over(line) || !is_over(told), "{name}: a destruction is undone");
}

/// Destroyed with everything, or there with a key that opens everything.
fn is_whole(system: &System, found: &Found, name: &str) {
    let (row, store) = (&found.row, system.store());
    let is_destroyed = row.standing == Standing::Destroyed;
    for generation in 1..row.key_generation + u32::from(is_destroyed) {
        assert!(
            store.wrapped_key(row.id, generation).unwrap().is_none(),
            "{name}: a dead key lives"
        );
    }
    if is_destroyed {
        assert!(
            found.records.is_empty() && found.tokens == 0,
            "{name}: values of nobody"
        );
        return;
    }
    assert!(
        store.subject_key(row.id, row.key_generation).unwrap().is_some(),
        "{name}: a key is lost"
    );
    let mut records = found.records.iter();
    assert!(
        records.all(|record| record.generation == row.key_generation),
        "{name}: a value without a key"
    );
}

fn set_opens(system: &System, world: &Path, id: &str) {
    let store = system.store();
    let identity = std::fs::read_to_string(world.join("identity")).unwrap();
    let origin = store.checkpoint().origin;
    let ledger = (origin.as_str(), store.verifier_key());
    let shelf = Box::new(FolderShelf::at(&world.join("sets")).unwrap());
    let id = id.parse().unwrap();
    let key = store.vault().backup_key();
    let set = open_set(shelf, Some(&id), ledger, key, Identity::read(&identity).unwrap()).unwrap();
    for table in &set.manifest().tables {
        set.rows(&table.name, |_, _| Ok(())).unwrap();
    }
}

/// Everything that was under way is finished, and there can be more.
async fn goes_on(system: &System, name: &str) {
    system.account_for_backup(Backup::Drilled, true).await.unwrap();
    system.run_retention().await.unwrap();
    system.run_queue().await.unwrap();
    system.end_epoch(&administrator()).await.unwrap();
    for found in everybody(system).await {
        let is_done = found.row.withdrawn_at.is_none() || found.row.standing != Standing::Active;
        assert!(is_done, "{name}: a withdrawal was not carried out");
    }
}
