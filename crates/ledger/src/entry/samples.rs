//! Entries for tests: one of each sort, and any entry at all.

use proptest::prelude::*;
use sandyq_model::{ActorId, CaseId, Clause, Country, FieldSet, Pseudonym, Purpose, Role, Verb};

use super::*;

/// An instant in November 2026, and so many seconds.
pub(crate) fn moment(seconds: u64) -> Moment {
    Moment::from_millis(1_795_430_100_123 + seconds * 1000).unwrap()
}

/// A member of staff reads an e-mail address for an order.
pub(crate) fn extracted() -> Entry {
    let mut entry = Entry::new(
        moment(0),
        Role::SALES,
        By::Person(ActorId::from_bytes([0xac; 16])),
        Deed::Verb(Verb::Extract),
    );
    entry.clauses = Clauses::new(&[Clause::fixed("5.1.4"), Clause::fixed("2.2.7")]).unwrap();
    entry.purpose = Purpose::new(7);
    entry.ground = GroundMark::new(GroundKind::Consent, [0xc0; 16]);
    entry.subject = Some(Pseudonym::from_bytes([0x5b; 16]));
    entry.fields = FieldSet::from_bits(0b10_0000_0000_0110);
    entry.policy = PolicyMark::from_bytes([1, 2, 3, 4, 5, 6, 7, 8]);
    entry.case = Some(CaseId::from_bytes([0xca; 16]));
    entry
}

/// The person withdraws.
pub(crate) fn withdrawn() -> Entry {
    let mut entry = Entry::new(moment(60), Role::SUBJECT, By::Subject, Deed::Verb(Verb::Withdraw));
    entry.clauses = Clauses::new(&[Clause::fixed("6.3")]).unwrap();
    entry.subject = Some(Pseudonym::from_bytes([0x5b; 16]));
    entry.fields = FieldSet::RECORD;
    entry.policy = PolicyMark::from_bytes([1, 2, 3, 4, 5, 6, 7, 8]);
    entry
}

/// A transfer abroad, refused.
pub(crate) fn refused() -> Entry {
    let mut entry = extracted();
    entry.deed = Deed::Verb(Verb::Provide);
    entry.outcome = Outcome::Refused;
    entry.clauses = Clauses::new(&[
        Clause::fixed("4.3"),
        Clause::fixed("1.4#2"),
        Clause::fixed("DEF-10"),
    ])
    .unwrap();
    entry.recipient = Some(RecipientMark {
        code: 300,
        country: "DE".parse().unwrap(),
    });
    entry.detail = Detail::NotFound;
    entry
}

/// Time destroys what is due.
pub(crate) fn destroyed() -> Entry {
    let mut entry = Entry::new(moment(120), Role::SCHEDULE, By::System, Deed::Verb(Verb::Destroy));
    entry.clauses = Clauses::new(&[Clause::fixed("8"), Clause::fixed("6.3")]).unwrap();
    entry.subject = Some(Pseudonym::from_bytes([0x5b; 16]));
    entry.fields = FieldSet::from_bits(0b1110_0000_0011_0000);
    entry.detail = Detail::Remainder;
    entry.policy = PolicyMark::from_bytes([1, 2, 3, 4, 5, 6, 7, 8]);
    entry
}

/// Nothing but a start.
pub(crate) fn started() -> Entry {
    Entry::new(
        moment(0),
        Role::ADMINISTRATOR,
        By::System,
        Deed::Happening(Happening::Started),
    )
}

/// The schedule ends an epoch of keys.
pub(crate) fn epoch_ended() -> Entry {
    let mut entry = Entry::new(
        moment(180),
        Role::SCHEDULE,
        By::System,
        Deed::Happening(Happening::EpochEnded),
    );
    entry.clauses = Clauses::new(&[Clause::fixed("6.3")]).unwrap();
    entry.policy = PolicyMark::from_bytes([1, 2, 3, 4, 5, 6, 7, 8]);
    entry
}

/// The responsible person enters a breach.
pub(crate) fn breach_entered() -> Entry {
    let mut entry = Entry::new(
        moment(240),
        Role::RESPONSIBLE,
        By::Person(ActorId::from_bytes([0xac; 16])),
        Deed::Happening(Happening::BreachEntered),
    );
    entry.clauses = Clauses::new(&[Clause::fixed("5.1.3")]).unwrap();
    entry.policy = PolicyMark::from_bytes([1, 2, 3, 4, 5, 6, 7, 8]);
    entry.case = Some(CaseId::from_bytes([0xb4; 16]));
    entry
}

/// The `number`th of many different small entries, a second after the one before.
pub(crate) fn numbered(number: u64) -> Entry {
    let sort = [extracted, withdrawn, refused, destroyed, started][number as usize % 5];
    let mut entry = sort();
    entry.at = moment(number);
    entry
}

/// Any entry that has one canonical form.
pub(crate) fn any_entry() -> impl Strategy<Value = Entry> {
    let id = any::<[u8; 16]>().prop_filter("not zero", |id| *id != [0; 16]);
    let by = prop_oneof![
        Just(By::System),
        Just(By::Subject),
        id.clone().prop_map(|id| By::Person(ActorId::from_bytes(id))),
    ];
    let deed = (0..=u8::MAX).prop_filter_map("a deed", Deed::from_code);
    let outcome = prop_oneof![Just(Outcome::Done), Just(Outcome::Refused), Just(Outcome::Failed)];
    let ground =
        (0..4_u8, any::<[u8; 16]>()).prop_map(|(kind, id)| GroundMark::new(GroundKind::from_bits(kind), id));
    let recipient = (any::<u32>(), "[A-Z]{2}").prop_map(|(code, country)| RecipientMark {
        code,
        country: country.parse::<Country>().unwrap(),
    });
    let head = (
        0..=253_370_764_799_999_u64,
        1..64_u8,
        by,
        deed,
        outcome,
        prop::sample::select(Detail::ALL),
    );
    let tail = (
        prop::collection::vec("(PRE-|DEF-)?[1-9]{1,2}(\\.[0-9]{1,2}){0,2}(#[2-9])?", 0..5),
        prop::option::of((1..=12_u8).prop_map(|number| Purpose::new(number).unwrap())),
        ground,
        prop::option::of(recipient),
        prop::option::of(id.clone().prop_map(Pseudonym::from_bytes)),
        any::<u128>().prop_map(FieldSet::from_bits),
        prop::option::of(any::<[u8; 8]>().prop_filter_map("not zero", PolicyMark::from_bytes)),
        prop::option::of(id.prop_map(CaseId::from_bytes)),
    );
    (head, tail).prop_map(|(head, tail)| {
        let (millis, role, by, deed, outcome, detail) = head;
        let (clauses, purpose, ground, recipient, subject, fields, policy, case) = tail;
        let clauses: Vec<Clause> = clauses.into_iter().map(Clause::new).collect();
        Entry {
            at: Moment::from_millis(millis).unwrap(),
            role: Role::new(role).unwrap(),
            by,
            deed,
            outcome,
            detail,
            clauses: Clauses::most_telling(&clauses),
            purpose,
            ground,
            recipient,
            subject,
            fields,
            policy,
            case,
        }
    })
}
