//! Bits that turn in the files of a data folder: every file, at places drawn from a seed. Either the next start or the
//! look at everything names it, or nothing is to be seen of it; no value is shown that was not written, nobody destroyed
//! is back, and nothing panics.
//!
//! `SANDYQ_TURNED_BITS` says how many bits of each file are turned, `SANDYQ_TURNED_BITS_SEED` from which seed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::world::turned::{Found, Original};
use crate::world::{Step, World};
use sandyq_rehearsal::SeededChance;

/// Bits that are turned in each file unless the environment says otherwise.
const BITS: usize = 40;
/// The seed unless the environment names one.
const SEED: u64 = 29;

/// People who live, who are locked under a floor, and who are destroyed, in an epoch that ended and in the present one.
const STORY: [Step; 12] = [
    Step::Come(0),
    Step::Come(1),
    Step::Come(2),
    Step::Withdraw(1),
    Step::Queue,
    Step::EndEpoch,
    Step::Pay(0),
    Step::Clarify(0, 7),
    Step::Pay(2),
    Step::Withdraw(2),
    Step::Queue,
    Step::Restart,
];

fn asked(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.metadata().unwrap().len() > 0 && !path.to_string_lossy().ends_with("-shm") {
            all.push(path);
        }
    }
    all.sort();
    all
}

#[test]
fn a_turned_bit_is_named_or_changes_nothing_and_brings_nobody_back() {
    let bits = asked("SANDYQ_TURNED_BITS").map_or(BITS, |bits| usize::try_from(bits).unwrap());
    let chance = SeededChance::new(asked("SANDYQ_TURNED_BITS_SEED").unwrap_or(SEED));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let original = runtime.block_on(async {
        let mut world = World::new(99).await;
        for step in &STORY {
            world.does(step).await;
        }
        Original::of(world).await
    });
    let mut counts: BTreeMap<(String, Found), usize> = BTreeMap::new();
    for file in files(&original.data) {
        let name = file
            .strip_prefix(&original.data)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let length = file.metadata().unwrap().len();
        for _ in 0..bits {
            let place = chance.next() % (length * 8);
            let found = runtime.block_on(original.with_turned(&name, place));
            *counts.entry((name.clone(), found)).or_default() += 1;
        }
    }
    for ((name, found), count) in &counts {
        eprintln!("{name}: {count} {found:?}");
    }
    let named = counts.keys().filter(|(_, found)| *found == Found::Named);
    assert!(named.count() > 2, "{counts:?}");
}
