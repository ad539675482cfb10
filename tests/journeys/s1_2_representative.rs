//! Clauses 1.1.2, 1.2 and DEF-11: a young buyer and a parent, in a real browser. From 14 it takes two codes; under 14 the parent
//! acts, and comes back to the child's page alone.

use super::harness::{Running, Walk, Window, wait_for};

const BORN: [(&str, &str); 3] = [
    ("last_name", "Жанбырбаев"),
    ("first_name", "Тимур"),
    ("contact_phone", "8 (701) 555-44-33"),
];

/// Fills in the form for somebody born on that day, and stops where the code is typed in.
fn orders(walk: &mut Walk<'_>, born: &str, parent: &str) {
    walk.go("/services/guest-purchase/kestel-office");
    assert!(
        !walk.browser.has("#representative_name"),
        "nobody is asked before it is needed"
    );
    let email = walk.email.clone();
    walk.types(&BORN);
    walk.types(&[("email", &email), ("birth_date", born)]);
    walk.goes_on();
    assert!(
        walk.browser.has("#representative_name"),
        "{}",
        walk.browser.text()
    );
    assert!(!walk.browser.has("[role=alert]"), "being young is no mistake");
    walk.goes_on();
    assert!(
        walk.browser.has("#representative_name-wrong"),
        "{}",
        walk.browser.text()
    );
    walk.types(&[
        ("representative_name", "Жанбырбаева Сәуле"),
        ("representative_email", parent),
        ("representative_authority", "анасы"),
    ]);
    walk.goes_on();
    assert!(walk.browser.text().contains(parent), "{}", walk.browser.text());
    walk.goes_on();
    walk.browser.tick("consent-identification");
    walk.browser.tick("consent-order");
    walk.goes_on();
}

#[test]
fn from_fourteen_the_order_waits_for_the_code_of_a_parent() {
    let running = Running::demo(&[]);
    let parent = "saule@example.com";
    for (window, born) in [(Window::desk(), "1 1 2010"), (kazakh_phone(), "2 3 2011")] {
        let email = format!("timur-{}@example.com", window.language);
        let mut timur = Walk::begin(&running, window, email);
        orders(&mut timur, born, parent);
        let own = timur.code_other_than("");
        timur.types(&[("code", &own)]);
        timur.goes_on();
        assert!(
            timur.browser.url().ends_with("/agree"),
            "{}",
            timur.browser.text()
        );
        timur.types(&[("code", &own)]);
        timur.goes_on();
        wait_for("the own code to be refused", || {
            timur.browser.has("[role=alert]").then_some(())
        });

        let mut saule = Walk::begin(&running, Window::narrow(), parent.to_owned());
        let letter = running.letter_to(parent);
        let text = letter.split_whitespace().find(|word| word.contains("/texts/"));
        let there = text.and_then(|text| text.find("/texts/").map(|at| text[at..].to_owned()));
        saule.go(&there.expect("the letter names the texts"));
        assert!(saule.browser.has("section.consent"), "{}", saule.browser.text());

        let theirs = running.code_for(parent);
        timur.types(&[("code", &theirs)]);
        timur.goes_on();
        assert!(
            timur.browser.url().contains("/taken/") || timur.browser.url().contains("/pay/"),
            "{}",
            timur.browser.text()
        );
        assert_eq!(timur.objections, Vec::<String>::new());
        assert_eq!(saule.objections, Vec::<String>::new());
    }
}

#[test]
fn under_fourteen_a_parent_confirms_and_comes_back_alone() {
    let running = Running::demo(&[]);
    let russian = Window {
        language: "ru",
        ..Window::without_script()
    };
    let parent = "saule@example.com";
    let mut timur = Walk::begin(&running, russian, "timur@example.com".to_owned());
    orders(&mut timur, "1 1 2016", parent);
    assert!(
        timur.browser.url().ends_with("/agree"),
        "{}",
        timur.browser.text()
    );
    let code = running.code_for(parent);
    timur.types(&[("code", &code)]);
    timur.goes_on();
    timur.go("/my");
    let seen = timur.browser.text();
    assert!(seen.contains("как родитель или опекун"), "{seen}");
    let reference = timur.browser.text_of("a[href^='/order/']");

    let mut saule = Walk::begin(&running, russian, parent.to_owned());
    saule.go("/my");
    saule.types(&[("email", parent), ("reference", &reference)]);
    saule.goes_on();
    let entering = saule.code_other_than(&code);
    saule.types(&[("code", &entering)]);
    saule.goes_on();
    assert!(saule.browser.text().contains("Тимур"), "{}", saule.browser.text());
    saule.go("/my/withdraw");
    let objections: Vec<String> = timur
        .objections
        .drain(..)
        .chain(saule.objections.drain(..))
        .collect();
    assert_eq!(objections, Vec::<String>::new());
}

fn kazakh_phone() -> Window {
    Window {
        language: "kk",
        ..Window::narrow()
    }
}
