//! Clause 5.1.4: whoever gives access sees the accounts of staff. A role of a desk that neither has is given by two, one of them the
//! responsible person; an account is closed by one, and its holder is out at once.

use super::asking::{agrees, objections_of, signs_in};
use super::harness::{Running, Walk, Window};

/// Opens the page of one account.
fn opens(access: &mut Walk<'_>, name: &str) {
    access.go("/staff/accounts");
    let found = access.browser.run(&format!(
        "return [...document.querySelectorAll('article a')].find(a => a.textContent === '{name}').getAttribute('href')"
    ));
    let path = found.as_str().expect("an address").to_owned();
    access.go(&path);
}

#[test]
fn access_is_given_by_two_and_taken_by_one_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    let russian = Window {
        language: "ru",
        ..Window::narrow()
    };
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let mut access = signs_in(&running, "access", russian);
    access.go("/staff/invite");
    access.types(&[("name", "zarina")]);
    access.browser.choose("Отдел продаж – нужен второй человек");
    access.goes_on();
    assert!(
        access.browser.text().contains("Нужен второй человек"),
        "{}",
        access.browser.text()
    );
    let mut desk = signs_in(&running, "responsible", kazakh);
    agrees(&mut desk);
    assert!(desk.browser.has("#link"), "{}", desk.browser.text());

    let mut sales = signs_in(&running, "sales", Window::desk());
    sales.go("/staff/cases");
    opens(&mut access, "access");
    assert!(
        !access.browser.has("button[value=close]"),
        "one's own is left to others"
    );
    opens(&mut access, "auditor");
    access.press("button[value=close]");
    assert!(access.browser.has(".problems"), "{}", access.browser.text());
    opens(&mut access, "sales");
    access.press("button[value=close]");
    assert!(
        access.browser.text().contains("Закрыта"),
        "{}",
        access.browser.text()
    );
    sales.go("/staff/cases");
    assert!(sales.browser.url().ends_with("/staff/sign-in"), "out at once");

    assert_eq!(objections_of(&mut access, &mut desk), [""; 0]);
    assert_eq!(sales.objections, [""; 0]);
    drop((access, desk, sales));
    assert!(running.stop().success());
}
