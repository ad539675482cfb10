//! 8-c, 8-d: the run of the schedule: what it destroys and what it leaves, that it goes on where it was killed, and that by a
//! clock or a calendar that cannot be believed it destroys nothing and says so.

use crate::stage::{Stage, policy_of, purchase, shipped_folder};
use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Detail, Entry, Happening, Outcome};
use sandyq_model::Standing;
use sandyq_processing::Rejected;
use sandyq_processing::retention::{Alarm, Stop};
use sandyq_store::tables::{posting, subject};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The entries of that happening, oldest first.
async fn entries(stage: &Stage, happening: Happening) -> Vec<Entry> {
    let store = stage.system.store();
    let size = store.checkpoint().size;
    let newest = store.read(move |reader| posting::newest(reader, size, u32::try_from(size).unwrap()));
    let mut entries = newest.await.unwrap();
    entries.sort_by_key(|placed| placed.index);
    let of_it = entries.into_iter().map(|placed| placed.entry);
    of_it
        .filter(|entry| entry.deed == Deed::Happening(happening))
        .collect()
}

async fn standings(stage: &Stage) -> Vec<Standing> {
    let store = stage.system.store();
    let people = store.read(|reader| subject::page(reader, None, 1000)).await;
    people.unwrap().iter().map(|row| row.standing).collect()
}

async fn submitted(stage: &Stage, count: usize) {
    for number in 0..count {
        let email = format!("person{number}@example.com");
        stage.submits(purchase(&email)).await.unwrap();
    }
}

#[tokio::test]
async fn a_run_destroys_what_is_due_is_entered_once_a_day_and_tells_how_far_it_came() {
    let stage = Stage::new();
    submitted(&stage, 3).await;
    let plan = stage.system.retention_plan().await.unwrap();
    assert_eq!(plan.ahead, [(7, 3, 0), (30, 3, 0), (90, 3, 0)]);
    assert_eq!((plan.next.len(), plan.alarms.len()), (3, 0));
    stage.passes(DAY * 6);
    let told = std::sync::atomic::AtomicU64::new(0);
    let ran = stage
        .system
        .retention_now(false, |done| {
            told.store(done, std::sync::atomic::Ordering::SeqCst)
        })
        .await
        .unwrap();
    assert_eq!((ran.queued, ran.waiting, ran.stopped), (3, 0, None));
    assert_eq!(told.load(std::sync::atomic::Ordering::SeqCst), 3);
    assert_eq!(standings(&stage).await, [Standing::Destroyed; 3]);
    let runs = entries(&stage, Happening::RetentionRun).await;
    assert!(runs.iter().all(|entry| entry.outcome == Outcome::Done));
    let before = runs.len();
    for _ in 0..5 {
        stage.system.run_retention().await.unwrap();
    }
    let after = entries(&stage, Happening::RetentionRun).await.len();
    assert_eq!(after, before, "one entry a day is enough");
    stage.passes(DAY);
    stage.system.run_retention().await.unwrap();
    assert_eq!(entries(&stage, Happening::RetentionRun).await.len(), before + 1);
    let plan = stage.system.retention_plan().await.unwrap();
    assert_eq!(plan.runs.len(), 2);
    assert!(plan.alarms.is_empty() && plan.next.is_empty());
}

#[tokio::test]
async fn what_is_blocked_waits_with_an_entry_for_each_day_and_an_alarm() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let sales = stage.staff("aliya", "sales").await;
    let (mara, case) = stage.guest("mara@example.com").await;
    let id = mara.subject.unwrap();
    stage.system.block(&responsible, id).await.unwrap();
    stage.passes(DAY * 31);
    let ran = stage.system.retention_now(false, |_| {}).await.unwrap();
    assert_eq!((ran.queued, ran.waiting), (0, 1));
    assert_eq!(standings(&stage).await, [Standing::Blocked]);
    let waits = entries(&stage, Happening::DestructionWaits).await;
    assert!(!waits.is_empty() && waits.iter().all(|entry| entry.detail == Detail::Blocked));
    assert!(waits.iter().all(|entry| entry.subject.is_some()));
    let board = stage.system.retention_board(&responsible).await.unwrap();
    assert_eq!(board.alarms, [Alarm::Waiting(1)]);
    assert_eq!(board.waiting[0].cases, [case]);
    let for_sales = stage.system.retention_board(&sales).await;
    assert!(matches!(for_sales, Err(Rejected::NotFound)));
    stage.system.unblock(&responsible, id).await.unwrap();
    let ran = stage.system.retention_now(false, |_| {}).await.unwrap();
    assert_eq!((ran.queued, ran.waiting), (1, 0));
    assert_eq!(standings(&stage).await, [Standing::Destroyed]);
    assert!(stage.system.retention_plan().await.unwrap().alarms.is_empty());
}

