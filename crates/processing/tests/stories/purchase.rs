//! 1.2, 2.2.7, 5.1.4, 5.1.5, 6.2, 6.3: a guest's purchase from the form to the destruction, along the one path.

use crate::stage::{Stage, card, purchase};
use sandyq_ledger::receipt::{self, DestructionReceipt};
use sandyq_model::{Plain, Problem, Purpose, Standing};
use sandyq_processing::access::Caller;
use sandyq_processing::cases::listing::CaseFilter;
use sandyq_processing::{Language, Rejected};

const MARA: &str = "mara@example.kz";

#[tokio::test]
async fn from_the_form_to_the_destruction() {
    let stage = Stage::new();
    let sales = stage.staff("aliya", "sales").await;
    let taken = stage.submits(purchase(MARA)).await.unwrap();
    assert!(
        stage
            .system
            .staff_cases(&sales, &CaseFilter::default(), 1, Language::En)
            .await
            .unwrap()
            .rows
            .is_empty(),
        "pending is invisible (1.2-a)"
    );
    let entered = stage.confirms(&taken, MARA).await;
    let case = entered.case.clone().unwrap();
    let mara = stage
        .system
        .caller(entered.session.expose())
        .await
        .unwrap()
        .unwrap();
    let placed = stage.pays(&mara, &case).await.unwrap();
    assert!(placed.demonstration);

    staff_see_what_the_purpose_allows(&stage, &sales, &case).await;
    she_sees_changes_and_follows(&stage, &mara).await;
    let consequences = stage.system.consequences(&mara, Language::En).await.unwrap();
    assert_eq!(consequences.kept.len(), 1);
    assert!(consequences.kept[0].1.contains("206"));

    let worker = tokio::spawn(stage.system.clone().worker());
    let withdrawn = stage.system.withdraw(&mara, stage.key()).await.unwrap();
    worker.abort();
    assert!(withdrawn.receipt_ready);
    assert!(
        stage
            .system
            .caller(entered.session.expose())
            .await
            .unwrap()
            .is_none(),
        "sessions end at once (6.3-b)"
    );
    let view = stage
        .system
        .receipt(&withdrawn.number, Language::En)
        .await
        .unwrap()
        .unwrap();
    let keys = [stage.system.store().verifier_key().clone()];
    let opened = receipt::open::<DestructionReceipt>(view.json.as_bytes(), &keys).unwrap();
    assert_eq!(opened.statement.kept.len(), 1);
    let locked = stage
        .system
        .open_case(&sales, &case, Purpose::new(7), Language::En)
        .await;
    assert!(
        matches!(locked, Err(Rejected::Refusal(_))),
        "what stays is locked"
    );
    stage.system.store().verify(|_, _| {}).await.unwrap();
}

