//! 6.3-e, 1.2-e: one consent is taken back by itself and given again. What it stood for is refused from the answer on, the
//! rest goes on, and both acts have their entries and receipts.
use std::sync::Arc;

use crate::representatives::enters;
use crate::stage::{Stage, policy_of, shipped_folder, shipped_policy};
use sandyq_model::act::Provide;
use sandyq_model::{
    Actor, Category, Field, FieldSet, Operation, Plain, Problem, Purpose, Recipient, RecipientKind, Role,
    Standing,
};
use sandyq_policy::Policy;
use sandyq_processing::access::Caller;
use sandyq_processing::circumstances::Circumstances;
use sandyq_processing::consent::{ConsentEvent, MyConsent};
use sandyq_processing::request::TakenBack;
use sandyq_processing::{Language, Rejected};

const MARA: &str = "mara@example.com";
const EMAIL: u8 = 13;

async fn standing(stage: &Stage, caller: &Caller) -> Vec<MyConsent> {
    let all = stage.system.my_consents(caller, Language::En).await.unwrap();
    all.into_iter()
        .filter(|consent| consent.withdrawn_at.is_none())
        .collect()
}

async fn the(stage: &Stage, caller: &Caller, item: &str) -> MyConsent {
    let all = standing(stage, caller).await;
    all.into_iter().find(|consent| consent.item == item).unwrap()
}

async fn takes_back(stage: &Stage, caller: &Caller, item: &str) {
    let consent = the(stage, caller, item).await.id;
    stage
        .system
        .take_back(caller, consent, stage.key())
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
}

async fn gives(stage: &Stage, caller: &Caller, item: &str, hash: &str) -> Result<(), Rejected> {
    let nothing = Plain::from("");
    stage
        .system
        .give_consent(caller, (item, hash), (&nothing, stage.key()), Language::Ru)
        .await
}

/// Whether the clause about software companies refuses it; other clauses refuse a caller who has read no policy.
async fn is_refused(stage: &Stage, caller: &Caller, kind: RecipientKind) -> bool {
    let sales = stage.system.clone();
    let operation: Operation<Provide> = Operation::new(
        Actor {
            human: true,
            ..Actor::system(Role::SALES)
        },
        caller.subject.unwrap(),
        Category::Guest,
        stage.now(),
        stage.key(),
    )
    .on(FieldSet::only(Field::new(EMAIL).unwrap()))
    .for_purpose(Purpose::SOFTWARE_REGISTRATION);
    let recipient = Recipient {
        kind,
        ..Recipient::OPERATOR
    };
    let circumstances = Circumstances::towards(recipient);
    match sales
        .perform(&operation, &circumstances, &stage.handing(&operation))
        .await
    {
        Err(Rejected::Refusal(refusal)) => refusal.rules.iter().any(|rule| rule.as_str() == "4.2.1"),
        Err(_) | Ok(_) => panic!("nobody is let through here"),
    }
}

#[tokio::test]
async fn one_consent_ends_and_the_order_goes_on() {
    let stage = Stage::new();
    let (mara, case) = stage.guest(MARA).await;
    let sales = stage.staff("sales", "sales").await;
    stage.pays(&mara, &case).await.unwrap();
    let before = standing(&stage, &mara).await.len();
    let ends = stage
        .system
        .taking_back(&mara, the(&stage, &mara, "statistics").await.id, Language::En)
        .await
        .unwrap()
        .unwrap();
    assert!(
        ends.cases.is_empty() && ends.service.is_none() && !ends.closes_way_in,
        "{ends:?}"
    );

    takes_back(&stage, &mara, "statistics").await;
    assert_eq!(standing(&stage, &mara).await.len(), before - 1);
    let opened = stage
        .system
        .open_case(&sales, &case, Purpose::new(7), Language::En)
        .await;
    assert!(opened.is_ok(), "the order goes on");
    let looks = stage.system.my_accesses(&mara, 1, Language::En).await.unwrap();
    let withdrawn = looks
        .rows
        .iter()
        .filter(|look| look.clauses.iter().any(|clause| clause == "6.3"));
    assert_eq!(withdrawn.count(), 1, "it has its entry");
    let all = stage.system.my_consents(&mara, Language::En).await.unwrap();
    let gone = all.iter().find(|consent| consent.item == "statistics").unwrap();
    let mut receipts = gone.receipts.iter();
    let (_, _, number) = receipts
        .find(|(event, ..)| *event == ConsentEvent::Withdrawn)
        .unwrap();
    let view = stage
        .system
        .consent_receipt(Some(&mara), number, Language::En)
        .await
        .unwrap();
    assert_eq!(view.event, ConsentEvent::Withdrawn);
    assert!(
        matches!(
            stage.system.consent_receipt(None, number, Language::En).await,
            Err(Rejected::NotFound)
        ),
        "they are with us still, and nobody else opens it"
    );
    stage.system.store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test]
