//! Design 4.6: work that is left in the queue. What is about different people is done at the same time, so that a day on
//! which many are due does not take a sync for each step of each of them, and one slow letter holds up nobody's
//! destruction.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::stage::{Stage, purchase};
use async_trait::async_trait;
use sandyq_model::Fault;
use sandyq_processing::cases::Catalogue;
use sandyq_processing::ports::{Delivery, DemonstrationPayments, Letter, Post};
use sandyq_processing::{Settings, System};
use sandyq_store::tables::job;
use tokio::sync::Barrier;
use tokio::time::timeout;

/// Takes no letter until there are two.
struct InPairs(Barrier);

#[async_trait]
impl Post for InPairs {
    async fn send(&self, _letter: Letter) -> Result<Delivery, Fault> {
        self.0.wait().await;
        Ok(Delivery::Done)
    }
}

/// A mail server that says one thing to every letter, and how often it was asked.
struct Says(Option<Delivery>, AtomicU32);

#[async_trait]
impl Post for Says {
    async fn send(&self, _letter: Letter) -> Result<Delivery, Fault> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.ok_or_else(|| Fault::Outside("later".into()))
    }
}

/// Another system over the store of a stage.
pub fn with_post(stage: &Stage, post: Arc<dyn Post>, answered_after: Duration) -> System {
    System::new(Settings {
        policy: crate::stage::shipped_policy(),
        store: stage.system.store().clone(),
        clock: stage.clock.clone(),
        chance: stage.chance.clone(),
        operator: Some(crate::stage::operator()),
        catalogue: Catalogue::demonstration(jiff::civil::date(2026, 11, 23)).unwrap(),
        payments: Arc::new(DemonstrationPayments),
        post,
        provider: None,
        webhooks: None,
        answered_after,
    })
}

async fn given_up(system: &System) -> Vec<String> {
    let given_up = system.store().read(|reader| job::given_up(reader, 10)).await;
    given_up.unwrap().into_iter().map(|(kind, _)| kind).collect()
}

#[tokio::test]
async fn a_letter_that_nobody_takes_is_tried_once_and_told() {
    let stage = Stage::new();
    let post = Arc::new(Says(Some(Delivery::Refused), AtomicU32::new(0)));
    let system = with_post(&stage, Arc::clone(&post) as _, Duration::ZERO);
    let accepted = stage.all_consents("guest-purchase");
    let taken = system.submit(purchase("nobody@example.com"), accepted, stage.key());
    taken.await.unwrap();
    system.run_queue().await.unwrap();
    stage.passes(jiff::SignedDuration::from_hours(3));
    system.run_queue().await.unwrap();
    assert_eq!(post.1.load(Ordering::Relaxed), 1);
    assert_eq!(given_up(&system).await, ["send-code"]);
    stage.passes(jiff::SignedDuration::from_hours(8 * 24));
    system.run_upkeep().await.unwrap();
    assert!(given_up(&system).await.is_empty());
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_asked_again_for_days_and_not_for_ever() {
    let stage = Stage::new();
    let post = Arc::new(Says(None, AtomicU32::new(0)));
    let system = with_post(&stage, Arc::clone(&post) as _, Duration::ZERO);
    let accepted = stage.all_consents("guest-purchase");
    let taken = system.submit(purchase("later@example.com"), accepted, stage.key());
    taken.await.unwrap();
    for hour in 0..140 {
        system.run_queue().await.unwrap();
        assert!(hour > 100 || given_up(&system).await.is_empty(), "hour {hour}");
        stage.passes(jiff::SignedDuration::from_mins(70));
    }
    let asked = post.1.load(Ordering::Relaxed);
    assert!((130..136).contains(&asked), "{asked}");
    assert_eq!(given_up(&system).await, ["send-code"]);
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
    let system = with_post(&stage, Arc::new(InPairs(Barrier::new(2))), Duration::ZERO);
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
