//! Clauses 7 and 6.5: somebody asks on their own page, sees by when the answer is due, and reads it there; nobody else's
//! request is there for them.

use super::asking::{answers, does, objections_of, somebody_we_know, the_desk};
use super::harness::{Running, Visitor, Walk, Window};

#[test]
fn a_question_is_asked_followed_and_answered_in_any_browser() {
    let mut running = Running::demo(&[]);
    let russian = Window {
        language: "ru",
        ..Window::without_script()
    };
    let mut dana = Walk::begin(&running, russian, "dana@example.com".to_owned());
    somebody_we_know(&mut dana);
    dana.go("/my/requests");
    dana.go("/my/requests/new");
    dana.goes_on();
    assert!(dana.browser.has("#kind-wrong"), "{}", dana.browser.text());
    dana.browser.tick("kind-question");
    dana.types(&[("message", "Кто отвечает за мои данные? 4111 1111 1111 1111")]);
    dana.goes_on();
    let url = dana.browser.url();
    let seen = dana.browser.text();
    assert!(seen.contains("Кто отвечает") && !seen.contains("4111"), "{seen}");
    assert!(seen.contains("Ответ не позднее"), "{seen}");
    let reference = url.rsplit('/').next().expect("a reference").to_owned();

    let mut desk = the_desk(&running, Window::desk());
    assert!(
        desk.browser.text().contains(&reference),
        "{}",
        desk.browser.text()
    );
    desk.go(&format!("/staff/requests/{reference}"));
    assert!(
        !desk.browser.text().contains("отвечает"),
        "nothing is read by opening"
    );
    does(&mut desk, "read");
    assert!(desk.browser.text().contains("Кто отвечает"));
    answers(&mut desk, "Ответственное лицо названо внизу страницы.");
    dana.go(&format!("/my/requests/{reference}"));
    let seen = dana.browser.text();
    assert!(seen.contains("названо внизу страницы"), "{seen}");

    let mut stranger = Visitor::speaking(&running.url, "en");
    let foreign = stranger.get(&format!("/my/requests/{reference}"));
    let unknown = stranger.get("/my/requests/SQ-0000-0000");
    assert_eq!(foreign.answer.status, unknown.answer.status);
    assert_eq!(foreign.text(), unknown.text());
    let mut stranger = running.at_desk("sales", "en");
    assert_eq!(stranger.get("/staff/requests").answer.status, 404);
    assert_eq!(
        stranger
            .get(&format!("/staff/requests/{reference}"))
            .answer
            .status,
        404
    );
    assert_eq!(objections_of(&mut dana, &mut desk), [""; 0]);
    drop((dana, desk));
    assert!(running.stop().success());
}
