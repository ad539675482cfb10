//! The clock is set while the program runs: an hour back, a day or a year ahead. No instant in the ledger goes back, no
//! deadline gets later, what was ordered is done, and what is due only by a clock that leapt is not destroyed.

use std::time::Duration;

use crate::stage::{Stage, purchase};
use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::Moment;
use sandyq_ledger::receipt::{DestructionReceipt, open};
use sandyq_model::{Standing, SubjectId};
use sandyq_processing::Language;
use sandyq_store::tables::{posting, subject};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const YEAR: SignedDuration = SignedDuration::from_hours(24 * 365);

fn steady() -> Stage {
    Stage::new().with_steady_clock()
}

async fn people(stage: &Stage) -> Vec<subject::Subject> {
    let store = stage.system.store();
    store
        .read(|reader| subject::page(reader, None, 100))
        .await
        .unwrap()
}

async fn due_at(stage: &Stage, id: SubjectId) -> Option<Timestamp> {
    let all = people(stage).await;
    all.iter().find(|row| row.id == id).unwrap().due_at
}

/// The instants of all entries, in the order of the ledger.
async fn instants(stage: &Stage) -> Vec<Moment> {
    let store = stage.system.store();
    let size = store.checkpoint().size;
    let newest = store.read(move |reader| posting::newest(reader, size, u32::try_from(size).unwrap()));
    let mut entries = newest.await.unwrap();
    entries.sort_by_key(|placed| placed.index);
    entries.iter().map(|placed| placed.entry.at).collect()
}

#[tokio::test]
async fn set_back_an_hour_between_a_withdrawal_and_its_destruction() {
    let stage = steady();
    let (mara, _) = stage.guest("mara@example.kz").await;
    stage.submits(purchase("zarina@example.kz")).await.unwrap();
    let pending = people(&stage).await;
    let pending = pending
        .iter()
        .find(|row| row.standing == Standing::Pending)
        .unwrap()
        .id;
    let day = due_at(&stage, pending).await.unwrap();
    let withdrawn = stage.system.take_withdrawal(&mara, stage.key()).await.unwrap();
    stage.clock.set(stage.now() - HOUR);
    stage.system.run_retention().await.unwrap();
    stage.system.run_queue().await.unwrap();
    let receipt = stage
        .system
        .receipt(&withdrawn.number, Language::En)
        .await
        .unwrap()
        .unwrap();
    let keys = std::slice::from_ref(stage.system.store().verifier_key());
    let receipt = open::<DestructionReceipt>(receipt.json.as_bytes(), keys)
        .unwrap()
        .statement;
    assert!(receipt.withdrawn_at.unwrap() <= receipt.destroyed_at);
    assert!(receipt.destroyed_at <= receipt.issued_at && receipt.issued_at <= receipt.copies.dead_after);
    assert_eq!(due_at(&stage, pending).await, Some(day), "no deadline gets later");
    assert!(
        instants(&stage).await.is_sorted(),
        "an instant of the ledger went back"
    );

    // The epoch ends when the receipt says that it does, by a clock that has caught up.
    stage.clock.set(receipt.copies.dead_after.timestamp());
    assert!(stage.system.run_epochs().await.unwrap().is_some());
    assert!(instants(&stage).await.is_sorted());
}

#[tokio::test]
async fn set_a_day_ahead_and_back() {
    let stage = steady();
    let (mara, _) = stage.guest("mara@example.kz").await;
    let promised = stage
        .system
        .take_withdrawal(&mara, stage.key())
        .await
        .unwrap()
        .due;
    stage.clock.advance(DAY);
    stage.system.run_retention().await.unwrap();
    stage.system.run_queue().await.unwrap();
    let gone = people(&stage).await;
    assert_eq!(gone[0].standing, Standing::Destroyed);
    assert!(gone[0].destroyed_at.unwrap() <= promised);
    stage.clock.set(stage.now() - DAY);
    stage.guest("zarina@example.kz").await;
    assert!(
        instants(&stage).await.is_sorted(),
        "an instant of the ledger went back"
    );
    stage.system.store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn set_a_year_ahead_nothing_is_destroyed_by_the_schedule() {
    let stage = steady();
    stage.submits(purchase("zarina@example.kz")).await.unwrap();
    let worker = tokio::spawn(stage.system.clone().worker());
    letter_comes(&stage, "first@example.kz").await;
    stage.clock.advance(YEAR);
    // Work that is ordered goes on; the second letter tells that the schedule had its turn since the leap.
    letter_comes(&stage, "second@example.kz").await;
    letter_comes(&stage, "third@example.kz").await;
    let all = people(&stage).await;
    assert!(all.iter().all(|row| row.standing == Standing::Pending), "{all:?}");
    worker.abort();
    // It was due by that clock: a program that starts with it believes it.
    assert!(stage.system.run_retention().await.unwrap() > 0);
}

/// Somebody submits, and the worker mails the code.
async fn letter_comes(stage: &Stage, email: &str) {
    let accepted = stage.all_consents("guest-purchase");
    stage
        .system
        .submit(purchase(email), accepted, stage.key())
        .await
        .unwrap();
    for _ in 0..600 {
        if stage.letters_to(email) > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no letter came");
}
