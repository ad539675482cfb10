//! 8-a to 8-c: each value has its day, and goes on it alone when its last purpose has ended while the person stays; what a
//! person blocked waits; and nobody is destroyed before the day.

use std::sync::Arc;

use crate::stage::{Stage, answers, policy_of, shipped_folder};
use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Deed, Detail, Entry, Happening, Outcome};
use sandyq_ledger::receipt::{DestructionReceipt, open};
use sandyq_model::{ConsentId, Field, Plain, Standing, SubjectId, Verb};
use sandyq_policy::Policy;
use sandyq_processing::access::{Caller, Claim, Way};
use sandyq_processing::request::TakenBack;
use sandyq_processing::service::Submission;
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::consent::ConsentAct;
use sandyq_store::tables::{consent, posting, record, subject};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const MARA: &str = "mara@example.com";
const DANA: &str = "dana@example.com";
const PASSWORD: &str = "seven horses on a hill";

/// The shipped policy, but what the account is for is reached 30 days after it was opened; only the pages that suit their
/// reader (2.2.2) last as long as somebody uses them.
fn account_for_a_month() -> Arc<Policy> {
    let mut folder = shipped_folder();
    let text = folder.file("2-purposes.md").unwrap();
    let (before, after) = text.split_once("### 2.2.6").unwrap();
    let lasting = "ends \"account-closed\" days=0";
    assert!(after.contains(lasting));
    let month = after.replacen(lasting, "ends \"fulfilled\" days=30", 1);
    folder.put("2-purposes.md", format!("{before}### 2.2.6{month}"));
    policy_of(&folder)
}

async fn row_of(stage: &Stage, id: SubjectId) -> subject::Subject {
    let store = stage.system.store();
    let found = store.read(move |reader| subject::find(reader, id)).await;
    found.unwrap().unwrap()
}

async fn records_of(stage: &Stage, id: SubjectId) -> Vec<record::Record> {
    let store = stage.system.store();
    store
        .read(move |reader| record::of_subject(reader, id))
        .await
        .unwrap()
}

/// The names of the fields that are held.
async fn held(stage: &Stage, id: SubjectId) -> Vec<String> {
    let policy = stage.system.policy();
    let records = records_of(stage, id).await;
    let names = records.iter().map(|record| policy.field_name(record.field));
    names.map(ToOwned::to_owned).collect()
}

async fn consent_named(stage: &Stage, id: SubjectId, item: &str) -> ConsentId {
    let store = stage.system.store();
    let rows = store.read(move |reader| consent::of_subject(reader, id)).await;
    let rows = rows.unwrap();
    let given = rows
        .iter()
        .find(|row| row.act == ConsentAct::Given && row.item == item);
    given.unwrap().id
}

fn field(stage: &Stage, name: &str) -> Field {
    stage.system.policy().field_named(name).unwrap()
}

fn number(taken: TakenBack) -> String {
    match taken {
        TakenBack::One(number) => number,
        TakenBack::Everything(_) => panic!("everything was withdrawn"),
    }
}

/// What is stored of days is what is computed, for everything of that person.
async fn days_are_as_computed(stage: &Stage, id: SubjectId) {
    let overview = stage.system.overview(id).await.unwrap();
    let row = row_of(stage, id).await;
    let last = overview.ends.iter().map(|value| value.ends_at).max();
    assert_eq!(row.due_at, last);
    for record in records_of(stage, id).await {
        let value = overview.ends.iter().find(|value| value.field == record.field);
        assert_eq!(record.until_at.or(row.due_at), value.map(|value| value.ends_at));
    }
}

