//! Opened keys are few, and a dead one does not come back.

use std::sync::Arc;

use sandyq_model::SubjectId;

use super::super::opened_keys::OpenedKeys;
use super::Strongroom;

fn subject(n: u8) -> SubjectId {
    SubjectId::from_bytes([n; 16])
}

#[test]
fn the_least_recently_used_goes_first() {
    let room = Strongroom::new();
    let opened = OpenedKeys::with_limit(3);
    for n in 1..=3 {
        opened.keep(opened.visit(), &Arc::new(room.key(subject(n), 1)));
    }
    assert!(opened.get(subject(1), 1).is_some());
    opened.keep(opened.visit(), &Arc::new(room.key(subject(4), 1)));
    assert!(opened.get(subject(2), 1).is_none());
    assert!(opened.get(subject(1), 1).is_some() && opened.get(subject(3), 1).is_some());
    assert_eq!(opened.count(), 3);
}

#[test]
fn keeping_a_key_twice_counts_once() {
    let room = Strongroom::new();
    let opened = OpenedKeys::with_limit(2);
    let key = Arc::new(room.key(subject(1), 1));
    for _ in 0..5 {
        opened.keep(opened.visit(), &key);
    }
    opened.keep(opened.visit(), &Arc::new(room.key(subject(2), 1)));
    assert_eq!(opened.count(), 2);
    assert!(opened.get(subject(1), 1).is_some());
}

#[test]
fn forgetting_a_subject_forgets_every_generation_and_nobody_else() {
    let room = Strongroom::new();
    let opened = OpenedKeys::with_limit(10);
    for (n, generation) in [(1, 1), (2, 0), (2, 1), (2, u32::MAX), (3, 1)] {
        opened.keep(opened.visit(), &Arc::new(room.key(subject(n), generation)));
    }
    opened.forget(subject(2));
    assert_eq!(opened.count(), 2);
    assert!(opened.get(subject(1), 1).is_some() && opened.get(subject(3), 1).is_some());
}

#[test]
fn a_key_read_before_a_death_is_not_kept_after_it() {
    let room = Strongroom::new();
    let opened = OpenedKeys::with_limit(10);
    let before = opened.visit();
    let read = Arc::new(room.key(subject(1), 1));
    opened.forget(subject(1));
    opened.keep(before, &read);
    assert!(opened.get(subject(1), 1).is_none());
}

#[test]
fn after_a_kill_and_forgetting_the_key_is_nowhere() {
    let room = Strongroom::new();
    let mut store = room.key_store("keys.db").unwrap();
    let reader = store.reader().unwrap();
    let (_, new) = room.vault.new_subject_key(&*room.chance, subject(1), 1).unwrap();
    store.put(&[new]).unwrap();
    assert!(room.vault.subject_key(&reader, subject(1), 1).unwrap().is_some());
    assert_eq!(room.vault.opened_keys(), 1);
    store.kill(&[(subject(1), 1)]).unwrap();
    room.vault.forget(subject(1));
    assert!(room.vault.subject_key(&reader, subject(1), 1).unwrap().is_none());
}
