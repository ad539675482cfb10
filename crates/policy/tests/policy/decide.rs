//! One decision from the outside: what a permit holds, and what a refusal cites.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;

use sandyq_model::act::{Extract, Withdraw};
use sandyq_model::{
    Act, Actor, ActorId, CaseId, Category, Facts, Field, FieldSet, IdempotencyKey, Operation, Purpose, Role,
    Standing, SubjectId, Verb,
};
use sandyq_policy::{Folder, Language, Policy, Question};

fn policy() -> Policy {
    let folder = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy")).unwrap();
    Policy::load(&folder).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn sales() -> Actor {
    Actor {
        id: ActorId::from_bytes([1; 16]),
        role: Role::SALES,
        human: true,
    }
}

fn operation<V: Act>(actor: Actor) -> Operation<V> {
    let at = "2026-11-23T05:00:00Z".parse().unwrap();
    Operation::new(
        actor,
        SubjectId::from_bytes([2; 16]),
        Category::Guest,
        at,
        IdempotencyKey::from_bytes([3; 16]),
    )
}

fn facts() -> Facts {
    Facts {
        standing: Some(Standing::Active),
        familiar: true,
        consented: FieldSet::ALL,
        case: true,
        ..Facts::default()
    }
}

#[test]
fn a_permit_holds_what_was_asked_and_the_rules_that_allow_it() {
    let policy = policy();
    let name = policy.field_named("last_name").unwrap();
    let case = CaseId::from_bytes([4; 16]);
    let asked = operation::<Extract>(sales())
        .on(FieldSet::only(name))
        .for_purpose(Purpose::ORDERS)
        .in_case(case);
    let permit = policy.decide(&asked, &facts()).unwrap();
    assert_eq!(
        (permit.fields(), permit.purpose()),
        (FieldSet::only(name), Some(Purpose::ORDERS))
    );
    assert_eq!(
        (permit.subject(), permit.case(), permit.actor()),
        (asked.subject, Some(case), sales())
    );
    assert_eq!(permit.policy_version(), policy.version());
    let spent = permit.spend();
    assert_eq!(spent.rules().first().unwrap().clause(), "5.1.4");
}

#[test]
fn one_field_that_is_not_allowed_refuses_the_whole() {
    let policy = policy();
    let card = policy.field_named("card_number").unwrap();
    let fields = FieldSet::only(policy.field_named("email").unwrap()).with(card);
    let asked = operation::<Extract>(sales())
        .on(fields)
        .for_purpose(Purpose::ORDERS);
    let refusal = policy.decide(&asked, &facts()).unwrap_err();
    assert_eq!(
        (refusal.verb, refusal.fields),
        (Verb::Extract, FieldSet::only(card))
    );
    assert_eq!(refusal.rules.first().unwrap().clause(), "2.2.7");
    for language in Language::ALL {
        assert!(
            !policy.reasons_in_words(&refusal, language).is_empty(),
            "{language}"
        );
        let told = policy.explain(&Question::of(&asked, &facts()), language);
        assert!(
            !told.allowed && told.spoke.iter().all(|rule| !rule.words.is_empty()),
            "{told}"
        );
    }
}

#[test]
fn without_a_purpose_nothing_is_read_and_2_1_says_so() {
    let policy = policy();
    let asked = operation::<Extract>(sales()).on(FieldSet::only(Field::new(1).unwrap()));
    let refusal = policy.decide(&asked, &facts()).unwrap_err();
    assert!(
        refusal.rules.iter().any(|rule| rule.clause() == "2.1"),
        "{refusal:?}"
    );
}

#[test]
fn the_person_can_always_withdraw() {
    let policy = policy();
    let asked = operation::<Withdraw>(Actor::subject(SubjectId::from_bytes([2; 16])));
    for standing in [Standing::Pending, Standing::Active, Standing::Blocked] {
        let facts = Facts {
            standing: Some(standing),
            own: true,
            ..Facts::default()
        };
        assert!(policy.decide(&asked, &facts).is_ok(), "{standing}");
    }
}
