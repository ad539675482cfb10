//! 6.1: a letter that comes back marks the contact to which it went, once, until its owner changes or confirms it.

use std::sync::atomic::Ordering;

use crate::stage::{Stage, answers};
use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Happening};
use sandyq_model::{Field, FieldSet, Plain};
use sandyq_processing::Language;
use sandyq_processing::access::Caller;
use sandyq_processing::service::Submission;
use sandyq_store::tables::posting;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const DANA: &str = "dana@example.com";

fn registration() -> Submission {
    Submission {
        service: "account".to_owned(),
        language: Language::En,
        answers: answers(&[("last_name", "Omarova"), ("first_name", "Dana"), ("email", DANA)]),
        about: None,
        quantity: 1,
    }
}

/// Dana has an account; what comes back is looked at. Also the token of the letter with her code.
async fn begun() -> (Stage, Caller, String) {
    let stage = Stage::new();
    stage.letters.1.store(true, Ordering::Relaxed);
    let taken = stage.submits(registration()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let first = newest_token(&stage);
    let entered = stage.confirms(&taken, DANA).await;
    let dana = stage.system.caller(entered.session.expose()).await;
    (stage, dana.unwrap().unwrap(), first)
}

fn newest_token(stage: &Stage) -> String {
    let letters = stage.letters.0.lock().unwrap();
    letters.last().unwrap().return_path.clone().unwrap()
}

/// A letter to the address on file: somebody wants to register with it.
async fn writes(stage: &Stage) -> String {
    stage.passes(DAY);
    stage.submits(registration()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    newest_token(stage)
}

async fn marked(stage: &Stage, dana: &Caller) -> Vec<String> {
    let mine = stage.system.my_data(dana, Language::En).await.unwrap();
    let marked = mine.rows.into_iter().filter(|row| row.returned_at.is_some());
    marked.map(|row| row.name).collect()
}

/// The fields that the entries of it name.
async fn entered(stage: &Stage) -> Vec<FieldSet> {
    let store = stage.system.store();
    let size = store.checkpoint().size;
    let newest = store.read(move |reader| posting::newest(reader, size, u32::try_from(size).unwrap()));
    let entries = newest.await.unwrap();
    let returned = entries
        .into_iter()
        .map(|placed| placed.entry)
        .filter(|entry| entry.deed == Deed::Happening(Happening::LetterReturned));
    returned
        .map(|entry| {
            assert!(entry.subject.is_some());
            entry.fields
        })
        .collect()
}

#[tokio::test]
async fn a_letter_that_came_back_marks_its_contact_once() {
    let (stage, dana, _) = begun().await;
    let token = writes(&stage).await;
    assert_eq!(marked(&stage, &dana).await, [] as [&str; 0]);
    assert!(stage.system.letter_came_back(&token).await.unwrap());
    assert_eq!(marked(&stage, &dana).await, ["email"], "and no other value");
    let email = FieldSet::only(Field::new(13).unwrap());
    assert_eq!(entered(&stage).await, [email]);
    assert!(
        !stage.system.letter_came_back(&token).await.unwrap(),
        "a token works once"
    );
    for forged in ["", "00112233445566778899aabbccddeeff", &token.to_uppercase()] {
        assert!(!stage.system.letter_came_back(forged).await.unwrap());
    }
    assert_eq!(entered(&stage).await.len(), 1);
}

#[tokio::test]
async fn its_owner_clears_the_mark_and_an_older_letter_does_not_set_it_again() {
    let (stage, dana, first) = begun().await;
    let (second, third) = (writes(&stage).await, writes(&stage).await);
    assert!(stage.system.letter_came_back(&second).await.unwrap());
    assert_eq!(marked(&stage, &dana).await, ["email"]);
    stage.passes(DAY);
    stage
        .system
        .still_right(&dana, "email", stage.key())
        .await
        .unwrap();
    assert_eq!(marked(&stage, &dana).await, [] as [&str; 0]);
    for before in [first, third] {
        assert!(stage.system.letter_came_back(&before).await.unwrap());
    }
    assert_eq!(
        marked(&stage, &dana).await,
        [] as [&str; 0],
        "they went out before it was confirmed"
    );
    let fourth = writes(&stage).await;
    assert!(stage.system.letter_came_back(&fourth).await.unwrap());
    assert_eq!(marked(&stage, &dana).await, ["email"]);
    let new = Plain::from("dana.new@example.com");
    stage
        .system
        .clarify(&dana, "email", &new, stage.key())
        .await
        .unwrap();
    assert_eq!(marked(&stage, &dana).await, [] as [&str; 0], "another address");
}

#[tokio::test]
async fn a_return_path_is_kept_for_two_weeks_and_only_where_somebody_looks() {
    let (stage, dana, _) = begun().await;
    let token = writes(&stage).await;
    stage.passes(DAY * 14);
    assert!(!stage.system.letter_came_back(&token).await.unwrap());
    assert_eq!(entered(&stage).await, []);
    assert_eq!(marked(&stage, &dana).await, [] as [&str; 0]);
    stage.letters.1.store(false, Ordering::Relaxed);
    stage.passes(DAY);
    stage.submits(registration()).await.unwrap();
    let letters = stage.letters.0.lock().unwrap();
    assert_eq!(letters.last().unwrap().return_path, None);
}
