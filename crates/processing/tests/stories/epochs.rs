//! DEF-4, 5.1.5-c: epochs of keys end by the schedule, at once when somebody asks, and after a stop; each end is entered
//! before the key is forgotten.
#![allow(dead_code, reason = "each story uses a part of the stage")]

use std::sync::Arc;

use crate::stage::Stage;
use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Detail, Entry, Happening, Outcome};
use sandyq_ledger::receipt::{self, CopiesStatement, DestructionReceipt};
use sandyq_model::{Actor, Clock, Role};
use sandyq_processing::Language;
use sandyq_store::StoreOptions;
use sandyq_store::vault::KeyStore;

/// How the ends of epochs are entered, oldest first.
async fn entered(stage: &Stage) -> Vec<(Role, Outcome, Detail)> {
    let store = stage.system.store();
    let mut found = Vec::new();
    for index in 0..store.checkpoint().size {
        let entry = Entry::decode(&store.entry(index).await.unwrap().unwrap()).unwrap();
        if entry.deed == Deed::Happening(Happening::EpochEnded) {
            found.push((entry.role, entry.outcome, entry.detail));
        }
    }
    found
}

/// The person is destroyed: what the receipt says of copies.
async fn withdraws(stage: &Stage, email: &str) -> receipt::Copies {
    let (caller, _) = stage.guest(email).await;
    let withdrawn = stage.system.withdraw(&caller, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let view = stage.system.receipt(&withdrawn.number, Language::En).await;
    let keys = [stage.system.store().verifier_key().clone()];
    let json = view.unwrap().unwrap().json;
    let opened = receipt::open::<DestructionReceipt>(json.as_bytes(), &keys).unwrap();
    opened.statement.copies
}

const DONE: (Role, Outcome, Detail) = (Role::SCHEDULE, Outcome::Done, Detail::None);

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_ends_an_epoch_a_day_after_the_first_death_in_it() {
    let stage = Stage::new();
    assert_eq!(stage.system.run_epochs().await.unwrap(), None);
    let copies = withdraws(&stage, "mara@example.com").await;
    assert_eq!(
        (copies.statement, copies.epoch),
        (CopiesStatement::SealedUntilEpochEnds, 1)
    );
    stage.passes(SignedDuration::from_hours(23));
    assert_eq!(stage.system.run_epochs().await.unwrap(), None);
    stage.passes(SignedDuration::from_hours(2));
    let ended = stage.system.run_epochs().await.unwrap().unwrap();
    assert_eq!((ended.from, ended.deaths), (1, 1));
    assert!(
        copies.dead_after >= stage.now().into(),
        "the receipt promised no less"
    );
    assert_eq!(entered(&stage).await, [DONE]);
    stage.system.store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_a_stop_cut_off_is_entered_once_and_finished_after_the_start() {
    let stage = Stage::seeded(8);
    let administrator = Actor::system(Role::ADMINISTRATOR);
    withdraws(&stage, "mara@example.com").await;
    let stage = stage.cut_off_while_an_epoch_ends();
    let status = stage.system.store().key_status().unwrap();
    assert_eq!((status.epoch, status.ending), (2, Some(1)));
    assert_eq!(entered(&stage).await, []);
    // Not due by the schedule, and finished all the same.
    assert_eq!(stage.system.run_epochs().await.unwrap().unwrap().from, 1);
    assert_eq!(entered(&stage).await, [DONE]);
    assert_eq!(stage.system.run_epochs().await.unwrap(), None);

    // Who asks for the end of the present epoch gets it, although the one before was not done with.
    let stage = stage.cut_off_while_an_epoch_ends();
    let copies = withdraws(&stage, "aliya@example.com").await;
    assert_eq!(
        (copies.statement, copies.epoch),
        (CopiesStatement::SealedUntilEpochEnds, 3)
    );
    assert_eq!(stage.system.end_epoch(&administrator).await.unwrap().from, 3);
    let by_hand = (Role::ADMINISTRATOR, Outcome::Done, Detail::None);
    assert_eq!(entered(&stage).await, [DONE, by_hand, by_hand]);
    let status = stage.system.store().key_status().unwrap();
    assert_eq!((status.deaths, status.changing), (0, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_entered_and_so_is_that_it_was_overcome() {
    let stage = Stage::seeded(9);
    let stage = stage.cut_off_while_an_epoch_ends();
    let keys = stage.folder.path().join("keys");
    std::fs::rename(keys.join("epoch.key"), keys.join("away")).unwrap();
    stage.system.run_epochs().await.unwrap_err();
    std::fs::rename(keys.join("away"), keys.join("epoch.key")).unwrap();
    assert_eq!(stage.system.run_epochs().await.unwrap().unwrap().from, 1);
    let entered = entered(&stage).await;
    assert_eq!(
        entered[1..],
        [
            (Role::SCHEDULE, Outcome::Failed, Detail::VaultFault),
            (Role::SCHEDULE, Outcome::Done, Detail::Resumed),
        ]
    );
    assert_eq!(
        entered[0], DONE,
        "it was entered that it ends, and then it could not be forgotten"
    );
}

impl Stage {
    /// The program stops when the top of the key tree lies under the next epoch's key, and starts again.
    fn cut_off_while_an_epoch_ends(self) -> Self {
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let chance = Arc::clone(&self.chance);
        let options = StoreOptions::in_folder(self.folder.path());
        self.reopens_after(|| {
            let mut keys: KeyStore = sandyq_store::open_key_store(&options, &clock, chance).unwrap();
            while keys.rotate_step(16).unwrap().is_none() {}
        })
    }
}
