//! What bad input gets, clause by clause: a mistake or a refusal as written, and nothing stored.

use crate::stage::{Stage, answers, purchase};
use jiff::SignedDuration;
use sandyq_model::{
    Actor, CaseId, Category, FieldSet, Ground, IdempotencyKey, Operation, Plain, Problem, Purpose, Recipient,
    RecipientKind, Role, Standing, SubjectId, act,
};
use sandyq_processing::cases::listing::CaseFilter;
use sandyq_processing::circumstances::Circumstances;
use sandyq_processing::perform::Performed;
use sandyq_processing::service::Submission;
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::subject;

const DANA: &str = "dana@example.kz";

/// The people that the store knows.
async fn known(stage: &Stage) -> u64 {
    let counts = stage.system.store().read(subject::counts).await.unwrap();
    counts.iter().map(|(_, _, count)| count).sum()
}

fn problem(outcome: Result<impl Sized, Rejected>, input: &str) -> Option<Problem> {
    match outcome {
        Err(Rejected::Mistake(mistake)) => mistake.of(input),
        _ => None,
    }
}

fn clauses(outcome: Result<impl Sized, Rejected>) -> Vec<String> {
    match outcome {
        Err(Rejected::Refusal(refusal)) => refusal
            .rules
            .iter()
            .map(|rule| rule.clause().to_owned())
            .collect(),
        Err(other) => panic!("not a refusal: {other}"),
        Ok(_) => panic!("it happened"),
    }
}

#[tokio::test]
async fn s1_1_1_a_missing_and_surplus_fields_store_nothing() {
    let stage = Stage::new();
    let mut missing = purchase(DANA);
    missing.answers.remove("last_name");
    assert_eq!(
        problem(stage.submits(missing).await, "last_name"),
        Some(Problem::Missing)
    );
    for surplus in [
        "fax",
        "cell_phone",
        "marital_status",
        "iin",
        "card_number",
        "card_verification",
        "role",
        "subject_id",
    ] {
        let mut submission = purchase(DANA);
        submission
            .answers
            .insert(surplus.to_owned(), Plain::from("990231000001"));
        assert_eq!(
            problem(stage.submits(submission).await, surplus),
            Some(Problem::Unknown),
            "{surplus}"
        );
    }
    assert_eq!(known(&stage).await, 0);
}

#[tokio::test]
async fn s1_1_2_values_that_cannot_be() {
    let stage = Stage::new();
    for (input, typed, wanted) in [
        ("birth_date", "30.02.1990", Problem::Date),
        ("birth_date", "24.11.2026", Problem::BirthDateRange),
        ("birth_date", "01.01.1890", Problem::BirthDateRange),
        ("contact_phone", "+7 912 345 67 89", Problem::PhoneCountry),
        ("contact_phone", "8 701 123 45", Problem::Phone),
        ("contact_phone", "eight seven", Problem::Phone),
        ("delivery_address", "Almaty, Abay 10\n12345", Problem::PostalCode),
        (
            "email",
            "dana@example.kz\r\nBcc: x@example.kz",
            Problem::Characters,
        ),
        ("email", "dana", Problem::Email),
        ("last_name", "<script>", Problem::Name),
    ] {
        let mut submission = purchase(DANA);
        submission.answers.insert(input.to_owned(), Plain::from(typed));
        assert_eq!(
            problem(stage.submits(submission).await, input),
            Some(wanted),
            "{input}: {typed:?}"
        );
    }
    assert_eq!(known(&stage).await, 0);
}

#[tokio::test]
async fn s1_2_e_consent_is_by_item_and_bound_to_its_text() {
    let stage = Stage::new();
    let all = stage.all_consents("guest-purchase");
    let submit = async |accepted| stage.system.submit(purchase(DANA), accepted, stage.key()).await;
    assert_eq!(problem(submit(Vec::new()).await, "order"), None);
    let without_order: Vec<_> = all.iter().filter(|(id, _)| id != "order").cloned().collect();
    assert_eq!(
        problem(submit(without_order).await, "order"),
        Some(Problem::ConsentNeeded)
    );
    let mut other_text = all.clone();
    other_text[0].1 = "00".repeat(32);
    assert_eq!(problem(submit(other_text).await, &all[0].0), Some(Problem::Stale));
    let mut surplus = all;
    surplus.push(("advertising".to_owned(), String::new()));
    assert_eq!(
        problem(submit(surplus).await, "advertising"),
        Some(Problem::Unknown)
    );
    assert_eq!(known(&stage).await, 0, "nothing before consent");
}

