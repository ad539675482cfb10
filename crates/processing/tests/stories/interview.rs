//! 1.1.5: what an applicant wrote about private life stays closed to the recruiter until the invitation to an interview; and places
//! of study and work are kept as rows whose parts have names.

use sandyq_model::value::split;
use sandyq_model::{Plain, Problem, Purpose};
use sandyq_processing::access::Caller;
use sandyq_processing::cases::State;
use sandyq_processing::cases::deciding::Decision;
use sandyq_processing::cases::listing::CaseFilter;
use sandyq_processing::{Language, Rejected};

use crate::stage::{self, Stage};

const ERLAN: &str = "erlan@example.com";
const PRIVATE: [(&str, &str); 4] = [
    ("marital_status", "married"),
    ("children", "3"),
    ("personal_qualities", "calm"),
    ("hobbies", "falconry"),
];
const WORK: &str = "rows/1\n\nfrom=09.2019\nto=қазір\norganization=Example LLP\nposition=clerk\n\n\
    from=2015\nto=06.2019\norganization=Other LLP\nindustry=books\nposition=helper\nduties=one\\ntwo";

async fn applies(stage: &Stage) -> (Caller, String) {
    let names = [
        ("last_name", "Сейітов"),
        ("first_name", "Ерлан"),
        ("email", ERLAN),
        ("cell_phone", "+7 701 123 45 67"),
        ("experience", WORK),
    ];
    let typed: Vec<_> = names.into_iter().chain(PRIVATE).collect();
    let application = stage::submission(("vacancy-application", Some("accountant")), Language::En, &typed);
    stage.comes(application, ERLAN).await
}

async fn decides(
    stage: &Stage,
    staff: &Caller,
    reference: &str,
    (name, reason): (&str, Option<&str>),
) -> Result<(), Rejected> {
    let written = Plain::from("");
    let decision = Decision {
        name,
        reason,
        written: &written,
    };
    let decided = stage
        .system
        .decide_case(staff, reference, decision, stage.key())
        .await;
    stage.system.run_queue().await.unwrap();
    decided
}

/// The names of the fields that the page of the case has.
async fn shown(stage: &Stage, staff: &Caller, reference: &str) -> Vec<String> {
    let purpose = Some(Purpose::RECRUITMENT);
    let opened = stage
        .system
        .open_case(staff, reference, purpose, Language::En)
        .await
        .unwrap();
    opened.fields.into_iter().map(|field| field.name).collect()
}

async fn reveals(
    stage: &Stage,
    staff: &Caller,
    (reference, field): (&str, &str),
) -> Result<String, Rejected> {
    let purpose = Some(Purpose::RECRUITMENT);
    let shown = stage
        .system
        .reveal(staff, reference, purpose, field, Language::En)
        .await?;
    Ok(shown.value.expose().clone())
}

const INVITES: (&str, Option<&str>) = ("invite-to-interview", None);

#[tokio::test]
async fn private_life_is_closed_until_the_invitation() {
    let stage = Stage::new();
    let (erlan, reference) = applies(&stage).await;
    let recruiter = stage.staff("dina", "recruiter").await;

    let before = shown(&stage, &recruiter, &reference).await;
    assert!(before.contains(&"experience".to_owned()));
    for (field, _) in PRIVATE {
        assert!(!before.contains(&field.to_owned()), "{field} is not even named");
        let made_by_hand = reveals(&stage, &recruiter, (&reference, field)).await;
        let Err(Rejected::Refusal(refusal)) = made_by_hand else {
            panic!("{field} is refused")
        };
        let rules: Vec<String> = refusal.rules.iter().map(ToString::to_string).collect();
        assert!(rules.contains(&"1.1.5#2".to_owned()), "{rules:?}");
    }
    let looks = stage.system.my_accesses(&erlan, 1, Language::En).await.unwrap();
    let refused = looks.rows.iter().filter(|look| look.refused).count();
    assert_eq!(refused, PRIVATE.len(), "each try is in the account");

    stage.system.run_queue().await.unwrap();
    let letters = stage.letters_to(ERLAN);
    decides(&stage, &recruiter, &reference, INVITES).await.unwrap();
    assert_eq!(stage.letters_to(ERLAN), letters + 1);
    let case = stage
        .system
        .my_case(&erlan, &reference, Language::En)
        .await
        .unwrap();
    assert_eq!(case.state, State::Interview);
    assert!(case.decided.is_none(), "it is not over");

    let after = shown(&stage, &recruiter, &reference).await;
    for (field, value) in PRIVATE {
        assert!(after.contains(&field.to_owned()), "{field} is there now");
        let read = reveals(&stage, &recruiter, (&reference, field)).await.unwrap();
        assert_eq!(read, value);
    }
    let other = stage.staff("aslan", "sales").await;
    for (field, _) in PRIVATE {
        let looked = reveals(&stage, &other, (&reference, field)).await;
        assert!(
            matches!(looked, Err(Rejected::NotFound)),
            "{field}: for another desk there is nothing"
        );
    }
}

