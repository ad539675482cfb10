//! Clauses 4.2.1, 5.1.4 and 6.2: somebody sees what each role sees of them and to whom outside something may go, takes one
//! consent back, and the page says at once what that changed; in a browser in each language.

use super::harness::{Running, Visitor, Walk, Window};
use super::s6_3_second_copy::buys_as;

/// Buys without registering and agrees to the distributor; gives the reference.
pub fn buys(walk: &mut Walk<'_>) -> String {
    walk.go("/services/guest-purchase/kestel-office");
    let email = walk.email.clone();
    walk.types(&[
        ("last_name", "Әбілқайырова"),
        ("first_name", "Дана"),
        ("email", &email),
        ("contact_phone", "8 701 123 45 67"),
    ]);
    walk.goes_on();
    walk.goes_on();
    for consent in ["identification", "order", "registration"] {
        walk.browser.tick(&format!("consent-{consent}"));
    }
    walk.goes_on();
    let code = walk.code_other_than("");
    walk.browser.fill("code", &code);
    walk.goes_on();
    let url = walk.browser.url();
    assert!(url.contains("/pay/"), "{}", walk.browser.text());
    url.rsplit('/').next().expect("a reference").to_owned()
}

#[test]
fn what_each_role_sees_changes_with_the_consent_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    let russian = Window {
        language: "ru",
        ..Window::without_script()
    };
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let mut objections = Vec::new();
    for (number, window) in [kazakh, russian].into_iter().enumerate() {
        let mut walk = Walk::begin(&running, window, format!("seen{number}@example.kz"));
        let reference = buys(&mut walk);
        walk.go("/my");
        walk.press("a[href='/my/confidentiality']");
        let seen = walk.browser.text();
        assert!(
            seen.contains(&reference) && seen.contains("s•••@example.kz"),
            "{seen}"
        );
        assert!(!seen.contains(&walk.email), "staff see a part at first");

        walk.press("#party-distributor p.act a");
        walk.goes_on();
        walk.go("/my/confidentiality");
        assert!(
            walk.browser
                .has("#party-distributor a[href='/my/consents/give/registration']"),
            "{}",
            walk.browser.text()
        );

        walk.go("/my/consents");
        walk.press("#consent-order p.act a");
        assert!(
            walk.browser.text().contains(&reference),
            "what is not carried out any further"
        );
        walk.goes_on();
        walk.go("/my/confidentiality");
        assert!(
            !walk.browser.text().contains("s•••@example.kz"),
            "{}",
            walk.browser.text()
        );
        objections.extend(walk.objections);
    }
    assert_eq!(objections, Vec::<String>::new());
    let mut other = Visitor::at(&running.url);
    let reference = buys_as(&mut other, &running, "other.seen@example.com", false);
    let page = other.get("/my/confidentiality");
    assert!(page.text().contains(&reference), "{}", page.text());
    assert!(running.stop().success());
}
