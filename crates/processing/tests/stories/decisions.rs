//! 1.3: a case is closed by a person who signed in, for a reason that the policy names; no machine decides, and no desk decides about
//! what is another's. The person reads what was decided, and a place at an event is free again.

use sandyq_model::{Plain, Problem, Purpose};
use sandyq_processing::access::Caller;
use sandyq_processing::cases::State;
use sandyq_processing::cases::deciding::Decision;
use sandyq_processing::service::Submission;
use sandyq_processing::{Language, Rejected};

use crate::representatives::enters;
use crate::stage::{self, Stage};

const ERLAN: &str = "erlan@example.com";

fn form(service: &str, about: Option<&str>, email: &str, more: &[(&str, &str)]) -> Submission {
    let names = [
        ("last_name", "Сейітов"),
        ("first_name", "Ерлан"),
        ("email", email),
    ];
    let typed: Vec<_> = names.iter().chain(more).copied().collect();
    stage::submission((service, about), Language::Ru, &typed)
}

async fn applicant(stage: &Stage) -> (Caller, String) {
    let application = form(
        "vacancy-application",
        Some("accountant"),
        ERLAN,
        &[("cell_phone", "+7 701 123 45 67")],
    );
    stage.comes(application, ERLAN).await
}

async fn decides(
    stage: &Stage,
    staff: &Caller,
    reference: &str,
    (decision, reason): (&str, Option<&str>),
) -> Result<(), Rejected> {
    let written = Plain::from("");
    let decided = stage
        .system
        .decide_case(
            staff,
            reference,
            Decision {
                name: decision,
                reason,
                written: &written,
            },
            stage.key(),
        )
        .await;
    stage.system.run_queue().await.unwrap();
    decided
}

async fn places_left(stage: &Stage) -> u32 {
    let offered = stage.system.offered_as("event-registration", "open-day").await;
    offered.unwrap().places_left.expect("a number of places")
}

fn problem(decided: Result<(), Rejected>) -> Option<Problem> {
    match decided {
        Err(Rejected::Mistake(mistake)) => mistake.of("decision"),
        _ => None,
    }
}

#[tokio::test]
async fn an_applicant_is_turned_down_by_a_person_with_a_reason() {
    let stage = Stage::new();
    let (erlan, reference) = applicant(&stage).await;
    let recruiter = stage.staff("dina", "recruiter").await;

    let open = stage
        .system
        .to_decide(&recruiter, &reference, Language::En)
        .await
        .unwrap();
    assert!(open.choices.iter().any(|choice| choice.reason.is_none()));
    for (decision, wrong) in [
        (("reject-applicant", None), Problem::Missing),
        (("reject-applicant", Some("the photograph")), Problem::Choice),
        (("reject-applicant", Some("not-won")), Problem::Choice),
        (("hire-applicant", Some("requirements")), Problem::Choice),
        (("refuse-order", Some("out-of-stock")), Problem::Choice),
        (("close-account", None), Problem::Choice),
    ] {
        assert_eq!(
            problem(decides(&stage, &recruiter, &reference, decision).await),
            Some(wrong)
        );
    }

    let letters = stage.letters_to(ERLAN);
    let rejected = ("reject-applicant", Some("requirements"));
    decides(&stage, &recruiter, &reference, rejected).await.unwrap();
    assert_eq!(stage.letters_to(ERLAN), letters + 1);
    let case = stage
        .system
        .my_case(&erlan, &reference, Language::En)
        .await
        .unwrap();
    assert_eq!(case.state, State::Refused);
    let decided = case.decided.unwrap();
    assert_eq!(decided.decision, "Turning down an application");
    assert!(decided.reason.is_some());
    let looks = stage.system.my_accesses(&erlan, 1, Language::En).await.unwrap();
    assert!(looks.rows.iter().any(|look| look.who == "Recruiter"));

    let again = decides(&stage, &recruiter, &reference, ("hire-applicant", None)).await;
    assert_eq!(
        problem(again),
        Some(Problem::Closed),
        "what is decided stays decided"
    );
    let opened = stage
        .system
        .open_case(&recruiter, &reference, Some(Purpose::RECRUITMENT), Language::En)
        .await;
    assert!(
        matches!(opened, Err(Rejected::Refusal(_))),
        "a closed case opens nothing"
    );
}

#[tokio::test]
async fn no_other_desk_decides() {
    let stage = Stage::new();
    let (erlan, reference) = applicant(&stage).await;
    let rejected = ("reject-applicant", Some("requirements"));
    for (name, role) in [
        ("aslan", "sales"),
        ("aigul", "responsible"),
        ("marat", "administrator"),
    ] {
        let other = stage.staff(name, role).await;
        let looked = stage.system.to_decide(&other, &reference, Language::En).await;
        assert!(matches!(looked, Err(Rejected::NotFound)), "{role}");
        let decided = decides(&stage, &other, &reference, rejected).await;
        assert!(matches!(decided, Err(Rejected::NotFound)), "{role}");
    }
    let own = decides(&stage, &erlan, &reference, ("hire-applicant", None)).await;
    assert!(matches!(own, Err(Rejected::SignInFirst)));
}

