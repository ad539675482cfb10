//! 6.3 to 6.5: letters. Numbered, scanned, from people whom we know or not; answered only after the check; and a withdrawal
//! that needs no marking.

use crate::stage::Stage;
use crate::stage::asked::{asks, enters, letter, problem, texts};
use jiff::SignedDuration;
use sandyq_model::{Channel, ConsentId, Plain, Problem, RequestKind, RequestState, Standing, time};
use sandyq_processing::access::Caller;
use sandyq_processing::request::{BoardFilter, Deed, LetterEntry, Norm};
use sandyq_processing::{Language, Rejected};

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test]
async fn a_letter_is_answered_only_after_the_check() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (dana, _) = stage.guest("dana@example.com").await;
    let reference = enters(&stage, &gulmira, RequestKind::Access).await;
    let words = Plain::from("Here is what we hold.");
    stage
        .system
        .draft_answer(&gulmira, &reference, &words, stage.key())
        .await
        .unwrap();
    let early = stage.system.give_answer(&gulmira, &reference, None).await;
    assert_eq!(problem(early, "step"), Some(Problem::Stale));
    let early = stage.system.prepared(&gulmira, &reference, Language::En).await;
    assert_eq!(problem(early, "step"), Some(Problem::NotDone));

    let contact = |typed: &str| Plain::from(typed);
    assert!(
        !stage
            .system
            .suppose(&gulmira, &reference, &contact("danа@example.com"))
            .await
            .unwrap()
    );
    assert!(
        stage
            .system
            .suppose(&gulmira, &reference, &contact("DANA@example.com"))
            .await
            .unwrap()
    );
    assert!(
        stage
            .system
            .my_requests(&dana, Language::En)
            .await
            .unwrap()
            .is_empty(),
        "only supposed"
    );
    stage
        .system
        .ask_identity(&gulmira, &reference, Language::Ru)
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    let wrong = stage
        .system
        .check_identity(&gulmira, &reference, &contact("00000000"))
        .await;
    assert_eq!(problem(wrong, "code"), Some(Problem::Code));
    let code = stage.code_for("dana@example.com");
    stage
        .system
        .check_identity(&gulmira, &reference, &code)
        .await
        .unwrap();
    let again = stage.system.check_identity(&gulmira, &reference, &code).await;
    assert!(again.is_err(), "a code works once");

    the_answer_shows_what_is_held(&stage, &gulmira, &dana, &reference).await;
}

#[tokio::test]
async fn tries_are_limited_and_a_human_decides_then() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    stage.guest("dana@example.com").await;
    let reference = enters(&stage, &gulmira, RequestKind::Access).await;
    for _ in 0..5 {
        stage
            .system
            .suppose(&gulmira, &reference, &Plain::from("nobody@example.com"))
            .await
            .unwrap();
    }
    let more = stage
        .system
        .suppose(&gulmira, &reference, &Plain::from("dana@example.com"))
        .await;
    assert_eq!(problem(more, "contact"), Some(Problem::Attempts));
    let request = stage
        .system
        .request_at_desk(&gulmira, &reference, Language::En)
        .await
        .unwrap();
    assert!(!request.state.is_closed() && !request.about_somebody);
    let words = Plain::from("We could not see that it is you.");
    stage
        .system
        .draft_answer(&gulmira, &reference, &words, stage.key())
        .await
        .unwrap();
    let told = stage
        .system
        .refuse_request(&gulmira, &reference, Some(Norm::Kept), None)
        .await;
    assert_eq!(
        problem(told, "norm"),
        Some(Problem::Choice),
        "a reason would say that somebody is known"
    );
    let none = stage
        .system
        .refuse_request(&gulmira, &reference, None, None)
        .await;
    assert_eq!(problem(none, "norm"), Some(Problem::Missing));
    stage
        .system
        .refuse_request(&gulmira, &reference, Some(Norm::Identity), None)
        .await
        .unwrap();
    let request = stage
        .system
        .request_at_desk(&gulmira, &reference, Language::En)
        .await
        .unwrap();
    assert_eq!(request.norm.as_deref(), Some(Norm::Identity.citation()));
}

/// The one it is about is named by a case, and their signature was compared.
async fn signed_by(stage: &Stage, gulmira: &Caller, reference: &str, case: &str) {
    let found = stage
        .system
        .suppose(gulmira, reference, &Plain::from(case))
        .await
        .unwrap();
    assert!(found, "{case} leads to somebody");
    stage
        .system
        .decide_identity(gulmira, reference, "signature")
        .await
        .unwrap();
}

fn only(consent: ConsentId) -> Deed {
    Deed {
        only: Some(consent),
        ..Deed::default()
    }
}

fn correction(field: &str, value: &str) -> Deed {
    Deed {
        field: field.to_owned(),
        value: Some(Plain::from(value)),
        ..Deed::default()
    }
}

