//! 5.1.4, 1.3: staff and their queues. A case has one named owner; a list is filtered by words; and whoever has lost the number of a case
//! is found by a contact named whole, without anybody learning of what is closed to them.

use jiff::SignedDuration;
use sandyq_model::{Plain, Problem, Purpose, RequestKind};
use sandyq_processing::access::Caller;
use sandyq_processing::audit::Notable;
use sandyq_processing::cases::State;
use sandyq_processing::cases::listing::{CaseFilter, CaseRow, DueBy, Whose};
use sandyq_processing::request::{BoardFilter, Norm};
use sandyq_processing::{Language, Rejected};

use crate::stage::Stage;
use crate::stage::asked::{enters, problem};

const MARA: &str = "mara@example.com";

async fn ordered(stage: &Stage, email: &str) -> (Caller, String) {
    let (caller, reference) = stage.guest(email).await;
    stage.pays(&caller, &reference).await.unwrap();
    (caller, reference)
}

async fn list(stage: &Stage, staff: &Caller, filter: CaseFilter) -> Vec<CaseRow> {
    let listed = stage.system.staff_cases(staff, &filter, 1, Language::En).await;
    listed.unwrap().rows
}

async fn references(stage: &Stage, staff: &Caller, filter: CaseFilter) -> Vec<String> {
    let rows = list(stage, staff, filter).await;
    rows.into_iter().map(|row| row.reference).collect()
}

fn whose(whose: Whose) -> CaseFilter {
    CaseFilter {
        whose,
        ..CaseFilter::default()
    }
}

async fn searches(
    stage: &Stage,
    staff: &Caller,
    contact: &str,
    purpose: Purpose,
) -> Result<Vec<String>, Rejected> {
    let contact = Plain::from(contact);
    let found = stage
        .system
        .search_cases(staff, &contact, Some(purpose), Language::En)
        .await?;
    Ok(found.into_iter().map(|row| row.reference).collect())
}

