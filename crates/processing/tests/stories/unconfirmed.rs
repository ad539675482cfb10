//! 6.1: a contact that nobody has confirmed for a year is marked, for its owner and for staff, until its owner says that it is
//! still right, or changes it.

use crate::stage::{Stage, answers};
use jiff::SignedDuration;
use sandyq_model::{Plain, Problem};
use sandyq_processing::access::Caller;
use sandyq_processing::service::Submission;
use sandyq_processing::{Language, Rejected};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const DANA: &str = "dana@example.com";

/// The fields that are marked on one's own page.
async fn marked(stage: &Stage, dana: &Caller) -> Vec<String> {
    let mine = stage.system.my_data(dana, Language::En).await.unwrap();
    let old = mine
        .rows
        .into_iter()
        .filter(|row| row.unconfirmed_since.is_some());
    old.map(|row| row.name).collect()
}

#[tokio::test]
async fn a_contact_of_a_year_ago_is_marked_until_its_owner_says_that_it_is_right() {
    let stage = Stage::new();
    let registration = Submission {
        service: "account".to_owned(),
        language: Language::En,
        answers: answers(&[
            ("last_name", "Omarova"),
            ("first_name", "Dana"),
            ("email", DANA),
            ("contact_phone", "8 701 123 45 67"),
        ]),
        about: None,
        quantity: 1,
    };
    let taken = stage.submits(registration).await.unwrap();
    let entered = stage.confirms(&taken, DANA).await;
    let dana = stage.system.caller(entered.session.expose()).await;
    let dana = dana.unwrap().unwrap();
    stage.passes(DAY * 364);
    assert_eq!(marked(&stage, &dana).await, [] as [&str; 0], "a year is not over");
    stage.passes(DAY * 2);
    assert_eq!(
        marked(&stage, &dana).await,
        ["contact_phone", "email"],
        "a name is no contact"
    );
    stage
        .system
        .still_right(&dana, "contact_phone", stage.key())
        .await
        .unwrap();
    assert_eq!(marked(&stage, &dana).await, ["email"], "one at a time");
    for name in ["fax", "card_number", "nothing"] {
        let Err(Rejected::Mistake(mistake)) = stage.system.still_right(&dana, name, stage.key()).await else {
            panic!("{name} is nothing that is held and can be changed");
        };
        assert_eq!(mistake.of(name), Some(Problem::Unknown));
    }
    let new = Plain::from("dana.new@example.com");
    stage
        .system
        .clarify(&dana, "email", &new, stage.key())
        .await
        .unwrap();
    assert_eq!(
        marked(&stage, &dana).await,
        [] as [&str; 0],
        "a changed contact is new"
    );
}