async fn an_order_is_refused_when_its_consent_is_taken_back_and_nothing_revives_it_but_a_new_one() {
    let stage = Stage::new();
    let (mara, case) = stage.guest(MARA).await;
    let sales = stage.staff("sales", "sales").await;
    stage.pays(&mara, &case).await.unwrap();
    let order = the(&stage, &mara, "order").await.id;
    let ends = stage
        .system
        .taking_back(&mara, order, Language::En)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ends.cases, std::slice::from_ref(&case));
    assert!(ends.service.is_some());
    assert!(!ends.destroyed.is_empty(), "an address is for the order alone");

    takes_back(&stage, &mara, "order").await;
    let opened = stage
        .system
        .open_case(&sales, &case, Purpose::new(7), Language::En)
        .await;
    assert!(matches!(opened, Err(Rejected::Refusal(_))), "no consent, no look");
    let data = stage.system.my_data(&mara, Language::En).await.unwrap();
    let address = data.rows.iter().find(|row| row.name == "delivery_address");
    assert!(address.is_none_or(|row| row.purposes.is_empty()));

    let offer = stage
        .system
        .open_consent(&mara, "order", Language::Ru)
        .await
        .unwrap();
    let stale = gives(&stage, &mara, "order", &"0".repeat(64)).await;
    assert!(matches!(&stale, Err(Rejected::Mistake(mistake)) if mistake.of("order") == Some(Problem::Stale)));
    let unread = gives(&stage, &mara, "order", "").await;
    assert!(
        matches!(&unread, Err(Rejected::Mistake(mistake)) if mistake.of("order") == Some(Problem::ConsentNeeded))
    );
    gives(&stage, &mara, "order", &offer.hash).await.unwrap();
    let opened = stage
        .system
        .open_case(&sales, &case, Purpose::new(7), Language::En)
        .await;
    assert!(opened.is_ok());
    let again = the(&stage, &mara, "order").await;
    assert_ne!(again.id, order, "it is another consent");
    assert_eq!(again.receipts.len(), 1);
    let (_, _, number) = &again.receipts[0];
    let view = stage
        .system
        .consent_receipt(Some(&mara), number, Language::En)
        .await
        .unwrap();
    assert_eq!(view.hashes[0], offer.hash);
    stage.system.store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test]
async fn a_recipient_gets_nothing_on_the_consent_that_names_another() {
    let stage = Stage::new();
    let (mara, _) = stage.guest(MARA).await;
    assert!(!is_refused(&stage, &mara, RecipientKind::Distributor).await);
    assert!(is_refused(&stage, &mara, RecipientKind::RightsHolder).await);
    takes_back(&stage, &mara, "registration").await;
    assert!(is_refused(&stage, &mara, RecipientKind::Distributor).await);
}

#[tokio::test]
async fn the_last_consent_goes_with_everything_and_twice_is_once() {
    let stage = Stage::new();
    let (mara, _) = stage.guest(MARA).await;
    let items: Vec<String> = standing(&stage, &mara)
        .await
        .into_iter()
        .map(|one| one.item)
        .collect();
    let first = the(&stage, &mara, &items[0]).await.id;
    for item in &items[..items.len() - 1] {
        takes_back(&stage, &mara, item).await;
    }
    stage.system.take_back(&mara, first, stage.key()).await.unwrap();
    let last = standing(&stage, &mara).await;
    assert_eq!(last.len(), 1);
    let number = last[0].id;
    let ends = stage
        .system
        .taking_back(&mara, number, Language::En)
        .await
        .unwrap();
    assert!(ends.is_none(), "it leads to the withdrawal of all");
    let (dana, _) = stage.guest("dana@example.com").await;
    let strange = stage.system.take_back(&dana, number, stage.key()).await;
    assert!(matches!(strange, Err(Rejected::NotFound)));
    let left = stage.system.overview(mara.subject.unwrap()).await.unwrap();
    assert_eq!(left.standing, Standing::Active);
    assert!(left.withdrawn_at.is_none());
    let taken = stage.system.take_back(&mara, number, stage.key()).await.unwrap();
    assert!(matches!(taken, TakenBack::Everything(_)), "{taken:?}");
    stage.system.run_queue().await.unwrap();
    stage.system.store().verify(|_, _| {}).await.unwrap();
    let gone = stage.system.overview(mara.subject.unwrap()).await.unwrap();
    assert_eq!(gone.standing, Standing::Destroyed);
}

