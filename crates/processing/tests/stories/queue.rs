//! Design 4.6: work that is left in the queue. What is about different people is done at the same time, so that a day on
//! which many are due does not take a sync for each step of each of them, and one slow letter holds up nobody's
//! destruction.

use std::sync::Arc;
use std::time::Duration;

use crate::stage::{Stage, purchase};
use async_trait::async_trait;
use sandyq_model::Fault;
use sandyq_processing::cases::Catalogue;
use sandyq_processing::ports::{DemonstrationPayments, Letter, Post};
use sandyq_processing::{Settings, System};
use sandyq_store::tables::job;
use tokio::sync::Barrier;
use tokio::time::timeout;

/// Takes no letter until there are two.
struct InPairs(Barrier);

#[async_trait]
impl Post for InPairs {
    async fn send(&self, _letter: Letter) -> Result<(), Fault> {
        self.0.wait().await;
        Ok(())
    }
}

#[tokio::test]
async fn what_has_served_does_not_pile_up() {
    let stage = Stage::new();
    let (mara, case) = stage.guest("mara@example.com").await;
    stage.pays(&mara, &case).await.unwrap();
    let subject = mara.subject.unwrap();
    let rows = async || {
        let jobs = stage
            .system
            .store()
            .read(move |reader| job::of_subject(reader, subject));
        jobs.await.unwrap().len()
    };
    let before = rows().await;
    stage.system.run_upkeep().await.unwrap();
    assert_eq!(rows().await, before, "nothing of today goes");
    assert_eq!(before, 2, "the code and the letter about the order");
    stage.passes(jiff::SignedDuration::from_hours(8 * 24));
    stage.system.run_upkeep().await.unwrap();
    assert_eq!(rows().await, 0);
}

#[tokio::test]
async fn work_about_different_people_does_not_wait_for_each_other() {
    let stage = Stage::new();
    let system = System::new(Settings {
        policy: crate::stage::shipped_policy(),
        store: stage.system.store().clone(),
        clock: stage.clock.clone(),
        chance: stage.chance.clone(),
        operator: Some(crate::stage::operator()),
        catalogue: Catalogue::demonstration(jiff::civil::date(2026, 11, 23)).unwrap(),
        payments: Arc::new(DemonstrationPayments),
        post: Arc::new(InPairs(Barrier::new(2))),
    });
    let accepted = stage.all_consents("guest-purchase");
    for email in ["one@example.com", "two@example.com"] {
        let taken = system
            .submit(purchase(email), accepted.clone(), stage.key())
            .await;
        taken.unwrap();
    }
    let worked = timeout(Duration::from_secs(20), system.run_queue()).await;
    assert_eq!(worked.expect("one letter waits for the other").unwrap(), 2);
}