#[tokio::test]
async fn a_case_has_one_named_owner_who_can_give_it_back() {
    let stage = Stage::new();
    let (mara, reference) = ordered(&stage, MARA).await;
    let (_, other) = ordered(&stage, "dana@example.com").await;
    let aslan = stage.staff("aslan", "sales").await;
    let bota = stage.staff("bota", "sales").await;
    let system = &stage.system;

    system.take_case(&aslan, &reference, None).await.unwrap();
    system.take_case(&aslan, &reference, None).await.unwrap();
    assert_eq!(
        references(&stage, &aslan, whose(Whose::Own)).await,
        std::slice::from_ref(&reference)
    );
    assert_eq!(references(&stage, &aslan, whose(Whose::Nobodys)).await, [other]);
    assert!(references(&stage, &bota, whose(Whose::Own)).await.is_empty());

    let unread = system.take_case(&bota, &reference, None).await;
    assert_eq!(
        problem(unread, "taken"),
        Some(Problem::Taken),
        "she did not see whose it is"
    );
    let wrong = system.take_case(&bota, &reference, Some("madi")).await;
    assert_eq!(problem(wrong, "taken"), Some(Problem::Taken));
    system.take_case(&bota, &reference, Some("aslan")).await.unwrap();
    let rows = list(&stage, &aslan, CaseFilter::default()).await;
    let owner = rows
        .iter()
        .find(|row| row.reference == reference)
        .unwrap()
        .owner
        .clone()
        .unwrap();
    assert_eq!((owner.name.as_str(), owner.own), ("bota", false));
    let not_his = system.give_case_back(&aslan, &reference).await;
    assert_eq!(problem(not_his, "taken"), Some(Problem::Taken));
    system.give_case_back(&bota, &reference).await.unwrap();
    assert_eq!(references(&stage, &aslan, whose(Whose::Nobodys)).await.len(), 2);

    let looks = system.my_accesses(&mara, 1, Language::En).await.unwrap();
    let taken = looks
        .rows
        .iter()
        .filter(|look| look.what == "case-taken" && look.who == "Sales");
    assert_eq!(taken.count(), 2, "the person reads who worked on it");

    for role in ["support", "responsible", "administrator"] {
        let stranger = stage.staff(role, role).await;
        let taken = system.take_case(&stranger, &reference, None).await;
        assert!(matches!(taken, Err(Rejected::NotFound)), "{role}");
    }
    let own = system.take_case(&mara, &reference, None).await;
    assert!(matches!(own, Err(Rejected::SignInFirst)));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_take_a_case_at_once_one_has_it() {
    let stage = Stage::new();
    let (_, reference) = ordered(&stage, MARA).await;
    let aslan = stage.staff("aslan", "sales").await;
    let bota = stage.staff("bota", "sales").await;
    let (one, other) = tokio::join!(
        stage.system.take_case(&aslan, &reference, None),
        stage.system.take_case(&bota, &reference, None)
    );
    assert!(one.is_ok() != other.is_ok());
}

#[tokio::test]
async fn a_list_is_filtered_by_words_and_knows_what_is_due() {
    let stage = Stage::new();
    let (_, first) = ordered(&stage, MARA).await;
    stage.passes(SignedDuration::from_hours(24));
    let (_, second) = ordered(&stage, "dana@example.com").await;
    let aslan = stage.staff("aslan", "sales").await;
    let with = |change: fn(&mut CaseFilter)| {
        let mut filter = CaseFilter::default();
        change(&mut filter);
        filter
    };
    assert_eq!(
        references(&stage, &aslan, CaseFilter::default()).await,
        [second.clone(), first.clone()]
    );
    let oldest = references(&stage, &aslan, with(|filter| filter.oldest_first = true)).await;
    assert_eq!(oldest, [first.clone(), second.clone()]);
    let rows = list(&stage, &aslan, CaseFilter::default()).await;
    assert!(rows.iter().all(|row| row.due_at.is_some() && !row.late));
    assert!(
        references(&stage, &aslan, with(|filter| filter.due = DueBy::Overdue))
            .await
            .is_empty()
    );
    assert!(
        references(
            &stage,
            &aslan,
            with(|filter| filter.kind = Some("promotion-entry".into()))
        )
        .await
        .is_empty()
    );
    let by_number = CaseFilter {
        reference: Some(first.to_lowercase()),
        ..CaseFilter::default()
    };
    assert_eq!(
        references(&stage, &aslan, by_number.clone()).await,
        std::slice::from_ref(&first)
    );
    let support = stage.staff("saule", "support").await;
    assert!(
        references(&stage, &support, by_number).await.is_empty(),
        "another desk's case is not there"
    );
    for wrong in [
        CaseFilter {
            kind: Some("application".into()),
            ..CaseFilter::default()
        },
        CaseFilter {
            state: Some(State::Unpaid),
            ..CaseFilter::default()
        },
    ] {
        let listed = stage.system.staff_cases(&aslan, &wrong, 1, Language::En).await;
        assert!(matches!(listed, Err(Rejected::Mistake(_))));
    }
}

#[tokio::test]
async fn each_list_of_what_is_due_says_the_same_as_each_line() {
    let stage = Stage::new();
    ordered(&stage, MARA).await;
    stage.passes(SignedDuration::from_hours(24));
    ordered(&stage, "dana@example.com").await;
    stage.staff("aslan", "sales").await;
    let due = |due| CaseFilter {
        due,
        ..CaseFilter::default()
    };
    let mut overdue_seen = [false; 2];
    for days in [6, 1, 1, 1, 1] {
        stage.passes(SignedDuration::from_hours(24 * days));
        let aslan = stage.staff_again("aslan").await;
        let rows = list(&stage, &aslan, CaseFilter::default()).await;
        let late: Vec<_> = rows
            .iter()
            .filter(|row| row.late)
            .map(|row| row.reference.clone())
            .collect();
        let listed = references(&stage, &aslan, due(DueBy::Overdue)).await;
        assert_eq!(listed, late);
        let soon = references(&stage, &aslan, due(DueBy::Soon)).await;
        assert!(late.iter().all(|reference| soon.contains(reference)));
        overdue_seen[0] |= late.len() == 1;
        overdue_seen[1] |= late.len() == 2;
    }
    assert_eq!(overdue_seen, [true; 2], "they fall due a working day apart");
}

#[tokio::test]
async fn who_lost_the_number_is_found_by_a_whole_contact_and_reads_of_it() {
    let stage = Stage::new();
    let (mara, reference) = ordered(&stage, MARA).await;
    let aslan = stage.staff("aslan", "sales").await;
    for contact in ["MARA@example.com ", "+7 701 123-45-67"] {
        let found = searches(&stage, &aslan, contact, Purpose::ORDERS).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&reference), "{contact}");
    }
    assert!(
        searches(&stage, &aslan, "mara@example.co", Purpose::ORDERS)
            .await
            .unwrap()
            .is_empty()
    );
    let looks = stage.system.my_accesses(&mara, 1, Language::En).await.unwrap();
    let looked = looks
        .rows
        .iter()
        .filter(|look| look.who == "Sales" && !look.refused && look.purpose.is_some());
    assert_eq!(looked.count(), 2);

    for (wrong, what) in [
        ("", Problem::Missing),
        ("mara@", Problem::Email),
        ("Mara", Problem::Phone),
    ] {
        let found = searches(&stage, &aslan, wrong, Purpose::ORDERS).await;
        assert_eq!(problem(found, "contact"), Some(what), "{wrong}");
    }
    let aimless = stage
        .system
        .search_cases(&aslan, &Plain::from(MARA), None, Language::En)
        .await;
    assert_eq!(problem(aimless, "purpose"), Some(Problem::Missing));
}

