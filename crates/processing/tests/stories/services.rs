//! 1.1.1, 2.2.7 to 2.2.11: every service of the policy, from its form to the case that staff work on.

use crate::stage::{self, Stage, answers, policy_of, shipped_folder};
use jiff::SignedDuration;
use sandyq_model::{Mistake, Plain, Problem, Purpose};
use sandyq_processing::access::Caller;
use sandyq_processing::cases::listing::CaseFilter;
use sandyq_processing::service::Submission;
use sandyq_processing::{Language, Rejected};

const NAMES: [(&str, &str); 2] = [("last_name", "Сейітова"), ("first_name", "Жанар")];

fn submission(service: &str, about: Option<&str>, more: &[(&str, &str)]) -> Submission {
    let typed: Vec<_> = NAMES.iter().chain(more).copied().collect();
    stage::submission((service, about), Language::Kk, &typed)
}

fn application<'a>(email: &'a str, more: &[(&'a str, &'a str)]) -> Submission {
    let mut typed = vec![("email", email), ("cell_phone", "+7 701 123 45 67")];
    typed.extend(more);
    submission("vacancy-application", Some("accountant"), &typed)
}

fn registration(email: &str) -> Submission {
    submission("event-registration", Some("cad-course"), &[("email", email)])
}

fn problem(outcome: Result<sandyq_processing::service::Taken, Rejected>) -> (String, Problem) {
    match outcome {
        Err(Rejected::Mistake(Mistake(mistakes))) => mistakes.into_iter().next().unwrap(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was taken"),
    }
}

async fn field(stage: &Stage, staff: &Caller, case: &str, purpose: u8, name: &str) -> String {
    let field = stage
        .system
        .reveal(staff, case, Purpose::new(purpose), name, Language::En)
        .await
        .unwrap();
    field.value.expose().clone()
}

#[tokio::test]
async fn everybody_comes_in_and_each_desk_sees_its_own_cases() {
    let stage = Stage::new();
    let email = ("email", "janar@example.com");
    let phone = ("contact_phone", "+7 701 123 45 67");
    let comes = [
        (
            submission("question", None, &[email, ("message", "Қашан ашық?")]),
            "support",
        ),
        (
            submission("event-registration", Some("open-day"), &[email]),
            "events",
        ),
        (
            submission("partner", None, &[email, ("organization", "Example LLP")]),
            "service-desk",
        ),
        (application("janar@example.com", &[]), "recruiter"),
        (
            submission("promotion-entry", Some("winter-licence"), &[email, phone]),
            "sales",
        ),
    ];
    for (number, (submission, role)) in comes.into_iter().enumerate() {
        let staff = stage.staff(&format!("staff-{number}"), role).await;
        let before = stage
            .system
            .staff_cases(&staff, &CaseFilter::default(), 1, Language::En)
            .await
            .unwrap();
        assert!(before.rows.is_empty(), "{role}");
        let (caller, reference) = stage.comes(submission, "janar@example.com").await;
        let seen = stage
            .system
            .staff_cases(&staff, &CaseFilter::default(), 1, Language::En)
            .await
            .unwrap();
        assert_eq!(seen.rows.len(), 1, "{role}");
        assert_eq!(seen.rows[0].reference, reference);
        let own = stage
            .system
            .my_case(&caller, &reference, Language::Ru)
            .await
            .unwrap();
        assert!(!own.service.is_empty() && own.lines.is_empty());
        stage.system.run_queue().await.unwrap();
        assert_eq!(
            stage.letters_to("janar@example.com"),
            2 * (number + 1),
            "a code, and a letter with the reference"
        );
    }
}

#[tokio::test]
async fn an_account_opens_without_a_case_and_ends_when_nobody_uses_it() {
    let stage = Stage::new();
    let taken = stage
        .submits(submission("account", None, &[("email", "janar@example.com")]))
        .await
        .unwrap();
    let entered = stage.confirms(&taken, "janar@example.com").await;
    assert!(entered.case.is_none());
    let caller = stage
        .system
        .caller(entered.session.expose())
        .await
        .unwrap()
        .unwrap();
    let data = stage.system.my_data(&caller, Language::En).await.unwrap();
    let days = data.until.unwrap().duration_since(stage.now()).as_hours() / 24;
    assert!((725..=735).contains(&days), "24 months, not {days} days");
}

#[tokio::test]
async fn an_applicant_is_kept_until_the_vacancy_is_over_and_longer_only_by_a_consent_of_its_own() {
    let stage = Stage::new();
    let days_kept = async |consents: Vec<(String, String)>, email: &str| {
        let submission = application(email, &[]);
        let taken = stage
            .system
            .submit(submission, consents, stage.key())
            .await
            .unwrap();
        stage.system.run_queue().await.unwrap();
        let entered = stage.confirms(&taken, email).await;
        let caller = stage
            .system
            .caller(entered.session.expose())
            .await
            .unwrap()
            .unwrap();
        let until = stage.system.my_data(&caller, Language::En).await.unwrap().until;
        until.unwrap().duration_since(stage.now()).as_hours() / 24
    };
    let all = stage.all_consents("vacancy-application");
    let only: Vec<_> = all
        .iter()
        .filter(|(id, _)| id == "recruitment")
        .cloned()
        .collect();
    assert_eq!(days_kept(only, "first@example.com").await, 30 + 10);
    let longer = days_kept(all, "second@example.com").await;
    assert!(
        (395..=410).contains(&longer),
        "twelve months more, not {longer} days"
    );
}

#[tokio::test]
async fn a_closed_vacancy_takes_only_whoever_wants_to_be_thought_of_for_the_next() {
    let stage = Stage::new();
    stage.passes(SignedDuration::from_hours(24 * 31));
    let all = stage.all_consents("vacancy-application");
    let only: Vec<_> = all
        .iter()
        .filter(|(id, _)| id == "recruitment")
        .cloned()
        .collect();
    let submit = |consents| {
        let submission = application("janar@example.com", &[]);
        stage.system.submit(submission, consents, stage.key())
    };
    assert_eq!(problem(submit(only).await), ("about".to_owned(), Problem::Closed));
    submit(all).await.unwrap();
    let mut nowhere = application("janar@example.com", &[]);
    nowhere.about = Some("astronaut".to_owned());
    let outcome = stage.submits(nowhere).await;
    assert_eq!(problem(outcome), ("about".to_owned(), Problem::Choice));
}

#[tokio::test]
async fn the_name_of_the_vacancy_is_filled_in_and_cannot_be_typed() {
    let stage = Stage::new();
    let recruiter = stage.staff("aliya", "recruiter").await;
    let (_, case) = stage
        .comes(application("janar@example.com", &[]), "janar@example.com")
        .await;
    assert_eq!(field(&stage, &recruiter, &case, 11, "vacancy").await, "Бухгалтер");
    let typed = application("janar@example.com", &[("vacancy", "Director")]);
    assert_eq!(
        problem(stage.submits(typed).await),
        ("vacancy".to_owned(), Problem::Unknown)
    );
}

#[tokio::test]
async fn study_and_work_are_judged_part_by_part() {
    let stage = Stage::new();
    for (name, typed, place, expected) in [
        (
            "education",
            "2010 – 2014, KazNU\n2014 – 2010, KazNU",
            "education-2-to",
            Problem::PeriodOrder,
        ),
        (
            "education",
            "2030 – 2031, KazNU, maths",
            "education-1-from",
            Problem::PeriodFuture,
        ),
        (
            "education",
            "soon – now, KazNU",
            "education-1-from",
            Problem::Period,
        ),
        (
            "education",
            "rows/1\n\nfrom=2010\nto=2014\ninstitution=A\niin=1",
            "education-1-iin",
            Problem::Unknown,
        ),
        (
            "experience",
            "2019 – 2023, Example LLP",
            "experience-1-position",
            Problem::Missing,
        ),
        (
            "experience",
            &"2019 – 2023, A, B, C\n".repeat(11),
            "experience",
            Problem::Rows,
        ),
        (
            "marital_status",
            &"x".repeat(300),
            "marital_status",
            Problem::TooLong,
        ),
        ("children", "two", "children", Problem::Count),
    ] {
        let outcome = stage
            .submits(application("janar@example.com", &[(name, typed)]))
            .await;
        assert_eq!(problem(outcome), (place.to_owned(), expected), "{typed}");
    }
    let unasked = application("janar@example.com", &[("card_number", "4111 1111 1111 1111")]);
    assert_eq!(
        problem(stage.submits(unasked).await),
        ("card_number".to_owned(), Problem::Unknown)
    );
}

#[tokio::test]
async fn numbers_that_nobody_should_write_are_covered_before_anything_is_stored() {
    let stage = Stage::new();
    let support = stage.staff("aliya", "support").await;
    let message = "My card 4111 1111 1111 1111, CVV 123, IIN 990231000001. Call 8 701 123 45 67.";
    let email = ("email", "janar@example.com");
    let (_, case) = stage
        .comes(
            submission("question", None, &[email, ("message", message)]),
            email.1,
        )
        .await;
    assert_eq!(
        field(&stage, &support, &case, 8, "message").await,
        "My card •••• •••• •••• ••••, CVV •••, IIN ••••••••••••. Call 8 701 123 45 67."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_place_goes_once_to_two_hundred_who_want_it() {
    const PLACES: usize = 8;
    const TAKERS: usize = 200;
    let stage = Stage::new();
    let mut waiting = Vec::new();
    for number in 0..TAKERS {
        let email = format!("taker{number}@example.com");
        waiting.push((stage.submits(registration(&email)).await.unwrap(), email));
    }
    let mut confirming = tokio::task::JoinSet::new();
    for (taken, email) in waiting {
        let (system, code, key) = (stage.system.clone(), stage.code_for(&email), stage.key());
        confirming.spawn(async move { system.confirm(&taken.ticket, &taken.binding, &code, key).await });
    }
    let mut came_in = 0;
    while let Some(confirmed) = confirming.join_next().await {
        match confirmed.unwrap() {
            Ok(_) => came_in += 1,
            Err(Rejected::Mistake(mistake)) => assert_eq!(mistake.of("code"), Some(Problem::NoPlace)),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(came_in, PLACES);
    let offered = stage
        .system
        .offered_as("event-registration", "cad-course")
        .await
        .unwrap();
    assert_eq!(offered.places_left, Some(0));
    assert!(!offered.takes());
    let late = stage.submits(registration("late@example.com")).await;
    assert_eq!(problem(late), ("about".to_owned(), Problem::NoPlace));
}

#[tokio::test]
async fn a_place_is_free_again_when_its_holder_withdraws() {
    let stage = Stage::new();
    let (janar, _) = stage
        .comes(registration("janar@example.com"), "janar@example.com")
        .await;
    let left = async || {
        let offered = stage.system.offered_as("event-registration", "cad-course").await;
        offered.unwrap().places_left
    };
    assert_eq!(left().await, Some(7));
    stage.system.take_withdrawal(&janar, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(left().await, Some(8));
}

#[tokio::test]
async fn a_service_that_is_added_to_the_folder_has_its_form_its_consent_its_queue_and_its_end() {
    let mut folder = shipped_folder();
    for (path, before, label) in [
        ("2-purposes.md", "### 2.2.9 Events", "Ask to be called back"),
        ("2-purposes.ru.md", "### 2.2.9", "Заказать звонок"),
        ("2-purposes.kk.md", "### 2.2.9", "Қоңырауға тапсырыс беру"),
    ] {
        let declared = if path == "2-purposes.md" {
            "service \"call-back\" category=\"guest\" case=\"call-back\" {\n    purpose \"2.2.8\"\n    \
             require \"email\" \"message\"\n    optional \"first_name\" \"contact_phone\"\n    \
             consent \"identification\" purpose=\"2.2.1\" required=true\n    \
             consent \"question\" purpose=\"2.2.8\" required=true\n    confirm \"email-code\"\n}\n"
        } else {
            ""
        };
        let block = format!(
            "```kdl\n{declared}words {{\n    service \"call-back\" label=\"{label}\" intro=\"{label}\"\n}}\n```\n\n{before}"
        );
        let text = folder.file(path).unwrap().replacen(before, &block, 1);
        folder.put(path, text);
    }
    let roles = folder
        .file("5-protection.md")
        .unwrap()
        .replace("works-on \"question\";", "works-on \"question\" \"call-back\";");
    folder.put("5-protection.md", roles);
    let stage = Stage::with_policy(policy_of(&folder));
    let form = stage.system.form("call-back", Language::Ru).unwrap();
    assert_eq!(form.label, "Заказать звонок");
    assert_eq!((form.inputs.len(), form.consents.len()), (4, 2));
    let support = stage.staff("aliya", "support").await;
    let submission = Submission {
        service: "call-back".to_owned(),
        language: Language::Ru,
        answers: answers(&[("email", "janar@example.com"), ("message", "Позвоните мне")]),
        about: None,
        quantity: 1,
    };
    let (janar, case) = stage.comes(submission, "janar@example.com").await;
    let seen = stage
        .system
        .staff_cases(&support, &CaseFilter::default(), 1, Language::Ru)
        .await
        .unwrap();
    assert_eq!(seen.rows[0].service, "Заказать звонок");
    assert_eq!(
        field(&stage, &support, &case, 8, "message").await,
        "Позвоните мне"
    );
    assert!(
        stage
            .system
            .my_data(&janar, Language::Ru)
            .await
            .unwrap()
            .until
            .is_some()
    );
    let closed = Plain::from("4111111111111111");
    assert!(
        stage
            .system
            .clarify(&janar, "card_number", &closed, stage.key())
            .await
            .is_err()
    );
}