#[tokio::test]
async fn a_consent_taken_back_takes_along_what_nothing_else_needs_and_the_rest_stays() {
    let stage = Stage::new();
    let (mara, _) = stage.guest(MARA).await;
    let id = mara.subject.unwrap();
    days_are_as_computed(&stage, id).await;
    let before = held(&stage, id).await;
    let generation = row_of(&stage, id).await.key_generation;
    let order = consent_named(&stage, id, "order").await;
    let taken = stage.system.take_back(&mara, order, stage.key()).await.unwrap();
    let number = number(taken);
    stage.system.run_queue().await.unwrap();

    let after = held(&stage, id).await;
    let gone: Vec<_> = before.iter().filter(|name| !after.contains(name)).collect();
    assert_eq!(gone, ["delivery_address"], "of {before:?}");
    let row = row_of(&stage, id).await;
    assert_eq!((row.standing, row.withdrawn_at), (Standing::Active, None));
    assert_eq!(row.key_generation, generation + 1);
    let store = stage.system.store();
    assert!(
        store.wrapped_key(id, generation).unwrap().is_none(),
        "the old key lives"
    );
    let data = stage.system.my_data(&mara, Language::En).await.unwrap();
    assert!(data.rows.iter().any(|row| row.value.expose() == "Омарова"));
    days_are_as_computed(&stage, id).await;
    store.verify(|_, _| {}).await.unwrap();

    // The act names what went, under a key that strangers can check.
    let act = stage
        .system
        .receipt(&number, Language::En)
        .await
        .unwrap()
        .unwrap();
    let keys = std::slice::from_ref(store.verifier_key());
    let said = open::<DestructionReceipt>(act.json.as_bytes(), keys).unwrap();
    let destroyed: Vec<Field> = said.statement.destroyed.iter().collect();
    assert_eq!(destroyed, [field(&stage, "delivery_address")]);
    assert_eq!(said.entry.detail, Detail::Part);
    assert_eq!(said.statement.verbs.len(), 1, "the account did not end");

    // Twice is once: a consent that ended does not end again.
    let again = stage.system.take_back(&mara, order, stage.key()).await.unwrap();
    assert!(
        matches!(&again, TakenBack::One(act) if act.is_empty()),
        "{again:?}"
    );
    // The way in by address and code is still there: the address is found.
    let asked = stage.system.withdraw(&mara, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert!(
        asked.receipt_ready
            || stage
                .system
                .receipt(&asked.number, Language::En)
                .await
                .unwrap()
                .is_some()
    );
    assert_eq!(row_of(&stage, id).await.standing, Standing::Destroyed);
}

#[tokio::test]
async fn the_last_consent_that_is_taken_back_is_a_withdrawal() {
    let stage = Stage::new();
    let question = Submission {
        service: "question".to_owned(),
        language: Language::En,
        answers: answers(&[("email", MARA), ("message", "When do you open?")]),
        about: None,
        quantity: 1,
    };
    let (mara, _) = stage.comes(question, MARA).await;
    let id = mara.subject.unwrap();
    let one = consent_named(&stage, id, "question").await;
    let taken = stage.system.take_back(&mara, one, stage.key()).await.unwrap();
    assert!(matches!(taken, TakenBack::One(_)));
    stage.system.run_queue().await.unwrap();
    assert_eq!(held(&stage, id).await, ["email"]);
    let two = consent_named(&stage, id, "identification").await;
    let taken = stage.system.take_back(&mara, two, stage.key()).await.unwrap();
    assert!(matches!(taken, TakenBack::Everything(_)));
    stage.system.run_queue().await.unwrap();
    assert_eq!(row_of(&stage, id).await.standing, Standing::Destroyed);
}

#[tokio::test]
async fn nobody_takes_back_the_consent_of_somebody_else() {
    let stage = Stage::new();
    let (mara, _) = stage.guest(MARA).await;
    let (dana, _) = stage.guest(DANA).await;
    let id = mara.subject.unwrap();
    let order = consent_named(&stage, id, "order").await;
    let tried = stage.system.take_back(&dana, order, stage.key()).await;
    assert!(matches!(tried, Err(Rejected::NotFound)), "{tried:?}");
    stage.system.run_queue().await.unwrap();
    assert!(held(&stage, id).await.contains(&"delivery_address".to_owned()));
}

/// Dana has an account with a password, and a fax number that serves nothing beyond a month.
async fn account_with_fax(stage: &Stage) -> Caller {
    let submission = Submission {
        service: "account".to_owned(),
        language: Language::En,
        answers: answers(&[
            ("last_name", "Omarova"),
            ("first_name", "Dana"),
            ("email", DANA),
            ("fax", "+7 727 298 76 03"),
        ]),
        about: None,
        quantity: 1,
    };
    let taken = stage.submits(submission).await.unwrap();
    let entered = stage.confirms(&taken, DANA).await;
    let first = stage
        .system
        .caller(entered.session.expose())
        .await
        .unwrap()
        .unwrap();
    let (nothing, chosen) = (Plain::from(""), Plain::from(PASSWORD));
    let session = stage
        .system
        .choose_password(&first, &nothing, &chosen, Language::En)
        .await
        .unwrap();
    stage.system.caller(session.expose()).await.unwrap().unwrap()
}

async fn signs_in(stage: &Stage) -> bool {
    let claim = Claim {
        email: Plain::from(DANA),
        password: Plain::from(PASSWORD),
        language: Language::En,
        place: None,
        browser: None,
    };
    matches!(stage.system.sign_in_to_account(claim).await, Ok(Way::Open(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_whose_purpose_has_ended_goes_alone_and_the_account_stays_open() {
    let stage = Stage::with_policy(account_for_a_month());
    let dana = account_with_fax(&stage).await;
    let id = dana.subject.unwrap();
    days_are_as_computed(&stage, id).await;
    let fax = field(&stage, "fax");
    let records = records_of(&stage, id).await;
    let until = records
        .iter()
        .find(|record| record.field == fax)
        .unwrap()
        .until_at;
    assert_eq!(
        until,
        Some(stage.now() + DAY * 30),
        "a purpose that is fulfilled, and 30 days"
    );
    let name = records
        .iter()
        .find(|record| record.field == field(&stage, "first_name"));
    assert_eq!(name.unwrap().until_at, None, "as long as its person");

    stage.passes(DAY * 29);
    assert_eq!(
        stage.system.run_retention().await.unwrap(),
        0,
        "not before its day"
    );
    assert!(
        signs_in(&stage).await,
        "using the account moves its end, and not that of an order"
    );
    stage.passes(DAY);
    assert_eq!(stage.system.run_retention().await.unwrap(), 1);
    assert_eq!(stage.system.run_retention().await.unwrap(), 0, "queued once");
    stage.system.run_queue().await.unwrap();
    assert!(!held(&stage, id).await.contains(&"fax".to_owned()));
    let row = row_of(&stage, id).await;
    assert_eq!((row.standing, row.key_generation), (Standing::Active, 2));
    assert!(signs_in(&stage).await, "the password was sealed anew");
    days_are_as_computed(&stage, id).await;
    stage.system.store().verify(|_, _| {}).await.unwrap();
    let stage = stage.reopens();
    assert!(signs_in(&stage).await);
}

#[tokio::test]
async fn what_its_owner_corrects_keeps_its_day() {
    let stage = Stage::with_policy(account_for_a_month());
    let dana = account_with_fax(&stage).await;
    let id = dana.subject.unwrap();
    let day = stage.now() + DAY * 30;
    stage.passes(DAY * 10);
    let other = Plain::from("+7 727 298 76 04");
    stage
        .system
        .clarify(&dana, "fax", &other, stage.key())
        .await
        .unwrap();
    let fax = field(&stage, "fax");
    let records = records_of(&stage, id).await;
    let until = records
        .iter()
        .find(|record| record.field == fax)
        .unwrap()
        .until_at;
    assert_eq!(until, Some(day));
    days_are_as_computed(&stage, id).await;
}

#[tokio::test]
async fn what_a_person_blocked_waits_and_goes_when_the_block_ends() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let (mara, _) = stage.guest(MARA).await;
    let id = mara.subject.unwrap();
    stage.system.block(&responsible, id).await.unwrap();
    stage.passes(DAY * 31);
    stage.system.run_retention().await.unwrap();
    stage.system.run_queue().await.unwrap();
    let row = row_of(&stage, id).await;
    assert_eq!(row.standing, Standing::Blocked, "a block ends by a person's word");
    assert!(!held(&stage, id).await.is_empty());
    stage.system.unblock(&responsible, id).await.unwrap();
    assert_eq!(stage.system.run_retention().await.unwrap(), 1);
    stage.system.run_queue().await.unwrap();
    assert_eq!(row_of(&stage, id).await.standing, Standing::Destroyed);
}

async fn consents_of(stage: &Stage, id: SubjectId) -> usize {
    let store = stage.system.store();
    let found = store.read(move |reader| consent::of_subject(reader, id)).await;
    found.unwrap().len()
}

#[tokio::test]
async fn the_proof_of_a_consent_outlives_the_data_by_its_years_and_not_longer() {
    // One year, so that the calendar knows the day.
    let mut folder = shipped_folder();
    let text = folder.file("8-retention.md").unwrap();
    let year = text.replacen(
        "\"consent-proof-years\" count=3",
        "\"consent-proof-years\" count=1",
        1,
    );
    assert_ne!(text, year);
    folder.put("8-retention.md", year);
    let stage = Stage::with_policy(policy_of(&folder));
    let caller = account_with_fax(&stage).await;
    let id = caller.subject.unwrap();
    // Whoever stays keeps theirs, however old they are.
    let run = || stage.system.retention_now(true, |_| {});
    run().await.unwrap();
    let given = consents_of(&stage, id).await;
    assert!(given > 0);
    stage.system.withdraw(&caller, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(row_of(&stage, id).await.standing, Standing::Destroyed);
    let kept = consents_of(&stage, id).await;
    assert!(kept > given, "the withdrawal is proven as well");
    stage.passes(DAY * 365);
    run().await.unwrap();
    assert_eq!(consents_of(&stage, id).await, kept, "the years are not over");
    stage.passes(DAY * 3);
    run().await.unwrap();
    assert_eq!(consents_of(&stage, id).await, 0);
    run().await.unwrap();
    let store = stage.system.store();
    let mut ended = 0;
    for index in 0..store.checkpoint().size {
        let entry = Entry::decode(&store.entry(index).await.unwrap().unwrap()).unwrap();
        if entry.deed == Deed::Happening(Happening::ConsentProofsEnded) {
            ended += 1;
            assert!(entry.subject.is_none(), "it names nobody");
        }
    }
    assert_eq!(ended, 1, "once");
}

#[tokio::test]
async fn nobody_destroys_a_single_value_before_its_day() {
    let stage = Stage::with_policy(account_for_a_month());
    let responsible = stage.staff("aru", "responsible").await;
    let dana = account_with_fax(&stage).await;
    let id = dana.subject.unwrap();
    let refused = stage.destroys(&responsible, id).await;
    assert!(matches!(refused, Err(Rejected::Refusal(_))), "{refused:?}");
    stage.passes(DAY * 30);
    stage.destroys(&responsible, id).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let left = held(&stage, id).await;
    assert!(!left.is_empty() && !left.contains(&"fax".to_owned()), "{left:?}");
    let size = stage.system.store().checkpoint().size;
    let store = stage.system.store();
    let entries = store
        .read(move |reader| posting::newest(reader, size, u32::try_from(size).unwrap()))
        .await
        .unwrap();
    let parts = entries.iter().filter(|placed| {
        let entry = &placed.entry;
        entry.deed == Deed::Verb(Verb::Destroy) && entry.outcome == Outcome::Done
    });
    let parts: Vec<_> = parts.map(|placed| placed.entry.detail).collect();
    assert_eq!(parts, [Detail::Part]);
}

/// The instants at which the days of the values of an order lie.
#[tokio::test]
async fn a_floor_moves_the_day_of_its_fields_only_and_says_its_article() {
    let stage = Stage::new();
    let (mara, case) = stage.guest(MARA).await;
    stage.pays(&mara, &case).await.unwrap();
    let id = mara.subject.unwrap();
    let ends: Timestamp = stage.now() + DAY * 30;
    let overview = stage.system.overview(id).await.unwrap();
    for value in &overview.ends {
        let name = stage.system.policy().field_name(value.field);
        let is_on_receipt = ["last_name", "first_name", "patronymic"].contains(&name);
        assert_eq!(value.destroy_by > value.ends_at, is_on_receipt, "{name}");
        assert_eq!(value.floors.len(), usize::from(is_on_receipt), "{name}");
        assert!(value.serves.iter().any(|serves| serves.item == "order"), "{name}");
        assert!(value.ends_at <= ends, "{name}");
    }
    let mine = stage.system.my_data(&mara, Language::En).await.unwrap();
    let name = mine.rows.iter().find(|row| row.name == "last_name").unwrap();
    assert_eq!(name.norm(), Some("Tax Code 2026, Art. 206(3)"));
    let phone = mine.rows.iter().find(|row| row.name == "contact_phone").unwrap();
    assert_eq!((phone.until, phone.norm()), (ends, None));
    for row in &mine.rows {
        let last = row.kept_by.iter().map(|keeper| keeper.until).max();
        assert_eq!(
            last,
            Some(row.until),
            "{}: the last that keeps it is its day",
            row.name
        );
    }
}
