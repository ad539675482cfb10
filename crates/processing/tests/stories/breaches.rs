//! 5.1.3: a breach is entered with its hour, steps on it only in an order that the law leaves open, and nothing that was
//! entered is ever changed; the auditor reads, and nobody else learns that there is a register.

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Deed, Entry, Happening};
use sandyq_model::{BreachKind, BreachStep, Category, Mistake, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::access::Caller;
use sandyq_processing::breach::{BreachRow, STEPS_MAX, Told, When, due};
use sandyq_store::tables::breach;

use crate::stage::{Stage, policy_of, shipped_folder, shipped_policy};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A laptop with a list was lost.
fn lost() -> Told {
    Told {
        categories: vec!["guest".to_owned(), "registered".to_owned()],
        people: "120".to_owned(),
        words: "A laptop with a list of orders was lost.".to_owned(),
        ..Told::default()
    }
}

fn in_words(words: &str) -> Told {
    Told {
        words: words.to_owned(),
        ..Told::default()
    }
}

fn under(document: &str) -> Told {
    Told {
        document: document.to_owned(),
        ..Told::default()
    }
}

async fn enters(stage: &Stage, caller: &Caller, told: &Told) -> u32 {
    let entered = stage.system.enter_breach(caller, "spread", told, stage.key());
    entered.await.unwrap()
}

async fn steps(stage: &Stage, caller: &Caller, step: &str, told: &Told) -> Result<(), Rejected> {
    stage.system.add_step(caller, 1, step, told, stage.key()).await
}

fn mistakes<T: std::fmt::Debug>(outcome: Result<T, Rejected>) -> Vec<(String, Problem)> {
    match outcome {
        Err(Rejected::Mistake(Mistake(mistakes))) => mistakes,
        other => panic!("{other:?}"),
    }
}

fn one(name: &str, problem: Problem) -> Vec<(String, Problem)> {
    vec![(name.to_owned(), problem)]
}

/// Entries about the register, oldest first.
async fn entries(stage: &Stage) -> Vec<(Happening, Entry)> {
    let store = stage.system.store();
    let mut found = Vec::new();
    for index in 0..store.checkpoint().size {
        let entry = Entry::decode(&store.entry(index).await.unwrap().unwrap()).unwrap();
        if let Deed::Happening(happening) = entry.deed
            && (110..=112).contains(&happening.code())
        {
            found.push((happening, entry));
        }
    }
    found
}

#[tokio::test]
async fn a_breach_runs_from_its_finding_to_its_close_and_the_auditor_reads_it() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let auditor = stage.staff("timur", "auditor").await;
    let found_at = stage.now();
    assert_eq!(enters(&stage, &responsible, &lost()).await, 1);
    stage.passes(HOUR);
    let measure = in_words("The laptop was wiped from afar; all passwords were changed.");
    steps(&stage, &responsible, "measure", &measure).await.unwrap();
    steps(&stage, &responsible, "tell-authority", &under("№ 17-2/2026"))
        .await
        .unwrap();
    let letters = in_words("Everybody was written to.");
    steps(&stage, &responsible, "tell-subjects", &letters)
        .await
        .unwrap();
    let more = Told {
        categories: vec!["applicant".to_owned()],
        people: "134".to_owned(),
        ..in_words("The list held applications too.")
    };
    steps(&stage, &responsible, "find", &more).await.unwrap();
    steps(&stage, &responsible, "close", &Told::default())
        .await
        .unwrap();
    let view = stage.system.breach(&auditor, 1).await.unwrap();
    assert_eq!(
        view.row,
        BreachRow {
            number: 1,
            kind: BreachKind::Spread,
            detected_at: found_at,
            due_at: "2026-11-24T05:00:00Z".parse().unwrap(),
            told_at: Some(found_at + HOUR),
            people: Some(134),
            closed: true,
            late: false,
        }
    );
    assert_eq!(
        view.categories,
        [Category::Guest, Category::Registered, Category::Applicant]
    );
    assert!(view.law.contains("25(2)(8)"), "{}", view.law);
    let all: Vec<_> = view.steps.iter().map(|step| step.step).collect();
    use BreachStep::{Close, Find, Measure, TellAuthority, TellSubjects};
    assert_eq!(all, [Find, Measure, TellAuthority, TellSubjects, Find, Close]);
    assert_eq!(view.told(Measure).count(), 1);
    assert!(view.can.is_empty(), "the auditor enters nothing");
    let view = stage.system.breach(&responsible, 1).await.unwrap();
    assert_eq!(view.can, [Find], "what is found out later opens it again");
    let register = stage.system.breaches(&auditor, 1).await.unwrap();
    assert_eq!(
        (register.rows.len(), register.enters, register.more),
        (1, false, false)
    );
    assert_eq!(register.rows[0], view.row);
}

