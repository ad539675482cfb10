//! 8-c: an order of a court, or of another body that a law empowers, to keep what would be destroyed: while it stands nothing
//! goes, once the day has come nothing else is done, and when it is lifted what is due goes at once.

use crate::stage::Stage;
use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Detail, Entry};
use sandyq_model::{Problem, Standing, SubjectId, Verb};
use sandyq_processing::Rejected;
use sandyq_processing::access::Caller;
use sandyq_processing::retention::{Alarm, Order};
use sandyq_store::tables::{posting, subject};

const DAY: SignedDuration = SignedDuration::from_hours(24);

pub fn order() -> Order {
    Order {
        ordered_by: "court".into(),
        article: "Civil Procedure Code, Art. 156".into(),
        document: "2-1187/2026".into(),
        dated: "2026-11-20".into(),
    }
}

async fn standing(stage: &Stage, id: SubjectId) -> Standing {
    let row = stage.system.store().read(move |reader| subject::find(reader, id));
    row.await.unwrap().unwrap().standing
}

/// The newest operation; the word of the second person stands beside it.
async fn newest(stage: &Stage) -> Entry {
    let store = stage.system.store();
    let size = store.checkpoint().size;
    let newest = store.read(move |reader| posting::newest(reader, size, 2));
    let mut newest = newest.await.unwrap().into_iter().map(|placed| placed.entry);
    newest.rfind(|entry| matches!(entry.deed, Deed::Verb(_))).unwrap()
}

async fn mara_and_the_responsible(stage: &Stage) -> (Caller, SubjectId, Caller) {
    let responsible = stage.staff("aru", "responsible").await;
    let (mara, _) = stage.guest("mara@example.com").await;
    let id = mara.subject.unwrap();
    (mara, id, responsible)
}

#[tokio::test]
async fn what_an_order_keeps_outlives_its_day_and_is_used_for_nothing_then() {
    let stage = Stage::new();
    let (mara, id, responsible) = mara_and_the_responsible(&stage).await;
    let hold = stage.keeps(&responsible, id, &order()).await.unwrap();
    let said = newest(&stage).await;
    assert_eq!((said.deed, said.detail), (Deed::Verb(Verb::Store), Detail::Held));
    assert!(
        stage
            .system
            .my_data(&mara, sandyq_policy::Language::En)
            .await
            .is_ok()
    );
    stage.passes(DAY * 31);
    let ran = stage.system.retention_now(false, |_| {}).await.unwrap();
    assert_eq!((ran.queued, ran.waiting), (0, 1));
    assert_eq!(standing(&stage, id).await, Standing::Active);
    let board = stage.system.retention_board(&responsible).await.unwrap();
    assert_eq!(board.alarms, [Alarm::Waiting(1)]);
    let seen = stage.system.my_data(&mara, sandyq_policy::Language::En).await;
    let Err(Rejected::Refusal(refusal)) = seen else {
        panic!("past its day nothing is done with it");
    };
    assert!(
        refusal.rules.iter().any(|rule| rule.to_string().starts_with('8')),
        "{refusal:?}"
    );
    assert!(stage.destroys(&responsible, id).await.is_err());

    stage
        .lifts(&responsible, id, hold, "2-1187/2026-3")
        .await
        .unwrap();
    assert_eq!(newest(&stage).await.detail, Detail::HoldLifted);
    stage.system.run_queue().await.unwrap();
    assert_eq!(standing(&stage, id).await, Standing::Destroyed);
    let plan = stage.system.retention_plan().await.unwrap();
    assert!(plan.alarms.is_empty());
    let left = stage
        .system
        .store()
        .read(move |reader| sandyq_store::tables::hold::of_subject(reader, id))
        .await
        .unwrap();
    assert_eq!(left, [], "the orders go with the person");
}

#[tokio::test]
async fn who_withdraws_under_an_order_is_destroyed_when_the_last_one_is_lifted() {
    let stage = Stage::new();
    let (mara, id, responsible) = mara_and_the_responsible(&stage).await;
    let first = stage.keeps(&responsible, id, &order()).await.unwrap();
    let other = Order {
        ordered_by: "tax-authority".into(),
        ..order()
    };
    let second = stage.keeps(&responsible, id, &other).await.unwrap();
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    stage.system.run_retention().await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(standing(&stage, id).await, Standing::Active);
    stage.lifts(&responsible, id, first, "1").await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(standing(&stage, id).await, Standing::Active, "another one stands");
    let again = stage.lifts(&responsible, id, first, "1").await;
    assert!(matches!(again, Err(Rejected::NotFound)));
    let stage = stage.reopens();
    let responsible = stage.staff_again("aru").await;
    stage.lifts(&responsible, id, second, "2").await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(standing(&stage, id).await, Standing::Destroyed);
}

#[tokio::test]
async fn a_blocked_record_under_an_order_is_nobodys_to_free() {
    let stage = Stage::new();
    let (_, id, responsible) = mara_and_the_responsible(&stage).await;
    stage.system.block(&responsible, id).await.unwrap();
    let hold = stage.keeps(&responsible, id, &order()).await.unwrap();
    assert!(matches!(
        stage.system.unblock(&responsible, id).await,
        Err(Rejected::Refusal(_))
    ));
    stage.passes(DAY * 31);
    stage.lifts(&responsible, id, hold, "7").await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(
        standing(&stage, id).await,
        Standing::Blocked,
        "the block is a person's to end"
    );
    stage.system.unblock(&responsible, id).await.unwrap();
    stage.system.run_retention().await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(standing(&stage, id).await, Standing::Destroyed);
}

#[tokio::test]
async fn an_order_without_its_parts_is_told_field_by_field_and_others_find_nothing() {
    let stage = Stage::new();
    let (mara, id, responsible) = mara_and_the_responsible(&stage).await;
    let sales = stage.staff("aliya", "sales").await;
    let entries = stage.system.store().checkpoint().size;
    let wrong = stage.keeps(&responsible, id, &Order::default()).await;
    let Err(Rejected::Mistake(mistake)) = wrong else {
        panic!("an empty order is a mistake");
    };
    let expected = [
        ("ordered_by", Problem::Choice),
        ("article", Problem::Missing),
        ("document", Problem::Missing),
        ("dated", Problem::Date),
    ];
    for (input, problem) in expected {
        assert_eq!(mistake.of(input), Some(problem), "{input}");
    }
    for day in ["2027-01-01", "1990-01-01", "20.11.2026", "2026-02-30"] {
        let later = Order {
            dated: day.into(),
            ..order()
        };
        let Err(Rejected::Mistake(mistake)) = stage.keeps(&responsible, id, &later).await else {
            panic!("{day} is no day of such a document");
        };
        assert_eq!(mistake.of("dated"), Some(Problem::Date));
    }
    assert_eq!(
        stage.system.store().checkpoint().size,
        entries,
        "nothing happened"
    );
    for caller in [&sales, &mara] {
        let refused = stage.keeps(caller, id, &order()).await;
        assert!(refused.is_err());
        assert!(
            stage
                .system
                .record_at_desk(caller, &id.to_string())
                .await
                .is_err()
        );
    }
}
