//! Clauses 1.3 and 5.1.1: an account is closed against its holder's will. One proposes it for a published reason, another one agrees;
//! the holder is told why by letter and comes in no more, and what is held stays for the published days.

use super::asking::{agrees, does, the_deputy, the_desk};
use super::harness::{Running, Walk, Window, wait_for};
use super::s1_1_3_account::{FIRST, chooses_a_password, registers, signs_in};

/// Asks something as the owner of the account; gives the reference.
fn asks(dana: &mut Walk<'_>) -> String {
    dana.go("/my/requests/new");
    dana.browser.tick("kind-question");
    dana.types(&[("message", "Why was my last order late?")]);
    dana.goes_on();
    let url = dana.browser.url();
    url.rsplit('/').next().expect("a reference").to_owned()
}

#[test]
fn an_account_is_closed_by_two_and_its_holder_is_told_why_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let russian = Window {
        language: "ru",
        ..Window::without_script()
    };
    let mut dana = Walk::begin(&running, Window::desk(), "closed@example.kz".to_owned());
    registers(&mut dana);
    chooses_a_password(&mut dana);
    let reference = asks(&mut dana);

    let mut desk = the_desk(&running, kazakh);
    desk.go("/staff/retention");
    desk.types(&[("of", &reference)]);
    desk.press("form[action='/staff/records'] button");
    let record = desk.browser.url();
    let record = record.split("/staff").nth(1).expect("a record").to_owned();
    let record = format!("/staff{record}");
    does(&mut desk, "close");
    assert!(desk.browser.has("#reason-wrong"), "{}", desk.browser.text());
    desk.browser.choose("Жарияланған ережеге сай келмейді");
    does(&mut desk, "close");
    desk.go("/staff/proposals");
    assert!(
        !desk.browser.has("button[value=agree]"),
        "the same person does not agree twice"
    );
    dana.go("/my");
    assert!(
        dana.browser.text().contains("Әбілқайырова"),
        "one person alone closes nothing"
    );

    let mut deputy = the_deputy(&running, russian);
    deputy.go("/staff/proposals");
    let said = deputy.browser.text();
    assert!(
        said.contains("Не соответствует опубликованным правилам"),
        "{said}"
    );
    agrees(&mut deputy);
    let letter = wait_for("the letter that says why", || {
        let letter = running.letter_to("closed@example.kz");
        letter.contains("we have closed your account").then_some(letter)
    });
    assert!(letter.contains("It does not fit the published rules"), "{letter}");
    assert!(!letter.contains("Дана"), "{letter}");

    dana.go("/my");
    assert!(
        !dana.browser.text().contains("Әбілқайырова"),
        "the session is over"
    );
    signs_in(&mut dana, FIRST);
    assert!(dana.browser.has("#password-wrong"), "{}", dana.browser.text());
    desk.go(&record);
    assert!(!desk.browser.has("button[value=close]"), "it is closed once");
    assert!(
        desk.browser.has("button[value=block]"),
        "nothing is destroyed yet"
    );

    for walk in [&dana, &desk, &deputy] {
        assert_eq!(walk.objections, [""; 0]);
    }
    drop((dana, desk, deputy));
    assert!(running.stop().success());
}
