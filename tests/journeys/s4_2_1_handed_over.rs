//! Clauses 4.2.1 and 6.3: a recipient is entered, sales hands over what the buyer agreed to, the buyer sees to whom, takes the consent
//! back, and the recipient is told by a number; in a browser, in each language.

use super::asking::{signs_in, the_desk};
use super::harness::{Running, Walk, Window, wait_for};
use super::s6_2_confidentiality::buys;

const TARQAT: &str = "privacy@tarqat.example.kz";

/// Buys, agrees to the distributor, and pays; gives the reference.
pub fn pays(walk: &mut Walk<'_>) -> String {
    let reference = buys(walk);
    walk.types(&[
        ("card_number", "4111 1111 1111 1111"),
        ("card_holder", "DANA ABILQAIYROVA"),
        ("card_expiry", "08/29"),
        ("card_verification", "123"),
    ]);
    walk.goes_on();
    let url = walk.browser.url();
    assert!(url.contains("/order/"), "{}", walk.browser.text());
    reference
}

/// Types a recipient with that key, or with none.
pub fn enters(desk: &mut Walk<'_>, country: &str, key: &str) {
    desk.go("/staff/recipients");
    desk.browser.tick("kind-distributor");
    desk.types(&[
        ("name", "Тарқат ЖШС"),
        ("country", country),
        ("undertaking", "U-17/2026"),
        ("undertaken_on", "2026-11-02"),
        ("email", TARQAT),
        ("age_key", key),
    ]);
    desk.goes_on();
}

#[test]
fn a_recipient_gets_what_was_agreed_to_and_is_told_when_that_ends() {
    let running = Running::demo(&[]);
    let russian = Window {
        language: "ru",
        ..Window::narrow()
    };
    let kazakh = Window {
        language: "kk",
        ..Window::without_script()
    };
    let mut dana = Walk::begin(&running, kazakh, "dana.given@example.com".to_owned());
    let order = pays(&mut dana);

    let mut board = the_desk(&running, russian);
    enters(&mut board, "DE", "");
    assert!(
        board.browser.has("#country-wrong") && board.browser.text().contains("4.3"),
        "{}",
        board.browser.text()
    );
    enters(&mut board, "KZ", "");
    assert!(
        board.browser.text().contains("U-17/2026"),
        "{}",
        board.browser.text()
    );

    let mut sales = signs_in(&running, "sales", Window::narrow());
    let path = format!("/staff/cases/{order}/hand-over");
    sales.go(&path);
    assert!(!sales.browser.text().contains("Дана"), "the form knows nobody");
    sales.goes_on();
    assert!(sales.browser.has("#recipient-wrong"), "{}", sales.browser.text());
    for field in ["recipient", "fields", "field-first_name", "field-email"] {
        sales.browser.tick(field);
    }
    sales.goes_on();
    let sheet = sales.browser.text();
    assert!(
        sheet.contains("Дана") && sheet.contains("dana.given@example.com"),
        "{sheet}"
    );
    assert!(!sheet.contains("701"), "the telephone was not chosen: {sheet}");

    dana.go("/my/confidentiality");
    let given = dana.browser.text();
    assert!(given.contains("Тарқат ЖШС"), "{given}");
    dana.press("#party-distributor p.act a");
    dana.goes_on();
    let told = wait_for("a letter to the recipient", || {
        let box_of_letters = running.letter_to(TARQAT);
        let letter = box_of_letters
            .split(" To: ")
            .next()
            .unwrap_or_default()
            .to_owned();
        letter.contains("SQ-").then_some(letter)
    });
    assert!(!told.contains("Дана") && !told.contains("dana"), "{told}");

    sales.go(&path);
    sales.browser.tick("recipient");
    sales.browser.tick("fields");
    sales.goes_on();
    assert!(sales.browser.text().contains("4.2.1"), "{}", sales.browser.text());

    board.go("/staff/disclosures");
    board
        .browser
        .run("document.querySelector('main form input[name=document]').value = 'T-4'");
    board.press("main form.plain button.quiet");
    assert!(board.browser.text().contains("T-4"), "{}", board.browser.text());
    for walk in [&mut dana, &mut sales, &mut board] {
        assert_eq!(walk.objections, Vec::<String>::new());
    }
}
