//! People to measure with: guests who bought something, and a member of staff who looks.

use sandyq_processing::access::Caller;
use sandyq_processing::{Language, System};

use crate::stage::{Stage, card, purchase};

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

impl World {
    pub async fn settled(count: usize) -> Self {
        let stage = Stage::in_folder(tempfile::tempdir_in(".").unwrap(), 11);
        stage.staff("aliya", "sales").await;
        let entered = stage
            .system
            .sign_in("aliya", "a long enough password".into())
            .await
            .unwrap();
        let sales = stage
            .system
            .caller(entered.session.expose())
            .await
            .unwrap()
            .unwrap();
        let mut people = Vec::with_capacity(count);
        for number in 0..count {
            people.push(guest(&stage, number).await);
        }
        Self {
            stage,
            sales,
            session: entered.session.expose().to_owned(),
            people,
        }
    }

    pub fn system(&self) -> System {
        self.stage.system.clone()
    }
}

async fn guest(stage: &Stage, number: usize) -> Guest {
    let email = format!("guest{number}@example.kz");
    let taken = stage.submits(purchase(&email)).await.unwrap();
    let entered = stage.confirms(&taken, &email).await;
    let caller = stage
        .system
        .caller(entered.session.expose())
        .await
        .unwrap()
        .unwrap();
    let reference = entered.case.unwrap();
    let form = card("4111111111111111", "123");
    stage
        .system
        .pay(&caller, &reference, form, Language::En, stage.key())
        .await
        .unwrap();
    Guest { caller, reference }
}
