//! 5.1.3-a, ASVS 11.3: a sealed value opens in its own place, unchanged, and nowhere else.

use std::collections::HashSet;

use proptest::prelude::*;
use sandyq_model::SubjectId;

use super::super::fault::VaultFault;
use super::super::sealed::{PAD_BYTES, SEALED_VALUE_BYTES_MAX, SealedValue, open, seal};
use super::{Strongroom, field, holds};

const EMAIL: u8 = 13;
const CITY: u8 = 16;

fn sealed(room: &Strongroom, number: u8, version: u32, value: &str) -> (super::SubjectKey, SealedValue) {
    let key = room.key(room.subject(), 1);
    let sealed = seal(&key, field(number), version, value, &*room.chance).unwrap();
    (key, sealed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_sealed_opens_again(value in ".{0,300}", number in 1_u8..128, version: u32, generation: u32, seed: u64) {
        let room = Strongroom::seeded(seed);
        let key = room.key(room.subject(), generation);
        let sealed = seal(&key, field(number), version, &value, &*room.chance).unwrap();
        prop_assert_eq!((sealed.field, sealed.version, sealed.generation), (field(number), version, generation));
        let opened = open(&key, &sealed).unwrap();
        prop_assert_eq!(opened.expose(), &value);
        if value.len() > 8 {
            prop_assert!(!holds(&sealed.bytes, value.as_bytes()));
        }
    }

    #[test]
    fn a_value_moved_anywhere_else_does_not_open(
        number in 1_u8..128, other in 1_u8..128, version: u32, other_version: u32, seed: u64,
    ) {
        prop_assume!(number != other && version != other_version);
        let room = Strongroom::seeded(seed);
        let (key, sealed) = sealed(&room, number, version, "Алматы");
        let to_field = SealedValue { field: field(other), ..sealed.clone() };
        prop_assert_eq!(open(&key, &to_field).unwrap_err(), VaultFault::DoesNotOpen(field(other)));
        let to_version = SealedValue { version: other_version, ..sealed.clone() };
        prop_assert_eq!(open(&key, &to_version).unwrap_err(), VaultFault::DoesNotOpen(field(number)));
        let stranger = room.key(room.subject(), 1);
        prop_assert_eq!(open(&stranger, &sealed).unwrap_err(), VaultFault::DoesNotOpen(field(number)));
    }

    #[test]
    fn any_bytes_at_all_are_refused_and_never_break_anything(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let room = Strongroom::new();
        let key = room.key(room.subject(), 1);
        let sealed = SealedValue { field: field(EMAIL), version: 1, generation: 1, bytes };
        prop_assert!(open(&key, &sealed).is_err());
    }
}

#[test]
fn every_single_flipped_bit_is_found() {
    let room = Strongroom::new();
    let (key, sealed) = sealed(&room, EMAIL, 7, "aigerim@example.com");
    assert_eq!(open(&key, &sealed).unwrap().expose(), "aigerim@example.com");
    for bit in 0..sealed.bytes.len() * 8 {
        let mut changed = sealed.clone();
        changed.bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(open(&key, &changed).is_err(), "bit {bit}");
    }
    for length in 0..sealed.bytes.len() {
        let mut cut = sealed.clone();
        cut.bytes.truncate(length);
        assert!(open(&key, &cut).is_err(), "cut to {length}");
    }
}

#[test]
fn two_values_of_one_subject_cannot_change_places() {
    let room = Strongroom::new();
    let key = room.key(room.subject(), 1);
    let one = seal(&key, field(EMAIL), 1, "aigerim@example.com", &*room.chance).unwrap();
    let other = seal(&key, field(CITY), 1, "Алматы", &*room.chance).unwrap();
    let later = seal(&key, field(EMAIL), 2, "a.new@example.com", &*room.chance).unwrap();
    for (place, bytes) in [(&one, &other), (&other, &one), (&one, &later), (&later, &one)] {
        let swapped = SealedValue {
            bytes: bytes.bytes.clone(),
            ..place.clone()
        };
        assert_eq!(
            open(&key, &swapped).unwrap_err(),
            VaultFault::DoesNotOpen(place.field)
        );
    }
}

#[test]
fn another_generation_is_refused_and_named_as_such() {
    let room = Strongroom::new();
    let subject = room.subject();
    let (old, new) = (room.key(subject, 1), room.key(subject, 2));
    let sealed = seal(&old, field(EMAIL), 1, "aigerim@example.com", &*room.chance).unwrap();
    assert_eq!(
        open(&new, &sealed).unwrap_err(),
        VaultFault::OtherGeneration(field(EMAIL))
    );
    let relabelled = SealedValue {
        generation: 2,
        ..sealed.clone()
    };
    assert_eq!(
        open(&new, &relabelled).unwrap_err(),
        VaultFault::OtherGeneration(field(EMAIL))
    );
    let mut forged = relabelled;
    forged.bytes[1..5].copy_from_slice(&2_u32.to_be_bytes());
    assert_eq!(
        open(&new, &forged).unwrap_err(),
        VaultFault::DoesNotOpen(field(EMAIL))
    );
}

#[test]
fn the_bytes_name_their_format_and_generation() {
    let room = Strongroom::new();
    let key = room.key(room.subject(), 0x0102_0304);
    let sealed = seal(&key, field(EMAIL), 1, "aigerim@example.com", &*room.chance).unwrap();
    assert_eq!(sealed.bytes[..5], [1, 1, 2, 3, 4]);
    assert_eq!(sealed.bytes.len(), 1 + 4 + 12 + PAD_BYTES + 16);
    let mut future = sealed;
    future.bytes[0] = 2;
    assert_eq!(
        open(&key, &future).unwrap_err(),
        VaultFault::UnknownFormat(field(EMAIL))
    );
}

#[test]
fn the_length_of_a_short_value_tells_nothing() {
    let room = Strongroom::new();
    let lengths: HashSet<usize> = [
        "",
        "0",
        "12",
        "single",
        "married",
        "widowed",
        "12/29",
        "KZ",
        "Қызылорда",
    ]
    .into_iter()
    .map(|value| sealed(&room, 22, 1, value).1.bytes.len())
    .collect();
    assert_eq!(lengths.len(), 1);
}

#[test]
fn the_longest_value_is_sealed_and_a_longer_one_is_not() {
    let room = Strongroom::new();
    let longest = "я".repeat(SEALED_VALUE_BYTES_MAX / 2);
    let (key, kept) = sealed(&room, 35, 1, &longest);
    assert_eq!(open(&key, &kept).unwrap().expose(), &longest);
    let refused = seal(&key, field(35), 1, &format!("{longest}!"), &*room.chance);
    assert_eq!(refused.unwrap_err(), VaultFault::TooLong(field(35)));
}

#[test]
fn no_nonce_comes_twice_in_a_hundred_thousand_seals() {
    let room = Strongroom::new();
    let key = room.key(SubjectId::from_bytes([7; 16]), 1);
    let mut seen = HashSet::new();
    for _ in 0..100_000 {
        let sealed = seal(&key, field(CITY), 1, "Алматы", &*room.chance).unwrap();
        let nonce: [u8; 12] = sealed.bytes[5..17].try_into().unwrap();
        assert!(seen.insert(nonce));
    }
}
