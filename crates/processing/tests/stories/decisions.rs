//! 1.3: a case is closed by a person who signed in, for a reason that the policy names; no machine decides, and no desk decides about
//! what is another's. The person reads what was decided, and a place at an event is free again.

use sandyq_model::{Problem, Purpose};
use sandyq_processing::access::Caller;
use sandyq_processing::cases::State;
use sandyq_processing::service::Submission;
use sandyq_processing::{Language, Rejected};

use crate::representatives::enters;
use crate::stage::{Stage, answers};

const ERLAN: &str = "erlan@example.com";

fn form(service: &str, about: Option<&str>, email: &str, more: &[(&str, &str)]) -> Submission {
    let names = [
        ("last_name", "Сейітов"),
        ("first_name", "Ерлан"),
        ("email", email),
    ];
    let typed: Vec<_> = names.iter().chain(more).copied().collect();
    Submission {
        service: service.to_owned(),
        language: Language::Ru,
        answers: answers(&typed),
        about: about.map(ToOwned::to_owned),
        quantity: 1,
    }
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
    let decided = stage
        .system
        .decide_case(staff, reference, (decision, reason), stage.key())
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
