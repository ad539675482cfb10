//! The stored decision matrix is the one that the policy makes, and the decided examples come out as they say.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

use std::path::{Path, PathBuf};
use std::{env, fs};

use sandyq_policy::{Folder, Policy, decisions};

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy")
}

fn shipped() -> (Folder, Policy) {
    let folder = Folder::read(&path()).unwrap();
    let policy = Policy::load(&folder).unwrap_or_else(|found| panic!("{found:#?}"));
    (folder, policy)
}

#[test]
fn the_shipped_policy_has_no_findings() {
    let found = Policy::check(&shipped().0);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_decided_example_comes_out_as_it_says() {
    let (folder, policy) = shipped();
    let cases = policy.cases(&folder).unwrap();
    assert!(cases.len() >= 100, "only {} cases", cases.len());
    for case in &cases {
        if let Err(outcome) = case.run(&policy) {
            panic!("{}: {}: {outcome}", case.file, case.title);
        }
    }
}

#[test]
fn the_stored_decisions_are_fresh() {
    let stored = path().join("decisions.txt");
    let made = decisions(&shipped().1);
    if env::var_os("SANDYQ_REWRITE_DECISIONS").is_some() {
        fs::write(&stored, &made).unwrap();
    }
    let kept = fs::read_to_string(&stored).unwrap();
    let differing = made.lines().zip(kept.lines()).find(|(made, kept)| made != kept);
    assert_eq!(
        made.len(),
        kept.len(),
        "policy/decisions.txt is stale, first at {differing:?}"
    );
    assert_eq!(differing, None, "policy/decisions.txt is stale");
}
