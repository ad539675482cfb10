//! Clause 6.3: a letter takes the consent back, without the words in quotes and without an account. Use ends at once,
//! everything is destroyed, and the confirmation can still be posted.

use super::asking::{a_letter, answers, does, objections_of, somebody_we_know, the_desk};
use super::harness::{Running, Walk, Window, wait_for};

#[test]
fn a_letter_without_any_marking_is_a_withdrawal_in_any_browser() {
    let mut running = Running::demo(&[]);
    let mut dana = Walk::begin(&running, Window::without_script(), "dana@example.com".to_owned());
    let case = somebody_we_know(&mut dana);
    let russian = Window {
        language: "ru",
        ..Window::narrow()
    };
    let mut desk = the_desk(&running, russian);
    let reference = a_letter(&mut desk, "withdraw", "Dana Sample", "Удалите, пожалуйста, всё.");
    desk.types(&[("contact", &case)]);
    does(&mut desk, "suppose");
    desk.browser.choose("подпись сверена");
    does(&mut desk, "decide");
    does(&mut desk, "read");
    desk.types(&[("answer", "Ваши данные уничтожены.")]);
    does(&mut desk, "draft");
    does(&mut desk, "answer");
    assert!(
        desk.browser.has(".problems"),
        "first it is done, then it is said: {}",
        desk.browser.text()
    );
    does(&mut desk, "carry-out");
    wait_for("the way in to end", || {
        dana.go("/my/requests");
        let url = dana.browser.url();
        (!url.ends_with("/my/requests")).then_some(())
    });
    answers(&mut desk, "Ваши данные уничтожены полностью.");
    does(&mut desk, "print");
    let letter = desk.browser.text();
    assert!(
        letter.contains("уничтожены полностью") && letter.contains("Dana Sample"),
        "{letter}"
    );
    assert!(!letter.contains("Dolgoprudny"), "{letter}");
    desk.go("/staff/requests/closed");
    assert!(
        desk.browser.text().contains(&reference),
        "{}",
        desk.browser.text()
    );
    assert_eq!(objections_of(&mut dana, &mut desk), [""; 0]);
    drop((dana, desk));
    assert!(running.stop().success());
}