#[tokio::test]
async fn each_line_of_the_register_has_its_entry_and_nobody_is_in_it() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    enters(&stage, &responsible, &lost()).await;
    steps(&stage, &responsible, "measure", &in_words("Keys were changed."))
        .await
        .unwrap();
    stage.system.breaches(&responsible, 1).await.unwrap();
    stage.system.breach(&responsible, 1).await.unwrap();
    stage.system.breaches_on_machine(1).await.unwrap();
    stage.system.untold_breaches().await.unwrap();
    let entries = entries(&stage).await;
    use Happening::{BreachEntered, BreachMoved, BreachesRead};
    let happened: Vec<_> = entries.iter().map(|(happening, _)| *happening).collect();
    assert_eq!(
        happened,
        [
            BreachEntered,
            BreachMoved,
            BreachesRead,
            BreachesRead,
            BreachesRead
        ]
    );
    let row = stage
        .system
        .store()
        .read(|reader| breach::by_number(reader, 1))
        .await
        .unwrap()
        .unwrap();
    for (happening, entry) in &entries {
        assert_eq!(entry.subject, None);
        assert_eq!(entry.clauses.iter().next().unwrap().as_str(), "5.1.3");
        let names_it = *happening != BreachesRead;
        let case = entry.case.map(|case| *case.as_bytes());
        assert_eq!(case, names_it.then_some(*row.id.as_bytes()));
    }
}

#[tokio::test]
async fn only_the_responsible_person_enters_and_only_the_auditor_reads_beside() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let auditor = stage.staff("timur", "auditor").await;
    enters(&stage, &responsible, &lost()).await;
    let before = entries(&stage).await.len();
    for role in [
        "sales",
        "support",
        "events",
        "service-desk",
        "recruiter",
        "administrator",
    ] {
        let other = stage.staff(role, role).await;
        let seen = stage.system.breaches(&other, 1).await;
        assert!(matches!(seen, Err(Rejected::NotFound)), "{role}");
        let seen = stage.system.breach(&other, 1).await;
        assert!(matches!(seen, Err(Rejected::NotFound)), "{role}");
        let late = stage.system.late_breaches(&other).await;
        assert!(matches!(late, Err(Rejected::NotFound)), "{role}");
    }
    let (mara, _) = stage.guest("mara@example.com").await;
    assert!(stage.system.breaches(&mara, 1).await.is_err());
    for caller in [&auditor, &mara] {
        let told = lost();
        let entered = stage.system.enter_breach(caller, "spread", &told, stage.key());
        assert!(entered.await.is_err());
        let step = steps(&stage, caller, "measure", &in_words("x")).await;
        assert!(step.is_err());
    }
    let missing = stage.system.breach(&responsible, 2).await;
    assert!(matches!(missing, Err(Rejected::NotFound)));
    assert_eq!(entries(&stage).await.len(), before);
    // PRE-1: an auditor who did not read the policy in force reads nothing else.
    let mut folder = shipped_folder();
    let text = folder.files().find(|(path, _)| *path == "8-retention.md");
    let changed = format!("{}\nOne more sentence.\n", text.unwrap().1);
    folder.put("8-retention.md", &changed);
    let stage = stage.under_policy(policy_of(&folder));
    let session = stage.signs_in("timur").await;
    let unread = stage.system.caller(session.expose()).await.unwrap().unwrap();
    let seen = stage.system.breaches(&unread, 1).await;
    assert!(matches!(seen, Err(Rejected::Refusal(_))));
}

