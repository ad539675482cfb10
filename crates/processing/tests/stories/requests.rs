//! Stories of sections 6 and 7: what people ask of us, on time, and only for those who have shown who they are.

use crate::stage::asked::{asks, enters, problem};
use crate::stage::{Stage, policy_of, shipped_folder, shipped_policy};
use jiff::{SignedDuration, Timestamp};
use sandyq_model::{Plain, Problem, RequestKind, RequestState, Standing, Step, time};
use sandyq_processing::request::{Asking, BoardFilter, Deed, LateReason, deadline};
use sandyq_processing::{Language, Rejected};

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[test]
fn due_dates_are_those_of_the_published_table() {
    let policy = shipped_policy();
    for (received, one, three, fifteen) in [
        ("2026-03-20", "2026-03-26", "2026-03-30", "2026-04-15"),
        ("2026-03-21", "2026-03-26", "2026-03-30", "2026-04-15"),
        ("2026-05-06", "2026-05-08", "2026-05-13", "2026-06-01"),
        ("2026-05-26", "2026-05-28", "2026-06-01", "2026-06-17"),
        ("2026-08-28", "2026-08-31", "2026-09-02", "2026-09-18"),
        ("2026-10-23", "2026-10-27", "2026-10-29", "2026-11-16"),
        ("2026-12-15", "2026-12-17", "2026-12-21", "2027-01-11"),
        ("2026-12-31", "2027-01-05", "2027-01-08", "2027-01-26"),
        ("2027-03-12", "2027-03-16", "2027-03-18", "2027-04-08"),
    ] {
        // Half past eleven at night in Kazakhstan: the day there counts, not the day in UTC.
        let received: Timestamp = format!("{received}T18:30:00Z").parse().unwrap();
        for (kind, due) in [
            (RequestKind::Clarify, one),
            (RequestKind::Inform, three),
            (RequestKind::Access, three),
            (RequestKind::Question, three),
            (RequestKind::Withdraw, fifteen),
        ] {
            let computed = deadline::due(&policy, kind, received).unwrap();
            assert_eq!(
                time::day_in_kazakhstan(computed.at()).to_string(),
                due,
                "{received} {kind}"
            );
        }
        let complaint = deadline::due(&policy, RequestKind::Complain, received)
            .unwrap()
            .at();
        let day = time::day_in_kazakhstan(received);
        let tenth = day.checked_add(jiff::Span::new().days(10)).unwrap();
        assert_eq!(
            time::day_in_kazakhstan(complaint),
            tenth,
            "calendar days are not moved on"
        );
    }
}

#[test]
fn beyond_the_calendar_no_due_date_is_guessed() {
    let policy = shipped_policy();
    let received: Timestamp = "2027-12-30T05:00:00Z".parse().unwrap();
    for kind in [RequestKind::Inform, RequestKind::Withdraw, RequestKind::Question] {
        assert!(deadline::due(&policy, kind, received).is_err(), "{kind}");
    }
}

#[tokio::test]
async fn a_person_asks_on_their_page_and_reads_the_answer_there() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (dana, _) = stage.guest("dana@example.com").await;
    let reference = asks(
        &stage,
        &dana,
        RequestKind::Object,
        "A machine turned my order down: 4111 1111 1111 1111",
    )
    .await;
    let request = stage
        .system
        .my_request(&dana, &reference, Language::En)
        .await
        .unwrap();
    assert_eq!(request.state, RequestState::Answering);
    assert_eq!(request.identity.as_deref(), Some("portal"));
    let kept = request.text("message").unwrap().expose().clone();
    assert!(kept.starts_with("A machine") && !kept.contains("1111"), "{kept}");
    let steps: Vec<Step> = request.steps.iter().map(|step| step.step).collect();
    assert_eq!(steps, [Step::Receive, Step::ShowIdentity]);
    assert_eq!(request.steps[0].clause, "1.3");

    let board = stage
        .system
        .requests_board(&gulmira, BoardFilter::default(), 1)
        .await
        .unwrap();
    assert_eq!(board.rows.len(), 1);
    let no_answer = stage.system.give_answer(&gulmira, &reference, None).await;
    assert_eq!(problem(no_answer, "answer"), Some(Problem::Missing));
    let words = Plain::from("A human looked: your order is accepted.");
    stage
        .system
        .draft_answer(&gulmira, &reference, &words, stage.key())
        .await
        .unwrap();
    let request = stage
        .system
        .my_request(&dana, &reference, Language::En)
        .await
        .unwrap();
    assert!(request.text("answer").is_none(), "a draft is not an answer");
    stage
        .system
        .give_answer(&gulmira, &reference, None)
        .await
        .unwrap();
    let request = stage
        .system
        .my_request(&dana, &reference, Language::En)
        .await
        .unwrap();
    assert_eq!(request.text("answer").unwrap().expose(), words.expose());
    assert!(!request.late);
    stage.system.run_queue().await.unwrap();
    assert_eq!(
        stage.told_of_answers(),
        [("dana@example.com".to_owned(), reference.clone())],
        "a mail says that it is there, and nothing more"
    );
    assert!(
        stage
            .system
            .requests_board(&gulmira, BoardFilter::default(), 1)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
}

