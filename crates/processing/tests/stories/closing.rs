//! 1.3, 5.1.1: an account is closed against its holder's will by two people, for a published reason. Nobody comes in by it any more, the
//! holder reads why in a letter, what served it waits for the published days, and then the daily run destroys it.

use jiff::SignedDuration;
use sandyq_ledger::entry::{By, Deed as Entered, Happening};
use sandyq_model::act::Delete;
use sandyq_model::{Actor, Category, Operation, Plain, Problem, Recipient, Role, Standing, Verb};
use sandyq_processing::access::Caller;
use sandyq_processing::circumstances::Circumstances;
use sandyq_processing::delete::Deletion;
use sandyq_processing::second_person::{Agreed, Deed};
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::{posting, subject};

use crate::account::{DANA, PASSWORD, caller, problem, registered, registration, tries};
use crate::stage::Stage;

const REASON: &str = "against-rules";
/// As the policy publishes it.
const DAYS: i64 = 15;

async fn standing(stage: &Stage, id: sandyq_model::SubjectId) -> Standing {
    let row = stage.system.store().read(move |reader| subject::find(reader, id));
    row.await.unwrap().unwrap().standing
}

/// The account is closed by two.
async fn closes(stage: &Stage, dana: &Caller) -> (Caller, Caller) {
    let aru = stage.staff("aru", "responsible").await;
    let id = dana.subject.unwrap();
    let proposed = stage.system.propose_closing(&aru, id, REASON).await.unwrap();
    let bek = stage.deputy().await;
    let waiting = stage.system.proposals(&bek).await.unwrap();
    let reason = REASON.to_owned();
    assert_eq!(waiting[0].deed, Deed::CloseAccount { reason });
    let agreed = stage.system.agree(&bek, proposed).await.unwrap();
    assert!(matches!(agreed, Agreed::Closed));
    stage.system.run_queue().await.unwrap();
    (aru, bek)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_close_an_account_and_what_served_it_goes_on_its_day() {
    let stage = Stage::new();
    let dana = registered(&stage).await;
    let id = dana.subject.unwrap();
    let letters = stage.letters_to(DANA);
    let (aru, bek) = closes(&stage, &dana).await;
    assert_eq!(stage.letters_to(DANA), letters + 1, "one letter says why");
    assert!(
        stage.system.my_data(&dana, Language::En).await.is_ok(),
        "nothing is gone yet"
    );
    assert_eq!(
        problem(tries(&stage, DANA, PASSWORD).await, "password"),
        Some(Problem::SignIn),
        "nobody comes in by it"
    );
    let consents = stage.system.my_consents(&dana, Language::En).await.unwrap();
    let closed = consents
        .iter()
        .find_map(|consent| consent.closed.clone())
        .unwrap();
    assert_eq!(closed.1, "It does not fit the published rules");
    let hash = "0".repeat(64);
    let anew = stage
        .system
        .give_consent(
            &dana,
            ("personal", &hash),
            (&Plain::from(PASSWORD), stage.key()),
            Language::En,
        )
        .await;
    assert!(anew.is_err(), "nothing is agreed to any more");
    let again = stage.system.propose_closing(&aru, id, REASON).await;
    assert!(matches!(again, Err(Rejected::NotFound)), "it is closed once");

    let store = stage.system.store();
    let size = store.checkpoint().size;
    let entries = store
        .read(move |reader| posting::newest(reader, size, 20))
        .await
        .unwrap();
    let by = |deed| {
        entries
            .iter()
            .find(|placed| placed.entry.deed == deed)
            .unwrap()
            .entry
            .by
    };
    assert_eq!(by(Entered::Verb(Verb::Delete)), By::Person(aru.actor.id));
    assert_eq!(
        by(Entered::Happening(Happening::Approved)),
        By::Person(bek.actor.id)
    );

    stage.passes(SignedDuration::from_hours(24 * DAYS - 24));
    stage.system.retention_now(false, |_| ()).await.unwrap();
    assert_eq!(
        standing(&stage, id).await,
        Standing::Active,
        "the days are not over"
    );
    stage.passes(SignedDuration::from_hours(48));
    stage.system.retention_now(false, |_| ()).await.unwrap();
    assert_eq!(standing(&stage, id).await, Standing::Destroyed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_is_no_account_and_its_address_is_free() {
    let stage = Stage::new();
    let dana = registered(&stage).await;
    let inside = tries(&stage, DANA, PASSWORD).await.unwrap().session;
    assert!(caller(&stage, &inside).await.is_some());
    closes(&stage, &dana).await;
    assert!(caller(&stage, &inside).await.is_none(), "its sessions are over");
    let taken = stage.submits(registration(DANA)).await.unwrap();
    let entered = stage.confirms(&taken, DANA).await;
    let anew = caller(&stage, &entered.session).await.unwrap();
    assert_ne!(
        anew.subject, dana.subject,
        "it is another record, under new consents"
    );
    assert!(!stage.system.my_password(&anew).await.unwrap().unwrap().chosen);
}

#[tokio::test]
async fn no_reason_no_right_no_second_person_and_no_program_close_an_account() {
    let stage = Stage::new();
    let dana = registered(&stage).await;
    let id = dana.subject.unwrap();
    let aru = stage.staff("aru", "responsible").await;
    for (reason, wrong) in [("", Problem::Missing), ("dislike", Problem::Choice)] {
        let proposed = stage.system.propose_closing(&aru, id, reason).await;
        assert_eq!(problem(proposed, "reason"), Some(wrong));
    }
    let sales = stage.staff("aliya", "sales").await;
    let proposed = stage.system.propose_closing(&sales, id, REASON).await;
    assert!(matches!(proposed, Err(Rejected::NotFound)));
    let proposed = stage.system.propose_closing(&aru, id, REASON).await.unwrap();
    let alone = stage.system.agree(&aru, proposed).await;
    assert!(
        matches!(alone, Err(Rejected::Refusal(refusal)) if refusal.rules.iter().any(|rule| rule.as_str() == "5.1.1"))
    );
    let mut by_machine: Operation<Delete> = Operation::new(
        Actor::system(Role::SCHEDULE),
        id,
        Category::Registered,
        stage.now(),
        stage.key(),
    );
    by_machine.effect = true;
    let refused = stage
        .system
        .perform(
            &by_machine,
            &Circumstances::towards(Recipient::OPERATOR),
            &Deletion::Due(Vec::new()),
        )
        .await;
    assert!(
        matches!(refused, Err(Rejected::Refusal(refusal)) if refusal.rules.iter().any(|rule| rule.as_str() == "1.3"))
    );
    assert!(tries(&stage, DANA, PASSWORD).await.is_ok(), "the account is open");
    let (guest, _) = stage.guest("mara@example.com").await;
    let none = stage
        .system
        .propose_closing(&aru, guest.subject.unwrap(), REASON)
        .await;
    assert!(matches!(none, Err(Rejected::NotFound)), "a guest has no account");
}