#[tokio::test]
async fn nobody_is_told_without_a_measure_and_nothing_is_closed_that_was_not_told() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    enters(&stage, &responsible, &lost()).await;
    let not_done = || one("step", Problem::NotDone);
    let told = steps(&stage, &responsible, "tell-authority", &under("№ 1")).await;
    assert_eq!(mistakes(told), not_done());
    let closed = steps(&stage, &responsible, "close", &Told::default()).await;
    assert_eq!(mistakes(closed), not_done());
    let measure = in_words("Access was taken away.");
    steps(&stage, &responsible, "measure", &measure).await.unwrap();
    for (document, problem) in [("", Problem::Missing), ("by telephone", Problem::DocumentNumber)] {
        let told = steps(&stage, &responsible, "tell-authority", &under(document)).await;
        assert_eq!(mistakes(told), one("document", problem));
    }
    steps(&stage, &responsible, "tell-authority", &under("№ 1"))
        .await
        .unwrap();
    steps(&stage, &responsible, "close", &Told::default())
        .await
        .unwrap();
    let after = steps(&stage, &responsible, "measure", &measure).await;
    assert_eq!(mistakes(after), not_done());
    let unknown = steps(&stage, &responsible, "remove", &measure).await;
    assert_eq!(mistakes(unknown), one("step", Problem::Choice));
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_of_it_is_kept() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let nothing = Told::default();
    let entered = stage
        .system
        .enter_breach(&responsible, "leak", &nothing, stage.key());
    let wrong = mistakes(entered.await);
    let named: Vec<&str> = wrong.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(named, ["kind", "categories", "words"]);
    let hostile = [
        Told {
            people: "many".to_owned(),
            ..lost()
        },
        Told {
            categories: vec!["everybody".to_owned()],
            ..lost()
        },
        Told {
            document: "№ 1".to_owned(),
            ..lost()
        },
        Told {
            words: "IIN 990231000001 of a buyer".to_owned(),
            ..lost()
        },
        Told {
            words: "call +7 701 123 45 67".to_owned(),
            ..lost()
        },
        Told {
            when: When {
                day: "2026-11-24".to_owned(),
                time: "10:00".to_owned(),
            },
            ..lost()
        },
    ];
    let expected = ["people", "categories", "document", "words", "words", "day"];
    for (told, name) in hostile.iter().zip(expected) {
        let entered = stage
            .system
            .enter_breach(&responsible, "spread", told, stage.key());
        let wrong = mistakes(entered.await);
        assert_eq!(
            wrong.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            [name]
        );
    }
    assert!(entries(&stage).await.is_empty());
    assert!(
        stage
            .system
            .breaches(&responsible, 1)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
}

#[tokio::test]
async fn a_step_is_not_before_its_breach_and_holds_what_it_is_about() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    enters(&stage, &responsible, &lost()).await;
    let early = Told {
        when: When {
            day: "2026-11-20".to_owned(),
            time: "10:00".to_owned(),
        },
        ..in_words("Before it was found.")
    };
    let before = steps(&stage, &responsible, "measure", &early).await;
    assert_eq!(mistakes(before), one("day", Problem::Date));
    let counted = Told {
        people: "5".to_owned(),
        ..in_words("A measure counts nobody.")
    };
    let surplus = steps(&stage, &responsible, "measure", &counted).await;
    assert_eq!(mistakes(surplus), one("people", Problem::Unknown));
}

#[tokio::test]
async fn what_is_sent_twice_is_entered_once_and_two_at_the_same_time_are_two_numbers() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let (key, told) = (stage.key(), lost());
    for _ in 0..2 {
        let entered = stage.system.enter_breach(&responsible, "access", &told, key);
        assert_eq!(entered.await.unwrap(), 1);
    }
    let other = Told {
        people: "121".to_owned(),
        ..lost()
    };
    let entered = stage.system.enter_breach(&responsible, "access", &other, key);
    assert_eq!(mistakes(entered.await), one("key", Problem::SentBefore));
    let [one, two] =
        [stage.key(), stage.key()].map(|key| stage.system.enter_breach(&responsible, "change", &told, key));
    let (one, two) = tokio::join!(one, two);
    let mut numbers = [one.unwrap(), two.unwrap()];
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 3]);
    let measure = in_words("Once.");
    let key = stage.key();
    for _ in 0..2 {
        let step = stage.system.add_step(&responsible, 1, "measure", &measure, key);
        step.await.unwrap();
    }
    assert_eq!(stage.system.breach(&responsible, 1).await.unwrap().steps.len(), 2);
    // Of two at the same time one has the place, and the other looks again.
    let [one, two] = ["One.", "Two."].map(in_words);
    let one = steps(&stage, &responsible, "measure", &one);
    let two = steps(&stage, &responsible, "measure", &two);
    let (one, two) = tokio::join!(one, two);
    let done = [&one, &two].iter().filter(|outcome| outcome.is_ok()).count();
    assert!(done >= 1, "{one:?} {two:?}");
    let steps = stage.system.breach(&responsible, 1).await.unwrap().steps;
    assert_eq!(steps.len(), 2 + done);
}

