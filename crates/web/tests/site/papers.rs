//! 8: papers of destroyed letters over HTTP: they are named by an act with a form, what is wrong is said beside the input, and a reader
//! has no form.

use axum::http::StatusCode;
use jiff::SignedDuration;
use sandyq_model::{Channel, IdempotencyKey, Plain, RequestKind};
use sandyq_processing::Language;
use sandyq_processing::local_act::Entered;
use sandyq_processing::request::{Deed, LetterEntry};

use crate::breaches::signs_in;
use crate::matrix::{State, comes};
use crate::stage::Stage;

const PAPERS: &str = "/staff/papers";

/// A letter of somebody who withdraws by it, answered, and gone with its record; gives the number.
async fn a_letter_is_gone(stage: &Stage) -> String {
    let system = &stage.system;
    let key = || IdempotencyKey::random(system.chance());
    let (desk, _) = signs_in(stage, "responsible").await;
    let session = desk.cookie("__Host-sandyq").unwrap().clone();
    let aru = system.caller(&session).await.unwrap().unwrap();
    comes(stage, 0, State::Active).await;
    let letter = LetterEntry {
        kind: RequestKind::Withdraw,
        channel: Channel::Letter,
        received_on: String::new(),
        envelope_on: String::new(),
        envelope_mark: Plain::from(""),
        sender: Plain::from("Dana Sample"),
        sender_address: Plain::from("Almaty, Abay 1, 050000"),
        authority: Plain::from(""),
        message: Plain::from("I take my consent back"),
        scan: None,
        language: Language::En,
    };
    let reference = system.enter_request(&aru, letter, key()).await.unwrap();
    let email = Plain::from("u0active@example.com");
    assert!(system.suppose(&aru, &reference, &email).await.unwrap());
    system.ask_identity(&aru, &reference, Language::En).await.unwrap();
    let code = Plain::new(stage.code().await);
    system.check_identity(&aru, &reference, &code).await.unwrap();
    let deed = Deed::default();
    system.carry_out(&aru, &reference, &deed).await.unwrap();
    system.run_queue().await.unwrap();
    let words = Plain::from("It was destroyed.");
    let drafted = system.draft_answer(&aru, &reference, &words, key());
    drafted.await.unwrap();
    system.give_answer(&aru, &reference, None).await.unwrap();
    stage.clock.advance(SignedDuration::from_hours(24 * 60));
    system.run_retention().await.unwrap();
    system.run_queue().await.unwrap();
    let act = Entered {
        kind: "paper-destroyed".to_owned(),
        title: "Act".to_owned(),
        document: "№ 3".to_owned(),
        version: "1".to_owned(),
        adopted_on: "2027-01-20".to_owned(),
        approver: "commission".to_owned(),
        in_force_since: "2027-01-20".to_owned(),
        file: b"%PDF-1.7\nact\n%%EOF\n".to_vec(),
        ..Entered::default()
    };
    assert_eq!(system.enter_local_act(&aru, &act, key()).await.unwrap(), 1);
    reference
}

#[tokio::test]
async fn papers_are_named_by_an_act_at_the_desk() {
    let stage = Stage::new();
    let reference = a_letter_is_gone(&stage).await;
    stage.clock.advance(SignedDuration::from_hours(24 * 40));
    stage.staff("bek", "responsible").await;
    let mut desk = crate::browser::Browser::new(&stage.site());
    crate::desk::sets_up(&stage, &mut desk, "bek").await;
    let board = crate::desk::reads_the_policy(&mut desk).await;
    assert!(
        board.text.contains("role=\"alert\"") && board.text.contains(PAPERS),
        "{}",
        board.text
    );
    let list = desk.get(PAPERS).await;
    assert!(
        list.text.contains(&reference) && list.text.contains("late"),
        "{}",
        list.text
    );
    assert!(!list.text.contains("Dana Sample") && !list.text.contains("Ұлбосын"));
    let chosen = format!("paper-{reference}");
    for typed in [
        vec![("act", "1")],
        vec![(chosen.as_str(), "yes"), ("act", "")],
        vec![(chosen.as_str(), "yes"), ("act", "9")],
        vec![(chosen.as_str(), "yes"), ("act", "1"), ("sender", "x")],
    ] {
        let typed: Vec<(&str, &str)> = typed.into_iter().chain([("step", "note")]).collect();
        let wrong = desk.fill(&list, PAPERS, &typed).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
    }
    let (mut auditor, _) = signs_in(&stage, "auditor").await;
    let read = auditor.get(PAPERS).await;
    assert!(read.text.contains(&reference) && !read.text.contains("name=\"act\""));
    let typed = [(chosen.as_str(), "yes"), ("act", "1"), ("step", "note")];
    let done = desk.fill(&list, PAPERS, &typed).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(!done.text.contains(&reference), "{}", done.text);
    let acts = auditor.get("/staff/destructions").await;
    assert!(acts.text.contains("href=\"/receipt/"), "{}", acts.text);
}
