//! 5.1.5-b: a changed, removed, reordered or cut-off row of the ledger is found, at the next start and by `verify`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::path::Path;

use super::scene::{chance, collect, done, entry, extract, open, open_with, options, person, run};
use rusqlite::Connection;
use sandyq_ledger::entry::Entry;
use sandyq_ledger::tile::{Layer, TileId, decode_bundle};
use sandyq_ledger::tree::{leaf_hash, verify_consistency, verify_inclusion};
use sandyq_model::{Fault, Pseudonym, Verb};
use sandyq_store::tables::posting;
use sandyq_store::{Commit, Store};

/// Entries of the small ledger: more than one tile of the lowest level.
const ENTRIES: u64 = 300;

/// A ledger of [`ENTRIES`] entries in groups of several sizes.
fn written() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let mara = person(&*chance);
    run(async {
        let store = open(folder.path());
        done(store.commit(collect(&store, &*chance, &mara)).await);
        for size in [1, 4, 1, 90, 2, 150, 1, 50] {
            let waiting: Vec<_> = (0..size)
                .map(|_| {
                    let (store, look) = (store.clone(), extract(&mara, 1));
                    tokio::spawn(async move { done(store.commit(look).await) })
                })
                .collect();
            for look in waiting {
                look.await.unwrap();
            }
        }
        assert_eq!(store.checkpoint().size, ENTRIES);
    });
    folder
}

fn database(folder: &Path) -> Connection {
    Connection::open(folder.join("sandyq.db")).unwrap()
}

