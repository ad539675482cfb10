//! 5.1.4, 1.3: several cases are taken or given back together, each by itself; what it would do is said first, and it can be undone.

use sandyq_model::Problem;
use sandyq_processing::access::Caller;
use sandyq_processing::cases::listing::{CaseFilter, Whose};
use sandyq_processing::cases::together::{Fate, OneOfThem, TOGETHER_MAX, Together};
use sandyq_processing::cases::views::{VIEW_NAME_LENGTH_MAX, VIEWS_MAX};
use sandyq_processing::{Language, Rejected};

use crate::stage::Stage;
use crate::stage::asked::problem;

async fn orders(stage: &Stage, count: usize) -> Vec<(Caller, String)> {
    let mut all = Vec::new();
    for place in 0..count {
        let (caller, reference) = stage.guest(&format!("guest{place}@example.com")).await;
        stage.pays(&caller, &reference).await.unwrap();
        all.push((caller, reference));
    }
    all
}

fn fates(all: &[OneOfThem]) -> Vec<Fate> {
    all.iter().map(|one| one.fate.clone()).collect()
}

async fn owned(stage: &Stage, staff: &Caller) -> usize {
    let filter = CaseFilter {
        whose: Whose::Own,
        ..CaseFilter::default()
    };
    let listed = stage.system.staff_cases(staff, &filter, 1, Language::En).await;
    listed.unwrap().rows.len()
}

async fn taken(stage: &Stage, person: &Caller) -> usize {
    let looks = stage.system.my_accesses(person, 1, Language::En).await.unwrap();
    looks.rows.iter().filter(|look| look.what == "case-taken").count()
}

#[tokio::test]
async fn what_would_become_of_each_is_said_first_and_then_done_one_by_one() {
    let stage = Stage::new();
    let people = orders(&stage, 4).await;
    let aslan = stage.staff("aslan", "sales").await;
    let bota = stage.staff("bota", "sales").await;
    let system = &stage.system;
    let mut references: Vec<String> = people.iter().map(|(_, reference)| reference.clone()).collect();
    system.take_case(&bota, &references[1], None).await.unwrap();
    system.take_case(&aslan, &references[2], None).await.unwrap();
    references.push("SQ-0000-0000".to_owned());

    let expected = [
        Fate::Would,
        Fate::Colleagues("bota".to_owned()),
        Fate::Already,
        Fate::Would,
        Fate::Absent,
    ];
    let ahead = system
        .foreseen_together(&aslan, Together::Take, &references)
        .await
        .unwrap();
    assert_eq!(fates(&ahead), expected);
    assert_eq!(owned(&stage, &aslan).await, 1, "nothing was done");
    assert_eq!(taken(&stage, &people[0].0).await, 0, "nor entered");

    let done = system
        .done_together(&aslan, Together::Take, &references)
        .await
        .unwrap();
    let [_, colleagues, already, _, absent] = expected;
    assert_eq!(
        fates(&done),
        [Fate::Done, colleagues, already, Fate::Done, absent]
    );
    assert_eq!(owned(&stage, &aslan).await, 3);
    for place in [0, 3] {
        assert_eq!(taken(&stage, &people[place].0).await, 1, "each has its own entry");
    }

    let again = system
        .done_together(&aslan, Together::Take, &references)
        .await
        .unwrap();
    assert!(
        fates(&again).iter().all(|fate| *fate != Fate::Done),
        "what is done stays done"
    );
    assert_eq!(taken(&stage, &people[0].0).await, 1);

    let undone = [references[0].clone(), references[3].clone()];
    let back = system
        .done_together(&aslan, Together::Take.undone_by(), &undone)
        .await
        .unwrap();
    assert_eq!(fates(&back), [Fate::Done, Fate::Done]);
    assert_eq!(owned(&stage, &aslan).await, 1, "what was his before stays his");
}

