//! DEF-8, 6.3: a key that died is in no byte of the key store; what was written is durable, whole, and nobody else's.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use sandyq_model::SubjectId;

use super::super::{KeyStore, KeyUse, KeyVersions, NewKey, Vault, orphans};
use super::{Strongroom, clock, holds};
use sandyq_model::Clock;

fn new_key(room: &Strongroom, generation: u32) -> NewKey {
    room.vault
        .new_subject_key(&*room.chance, room.subject(), generation)
        .unwrap()
        .1
}

fn name(key: &NewKey) -> (SubjectId, u32) {
    (key.wrapped().subject(), key.wrapped().generation())
}

/// Every byte of the key store's files, whatever they are called.
fn bytes_at_rest(room: &Strongroom) -> Vec<u8> {
    let files = fs::read_dir(room.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let ours = files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("keys.db"));
    ours.flat_map(|path| fs::read(path).unwrap()).collect()
}

/// What a key store must do.
fn conforms(mut store: KeyStore, room: &Strongroom) {
    let (one, other) = (new_key(room, 1), new_key(room, 4));
    store.put(&[one.clone(), other.clone()]).unwrap();
    store.put(std::slice::from_ref(&one)).unwrap();
    let reader = store.reader().unwrap();
    assert_eq!(reader.get(name(&one).0, 1).unwrap().as_ref(), Some(one.wrapped()));
    assert_eq!(
        store.get(name(&other).0, 4).unwrap().as_ref(),
        Some(other.wrapped())
    );
    assert_eq!(reader.get(name(&other).0, 1).unwrap(), None);

    // Another key of the same name is refused, and nothing of its commit stays.
    let rival = room
        .vault
        .new_subject_key(&*room.chance, name(&one).0, 1)
        .unwrap()
        .1;
    let third = new_key(room, 1);
    assert!(store.put(&[third.clone(), rival.clone()]).is_err());
    assert_eq!(store.get(name(&third).0, 1).unwrap(), None);
    assert_eq!(store.get(name(&one).0, 1).unwrap().as_ref(), Some(one.wrapped()));
    assert_eq!(store.take_back(&[rival.clone(), third.clone()]).unwrap(), 0);
    assert_eq!(store.get(name(&one).0, 1).unwrap().as_ref(), Some(one.wrapped()));

    store.put(std::slice::from_ref(&third)).unwrap();
    assert_eq!(store.take_back(std::slice::from_ref(&third)).unwrap(), 1);
    assert_eq!(store.get(name(&third).0, 1).unwrap(), None);

    assert_eq!(store.kill(&[name(&one), name(&third)]).unwrap(), 1);
    assert_eq!(store.kill(&[name(&one)]).unwrap(), 0);
    assert_eq!(reader.get(name(&one).0, 1).unwrap(), None);
    assert_eq!(
        store.replace(std::slice::from_ref(&one)).unwrap(),
        0,
        "a dead key is not brought back by a rotation"
    );

    let again = room
        .vault
        .wrap(&room.vault.unwrap_key(other.wrapped()).unwrap())
        .unwrap();
    assert_eq!(store.replace(std::slice::from_ref(&again)).unwrap(), 1);
    assert_eq!(
        reader.get(name(&other).0, 4).unwrap().as_ref(),
        Some(again.wrapped())
    );

    let many: Vec<_> = (0..3000).map(|n| new_key(room, n % 5)).collect();
    store.put(&many).unwrap();
    let mut names: Vec<_> = many.iter().map(name).chain([name(&other)]).collect();
    names.sort_unstable();
    let mut paged = Vec::new();
    loop {
        let page = store.page(paged.last().copied()).unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page.iter().map(|key| (key.subject(), key.generation())));
    }
    assert_eq!(paged, names);
    let lost = names.pop().unwrap();
    let unknown = (room.subject(), 1);
    names.push(unknown);
    let found = store.orphans(&names).unwrap();
    assert_eq!(
        (found.keys_without_subject, found.subjects_without_key),
        (vec![lost], vec![unknown])
    );
    inventory_is_kept(store, room);
}

