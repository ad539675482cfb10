//! 6.1: the system proposes which records may be one person, and the responsible person decides. Joined records stay two; their owner
//! reads of it, and being let into one opens no other.

use std::sync::Arc;

use sandyq_model::{Plain, Problem, RequestKind, Standing, SubjectId};
use sandyq_policy::Policy;
use sandyq_processing::access::Caller;
use sandyq_processing::systematize::{Because, Pair, Pairs, Verdict};
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::alike;

use crate::stage::asked::{asks, problem};
use crate::stage::{Stage, policy_of, purchase, shipped_folder};

const MARA: &str = "mara@example.com";
const DANA: &str = "dana@example.com";
const JOIN: (Verdict, Option<Because>) = (Verdict::OnePerson, Some(Because::Said));
const SPLIT: (Verdict, Option<Because>) = (Verdict::NotOnePerson, Some(Because::Mistaken));

fn of(caller: &Caller) -> SubjectId {
    caller.subject.unwrap()
}

/// Somebody with a telephone number of their own.
async fn apart(stage: &Stage, email: &str, phone: &str) -> Caller {
    let mut submission = purchase(email);
    let phone = Plain::from(phone);
    submission.answers.insert("contact_phone".to_owned(), phone);
    stage.comes(submission, email).await.0
}

async fn pairs(stage: &Stage, gulmira: &Caller) -> Pairs {
    stage.system.pairs(gulmira).await.unwrap()
}

fn records(pair: &Pair) -> [SubjectId; 2] {
    pair.records.map(|record| record.subject)
}

fn is_of(pair: &Pair, one: &Caller, other: &Caller) -> bool {
    let records = records(pair);
    records.contains(&of(one)) && records.contains(&of(other))
}

/// The references that somebody reads of their other records.
async fn beside(stage: &Stage, caller: &Caller) -> Vec<String> {
    let data = stage.system.my_data(caller, Language::En).await.unwrap();
    data.joined.into_iter().flat_map(|one| one.references).collect()
}

async fn rows(stage: &Stage) -> usize {
    let store = stage.system.store();
    let rows = store.read(|reader| {
        let open = alike::open(reader, 100)?.len();
        Ok(open + alike::joined(reader, 100)?.len())
    });
    rows.await.unwrap()
}

/// How many entries of the verb somebody reads about their own record.
async fn put_in_order(stage: &Stage, caller: &Caller) -> usize {
    let looks = stage.system.my_accesses(caller, 1, Language::En).await.unwrap();
    let said = looks.rows.into_iter().map(|row| row.what);
    said.filter(|what| what == "Put records in order").count()
}

#[tokio::test]
async fn each_night_the_system_proposes_and_compares_nobody_twice() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (first, _) = stage.guest(MARA).await;
    let (second, _) = stage.guest(MARA).await;
    apart(&stage, DANA, "+7 701 765 43 21").await;
    stage.submits(purchase(MARA)).await.unwrap();
    assert!(pairs(&stage, &gulmira).await.open.is_empty());

    let compared = stage.system.look_for_alike().await.unwrap();
    assert_eq!(compared, 3, "whoever is not confirmed is not compared");
    let found = pairs(&stage, &gulmira).await;
    let [pair] = found.open.as_slice() else {
        panic!("{found:?}")
    };
    assert!(is_of(pair, &first, &second));
    assert_eq!(pair.by.iter().count(), 2, "by e-mail and by telephone");
    assert!(found.joined.is_empty() && beside(&stage, &first).await.is_empty());
    assert_eq!(stage.system.look_for_alike().await.unwrap(), 0, "nobody twice");

    let (third, _) = stage.guest(MARA).await;
    assert_eq!(stage.system.look_for_alike().await.unwrap(), 1, "who is new");
    let found = pairs(&stage, &gulmira).await;
    assert_eq!(found.open.len(), 3);
    assert!(found.open.iter().any(|pair| is_of(pair, &third, &first)));
}

