//! 5.1.3-b: what two persons agreed to are the people who were found by then; nobody is counted twice, and a search that is stopped, or
//! somebody who goes meanwhile, leaves the numbers true.

use jiff::SignedDuration;
use sandyq_ledger::entry::{By, Deed, Entry, Happening};
use sandyq_model::{ActorId, BreachActKind, Problem, ProposalId, Pseudonym, Purpose, Role, SubjectId, Verb};
use sandyq_processing::access::Caller;
use sandyq_processing::breach::{LettersTold, PEOPLE_KEPT_MAX, Sought, When};
use sandyq_processing::ports::Message;
use sandyq_processing::second_person::Deed as Proposed;
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::breach_subject::{self, BreachSubject};
use sandyq_store::tables::proposal::{self, Proposal};
use sandyq_store::tables::{breach, posting};
use sandyq_store::{Commit, Statement};
use tokio::task::JoinSet;

use crate::breach_people::{
    HOUR, applies, breaks, draws, letters, one, people, seeks, stored, two_in_an_hour, wrong,
};
use crate::stage::Stage;

/// More entries than are looked through in one piece.
const MORE_THAN_A_PIECE: usize = 600;
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// Guests who paid, so that whoever sells may look at their orders.
async fn orders(stage: &Stage, names: &[&str]) -> Vec<(Caller, String)> {
    let mut orders = Vec::new();
    for name in names {
        let (caller, reference) = stage.guest(&format!("{name}@example.com")).await;
        stage.pays(&caller, &reference).await.unwrap();
        orders.push((caller, reference));
    }
    orders
}

async fn looks(stage: &Stage, aslan: &Caller, reference: &str) {
    let opened = stage
        .system
        .open_case(aslan, reference, Some(Purpose::ORDERS), Language::En);
    opened.await.unwrap();
}

fn between(from: &str, until: &str) -> Sought {
    let when = |time: &str| When {
        day: if time.is_empty() { "" } else { "2026-11-23" }.to_owned(),
        time: time.to_owned(),
    };
    Sought {
        staff: "aslan".to_owned(),
        from: when(from),
        until: when(until),
        ..Sought::default()
    }
}

async fn commits(stage: &Stage, statements: Vec<Statement>, entries: Vec<Entry>) {
    let commit = Commit {
        statements,
        entries,
        ..Commit::default()
    };
    stage.system.store().commit(commit).await.unwrap();
}

#[tokio::test]
async fn whoever_is_added_after_two_agreed_takes_another_agreement() {
    let stage = Stage::with_policy(two_in_an_hour());
    for name in ["mara", "dana", "timur"] {
        stage.guest(&format!("{name}@example.com")).await;
    }
    let aru = stage.staff("aru", "responsible").await;
    let deputy = stage.deputy().await;
    breaks(&stage, &aru).await;
    seeks(&stage, &aru, BreachActKind::Stored, &stored(&["guest"], &[]))
        .await
        .unwrap();
    let proposed = stage.system.propose_list(&aru, 1).await.unwrap();
    stage.system.agree(&deputy, proposed).await.unwrap();
    assert_eq!(draws(&stage, &aru).await.unwrap().rows.len(), 3);
    assert!(people(&stage, &aru).await.open_until.is_some());
    // What was agreed to were three; the fourth is nobody to whom two agreed.
    let (_, reference) = stage.guest("late@example.com").await;
    seeks(&stage, &aru, BreachActKind::Record, &one(&reference))
        .await
        .unwrap();
    for either in [&aru, &deputy] {
        let alone = draws(&stage, either).await;
        assert_eq!(wrong(alone), [("part".to_owned(), Problem::TakesTwo)]);
    }
    let seen = people(&stage, &aru).await;
    assert!(seen.open_until.is_none() && seen.takes_two);
    let proposed = stage.system.propose_list(&aru, 1).await.unwrap();
    stage.system.agree(&deputy, proposed).await.unwrap();
    assert_eq!(draws(&stage, &deputy).await.unwrap().rows.len(), 4);
}

