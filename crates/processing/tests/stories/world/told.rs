//! What a process has told to have acknowledged, and whether a picture of its disk keeps that.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use sandyq_ledger::tree::verify_consistency;
use sandyq_model::{Actor, Role, Standing, SubjectId};
use sandyq_processing::System;
use sandyq_processing::at_rest::Backup;
use sandyq_rehearsal::{SeededChance, SetClock};
use sandyq_store::StoreOptions;
use sandyq_store::backup::{FolderShelf, Identity, open_set};
use sandyq_store::tables::subject::Subject;

use super::looks::{Found, everybody};
use super::lost::Left;
use super::{World, administrator, with_second_copy};
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
pub(super) struct Told {
    pub(super) size: u64,
    pub(super) root: Vec<u8>,
    epoch: u32,
    sets: Vec<String>,
    lines: BTreeMap<SubjectId, Line>,
}

impl World {
    /// Tells what is acknowledged by now, and in the second copy when there is one: one write, which is there or not.
    pub fn tells(&self, after: &str) {
        while self
            .system()
            .store()
            .copy_status()
            .is_some_and(|copy| copy.behind.is_some())
        {
            std::thread::sleep(Duration::from_millis(5));
        }
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

/// A picture of the disk.
pub struct Picture {
    folder: PathBuf,
    /// Whether what was written last to the second copy was not made durable yet.
    is_shipping: bool,
}

/// What came of looking at pictures, to show that it was not in vain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looked {
    /// Pictures of a system that had begun.
    pub begun: usize,
    /// Machines that came back from a set and the second copy.
    pub came_back: usize,
    /// Of these, whose second copy was torn.
    pub torn: usize,
    /// People who were looked at on machines that came back, and how many were exactly as it was told.
    pub people: (usize, usize),
}

impl Picture {
    /// The pictures that a tracer has left in that folder, in order.
    pub fn all_in(folder: &Path) -> Vec<Self> {
        let found = std::fs::read_dir(folder).unwrap().flatten();
        let mut folders: Vec<PathBuf> = found
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        let pictures = folders.into_iter().map(|folder| {
            let before = std::fs::read_to_string(folder.with_extension("before")).unwrap();
            let is_shipping = before.starts_with("sync ") && before.ends_with(".copy");
            Self { folder, is_shipping }
        });
        pictures.collect()
    }

    /// Looks at it; stops at the first thing that does not hold.
    pub async fn holds(&self, looked: &Mutex<Looked>) {
        let world = std::fs::read_dir(&self.folder).unwrap().flatten().next();
        let Some(world) = world.map(|entry| entry.path()) else {
            return;
        };
        let text = std::fs::read_to_string(world.join("told")).ok();
        let Some(told) = text.and_then(|text| read(&text)) else {
            return;
        };
        let name = self.folder.file_name().unwrap().to_string_lossy().into_owned();
        let data = with_keys(&world);
        // Later than the story, so that whatever it left leased in the queue is due.
        let at = stage::BEGINNING.parse::<jiff::Timestamp>().unwrap() + SignedDuration::from_hours(24 * 40);
        let clock = Arc::new(SetClock::at(at));
        let seed = name.parse::<u64>().unwrap() + 1_000_000;
        let chance = Arc::new(SeededChance::new(seed));
        let has_copy = world.join("second-copy").is_dir();
        if has_copy {
            self.comes_back((&world, &data), &told, (&clock, &chance), looked)
                .await;
        }
        let mut options = StoreOptions::in_folder(&data);
        if has_copy {
            options = with_second_copy(options, &world);
        }
        let system = stage::open(&options, &clock, &chance, &Arc::default());
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
        if has_copy {
            follows(&system, &name);
        }
        looked.lock().unwrap().begun += 1;
    }

    /// The machine is lost at that moment, and an older set and the second copy bring back what was told.
    async fn comes_back(
        &self,
        (world, data): (&Path, &Path),
        told: &Told,
        by: (&Arc<SetClock>, &Arc<SeededChance>),
        looked: &Mutex<Looked>,
    ) {
        let name = self.folder.file_name().unwrap().to_string_lossy().into_owned();
        let nth = name.parse::<usize>().unwrap();
        let is_wanted = self.is_shipping || nth.is_multiple_of(COMES_BACK_EVERY);
        let Some(set) = told.sets.get(nth % told.sets.len().max(1)).filter(|_| is_wanted) else {
            return;
        };
        let left = Left::of(world, data);
        if self.is_shipping {
            // Less than the smallest frame, so that it is the last one that is torn.
            left.is_torn(1 + nth as u64 % 44);
        }
        let system = left.comes_back(set, told, by);
        ledger_goes_on(&system, told, &name).await;
        let all = everybody(&system).await;
        let mut exactly = 0;
        for (id, line) in &told.lines {
            let found = all.iter().find(|found| found.row.id == *id);
            let found = found.unwrap_or_else(|| panic!("{name}: somebody in the second copy is not there"));
            let now = Line::of(&found.row);
            // A key that died in the copy before the row that says so came there: a destruction that nobody was told of.
            if now.standing != Standing::Destroyed {
                is_at_least(&now, line, &name);
            }
            exactly += usize::from(now == *line);
        }
        for found in &all {
            is_whole(&system, found, &name);
        }
        follows(&system, &name);
        let mut looked = looked.lock().unwrap();
        looked.came_back += 1;
        looked.torn += usize::from(self.is_shipping);
        looked.people = (looked.people.0 + told.lines.len(), looked.people.1 + exactly);
    }
}

/// A restore takes its time: one in so many machines is lost, and each in the middle of a write of its second copy.
const COMES_BACK_EVERY: usize = 3;

/// The second copy has everything, and is one of this store.
fn follows(system: &System, name: &str) {
    let store = system.store();
    while store.copy_status().unwrap().behind.is_some() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let copied = store.verify_copy();
    assert!(copied.as_ref().is_ok_and(Option::is_some), "{name}: {copied:?}");
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
    system
        .account_for_backup(Backup::Drilled, &Actor::system(Role::ADMINISTRATOR), true)
        .await
        .unwrap();
    system.run_retention().await.unwrap();
    system.run_queue().await.unwrap();
    system.end_epoch(&administrator()).await.unwrap();
    for found in everybody(system).await {
        let is_done = found.row.withdrawn_at.is_none() || found.row.standing != Standing::Active;
        assert!(is_done, "{name}: a withdrawal was not carried out");
    }
}