#[tokio::test]
async fn a_request_is_nobody_elses() {
    let stage = Stage::new();
    let (dana, _) = stage.guest("dana@example.com").await;
    let (mara, _) = stage.guest("mara@example.com").await;
    let sales = stage.staff("samal", "sales").await;
    let reference = asks(&stage, &dana, RequestKind::Question, "Where do you keep backups?").await;
    let foreign = stage.system.my_request(&mara, &reference, Language::En).await;
    assert!(matches!(foreign, Err(Rejected::NotFound)));
    assert!(
        stage
            .system
            .my_requests(&mara, Language::En)
            .await
            .unwrap()
            .is_empty()
    );
    for outcome in [
        stage
            .system
            .read_request(&sales, &reference, Language::En)
            .await
            .map(drop),
        stage
            .system
            .request_at_desk(&sales, &reference, Language::En)
            .await
            .map(drop),
        stage
            .system
            .requests_board(&sales, BoardFilter::default(), 1)
            .await
            .map(drop),
        stage.system.give_answer(&sales, &reference, None).await,
        stage.system.letter_scan(&sales, &reference).await.map(drop),
    ] {
        assert!(matches!(outcome, Err(Rejected::NotFound)));
    }
    let unknown = stage
        .system
        .read_request(&sales, "SQ-0000-0000", Language::En)
        .await;
    assert!(
        matches!(unknown, Err(Rejected::NotFound)),
        "absent and forbidden look alike"
    );
}

#[tokio::test]
async fn merged_and_reopened_requests_never_skip_the_check() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let first = enters(&stage, &gulmira, RequestKind::Inform).await;
    let second = enters(&stage, &gulmira, RequestKind::Inform).await;
    stage
        .system
        .decide_identity(&gulmira, &second, "in-person")
        .await
        .unwrap();
    let itself = stage.system.merge_request(&gulmira, &second, &second).await;
    assert_eq!(problem(itself, "into"), Some(Problem::Unknown));
    let of_whom = stage.system.merge_request(&gulmira, &second, &first).await;
    assert_eq!(
        problem(of_whom, "into"),
        Some(Problem::OtherPerson),
        "it is known of one alone who is asking"
    );
    let of_whom = stage.system.merge_request(&gulmira, &first, &second).await;
    assert_eq!(problem(of_whom, "into"), Some(Problem::OtherPerson));
    let third = enters(&stage, &gulmira, RequestKind::Inform).await;
    stage
        .system
        .merge_request(&gulmira, &third, &first)
        .await
        .unwrap();
    stage
        .system
        .decide_identity(&gulmira, &first, "in-person")
        .await
        .unwrap();
    stage
        .system
        .merge_request(&gulmira, &second, &first)
        .await
        .unwrap();
    stage.system.reopen_request(&gulmira, &second).await.unwrap();
    let request = stage
        .system
        .request_at_desk(&gulmira, &second, Language::En)
        .await
        .unwrap();
    assert!(request.identity.is_none() && request.state == RequestState::Received);
    let words = Plain::from("An answer.");
    stage
        .system
        .draft_answer(&gulmira, &second, &words, stage.key())
        .await
        .unwrap();
    assert!(stage.system.give_answer(&gulmira, &second, None).await.is_err());
}

