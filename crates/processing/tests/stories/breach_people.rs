//! 5.1.3-b: the responsible person says whom a breach concerns, by one record, by groups and fields, or by what an account of staff
//! did; each person reads it. The list for the authority opens names at the moment of asking, takes two where many are opened, and
//! each person is written to once, in their language. Who is gone is in no list, and their number stays.

use std::sync::Arc;

use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Entry, Happening, Outcome};
use sandyq_model::{
    BreachActKind, BreachStep, IdempotencyKey, Mistake, Problem, Purpose, RequestKind, Standing, SubjectId,
    Unreached, Verb,
};
use sandyq_policy::Policy;
use sandyq_processing::access::Caller;
use sandyq_processing::breach::{BreachList, LettersTold, People, Reach, Sought, Told, When};
use sandyq_processing::ports::Message;
use sandyq_processing::second_person::Agreed;
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::{breach_act, breach_subject, posting};

use crate::stage::asked::enters;
use crate::stage::{Stage, policy_of, purchase, shipped_folder, submission};

pub(crate) const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A policy under which one employee opens two people in an hour.
pub(crate) fn two_in_an_hour() -> Arc<Policy> {
    let mut folder = shipped_folder();
    let text = folder.file("5-protection.md").unwrap();
    let shorter = text.replace("limit \"bulk-read\" count=50", "limit \"bulk-read\" count=2");
    assert_ne!(text, shorter);
    folder.put("5-protection.md", shorter);
    policy_of(&folder)
}

pub(crate) async fn breaks(stage: &Stage, aru: &Caller) {
    let told = Told {
        categories: vec!["guest".to_owned()],
        people: "3".to_owned(),
        words: "A laptop with a list of orders was lost.".to_owned(),
        ..Told::default()
    };
    let entered = stage.system.enter_breach(aru, "spread", &told, stage.key());
    assert_eq!(entered.await.unwrap(), 1);
}

pub(crate) async fn seeks(
    stage: &Stage,
    aru: &Caller,
    kind: BreachActKind,
    sought: &Sought,
) -> Result<(), Rejected> {
    let begun = stage.system.seek_people(aru, 1, kind, sought, stage.key());
    begun.await?;
    stage.system.run_queue().await.unwrap();
    Ok(())
}

pub(crate) fn stored(categories: &[&str], fields: &[&str]) -> Sought {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Sought {
        categories: words(categories),
        fields: words(fields),
        ..Sought::default()
    }
}

pub(crate) fn one(reference: &str) -> Sought {
    Sought {
        reference: reference.to_owned(),
        ..Sought::default()
    }
}

pub(crate) async fn people(stage: &Stage, aru: &Caller) -> People {
    let people = stage.system.people_of_breach(aru, 1, 1, Language::En);
    people.await.unwrap()
}

pub(crate) async fn draws(stage: &Stage, aru: &Caller) -> Result<BreachList, Rejected> {
    let first = people(stage, aru).await.parts.first().map(|part| part.first);
    let first = first.unwrap_or(SubjectId::from_bytes([0; 16]));
    stage.system.draw_list(aru, 1, first, Language::En).await
}

pub(crate) fn letters() -> LettersTold {
    LettersTold {
        texts: ["Ноутбук жоғалды.", "Потерян ноутбук.", "A laptop was lost."].map(ToOwned::to_owned),
        fields: vec!["last_name".to_owned(), "delivery_address".to_owned()],
    }
}

pub(crate) async fn writes(stage: &Stage, aru: &Caller) -> Result<(), Rejected> {
    let told = letters();
    let begun = stage.system.write_to_people(aru, 1, &told, stage.key());
    begun.await?;
    stage.system.run_queue().await.unwrap();
    Ok(())
}

pub(crate) fn wrong<T: std::fmt::Debug>(outcome: Result<T, Rejected>) -> Vec<(String, Problem)> {
    match outcome {
        Err(Rejected::Mistake(Mistake(mistakes))) => mistakes,
        other => panic!("{other:?}"),
    }
}

/// The entries of that deed, oldest first.
pub(crate) async fn entered(stage: &Stage, deed: Deed) -> Vec<Entry> {
    let store = stage.system.store();
    let size = store.checkpoint().size;
    let all = store.read(move |reader| posting::range(reader, 0, size));
    let all = all.await.unwrap().into_iter().map(|placed| placed.entry);
    all.filter(|entry| entry.deed == deed).collect()
}