#[tokio::test]
async fn of_two_who_take_the_same_cases_each_case_has_one() {
    let stage = Stage::new();
    let people = orders(&stage, 3).await;
    let references: Vec<String> = people.into_iter().map(|(_, reference)| reference).collect();
    let aslan = stage.staff("aslan", "sales").await;
    let bota = stage.staff("bota", "sales").await;
    let (one, other) = tokio::join!(
        stage.system.done_together(&aslan, Together::Take, &references),
        stage.system.done_together(&bota, Together::Take, &references)
    );
    let done = |all: &[OneOfThem]| all.iter().filter(|one| one.fate == Fate::Done).count();
    assert_eq!(done(&one.unwrap()) + done(&other.unwrap()), 3);
    assert_eq!(owned(&stage, &aslan).await + owned(&stage, &bota).await, 3);
}

#[tokio::test]
async fn a_desk_has_its_own_cases_and_a_limit() {
    let stage = Stage::new();
    let people = orders(&stage, 1).await;
    let references = [people[0].1.clone()];
    let aslan = stage.staff("aslan", "sales").await;
    let system = &stage.system;
    for role in ["support", "responsible", "administrator", "auditor"] {
        let stranger = stage.staff(role, role).await;
        let ahead = system
            .foreseen_together(&stranger, Together::Take, &references)
            .await
            .unwrap();
        assert_eq!(fates(&ahead), [Fate::Absent], "{role}");
    }
    let own = system
        .foreseen_together(&people[0].0, Together::Take, &references)
        .await;
    assert!(matches!(own, Err(Rejected::SignInFirst)));
    let none = system.foreseen_together(&aslan, Together::Take, &[]).await;
    assert_eq!(problem(none, "chosen"), Some(Problem::Missing));
    let many = vec![references[0].clone(); TOGETHER_MAX + 1];
    let many = system.done_together(&aslan, Together::Take, &many).await;
    assert_eq!(problem(many, "chosen"), Some(Problem::TooMany));
    assert_eq!(owned(&stage, &aslan).await, 0);
}

#[tokio::test]
async fn a_filter_is_kept_under_a_name_by_whoever_keeps_it_and_goes_with_the_account() {
    let stage = Stage::new();
    let aslan = stage.staff("aslan", "sales").await;
    let bota = stage.staff("bota", "sales").await;
    let system = &stage.system;
    let words = "kind=order&owner=nobody";
    system
        .keep_view(&aslan, " Nobody's  orders ", words)
        .await
        .unwrap();
    let kept = system.my_views(&aslan).await.unwrap();
    assert_eq!(
        (kept[0].name.as_str(), kept[0].words.as_str()),
        ("Nobody's orders", words)
    );
    assert!(
        system.my_views(&bota).await.unwrap().is_empty(),
        "each sees their own"
    );
    system.forget_view(&bota, "Nobody's orders").await.unwrap();
    system
        .keep_view(&aslan, "Nobody's orders", "owner=own")
        .await
        .unwrap();
    let kept = system.my_views(&aslan).await.unwrap();
    assert_eq!((kept.len(), kept[0].words.as_str()), (1, "owner=own"));

    let long = "x".repeat(VIEW_NAME_LENGTH_MAX + 1);
    for (name, what) in [
        ("", Problem::Missing),
        (&*long, Problem::TooLong),
        ("mara@example.com", Problem::Personal),
        ("+7 701 123 45 67", Problem::Personal),
        ("900101300123", Problem::Personal),
    ] {
        let wrong = system.keep_view(&aslan, name, words).await;
        assert_eq!(problem(wrong, "view"), Some(what), "{name}");
    }
    for place in 1..VIEWS_MAX {
        system
            .keep_view(&aslan, &format!("View {place}"), words)
            .await
            .unwrap();
    }
    let more = system.keep_view(&aslan, "One more", words).await;
    assert_eq!(problem(more, "view"), Some(Problem::Views));
    system.keep_view(&aslan, "View 1", "owner=own").await.unwrap();
    system.forget_view(&aslan, "View 1").await.unwrap();
    system.keep_view(&aslan, "One more", words).await.unwrap();

    system.close_staff(&bota.actor, "aslan").await.unwrap();
    assert!(system.my_views(&aslan).await.unwrap().is_empty());
}