#[tokio::test]
async fn s1_2_b_expired_and_foreign_codes() {
    let stage = Stage::new();
    let taken = stage.submits(purchase(DANA)).await.unwrap();
    let other = stage.submits(purchase("other@example.kz")).await.unwrap();
    let foreign = stage.code_for("other@example.kz");
    let tried = stage
        .system
        .confirm(&taken.ticket, &taken.binding, &foreign, stage.key())
        .await;
    assert_eq!(problem(tried, "code"), Some(Problem::Code));
    let code = stage.code_for(DANA);
    stage.passes(SignedDuration::from_mins(31));
    let late = stage
        .system
        .confirm(&taken.ticket, &taken.binding, &code, stage.key())
        .await;
    assert_eq!(problem(late, "code"), Some(Problem::Code));
    let swapped = stage
        .system
        .confirm(&other.ticket, &taken.binding, &foreign, stage.key())
        .await;
    assert_eq!(problem(swapped, "code"), Some(Problem::Code));
}

/// Tries an operation on a real, active guest.
async fn tried<V: Performed<Input = ()>>(
    stage: &Stage,
    actor: Actor,
    circumstances: Circumstances,
    change: impl FnOnce(&mut Operation<V>),
) -> Result<(), Rejected> {
    tried_with::<V>(stage, actor, circumstances, |operation| change(operation)).await
}

async fn tried_with<V: Performed>(
    stage: &Stage,
    actor: Actor,
    circumstances: Circumstances,
    change: impl FnOnce(&mut Operation<V>) -> V::Input,
) -> Result<(), Rejected> {
    let (guest, _) = stage.guest(DANA).await;
    let subject: SubjectId = guest.subject.unwrap();
    let key = IdempotencyKey::random(stage.chance.as_ref());
    let mut operation = Operation::<V>::new(actor, subject, Category::Guest, stage.now(), key);
    operation.fields = FieldSet::only(stage.system.policy().field_named("email").unwrap());
    operation.purpose = Some(Purpose::SOFTWARE_REGISTRATION);
    let input = change(&mut operation);
    stage
        .system
        .perform(&operation, &circumstances, &input)
        .await
        .map(|_| ())
}

fn recipient(kind: RecipientKind, country: &str) -> Circumstances {
    let country = country.parse().unwrap();
    Circumstances::towards(Recipient {
        kind,
        country,
        registered: true,
        undertaking: true,
    })
}

#[tokio::test]
async fn s4_3_abroad_or_nobody_knows_where() {
    for country in ["RU", "DE", "ZZ"] {
        let stage = Stage::new();
        let sales = stage.staff("aliya", "sales").await.actor;
        let to = recipient(RecipientKind::Distributor, country);
        let outcome =
            tried_with::<act::Provide>(&stage, sales, to, |operation| stage.handing(operation)).await;
        let clauses = clauses(outcome);
        assert!(clauses.contains(&"4.3".to_owned()), "{country}: {clauses:?}");
    }
}

#[tokio::test]
async fn s1_4_no_outside_processor() {
    let stage = Stage::new();
    let sales = stage.staff("aliya", "sales").await.actor;
    let to = recipient(RecipientKind::Processor, "KZ");
    let outcome = tried_with::<act::Provide>(&stage, sales, to, |operation| stage.handing(operation)).await;
    assert!(clauses(outcome).contains(&"1.4".to_owned()));
}

#[tokio::test]
async fn s4_1_no_publication() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await.actor;
    let to = recipient(RecipientKind::Public, "KZ");
    let outcome = tried_with::<act::Disseminate>(&stage, responsible, to, |_| Vec::new()).await;
    assert!(clauses(outcome).contains(&"4.1".to_owned()));
}