pub(crate) async fn happened(stage: &Stage, happening: Happening) -> Vec<Entry> {
    entered(stage, Deed::Happening(happening)).await
}

/// Somebody who applied for a post, with a mobile number.
pub(crate) async fn applies(stage: &Stage, email: &str) -> (Caller, String) {
    let application = submission(
        ("vacancy-application", Some("accountant")),
        Language::En,
        &[
            ("last_name", "Серікқызы"),
            ("first_name", "Аяулым"),
            ("email", email),
            ("cell_phone", "+7 702 555 12 02"),
        ],
    );
    stage.comes(application, email).await
}

#[tokio::test]
async fn one_record_is_named_by_its_number_once_and_the_person_reads_it() {
    let stage = Stage::new();
    let (mara, reference) = stage.guest("mara@example.com").await;
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    for _ in 0..2 {
        seeks(&stage, &aru, BreachActKind::Record, &one(&reference))
            .await
            .unwrap();
    }
    let people = people(&stage, &aru).await;
    assert_eq!(
        (people.counts.people, people.acts.len(), people.rows.len()),
        (1, 1, 1)
    );
    assert_eq!(Some(people.rows[0].subject), mara.subject);
    assert_eq!((people.rows[0].act, people.rows[0].reach), (1, Reach::Unwritten));
    let looks = stage.system.my_accesses(&mara, 1, Language::En).await.unwrap();
    assert!(looks.rows.iter().any(|row| row.what == "breach-concerns"));
    for (typed, problem) in [("", Problem::Missing), ("SQ-0000-0000", Problem::NoRecord)] {
        let named = seeks(&stage, &aru, BreachActKind::Record, &one(typed)).await;
        assert_eq!(wrong(named), [("reference".to_owned(), problem)]);
    }
    // Who is gone is found by no number any more.
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let (_, other) = stage.guest("dana@example.com").await;
    let gone = seeks(&stage, &aru, BreachActKind::Record, &one(&reference)).await;
    assert_eq!(wrong(gone), [("reference".to_owned(), Problem::NoRecord)]);
    seeks(&stage, &aru, BreachActKind::Record, &one(&other))
        .await
        .unwrap();
}

#[tokio::test]
async fn groups_and_fields_are_found_in_the_queue_and_whoever_left_is_counted_and_not_kept() {
    let stage = Stage::new();
    let (mara, _) = stage.guest("mara@example.com").await;
    stage.guest("dana@example.com").await;
    let (ayaulym, _) = applies(&stage, "ayaulym@example.com").await;
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    stage.passes(HOUR);
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    let sought = stored(&["guest"], &[]);
    seeks(&stage, &aru, BreachActKind::Stored, &sought).await.unwrap();
    let found = people(&stage, &aru).await;
    let act = &found.acts[0];
    assert_eq!((act.seen, act.found, act.left_out, act.percent), (3, 1, 1, 100));
    assert!(act.ended_at.is_some() && !act.full && !found.is_sought());
    assert_eq!(found.counts.people, 1);
    // Only whoever has such a field; the same person is not found twice.
    for _ in 0..2 {
        let with_mobile = stored(&["guest", "applicant"], &["cell_phone"]);
        seeks(&stage, &aru, BreachActKind::Stored, &with_mobile)
            .await
            .unwrap();
    }
    let found = people(&stage, &aru).await;
    assert_eq!(
        (found.counts.people, found.acts[0].found, found.acts[0].number),
        (2, 1, 3)
    );
    let rows: Vec<SubjectId> = found.rows.iter().map(|row| row.subject).collect();
    assert!(rows.contains(&ayaulym.subject.unwrap()) && !rows.contains(&mara.subject.unwrap()));
    assert_eq!(happened(&stage, Happening::BreachConcerns).await.len(), 2);
    // That it began is the act of the person, that it ended is the schedule's.
    assert_eq!(happened(&stage, Happening::BreachPeopleSought).await.len(), 6);
}

