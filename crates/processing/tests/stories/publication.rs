//! 4.1: nothing is public but the names that a winner agreed to show, each under a consent of its own; taken back, it is gone at once.

use sandyq_ledger::entry::{Deed, Entry, Outcome};
use sandyq_model::{CaseId, Plain, Verb};
use sandyq_processing::access::Caller;
use sandyq_processing::service::Submission;
use sandyq_processing::{Language, Rejected};
use sandyq_store::Commit;
use sandyq_store::tables::publication::Publication;
use sandyq_store::tables::{posting, publication};

use crate::stage::{self, Stage};

const EMAIL: &str = "erlan@example.com";

fn entry() -> Submission {
    let typed = [
        ("last_name", "Сейітов"),
        ("first_name", "Ерлан"),
        ("email", EMAIL),
        ("contact_phone", "+7 701 123 45 67"),
    ];
    stage::submission(("promotion-entry", Some("winter-licence")), Language::Ru, &typed)
}

/// Somebody enters the promotion and agrees to those items beside what it takes.
async fn enters(stage: &Stage, agrees: &[&str]) -> (Caller, String) {
    let all = stage.all_consents("promotion-entry").into_iter();
    let accepted = all.filter(|(id, _)| !id.starts_with("winner-") || agrees.contains(&id.as_str()));
    let taken = stage
        .system
        .submit(entry(), accepted.collect(), stage.key())
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    let entered = stage.confirms(&taken, EMAIL).await;
    let caller = stage.system.caller(entered.session.expose()).await.unwrap();
    (caller.unwrap(), entered.case.unwrap())
}

async fn listed(stage: &Stage) -> Vec<Vec<String>> {
    let lists = stage.system.winners(Language::En).await.unwrap();
    let winners = lists.into_iter().flat_map(|list| list.winners);
    let names = |names: Vec<Plain<String>>| names.iter().map(|name| name.expose().clone()).collect();
    winners.map(|winner| names(winner.names)).collect()
}

async fn lines(stage: &Stage, caller: &Caller) -> Vec<Publication> {
    let id = caller.subject.unwrap();
    let store = stage.system.store();
    let lines = store.read(move |reader| publication::of_subject(reader, id));
    lines.await.unwrap()
}

async fn made_public(stage: &Stage) -> Vec<Entry> {
    let store = stage.system.store();
    let size = store.checkpoint().size;
    let all = store.read(move |reader| posting::newest(reader, size, u32::try_from(size).unwrap()));
    let all = all.await.unwrap().into_iter().map(|placed| placed.entry);
    all.filter(|entry| entry.deed == Deed::Verb(Verb::Disseminate))
        .collect()
}

#[tokio::test]
async fn a_winner_stands_there_by_the_name_that_they_agreed_to_show_and_no_longer_than_that() {
    let stage = Stage::new();
    let (erlan, case) = enters(&stage, &["winner-first-name"]).await;
    assert_eq!(
        listed(&stage).await,
        Vec::<Vec<String>>::new(),
        "to agree is not to win"
    );
    let sales = stage.staff("aliya", "sales").await;
    stage.system.publish(&sales, &case).await.unwrap();
    assert_eq!(listed(&stage).await, [["Ерлан"]]);
    assert_eq!(listed(&stage).await, [["Ерлан"]]);
    assert_eq!(
        made_public(&stage).await.len(),
        1,
        "who reads the list again opens nothing again"
    );
    let public = stage.system.in_public(&erlan, Language::En).await.unwrap();
    assert!(public.since.is_some());
    let on: Vec<bool> = public
        .fields
        .iter()
        .map(|field| field.consent.is_some())
        .collect();
    assert_eq!(on, [false, true], "the last name was never switched on");

    let consents = stage.system.my_consents(&erlan, Language::En).await.unwrap();
    let given = consents
        .iter()
        .find(|one| one.item == "winner-first-name")
        .unwrap();
    stage
        .system
        .take_back(&erlan, given.id, stage.key())
        .await
        .unwrap();
    // Nobody has opened the list since.
    let public = stage.system.in_public(&erlan, Language::En).await.unwrap();
    assert!(public.since.is_none(), "nor is it said of them");
    assert_eq!(lines(&stage, &erlan).await, []);
    assert_eq!(listed(&stage).await, Vec::<Vec<String>>::new(), "gone at once");
    assert!(
        stage.system.my_data(&erlan, Language::En).await.is_ok(),
        "the entry itself goes on"
    );
}