#[tokio::test]
async fn nothing_opens_while_people_are_looked_for_or_when_they_are_more_than_was_proposed() {
    let stage = Stage::with_policy(two_in_an_hour());
    for name in ["mara", "dana", "timur"] {
        stage.guest(&format!("{name}@example.com")).await;
    }
    let aru = stage.staff("aru", "responsible").await;
    let deputy = stage.deputy().await;
    breaks(&stage, &aru).await;
    seeks(&stage, &aru, BreachActKind::Stored, &stored(&["guest"], &[]))
        .await
        .unwrap();
    let proposed = stage.system.propose_list(&aru, 1).await.unwrap();
    let sought = stored(&["guest"], &[]);
    let begun = stage
        .system
        .seek_people(&aru, 1, BreachActKind::Stored, &sought, stage.key());
    begun.await.unwrap();
    let early = stage.system.agree(&deputy, proposed).await.map(drop);
    assert_eq!(wrong(early), [("proposal".to_owned(), Problem::NotDone)]);
    let early = stage.system.propose_list(&aru, 1).await;
    assert_eq!(wrong(early), [("part".to_owned(), Problem::NotDone)]);
    stage.system.run_queue().await.unwrap();
    let (_, reference) = stage.guest("late@example.com").await;
    seeks(&stage, &aru, BreachActKind::Record, &one(&reference))
        .await
        .unwrap();
    let grown = stage.system.agree(&deputy, proposed).await.map(drop);
    assert_eq!(wrong(grown), [("proposal".to_owned(), Problem::MorePeople)]);
    let acts = people(&stage, &aru).await.acts;
    assert!(acts.iter().all(|act| act.kind != BreachActKind::List), "{acts:?}");
}

#[tokio::test]
async fn a_proposal_says_of_how_many_people_and_an_older_one_is_read_and_opens_nothing() {
    let stage = Stage::with_policy(two_in_an_hour());
    for name in ["mara", "dana", "timur"] {
        stage.guest(&format!("{name}@example.com")).await;
    }
    let aru = stage.staff("aru", "responsible").await;
    let deputy = stage.deputy().await;
    breaks(&stage, &aru).await;
    seeks(&stage, &aru, BreachActKind::Stored, &stored(&["guest"], &[]))
        .await
        .unwrap();
    stage.system.propose_list(&aru, 1).await.unwrap();
    // As it was written down before a proposal said how many they are.
    let older = Proposal {
        id: ProposalId::random(stage.chance.as_ref()),
        subject: None,
        act: "breach-list".to_owned(),
        words: r#"{"BreachList":{"breach":1}}"#.to_owned(),
        proposed_by: aru.actor.id,
        proposed_at: stage.now(),
        until: stage.now() + HOUR,
    };
    commits(&stage, vec![proposal::insert(&older)], Vec::new()).await;
    let seen = stage.system.proposals(&deputy).await.unwrap();
    let mut said: Vec<Proposed> = seen.into_iter().map(|one| one.deed).collect();
    said.sort_by_key(|deed| matches!(deed, Proposed::BreachList { people: None, .. }));
    let of = |people, sought| Proposed::BreachList {
        breach: 1,
        people,
        sought,
    };
    assert_eq!(said, [of(Some(3), Some(1)), of(None, None)]);
    let opened = stage.system.agree(&deputy, older.id).await.map(drop);
    assert_eq!(wrong(opened), [("proposal".to_owned(), Problem::MorePeople)]);
    stage.system.turn_down(&deputy, older.id).await.unwrap();
}

#[tokio::test]
async fn a_letter_names_what_is_held_and_says_so_where_none_of_it_is() {
    let stage = Stage::new();
    stage.guest("mara@example.com").await;
    applies(&stage, "ayaulym@example.com").await;
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    let everybody = stored(&["guest", "applicant"], &[]);
    seeks(&stage, &aru, BreachActKind::Stored, &everybody)
        .await
        .unwrap();
    stage.forgets_letters();
    // Who applied has a mobile number here; who bought as a guest has none, and may have had one when it happened.
    let told = LettersTold {
        fields: vec!["cell_phone".to_owned()],
        ..letters()
    };
    let begun = stage.system.write_to_people(&aru, 1, &told, stage.key());
    begun.await.unwrap();
    stage.system.run_queue().await.unwrap();
    let sent = stage.letters.0.lock().unwrap();
    let said = |email: &str| {
        let mut to = sent.iter().filter(|letter| letter.to.expose() == email);
        let Some(Message::Breach { fields, held, .. }) = to.next().map(|letter| &letter.message) else {
            panic!("a letter about the breach")
        };
        (fields.len(), *held)
    };
    assert_eq!(said("ayaulym@example.com"), (1, true));
    assert_eq!(said("mara@example.com"), (1, false));
}