#[tokio::test]
async fn by_a_clock_that_went_back_nothing_is_destroyed_until_a_person_has_looked() {
    let stage = Stage::new();
    submitted(&stage, 1).await;
    // Somebody set the clock to next year, and a run believed it; then it is put right.
    let right = stage.now() + DAY * 6;
    stage.clock.set(right + DAY * 365);
    stage.system.run_queue().await.unwrap();
    stage.system.run_retention().await.unwrap();
    stage.system.run_queue().await.unwrap();
    stage.system.run_retention().await.unwrap();
    submitted(&stage, 1).await;
    stage.clock.set(right + DAY * 12);
    for _ in 0..3 {
        assert_eq!(stage.system.run_retention().await.unwrap(), 0);
    }
    let failed = entries(&stage, Happening::RetentionRun).await;
    let failed: Vec<_> = failed
        .iter()
        .filter(|entry| entry.outcome == Outcome::Failed)
        .collect();
    assert_eq!((failed.len(), failed[0].detail), (1, Detail::Clock));
    let plan = stage.system.retention_plan().await.unwrap();
    assert!(
        plan.alarms.contains(&Alarm::Stopped(Stop::ClockBack)),
        "{:?}",
        plan.alarms
    );
    let ran = stage.system.retention_now(false, |_| {}).await.unwrap();
    assert_eq!(ran.stopped, Some(Stop::ClockBack));
    let ran = stage.system.retention_now(true, |_| {}).await.unwrap();
    assert_eq!(ran.stopped, None);
    let plan = stage.system.retention_plan().await.unwrap();
    assert!(plan.alarms.is_empty(), "{:?}", plan.alarms);
}

#[tokio::test]
async fn a_correction_of_some_minutes_stops_nothing() {
    let stage = Stage::new();
    stage.system.run_retention().await.unwrap();
    stage.clock.set(stage.now() - SignedDuration::from_mins(3));
    submitted(&stage, 1).await;
    stage.system.run_retention().await.unwrap();
    assert!(stage.system.retention_plan().await.unwrap().alarms.is_empty());
}

#[tokio::test]
async fn beyond_the_calendar_nothing_is_destroyed_and_nothing_is_extended() {
    let stage = Stage::new();
    submitted(&stage, 1).await;
    // Two years later: nobody entered the days.
    stage.passes(DAY * 800);
    for _ in 0..3 {
        assert_eq!(stage.system.run_retention().await.unwrap(), 0);
    }
    assert_eq!(standings(&stage).await, [Standing::Pending]);
    let stopped = entries(&stage, Happening::RetentionRun).await;
    assert_eq!(stopped.len(), 1);
    assert_eq!(
        (stopped[0].outcome, stopped[0].detail),
        (Outcome::Failed, Detail::Calendar)
    );
    let plan = stage.system.retention_plan().await.unwrap();
    assert_eq!(plan.alarms[0], Alarm::Stopped(Stop::Calendar));
    // The days are entered, and the run goes on by itself.
    let mut folder = shipped_folder();
    let calendar = folder.file("calendar/kz.kdl").unwrap();
    let longer = calendar.replace("horizon \"2027-12-31\"", "horizon \"2029-12-31\"");
    folder.put("calendar/kz.kdl", longer);
    let stage = stage.under_policy(policy_of(&folder));
    assert_eq!(stage.system.run_retention().await.unwrap(), 1);
    stage.system.run_queue().await.unwrap();
    assert_eq!(standings(&stage).await, [Standing::Destroyed]);
    stage.system.run_retention().await.unwrap();
    assert!(stage.system.retention_plan().await.unwrap().alarms.is_empty());
}