#[tokio::test]
async fn who_agreed_to_nothing_is_not_made_public_by_anybody() {
    let stage = Stage::new();
    let (_, case) = enters(&stage, &[]).await;
    let sales = stage.staff("aliya", "sales").await;
    let refused = stage.system.publish(&sales, &case).await;
    let Err(Rejected::Refusal(refusal)) = refused else {
        panic!("without a consent nothing is made public");
    };
    assert!(
        refusal.rules.iter().any(|rule| rule.to_string() == "4.1#2"),
        "{refusal:?}"
    );
    assert_eq!(made_public(&stage).await[0].outcome, Outcome::Refused);
    let events = stage.staff("bota", "events").await;
    assert!(matches!(
        stage.system.publish(&events, &case).await,
        Err(Rejected::NotFound)
    ));
    assert_eq!(listed(&stage).await, Vec::<Vec<String>>::new());
}

#[tokio::test]
async fn who_is_blocked_or_withdraws_stands_there_no_more_and_a_start_opens_it_anew() {
    let stage = Stage::new();
    let (erlan, case) = enters(&stage, &["winner-first-name", "winner-last-name"]).await;
    let sales = stage.staff("aliya", "sales").await;
    stage.system.publish(&sales, &case).await.unwrap();
    let stage = stage.reopens();
    assert_eq!(listed(&stage).await, [["Сейітов", "Ерлан"]]);
    assert_eq!(made_public(&stage).await.len(), 2);
    stage.system.withdraw(&erlan, stage.key()).await.unwrap();
    assert_eq!(lines(&stage, &erlan).await, [], "in the same commit");
    assert_eq!(
        listed(&stage).await,
        Vec::<Vec<String>>::new(),
        "before the destruction already"
    );
    stage.system.run_queue().await.unwrap();
    assert_eq!(lines(&stage, &erlan).await, []);
}

#[tokio::test]
async fn one_name_taken_back_leaves_the_other_and_a_line_that_goes_takes_no_other_with_it() {
    let stage = Stage::new();
    let (erlan, case) = enters(&stage, &["winner-first-name", "winner-last-name"]).await;
    let sales = stage.staff("aliya", "sales").await;
    stage.system.publish(&sales, &case).await.unwrap();
    let all = stage.system.my_consents(&erlan, Language::En).await.unwrap();
    let last = all.iter().find(|one| one.item == "winner-last-name").unwrap();
    stage
        .system
        .take_back(&erlan, last.id, stage.key())
        .await
        .unwrap();
    let public = stage.system.in_public(&erlan, Language::En).await.unwrap();
    assert!(public.since.is_some(), "the first name stands there still");

    let [line] = lines(&stage, &erlan).await.try_into().unwrap();
    let of_nothing = Publication {
        case: CaseId::random(&sandyq_rehearsal::SeededChance::new(5)),
        ..line.clone()
    };
    let commit = Commit {
        statements: vec![publication::put(&of_nothing)],
        ..Commit::default()
    };
    stage.system.store().commit(commit).await.unwrap();
    assert_eq!(listed(&stage).await, [["Ерлан"]]);
    assert_eq!(
        lines(&stage, &erlan).await,
        [line],
        "the line without a case is gone"
    );
    assert_eq!(listed(&stage).await, [["Ерлан"]]);
}
