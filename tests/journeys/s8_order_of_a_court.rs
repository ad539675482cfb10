//! Clauses 8 and 5.1.1: a court orders that a record is kept. The responsible person enters the order and a second person agrees; the
//! person withdraws, and nothing goes while it stands; when two have lifted it everything goes at once.

use super::asking::{agrees, does, objections_of, somebody_we_know, the_deputy, the_desk};
use super::harness::{Running, Walk, Window, wait_for};

#[test]
fn what_a_court_keeps_stays_until_the_order_is_lifted_in_any_browser() {
    let mut running = Running::demo(&[]);
    let mut dana = Walk::begin(
        &running,
        Window::without_script(),
        "dana.order@example.com".to_owned(),
    );
    let case = somebody_we_know(&mut dana);
    let russian = Window {
        language: "ru",
        ..Window::narrow()
    };
    let kazakh = Window {
        language: "kk",
        ..Window::without_script()
    };
    let mut desk = the_desk(&running, russian);
    desk.go("/staff/retention");
    desk.types(&[("of", &case)]);
    desk.press("form[action='/staff/records'] button");
    let record = desk.browser.url();
    let record = record.rsplit('/').next().expect("an id").to_owned();
    let page = format!("/staff/records/{record}");
    assert!(desk.browser.text().contains(&case), "{}", desk.browser.text());
    proposes_the_order(&mut desk);
    desk.go("/staff/proposals");
    assert!(
        !desk.browser.has("button[value=agree]"),
        "the same person does not agree twice"
    );
    let mut deputy = the_deputy(&running, kazakh);
    agrees(&mut deputy);
    desk.go(&page);
    assert!(
        desk.browser.text().contains("ГПК, ст. 156"),
        "{}",
        desk.browser.text()
    );

    dana.go("/my/withdraw");
    dana.browser.tick("understood");
    dana.press("main button.danger, main button.go");
    let said = dana.browser.text();
    assert!(
        said.contains("ГПК, ст. 156"),
        "who withdraws is told of the order: {said}"
    );
    desk.go(&page);
    let text = desk.browser.text();
    assert!(
        text.contains("Согласие отозвано") && text.contains("в силе"),
        "{text}"
    );
    assert!(!text.contains("уничтожена"), "{text}");
    desk.go("/staff/retention");
    wait_for("the alarm of those who wait", || {
        desk.go("/staff/retention");
        desk.browser.text().contains("хранится по приказу").then_some(())
    });

    desk.go(&page);
    desk.types(&[("lifted_document", "2-1187/2026-3")]);
    does(&mut desk, "lift");
    agrees(&mut deputy);
    wait_for("the destruction", || {
        desk.go(&page);
        desk.browser.text().contains("уничтожена").then_some(())
    });
    assert_eq!(objections_of(&mut dana, &mut desk), [""; 0]);
    assert_eq!(deputy.objections, [""; 0]);
    drop((dana, desk, deputy));
    assert!(running.stop().success());
}

/// Mistakes are told first; what is right waits for a second person.
fn proposes_the_order(desk: &mut Walk<'_>) {
    desk.types(&[("article", "закон"), ("document", "приказ"), ("dated", "завтра")]);
    does(desk, "hold");
    assert!(desk.browser.has(".problems"), "{}", desk.browser.text());
    assert_eq!(desk.browser.value("article"), "закон", "what was typed stays");
    desk.browser.choose("суд");
    desk.types(&[
        ("article", "ГПК, ст. 156"),
        ("document", "2-1187/2026"),
        ("dated", "2026-11-20"),
    ]);
    does(desk, "hold");
    assert!(
        desk.browser.text().contains("Нужен второй человек"),
        "{}",
        desk.browser.text()
    );
}