#[tokio::test]
async fn people_are_found_by_what_an_account_of_staff_did_between_two_instants() {
    let stage = Stage::new();
    let mut orders = Vec::new();
    for name in ["mara", "dana", "timur"] {
        let (caller, reference) = stage.guest(&format!("{name}@example.com")).await;
        stage.pays(&caller, &reference).await.unwrap();
        orders.push((caller, reference));
    }
    let aslan = stage.staff("aslan", "sales").await;
    let looks = async |place: usize| {
        let reference = &orders[place].1;
        let opened = stage
            .system
            .open_case(&aslan, reference, Some(Purpose::ORDERS), Language::En);
        opened.await.unwrap();
    };
    looks(0).await;
    stage.passes(HOUR);
    let from = at(&stage);
    looks(1).await;
    looks(1).await;
    looks(2).await;
    stage.system.withdraw(&orders[2].0, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    stage.passes(HOUR);
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    let sought = Sought {
        staff: "aslan".to_owned(),
        from: from.clone(),
        ..Sought::default()
    };
    seeks(&stage, &aru, BreachActKind::Looks, &sought).await.unwrap();
    let found = people(&stage, &aru).await;
    let act = &found.acts[0];
    assert_eq!(
        (act.staff.as_deref(), act.found, act.left_out),
        (Some("aslan"), 1, 1)
    );
    assert_eq!(found.rows[0].subject, orders[1].0.subject.unwrap());
    let typed = |staff: &str, from: When, until: When| Sought {
        staff: staff.to_owned(),
        from,
        until,
        ..Sought::default()
    };
    let day = |day: &str| When {
        day: day.to_owned(),
        time: "10:00".to_owned(),
    };
    for (sought, named) in [
        (
            typed("", When::default(), When::default()),
            vec!["staff", "from-day"],
        ),
        (typed("nobody", from.clone(), When::default()), vec!["staff"]),
        (
            typed("aslan", day("31.11.2026"), When::default()),
            vec!["from-day"],
        ),
        (typed("aslan", from.clone(), day("2026-11-20")), vec!["until-day"]),
    ] {
        let begun = seeks(&stage, &aru, BreachActKind::Looks, &sought).await;
        let names: Vec<String> = wrong(begun).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, named);
    }
}

/// The present minute, as one types it.
fn at(stage: &Stage) -> When {
    let local = sandyq_model::time::day_in_kazakhstan(stage.now());
    let clock = stage
        .now()
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(5)));
    When {
        day: local.to_string(),
        time: clock.strftime("%H:%M").to_string(),
    }
}

#[tokio::test]
async fn the_list_has_names_and_mobile_numbers_and_each_person_reads_that_they_are_on_it() {
    let stage = Stage::new();
    let (mara, reference) = stage.guest("mara@example.com").await;
    let (ayaulym, _) = applies(&stage, "ayaulym@example.com").await;
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    let none = draws(&stage, &aru).await;
    assert_eq!(wrong(none), [("part".to_owned(), Problem::NotDone)]);
    seeks(
        &stage,
        &aru,
        BreachActKind::Stored,
        &stored(&["guest", "applicant"], &[]),
    )
    .await
    .unwrap();
    let before = entered(&stage, Deed::Verb(Verb::Extract)).await.len();
    let list = draws(&stage, &aru).await.unwrap();
    assert_eq!((list.breach, list.rows.len()), (1, 2));
    assert!(list.law.contains("25"), "{}", list.law);
    let of = |caller: &Caller| {
        list.rows
            .iter()
            .find(|row| Some(row.subject) == caller.subject)
            .unwrap()
    };
    let text = |value: &Option<sandyq_model::Plain<String>>| value.as_ref().unwrap().expose().clone();
    assert_eq!(text(&of(&ayaulym).name), "Серікқызы Аяулым");
    assert_eq!(text(&of(&ayaulym).phone), "+77025551202");
    assert!(!text(&of(&mara).name).is_empty());
    let looks = entered(&stage, Deed::Verb(Verb::Extract)).await;
    assert_eq!(looks.len(), before + 2, "one look at each");
    let look = looks.last().unwrap();
    assert_eq!(
        (look.purpose, look.outcome),
        (Some(Purpose::STATUTORY), Outcome::Done)
    );
    assert!(look.clauses.iter().any(|clause| clause.to_string() == "2.2.12"));
    let email = stage.system.policy().field_named("email").unwrap();
    assert!(looks[before..].iter().all(|look| !look.fields.contains(email)));
    for caller in [&mara, &ayaulym] {
        let rows = stage
            .system
            .my_accesses(caller, 1, Language::En)
            .await
            .unwrap()
            .rows;
        let by_law = rows
            .iter()
            .filter(|row| row.who == "The responsible person" && !row.fields.is_empty());
        assert_eq!(by_law.count(), 1);
    }
    assert_eq!(happened(&stage, Happening::BreachListDrawn).await.len(), 1);
    // Whose record is locked is listed by its number, and nothing is opened.
    stage.system.block(&aru, ayaulym.subject.unwrap()).await.unwrap();
    let list = draws(&stage, &aru).await.unwrap();
    let locked = list
        .rows
        .iter()
        .find(|row| Some(row.subject) == ayaulym.subject)
        .unwrap();
    assert!(locked.name.is_none() && locked.phone.is_none());
    // Whoever withdraws is on it no more.
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let list = draws(&stage, &aru).await.unwrap();
    assert_eq!(list.rows.len(), 1);
    let act = people(&stage, &aru).await.acts.pop().unwrap();
    assert_eq!(act.found, 2, "how many they were stays");
    assert!(!reference.is_empty());
}