#[tokio::test]
async fn it_is_late_when_the_hour_has_come_and_the_authority_was_not_told_by_then() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    enters(&stage, &responsible, &lost()).await;
    stage.passes(HOUR * 24);
    assert!(stage.system.untold_breaches().await.unwrap().is_empty());
    stage.passes(SignedDuration::from_mins(1));
    let late = stage.system.late_breaches(&responsible).await.unwrap();
    assert_eq!((late.len(), late[0].number, late[0].late), (1, 1, true));
    steps(&stage, &responsible, "measure", &in_words("Late."))
        .await
        .unwrap();
    steps(&stage, &responsible, "tell-authority", &under("№ 2"))
        .await
        .unwrap();
    assert!(stage.system.untold_breaches().await.unwrap().is_empty());
    let view = stage.system.breach(&responsible, 1).await.unwrap();
    assert!(view.row.late, "it was told a minute too late, and stays so");
    // Told in time and entered afterwards is in time.
    let found = "2026-11-24T05:10:00Z".parse::<Timestamp>().unwrap();
    assert!(stage.now() < found);
    stage.clock.set(found);
    let lost = lost();
    let entered = stage
        .system
        .enter_breach(&responsible, "access", &lost, stage.key());
    assert_eq!(entered.await.unwrap(), 2);
    stage.passes(HOUR * 24);
    let measure = in_words("In time.");
    let taken = stage
        .system
        .add_step(&responsible, 2, "measure", &measure, stage.key());
    taken.await.unwrap();
    stage.passes(HOUR);
    let in_time = Told {
        when: When {
            day: "2026-11-25".to_owned(),
            time: "10:10".to_owned(),
        },
        ..under("№ 3")
    };
    let told = stage
        .system
        .add_step(&responsible, 2, "tell-authority", &in_time, stage.key());
    told.await.unwrap();
    assert!(!stage.system.breach(&responsible, 2).await.unwrap().row.late);
}

#[test]
fn the_hour_is_the_same_one_of_the_next_working_day() {
    let policy = shipped_policy();
    for (found, at) in [
        // A Monday; a Friday evening; a Saturday; past midnight here and not yet in Greenwich.
        ("2026-11-23T05:00:00Z", "2026-11-24T05:00:00Z"),
        ("2026-11-27T17:45:00Z", "2026-11-30T17:45:00Z"),
        ("2026-11-28T08:00:00Z", "2026-11-30T08:00:00Z"),
        ("2026-11-26T19:30:00Z", "2026-11-29T19:30:00Z"),
        // Before a holiday, and before New Year.
        ("2026-12-15T06:00:00Z", "2026-12-17T06:00:00Z"),
        ("2026-12-31T06:00:00Z", "2027-01-05T06:00:00Z"),
    ] {
        let due = due(&policy, found.parse().unwrap()).unwrap();
        assert_eq!(
            (due.at().to_string(), due.law),
            (at.to_owned(), due.policy),
            "{found}"
        );
    }
    assert!(due(&policy, "2027-12-31T12:00:00Z".parse().unwrap()).is_err());
}

#[test]
fn a_policy_that_promises_more_than_the_law_is_held_to_the_law() {
    let mut folder = shipped_folder();
    let text = folder
        .files()
        .find(|(path, _)| *path == "5-protection.md")
        .unwrap()
        .1;
    let longer = text.replace(
        "deadline \"breach-notice\" law=\"breach-notice\" working-days=1",
        "deadline \"breach-notice\" law=\"breach-notice\" working-days=3",
    );
    assert_ne!(text, longer);
    folder.put("5-protection.md", &longer);
    let Ok(policy) = sandyq_policy::Policy::load(&folder) else {
        return;
    };
    let due = due(&policy, "2026-11-23T05:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(due.at().to_string(), "2026-11-24T05:00:00Z");
    assert!(due.policy > due.law);
}

#[tokio::test]
async fn a_breach_has_a_bounded_number_of_steps() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    enters(&stage, &responsible, &lost()).await;
    for _ in 1..STEPS_MAX {
        steps(&stage, &responsible, "find", &in_words("More."))
            .await
            .unwrap();
    }
    let one_more = steps(&stage, &responsible, "find", &in_words("More.")).await;
    assert_eq!(mistakes(one_more), one("step", Problem::Attempts));
}
