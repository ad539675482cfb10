//! Section 4 of the design, through the only door there is: permits that a policy gave. The policy here is a tiny one
//! that lets a person do everything with their own data, so that what is refused below is refused by the vault.

use std::sync::LazyLock;

use sandyq_model::value::Values;
use sandyq_model::{
    Act, Actor, Category, Facts, Fault, Field, FieldSet, IdempotencyKey, Operation, Plain, Purpose, Standing,
    SubjectId, act,
};
use sandyq_policy::{Folder, Permit, Policy};

use super::super::{SealedValue, SubjectKey};
use super::{Strongroom, clock, field};
use sandyq_model::Clock;

const NAME: u8 = 2;
const EMAIL: u8 = 13;
const CITY: u8 = 16;

const DECLARED: &str = r#"
```kdl
class "plain" storage="sealed" mask="hidden" search="none"
class "fleeting" storage="never" mask="hidden" search="none"
field "first_name" number=2 class="plain" kind="name"
field "email" number=13 class="plain" kind="email"
field "city" number=16 class="plain" kind="city"
field "card_verification" number=20 class="fleeting" kind="card-verification"
category "registered" code=2 {
    field "first_name"
    field "email"
    field "city"
    field "card_verification"
}
purpose "2.2.1" {
    ground "consent"
    category "registered" { needs "first_name" "email" "city" "card_verification"; }
    ends "fulfilled" days=30
}
role "subject" number=1 human=true
```

```cedar
permit (principal, action, resource) when { context.own };
forbid (principal, action, resource) when { context.effect && !principal.human };
```
"#;

const VERBS: [&str; 18] = [
    "collect",
    "record",
    "systematize",
    "accumulate",
    "store",
    "clarify",
    "extract",
    "use",
    "disseminate",
    "provide",
    "access",
    "depersonalize",
    "block",
    "unblock",
    "delete",
    "destroy",
    "confirm",
    "withdraw",
];

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let mut words = String::from("```kdl\nwords {\n");
    for name in ["first_name", "email", "city", "card_verification"] {
        words += &format!("field \"{name}\" label=\"x\" why=\"x\"\n");
    }
    for (kind, name) in [
        ("class", "plain"),
        ("class", "fleeting"),
        ("category", "registered"),
        ("purpose", "2.2.1"),
        ("role", "subject"),
    ] {
        words += &format!("{kind} \"{name}\" label=\"x\"\n");
    }
    for verb in VERBS {
        words += &format!("verb \"{verb}\" label=\"x\"\n");
    }
    words += "rule \"2.2.1\" text=\"x\"\nrule \"2.2.1#2\" text=\"x\"\n}\n```\n";
    let translated = format!("# Purposes\n\n### 2.2.1 Ours\n\nOurs.\n\n{words}");
    let calendar = "zone \"+05:00\"\nfirst \"2026-01-01\"\nhorizon \"2027-12-31\"\n";
    let folder = Folder::from_files([
        (
            "2-purposes.md",
            format!("# Purposes\n\n### 2.2.1 Ours\n\nOurs.\n{DECLARED}\n{words}"),
        ),
        ("2-purposes.kk.md", translated.clone()),
        ("2-purposes.ru.md", translated),
        ("calendar/kz.kdl", calendar.to_owned()),
        ("law/kz.kdl", String::new()),
    ]);
    Policy::load(&folder).unwrap_or_else(|found| panic!("{found:#?}"))
});