#[tokio::test]
async fn a_request_goes_into_none_of_another_person() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (dana, _) = stage.guest("dana@example.com").await;
    let (mara, _) = stage.guest("mara@example.com").await;
    let of_dana = asks(&stage, &dana, RequestKind::Inform, "What do you hold?").await;
    let again = asks(&stage, &dana, RequestKind::Inform, "I asked before.").await;
    let of_mara = asks(&stage, &mara, RequestKind::Inform, "And of me?").await;
    for (from, into) in [(&of_dana, &of_mara), (&of_mara, &of_dana)] {
        let merged = stage.system.merge_request(&gulmira, from, into).await;
        assert_eq!(problem(merged, "into"), Some(Problem::OtherPerson));
    }
    let open = stage
        .system
        .request_at_desk(&gulmira, &of_dana, Language::En)
        .await
        .unwrap();
    assert!(!open.state.is_closed());
    stage
        .system
        .merge_request(&gulmira, &again, &of_dana)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_is_opened_again_is_due_when_it_was_and_stays_late() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let first = enters(&stage, &gulmira, RequestKind::Inform).await;
    let second = enters(&stage, &gulmira, RequestKind::Inform).await;
    let at_desk = async |reference: &str| {
        let seen = stage
            .system
            .request_at_desk(&gulmira, reference, Language::En)
            .await;
        seen.unwrap()
    };
    let due = at_desk(&second).await.due_at;
    stage.passes(DAY * 2);
    stage.system.run_requests().await.unwrap();
    assert!(at_desk(&second).await.warned);
    stage
        .system
        .merge_request(&gulmira, &second, &first)
        .await
        .unwrap();
    stage.system.reopen_request(&gulmira, &second).await.unwrap();
    let opened = at_desk(&second).await;
    assert_eq!(opened.due_at, due, "merging puts nothing off");
    assert!(opened.warned && !opened.late);

    stage.passes(DAY * 4);
    stage
        .system
        .decide_identity(&gulmira, &first, "in-person")
        .await
        .unwrap();
    let words = Plain::from("An answer.");
    stage
        .system
        .draft_answer(&gulmira, &first, &words, stage.key())
        .await
        .unwrap();
    stage
        .system
        .give_answer(&gulmira, &first, Some(LateReason::Volume))
        .await
        .unwrap();
    stage.system.reopen_request(&gulmira, &first).await.unwrap();
    let opened = at_desk(&first).await;
    assert_eq!(opened.due_at, due);
    assert!(opened.late && opened.late_reason.as_deref() == Some("volume"));
}

#[tokio::test]
async fn what_is_late_says_why_and_is_told_before() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (dana, _) = stage.guest("dana@example.com").await;
    // A Monday; due on Thursday; the warning comes when Wednesday begins.
    let reference = asks(&stage, &dana, RequestKind::Inform, "").await;
    stage.passes(DAY);
    stage.system.run_requests().await.unwrap();
    let board = stage
        .system
        .requests_board(&gulmira, BoardFilter::default(), 1)
        .await
        .unwrap();
    assert!(!board.rows[0].warned);
    stage.passes(DAY);
    stage.system.run_requests().await.unwrap();
    stage.system.run_requests().await.unwrap();
    let request = stage
        .system
        .request_at_desk(&gulmira, &reference, Language::En)
        .await
        .unwrap();
    let warnings = request.steps.iter().filter(|step| step.step == Step::Escalate);
    assert!(request.warned && warnings.count() == 1);
    stage.passes(DAY * 3);
    let words = Plain::from("An answer.");
    stage
        .system
        .draft_answer(&gulmira, &reference, &words, stage.key())
        .await
        .unwrap();
    let late = stage.system.give_answer(&gulmira, &reference, None).await;
    assert_eq!(problem(late, "late"), Some(Problem::Missing));
    stage
        .system
        .give_answer(&gulmira, &reference, Some(LateReason::Volume))
        .await
        .unwrap();
    let request = stage
        .system
        .my_request(&dana, &reference, Language::En)
        .await
        .unwrap();
    assert!(request.late && request.late_reason.as_deref() == Some("volume"));
}