#[tokio::test]
async fn a_place_is_free_again_once() {
    let stage = Stage::new();
    let places = places_left(&stage).await;
    let comes = async |number: u32| {
        let email = format!("guest{number}@example.com");
        let submission = form("event-registration", Some("open-day"), &email, &[]);
        stage.comes(submission, &email).await.1
    };
    assert!(places > 2);
    let first = comes(0).await;
    assert_eq!(places_left(&stage).await, places - 1);
    let events = stage.staff("madi", "events").await;
    let turned_down = ("turn-down-registration", Some("person-asked"));
    decides(&stage, &events, &first, turned_down).await.unwrap();
    assert_eq!(places_left(&stage).await, places);
    let again = decides(&stage, &events, &first, turned_down).await;
    assert_eq!(problem(again), Some(Problem::Closed));
    assert_eq!(places_left(&stage).await, places);
    comes(1).await;
    assert_eq!(places_left(&stage).await, places - 1);
}

#[tokio::test]
async fn a_refused_order_stays_a_document_and_its_days_are_counted_from_the_decision() {
    let stage = Stage::new();
    let (mara, reference) = stage.guest("mara@example.com").await;
    stage.pays(&mara, &reference).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let before = stage.system.my_data(&mara, Language::En).await.unwrap().until;
    stage.passes(jiff::SignedDuration::from_hours(24 * 5));
    let sales = stage.staff("aslan", "sales").await;
    decides(&stage, &sales, &reference, ("refuse-order", Some("out-of-stock")))
        .await
        .unwrap();
    let mara = enters(&stage, "mara@example.com", &reference).await.unwrap();
    let case = stage
        .system
        .my_case(&mara, &reference, Language::En)
        .await
        .unwrap();
    assert_eq!(case.state, State::Returned);
    let data = stage.system.my_data(&mara, Language::En).await.unwrap();
    assert!(data.until > before);
    let kept = stage.system.consequences(&mara, Language::En).await.unwrap();
    assert!(!kept.kept.is_empty(), "the document stays under its floor");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_decide_at_once_the_first_one_does() {
    let stage = Stage::new();
    let (erlan, reference) = applicant(&stage).await;
    let recruiter = stage.staff("dina", "recruiter").await;
    let mut deciding = tokio::task::JoinSet::new();
    for decision in ["hire-applicant", "reject-applicant"] {
        let (system, caller, key) = (stage.system.clone(), recruiter.clone(), stage.key());
        let reference = reference.clone();
        let reason = (decision == "reject-applicant").then_some("requirements");
        deciding.spawn(async move {
            let written = Plain::from("");
            let decision = Decision {
                name: decision,
                reason,
                written: &written,
            };
            system.decide_case(&caller, &reference, decision, key).await
        });
    }
    let mut outcomes = Vec::new();
    while let Some(decided) = deciding.join_next().await {
        outcomes.push(decided.unwrap());
    }
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let late = outcomes.into_iter().find(Result::is_err).unwrap();
    assert_eq!(problem(late), Some(Problem::Closed));
    let case = stage
        .system
        .my_case(&erlan, &reference, Language::En)
        .await
        .unwrap();
    assert!(case.decided.is_some());
}

#[tokio::test]
async fn a_question_is_answered_where_only_who_asked_reads_it() {
    let stage = Stage::new();
    let asked = form("question", None, ERLAN, &[("message", "When are you open?")]);
    let (erlan, reference) = stage.comes(asked, ERLAN).await;
    let support = stage.staff("asem", "support").await;
    let answers = async |name: &str, words: &str| {
        let written = Plain::from(words);
        let decision = Decision {
            name,
            reason: None,
            written: &written,
        };
        let decided = stage
            .system
            .decide_case(&support, &reference, decision, stage.key())
            .await;
        stage.system.run_queue().await.unwrap();
        decided
    };
    let unwritten = answers("answer-question", "  ").await;
    assert!(
        matches!(unwritten, Err(Rejected::Mistake(mistake)) if mistake.of("written") == Some(Problem::Missing))
    );
    let letters = stage.letters_to(ERLAN);
    answers("answer-question", "From nine to six. IIN 990231000001.")
        .await
        .unwrap();
    assert_eq!(stage.letters_to(ERLAN), letters + 1);

    let data = stage.system.my_data(&erlan, Language::En).await.unwrap();
    let answer = data.rows.iter().find(|row| row.name == "answer").unwrap();
    assert!(answer.value.expose().starts_with("From nine to six."));
    assert!(
        !answer.value.expose().contains("990231000001"),
        "numbers are blacked out here as well"
    );
    let case = stage
        .system
        .my_case(&erlan, &reference, Language::En)
        .await
        .unwrap();
    assert_eq!(case.state, State::Closed);
    let again = answers("answer-question", "From ten to five.").await;
    assert_eq!(problem(again), Some(Problem::Closed));

    let (_, other) = applicant(&stage).await;
    let recruiter = stage.staff("dina", "recruiter").await;
    let written = Plain::from("We liked you");
    let decision = Decision {
        name: "hire-applicant",
        reason: None,
        written: &written,
    };
    let surplus = stage
        .system
        .decide_case(&recruiter, &other, decision, stage.key())
        .await;
    assert!(
        matches!(surplus, Err(Rejected::Mistake(mistake)) if mistake.of("written") == Some(Problem::Unknown))
    );
}
