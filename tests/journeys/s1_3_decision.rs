//! Clause 1.3: somebody asks for a place at an event; a member of the events team turns it down for a reason that the policy
//! names, the place is free again, and the guest reads on their own page what was decided and that a person decided it.

use super::asking::signs_in;
use super::harness::{Running, Walk, Window, wait_for};

fn registers(walk: &mut Walk<'_>) -> String {
    walk.go("/services/event-registration/open-day");
    let email = walk.email.clone();
    walk.types(&[
        ("last_name", "Сейітов"),
        ("first_name", "Ерлан"),
        ("email", &email),
    ]);
    walk.goes_on();
    walk.goes_on();
    walk.browser.tick("consent-identification");
    walk.browser.tick("consent-event");
    walk.goes_on();
    walk.confirms()
}

fn places(running: &Running) -> String {
    let mut anybody = Walk::begin(running, Window::desk(), String::new());
    anybody.go("/services/event-registration");
    anybody.browser.text_of("ul.goods li")
}

#[test]
fn a_registration_is_turned_down_by_a_person_and_its_place_is_free_again() {
    let running = Running::demo(&[]);
    let kazakh = Window {
        language: "kk",
        ..Window::without_script()
    };
    let before = places(&running);
    let mut erlan = Walk::begin(&running, kazakh, "erlan@example.com".to_owned());
    let reference = registers(&mut erlan);
    assert_ne!(places(&running), before, "a place is held");

    let mut stranger = signs_in(&running, "sales", Window::desk());
    stranger.go(&format!("/staff/cases/{reference}/decide"));
    assert!(
        !stranger.browser.has("input[name=decision]"),
        "another desk's case is not there"
    );

    let mut desk = signs_in(&running, "events", Window::narrow());
    desk.go(&format!("/staff/cases/{reference}/decide"));
    assert!(
        !desk.browser.text().contains("Сейітов"),
        "nobody is shown by deciding"
    );
    desk.goes_on();
    assert!(desk.browser.has("#decision-wrong"), "{}", desk.browser.text());
    let against = desk
        .browser
        .run("return document.querySelector('input[value=\"turn-down-registration:event-cancelled\"]').id");
    desk.browser.tick(against.as_str().unwrap_or_default());
    desk.goes_on();
    assert!(
        desk.browser.text().contains(&reference),
        "{}",
        desk.browser.text()
    );
    desk.go(&format!("/staff/cases/{reference}/decide"));
    assert!(!desk.browser.has("input[name=decision]"), "it is decided once");
    assert_eq!(places(&running), before, "the place is free again");

    let told = wait_for("a letter about the decision", || {
        let letter = running.letter_to("erlan@example.com");
        letter.contains("/taken/").then_some(letter)
    });
    assert!(
        !told.contains("Іс-шара өтпейді"),
        "the letter does not say what was decided"
    );
    erlan.go(&format!("/taken/{reference}"));
    let seen = erlan.browser.text();
    assert!(seen.contains("Іс-шара өтпейді"), "{seen}");
    erlan.go("/my/accesses");
    for walk in [&mut erlan, &mut desk] {
        assert_eq!(walk.objections, Vec::<String>::new());
    }
}
