//! People to measure with: guests who bought something, and a member of staff who looks.

use std::ops::Range;
use std::sync::Arc;

use futures_util::future::join_all;
use sandyq_policy::Policy;
use sandyq_processing::access::Caller;
use sandyq_processing::{Language, System};

use crate::stage::{self, Stage, card, purchase};

/// A settled world, on the disk of this folder.
pub struct World {
    pub stage: Stage,
    pub sales: Caller,
    pub session: String,
    pub people: Vec<Guest>,
}

/// One guest with a placed order.
#[derive(Clone)]
pub struct Guest {
    pub caller: Caller,
    pub reference: String,
}

/// The policy that ships, but for the number of people whom one employee opens in an hour (5.1.4): here one of them opens all.
pub fn without_bulk_limit() -> Arc<Policy> {
    let mut folder = stage::shipped_folder();
    let protection = folder.file("5-protection.md").unwrap_or_default();
    let open = protection.replace(
        "limit \"bulk-read\" count=50",
        "limit \"bulk-read\" count=1000000000",
    );
    assert_ne!(protection, open, "the limit stands there as before");
    folder.put("5-protection.md", open);
    stage::policy_of(&folder)
}

impl World {
    /// So many people, in a folder that goes away.
    pub async fn settled(count: usize) -> Self {
        Self::in_folder(tempfile::tempdir_in(".").unwrap(), count).await
    }

    /// So many people, in this folder.
    pub async fn in_folder(folder: tempfile::TempDir, count: usize) -> Self {
        let stage = Stage::under(without_bulk_limit(), folder, 11);
        stage.staff("aliya", "sales").await;
        let session = stage.desks.comes_in(&stage.system, "aliya").await;
        let sales = stage.system.caller(session.expose()).await.unwrap().unwrap();
        let mut people = Vec::with_capacity(count);
        while people.len() < count {
            let batch = people.len()..count.min(people.len() + BATCH);
            people.extend(guests(&stage, batch).await);
        }
        Self {
            stage,
            sales,
            session: session.expose().to_owned(),
            people,
        }
    }

    pub fn system(&self) -> System {
        self.stage.system.clone()
    }
}

/// Guests who come at the same time, so that their commits share a sync.
async fn guests(stage: &Stage, numbers: Range<usize>) -> Vec<Guest> {
    let accepted = stage.all_consents("guest-purchase");
    let emails: Vec<String> = numbers
        .map(|number| format!("guest{number}@example.kz"))
        .collect();
    let submitting = emails.iter().map(|email| {
        let submitted = stage
            .system
            .submit(purchase(email), accepted.clone(), stage.key());
        async { submitted.await.unwrap() }
    });
    let taken = join_all(submitting).await;
    stage.system.run_queue().await.unwrap();
    let entering = emails.iter().zip(&taken).map(async |(email, taken)| {
        let entered = stage.confirms(taken, email).await;
        let caller = stage
            .system
            .caller(entered.session.expose())
            .await
            .unwrap()
            .unwrap();
        let reference = entered.case.unwrap();
        let (form, key) = (card("4111111111111111", "123"), stage.key());
        let paid = stage.system.pay(&caller, &reference, form, Language::En, key);
        paid.await.unwrap();
        Guest { caller, reference }
    });
    let guests = join_all(entering).await;
    stage.system.run_queue().await.unwrap();
    stage.forgets_letters();
    guests
}

/// The password of everybody on the stage.
pub const PASSWORD: &str = "a long enough password";
/// Guests that are brought in at the same time.
const BATCH: usize = 512;
