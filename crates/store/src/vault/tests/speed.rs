//! How long the vault takes. Ignored by default; prints nanoseconds per call:
//! `cargo test --release -p sandyq-store vault::tests::speed -- --ignored --nocapture`

use std::hint::black_box;

use sandyq_model::Plain;

use super::super::OPENED_KEYS_MAX;
use super::super::sealed::{open, seal};
use super::{Strongroom, field};

#[expect(clippy::disallowed_methods, reason = "a measurement reads the real clock")]
fn measure(what: &str, times: u32, mut work: impl FnMut()) {
    let begin = std::time::Instant::now();
    for _ in 0..times {
        work();
    }
    println!(
        "{what:<44} {:>10} ns",
        begin.elapsed().as_nanos() / u128::from(times)
    );
}

#[test]
#[ignore = "a measurement, for release builds"]
fn prints_nanoseconds_per_call() {
    let room = Strongroom::new();
    let (key, new) = room
        .vault
        .new_subject_key(&*room.chance, room.subject(), 1)
        .unwrap();
    for length in [16, 256, 4096] {
        let value = "a".repeat(length);
        let sealed = seal(&key, field(13), 1, &value, &*room.chance).unwrap();
        measure(&format!("seal {length} B"), 200_000, || {
            black_box(seal(&key, field(13), 1, black_box(&value), &*room.chance).unwrap());
        });
        measure(&format!("open {length} B"), 200_000, || {
            black_box(open(&key, black_box(&sealed)).unwrap());
        });
    }
    let mail = Plain::from("aigerim@example.com");
    measure("blind index", 200_000, || {
        black_box(room.vault.blind_index(field(13), black_box(&mail)));
    });
    measure("session hash", 200_000, || {
        black_box(
            room.vault
                .session_hash(black_box(b"0123456789abcdef0123456789abcdef")),
        );
    });
    measure("new subject key, wrapped", 50_000, || {
        black_box(
            room.vault
                .new_subject_key(&*room.chance, key.subject(), 1)
                .unwrap(),
        );
    });
    measure("unwrap a subject key", 50_000, || {
        black_box(room.vault.unwrap_key(black_box(new.wrapped())).unwrap());
    });
    measure("sign a checkpoint", 5_000, || {
        black_box(room.vault.ledger_signer().sign(black_box(b"origin\n123\nhash\n")));
    });
    measure_the_store(&room);
}

fn measure_the_store(room: &Strongroom) {
    let mut store = room.key_store("keys.db").unwrap();
    let reader = store.reader().unwrap();
    let mut put_and_kill = |count: usize, rounds: u32| {
        let mut names = Vec::new();
        measure(&format!("put {count} keys, durable"), rounds, || {
            let new: Vec<_> = (0..count)
                .map(|_| {
                    room.vault
                        .new_subject_key(&*room.chance, room.subject(), 1)
                        .unwrap()
                        .1
                })
                .collect();
            names.extend(new.iter().map(|key| (key.wrapped().subject(), 1)));
            store.put(&new).unwrap();
        });
        let mut rest = names.clone();
        measure(
            &format!("kill {count} keys, durable, overwritten"),
            rounds,
            || {
                store.kill(&rest.split_off(rest.len() - count)).unwrap();
            },
        );
    };
    put_and_kill(1, 50);
    put_and_kill(1024, 5);
    let new: Vec<_> = (0..OPENED_KEYS_MAX)
        .map(|_| {
            room.vault
                .new_subject_key(&*room.chance, room.subject(), 1)
                .unwrap()
                .1
        })
        .collect();
    store.put(&new).unwrap();
    for what in [
        "subject key from the key store",
        "subject key from the opened ones",
    ] {
        let mut each = new.iter().map(|key| key.wrapped().subject());
        measure(what, u32::try_from(new.len()).unwrap(), || {
            black_box(room.vault.subject_key(&reader, each.next().unwrap(), 1).unwrap());
        });
    }
}