#[tokio::test]
async fn for_everybody_else_there_is_no_list_and_more_than_one_opens_takes_two() {
    let stage = Stage::with_policy(two_in_an_hour());
    for name in ["mara", "dana", "timur"] {
        stage.guest(&format!("{name}@example.com")).await;
    }
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    seeks(&stage, &aru, BreachActKind::Stored, &stored(&["guest"], &[]))
        .await
        .unwrap();
    for role in ["auditor", "sales", "administrator", "access"] {
        let other = stage.staff(role, role).await;
        let nobody = SubjectId::from_bytes([0; 16]);
        let list = stage.system.draw_list(&other, 1, nobody, Language::En).await;
        assert!(matches!(list, Err(Rejected::NotFound)), "{role}");
        let seen = stage.system.people_of_breach(&other, 1, 1, Language::En).await;
        assert!(matches!(seen, Err(Rejected::NotFound)), "{role}");
        let named = seeks(&stage, &other, BreachActKind::Stored, &stored(&["guest"], &[])).await;
        assert!(matches!(named, Err(Rejected::NotFound)), "{role}");
        assert!(
            matches!(writes(&stage, &other).await, Err(Rejected::NotFound)),
            "{role}"
        );
        let proposed = stage.system.propose_list(&other, 1).await;
        assert!(matches!(proposed, Err(Rejected::NotFound)), "{role}");
    }
    assert!(people(&stage, &aru).await.takes_two);
    let alone = draws(&stage, &aru).await;
    assert_eq!(wrong(alone), [("part".to_owned(), Problem::TakesTwo)]);
    let refused = happened(&stage, Happening::BreachListDrawn).await;
    assert_eq!(refused.len(), 1, "the attempt is entered");
    assert_eq!(refused[0].outcome, Outcome::Refused);
    assert!(
        entered(&stage, Deed::Verb(Verb::Extract)).await.is_empty(),
        "nobody was opened"
    );
    let proposed = stage.system.propose_list(&aru, 1).await.unwrap();
    let own = stage.system.agree(&aru, proposed).await;
    assert!(matches!(own, Err(Rejected::Refusal(_))), "the same person twice");
    let deputy = stage.deputy().await;
    let agreed = stage.system.agree(&deputy, proposed).await.unwrap();
    assert!(matches!(agreed, Agreed::ListOpened(1)));
    assert_eq!(happened(&stage, Happening::BreachListOpened).await.len(), 1);
    for either in [&aru, &deputy] {
        assert_eq!(draws(&stage, either).await.unwrap().rows.len(), 3);
    }
    stage.passes(HOUR * 25);
    let over = draws(&stage, &aru).await;
    assert_eq!(wrong(over), [("part".to_owned(), Problem::TakesTwo)]);
}