#[tokio::test]
async fn killed_on_its_way_it_goes_on_where_it_was() {
    let stage = Stage::new();
    submitted(&stage, 40).await;
    stage.passes(DAY * 6);
    assert_eq!(stage.system.run_retention().await.unwrap(), 40);
    // It is killed before the queue is worked on, and starts an hour later.
    let stage = stage.reopens();
    stage.passes(HOUR);
    assert_eq!(stage.system.run_retention().await.unwrap(), 0, "queued once");
    stage.system.run_queue().await.unwrap();
    let all = standings(&stage).await;
    assert!(
        all.iter().all(|standing| *standing == Standing::Destroyed),
        "{all:?}"
    );
    let runs = stage.system.retention_plan().await.unwrap().runs;
    assert_eq!(runs[0].destroyed, 40);
    stage.system.store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test]
async fn what_a_floor_keeps_is_not_found_before_its_day_though_it_is_withdrawn_again() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let (mara, case) = stage.guest("mara@example.com").await;
    stage.pays(&mara, &case).await.unwrap();
    let id = mara.subject.unwrap();
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let day = || async {
        let row = stage.system.store().read(move |reader| subject::find(reader, id));
        row.await.unwrap().unwrap().due_at
    };
    let until = day().await;
    assert!(until > Some(stage.now() + DAY * 365));
    stage.system.withdraw_by_letter(&responsible, id).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(day().await, until);
    assert_eq!(stage.system.run_retention().await.unwrap(), 0);
}

#[tokio::test]
async fn what_an_article_keeps_longer_than_was_known_waits_for_its_new_day_with_an_entry() {
    let stage = Stage::new();
    let (mara, case) = stage.guest("mara@example.com").await;
    stage.pays(&mara, &case).await.unwrap();
    let id = mara.subject.unwrap();
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let mut folder = shipped_folder();
    for (file, old, new) in [
        (
            "8-retention.md",
            "floor \"tax-documents\" years=5",
            "floor \"tax-documents\" years=6",
        ),
        (
            "calendar/kz.kdl",
            "horizon \"2027-12-31\"",
            "horizon \"2039-12-31\"",
        ),
    ] {
        let text = folder.file(file).unwrap().replace(old, new);
        folder.put(file, text);
    }
    let stage = stage.under_policy(policy_of(&folder));
    // The first of January behind the five years.
    stage.clock.set("2032-01-02T00:00:00Z".parse().unwrap());
    let found = stage.system.retention_now(true, |_| {}).await.unwrap();
    assert_eq!(found.queued, 1, "it is looked at once");
    let waits = entries(&stage, Happening::DestructionWaits).await;
    assert!(
        waits.iter().any(|entry| entry.detail == Detail::Remainder),
        "{waits:?}"
    );
    let again = stage.system.retention_now(true, |_| {}).await.unwrap();
    assert_eq!(again.queued, 0, "and not again before its day");
    let row = stage.system.store().read(move |reader| subject::find(reader, id));
    assert_eq!(row.await.unwrap().unwrap().standing, Standing::Blocked);
}

#[tokio::test]
async fn every_three_months_it_is_looked_whether_card_data_has_outlived_its_day() {
    let stage = Stage::new();
    let (mara, order) = stage.guest("mara@example.com").await;
    stage.pays(&mara, &order).await.unwrap();
    let looks = async || stage.system.look_for_old_cards().await.unwrap();
    assert_eq!(looks().await, Some(0));
    assert_eq!(looks().await, None, "not every night");
    // Nothing is destroyed, as when the schedule stands still.
    stage.passes(DAY * 93);
    assert_eq!(
        looks().await,
        Some(3),
        "number, holder, and the month it is good for"
    );
    let plan = stage.system.retention_plan().await.unwrap();
    assert!(plan.alarms.contains(&Alarm::Cards(3)), "{:?}", plan.alarms);
    stage.system.retention_now(false, |_| ()).await.unwrap();
    assert_eq!(
        looks().await,
        Some(0),
        "looked again, because something was found"
    );
    let plan = stage.system.retention_plan().await.unwrap();
    assert_eq!(
        (plan.cards_looked_for, plan.alarms),
        (Some(stage.now()), Vec::new())
    );
    let entered = entries(&stage, Happening::CardsLookedFor).await;
    let outcomes: Vec<Outcome> = entered.iter().map(|entry| entry.outcome).collect();
    assert_eq!(outcomes, [Outcome::Done, Outcome::Failed, Outcome::Done]);
}