#[tokio::test]
async fn an_invitation_is_sent_once_and_the_case_is_decided_after_it() {
    let stage = Stage::new();
    let (erlan, reference) = applies(&stage).await;
    let recruiter = stage.staff("dina", "recruiter").await;
    decides(&stage, &recruiter, &reference, INVITES).await.unwrap();
    let again = decides(&stage, &recruiter, &reference, INVITES).await;
    assert!(
        matches!(again, Err(Rejected::Mistake(mistake)) if mistake.of("decision") == Some(Problem::Choice))
    );
    let open = stage
        .system
        .to_decide(&recruiter, &reference, Language::En)
        .await
        .unwrap();
    assert!(open.choices.iter().all(|choice| choice.name != INVITES.0));
    let listed = stage
        .system
        .staff_cases(&recruiter, &CaseFilter::default(), 1, Language::En)
        .await
        .unwrap();
    assert!(
        listed.rows.iter().any(|row| row.reference == reference),
        "it stays on the desk"
    );

    decides(
        &stage,
        &recruiter,
        &reference,
        ("reject-applicant", Some("other-chosen")),
    )
    .await
    .unwrap();
    let case = stage
        .system
        .my_case(&erlan, &reference, Language::En)
        .await
        .unwrap();
    assert_eq!(case.state, State::Refused);
    let closed = reveals(&stage, &recruiter, (&reference, "hobbies")).await;
    assert!(
        matches!(closed, Err(Rejected::Refusal(_))),
        "what is over opens nothing"
    );
    let invited = decides(&stage, &recruiter, &reference, INVITES).await;
    assert!(
        matches!(invited, Err(Rejected::Mistake(mistake)) if mistake.of("decision") == Some(Problem::Closed))
    );
}

#[tokio::test]
async fn an_invitation_in_one_case_opens_nothing_in_another() {
    let stage = Stage::new();
    let recruiter = stage.staff("dina", "recruiter").await;
    let (_, reference) = applies(&stage).await;
    decides(&stage, &recruiter, &reference, INVITES).await.unwrap();
    let typed = [
        ("last_name", "Ким"),
        ("first_name", "Алина"),
        ("email", "alina@example.com"),
        ("cell_phone", "+7 701 765 43 21"),
        ("hobbies", "chess"),
    ];
    let application = stage::submission(("vacancy-application", Some("accountant")), Language::En, &typed);
    let (_, other) = stage.comes(application, "alina@example.com").await;
    assert!(
        !shown(&stage, &recruiter, &other)
            .await
            .contains(&"hobbies".to_owned())
    );
}

#[tokio::test]
async fn places_of_work_are_rows_in_the_case_and_in_the_archive() {
    let stage = Stage::new();
    let (erlan, reference) = applies(&stage).await;
    let recruiter = stage.staff("dina", "recruiter").await;
    let kept = Plain::new(
        reveals(&stage, &recruiter, (&reference, "experience"))
            .await
            .unwrap(),
    );
    let rows = split(&kept).unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].of("from"), rows[0].of("to")), ("2019-09", "still"));
    assert_eq!(rows[1].of("duties"), "one\ntwo");

    let all = stage
        .system
        .everything(&erlan, &Plain::from(""), Language::En)
        .await
        .unwrap();
    let read: serde_json::Value = serde_json::from_slice(&all.json()).unwrap();
    let values = read["values"].as_array().unwrap();
    let work = values.iter().find(|value| value["name"] == "experience").unwrap();
    assert_eq!(
        work["value"][1],
        serde_json::json!({
            "from": "2015", "to": "2019-06", "organization": "Other LLP", "industry": "books",
            "position": "helper", "duties": "one\ntwo",
        })
    );

    // A part is corrected by its owner; a mistake is named where it was made, and nothing changes.
    let wrong = Plain::from("rows/1\n\nfrom=2019\nto=2015\norganization=A\nposition=b");
    let corrected = stage
        .system
        .clarify_proven(&erlan, "experience", &wrong, (&Plain::from(""), stage.key()))
        .await;
    assert!(
        matches!(corrected, Err(Rejected::Mistake(mistake)) if mistake.of("experience-1-to") == Some(Problem::PeriodOrder))
    );
    let right = Plain::from("rows/1\n\nfrom=2015\nto=2019\norganization=A\nposition=b");
    stage
        .system
        .clarify_proven(&erlan, "experience", &right, (&Plain::from(""), stage.key()))
        .await
        .unwrap();
    let data = stage.system.my_data(&erlan, Language::En).await.unwrap();
    let row = data.rows.iter().find(|row| row.name == "experience").unwrap();
    assert_eq!(row.value.expose(), right.expose());
}