#[tokio::test]
async fn each_is_written_to_once_in_their_language_and_whom_it_does_not_reach_is_listed() {
    let stage = Stage::new();
    let (mara, _) = stage.guest("mara@example.com").await;
    let mut in_kazakh = purchase("dana@example.com");
    in_kazakh.language = Language::Kk;
    stage.comes(in_kazakh, "dana@example.com").await;
    let (timur, _) = stage.guest("timur@example.com").await;
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    assert_eq!(
        wrong(writes(&stage, &aru).await),
        [("step".to_owned(), Problem::NotDone)]
    );
    seeks(&stage, &aru, BreachActKind::Stored, &stored(&["guest"], &[]))
        .await
        .unwrap();
    stage.system.block(&aru, timur.subject.unwrap()).await.unwrap();
    stage.forgets_letters();
    writes(&stage, &aru).await.unwrap();
    {
        let sent = stage.letters.0.lock().unwrap();
        let of = |email: &str| {
            let mut letters = sent.iter().filter(|letter| letter.to.expose() == email);
            (letters.next(), letters.count())
        };
        let (Some(letter), 0) = of("dana@example.com") else {
            panic!("one letter")
        };
        assert_eq!(letter.language, Language::Kk);
        let Message::Breach {
            fields,
            text,
            contact,
            ..
        } = &letter.message
        else {
            panic!("of the breach")
        };
        assert_eq!(text, "Ноутбук жоғалды.");
        assert!(contact.contains('@') && !fields.is_empty());
        assert!(of("mara@example.com").0.is_some() && of("timur@example.com").0.is_none());
    }
    let seen = people(&stage, &aru).await;
    assert_eq!(
        (seen.counts.letters, seen.counts.told, seen.counts.unreached),
        (3, 2, 1)
    );
    let locked = seen
        .rows
        .iter()
        .find(|row| Some(row.subject) == timur.subject)
        .unwrap();
    assert_eq!(locked.reach, Reach::Unreached(Unreached::Locked));
    assert!(locked.reach.is_otherwise() && locked.standing == Standing::Blocked);
    assert_eq!(happened(&stage, Happening::BreachPersonTold).await.len(), 2);
    let rows = stage
        .system
        .my_accesses(&mara, 1, Language::En)
        .await
        .unwrap()
        .rows;
    let used = rows
        .iter()
        .find(|row| row.purpose.is_some() && row.clauses.contains(&"5.1.3".to_owned()));
    assert!(used.is_some(), "the address was opened as a duty: {rows:?}");
}

#[tokio::test]
async fn nobody_is_written_to_twice_and_who_is_found_later_gets_their_own() {
    let stage = Stage::new();
    stage.guest("mara@example.com").await;
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    seeks(&stage, &aru, BreachActKind::Stored, &stored(&["guest"], &[]))
        .await
        .unwrap();
    writes(&stage, &aru).await.unwrap();
    assert_eq!(
        wrong(writes(&stage, &aru).await),
        [("step".to_owned(), Problem::NotDone)]
    );
    let (_, reference) = stage.guest("late@example.com").await;
    seeks(&stage, &aru, BreachActKind::Record, &one(&reference))
        .await
        .unwrap();
    stage.forgets_letters();
    writes(&stage, &aru).await.unwrap();
    assert_eq!(stage.letters_to("late@example.com"), 1);
    assert_eq!(stage.letters_to("mara@example.com"), 0);
}

#[tokio::test]
async fn what_is_wrong_in_letters_and_criteria_is_named_and_nothing_begins() {
    let stage = Stage::new();
    stage.guest("mara@example.com").await;
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    seeks(&stage, &aru, BreachActKind::Stored, &stored(&["guest"], &[]))
        .await
        .unwrap();
    let mut hostile = letters();
    hostile.texts[0] = String::new();
    hostile.texts[2] = "write to dana@example.com".to_owned();
    hostile.fields = vec!["iin".to_owned()];
    let begun = stage.system.write_to_people(&aru, 1, &hostile, stage.key()).await;
    let expected = [
        ("text-kk", Problem::Missing),
        ("text-en", Problem::Personal),
        ("fields", Problem::Choice),
    ];
    assert_eq!(
        wrong(begun),
        expected.map(|(name, problem)| (name.to_owned(), problem))
    );
    for (sought, name, problem) in [
        (stored(&[], &[]), "categories", Problem::Missing),
        (stored(&["everybody"], &[]), "categories", Problem::Choice),
        (stored(&["guest"], &["iin"]), "fields", Problem::Choice),
    ] {
        let begun = seeks(&stage, &aru, BreachActKind::Stored, &sought).await;
        assert_eq!(wrong(begun), [(name.to_owned(), problem)]);
    }
    let sought = stored(&["guest"], &[]);
    let none = stage
        .system
        .seek_people(&aru, 9, BreachActKind::Stored, &sought, stage.key());
    assert!(matches!(none.await, Err(Rejected::NotFound)));
    let never = seeks(&stage, &aru, BreachActKind::List, &Sought::default()).await;
    assert!(
        matches!(never, Err(Rejected::NotFound)),
        "a list is opened by two alone"
    );
    let acts = people(&stage, &aru).await.acts;
    assert_eq!(acts.len(), 1, "{acts:?}");
}