async fn staff_see_what_the_purpose_allows(stage: &Stage, sales: &Caller, case: &str) {
    assert_eq!(
        stage
            .system
            .staff_cases(sales, &CaseFilter::default(), 1, Language::En)
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
    let refused = stage.system.open_case(sales, case, None, Language::En).await;
    assert!(
        matches!(refused, Err(Rejected::Refusal(_))),
        "no purpose, no look (2.1-b)"
    );
    let opened = stage
        .system
        .open_case(sales, case, Purpose::new(7), Language::En)
        .await
        .unwrap();
    let names: Vec<&str> = opened.fields.iter().map(|shown| shown.name.as_str()).collect();
    assert!(
        names.contains(&"email") && !names.contains(&"card_number"),
        "{names:?}"
    );
    assert!(
        opened.fields.iter().all(|shown| shown.value.expose() != MARA),
        "masked"
    );
}

async fn she_sees_changes_and_follows(stage: &Stage, mara: &Caller) {
    let data = stage.system.my_data(mara, Language::En).await.unwrap();
    assert_eq!(data.standing, Standing::Active);
    let shown = |name: &str| {
        data.rows
            .iter()
            .find(|row| row.name == name)
            .unwrap()
            .value
            .expose()
            .clone()
    };
    assert_eq!(shown("card_number"), "•••• 1111");
    assert_eq!(shown("contact_phone"), "+77011234567");
    stage
        .system
        .clarify(
            mara,
            "contact_phone",
            &Plain::from("+7 702 765 43 21"),
            stage.key(),
        )
        .await
        .unwrap();
    let data = stage.system.my_data(mara, Language::En).await.unwrap();
    assert!(data.rows.iter().any(|row| row.value.expose() == "+77027654321"));
    let looks = stage.system.my_accesses(mara, 1, Language::En).await.unwrap();
    assert!(
        looks.rows.iter().any(|look| look.refused),
        "the refused look is shown as well"
    );
}

#[tokio::test]
async fn an_unknown_field_rejects_the_whole_submission() {
    let stage = Stage::new();
    let mut submission = purchase(MARA);
    submission
        .answers
        .insert("fax".to_owned(), Plain::from("+7 727 250 00 00"));
    let Err(Rejected::Mistake(mistake)) = stage.submits(submission).await else {
        panic!("taken")
    };
    assert_eq!(mistake.of("fax"), Some(Problem::Unknown));
    assert!(!mistake.to_string().contains("727"));
}

#[tokio::test]
async fn a_declined_card_and_a_wrong_one_leave_nothing() {
    let stage = Stage::new();
    let (mara, case) = stage.guest(MARA).await;
    for (number, verification, input, problem) in [
        ("4111111111111112", "123", "card_number", Problem::CardNumber),
        ("4000000000000002", "123", "card_number", Problem::CardDeclined),
        (
            "4111111111111111",
            "12",
            "card_verification",
            Problem::CardVerification,
        ),
    ] {
        let paid = stage
            .system
            .pay(
                &mara,
                &case,
                card(number, verification),
                Language::En,
                stage.key(),
            )
            .await;
        let Err(Rejected::Mistake(mistake)) = paid else {
            panic!("taken: {number}")
        };
        assert_eq!(mistake.of(input), Some(problem));
    }
    let data = stage.system.my_data(&mara, Language::En).await.unwrap();
    assert!(data.rows.iter().all(|row| !row.name.starts_with("card")));
}

#[tokio::test]
async fn a_code_works_once_and_attempts_are_limited() {
    let stage = Stage::new();
    let taken = stage.submits(purchase(MARA)).await.unwrap();
    let wrong = Plain::from("00000000");
    for _ in 0..5 {
        assert!(
            stage
                .system
                .confirm(&taken.ticket, &taken.binding, &wrong, stage.key())
                .await
                .is_err()
        );
    }
    let right = stage.code_for(MARA);
    let late = stage
        .system
        .confirm(&taken.ticket, &taken.binding, &right, stage.key())
        .await;
    assert!(matches!(late, Err(Rejected::Mistake(m)) if m.of("code") == Some(Problem::Attempts)));
    let foreign = stage
        .system
        .confirm(&taken.ticket, "elsewhere", &right, stage.key())
        .await;
    assert!(foreign.is_err(), "a code is bound to the browser that asked");
}

#[tokio::test]
async fn nobody_confirms_and_the_record_is_destroyed() {
    let stage = Stage::new();
    stage.submits(purchase(MARA)).await.unwrap();
    stage.passes(jiff::SignedDuration::from_hours(24 * 6));
    stage.system.run_retention().await.unwrap();
    stage.system.run_queue().await.unwrap();
    let counts = stage
        .system
        .store()
        .read(sandyq_store::tables::subject::counts)
        .await
        .unwrap();
    assert!(
        counts
            .iter()
            .all(|(_, standing, _)| *standing == Standing::Destroyed),
        "{counts:?}"
    );
}

#[tokio::test]
async fn who_withdraws_while_blocked_is_destroyed_when_the_block_ends() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let (mara, _) = stage.guest(MARA).await;
    let subject = mara.subject.unwrap();
    stage.system.renew_seals(subject).await.unwrap();
    stage.system.block(&responsible, subject).await.unwrap();
    stage.system.take_withdrawal(&mara, stage.key()).await.unwrap();
    let after_a_day = async || {
        stage.passes(jiff::SignedDuration::from_hours(24));
        stage.system.run_retention().await.unwrap();
        stage.system.run_queue().await.unwrap();
        stage.system.overview(subject).await.unwrap().standing
    };
    assert_eq!(after_a_day().await, Standing::Blocked);
    stage.system.unblock(&responsible, subject).await.unwrap();
    assert_eq!(after_a_day().await, Standing::Destroyed);
}

#[tokio::test]
async fn what_only_a_law_keeps_is_nobodys_to_free() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let (mara, case) = stage.guest(MARA).await;
    stage.pays(&mara, &case).await.unwrap();
    stage.system.take_withdrawal(&mara, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let subject = mara.subject.unwrap();
    let standing = async || stage.system.overview(subject).await.unwrap().standing;
    assert_eq!(standing().await, Standing::Blocked);
    let freed = stage.system.unblock(&responsible, subject).await;
    assert!(matches!(freed, Err(Rejected::Refusal(_))), "{freed:?}");
    assert_eq!(standing().await, Standing::Blocked);
}