fn two_a_night() -> Arc<Policy> {
    let mut folder = shipped_folder();
    let text = folder.file("6-rights.md").unwrap();
    let fewer = text.replace(
        "limit \"compared-a-night\" count=500",
        "limit \"compared-a-night\" count=2",
    );
    assert_ne!(text, fewer);
    folder.put("6-rights.md", fewer);
    policy_of(&folder)
}

#[tokio::test]
async fn a_night_has_its_bound_and_the_next_one_goes_on() {
    let stage = Stage::with_policy(two_a_night());
    let gulmira = stage.staff("gulmira", "responsible").await;
    for _ in 0..3 {
        stage.guest(MARA).await;
    }
    assert_eq!(stage.system.look_for_alike().await.unwrap(), 2);
    assert_eq!(stage.system.look_for_alike().await.unwrap(), 1);
    assert_eq!(stage.system.look_for_alike().await.unwrap(), 0);
    assert_eq!(pairs(&stage, &gulmira).await.open.len(), 3, "each pair once");
}

#[tokio::test]
async fn a_contact_that_is_changed_is_compared_anew() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let first = apart(&stage, MARA, "+7 701 111 22 33").await;
    let second = apart(&stage, DANA, "+7 701 765 43 21").await;
    stage.system.look_for_alike().await.unwrap();
    assert!(pairs(&stage, &gulmira).await.open.is_empty());

    let phone = Plain::from("+7 701 111 22 33");
    let changed = stage
        .system
        .clarify(&second, "contact_phone", &phone, stage.key());
    changed.await.unwrap();
    assert_eq!(stage.system.look_for_alike().await.unwrap(), 1);
    let found = pairs(&stage, &gulmira).await;
    assert!(is_of(&found.open[0], &first, &second));
    assert_eq!(found.open[0].by.iter().count(), 1, "by the telephone alone");
}

#[tokio::test]
async fn joined_records_stay_two_and_their_owner_reads_of_it() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (first, of_first) = stage.guest(MARA).await;
    let (second, of_second) = stage.guest(MARA).await;
    stage.system.look_for_alike().await.unwrap();
    let two = [of(&first), of(&second)];
    let before = stage.system.my_data(&first, Language::En).await.unwrap();

    stage.system.decide_pair(&gulmira, two, JOIN).await.unwrap();
    assert_eq!(beside(&stage, &first).await, std::slice::from_ref(&of_second));
    assert_eq!(beside(&stage, &second).await, [of_first]);
    let after = stage.system.my_data(&first, Language::En).await.unwrap();
    let values = |data: &sandyq_processing::request::MyData| -> Vec<(String, String)> {
        let rows = data.rows.iter();
        rows.map(|row| (row.name.clone(), row.value.expose().clone()))
            .collect()
    };
    assert_eq!(values(&after), values(&before), "nothing is poured together");
    assert_eq!(after.cases, before.cases, "the other's order is not opened");
    for owner in [&first, &second] {
        assert_eq!(put_in_order(&stage, owner).await, 1, "an entry in both");
    }
    let weighed = stage.system.consequences(&first, Language::En).await.unwrap();
    assert_eq!(weighed.joined.len(), 1, "a withdrawal names what stays");

    let found = pairs(&stage, &gulmira).await;
    assert!(found.open.is_empty());
    let [pair] = found.joined.as_slice() else {
        panic!("{found:?}")
    };
    let (because, by, _) = pair.decided.clone().unwrap();
    assert_eq!((because, by.as_str()), (Some(Because::Said), "gulmira"));

    let reference = asks(&stage, &first, RequestKind::Access, "What do you hold?").await;
    let request = stage
        .system
        .request_at_desk(&gulmira, &reference, Language::En)
        .await
        .unwrap();
    let named: Vec<SubjectId> = request.joined.iter().map(|one| one.subject).collect();
    assert_eq!(named, [of(&second)], "the desk is told of the other one");
}