#[tokio::test]
async fn s1_3_a_no_machine_decides() {
    let stage = Stage::new();
    let machine = Actor::system(Role::SCHEDULE);
    let circumstances = Circumstances::towards(Recipient::OPERATOR);
    let outcome = tried::<act::Block>(&stage, machine, circumstances, |operation| {
        operation.effect = true
    })
    .await;
    assert!(clauses(outcome).contains(&"1.3".to_owned()));
}

#[tokio::test]
async fn s2_1_b_and_s3_purposes_and_grounds() {
    let stage = Stage::new();
    let sales = stage.staff("aliya", "sales").await;
    let (_, case) = stage.guest(DANA).await;
    for number in (1..=12).filter(|number| *number != 7) {
        let opened = stage
            .system
            .open_case(&sales, &case, Purpose::new(number), Language::En)
            .await;
        assert!(opened.is_err(), "opened for 2.2.{number}");
    }
    let stage = Stage::new();
    let actor = stage.staff("aliya", "sales").await.actor;
    let circumstances = Circumstances::towards(Recipient::OPERATOR);
    let outcome = tried::<act::Extract>(&stage, actor, circumstances, |operation| {
        operation.purpose = Some(Purpose::ORDERS);
        operation.case = Some(CaseId::from_bytes([7; 16]));
        operation.ground = Ground::Law {
            citation: "our charter".to_owned(),
        };
    })
    .await;
    assert!(clauses(outcome).contains(&"3".to_owned()));
}

#[tokio::test]
async fn s5_1_4_guessed_references_and_stale_staff() {
    let stage = Stage::new();
    let sales = stage.staff("aliya", "sales").await;
    let nothing = stage
        .system
        .open_case(&sales, "SQ-0000-0000", Purpose::new(7), Language::En)
        .await;
    assert!(matches!(nothing, Err(Rejected::NotFound)));
    let (mara, _) = stage.guest("mara@example.kz").await;
    let (_, foreign) = stage.guest(DANA).await;
    let other = stage.system.my_case(&mara, &foreign, Language::En).await;
    assert!(
        matches!(other, Err(Rejected::NotFound)),
        "absent and foreign look alike"
    );
    assert!(matches!(
        stage
            .system
            .staff_cases(&mara, &CaseFilter::default(), 1, Language::En)
            .await,
        Err(Rejected::SignInFirst)
    ));
}

#[tokio::test]
async fn pre_1_who_has_not_read_the_policy_reads_nobody() {
    let stage = Stage::new();
    let by = Actor::system(Role::ADMINISTRATOR);
    stage
        .system
        .add_staff(&by, "new", "sales", Plain::from("a long enough password"))
        .await
        .unwrap();
    let session = stage.desks.comes_in(&stage.system, "new").await;
    let new = stage.system.caller(session.expose()).await.unwrap().unwrap();
    let (guest, case) = stage.guest(DANA).await;
    stage.pays(&guest, &case).await.unwrap();
    let opened = stage
        .system
        .open_case(&new, &case, Purpose::new(7), Language::En)
        .await;
    assert!(clauses(opened).contains(&"PRE-1".to_owned()));
}

#[tokio::test]
async fn s6_2_two_changes_at_once_lose_nothing() {
    let stage = Stage::new();
    let (guest, _) = stage.guest(DANA).await;
    let phone = Plain::from("+7 702 111 22 33");
    let organization = Plain::from("Altyn Sandyq LLP");
    let (one, two) = tokio::join!(
        stage.system.clarify(&guest, "contact_phone", &phone, stage.key()),
        stage
            .system
            .clarify(&guest, "organization", &organization, stage.key()),
    );
    one.unwrap();
    two.unwrap();
    let data = stage.system.my_data(&guest, Language::En).await.unwrap();
    let values: Vec<&String> = data.rows.iter().map(|row| row.value.expose()).collect();
    assert!(values.iter().any(|value| *value == "+77021112233"));
    assert!(values.iter().any(|value| *value == "Altyn Sandyq LLP"));
    let surplus = stage.system.clarify(&guest, "fax", &phone, stage.key()).await;
    assert_eq!(problem(surplus, "fax"), Some(Problem::Unknown));
    let card = stage
        .system
        .clarify(
            &guest,
            "card_number",
            &Plain::from("4111111111111111"),
            stage.key(),
        )
        .await;
    assert_eq!(problem(card, "card_number"), Some(Problem::Unknown));
}

