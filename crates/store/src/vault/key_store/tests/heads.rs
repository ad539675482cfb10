//! The head of a key store: two that went different ways are told apart at the same step.

use super::super::state::{STATE_ROW, State};
use super::{Cellar, name};
use crate::vault::{KeyHead, KeyStore};

/// The same key store from its file of a moment ago.
fn put_back(cellar: &Cellar, file: &[u8]) -> KeyStore {
    std::fs::write(cellar.path("keys.db"), file).unwrap();
    cellar.store()
}

#[test]
fn two_ways_from_one_step_are_told_apart_at_every_later_step() {
    let cellar = Cellar::new(51);
    let [mara, omar, vera] = [0; 3].map(|_| cellar.new_key(1));
    let mut store = cellar.store();
    store.put(&[mara.clone(), omar.clone(), vera.clone()]).unwrap();
    let start = store.head().unwrap();
    drop(store);
    let file = std::fs::read(cellar.path("keys.db")).unwrap();

    let mut heads = Vec::new();
    for dying in [[&mara, &omar], [&omar, &mara], [&vera, &omar]] {
        let mut store = put_back(&cellar, &file);
        assert_eq!(store.head().unwrap(), start, "as it was");
        let way = dying.map(|key| {
            store.kill(&[name(key)]).unwrap();
            store.head().unwrap()
        });
        heads.push(way);
    }
    for (one, way) in heads.iter().enumerate() {
        for (other, against) in heads.iter().enumerate() {
            for (head, same_step) in way.iter().zip(against) {
                assert_eq!(head.step, same_step.step);
                assert_eq!(head.contradicts(same_step), one != other, "{one} and {other}");
            }
        }
        assert!(!way[0].contradicts(&way[1]), "another step says nothing");
    }
}

#[test]
fn a_head_of_an_older_version_is_read_and_followed_by_one_with_a_hash() {
    let cellar = Cellar::new(52);
    let mut store = cellar.store();
    store.put(&[cellar.new_key(1)]).unwrap();
    let head = store.head().unwrap();
    drop(store);
    let raw = rusqlite::Connection::open(cellar.path("keys.db")).unwrap();
    let row: Vec<u8> = raw
        .query_row("SELECT blob FROM row WHERE path = ?1", [STATE_ROW], |row| {
            row.get(0)
        })
        .unwrap();
    let old = State::read(&row).unwrap().without_link();
    assert_eq!((old[0], old.len()), (1, row.len() - 32), "as it was before");
    raw.execute("UPDATE row SET blob = ?1 WHERE path = ?2", (&old, STATE_ROW))
        .unwrap();
    drop(raw);

    let mut store = cellar.store();
    let older = store.head().unwrap();
    assert_eq!((older.step, older.link), (head.step, None));
    assert!(
        !older.contradicts(&head),
        "without a hash there is nothing to compare"
    );
    store.put(&[cellar.new_key(1)]).unwrap();
    let next = store.head().unwrap();
    assert_eq!(next.step, head.step + 1);
    assert!(next.link.is_some());
    for end in 0..row.len() {
        assert!(KeyHead::in_rows([(STATE_ROW, &row[..end])]).is_err() || end == old.len());
    }
}