fn numbers(folder: &Path, sql: &str) -> Vec<i64> {
    let connection = database(folder);
    let mut prepared = connection.prepare(sql).unwrap();
    prepared
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// Does something to a copy of a written ledger, and expects the next start to refuse it.
fn refused_after(written: &Path, what: &str, deed: impl Fn(&Connection)) {
    let copy = copied(written);
    deed(&database(copy.path()));
    match open_with(options(copy.path())) {
        Err(Fault::Ledger(_)) => {}
        Err(other) => panic!("{what}: refused for another reason: {other}"),
        Ok(_) => panic!("{what}: not found"),
    }
}

fn copied(folder: &Path) -> tempfile::TempDir {
    database(folder)
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let copy = tempfile::tempdir().unwrap();
    for name in ["sandyq.db", "ledger.head"] {
        std::fs::copy(folder.join(name), copy.path().join(name)).unwrap();
    }
    options(copy.path());
    for name in ["keys/keys.db", "keys/epoch.key"] {
        std::fs::copy(folder.join(name), copy.path().join(name)).unwrap();
        std::fs::set_permissions(
            copy.path().join(name),
            std::os::unix::fs::PermissionsExt::from_mode(0o600),
        )
        .unwrap();
    }
    copy
}

#[test]
fn an_unharmed_copy_opens() {
    let folder = written();
    let copy = copied(folder.path());
    run(async {
        let report = open(copy.path()).verify(|_, _| ()).await.unwrap();
        assert_eq!(
            (report.entries, report.postings, report.tiles),
            (ENTRIES, ENTRIES, 2)
        );
    });
}

#[test]
fn every_block_altered_or_removed_is_found() {
    let folder = written();
    for first in numbers(folder.path(), "SELECT first_index FROM ledger_block") {
        refused_after(folder.path(), &format!("block {first} altered"), |db| {
            let mut bytes: Vec<u8> = db
                .query_row(
                    "SELECT bytes FROM ledger_block WHERE first_index = ?1",
                    [first],
                    |row| row.get(0),
                )
                .unwrap();
            // A millisecond later: still an entry, and not the one that was accounted.
            bytes[2 + 7] ^= 1;
            db.execute(
                "UPDATE ledger_block SET bytes = ?2 WHERE first_index = ?1",
                (first, bytes),
            )
            .unwrap();
        });
        refused_after(folder.path(), &format!("block {first} removed"), |db| {
            db.execute("DELETE FROM ledger_block WHERE first_index = ?1", [first])
                .unwrap();
        });
        refused_after(folder.path(), &format!("cut off at block {first}"), |db| {
            db.execute("DELETE FROM ledger_block WHERE first_index >= ?1", [first])
                .unwrap();
        });
    }
}

#[test]
fn reordered_and_added_blocks_are_found() {
    let folder = written();
    let alone = numbers(
        folder.path(),
        "SELECT first_index FROM ledger_block WHERE count = 1",
    );
    assert!(alone.len() >= 2, "{alone:?}");
    refused_after(folder.path(), "two entries changed places", |db| {
        db.execute(
            "UPDATE ledger_block SET first_index = 999999 WHERE first_index = ?1",
            [alone[0]],
        )
        .unwrap();
        db.execute(
            "UPDATE ledger_block SET first_index = ?1 WHERE first_index = ?2",
            [alone[0], alone[1]],
        )
        .unwrap();
        db.execute(
            "UPDATE ledger_block SET first_index = ?1 WHERE first_index = 999999",
            [alone[1]],
        )
        .unwrap();
    });
    refused_after(folder.path(), "an entry added", |db| {
        db.execute(
            "INSERT INTO ledger_block SELECT ?1, count, bytes FROM ledger_block WHERE first_index = ?2",
            [ENTRIES as i64, alone[0]],
        )
        .unwrap();
    });
}

#[test]
fn every_tile_altered_or_removed_is_found() {
    let folder = written();
    for level in [0, 1] {
        refused_after(folder.path(), &format!("tile of level {level} altered"), |db| {
            let mut bytes: Vec<u8> = db
                .query_row("SELECT bytes FROM ledger_tile WHERE level = ?1", [level], |row| {
                    row.get(0)
                })
                .unwrap();
            bytes[5] ^= 1;
            db.execute(
                "UPDATE ledger_tile SET bytes = ?2 WHERE level = ?1",
                (level, bytes),
            )
            .unwrap();
        });
        refused_after(folder.path(), &format!("tile of level {level} removed"), |db| {
            db.execute("DELETE FROM ledger_tile WHERE level = ?1", [level])
                .unwrap();
        });
        refused_after(
            folder.path(),
            &format!("tile of level {level} made longer"),
            |db| {
                db.execute(
                    "UPDATE ledger_tile SET bytes = CAST(bytes || zeroblob(32) AS BLOB) WHERE level = ?1",
                    [level],
                )
                .unwrap();
            },
        );
    }
    refused_after(folder.path(), "a tile added", |db| {
        db.execute(
            "INSERT INTO ledger_tile SELECT 0, 5, bytes FROM ledger_tile WHERE level = 0",
            [],
        )
        .unwrap();
    });
}

#[test]
fn every_checkpoint_altered_or_moved_is_found() {
    let folder = written();
    for size in numbers(folder.path(), "SELECT size FROM ledger_checkpoint") {
        refused_after(folder.path(), &format!("checkpoint {size} altered"), |db| {
            db.execute(
                "UPDATE ledger_checkpoint SET note = replace(note, 'A', 'B') WHERE size = ?1",
                [size],
            )
            .unwrap();
            db.execute(
                "UPDATE ledger_checkpoint SET note = 'x' || note WHERE size = ?1",
                [size],
            )
            .unwrap();
        });
        refused_after(folder.path(), &format!("checkpoint {size} moved"), |db| {
            db.execute("UPDATE ledger_checkpoint SET size = 17 WHERE size = ?1", [size])
                .unwrap();
        });
    }
    refused_after(folder.path(), "the newest checkpoint removed", |db| {
        db.execute(
            "DELETE FROM ledger_checkpoint WHERE size = (SELECT MAX(size) FROM ledger_checkpoint)",
            [],
        )
        .unwrap();
    });
    refused_after(folder.path(), "all checkpoints removed", |db| {
        db.execute("DELETE FROM ledger_checkpoint", []).unwrap();
    });
}

/// Entries about two people in turn, so many that their postings have become a run, and some that follow it.
fn written_beyond_a_run() -> (tempfile::TempDir, [Pseudonym; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let people = [person(&*chance), person(&*chance)];
    run(async {
        let store = open(folder.path());
        for person in &people {
            done(store.commit(collect(&store, &*chance, person)).await);
        }
        for _ in 0..17 {
            let looks = (0..500).map(|place| entry(Verb::Extract, &people[place % 2]));
            let commit = Commit {
                entries: looks.collect(),
                ..Commit::default()
            };
            done(store.commit(commit).await);
        }
        assert_eq!(store.checkpoint().size, 8502);
    });
    (folder, people.map(|person| person.pseudonym.unwrap()))
}

#[test]
fn every_entry_about_somebody_is_found_newest_first() {
    let (folder, [mara, aliya]) = written_beyond_a_run();
    assert_eq!(
        numbers(folder.path(), "SELECT DISTINCT run FROM ledger_posting"),
        [0]
    );
    run(async {
        let store = open(folder.path());
        for (someone, newest) in [(mara, 8500), (aliya, 8501)] {
            let (count, all, page, together) = store
                .read(move |reader| {
                    Ok((
                        posting::count(reader, someone)?,
                        posting::indices(reader, someone, u32::MAX, 0)?,
                        posting::entries(reader, someone, 5, 150)?,
                        posting::count_and_entries(reader, &[someone], 5, 150)?,
                    ))
                })
                .await
                .unwrap();
            let expected: Vec<u64> = (0..4251).map(|nth| newest - 2 * nth).collect();
            assert_eq!(count, 4251);
            assert_eq!(all, expected);
            assert_eq!(together, (count, page.clone()));
            // Over the end of the run: its last entry is 8191.
            let of_page: Vec<u64> = page.iter().map(|placed| placed.index).collect();
            assert_eq!(of_page, expected[150..155]);
            assert!(page.iter().all(|placed| placed.entry.subject == Some(someone)));
        }
        let report = store.verify(|_, _| ()).await.unwrap();
        assert_eq!(report.postings, 8502);
    });
}

#[test]
fn a_posting_altered_removed_or_added_is_found() {
    let (folder, _) = written_beyond_a_run();
    const NEWEST: &str = "(SELECT MAX(last) FROM ledger_posting)";
    for sql in [
        format!("DELETE FROM ledger_posting WHERE last = {NEWEST}"),
        format!(
            "UPDATE ledger_posting SET bytes = substr(bytes, 1, length(bytes) - 18) WHERE last = {NEWEST}"
        ),
        format!("UPDATE ledger_posting SET bytes = substr(bytes, 19) WHERE last = {NEWEST}"),
        format!("UPDATE ledger_posting SET last = zeroblob(18) WHERE last = {NEWEST}"),
        "INSERT INTO ledger_posting VALUES (0, zeroblob(18), zeroblob(18))".into(),
        "INSERT INTO ledger_posting VALUES (1, zeroblob(18), zeroblob(18))".into(),
        "INSERT INTO ledger_posting VALUES (9, zeroblob(18), zeroblob(18))".into(),
    ] {
        refused_after(folder.path(), &sql, |db| {
            assert_eq!(db.execute(&sql, []).unwrap(), 1)
        });
    }
}

#[test]
fn postings_that_are_all_gone_are_made_anew_from_the_entries() {
    let (folder, [mara, _]) = written_beyond_a_run();
    let copy = copied(folder.path());
    database(copy.path())
        .execute("DELETE FROM ledger_posting", [])
        .unwrap();
    run(async {
        let store = open(copy.path());
        let of_system = Commit {
            entries: vec![Entry {
                subject: None,
                ..entry(Verb::Store, &person(&*chance()))
            }],
            ..Commit::default()
        };
        done(store.commit(of_system).await);
        let count = store
            .read(move |reader| posting::count(reader, mara))
            .await
            .unwrap();
        assert_eq!(count, 4251);
        store.verify(|_, _| ()).await.unwrap();
    });
    assert_eq!(
        numbers(copy.path(), "SELECT DISTINCT run FROM ledger_posting"),
        [0]
    );
}

#[test]
fn a_ledger_put_back_to_an_older_state_as_a_whole_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let chance = chance();
    let mara = person(&*chance);
    let copy = run(async {
        let store = open(folder.path());
        done(store.commit(collect(&store, &*chance, &mara)).await);
        drop(store);
        let copy = copied(folder.path());
        let store = open(folder.path());
        done(store.commit(extract(&mara, 1)).await);
        copy
    });
    // Everything inside the old copy fits together; only what this machine has seen of the ledger tells.
    assert!(open_with(options(copy.path())).is_ok());
    std::fs::copy(folder.path().join("ledger.head"), copy.path().join("ledger.head")).unwrap();
    let Err(Fault::Ledger(reason)) = open_with(options(copy.path())) else {
        panic!("not found")
    };
    assert!(reason.contains("put back"), "{reason}");
    // And a database that is empty altogether is not taken for a new one.
    std::fs::remove_file(copy.path().join("sandyq.db")).unwrap();
    assert!(matches!(open_with(options(copy.path())), Err(Fault::Ledger(_))));
}

#[test]
fn another_key_or_another_name_is_another_ledger() {
    let folder = written();
    let mut other = options(folder.path());
    other.origin = "other.example/ledger".into();
    assert!(matches!(open_with(other), Err(Fault::Ledger(_))));
}

#[test]
fn what_verify_finds_while_the_store_is_open() {
    let folder = written();
    run(async {
        let store = open(folder.path());
        database(folder.path())
            .execute("DELETE FROM ledger_block WHERE first_index = 1", [])
            .unwrap();
        assert!(matches!(store.verify(|_, _| ()).await, Err(Fault::Ledger(_))));
    });
}

#[test]
fn a_stranger_can_check_everything_from_tiles_and_proofs() {
    let folder = written();
    run(async {
        let store = open(folder.path());
        let checkpoint = store.checkpoint();
        let leaves = leaves_from_bundles(&store).await;
        assert_eq!(leaves.len() as u64, ENTRIES);
        for index in [0, 1, 63, 255, 256, 299] {
            let proof = store.inclusion_proof(index, ENTRIES).await.unwrap();
            verify_inclusion(leaves[index as usize], index, ENTRIES, checkpoint.root, &proof).unwrap();
        }
        for older in [1, 2, 96, 256, 257, 300] {
            let note = store
                .read(move |reader| {
                    reader.query(
                        "SELECT note FROM ledger_checkpoint WHERE size <= $1 ORDER BY size DESC LIMIT 1",
                        &[(older as u64).into()],
                    )
                })
                .await
                .unwrap()[0]
                .take::<String>(0)
                .unwrap();
            let keys = [store.verifier_key().clone()];
            let seen = sandyq_ledger::checkpoint::Checkpoint::open(note.as_bytes(), &keys).unwrap();
            let proof = store.consistency_proof(seen.size, ENTRIES).await.unwrap();
            verify_consistency(seen.size, seen.root, ENTRIES, checkpoint.root, &proof).unwrap();
        }
        assert!(store.inclusion_proof(ENTRIES, ENTRIES).await.is_err());
        assert!(store.inclusion_proof(0, ENTRIES + 1).await.is_err());
        assert_eq!(store.entry(ENTRIES).await.unwrap(), None);
        assert_eq!(leaf_hash(&store.entry(299).await.unwrap().unwrap()), leaves[299]);
    });
}

async fn leaves_from_bundles(store: &Store) -> Vec<sandyq_ledger::tree::Hash> {
    let mut leaves = Vec::new();
    for (index, width) in [(0, 256), (1, 44)] {
        let bundle = store
            .tile(TileId {
                layer: Layer::Entries,
                index,
                width,
            })
            .await
            .unwrap()
            .unwrap();
        let hashes = store
            .tile(TileId {
                layer: Layer::Hashes(0),
                index,
                width,
            })
            .await
            .unwrap()
            .unwrap();
        let narrow = store
            .tile(TileId {
                layer: Layer::Hashes(0),
                index,
                width: 7,
            })
            .await
            .unwrap()
            .unwrap();
        assert_eq!(narrow, hashes[..7 * 32]);
        let entries = decode_bundle(&bundle).unwrap();
        assert!(entries.iter().all(|bytes| Entry::decode(bytes).is_ok()));
        leaves.extend(entries.iter().map(|bytes| leaf_hash(bytes)));
        let joined: Vec<u8> = entries.iter().flat_map(|bytes| leaf_hash(bytes).0).collect();
        assert_eq!(joined, hashes);
    }
    for (layer, index, width) in [
        (Layer::Entries, 1, 45),
        (Layer::Hashes(0), 2, 1),
        (Layer::Hashes(1), 0, 2),
    ] {
        assert_eq!(store.tile(TileId { layer, index, width }).await.unwrap(), None);
    }
    let upper = store
        .tile(TileId {
            layer: Layer::Hashes(1),
            index: 0,
            width: 1,
        })
        .await
        .unwrap()
        .unwrap();
    assert_eq!(upper.len(), 32);
    leaves
}