#[tokio::test]
async fn what_is_closed_to_a_desk_looks_like_what_does_not_exist() {
    let stage = Stage::new();
    let (mara, _) = ordered(&stage, MARA).await;
    let (timur, _) = stage.guest("timur@example.com").await;
    let support = stage.staff("saule", "support").await;
    let aslan = stage.staff("aslan", "sales").await;
    assert!(
        searches(&stage, &support, MARA, Purpose::QUESTIONS)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        searches(&stage, &support, MARA, Purpose::ORDERS)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        searches(&stage, &aslan, MARA, Purpose::QUESTIONS)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        searches(&stage, &aslan, "timur@example.com", Purpose::ORDERS)
            .await
            .unwrap()
            .is_empty(),
        "not paid"
    );
    assert!(
        searches(&stage, &aslan, "nobody@example.com", Purpose::ORDERS)
            .await
            .unwrap()
            .is_empty()
    );
    let looks = stage.system.my_accesses(&mara, 1, Language::En).await.unwrap();
    assert_eq!(
        looks.rows.iter().filter(|look| look.refused).count(),
        3,
        "each attempt is read by the person"
    );
    let looks = stage.system.my_accesses(&timur, 1, Language::En).await.unwrap();
    assert_eq!(looks.rows.iter().filter(|look| look.refused).count(), 1);
    for role in ["responsible", "auditor", "administrator"] {
        let other = stage.staff(role, role).await;
        let found = searches(&stage, &other, MARA, Purpose::ORDERS).await;
        assert!(matches!(found, Err(Rejected::NotFound)), "{role}");
    }
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    assert!(
        searches(&stage, &aslan, MARA, Purpose::ORDERS)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn searches_in_an_hour_are_counted_and_misses_stand_out() {
    let stage = Stage::new();
    let (_, reference) = ordered(&stage, MARA).await;
    let aslan = stage.staff("aslan", "sales").await;
    let auditor = stage.staff("aidar", "auditor").await;
    let misses = async |auditor: &Caller| {
        let notices = stage.system.notices(auditor).await.unwrap();
        notices
            .lines
            .into_iter()
            .find(|line| line.what == Notable::Misses)
    };
    for number in 0..20 {
        if number == 4 {
            assert_eq!(misses(&auditor).await, None, "four misses are no row");
        }
        let found = searches(
            &stage,
            &aslan,
            &format!("guest{number}@example.com"),
            Purpose::ORDERS,
        )
        .await;
        assert!(found.unwrap().is_empty());
    }
    let more = searches(&stage, &aslan, MARA, Purpose::ORDERS).await;
    assert_eq!(
        problem(more, "contact"),
        Some(Problem::SearchLimit),
        "whether it would find somebody or not"
    );
    let row = misses(&auditor).await.unwrap();
    assert_eq!((row.who.as_str(), row.count), ("aslan", 21));
    stage.passes(SignedDuration::from_mins(61));
    let aslan = stage.staff_again("aslan").await;
    assert_eq!(
        searches(&stage, &aslan, MARA, Purpose::ORDERS).await.unwrap(),
        [reference]
    );
}

#[tokio::test]
async fn the_board_counts_what_is_due_and_what_was_refused() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let first = enters(&stage, &gulmira, RequestKind::Question).await;
    enters(&stage, &gulmira, RequestKind::Question).await;
    let system = &stage.system;
    let load = system.requests_load(&gulmira).await.unwrap();
    assert_eq!((load.overdue, load.later), (0, 0));
    assert_eq!(load.days.iter().map(|(_, count)| count).sum::<u64>(), 2);

    let words = Plain::from("We looked into it, and it is not so.");
    system
        .draft_answer(&gulmira, &first, &words, stage.key())
        .await
        .unwrap();
    system
        .refuse_request(&gulmira, &first, Some(Norm::Unfounded), None)
        .await
        .unwrap();
    let closed = system.requests_refused(&gulmira, None, None).await.unwrap();
    let citation = Norm::Unfounded.citation().to_owned();
    assert_eq!(
        (closed.closed, closed.refused),
        (1, vec![(Some(Norm::Unfounded), citation, 1)])
    );
    let long_ago = (closed.from.yesterday().unwrap(), closed.from.yesterday().unwrap());
    let before = system
        .requests_refused(&gulmira, Some(long_ago.0), Some(long_ago.1))
        .await
        .unwrap();
    assert_eq!((before.closed, before.refused), (0, Vec::new()));
    let turned = system
        .requests_refused(&gulmira, Some(closed.to), Some(closed.from))
        .await;
    assert_eq!(problem(turned, "from"), Some(Problem::PeriodOrder));
}

#[tokio::test]
async fn the_board_is_filtered_and_shows_what_is_late() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let sales = stage.staff("aslan", "sales").await;
    enters(&stage, &gulmira, RequestKind::Question).await;
    let system = &stage.system;
    let board = async |gulmira: &Caller, filter| {
        system
            .requests_board(gulmira, filter, 1)
            .await
            .unwrap()
            .rows
            .len()
    };
    let overdue = BoardFilter {
        due: DueBy::Overdue,
        ..BoardFilter::default()
    };
    assert_eq!(
        board(
            &gulmira,
            BoardFilter {
                kind: Some(RequestKind::Access),
                ..BoardFilter::default()
            }
        )
        .await,
        0
    );
    assert_eq!(
        board(
            &gulmira,
            BoardFilter {
                kind: Some(RequestKind::Question),
                ..BoardFilter::default()
            }
        )
        .await,
        1
    );
    assert_eq!(board(&gulmira, overdue).await, 0);
    stage.passes(SignedDuration::from_hours(24 * 40));
    let gulmira = stage.staff_again("gulmira").await;
    let load = system.requests_load(&gulmira).await.unwrap();
    assert_eq!(load.overdue, 1);
    assert_eq!(board(&gulmira, overdue).await, 1);
    assert!(matches!(
        system.requests_load(&sales).await,
        Err(Rejected::NotFound | Rejected::SignInFirst)
    ));
}
