//! Clause 4.1: nothing is public but the names that a winner switched on, each by itself; the list of winners is read in every
//! language, and whoever switches a name off is gone from it at once.

use super::asking::{does, objections_of, signs_in};
use super::harness::{Running, Walk, Window};

/// Enters the promotion, and lets the first name be shown and nothing else; gives the reference.
fn enters(walk: &mut Walk<'_>) -> String {
    walk.go("/services/promotion-entry");
    walk.go("/services/promotion-entry/winter-licence");
    let email = walk.email.clone();
    walk.types(&[
        ("last_name", "Сейітов"),
        ("first_name", "Ерлан"),
        ("email", &email),
        ("contact_phone", "8 701 123 45 67"),
    ]);
    walk.goes_on();
    walk.goes_on();
    assert!(
        !walk.browser.has("input[type=checkbox]:checked"),
        "nothing is switched on beforehand"
    );
    for consent in ["identification", "promotion", "winner-first-name"] {
        walk.browser.tick(&format!("consent-{consent}"));
    }
    walk.goes_on();
    walk.confirms()
}

#[test]
fn a_winner_is_shown_by_the_name_they_chose_and_only_while_they_choose_it_in_any_browser() {
    let mut running = Running::demo(&[]);
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let russian = Window {
        language: "ru",
        ..Window::without_script()
    };
    let mut erlan = Walk::begin(&running, kazakh, "erlan.wins@example.kz".to_owned());
    let reference = enters(&mut erlan);
    let mut sales = signs_in(&running, "sales", russian);
    sales.go("/winners");
    assert!(!sales.browser.text().contains("Ерлан"), "to enter is not to win");
    sales.go(&format!("/staff/cases/{reference}"));
    sales.browser.tick("purpose-7");
    sales.goes_on();
    does(&mut sales, "publish");
    for language in ["kk", "ru", "en"] {
        sales.go(&format!("/winners?lang={language}"));
        let read = sales.browser.text();
        assert!(read.contains("Ерлан") && !read.contains("Сейітов"), "{read}");
    }

    erlan.go("/my/confidentiality");
    assert!(
        erlan.browser.has("a[href='/winners']"),
        "{}",
        erlan.browser.text()
    );
    assert!(
        erlan
            .browser
            .has("#public-winner-last-name a[href='/my/consents/give/winner-last-name']"),
        "the last name can be switched on, and is not"
    );
    erlan.press("#public-winner-first-name p.act a");
    erlan.goes_on();
    sales.go("/winners");
    assert!(
        !sales.browser.text().contains("Ерлан"),
        "{}",
        sales.browser.text()
    );
    erlan.go("/my/confidentiality");
    assert!(
        !erlan.browser.has("a[href='/winners']"),
        "{}",
        erlan.browser.text()
    );
    assert_eq!(objections_of(&mut erlan, &mut sales), [""; 0]);
    drop((erlan, sales));
    assert!(running.stop().success());
}
