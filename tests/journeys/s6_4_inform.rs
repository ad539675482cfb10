//! Clauses 6.4 and 6.5: a letter asks what we hold. Whoever writes shows who they are by a code to the contact on file, and
//! gets all of it; a stranger's letter is registered alike and is told nothing.

use super::asking::{a_letter, answers, does, objections_of, somebody_we_know, the_desk};
use super::harness::{Running, Walk, Window};

#[test]
fn a_letter_is_answered_with_everything_after_the_check_in_any_browser() {
    let mut running = Running::demo(&[]);
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let mut dana = Walk::begin(&running, kazakh, "dana@example.com".to_owned());
    somebody_we_know(&mut dana);
    let mut desk = the_desk(&running, kazakh);
    let known = a_letter(
        &mut desk,
        "access",
        "Dana Sample",
        "Please send me all you hold about me.",
    );
    let line_of_known = desk.browser.text().replace(&known, "REF");
    let stranger = a_letter(
        &mut desk,
        "access",
        "Dana Sample",
        "Please send me all you hold about me.",
    );
    let line_of_stranger = desk.browser.text().replace(&stranger, "REF");
    assert_eq!(
        line_of_known.replace("-00001", "-0000N"),
        line_of_stranger.replace("-00002", "-0000N"),
        "who is known and who is not are registered alike"
    );

    the_known_one_gets_everything(&running, &mut desk, &mut dana, &known);
    the_stranger_learns_nothing(&mut desk, &stranger);
    assert_eq!(objections_of(&mut dana, &mut desk), [""; 0]);
    let told = a_letter(&mut desk, "question", "Somebody", "Where are you?");
    does(&mut desk, "decide");
    answers(&mut desk, "In Almaty.");
    desk.go("/staff/requests/closed");
    assert!(desk.browser.text().contains(&told), "{}", desk.browser.text());
    drop((dana, desk));
    assert!(running.stop().success());
}

/// The code goes to the contact on file; whoever tells it to us gets all that is held.
fn the_known_one_gets_everything(running: &Running, desk: &mut Walk<'_>, dana: &mut Walk<'_>, known: &str) {
    desk.types(&[("contact", "nobody@example.com")]);
    does(desk, "suppose");
    assert!(desk.browser.has("#contact-wrong"), "{}", desk.browser.text());
    assert!(
        !desk.browser.has("button[value=answer]"),
        "nothing is answered without the check"
    );

    desk.go(&format!("/staff/requests/{known}"));
    desk.types(&[("contact", "dana@example.com")]);
    does(desk, "suppose");
    let used = running.code_for("dana@example.com");
    does(desk, "ask-identity");
    let code = dana.code_other_than(&used);
    desk.types(&[("code", &code)]);
    does(desk, "check");
    does(desk, "prepare");
    let written = desk.browser.value("answer");
    assert!(written.contains("dana@example.com"), "{written}");
    does(desk, "draft");
    does(desk, "answer");
    does(desk, "print");
    assert!(
        desk.browser.text().contains("dana@example.com"),
        "{}",
        desk.browser.text()
    );
    dana.go("/my/requests");
    dana.go(&format!("/my/requests/{known}"));
    assert!(
        dana.browser.text().contains("dana@example.com"),
        "{}",
        dana.browser.text()
    );
}

/// 6.5: what is refused to a stranger names its norm, and rests on nothing but that.
fn the_stranger_learns_nothing(desk: &mut Walk<'_>, stranger: &str) {
    desk.go(&format!("/staff/requests/{stranger}"));
    does(desk, "read");
    desk.types(&[("answer", "We could not see who is asking.")]);
    does(desk, "draft");
    does(desk, "refuse");
    assert!(
        desk.browser.has("#norm-wrong"),
        "a refusal names its norm: {}",
        desk.browser.text()
    );
}
