//! Clauses 1.2 and 6.3: consents are taken back one by one, in a real browser and in each language: first what ends with it,
//! then the end of that one alone, with its receipt; what was taken back is given again, to the text that is shown; and an
//! account ends with the consent on which it rests.

use super::harness::{Running, Visitor, Walk, Window};

const PASSWORD: &str = "жеті ат далада шауып жүр";

/// Opens an account and agrees to more than it needs.
fn registers(walk: &mut Walk<'_>) {
    walk.go("/services/account");
    let email = walk.email.clone();
    walk.types(&[
        ("last_name", "Әбілқайырова"),
        ("first_name", "Дана"),
        ("email", &email),
        ("city", "Алматы"),
    ]);
    walk.goes_on();
    walk.goes_on();
    for consent in ["identification", "account", "order", "registration", "statistics"] {
        walk.browser.tick(&format!("consent-{consent}"));
    }
    walk.goes_on();
    let code = walk.code_other_than("");
    walk.browser.fill("code", &code);
    walk.goes_on();
    walk.browser.fill("password", PASSWORD);
    walk.goes_on();
    assert!(walk.browser.url().ends_with("/my"), "{}", walk.browser.text());
}

/// Reads what ends, goes away without doing it, comes back and does it.
fn takes_back(walk: &mut Walk<'_>, consent: &str) {
    let link = format!("#consent-{consent} p.act a");
    walk.go("/my/consents");
    walk.press(&link);
    assert!(
        walk.browser.url().contains("/take-back"),
        "{}",
        walk.browser.text()
    );
    walk.go("/my/consents");
    assert!(walk.browser.has(&link), "reading is not doing");
    walk.press(&link);
    walk.goes_on();
}

fn one_ends_and_the_others_stay(walk: &mut Walk<'_>) {
    takes_back(walk, "registration");
    assert!(
        walk.browser.url().ends_with("/my/consents"),
        "{}",
        walk.browser.text()
    );
    assert!(!walk.browser.has("#consent-registration"));
    for consent in ["identification", "account", "order", "statistics"] {
        assert!(walk.browser.has(&format!("#consent-{consent}")), "{consent}");
    }
    walk.go("/my/accesses");
    assert!(walk.browser.text().contains("2.2.5") || walk.browser.has("a[href='/policy#clause-6.3']"));
}

fn it_is_given_again(walk: &mut Walk<'_>) {
    walk.go("/my/consents");
    walk.press("a[href='/my/consents/give/registration']");
    assert!(!walk.browser.has("input[type=checkbox]:checked"));
    walk.types(&[("current", PASSWORD)]);
    walk.goes_on();
    assert!(walk.browser.has("#agree-wrong"), "{}", walk.browser.text());
    walk.browser.tick("agree");
    walk.types(&[("current", "not the password at all")]);
    walk.goes_on();
    assert!(walk.browser.has("#current-wrong"), "{}", walk.browser.text());
    walk.browser.tick("agree");
    walk.types(&[("current", PASSWORD)]);
    walk.goes_on();
    assert!(
        walk.browser.has("#consent-registration"),
        "{}",
        walk.browser.text()
    );
    walk.press("#consent-registration dd a[href^='/receipt/']");
    assert!(walk.browser.text().contains("SHA-256"), "{}", walk.browser.text());
}

fn the_account_ends_with_its_consent(walk: &mut Walk<'_>) {
    takes_back(walk, "account");
    assert!(
        walk.browser.has("div.panel[role=status]"),
        "{}",
        walk.browser.text()
    );
    walk.go("/sign-in");
    let email = walk.email.clone();
    walk.types(&[("email", &email), ("password", PASSWORD)]);
    walk.goes_on();
    assert!(walk.browser.has("#password-wrong"), "{}", walk.browser.text());
}

#[test]
fn consents_are_taken_back_one_by_one_and_given_again_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let russian = Window {
        language: "ru",
        ..Window::without_script()
    };
    let mut objections = Vec::new();
    for (number, window) in [kazakh, russian].into_iter().enumerate() {
        let mut walk = Walk::begin(&running, window, format!("parts{number}@example.kz"));
        registers(&mut walk);
        one_ends_and_the_others_stay(&mut walk);
        it_is_given_again(&mut walk);
        the_account_ends_with_its_consent(&mut walk);
        objections.extend(walk.objections);
    }
    assert_eq!(objections, Vec::<String>::new());
    let mut stranger = Visitor::at(&running.url);
    let strange = stranger.get("/my/consents/0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff/take-back");
    assert!(strange.url.contains("/my"), "{}", strange.url);
    assert!(running.stop().success());
}