#[tokio::test]
async fn a_name_is_corrected_by_papers_before_the_answer_says_so() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (dana, case) = stage.guest("dana@example.com").await;
    let reference = enters(&stage, &gulmira, RequestKind::Clarify).await;
    let system = &stage.system;
    let early = system
        .carry_out(&gulmira, &reference, &correction("last_name", "Sadyqova"))
        .await;
    assert!(
        matches!(early, Err(Rejected::Mistake(_))),
        "nobody has shown who they are"
    );
    stage.passes(SignedDuration::from_mins(5));
    signed_by(&stage, &gulmira, &reference, &case).await;
    let words = Plain::from("Your name is corrected.");
    system
        .draft_answer(&gulmira, &reference, &words, stage.key())
        .await
        .unwrap();
    let early = system.give_answer(&gulmira, &reference, None).await;
    assert_eq!(problem(early, "step"), Some(Problem::NotDone));
    for (deed, input, wrong) in [
        (correction("iin", "1"), "field", Problem::Choice),
        (
            correction("card_number", "4111111111111111"),
            "field",
            Problem::Choice,
        ),
        (correction("last_name", "S4dyqova"), "value", Problem::Name),
        (Deed::default(), "field", Problem::Choice),
    ] {
        let refused = system.carry_out(&gulmira, &reference, &deed).await;
        assert_eq!(problem(refused, input), Some(wrong), "{deed:?}");
    }
    let named = correction("last_name", "Sadyqova");
    system.carry_out(&gulmira, &reference, &named).await.unwrap();
    let mine = system.my_data(&dana, Language::En).await.unwrap();
    let row = mine.rows.iter().find(|row| row.name == "last_name").unwrap();
    assert_eq!(
        (row.value.expose().as_str(), row.source.as_str()),
        ("Sadyqova", "papers")
    );
    system.give_answer(&gulmira, &reference, None).await.unwrap();
}

#[tokio::test]
async fn one_consent_is_taken_back_by_letter_and_the_others_go_on() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (dana, case) = stage.guest("dana@example.com").await;
    let subject = dana.subject.unwrap();
    let reference = enters(&stage, &gulmira, RequestKind::Withdraw).await;
    let system = &stage.system;
    system
        .suppose(&gulmira, &reference, &Plain::from(case.as_str()))
        .await
        .unwrap();
    let seen = system
        .request_at_desk(&gulmira, &reference, Language::En)
        .await
        .unwrap();
    assert!(seen.consents.is_empty(), "nobody has shown who they are yet");
    system
        .decide_identity(&gulmira, &reference, "signature")
        .await
        .unwrap();
    let seen = system
        .request_at_desk(&gulmira, &reference, Language::En)
        .await
        .unwrap();
    assert!(seen.consents.len() > 1, "{:?}", seen.consents);
    let mine = system.my_consents(&dana, Language::En).await.unwrap();
    let loose = mine.iter().find(|consent| consent.item == "registration");
    let id = loose.unwrap_or_else(|| panic!("{:?}", mine)).id;
    let strange = ConsentId::from_bytes([9; 16]);
    let refused = system.carry_out(&gulmira, &reference, &only(strange)).await;
    assert!(matches!(refused, Err(Rejected::Mistake(_))));
    system.carry_out(&gulmira, &reference, &only(id)).await.unwrap();
    system.run_queue().await.unwrap();
    let mine = system.my_consents(&dana, Language::En).await.unwrap();
    for consent in &mine {
        assert_eq!(consent.stands, consent.id != id, "{}", consent.item);
    }
    assert_eq!(system.overview(subject).await.unwrap().standing, Standing::Active);
    let words = Plain::from("This consent has ended.");
    system
        .draft_answer(&gulmira, &reference, &words, stage.key())
        .await
        .unwrap();
    system.give_answer(&gulmira, &reference, None).await.unwrap();
}

#[tokio::test]
async fn a_withdrawal_by_letter_needs_no_marking_and_ends_in_destruction() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (dana, case) = stage.guest("dana@example.com").await;
    let subject = dana.subject.unwrap();
    let asked = asks(&stage, &dana, RequestKind::Question, "Where are you?").await;
    stage
        .system
        .draft_answer(&gulmira, &asked, &Plain::from("In Almaty."), stage.key())
        .await
        .unwrap();
    stage.system.give_answer(&gulmira, &asked, None).await.unwrap();
    let reference = enters(&stage, &gulmira, RequestKind::Withdraw).await;
    signed_by(&stage, &gulmira, &reference, &case).await;
    stage
        .system
        .carry_out(&gulmira, &reference, &Deed::default())
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(
        stage.system.overview(subject).await.unwrap().standing,
        Standing::Destroyed
    );
    stage.system.run_retention().await.unwrap();
    stage.system.run_queue().await.unwrap();
    let held = texts(&stage).await;
    assert_eq!(
        held, 1,
        "the answered question went along; the letter waits for its answer"
    );
    let words = Plain::from("Your data was destroyed.");
    stage
        .system
        .draft_answer(&gulmira, &reference, &words, stage.key())
        .await
        .unwrap();
    stage
        .system
        .give_answer(&gulmira, &reference, None)
        .await
        .unwrap();
    stage.passes(DAY * 11);
    stage.system.run_retention().await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(texts(&stage).await, 0);
    let line = stage
        .system
        .request_at_desk(&gulmira, &reference, Language::En)
        .await
        .unwrap();
    assert!(
        line.state == RequestState::Answered && !line.about_somebody,
        "the register keeps its line, and nobody in it"
    );
}