#[tokio::test]
async fn the_same_submission_twice_is_one_order() {
    let stage = Stage::new();
    let key = stage.key();
    let accepted = stage.all_consents("guest-purchase");
    let first = stage
        .system
        .submit(purchase(MARA), accepted.clone(), key)
        .await
        .unwrap();
    let second = stage.system.submit(purchase(MARA), accepted, key).await.unwrap();
    assert_eq!(first.ticket, second.ticket);
    stage.system.run_queue().await.unwrap();
    assert_eq!(stage.letters_to(MARA), 1);
}

/// Whether it was refused because its key was used for something else.
fn was_sent_before<T>(outcome: Result<T, Rejected>) -> bool {
    matches!(outcome, Err(Rejected::Mistake(mistake)) if mistake.of("key") == Some(Problem::SentBefore))
}

#[tokio::test]
async fn the_same_key_with_something_else_in_it_is_refused_and_done_by_nobody() {
    let stage = Stage::new();
    let (key, system) = (stage.key(), &stage.system);
    let accepted = stage.all_consents("guest-purchase");
    let first = system
        .submit(purchase(MARA), accepted.clone(), key)
        .await
        .unwrap();
    let mut more = purchase(MARA);
    more.quantity = 3;
    for other in [purchase("else@example.kz"), more] {
        assert!(was_sent_before(system.submit(other, accepted.clone(), key).await));
    }
    system.run_queue().await.unwrap();
    assert_eq!(
        (stage.letters_to(MARA), stage.letters_to("else@example.kz")),
        (1, 0)
    );

    // The same with each later form: a code, a card, a correction, a withdrawal.
    let (key, code) = (stage.key(), stage.code_for(MARA));
    let entered = system
        .confirm(&first.ticket, &first.binding, &code, key)
        .await
        .unwrap()
        .whole()
        .unwrap();
    let wrong = Plain::from("000 000");
    assert!(was_sent_before(
        system.confirm(&first.ticket, &first.binding, &wrong, key).await
    ));
    let grouped = Plain::new(format!("{} ", code.expose()));
    system
        .confirm(&first.ticket, &first.binding, &grouped, key)
        .await
        .unwrap();
    let (mara, case) = (
        system.caller(entered.session.expose()).await.unwrap().unwrap(),
        entered.case.unwrap(),
    );
    let phone = Plain::from("+7 701 765 43 21");
    let clarify = async |typed: &Plain<String>, key| system.clarify(&mara, "contact_phone", typed, key).await;
    let key = stage.key();
    clarify(&phone, key).await.unwrap();
    clarify(&phone, key).await.unwrap();
    assert!(was_sent_before(
        clarify(&Plain::from("+7 701 000 00 01"), key).await
    ));
    let paid = system
        .pay(
            &mara,
            &case,
            card("4111 1111 1111 1111", "123"),
            Language::En,
            key,
        )
        .await;
    assert!(was_sent_before(paid), "a key of another form");
    stage.pays(&mara, &case).await.unwrap();
    assert!(was_sent_before(system.take_withdrawal(&mara, key).await));
    let data = system.my_data(&mara, Language::En).await.unwrap();
    let row = data.rows.iter().find(|row| row.name == "contact_phone").unwrap();
    assert!(row.value.expose().ends_with("4321"), "what was sent first holds");
}

#[tokio::test]
async fn the_way_back_by_mail_tells_a_stranger_nothing() {
    let stage = Stage::new();
    let (_, case) = stage.guest(MARA).await;
    let before = stage.letters_to(MARA);
    let stranger = stage
        .system
        .ask_for_link(Plain::from("else@example.kz"), &case, Language::Kk)
        .await
        .unwrap();
    let nobody = stage
        .system
        .ask_for_link(Plain::from(MARA), "SQ-0000-0000", Language::Kk)
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(stage.letters_to(MARA), before);
    assert_eq!(stranger.ticket.len(), nobody.ticket.len());
    let asked = stage
        .system
        .ask_for_link(Plain::from(MARA), &case, Language::Kk)
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    let code = stage.code_for(MARA);
    for elsewhere in ["", &*stranger.binding] {
        let refused = stage
            .system
            .enter(&asked.ticket, elsewhere, &code, stage.key())
            .await;
        assert!(
            matches!(refused, Err(Rejected::Mistake(mistake)) if mistake.of("code") == Some(Problem::Code)),
            "a browser that did not ask"
        );
    }
    let entered = stage
        .system
        .enter(&asked.ticket, &asked.binding, &code, stage.key())
        .await
        .unwrap();
    assert!(
        stage
            .system
            .caller(entered.session.expose())
            .await
            .unwrap()
            .is_some()
    );
}
