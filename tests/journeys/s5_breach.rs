//! Clause 5.1.3: "we tell the authority by the same hour of the next working day: what happened, whom it concerns, what we did,
//! whom to call. Such an entry can never be removed." The responsible person enters a breach that was found days ago: it stands
//! at the top of the boards, in `sandyq doctor` and in `sandyq breach list` until the authority was told.

use std::process::Command;

use super::asking::the_desk;
use super::harness::{Running, Visitor, Walk, Window, command, paper};

/// A day that lies a week back: whatever day it is now, the next working day after it is over.
fn a_week_ago() -> String {
    let said = Command::new("date").args(["-d", "7 days ago", "+%F"]).output();
    let said = said.expect("the program `date`").stdout;
    String::from_utf8(said).expect("a day").trim().to_owned()
}

/// What the command line says of the register, and with which exit code.
fn listed(running: &Running) -> (String, Option<i32>) {
    let data = running.data();
    let said = command(&["breach", "list", "--data", data.to_str().expect("a path")]);
    let words = String::from_utf8_lossy(&said.stdout).into_owned();
    (words, said.status.code())
}

/// The line of the doctor about breaches.
fn diagnosed(running: &Running) -> String {
    let data = running.data();
    let said = command(&["doctor", "--data", data.to_str().expect("a path")]);
    let words = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = words.lines().find(|line| line.contains("breaches"));
    line.unwrap_or_else(|| panic!("{words}")).to_owned()
}

#[test]
fn a_breach_is_told_of_and_closed_and_nothing_of_it_goes_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    assert_eq!(listed(&running), ("no breach was entered\n".to_owned(), Some(0)));
    assert!(diagnosed(&running).contains("well"), "{}", diagnosed(&running));
    for (number, language) in ["kk", "ru", "en"].into_iter().enumerate() {
        let window = Window {
            language,
            ..Window::narrow()
        };
        let mut desk = the_desk(&running, window);
        walked(&running, &mut desk, number + 1);
        assert_eq!(desk.objections, [""; 0]);
    }
    let (words, exit) = listed(&running);
    assert_eq!((words.lines().count(), exit), (3, Some(0)), "{words}");
    assert!(words.lines().all(|line| line.contains("late, closed")), "{words}");
    the_notices(&running);
    let log = running.log();
    assert!(
        !log.contains("laptop") && !log.contains("№ 17"),
        "no log holds it"
    );
    assert!(running.stop().success());
}

fn walked(running: &Running, desk: &mut Walk<'_>, number: usize) {
    let page = format!("/staff/breaches/{number}");
    desk.go("/staff/breaches");
    desk.go("/staff/breaches/new");
    desk.types(&[("day", "tomorrow"), ("words", "of dana@example.com")]);
    desk.goes_on();
    assert!(desk.browser.has(".problems"), "{}", desk.browser.text());
    assert_eq!(desk.browser.value("day"), "tomorrow", "what was typed stays");
    desk.browser.tick("kind-spread");
    desk.browser.tick("category-registered");
    desk.types(&[
        ("day", &a_week_ago()),
        ("time", "10:00"),
        ("people", "1200"),
        ("words", "A laptop with a list of orders was lost."),
    ]);
    desk.goes_on();
    assert!(desk.browser.url().ends_with(&page), "{}", desk.browser.text());
    for board in ["/staff/requests", "/staff/retention"] {
        desk.go(board);
        let alarm = format!("[role=alert] a[href='{page}']");
        assert!(desk.browser.has(&alarm), "{board}: {}", desk.browser.text());
    }
    assert_eq!(listed(running).1, Some(1));
    assert!(diagnosed(running).contains("was not told in time"));
    // No notice goes out without a measure.
    desk.go(&format!("{page}/tell-authority"));
    assert!(desk.browser.url().ends_with(&page), "there is no such step yet");
    for (step, input, words) in [
        ("measure", "words", "The laptop was wiped from afar."),
        ("tell-authority", "document", "№ 17-2/2026"),
        ("tell-subjects", "words", "Everybody was written to."),
        ("close", "words", ""),
    ] {
        desk.press(&format!("main a[href='{page}/{step}']"));
        desk.types(&[(input, words)]);
        desk.goes_on();
        assert!(desk.browser.url().ends_with(&page), "{}", desk.browser.text());
    }
    let text = desk.browser.text();
    for said in ["1200", "№ 17-2/2026", "wiped from afar"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    desk.go("/staff/requests");
    assert!(!desk.browser.has("[role=alert]"), "{}", desk.browser.text());
    assert!(diagnosed(running).contains("well"), "{}", diagnosed(running));
}

/// The draft of the notice, in each language, for the responsible person and for nobody else.
fn the_notices(running: &Running) {
    let mut desk = running.at_desk("responsible", "en");
    let mut stranger = Visitor::at(&running.url);
    for (language, title) in [
        ("kk", "Дербес деректер қауіпсіздігінің бұзылуы туралы хабарлама"),
        ("ru", "Уведомление о нарушении безопасности персональных данных"),
        ("en", "Notice of a breach of the protection of personal data"),
    ] {
        let path = format!("/staff/breaches/1/notice/{language}");
        let printed = paper::words_of(&desk.get(&path));
        for said in [
            title,
            "1200",
            "laptop",
            "wiped from afar",
            "Everybody was written to",
            "+7 7",
        ] {
            assert!(printed.contains(said), "{said}: {printed}");
        }
        assert!(stranger.get(&path).url.contains("/staff/sign-in"));
    }
    assert_eq!(desk.get("/staff/breaches/1/notice/fr").answer.status, 404);
    assert_eq!(desk.get("/staff/breaches/9").answer.status, 404);
}
