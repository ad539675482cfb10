//! Entries go to bytes and back, in one way only.

use proptest::prelude::*;
use sandyq_model::{Clause, Role, Verb};

use super::samples::{any_entry, destroyed, extracted, moment, refused, started, withdrawn};
use super::*;

#[test]
fn a_typical_entry_stays_within_96_bytes() {
    let sizes =
        [extracted(), withdrawn(), destroyed(), started(), refused()].map(|entry| entry.encode().len());
    assert_eq!(sizes, [93, 40, 43, 13, 99]);
}

#[test]
fn codes_name_one_deed_each() {
    let known: Vec<u8> = (0..=u8::MAX)
        .filter(|code| Deed::from_code(*code).is_some())
        .collect();
    let verbs = Verb::ALL.iter().map(|verb| verb.code());
    let wanted: Vec<u8> = verbs.chain(Happening::ALL.iter().map(|it| it.code())).collect();
    assert_eq!(known, wanted);
    let mut words: Vec<&str> = known
        .iter()
        .filter_map(|code| Deed::from_code(*code))
        .map(Deed::name)
        .collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), known.len());
}

#[test]
fn moments_are_written_in_one_way() {
    assert_eq!(moment(0).to_string(), "2026-11-23T10:35:00.123Z");
    assert_eq!("2026-11-23T10:35:00.123Z".parse(), Ok(moment(0)));
    for other in [
        "2026-11-23T10:35:00Z",
        "2026-11-23T15:35:00.123+05:00",
        "2026-11-23 10:35:00.123Z",
        "",
        "1969",
    ] {
        assert_eq!(other.parse::<Moment>(), Err(NotAMoment), "{other}");
    }
    let last = Moment::from_millis(253_370_764_799_999).unwrap();
    assert_eq!(Moment::from(last.timestamp()), last);
    assert_eq!(Moment::from_millis(253_370_764_800_000), None);
    assert_eq!(
        Moment::from("1969-12-31T23:59:59Z".parse::<jiff::Timestamp>().unwrap()).as_millis(),
        0
    );
}

#[test]
fn clauses_are_kept_or_refused_whole() {
    let spoken = |clauses: Clauses| {
        clauses
            .iter()
            .map(|clause| clause.to_string())
            .collect::<Vec<_>>()
    };
    let some = ["5.1.4#12", "PRE-1", "DEF-10", "3"].map(Clause::fixed);
    assert_eq!(
        spoken(Clauses::new(&some).unwrap()),
        ["5.1.4#12", "PRE-1", "DEF-10", "3"]
    );
    for bad in ["", "4,3", "PRE", "Tax Code", "4.3 ", "4.DEF-3", "٤"] {
        assert_eq!(
            Clauses::new(&[Clause::new(bad)]),
            Err(ClausesError::Unspeakable),
            "{bad}"
        );
    }
    let many: Vec<Clause> = (1..=9)
        .map(|number| Clause::new(format!("2.2.{number}")))
        .collect();
    assert_eq!(Clauses::new(&many), Err(ClausesError::TooMany));
    assert_eq!(spoken(Clauses::most_telling(&many)).len(), CLAUSES_MAX);
    assert_eq!(
        Clauses::new(&[Clause::new("1".repeat(64))]),
        Err(ClausesError::TooMany)
    );
    assert!(Clauses::new(&[Clause::new("1".repeat(63))]).is_ok());
}

#[test]
fn an_actor_who_is_the_subject_leaves_no_id() {
    let subject = sandyq_model::SubjectId::from_bytes([7; 16]);
    assert_eq!(By::from(&Actor::subject(subject)), By::Subject);
    assert_eq!(By::from(&Actor::system(Role::MAILER)), By::System);
}