#[tokio::test]
async fn a_change_of_the_law_only_brings_a_due_date_forward() {
    let stage = Stage::new();
    stage.staff("gulmira", "responsible").await;
    let (dana, _) = stage.guest("dana@example.com").await;
    let reference = asks(&stage, &dana, RequestKind::Inform, "").await;
    let due = stage
        .system
        .my_request(&dana, &reference, Language::En)
        .await
        .unwrap()
        .due_at;
    let mut folder = shipped_folder();
    let rights = folder.file("6-rights.md").unwrap();
    let three = "deadline \"inform\" law=\"information-request\" working-days=3";
    assert!(rights.contains(three));
    let shorter = rights.replace(three, &three.replace('3', "1"));
    folder.put("6-rights.md", shorter);
    let stage = stage.under_policy(policy_of(&folder));
    stage.system.run_requests().await.unwrap();
    let gulmira = stage.staff_again("gulmira").await;
    let earlier = stage
        .system
        .request_at_desk(&gulmira, &reference, Language::En)
        .await
        .unwrap();
    assert!(earlier.due_at < due);
    assert!(
        earlier
            .steps
            .iter()
            .any(|step| step.step == Step::Advance && step.clause == "PRE-5")
    );
    let stage = stage.under_policy(shipped_policy());
    stage.system.run_requests().await.unwrap();
    let gulmira = stage.staff_again("gulmira").await;
    let after = stage
        .system
        .request_at_desk(&gulmira, &reference, Language::En)
        .await
        .unwrap();
    assert_eq!(after.due_at, earlier.due_at, "a longer period puts nothing off");
}

#[tokio::test]
async fn a_block_that_was_asked_for_is_done_before_it_is_answered() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (dana, _) = stage.guest("dana@example.com").await;
    let subject = dana.subject.unwrap();
    let block = asks(&stage, &dana, RequestKind::Block, "").await;
    let words = Plain::from("Your data is blocked.");
    stage
        .system
        .draft_answer(&gulmira, &block, &words, stage.key())
        .await
        .unwrap();
    let early = stage.system.give_answer(&gulmira, &block, None).await;
    assert_eq!(problem(early, "step"), Some(Problem::NotDone));
    stage
        .system
        .carry_out(&gulmira, &block, &Deed::default())
        .await
        .unwrap();
    stage.system.give_answer(&gulmira, &block, None).await.unwrap();
    let overview = stage.system.overview(subject).await.unwrap();
    assert_eq!(overview.standing, Standing::Blocked);
    // Whoever is blocked can still ask, and read what was answered.
    let lift = asks(&stage, &dana, RequestKind::Unblock, "").await;
    stage
        .system
        .my_request(&dana, &block, Language::En)
        .await
        .unwrap();
    stage
        .system
        .carry_out(&gulmira, &lift, &Deed::default())
        .await
        .unwrap();
    let overview = stage.system.overview(subject).await.unwrap();
    assert_eq!(overview.standing, Standing::Active);
}

#[tokio::test]
async fn a_withdrawal_on_ones_page_stands_in_the_register() {
    let stage = Stage::new();
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (dana, _) = stage.guest("dana@example.com").await;
    let withdrawn = stage.system.take_withdrawal(&dana, stage.key()).await.unwrap();
    let board = stage
        .system
        .requests_board(&gulmira, BoardFilter::default(), 1)
        .await
        .unwrap();
    assert_eq!(board.rows[0].reference, withdrawn.number);
    assert_eq!(board.rows[0].kind, RequestKind::Withdraw);
    assert_eq!(board.rows[0].due_at, withdrawn.due);
    stage.system.run_queue().await.unwrap();
    let closed = stage
        .system
        .requests_board(
            &gulmira,
            BoardFilter {
                closed: true,
                ..BoardFilter::default()
            },
            1,
        )
        .await
        .unwrap();
    assert_eq!(closed.rows[0].state, RequestState::Answered);
    assert!(
        stage
            .system
            .requests_board(&gulmira, BoardFilter::default(), 1)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
}

#[tokio::test]
async fn only_what_the_page_offers_can_be_asked_there() {
    let stage = Stage::new();
    let (dana, _) = stage.guest("dana@example.com").await;
    let words = Plain::from("words");
    let ask = |kind, words| stage.system.ask(&dana, kind, words, Language::Kk, stage.key());
    assert_eq!(
        problem(ask(RequestKind::Withdraw, &words).await, "kind"),
        Some(Problem::Choice)
    );
    let none = Plain::from(" ");
    for kind in Asking::KINDS
        .into_iter()
        .filter(|kind| Asking::needs_words(*kind))
    {
        assert_eq!(
            problem(ask(kind, &none).await, "message"),
            Some(Problem::Missing),
            "{kind}"
        );
    }
    let endless = Plain::new("a".repeat(4_001));
    assert_eq!(
        problem(ask(RequestKind::Inform, &endless).await, "message"),
        Some(Problem::TooLong)
    );
    for _ in 0..20 {
        ask(RequestKind::Inform, &none).await.unwrap();
    }
    assert_eq!(
        problem(ask(RequestKind::Inform, &none).await, "kind"),
        Some(Problem::Attempts)
    );
}