fn inventory_is_kept(mut store: KeyStore, room: &Strongroom) {
    let first = store.reconcile(&room.vault, clock().now()).unwrap();
    assert!(
        first
            .keys
            .iter()
            .all(|line| line.created_at == Some(clock().now()))
    );
    assert_eq!(first.subject_keys, 3001);
    let later = clock().now() + jiff::SignedDuration::from_hours(24);
    let rotated = KeyVersions::first().with(KeyUse::SealKek, 2);
    let rotated = Vault::unlock(&room.source, &rotated, room.chance.clone()).unwrap();
    let second = store.reconcile(&rotated, later).unwrap();
    let kek: Vec<_> = second
        .keys
        .iter()
        .filter(|line| line.usage == KeyUse::SealKek)
        .map(|line| (line.version, line.created_at.unwrap(), line.current))
        .collect();
    assert_eq!(kek, [(1, clock().now(), false), (2, later, true)]);
    assert_eq!(
        store
            .reconcile(&rotated, later + jiff::SignedDuration::from_hours(1))
            .unwrap(),
        second
    );

    let went_back = store.reconcile(&room.vault, later).unwrap_err().to_string();
    assert!(
        went_back.contains("seal-kek") && went_back.contains("version 2"),
        "{went_back}"
    );
    let stranger = Strongroom::seeded(99);
    let wrong_file = store.reconcile(&stranger.vault, later).unwrap_err().to_string();
    assert!(
        wrong_file.contains("the key source is another one"),
        "{wrong_file}"
    );
}

#[test]
fn the_file_keeps_its_promises() {
    let room = Strongroom::new();
    conforms(room.key_store("keys.db").unwrap(), &room);
}

#[test]
fn what_a_kill_took_away_is_in_no_byte_of_the_files() {
    let room = Strongroom::new();
    let mut store = room.key_store("keys.db").unwrap();
    let rows = |store: &mut KeyStore| store.rows(b"n").unwrap().rows;
    let mut living: Vec<NewKey> = Vec::new();
    let mut gone: Vec<Vec<u8>> = Vec::new();
    // Rounds of growth and death, so that buckets split, empty and are used again.
    for round in 0..8_usize {
        let new: Vec<_> = (0..60).map(|_| new_key(&room, 1)).collect();
        store.put(&new).unwrap();
        living.extend(new);
        let before = rows(&mut store);
        let dying: Vec<_> = (0..30)
            .map(|n| living.swap_remove((n * 31 + round) % living.len()))
            .collect();
        store.kill(&dying.iter().map(name).collect::<Vec<_>>()).unwrap();
        let after: HashMap<_, _> = rows(&mut store).into_iter().collect();
        let changed = before.into_iter().filter(|(path, blob)| after[path] != *blob);
        gone.extend(changed.map(|(_, blob)| blob));
    }
    let mut found: HashMap<Vec<u8>, bool> = gone.iter().map(|blob| (blob[13..29].to_vec(), false)).collect();
    assert!(found.len() > 20, "or this test shows nothing");
    for window in bytes_at_rest(&room).windows(16) {
        if let Some(found) = found.get_mut(window) {
            *found = true;
        }
    }
    assert!(found.values().all(|found| !found));
    for key in &living {
        assert_eq!(store.get(name(key).0, 1).unwrap().as_ref(), Some(key.wrapped()));
    }
}

#[test]
fn the_plain_key_was_never_in_the_files() {
    let room = Strongroom::new();
    let mut store = room.key_store("keys.db").unwrap();
    let subject = room.subject();
    // The same chance again gives the same key, so that the test knows it without a way to print one.
    let twin = sandyq_rehearsal::SeededChance::new(77);
    let mut plain = [0; 32];
    sandyq_model::Chance::fill(&twin, &mut plain);
    let chance = sandyq_rehearsal::SeededChance::new(77);
    let (_, new) = room.vault.new_subject_key(&chance, subject, 1).unwrap();
    store.put(std::slice::from_ref(&new)).unwrap();
    let before = bytes_at_rest(&room);
    assert!(!holds(&before, new.wrapped().as_bytes()) && !holds(&before, &plain));
    store.kill(&[(subject, 1)]).unwrap();
    let after = bytes_at_rest(&room);
    assert!(!holds(&after, new.wrapped().as_bytes()) && !holds(&after, &plain));
}

