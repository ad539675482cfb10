//! Clause 5.1.4: somebody asks a question and loses its number. A member of staff finds the case by the address that they name whole,
//! takes it, and finds it again by a filter that stands in the address. Nothing of the person is in any address, another desk finds
//! nothing, and the person reads who looked and who took the case.

use super::asking::{signs_in, somebody_we_know};
use super::harness::{Running, Walk, Window};

const EMAIL: &str = "erlan@example.com";

fn looks_for(desk: &mut Walk<'_>, contact: &str, purpose: &str) {
    desk.go("/staff/search");
    desk.types(&[("contact", contact)]);
    let input = format!("return document.querySelector('input[name=purpose][value=\"{purpose}\"]').id");
    let input = desk.browser.run(&input);
    desk.browser.tick(input.as_str().unwrap_or_default());
    desk.goes_on();
    let url = desk.browser.url();
    assert!(
        url.ends_with("/staff/search"),
        "no contact is in an address: {url}"
    );
}

#[test]
fn who_lost_the_number_is_found_by_a_whole_contact_and_the_case_is_taken() {
    let running = Running::demo(&[]);
    let kazakh = Window {
        language: "kk",
        ..Window::without_script()
    };
    let mut erlan = Walk::begin(&running, kazakh, EMAIL.to_owned());
    let reference = somebody_we_know(&mut erlan);

    let mut desk = signs_in(&running, "support", Window::narrow());
    looks_for(&mut desk, "erlan@example", "2.2.8");
    assert!(desk.browser.has("#contact-wrong"), "{}", desk.browser.text());
    looks_for(&mut desk, "erlan@example.co", "2.2.8");
    assert!(!desk.browser.text().contains(&reference), "parts find nobody");
    looks_for(&mut desk, "ERLAN@example.com", "2.2.8");
    assert!(
        desk.browser.text().contains(&reference),
        "{}",
        desk.browser.text()
    );

    let mut stranger = signs_in(&running, "sales", Window::desk());
    for purpose in ["2.2.7", "2.2.8"] {
        looks_for(&mut stranger, EMAIL, purpose);
        assert!(
            !stranger.browser.text().contains(&reference),
            "another desk's case is not there"
        );
    }

    desk.go("/staff/cases?owner=nobody");
    desk.press(&format!("form[action='/staff/cases/{reference}/take'] button"));
    assert!(
        desk.browser.url().contains("/staff/cases?owner=nobody&did=taken"),
        "{}",
        desk.browser.url()
    );
    assert!(
        !desk
            .browser
            .has(&format!("th a[href='/staff/cases/{reference}']")),
        "somebody has it now"
    );
    assert!(
        desk.browser
            .has(&format!("form[action='/staff/cases/{reference}/give-back']")),
        "and it can be undone"
    );
    desk.go("/staff/cases?owner=own&kind=question");
    assert!(
        desk.browser.text().contains(&reference),
        "{}",
        desk.browser.text()
    );
    desk.go("/staff/cases?state=unpaid");
    assert!(desk.browser.has("#state-wrong"), "{}", desk.browser.text());

    erlan.go("/my/accesses");
    let seen = erlan.browser.text();
    assert!(seen.contains("істі жұмысқа алды"), "{seen}");
    let objections: Vec<String> = [erlan, desk, stranger]
        .into_iter()
        .flat_map(|walk| walk.objections)
        .collect();
    assert_eq!(objections, Vec::<String>::new());
}