#[tokio::test]
async fn letters_are_numbered_in_their_own_row_and_may_come_from_nobody_we_know() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    for number in 1..=3 {
        let reference = enters(&stage, &gulmira, RequestKind::Question).await;
        let request = stage
            .system
            .request_at_desk(&gulmira, &reference, Language::En)
            .await
            .unwrap();
        assert_eq!(request.letter, Some(format!("2026-{number:05}")));
        assert_eq!(request.envelope_on.as_deref(), Some("2026-11-20"));
        stage
            .system
            .decide_identity(&gulmira, &reference, "")
            .await
            .unwrap();
        let told = LetterEntry {
            channel: Channel::Desk,
            ..letter(RequestKind::Question, "At the desk")
        };
        let reference = stage
            .system
            .enter_request(&gulmira, told, stage.key())
            .await
            .unwrap();
        let request = stage
            .system
            .request_at_desk(&gulmira, &reference, Language::En)
            .await
            .unwrap();
        assert_eq!(request.letter, None);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_letter_is_said_and_nothing_is_kept() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let wrong = |entry: LetterEntry| stage.system.enter_request(&gulmira, entry, stage.key());
    let plain = || letter(RequestKind::Inform, "words");
    for (entry, input, expected) in wrong_letters() {
        assert_eq!(problem(wrong(entry).await, input), Some(expected), "{input}");
    }
    assert!(
        stage
            .system
            .requests_board(&gulmira, BoardFilter::default(), 1)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    assert_eq!(texts(&stage).await, 0);
    let earlier = LetterEntry {
        received_on: "2026-11-19".into(),
        ..plain()
    };
    let reference = wrong(earlier).await.unwrap();
    let request = stage
        .system
        .request_at_desk(&gulmira, &reference, Language::En)
        .await
        .unwrap();
    assert_eq!(
        time::day_in_kazakhstan(request.due_at).to_string(),
        "2026-11-24",
        "the clock runs from receipt"
    );
}

/// Letters with one mistake each.
fn wrong_letters() -> Vec<(LetterEntry, &'static str, Problem)> {
    let plain = || letter(RequestKind::Inform, "words");
    vec![
        (
            LetterEntry {
                received_on: "2026-11-31".into(),
                ..plain()
            },
            "received_on",
            Problem::Date,
        ),
        (
            LetterEntry {
                received_on: "2026-11-25".into(),
                ..plain()
            },
            "received_on",
            Problem::Date,
        ),
        (
            LetterEntry {
                received_on: "2020-01-01".into(),
                ..plain()
            },
            "received_on",
            Problem::Date,
        ),
        (
            LetterEntry {
                envelope_on: "yesterday".into(),
                ..plain()
            },
            "envelope_on",
            Problem::Date,
        ),
        (
            LetterEntry {
                channel: Channel::Portal,
                ..plain()
            },
            "channel",
            Problem::Choice,
        ),
        (
            LetterEntry {
                message: Plain::from(""),
                scan: None,
                ..plain()
            },
            "message",
            Problem::Missing,
        ),
        (
            LetterEntry {
                sender: Plain::from("a\u{0}b"),
                ..plain()
            },
            "sender",
            Problem::Characters,
        ),
    ]
}

/// With the check done, the answer is written from the data, given, and read on the person's page as well.
async fn the_answer_shows_what_is_held(stage: &Stage, gulmira: &Caller, dana: &Caller, reference: &str) {
    let rows = stage
        .system
        .prepared(gulmira, reference, Language::Ru)
        .await
        .unwrap();
    let email = rows.iter().find(|row| row.name == "email").unwrap();
    assert_eq!(email.value.expose(), "dana@example.com");
    assert!(rows.iter().all(|row| !row.value.expose().contains("4111")));
    stage.system.give_answer(gulmira, reference, None).await.unwrap();
    let own = stage.system.my_requests(dana, Language::En).await.unwrap();
    assert_eq!(own.len(), 1, "who has shown it reads it on their page as well");
    let (ending, media, bytes) = stage.system.letter_scan(gulmira, reference).await.unwrap();
    assert_eq!(
        (ending, media, bytes.as_slice()),
        ("pdf", "application/pdf", &b"%PDF-1.4 a letter"[..])
    );
}
