//! DEF-5, 2.2.3, 2.2.4: people who agreed are counted once a month. What comes of it leads to nobody; whoever did not agree, or took it back,
//! is not opened at all; and everybody reads that they were counted.

use jiff::SignedDuration;
use sandyq_model::{Plain, Purpose};
use sandyq_processing::access::Caller;
use sandyq_processing::service::Submission;
use sandyq_processing::{Language, Rejected};

use crate::stage::{Stage, purchase};

/// A purchase of somebody who lives there.
fn living_in(email: &str, city: &str) -> Submission {
    let mut submission = purchase(email);
    for (name, value) in [("city", city), ("country", "KZ")] {
        submission.answers.insert(name.to_owned(), Plain::from(value));
    }
    submission
}

/// So many people who agreed to everything, and live there.
async fn come(stage: &Stage, [word, city]: [&str; 2], people: u32) -> Vec<Caller> {
    let mut callers = Vec::new();
    for number in 0..people {
        let email = format!("{word}{number}@example.com");
        callers.push(stage.comes(living_in(&email, city), &email).await.0);
    }
    callers
}

/// What stands in the newest set: the field, the words, the people.
async fn shown(stage: &Stage, who: &Caller, purpose: &str) -> Vec<(String, String, u32)> {
    let figures = stage.system.figures(who, None).await.unwrap();
    let of = figures
        .tables
        .iter()
        .filter(|table| table.purpose.to_string() == purpose);
    of.flat_map(|table| {
        let field = stage.system.field_label(table.field, Language::En);
        let row = move |row: &sandyq_processing::depersonalize::FigureRow| {
            (field.clone(), row.words.clone(), row.people)
        };
        table.rows.iter().map(row).collect::<Vec<_>>()
    })
    .collect()
}

/// How often somebody reads that they were counted for statistics, or that it was tried.
async fn looks(stage: &Stage, who: &Caller) -> usize {
    let looks = stage.system.my_accesses(who, 1, Language::En).await.unwrap();
    let statistics = stage.system.purpose_label(Purpose::STATISTICS, Language::En);
    looks
        .rows
        .iter()
        .filter(|look| look.purpose.as_ref() == Some(&statistics))
        .count()
}

#[tokio::test]
async fn a_group_is_counted_and_a_single_person_is_in_no_figure() {
    let stage = Stage::new();
    let many = come(&stage, ["a", "Алматы"], 7).await;
    let few = come(&stage, ["o", "Орал"], 4).await;
    let aru = stage.staff("aru", "statistics").await;
    assert_eq!(shown(&stage, &aru, "2.2.4").await, []);

    assert_eq!(stage.system.make_figures().await.unwrap(), Some(11));
    let figures = shown(&stage, &aru, "2.2.4").await;
    let expected = [("Country", "KZ", 10), ("City", "Алматы", 5)];
    assert_eq!(
        figures,
        expected.map(|(field, words, people)| (field.to_owned(), words.to_owned(), people)),
        "four are no group, and every number is a multiple of five"
    );
    assert_eq!(
        shown(&stage, &aru, "2.2.3").await,
        figures,
        "for either purpose by itself"
    );
    for person in [&many[0], &few[0]] {
        assert_eq!(looks(&stage, person).await, 1, "they read that they were counted");
    }
    assert_eq!(stage.system.make_figures().await.unwrap(), None, "once a month");
    stage.passes(SignedDuration::from_hours(24 * 9));
    let aru = stage.staff_again("aru").await;
    assert!(
        stage.system.make_figures().await.unwrap().is_some(),
        "and in the next month again"
    );
    assert_eq!(
        stage.system.figures(&aru, None).await.unwrap().months,
        [202_612, 202_611]
    );
    let former = stage.system.figures(&aru, Some(202_611)).await.unwrap();
    assert_eq!(former.shown, Some(202_611));
}

#[tokio::test]
async fn whoever_did_not_agree_or_is_not_in_use_is_not_opened() {
    let stage = Stage::new();
    come(&stage, ["a", "Алматы"], 4).await;
    let email = "silent@example.com";
    let required = |offer: &(String, String)| ["identification", "order"].contains(&offer.0.as_str());
    let all = stage.all_consents("guest-purchase");
    let accepted = all.into_iter().filter(required).collect();
    let taken = stage
        .system
        .submit(living_in(email, "Алматы"), accepted, stage.key())
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    let entered = stage.confirms(&taken, email).await;
    let silent = stage
        .system
        .caller(entered.session.expose())
        .await
        .unwrap()
        .unwrap();
    stage
        .submits(living_in("waits@example.com", "Алматы"))
        .await
        .unwrap();
    let blocked = come(&stage, ["b", "Алматы"], 1).await.remove(0);
    let gone = come(&stage, ["g", "Алматы"], 1).await.remove(0);
    let aru = stage.staff("aru", "responsible").await;
    stage.system.block(&aru, blocked.subject.unwrap()).await.unwrap();
    stage.system.withdraw(&gone, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();

    assert_eq!(stage.system.make_figures().await.unwrap(), Some(4));
    assert_eq!(shown(&stage, &aru, "2.2.4").await, [], "four are no group");
    assert_eq!(looks(&stage, &silent).await, 0);
    assert_eq!(looks(&stage, &blocked).await, 0, "nothing was even tried");
}

#[tokio::test]
async fn figures_are_for_those_who_work_with_them_and_for_nobody_else() {
    let stage = Stage::new();
    let (dana, _) = stage.guest("dana@example.com").await;
    stage.system.make_figures().await.unwrap();
    for role in ["sales", "auditor", "administrator", "access", "recruiter"] {
        let other = stage.staff(role, role).await;
        let asked = stage.system.figures(&other, None).await;
        assert!(matches!(asked, Err(Rejected::NotFound)), "{role}");
    }
    assert!(stage.system.figures(&dana, None).await.is_err());
    let aru = stage.staff("aru", "statistics").await;
    assert!(stage.system.figures(&aru, None).await.is_ok());
    let absent = stage.system.figures(&aru, Some(202_501)).await;
    assert!(matches!(absent, Err(Rejected::NotFound)));
}