#[tokio::test]
async fn s6_3_f_a_second_withdrawal_is_the_same_one() {
    let stage = Stage::new();
    let (guest, _) = stage.guest(DANA).await;
    let key = stage.key();
    let first = stage.system.take_withdrawal(&guest, key).await.unwrap();
    let second = stage.system.take_withdrawal(&guest, key).await.unwrap();
    assert_eq!(first.number, second.number);
    stage.system.run_queue().await.unwrap();
    assert!(
        stage
            .system
            .receipt(&first.number, Language::Kk)
            .await
            .unwrap()
            .is_some()
    );
    let again = stage.system.my_data(&guest, Language::En).await;
    assert!(again.is_err(), "nothing is served after the withdrawal");
}

#[tokio::test]
async fn s5_1_5_c_and_a_crash_loses_nothing() {
    let stage = Stage::new();
    let (guest, _) = stage.guest(DANA).await;
    let withdrawn = stage.system.take_withdrawal(&guest, stage.key()).await.unwrap();
    let stage = stage.reopens();
    stage.system.run_queue().await.unwrap();
    assert!(
        stage
            .system
            .receipt(&withdrawn.number, Language::En)
            .await
            .unwrap()
            .is_some()
    );
    stage.system.store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test]
async fn s6_3_a_letter_is_entered_for_an_account_holder_too() {
    let stage = Stage::new();
    let responsible = stage.staff("zarina", "responsible").await;
    let account = Submission {
        service: "account".to_owned(),
        about: None,
        quantity: 1,
        ..purchase(DANA)
    };
    let account = Submission {
        answers: answers(&[("last_name", "Омарова"), ("first_name", "Дана"), ("email", DANA)]),
        ..account
    };
    let taken = stage.submits(account).await.unwrap();
    let entered = stage.confirms(&taken, DANA).await;
    let caller = stage
        .system
        .caller(entered.session.expose())
        .await
        .unwrap()
        .unwrap();
    let subject = SubjectId::from_bytes(*caller.actor.id.as_bytes());
    let sales = stage.staff("aliya", "sales").await;
    let refused = stage.system.withdraw_by_letter(&sales, subject).await;
    assert!(clauses(refused).contains(&"5.1.4".to_owned()));
    let withdrawn = stage
        .system
        .withdraw_by_letter(&responsible, subject)
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    let receipt = stage
        .system
        .receipt(&withdrawn.number, Language::Kk)
        .await
        .unwrap();
    assert!(receipt.is_some());
    let gone = stage.system.overview(subject).await.unwrap();
    assert_eq!(gone.standing, Standing::Destroyed);
}

#[tokio::test]
async fn who_tries_passwords_learns_of_no_name_whether_it_exists() {
    let stage = Stage::new();
    stage.staff("aliya", "sales").await;
    let wrong = || Plain::from("not the right password");
    let size = || stage.system.store().checkpoint().size;
    for attempt in 1..=7 {
        for name in ["aliya", "nobody-of-that-name"] {
            let before = size();
            let answer = stage.system.sign_in(name, wrong()).await;
            assert_eq!(
                problem(answer, "password"),
                Some(Problem::Code),
                "{name}, attempt {attempt}"
            );
            assert_eq!(size() - before, 1, "each is accounted, and does the same work");
        }
    }
    let right = || Plain::from("a long enough password");
    let locked = stage.system.sign_in("aliya", right()).await;
    assert_eq!(problem(locked, "password"), Some(Problem::Code), "the name rests");
    stage.passes(SignedDuration::from_hours(1));
    assert!(stage.system.sign_in("aliya", right()).await.is_ok());
}