fn permit<V: Act>(subject: SubjectId, fields: &[u8]) -> Permit<V> {
    let key = IdempotencyKey::from_bytes([1; 16]);
    let operation = Operation::<V>::new(
        Actor::subject(subject),
        subject,
        Category::Registered,
        clock().now(),
        key,
    )
    .for_purpose(Purpose::IDENTIFICATION)
    .on(set(fields));
    let facts = Facts {
        own: true,
        standing: Some(Standing::Active),
        ..Facts::default()
    };
    POLICY
        .decide(&operation, &facts)
        .unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

fn set(fields: &[u8]) -> FieldSet {
    fields.iter().map(|number| field(*number)).collect()
}

fn values(of: &[(u8, &str)]) -> Values {
    of.iter()
        .map(|(number, value)| (field(*number), Plain::from(*value)))
        .collect()
}

fn person(room: &Strongroom) -> (SubjectId, SubjectKey, Vec<SealedValue>) {
    let subject = room.subject();
    let key = room.key(subject, 1);
    let all = values(&[
        (NAME, "Айгерім"),
        (EMAIL, "aigerim@example.com"),
        (CITY, "Алматы"),
    ]);
    let permit = permit::<act::Collect>(subject, &[NAME, EMAIL, CITY]);
    let (sealed, spent) = room.vault.seal(permit, &key, |_| 1, &all).unwrap();
    assert_eq!((spent.subject(), sealed.len()), (subject, 3));
    (subject, key, sealed)
}

fn refused<T>(result: Result<T, Fault>, words: &str) {
    let said = result.err().unwrap().to_string();
    assert!(said.contains(words), "{said}");
}

#[test]
fn what_is_permitted_is_opened_and_nothing_else() {
    let room = Strongroom::new();
    let (subject, key, sealed) = person(&room);
    let (opened, spent) = room
        .vault
        .open(permit::<act::Extract>(subject, &[NAME, EMAIL]), &key, &sealed)
        .unwrap();
    let shown: Vec<(Field, &str)> = opened
        .iter()
        .map(|(field, value)| (*field, value.expose().as_str()))
        .collect();
    assert_eq!(
        shown,
        [(field(NAME), "Айгерім"), (field(EMAIL), "aigerim@example.com")]
    );
    assert_eq!(spent.fields(), set(&[NAME, EMAIL]));
    // What is not there is not made up.
    let (opened, _) = room
        .vault
        .open(permit::<act::Use>(subject, &[CITY]), &key, &sealed[..2])
        .unwrap();
    assert!(opened.is_empty());
}

#[test]
fn a_permit_for_the_record_as_a_whole_opens_no_field() {
    let room = Strongroom::new();
    let (subject, key, sealed) = person(&room);
    let (opened, _) = room
        .vault
        .open(permit::<act::Extract>(subject, &[0]), &key, &sealed)
        .unwrap();
    assert!(opened.is_empty());
}

#[test]
fn a_permit_and_a_key_of_two_persons_open_and_seal_nothing() {
    let room = Strongroom::new();
    let (subject, key, sealed) = person(&room);
    let (stranger, strange_key, _) = person(&room);
    let words = "different subjects";
    refused(
        room.vault
            .open(permit::<act::Extract>(stranger, &[NAME]), &key, &sealed),
        words,
    );
    refused(
        room.vault
            .open(permit::<act::Extract>(subject, &[NAME]), &strange_key, &sealed),
        words,
    );
    let name = values(&[(NAME, "Айгерім")]);
    refused(
        room.vault
            .seal(permit::<act::Clarify>(stranger, &[NAME]), &key, |_| 2, &name),
        words,
    );
    let (old, new) = (room.key(subject, 1), room.key(stranger, 2));
    refused(
        room.vault
            .renew(permit::<act::Store>(subject, &[0]), &old, &new, &sealed),
        words,
    );
    refused(
        room.vault
            .keep_remainder(permit::<act::Destroy>(stranger, &[0]), &key, &new, &sealed),
        words,
    );
    // The right person's key and another's rows.
    refused(
        room.vault
            .open(permit::<act::Extract>(stranger, &[NAME]), &strange_key, &sealed),
        "does not open",
    );
}

#[test]
fn a_field_outside_the_permit_is_not_sealed() {
    let room = Strongroom::new();
    let (subject, key, _) = person(&room);
    let two = values(&[(NAME, "Айгерім"), (CITY, "Астана")]);
    let result = room
        .vault
        .seal(permit::<act::Clarify>(subject, &[NAME]), &key, |_| 2, &two);
    refused(result, "does not cover field 16");
}

#[test]
fn the_card_verification_value_is_never_sealed_even_under_a_permit_that_names_it() {
    let room = Strongroom::new();
    let (subject, key, _) = person(&room);
    let code = values(&[(20, "123")]);
    refused(
        room.vault
            .seal(permit::<act::Collect>(subject, &[20]), &key, |_| 1, &code),
        "field 20 is never sealed",
    );
    let record = values(&[(0, "everything")]);
    refused(
        room.vault
            .seal(permit::<act::Collect>(subject, &[0]), &key, |_| 1, &record),
        "field 0 is never sealed",
    );
}

#[test]
fn two_values_of_one_field_are_refused() {
    let room = Strongroom::new();
    let (subject, key, mut sealed) = person(&room);
    sealed.push(sealed[0].clone());
    refused(
        room.vault
            .open(permit::<act::Extract>(subject, &[NAME]), &key, &sealed),
        "handed in twice",
    );
    let new = room.key(subject, 2);
    refused(
        room.vault
            .renew(permit::<act::Store>(subject, &[0]), &key, &new, &sealed),
        "handed in twice",
    );
}

#[test]
fn renewed_values_open_under_the_new_generation_only() {
    let room = Strongroom::new();
    let (subject, old, sealed) = person(&room);
    let new = room.key(subject, 2);
    let (anew, _) = room
        .vault
        .renew(permit::<act::Store>(subject, &[0]), &old, &new, &sealed)
        .unwrap();
    assert!(
        anew.iter()
            .all(|value| value.generation == 2 && value.version == 1)
    );
    let (opened, _) = room
        .vault
        .open(permit::<act::Extract>(subject, &[CITY]), &new, &anew)
        .unwrap();
    assert_eq!(opened[&field(CITY)].expose(), "Алматы");
    refused(
        room.vault
            .open(permit::<act::Extract>(subject, &[CITY]), &old, &anew),
        "another generation",
    );

    let one = permit::<act::Store>(subject, &[NAME]);
    refused(
        room.vault.renew(one, &old, &new, &sealed),
        "does not cover field 13",
    );
    let same = permit::<act::Store>(subject, &[0]);
    refused(room.vault.renew(same, &old, &old, &sealed), "two generations");
}

#[test]
fn a_remainder_survives_its_old_key_and_what_is_destroyed_does_not_slip_in() {
    let room = Strongroom::new();
    let (subject, old, sealed) = person(&room);
    let new = room.key(subject, 2);
    let kept: Vec<_> = sealed
        .iter()
        .filter(|value| value.field == field(NAME))
        .cloned()
        .collect();
    let (anew, spent) = room
        .vault
        .keep_remainder(permit::<act::Destroy>(subject, &[EMAIL, CITY]), &old, &new, &kept)
        .unwrap();
    assert_eq!(spent.fields(), set(&[EMAIL, CITY]));
    let (opened, _) = room
        .vault
        .open(permit::<act::Extract>(subject, &[NAME, EMAIL]), &new, &anew)
        .unwrap();
    assert_eq!(opened.len(), 1);
    let slipped = room.vault.keep_remainder(
        permit::<act::Destroy>(subject, &[EMAIL, CITY]),
        &old,
        &new,
        &sealed,
    );
    refused(slipped, "both destroyed and kept");
}

#[test]
fn no_fault_says_what_the_value_was_or_whose() {
    let room = Strongroom::new();
    let (subject, key, mut sealed) = person(&room);
    for value in &mut sealed {
        *value.bytes.last_mut().unwrap() ^= 1;
    }
    let fault = room
        .vault
        .open(permit::<act::Extract>(subject, &[NAME]), &key, &sealed)
        .err()
        .unwrap();
    let said = format!("{fault} {fault:?}");
    assert!(
        !said.contains("Айгерім") && !said.contains(&subject.to_string()),
        "{said}"
    );
}