#[tokio::test]
async fn a_consent_that_is_put_back_into_its_row_is_found() {
    let stage = Stage::in_folder(tempfile::tempdir().unwrap(), 54);
    let (mara, _) = stage.guest(MARA).await;
    takes_back(&stage, &mara, "statistics").await;
    stage.system.store().verify(|_, _| {}).await.unwrap();
    let connection = rusqlite::Connection::open(stage.folder.path().join("sandyq.db")).unwrap();
    connection
        .busy_timeout(std::time::Duration::from_secs(10))
        .unwrap();
    assert_eq!(
        connection
            .execute("DELETE FROM consent WHERE act = 3", [])
            .unwrap(),
        1
    );
    drop(connection);
    let found = stage
        .system
        .store()
        .verify(|_, _| {})
        .await
        .unwrap_err()
        .to_string();
    assert!(found.contains("taken back"), "{found}");
}

/// The policy that ships, with one field less for a purpose.
fn asks_for_less() -> Arc<Policy> {
    let mut folder = shipped_folder();
    let text = folder.file("2-purposes.md").unwrap();
    let before = "category \"guest\" { may \"organization\" \"position\" \"country\" \"region\" \"city\"; }";
    let after = "category \"guest\" { may \"organization\" \"position\" \"country\" \"region\"; }";
    assert!(text.contains(before));
    let text = text.replacen(before, after, 1);
    folder.put("2-purposes.md", text);
    policy_of(&folder)
}

#[tokio::test]
async fn a_policy_that_asks_for_more_widens_no_consent_by_itself() {
    let stage = Stage::new().under_policy(asks_for_less());
    let (mara, reference) = stage.guest(MARA).await;
    let open = stage.system.open_to_consent(&mara, Language::En).await.unwrap();
    assert!(open.is_empty());
    let before = the(&stage, &mara, "quality").await;

    let stage = stage.under_policy(shipped_policy());
    let mara = enters(&stage, MARA, &reference).await.unwrap();
    let open = stage.system.open_to_consent(&mara, Language::En).await.unwrap();
    let [wider] = open.as_slice() else {
        panic!("{open:?}")
    };
    assert_eq!(wider.id, "quality");
    assert_eq!(wider.news, ["City"], "the difference is said in words");
    let after = the(&stage, &mara, "quality").await;
    assert_eq!(
        (after.id, &after.fields),
        (before.id, &before.fields),
        "what was agreed to stays"
    );
    let subject = mara.subject.unwrap();
    let city = stage.system.policy().field_named("city").unwrap();
    let covered = async || {
        let rows = stage
            .system
            .store()
            .read(move |reader| sandyq_store::tables::consent::of_subject(reader, subject))
            .await
            .unwrap();
        let quality = rows.iter().filter(|row| row.item == "quality");
        quality.map(|row| row.fields).any(|fields| fields.contains(city))
    };
    assert!(!covered().await);

    gives(&stage, &mara, "quality", &wider.hash).await.unwrap();
    assert!(covered().await);
    let open = stage.system.open_to_consent(&mara, Language::En).await.unwrap();
    assert!(open.is_empty(), "it is asked once");
    let mine = stage.system.my_consents(&mara, Language::En).await.unwrap();
    let both = mine
        .iter()
        .filter(|consent| consent.item == "quality" && consent.stands);
    assert_eq!(
        both.count(),
        2,
        "each has its own text, and is taken back by itself"
    );
}
