//! 5.1.3: the register of breaches over HTTP: who enters, who reads, what is wrong is said beside the input, and the notice can be had
//! in each language.

use axum::http::StatusCode;

use crate::browser::{Browser, Seen};
use crate::desk::{reads_the_policy, sets_up};
use crate::stage::Stage;

/// Somebody of staff signs in and reads the policy.
pub async fn signs_in(stage: &Stage, role: &str) -> (Browser, Seen) {
    stage.staff(role, role).await;
    let mut browser = Browser::new(&stage.site());
    sets_up(stage, &mut browser, role).await;
    let first = reads_the_policy(&mut browser).await;
    (browser, first)
}

pub const FOUND: [(&str, &str); 7] = [
    ("kind", "spread"),
    ("day", "2026-11-20"),
    ("time", "10:00"),
    ("category-guest", "yes"),
    ("people", "120"),
    ("words", "A laptop <with> a list was lost."),
    ("step", "enter"),
];

#[tokio::test]
async fn a_breach_is_entered_at_the_desk_read_by_the_auditor_and_printed() {
    let stage = Stage::new();
    let (mut desk, board) = signs_in(&stage, "responsible").await;
    assert!(board.text.contains("href=\"/staff/breaches\""), "{}", board.text);
    let form = desk.get("/staff/breaches/new").await;
    let typed = [
        ("day", "31.11.2026"),
        ("words", "call +7 701 123 45 67"),
        ("step", "enter"),
    ];
    let wrong = desk.fill(&form, "/staff/breaches/new", &typed).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("href=\"#kind\"") && wrong.text.contains("href=\"#categories\""));
    assert_eq!(wrong.inputs()["day"], "31.11.2026", "what was typed stays");
    let breach = desk.fill(&wrong, "/staff/breaches/new", &FOUND).await;
    assert_eq!(
        (breach.status, &*breach.path),
        (StatusCode::OK, "/staff/breaches/1")
    );
    assert!(
        breach.text.contains("23\u{a0}November 2026, 10:00 (UTC+5)"),
        "{}",
        breach.text
    );
    assert!(!breach.text.contains("<with>"), "what was typed is text");
    // It is Monday, 10:00 here: the hour has come and is not past, and nobody is warned yet.
    let board = desk.get("/staff/requests").await;
    assert!(!board.text.contains("role=\"alert\""));
    // A step that cannot be taken yet is not offered, and refused when it is sent all the same.
    let early = desk.get("/staff/breaches/1/tell-authority").await;
    assert_eq!(early.status, StatusCode::SEE_OTHER);
    let measure = desk.get("/staff/breaches/1/measure").await;
    let typed = [("document", "№ 1"), ("step", "enter")];
    let refused = desk
        .fill(&measure, "/staff/breaches/1/tell-authority", &typed)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let foreign = [("words", "x"), ("number", "7"), ("step", "enter")];
    let refused = desk.fill(&measure, "/staff/breaches/1/measure", &foreign).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let typed = [("words", "It was wiped."), ("step", "enter")];
    let taken = desk.fill(&measure, "/staff/breaches/1/measure", &typed).await;
    assert!(taken.text.contains("It was wiped."), "{}", taken.text);

    let (mut auditor, ledger) = signs_in(&stage, "auditor").await;
    assert!(
        ledger.text.contains("href=\"/staff/breaches\""),
        "{}",
        ledger.text
    );
    let register = auditor.get("/staff/breaches").await;
    assert!(!register.text.contains("/staff/breaches/new"));
    let read = auditor.get("/staff/breaches/1").await;
    assert!(read.text.contains("It was wiped.") && !read.text.contains("/measure"));
    for language in ["kk", "ru", "en"] {
        let notice = auditor.get(&format!("/staff/breaches/1/notice/{language}")).await;
        assert_eq!(notice.headers["content-type"], "application/pdf", "{language}");
        assert_eq!(notice.headers["cache-control"], "no-store");
    }
    for closed in [
        "/staff/breaches/new",
        "/staff/breaches/1/measure",
        "/staff/breaches/2",
    ] {
        assert_eq!(
            auditor.get(closed).await.status,
            StatusCode::NOT_FOUND,
            "{closed}"
        );
    }
}

#[tokio::test]
async fn for_everybody_else_there_is_no_register() {
    let stage = Stage::new();
    let (mut sales, cases) = signs_in(&stage, "sales").await;
    assert_eq!(cases.path, "/staff/cases");
    for path in [
        "/staff/breaches",
        "/staff/breaches/new",
        "/staff/breaches/1",
        "/staff/breaches/1/notice/en",
    ] {
        assert_eq!(sales.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        let stranger = Browser::new(&stage.site()).get(path).await;
        assert_eq!(stranger.status, StatusCode::SEE_OTHER, "{path}");
        assert!(
            stranger.headers["location"]
                .to_str()
                .unwrap()
                .contains("/staff/sign-in")
        );
    }
}