#[test]
fn a_crash_before_the_journal_was_overwritten_is_made_good_at_the_next_start() {
    let room = Strongroom::new();
    let mut store = room.key_store("keys.db").unwrap();
    store.put(&[new_key(&room, 1)]).unwrap();
    drop(store);
    let secret = [0xa7; 600];
    {
        // What a kill does up to its commit, by hand; the journal keeps the page as it was.
        let raw = rusqlite::Connection::open(room.path("keys.db")).unwrap();
        raw.execute_batch("PRAGMA journal_mode = PERSIST; PRAGMA secure_delete = ON")
            .unwrap();
        raw.execute(
            "INSERT INTO row (path, blob) VALUES (x'7a', ?1)",
            [secret.as_slice()],
        )
        .unwrap();
        raw.execute("DELETE FROM row WHERE path = x'7a'", []).unwrap();
    }
    assert!(
        holds(&bytes_at_rest(&room), &secret),
        "or this test shows nothing"
    );
    drop(room.key_store("keys.db").unwrap());
    assert!(!holds(&bytes_at_rest(&room), &secret));
}

#[test]
fn a_large_step_does_not_make_every_later_death_dear() {
    let room = Strongroom::new();
    let mut store = room.key_store("keys.db").unwrap();
    let many = || (0..6_000).map(|_| new_key(&room, 1)).collect::<Vec<_>>();
    let first = many();
    store.put(&first).unwrap();
    // Every bucket changes at once.
    store.put(&many()).unwrap();
    let journal = || fs::read(room.path("keys.db-journal")).unwrap();
    assert!(journal().len() > 512 * 1024, "or this test shows nothing");
    store.kill(&[name(&first[0])]).unwrap();
    assert!(journal().len() <= 256 * 1024);
    assert!(journal().iter().all(|byte| *byte == 0));
}

#[test]
fn nothing_of_a_commit_that_failed_stays_and_what_was_answered_does() {
    let room = Strongroom::new();
    let (kept, refused) = (new_key(&room, 1), new_key(&room, 1));
    let rival = room
        .vault
        .new_subject_key(&*room.chance, name(&kept).0, 1)
        .unwrap()
        .1;
    {
        let mut store = room.key_store("keys.db").unwrap();
        store.put(std::slice::from_ref(&kept)).unwrap();
        assert!(store.put(&[refused.clone(), rival]).is_err());
    }
    let mut store = room.key_store("keys.db").unwrap();
    assert_eq!(
        store.get(name(&kept).0, 1).unwrap().as_ref(),
        Some(kept.wrapped())
    );
    assert_eq!(store.page(None).unwrap().len(), 1);
}

#[test]
fn the_file_is_its_owners_alone_or_refused() {
    let room = Strongroom::new();
    let path = room.path("keys.db");
    let mut store = room.key_store("keys.db").unwrap();
    store.put(&[new_key(&room, 1)]).unwrap();
    for file in ["keys.db", "keys.db-journal"] {
        let mode = fs::metadata(room.path(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600, "{file}");
    }
    drop(store);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let words = room.key_store("keys.db").err().unwrap().to_string();
    assert!(words.contains("chmod 600"), "{words}");
}

#[test]
fn a_file_of_a_later_version_or_of_another_kind_is_refused() {
    let room = Strongroom::new();
    let path = room.path("keys.db");
    drop(room.key_store("keys.db").unwrap());
    rusqlite::Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 9)
        .unwrap();
    assert!(
        room.key_store("keys.db")
            .err()
            .unwrap()
            .to_string()
            .contains("version 9")
    );
    fs::write(
        room.path("text"),
        "not a database, but long enough to be taken for one ".repeat(40),
    )
    .unwrap();
    fs::set_permissions(room.path("text"), fs::Permissions::from_mode(0o600)).unwrap();
    assert!(room.key_store("text").is_err());
}

