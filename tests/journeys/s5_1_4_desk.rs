//! Clause 5.1.4: somebody asks a question and loses its number. A member of staff finds the case by the address that they name whole,
//! takes it, and finds it again by a filter that stands in the address. Nothing of the person is in any address, another desk finds
//! nothing, and the person reads who looked and who took the case.

use super::asking::{signs_in, somebody_we_know};
use super::harness::{Running, Walk, Window, wait_for};

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

/// Off is how it begins; on, single keys move along the queue, choose, take, and say what they do.
#[test]
fn whoever_switches_shortcuts_on_works_along_the_queue_by_single_keys() {
    let running = Running::demo(&[]);
    let mut desk = signs_in(&running, "sales", Window::desk());
    desk.go("/staff/cases");
    assert!(!desk.browser.has("script"), "no script is sent before");
    desk.go("/staff/sessions");
    desk.press("form[action='/staff/keys'] button");
    desk.go("/staff/cases");
    let rows = desk
        .browser
        .run("return [...document.querySelectorAll('tr[data-row] th a')].map(a => a.textContent)");
    let rows: Vec<String> = serde_json::from_value(rows).expect("references");
    assert!(rows.len() > 1, "{rows:?}");
    let focused = |desk: &Walk<'_>| {
        let said = desk.browser.run("return document.activeElement.textContent");
        said.as_str().unwrap_or_default().to_owned()
    };
    for (key, row) in [("j", 0), ("j", 1), ("k", 0), ("k", 0)] {
        desk.browser.press_key(key);
        assert_eq!(focused(&desk), rows[row], "{key}");
    }
    desk.browser.press_key("x");
    let chosen = "return document.querySelector('tr[data-row] input[type=checkbox]').checked";
    assert_eq!(desk.browser.run(chosen), true);
    desk.browser.press_key("?");
    assert!(desk.browser.text_of("#keys").contains("take it"));
    desk.look_around();
    desk.browser.press_key("\u{e00c}");
    assert!(desk.browser.has("#keys[hidden]"), "Escape closes the list");
    assert_eq!(focused(&desk), rows[0], "and one is where one was");
    let comes = |desk: &Walk<'_>, words: &str| {
        wait_for(words, || desk.browser.url().contains(words).then_some(()));
    };
    desk.browser.press_key("t");
    comes(&desk, "did=taken");
    desk.browser.press_key("/");
    comes(&desk, "/staff/search");
    desk.browser
        .run("document.querySelector('input[name=contact]').focus()");
    desk.browser.press_key("j");
    assert_eq!(
        desk.browser.value("contact"),
        "j",
        "where one types, keys are letters"
    );
    desk.go("/staff/sessions");
    desk.press("form[action='/staff/keys'] button");
    desk.go("/staff/cases");
    assert!(!desk.browser.has("script"), "off means no script");
    assert_eq!(desk.objections, Vec::<String>::new());
}