#[tokio::test]
async fn what_is_sent_twice_is_begun_once_and_what_a_stop_interrupted_goes_on() {
    let stage = Stage::new();
    for name in ["mara", "dana"] {
        stage.guest(&format!("{name}@example.com")).await;
    }
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    let key: IdempotencyKey = stage.key();
    let sought = stored(&["guest"], &[]);
    for _ in 0..2 {
        let begun = stage
            .system
            .seek_people(&aru, 1, BreachActKind::Stored, &sought, key);
        begun.await.unwrap();
    }
    let waiting = people(&stage, &aru).await;
    assert_eq!((waiting.acts.len(), waiting.acts[0].percent), (1, 0));
    assert!(waiting.is_sought());
    // While people are looked for no list is drawn and nobody is written to: it would not be whole.
    let early = stage
        .system
        .draw_list(&aru, 1, SubjectId::from_bytes([0; 16]), Language::En)
        .await;
    assert_eq!(wrong(early), [("part".to_owned(), Problem::NotDone)]);
    // The machine was lost with the work that waited; the hour finds it.
    let removed = sandyq_store::Commit {
        statements: vec![sandyq_store::tables::job::remove_all_but(
            SubjectId::from_bytes([0; 16]),
            None,
        )],
        ..sandyq_store::Commit::default()
    };
    stage.system.store().commit(removed).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert!(people(&stage, &aru).await.is_sought());
    stage.system.look_over_acts().await.unwrap();
    stage.system.look_over_acts().await.unwrap();
    stage.system.run_queue().await.unwrap();
    let found = people(&stage, &aru).await;
    assert_eq!(
        (found.counts.people, found.acts[0].found, found.is_sought()),
        (2, 2, false)
    );
    assert_eq!(found.parts.len(), 1);
    assert_eq!(found.parts[0].places, (1, 2));
    let view = stage.system.breach(&aru, 1).await.unwrap();
    assert_eq!(view.steps.len(), 1, "the register of steps is not touched");
    assert_eq!(view.steps[0].step, BreachStep::Find);
}

#[tokio::test]
async fn whoever_is_destroyed_leaves_no_row_and_the_acts_stay() {
    let stage = Stage::new();
    let (mara, _) = stage.guest("mara@example.com").await;
    let aru = stage.staff("aru", "responsible").await;
    breaks(&stage, &aru).await;
    seeks(&stage, &aru, BreachActKind::Stored, &stored(&["guest"], &[]))
        .await
        .unwrap();
    let id = mara.subject.unwrap();
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let (rows, acts) = stage
        .system
        .store()
        .read(move |reader| {
            let breach = sandyq_store::tables::breach::by_number(reader, 1)?.unwrap();
            Ok((
                breach_subject::find(reader, id, breach.id)?,
                breach_act::of_breach(reader, breach.id, 10)?,
            ))
        })
        .await
        .unwrap();
    assert!(rows.is_none());
    assert_eq!(acts[0].progress.found, 1);
    let stage = stage.reopens();
    let aru = stage.staff_again("aru").await;
    let seen = people(&stage, &aru).await;
    assert_eq!((seen.counts.people, seen.acts[0].found), (0, 1));
}

#[tokio::test]
async fn whoever_wrote_a_letter_is_listed_by_their_name_and_told_otherwise() {
    let stage = Stage::new();
    let aru = stage.staff("aru", "responsible").await;
    enters(&stage, &aru, RequestKind::Access).await;
    breaks(&stage, &aru).await;
    let sought = stored(&["writer"], &["sender"]);
    seeks(&stage, &aru, BreachActKind::Stored, &sought).await.unwrap();
    let list = draws(&stage, &aru).await.unwrap();
    let name = list.rows[0].name.as_ref().unwrap();
    assert_eq!((name.expose().as_str(), list.rows.len()), ("Dana Sample", 1));
    assert!(list.rows[0].phone.is_none());
    writes(&stage, &aru).await.unwrap();
    let seen = people(&stage, &aru).await;
    assert_eq!(seen.rows[0].reach, Reach::Unreached(Unreached::NoContact));
    assert_eq!((seen.counts.told, seen.counts.unreached), (0, 1));
    // What has ended holds nobody's id.
    let store = stage.system.store();
    let acts = store.read(|reader| {
        let breach = sandyq_store::tables::breach::by_number(reader, 1)?.unwrap();
        breach_act::of_breach(reader, breach.id, 10)
    });
    let acts = acts.await.unwrap();
    assert!(acts.len() == 2 && acts.iter().all(|act| act.progress.reached.is_empty()));
}