#[tokio::test]
async fn whoever_was_on_a_list_within_the_hour_counts_once() {
    let stage = Stage::with_policy(two_in_an_hour());
    for name in ["mara", "dana"] {
        stage.guest(&format!("{name}@example.com")).await;
    }
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    seeks(&stage, &aru, BreachActKind::Stored, &stored(&["guest"], &[]))
        .await
        .unwrap();
    for _ in 0..2 {
        assert!(!people(&stage, &aru).await.takes_two);
        assert_eq!(draws(&stage, &aru).await.unwrap().rows.len(), 2);
    }
    let (_, reference) = stage.guest("timur@example.com").await;
    seeks(&stage, &aru, BreachActKind::Record, &one(&reference))
        .await
        .unwrap();
    let more = draws(&stage, &aru).await;
    assert_eq!(wrong(more), [("part".to_owned(), Problem::TakesTwo)]);
}

#[tokio::test]
async fn whoever_was_looked_at_twice_is_found_once_however_many_entries_lie_between() {
    let stage = Stage::new();
    let orders = orders(&stage, &["mara", "dana", "timur"]).await;
    let aslan = stage.staff("aslan", "sales").await;
    for (_, reference) in &orders {
        looks(&stage, &aslan, reference).await;
    }
    let between_them = Entry::new(
        stage.now().into(),
        Role::SCHEDULE,
        By::Person(ActorId::of_system(Role::SCHEDULE)),
        Deed::Happening(Happening::RetentionRun),
    );
    for _ in 0..MORE_THAN_A_PIECE / 100 {
        commits(&stage, Vec::new(), vec![between_them; 100]).await;
    }
    for (_, reference) in &orders {
        looks(&stage, &aslan, reference).await;
    }
    stage.passes(HOUR);
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    // One is known before, and one is gone.
    seeks(&stage, &aru, BreachActKind::Record, &one(&orders[1].1))
        .await
        .unwrap();
    stage.system.withdraw(&orders[2].0, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    seeks(&stage, &aru, BreachActKind::Looks, &between("09:00", ""))
        .await
        .unwrap();
    let seen = people(&stage, &aru).await;
    let act = &seen.acts[0];
    assert!(act.seen as usize > MORE_THAN_A_PIECE, "{act:?}");
    assert_eq!((act.found, act.left_out, seen.counts.people), (2, 1, 2));
}

#[tokio::test]
async fn whoever_is_on_the_list_already_takes_no_room_in_it() {
    let stage = Stage::new();
    let (mara, reference) = stage.guest("mara@example.com").await;
    stage.guest("dana@example.com").await;
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    seeks(&stage, &aru, BreachActKind::Record, &one(&reference))
        .await
        .unwrap();
    // The list has room for one more.
    let breach = stage.system.store().read(|reader| breach::by_number(reader, 1));
    let breach = breach.await.unwrap().unwrap().id;
    let row = |number: u64| BreachSubject {
        subject: SubjectId::from_bytes((u128::MAX - u128::from(number)).to_be_bytes()),
        breach,
        act: 1,
        marked_at: stage.now(),
        letter_at: None,
        told_at: None,
        unreached: None,
    };
    let rows = (0..PEOPLE_KEPT_MAX - 2).map(row).collect::<Vec<_>>();
    for some in rows.chunks(1_000) {
        let marks = some.iter().map(breach_subject::mark);
        commits(&stage, marks.collect(), Vec::new()).await;
    }
    let guests = stored(&["guest"], &[]);
    seeks(&stage, &aru, BreachActKind::Stored, &guests).await.unwrap();
    let seen = people(&stage, &aru).await;
    assert_eq!((seen.acts[0].full, seen.acts[0].found), (false, 2));
    assert_eq!(seen.counts.people, PEOPLE_KEPT_MAX);
    // Now it is full: whoever is on it is found again, and nobody else.
    seeks(&stage, &aru, BreachActKind::Stored, &guests).await.unwrap();
    assert!(!people(&stage, &aru).await.acts[0].full);
    stage.guest("timur@example.com").await;
    seeks(&stage, &aru, BreachActKind::Stored, &guests).await.unwrap();
    let seen = people(&stage, &aru).await;
    assert!(seen.acts[0].full && seen.counts.people == PEOPLE_KEPT_MAX);
    assert!(mara.subject.is_some());
}

#[tokio::test]
async fn the_last_minute_of_a_span_belongs_to_it_whole() {
    let stage = Stage::new();
    let orders = orders(&stage, &["mara", "dana", "timur"]).await;
    let aslan = stage.staff("aslan", "sales").await;
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    // By the clocks of Kazakhstan it is 10:00.
    let found = async |sought: Sought| {
        seeks(&stage, &aru, BreachActKind::Looks, &sought).await.unwrap();
        people(&stage, &aru).await.acts[0].found
    };
    stage.passes(SECOND * 30);
    looks(&stage, &aslan, &orders[0].1).await;
    assert_eq!(
        found(between("10:00", "")).await,
        1,
        "until now is until this instant"
    );
    stage.passes(SECOND * 29 + SignedDuration::from_millis(999));
    looks(&stage, &aslan, &orders[1].1).await;
    stage.passes(SignedDuration::from_millis(1));
    looks(&stage, &aslan, &orders[2].1).await;
    stage.passes(HOUR / 2);
    assert_eq!(found(between("10:00", "10:00")).await, 2, "that minute alone");
    assert_eq!(found(between("09:00", "10:00")).await, 2);
    assert_eq!(found(between("10:01", "10:01")).await, 1);
    assert_eq!(found(between("10:02", "10:30")).await, 0);
    let backwards = seeks(&stage, &aru, BreachActKind::Looks, &between("10:02", "10:01")).await;
    assert_eq!(wrong(backwards), [("until-day".to_owned(), Problem::PeriodOrder)]);
}

#[tokio::test]
async fn each_of_many_who_are_named_at_once_stands_under_the_act_that_named_them() {
    let stage = Stage::new();
    let mut references = Vec::new();
    for number in 0..8 {
        references.push(stage.guest(&format!("guest{number}@example.com")).await.1);
    }
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    let mut named = JoinSet::new();
    for reference in &references {
        let (system, aru) = (stage.system.clone(), aru.clone());
        let (sought, key) = (one(reference), stage.key());
        named.spawn(async move {
            let named = system.seek_people(&aru, 1, BreachActKind::Record, &sought, key);
            named.await
        });
    }
    for outcome in named.join_all().await {
        outcome.unwrap();
    }
    let seen = people(&stage, &aru).await;
    let mut acts: Vec<u32> = seen.rows.iter().map(|row| row.act).collect();
    acts.sort_unstable();
    assert_eq!(acts, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(seen.acts.len(), 8);
}

#[tokio::test]
async fn nobody_is_noted_who_goes_while_they_are_named() {
    let stage = Stage::new();
    let mut guests = Vec::new();
    for number in 0..8 {
        guests.push(stage.guest(&format!("guest{number}@example.com")).await);
    }
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    let mut both = JoinSet::new();
    for (caller, reference) in guests {
        let (system, aru, sought) = (stage.system.clone(), aru.clone(), one(&reference));
        let (withdraws, names) = (stage.key(), stage.key());
        both.spawn(async move {
            let goes = system.withdraw(&caller, withdraws);
            let named = system.seek_people(&aru, 1, BreachActKind::Record, &sought, names);
            tokio::join!(goes, named)
        });
    }
    let mut noted = 0;
    for (gone, named) in both.join_all().await {
        gone.unwrap();
        match named {
            Ok(()) => noted += 1,
            Err(Rejected::Mistake(mistake)) => {
                assert_eq!(mistake.of("reference"), Some(Problem::NoRecord));
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    let size = stage.system.store().checkpoint().size;
    let all = stage
        .system
        .store()
        .read(move |reader| posting::range(reader, 0, size));
    let mut gone: Vec<Pseudonym> = Vec::new();
    let mut concerned = 0;
    for placed in all.await.unwrap() {
        let entry = placed.entry;
        match entry.deed {
            Deed::Verb(Verb::Withdraw) => gone.extend(entry.subject),
            Deed::Happening(Happening::BreachConcerns) => {
                concerned += 1;
                let about = entry.subject.unwrap();
                assert!(!gone.contains(&about), "somebody was noted who had withdrawn");
            }
            _ => {}
        }
    }
    assert_eq!(
        concerned, noted,
        "whoever is told that somebody was noted is told the truth"
    );
}