#[tokio::test]
async fn a_decision_is_undone_and_remembered() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (first, _) = stage.guest(MARA).await;
    let (second, _) = stage.guest(MARA).await;
    stage.system.look_for_alike().await.unwrap();
    let two = [of(&second), of(&first)];
    stage.system.decide_pair(&gulmira, two, JOIN).await.unwrap();
    stage.system.decide_pair(&gulmira, two, SPLIT).await.unwrap();
    assert!(beside(&stage, &first).await.is_empty() && beside(&stage, &second).await.is_empty());
    assert_eq!(put_in_order(&stage, &second).await, 2);

    // They are still alike, and are not proposed again.
    let found = stage.system.alike(&gulmira, of(&first)).await.unwrap();
    assert_eq!(found.len(), 1);
    let after = pairs(&stage, &gulmira).await;
    assert!(after.open.is_empty() && after.joined.is_empty(), "{after:?}");
}

#[tokio::test]
async fn only_the_responsible_person_decides_and_says_why() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let aslan = stage.staff("aslan", "sales").await;
    let (first, _) = stage.guest(MARA).await;
    let (second, _) = stage.guest(MARA).await;
    let stranger = apart(&stage, DANA, "+7 701 765 43 21").await;
    stage.system.look_for_alike().await.unwrap();
    let system = &stage.system;
    let two = [of(&first), of(&second)];

    for other in [&aslan, &first] {
        assert!(system.pairs(other).await.is_err());
        assert!(system.decide_pair(other, two, JOIN).await.is_err());
    }
    let unproposed = system
        .decide_pair(&gulmira, [of(&first), of(&stranger)], JOIN)
        .await;
    assert!(matches!(unproposed, Err(Rejected::NotFound)), "{unproposed:?}");
    let silent = system
        .decide_pair(&gulmira, two, (Verdict::OnePerson, None))
        .await;
    assert_eq!(problem(silent, "because"), Some(Problem::Missing));
    let wrong = (Verdict::OnePerson, Some(Because::SharedContact));
    let wrong = system.decide_pair(&gulmira, two, wrong).await;
    assert_eq!(problem(wrong, "because"), Some(Problem::Choice));

    system.block(&gulmira, of(&second)).await.unwrap();
    assert!(
        pairs(&stage, &gulmira).await.open.is_empty(),
        "a blocked one waits"
    );
    let refused = system.decide_pair(&gulmira, two, JOIN).await;
    assert!(matches!(refused, Err(Rejected::Refusal(_))), "{refused:?}");
    system.unblock(&gulmira, of(&second)).await.unwrap();
    assert_eq!(pairs(&stage, &gulmira).await.open.len(), 1, "nothing was decided");
    assert_eq!(put_in_order(&stage, &first).await, 0, "about neither of the two");
}

#[tokio::test]
async fn a_link_counts_while_both_are_in_use_and_dies_with_either() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (first, _) = stage.guest(MARA).await;
    let (second, _) = stage.guest(MARA).await;
    stage.system.look_for_alike().await.unwrap();
    let two = [of(&first), of(&second)];
    stage.system.decide_pair(&gulmira, two, JOIN).await.unwrap();

    stage.system.block(&gulmira, of(&second)).await.unwrap();
    assert!(
        beside(&stage, &first).await.is_empty(),
        "not while one is blocked"
    );
    stage.system.unblock(&gulmira, of(&second)).await.unwrap();
    assert_eq!(beside(&stage, &first).await.len(), 1);

    stage.system.withdraw(&second, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let gone = stage.system.overview(of(&second)).await.unwrap();
    assert_eq!(gone.standing, Standing::Destroyed);
    assert!(beside(&stage, &first).await.is_empty());
    assert_eq!(rows(&stage).await, 0);
    let said = stage
        .system
        .store()
        .read(move |reader| alike::of_pair(reader, two[0], two[1]))
        .await
        .unwrap();
    assert!(said.is_empty(), "neither says anything of the other: {said:?}");
}