/// The bytes of a refused transfer, with these bytes put in at that place.
fn altered(at: usize, with: &[u8]) -> Vec<u8> {
    let mut bytes = refused().encode();
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

fn unknown(what: &'static str, code: u64) -> EntryError {
    EntryError::Unknown { what, code }
}

#[test]
fn hostile_bytes_are_named_by_their_defect() {
    let base = refused().encode();
    for (defect, bytes, wanted) in [
        ("empty", Vec::new(), EntryError::CutOff(0)),
        ("cut_off", base[..98].to_vec(), EntryError::CutOff(98)),
        (
            "trailing_byte",
            [&base[..], &[0]].concat(),
            EntryError::Trailing(1),
        ),
        ("too_long", vec![1; 142], EntryError::TooLong(142)),
        ("version_of_tomorrow", altered(0, &[2]), EntryError::Version(2)),
        (
            "year_10889",
            altered(2, &[0xff; 6]),
            unknown("the instant", (1 << 48) - 1),
        ),
        ("role_0", altered(8, &[0]), unknown("role", 0)),
        ("role_64", altered(8, &[64]), unknown("role", 64)),
        ("verb_19", altered(9, &[19]), unknown("deed", 19)),
        ("outcome_3", altered(10, &[0xd7]), unknown("outcome", 3)),
        ("purpose_13", altered(10, &[0x1d]), unknown("purpose", 13)),
        ("small_letters", altered(77, b"d"), unknown("country", 0x6445)),
    ] {
        assert_eq!(Entry::decode(&bytes), Err(wanted), "{defect}");
    }
    for (defect, bytes, wanted) in [
        ("two_actors", altered(1, &[0xff]), "the actor"),
        ("zero_actor", altered(11, &[0; 16]), "the actor"),
        (
            "reference_of_no_ground",
            altered(10, &[0x47]),
            "the reference of no ground",
        ),
        ("zero_subject", altered(27, &[0; 16]), "the subject"),
        (
            "zero_reference",
            altered(43, &[0; 16]),
            "the reference of the ground",
        ),
        ("zero_case", altered(59, &[0; 16]), "the case"),
        (
            "long_varint",
            altered(75, &[0x80, 0]),
            "the number of the recipient",
        ),
        (
            "big_varint",
            altered(75, &[0xff, 0xff, 0xff, 0xff, 0x10]),
            "the number of the recipient",
        ),
        (
            "endless_varint",
            altered(75, &[0xff; 6]),
            "the number of the recipient",
        ),
        ("zero_policy", altered(79, &[0; 8]), "the policy"),
        ("detail_of_nothing", altered(87, &[0]), "the detail"),
    ] {
        assert_eq!(
            Entry::decode(&bytes),
            Err(EntryError::NotCanonical(wanted)),
            "{defect}"
        );
    }
}

#[test]
fn lists_have_one_form() {
    let base = started().encode();
    let with = |tail: &[u8]| Entry::decode(&[&base[..11], tail].concat());
    assert!(with(&[0, 0]).is_ok());
    assert!(with(&[1, 2, 1, 0x3e]).is_ok());
    for fields in [
        &[1, 0, 0][..],
        &[2, 0, 1, 0],
        &[17, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ] {
        assert_eq!(
            with(fields),
            Err(EntryError::NotCanonical("the set of fields")),
            "{fields:?}"
        );
    }
    for packed in [
        &[0xff][..],
        &[0xef],
        &[0x3f],
        &[0x33],
        &[0x3e, 0xff],
        &[0x3e, 0xef],
        &[0xe3],
        &[0x3c, 0xef],
        &[0xee],
    ] {
        let tail = [&[0, packed.len() as u8][..], packed].concat();
        assert_eq!(
            with(&tail),
            Err(EntryError::NotCanonical("the list of clauses")),
            "{packed:x?}"
        );
    }
    let nine = [&[0, 9][..], &[0x3e; 9]].concat();
    assert_eq!(with(&nine), Err(EntryError::NotCanonical("the list of clauses")));
    assert_eq!(
        with(&[&[0, 33][..], &[0x33; 33]].concat()),
        Err(EntryError::NotCanonical("the list of clauses"))
    );
}

#[test]
fn the_view_speaks_in_words() {
    let view = serde_json::to_value(refused()).unwrap();
    assert_eq!(view["deed"], "provide");
    assert_eq!(view["outcome"], "refused");
    assert_eq!(view["clauses"], serde_json::json!(["4.3", "1.4#2", "DEF-10"]));
    assert_eq!(
        view["recipient"],
        serde_json::json!({"code": 300, "country": "DE"})
    );
    assert_eq!(view["fields"], serde_json::json!([1, 2, 13]));
    assert_eq!(view["purpose"], "2.2.7");
    assert_eq!(
        serde_json::to_value(started()).unwrap()["subject"],
        serde_json::Value::Null
    );
}

proptest! {
    #[test]
    fn every_entry_comes_back(entry in any_entry()) {
        let bytes = entry.encode();
        prop_assert!(bytes.len() <= ENTRY_BYTES_MAX);
        prop_assert_eq!(Entry::decode(&bytes), Ok(entry));
    }

    #[test]
    fn what_decodes_is_canonical(mut bytes in any_entry().prop_map(|entry| entry.encode()), at in any::<prop::sample::Index>(), with: u8) {
        let at = at.index(bytes.len());
        bytes[at] = with;
        if let Ok(entry) = Entry::decode(&bytes) {
            prop_assert_eq!(entry.encode(), bytes);
        }
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(entry) = Entry::decode(&bytes) {
            prop_assert_eq!(entry.encode(), bytes);
        }
    }

    #[test]
    fn a_cut_entry_is_never_an_entry(entry in any_entry(), at in any::<prop::sample::Index>()) {
        let bytes = entry.encode();
        prop_assert!(Entry::decode(&bytes[..at.index(bytes.len())]).is_err());
    }
}