#[test]
fn a_reader_waits_for_a_commit_and_then_sees_it() {
    let room = Strongroom::new();
    let mut store = room.key_store("keys.db").unwrap();
    let reader = store.reader().unwrap();
    let keys: Vec<_> = (0..40).map(|_| new_key(&room, 1)).collect();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..200 {
                for key in &keys {
                    let read = reader.get(name(key).0, 1).unwrap();
                    assert!(read.is_none_or(|wrapped| wrapped == *key.wrapped()));
                }
            }
        });
        for key in &keys {
            store.put(std::slice::from_ref(key)).unwrap();
        }
    });
    assert!(
        keys.iter()
            .all(|key| reader.get(name(key).0, 1).unwrap().is_some())
    );
}

#[test]
fn orphans_are_told_apart_in_any_order() {
    let subject = |n| SubjectId::from_bytes([n; 16]);
    let keys = [(subject(3), 1), (subject(1), 1), (subject(1), 2)];
    let used = [(subject(1), 2), (subject(2), 1), (subject(3), 1)];
    let found = orphans(&keys, &used);
    assert_eq!(found.keys_without_subject, [(subject(1), 1)]);
    assert_eq!(found.subjects_without_key, [(subject(2), 1)]);
    assert!(!found.is_empty() && orphans(&used, &used).is_empty());
}

#[test]
fn keys_of_an_older_version_move_into_the_tree() {
    let room = Strongroom::new();
    let keys: Vec<_> = (0..1500).map(|n| new_key(&room, n % 3)).collect();
    {
        let raw = rusqlite::Connection::open(room.path("keys.db")).unwrap();
        raw.execute_batch(
            "CREATE TABLE subject_key (subject_id BLOB NOT NULL, generation INTEGER NOT NULL, wrapped BLOB NOT NULL, \
             PRIMARY KEY (subject_id, generation)) STRICT, WITHOUT ROWID; \
             CREATE TABLE use_key (usage TEXT NOT NULL, version INTEGER NOT NULL, key_id BLOB NOT NULL, \
             created_at INTEGER NOT NULL, PRIMARY KEY (usage, version)) STRICT, WITHOUT ROWID; \
             PRAGMA user_version = 1; BEGIN",
        )
        .unwrap();
        for key in &keys {
            let (subject, generation) = name(key);
            raw.execute(
                "INSERT INTO subject_key VALUES (?1, ?2, ?3)",
                rusqlite::params![subject.as_bytes(), generation, key.wrapped().as_bytes()],
            )
            .unwrap();
        }
        for line in &room.vault.inventory().keys {
            raw.execute(
                "INSERT INTO use_key VALUES (?1, ?2, ?3, 1000)",
                rusqlite::params![line.usage.label(), line.version, line.id.as_bytes()],
            )
            .unwrap();
        }
        raw.execute_batch("COMMIT").unwrap();
    }
    fs::set_permissions(room.path("keys.db"), fs::Permissions::from_mode(0o600)).unwrap();
    for _ in 0..2 {
        let mut store = room.key_store("keys.db").unwrap();
        let inventory = store.reconcile(&room.vault, clock().now()).unwrap();
        assert_eq!(inventory.subject_keys, 1500);
        assert!(
            inventory
                .keys
                .iter()
                .all(|line| line.created_at.unwrap().as_millisecond() == 1000)
        );
        for key in &keys {
            let (subject, generation) = name(key);
            assert_eq!(
                store.get(subject, generation).unwrap().as_ref(),
                Some(key.wrapped())
            );
        }
    }
    let bytes = bytes_at_rest(&room);
    assert!(
        keys.iter()
            .step_by(50)
            .all(|key| !holds(&bytes, key.wrapped().as_bytes()))
    );
}
