//! A folder in which a bit has turned, compared with what it was.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use sandyq_model::{Fault, Standing, SubjectId};
use sandyq_processing::access::Caller;
use sandyq_processing::{Language, System};
use sandyq_rehearsal::{SeededChance, SetClock};
use sandyq_store::StoreOptions;

use super::looks::read_everybody;
use super::{World, files};
use crate::stage;

/// What came of a turned bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// A start, the verification, or the opening of a value named it.
    Named,
    /// Everything is as it was.
    WithoutEffect,
    /// A column that is not sealed says something else, and nothing named it.
    PlainColumn,
}

/// A folder as it was left.
pub struct Original {
    world: World,
    pub data: PathBuf,
    shown: BTreeMap<SubjectId, String>,
    rows: String,
}

impl Original {
    pub async fn of(mut world: World) -> Self {
        let system = world.system();
        let mut shown = BTreeMap::new();
        for caller in callers(&world) {
            if let Some(text) = shows(&system, &caller).await {
                shown.insert(caller.subject.unwrap(), text);
            }
        }
        assert!(!shown.is_empty() && !world.gone.is_empty());
        drop(system);
        drop(world.system.take());
        let data = world.data.clone();
        let mut original = Self {
            world,
            data: data.clone(),
            shown,
            rows: String::new(),
        };
        let system = original.starts(&data).unwrap();
        original.rows = rows(&system).await.unwrap();
        drop(system);
        original
    }

    fn starts(&self, data: &std::path::Path) -> Option<System> {
        let clock = Arc::new(SetClock::at(sandyq_model::Clock::now(&*self.world.clock)));
        let chance = Arc::new(SeededChance::new(4242));
        let options = StoreOptions::in_folder(data);
        stage::try_open(
            stage::shipped_policy(),
            &options,
            (clock, &chance),
            &Arc::default(),
        )
        .ok()
    }

    /// Turns one bit of a copy and looks at everything.
    pub async fn with_turned(&self, name: &str, place: u64) -> Found {
        let copy = tempfile::tempdir_in(self.world.place.path()).unwrap();
        let data = copy.path().join("data");
        files::copy(&self.data, &data);
        let file = data.join(name);
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[usize::try_from(place / 8).unwrap()] ^= 1 << (place % 8);
        std::fs::write(&file, bytes).unwrap();
        let Some(system) = self.starts(&data) else {
            return Found::Named;
        };
        if system.store().verify(|_, _| {}).await.is_err() {
            return Found::Named;
        }
        self.nobody_is_back(&system, name, place).await;
        for caller in callers(&self.world) {
            let id = caller.subject.unwrap();
            let now = shows(&system, &caller).await;
            if now.as_ref() != self.shown.get(&id) {
                assert!(
                    now.is_none(),
                    "{name} {place}: a value is shown that was not written"
                );
                return Found::Named;
            }
        }
        match rows(&system).await {
            Err(_) => Found::Named,
            Ok(rows) if rows == self.rows => Found::WithoutEffect,
            Ok(_) => Found::PlainColumn,
        }
    }

    async fn nobody_is_back(&self, system: &System, name: &str, place: u64) {
        for (subject, generation) in self.world.dead_keys.keys() {
            let key = system.store().subject_key(*subject, *generation);
            assert!(!matches!(key, Ok(Some(_))), "{name} {place}: a dead key lives");
        }
        for caller in callers(&self.world) {
            let is_gone = caller.subject.is_some_and(|id| self.world.gone.contains(&id));
            assert!(
                !is_gone || shows(system, &caller).await.is_none(),
                "{name} {place}: somebody is back"
            );
        }
    }
}

fn callers(world: &World) -> Vec<Caller> {
    world
        .people
        .iter()
        .filter_map(|person| person.caller.clone())
        .collect()
}

/// What somebody sees of his own values.
async fn shows(system: &System, caller: &Caller) -> Option<String> {
    let data = system.my_data(caller, Language::En).await.ok()?;
    let rows = data
        .rows
        .iter()
        .map(|row| format!("{}={}", row.name, row.value.expose()));
    Some(rows.collect::<Vec<_>>().join("\n"))
}

/// The rows of everybody, but for what looking changes.
async fn rows(system: &System) -> Result<String, Fault> {
    let all = read_everybody(system).await?;
    let lines = all.iter().map(|found| {
        let is_over = found.row.standing == Standing::Destroyed;
        format!(
            "{:?} {:?} {:?} {} {is_over}",
            found.row, found.records, found.consents, found.tokens
        )
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}
