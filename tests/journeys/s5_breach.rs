//! Clause 5.1.3: "we tell the authority by the same hour of the next working day: what happened, whom it concerns, what we did,
//! whom to call. Such an entry can never be removed." The responsible person enters a breach that was found days ago: it stands
//! at the top of the boards, in `sandyq doctor` and in `sandyq breach list` until the authority was told.

use std::process::Command;

use super::asking::the_desk;
use super::harness::{Running, Visitor, Walk, Window, command, paper, wait_for};
use super::s1_1_3_account::{chooses_a_password, registers};

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

/// What the responsible person says happened, in the three languages of letters.
const SAID: [(&str, &str); 3] = [
    ("text-kk", "Тапсырыстар тізімі бар ноутбук жоғалды."),
    ("text-ru", "Потерян ноутбук со списком заказов."),
    ("text-en", "A laptop with a list of orders was lost."),
];

/// 5.1.3-b: whom it concerns is found, listed for the authority and written to; the person reads all of it.
#[test]
fn the_people_of_a_breach_are_found_listed_and_written_to_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    for (number, (language, window)) in [
        ("kk", Window::narrow()),
        ("ru", Window::without_script()),
        ("en", Window::desk()),
    ]
    .into_iter()
    .enumerate()
    {
        let window = Window { language, ..window };
        let email = format!("concerned-{language}@example.kz");
        let mut dana = Walk::begin(&running, window, email.clone());
        registers(&mut dana);
        chooses_a_password(&mut dana);
        let mut desk = the_desk(&running, window);
        found_and_listed(&mut desk, number + 1);
        let told = wait_for("a letter about the breach", || {
            let letter = running.letter_to(&email);
            let said = SAID[number].1;
            letter.contains(said).then_some(letter)
        });
        assert!(told.contains("/policy#clause-5.1.3"), "{told}");
        dana.go("/my/accesses");
        let looks = dana.browser.text();
        assert!(looks.contains("2.2.12") || looks.contains("5.1.3"), "{looks}");
        // Whoever goes is in no list any more, and how many they were stays.
        let people = format!("/staff/breaches/{}/people", number + 1);
        let now = |desk: &mut Walk<'_>| {
            desk.go(&people);
            desk.browser
                .text_of("dl.facts dd")
                .parse::<usize>()
                .expect("a number")
        };
        let before = now(&mut desk);
        leaves(&mut dana);
        wait_for("one less in the list", || {
            (now(&mut desk) == before - 1).then_some(())
        });
        assert_eq!((desk.objections, dana.objections), (vec![], vec![]));
    }
    let log = running.log();
    assert!(
        !log.contains("concerned-") && !log.contains("laptop"),
        "no log holds it"
    );
    assert!(running.stop().success());
}

/// A breach is entered, its people are found, listed and written to.
fn found_and_listed(desk: &mut Walk<'_>, number: usize) {
    desk.go("/staff/breaches/new");
    desk.browser.tick("kind-spread");
    desk.browser.tick("category-registered");
    desk.types(&[("words", SAID[2].1)]);
    desk.goes_on();
    let people = format!("/staff/breaches/{number}/people");
    desk.press(&format!("main a[href='{people}']"));
    desk.press(&format!("main a[href='{people}/stored']"));
    desk.goes_on();
    assert!(desk.browser.has("#categories-wrong"), "{}", desk.browser.text());
    desk.browser.tick("category-registered");
    desk.browser.tick("field-email");
    desk.goes_on();
    wait_for("the end of the search", || {
        desk.go(&people);
        let found = desk.browser.has("main a[href^='/staff/records/']");
        (found && !desk.browser.has("progress")).then_some(())
    });
    assert!(
        !desk.browser.text().contains("Әбілқайырова"),
        "no name stands there"
    );
    desk.press(&format!("main a[href='/staff/breaches/{number}/list']"));
    desk.press("button[value=draw]");
    let list = desk.browser.text();
    assert!(list.contains("Әбілқайырова"), "{list}");
    desk.go(&people);
    desk.press(&format!("main a[href='{people}/letters']"));
    desk.types(&SAID);
    desk.browser.tick("field-email");
    desk.goes_on();
    assert!(desk.browser.url().ends_with(&people), "{}", desk.browser.text());
}

/// Withdraws, and is destroyed.
fn leaves(dana: &mut Walk<'_>) {
    dana.go("/my/withdraw");
    dana.browser.tick("understood");
    dana.press("main button.danger, main button.go");
    assert!(
        dana.browser.url().contains("/receipt/"),
        "{}",
        dana.browser.text()
    );
}
