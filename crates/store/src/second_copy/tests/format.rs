//! Every byte of a stream counts: what was changed is found, and what was torn off is told apart from it.

use std::sync::Arc;

use proptest::prelude::*;
use sandyq_model::{Fault, SubjectId};
use sandyq_rehearsal::SeededChance;

use super::memory::{Failing, Memory};
use crate::database::{Row, Value};
use crate::second_copy::content::{Content, Stand};
use crate::second_copy::stream::Stream;
use crate::second_copy::walk::{walk, walk_end};
use crate::second_copy::{End, Image, LedgerPage, Rows, SecondCopy, SharedRow};
use crate::vault::KeyStep;
use crate::vault::{CopyKey, KeyOrigin, KeySource};

/// A root key in memory.
pub struct Root(pub u64);

impl KeySource for Root {
    fn derive(&self, info: &[u8]) -> Result<zeroize::Zeroizing<[u8; 32]>, Fault> {
        let derived = sandyq_ledger::tree::sha256(&[&self.0.to_be_bytes()[..], info].concat());
        Ok(zeroize::Zeroizing::new(derived.0))
    }

    fn origin(&self) -> KeyOrigin {
        KeyOrigin {
            kind: "memory",
            number: 1,
            created_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }
}

pub fn key(seed: u64) -> CopyKey {
    CopyKey::of(&Root(seed), 1).unwrap()
}

fn stream_on(memory: &Memory, seed: u64) -> Stream {
    let walked = walk_end(&mut memory.clone(), &key(7), &mut |_, _| Ok(())).unwrap();
    Stream::after(
        &walked,
        Box::new(memory.clone()),
        key(7),
        Arc::new(SeededChance::new(seed)),
    )
}

fn stand(step: u64, ledger: u64) -> Stand {
    Stand {
        step,
        ledger,
        base: 0,
        at: 5,
    }
}

fn step(number: u64) -> Content {
    Content::Step(KeyStep {
        number,
        puts: vec![(vec![1], number.to_be_bytes().to_vec())],
        removes: vec![vec![9]],
    })
}

fn page(first: u64) -> Content {
    Content::Ledger(LedgerPage {
        first,
        count: 2,
        entries: vec![0, 1, 7, 0, 2, 8, 8],
        note: format!("size {}", first + 2),
    })
}

fn image(version: i64) -> Image {
    let mut row = vec![Value::Null; 12];
    row[3] = version.into();
    row[4] = Value::Blob(vec![1, 2]);
    row[5] = Value::Text("text".into());
    Image {
        subject: SubjectId::from_bytes([3; 16]),
        ledger: 2,
        tables: vec![Rows {
            table: 1,
            rows: vec![Row(row)],
        }],
    }
}

/// A base of two rows at step 4, begun when the stream was new.
fn base() -> Vec<Content> {
    vec![
        Content::BaseBegins(4),
        Content::BaseRows(vec![(vec![1], vec![1]), (vec![9], vec![9])]),
        Content::BaseEnds(4),
    ]
}

/// Two segments with a bit of everything.
pub fn small() -> Memory {
    let memory = Memory::default();
    let mut stream = stream_on(&memory, 1);
    stream.begin(stand(0, 0)).unwrap();
    stream.write(&base()).unwrap();
    stream
        .write(&[step(5), Content::Image(image(1)), page(0)])
        .unwrap();
    let mut stream = stream_on(&memory, 2);
    stream.begin(stand(5, 2)).unwrap();
    let receipt = Content::Shared(SharedRow {
        table: 8,
        row: Row(vec![Value::Blob(vec![4; 16]), Value::Integer(1)]),
    });
    stream
        .write(&[
            step(6),
            Content::Image(image(2)),
            receipt,
            Content::PeopleFrom(Some(3)),
            page(2),
        ])
        .unwrap();
    memory
}

fn read(memory: &Memory) -> Result<SecondCopy, Fault> {
    SecondCopy::read(&mut memory.clone(), &key(7))
}

#[test]
fn what_was_written_is_read() {
    let copy = read(&small()).unwrap();
    assert_eq!(copy.key_step(), Some(6));
    let rows: Vec<_> = copy.key_rows().collect();
    assert_eq!(rows, [(&[1][..], &6_u64.to_be_bytes()[..])]);
    assert_eq!(copy.images().collect::<Vec<_>>(), [&image(2)]);
    assert_eq!(copy.images().next().unwrap().version(), Some(2));
    assert_eq!(copy.shared_rows().count(), 1);
    assert_eq!((copy.ledger_start(), copy.ledger_size()), (Some(0), 4));
    assert_eq!(copy.checkpoint_note(), Some("size 4"));
    assert_eq!(copy.ledger_from(2).unwrap().len(), 1);
    let entries: Vec<_> = copy.ledger_from(0).unwrap()[0].split().collect();
    assert_eq!(entries, [&[7][..], &[8, 8]]);
    assert_eq!(copy.end(), End::Whole);
}

#[test]
fn each_flipped_bit_is_found() {
    let whole = small();
    let files = whole.with(|folder| folder.files.clone());
    for (name, bytes) in &files {
        for place in 0..bytes.len() {
            for bit in [0, 3, 7] {
                let memory = Memory::default();
                memory.with(|folder| {
                    folder.files.clone_from(&files);
                    folder.files.get_mut(name).unwrap()[place] ^= 1 << bit;
                });
                let found = read(&memory);
                assert!(
                    matches!(found, Err(Fault::Ledger(_))),
                    "segment {name}, byte {place}, bit {bit}: {found:?}"
                );
            }
        }
    }
}

#[test]
fn a_torn_end_is_told_apart_wherever_it_is_torn_and_is_never_more_than_the_end() {
    let files = small().with(|folder| folder.files.clone());
    let (name, bytes) = files.last_key_value().unwrap();
    let mut frames = 0;
    for length in 0..=bytes.len() {
        for zeros in [0, 40] {
            let memory = Memory::default();
            memory.with(|folder| {
                folder.files.clone_from(&files);
                let cut = folder.files.get_mut(name).unwrap();
                cut.truncate(length);
                cut.resize(length + zeros, 0);
            });
            let copy = read(&memory).unwrap_or_else(|fault| panic!("{length}: {fault}"));
            assert!(copy.frames() >= frames, "what was durable before is there");
            if zeros == 0 {
                frames = copy.frames();
            }
            let whole = copy.end() == End::Whole;
            assert_eq!(read(&memory).unwrap().frames(), copy.frames());
            assert!(!whole || zeros == 0, "{length}");
            // Whoever goes on from there writes a stream that is whole again.
            let mut stream = stream_on(&memory, 3);
            let (step, ledger) = (copy.key_step().unwrap(), copy.ledger_size());
            stream.begin(stand(step, ledger)).unwrap();
            stream.write(&[page(ledger)]).unwrap();
            let copy = read(&memory).unwrap();
            assert_eq!((copy.end(), copy.ledger_size()), (End::Whole, ledger + 2));
        }
    }
    assert_eq!(frames, 13);
}

#[test]
fn a_segment_that_was_cut_off_or_taken_away_in_the_middle_is_found() {
    let files = small().with(|folder| folder.files.clone());
    let (first, bytes) = files.first_key_value().unwrap();
    for length in 0..bytes.len() {
        let memory = Memory::default();
        memory.with(|folder| {
            folder.files.clone_from(&files);
            folder.files.get_mut(first).unwrap().truncate(length);
        });
        assert!(matches!(read(&memory), Err(Fault::Ledger(_))), "{length}");
    }
    let third = small();
    let mut stream = stream_on(&third, 9);
    stream.begin(stand(6, 4)).unwrap();
    stream.write(&[page(4)]).unwrap();
    third.with(|folder| {
        let middle = *folder.files.keys().nth(1).unwrap();
        folder.files.remove(&middle);
    });
    assert!(matches!(read(&third), Err(Fault::Ledger(_))));
}

#[test]
fn another_root_key_reads_nothing() {
    let found = SecondCopy::read(&mut small(), &key(8));
    assert!(matches!(found, Err(Fault::Ledger(_))));
}

#[test]
fn segments_that_are_not_needed_any_more_may_go() {
    let memory = small();
    let mut stream = stream_on(&memory, 9);
    stream.begin(stand(6, 4)).unwrap();
    let first = stream.write(&[
        Content::BaseBegins(6),
        Content::BaseRows(vec![]),
        Content::BaseEnds(6),
    ]);
    stream.remove_before(first.unwrap());
    assert_eq!(memory.with(|folder| folder.files.len()), 1);
    let copy = read(&memory).unwrap();
    assert_eq!((copy.key_step(), copy.ledger_start()), (Some(6), Some(4)));
    let asked = copy.ledger_from(3).unwrap_err();
    assert!(asked.to_string().contains("take a newer backup"));
}

#[test]
fn a_base_that_never_ended_is_not_taken_for_one() {
    let memory = small();
    let mut stream = stream_on(&memory, 9);
    stream.begin(stand(6, 4)).unwrap();
    stream
        .write(&[Content::BaseBegins(9), Content::BaseRows(vec![]), step(10)])
        .unwrap();
    let copy = read(&memory).unwrap();
    assert_eq!(copy.key_step(), Some(6), "the newest that can be vouched for");
    stream.write(&[Content::BaseEnds(10)]).unwrap();
    let copy = read(&memory).unwrap();
    assert_eq!((copy.key_step(), copy.key_rows().count()), (Some(10), 1));
}

#[test]
fn after_each_failure_a_new_segment_goes_on_and_what_was_acknowledged_is_there() {
    for how in [Failing::Lost, Failing::Kept, Failing::Short] {
        for failing in 1..40 {
            for many in [1, 2, 5] {
                let memory = Memory::default();
                memory.with(|folder| folder.failing = Some((failing, failing + many, how)));
                let mut stream = stream_on(&memory, 1);
                let mut ledger = 0;
                for _ in 0..20 {
                    if !stream.is_open() && stream.begin(stand(0, ledger)).is_err() {
                        continue;
                    }
                    if stream.write(&[page(ledger)]).is_ok() {
                        ledger += 2;
                    }
                }
                memory.with(|folder| folder.failing = None);
                if !stream.is_open() {
                    stream.begin(stand(0, ledger)).unwrap();
                }
                let copy = read(&memory).unwrap_or_else(|fault| panic!("{how:?} {failing}: {fault}"));
                assert_eq!(copy.ledger_size(), ledger, "{how:?} {failing}");
                assert_eq!(copy.end(), End::Whole);
                assert_eq!(copy.last_frame().0, stream.durable());
            }
        }
    }
}

proptest! {
    #[test]
    fn what_a_frame_holds_is_read_back_and_nothing_else_is_read(
        kind in 0_u8..12, bytes in proptest::collection::vec(any::<u8>(), 0..200)
    ) {
        if let Some(content) = Content::decode(kind, &bytes) {
            prop_assert_eq!(content.kind(), kind);
            prop_assert_eq!(content.encode(), bytes);
        }
    }
}

#[test]
fn the_end_alone_tells_the_same_as_the_whole() {
    let memory = small();
    let whole = walk(&mut memory.clone(), &key(7), &mut |_, _| Ok(())).unwrap();
    let end = walk_end(&mut memory.clone(), &key(7), &mut |_, _| Ok(())).unwrap();
    assert_eq!((whole.last, whole.link), (end.last, end.link));
    assert_eq!(whole.segments, end.segments);
}
