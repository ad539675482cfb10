//! What the journeys about requests share: somebody whom we know, and the desk of the responsible person.

use super::harness::{Running, Staff, Walk, Window};

/// Somebody asks something through the site and confirms it; they are signed in then. Gives the reference.
pub fn somebody_we_know(walk: &mut Walk<'_>) -> String {
    walk.go("/services/question");
    let email = walk.email.clone();
    walk.types(&[("email", &email), ("message", "When do you open?")]);
    walk.goes_on();
    walk.goes_on();
    walk.browser.tick("consent-identification");
    walk.browser.tick("consent-question");
    walk.goes_on();
    walk.confirms()
}

/// Somebody of staff signs in, and reads the policy if that is still to be done.
pub fn signs_in<'a>(running: &'a Running, role: &str, window: Window) -> Walk<'a> {
    signs_in_as(running, running.staff_in(role).clone(), window)
}

/// The deputy of the responsible person, who agrees to what takes two.
pub fn the_deputy(running: &Running, window: Window) -> Walk<'_> {
    signs_in_as(running, running.staff_called("deputy").clone(), window)
}

/// The second person agrees to what waits.
pub fn agrees(second: &mut Walk<'_>) {
    second.go("/staff/proposals");
    does(second, "agree");
}

fn signs_in_as(running: &Running, card: Staff, window: Window) -> Walk<'_> {
    let mut desk = Walk::begin(running, window, String::new());
    desk.go("/staff/sign-in");
    desk.types(&[("name", &card.name), ("password", &card.password)]);
    desk.goes_on();
    desk.types(&[("code", &running.desks.proof_of(&card.name))]);
    desk.goes_on();
    desk.go("/staff/familiar");
    desk.browser.tick("read");
    desk.goes_on();
    desk
}

/// The responsible person signs in, and sees the board.
pub fn the_desk(running: &Running, window: Window) -> Walk<'_> {
    let mut desk = signs_in(running, "responsible", window);
    desk.go("/staff/requests");
    desk
}

/// A letter is entered; gives the reference.
pub fn a_letter(desk: &mut Walk<'_>, kind: &str, sender: &str, words: &str) -> String {
    desk.go("/staff/requests/new");
    desk.browser.tick("channel");
    desk.browser.tick(&format!("kind-{kind}"));
    desk.types(&[
        ("sender", sender),
        ("sender_address", "Almaty, Abay 1, 050000"),
        ("message", words),
    ]);
    desk.goes_on();
    let url = desk.browser.url();
    let reference = url.rsplit('/').next().unwrap_or_default().to_owned();
    assert!(reference.starts_with("SQ-"), "{}", desk.browser.text());
    reference
}

/// Does what the button of that step does.
pub fn does(desk: &mut Walk<'_>, step: &str) {
    desk.press(&format!("button[value={step}]"));
}

/// Writes the answer down, reads it once more and gives it.
pub fn answers(desk: &mut Walk<'_>, words: &str) {
    does(desk, "read");
    desk.types(&[("answer", words)]);
    does(desk, "draft");
    assert!(
        desk.browser.text().contains(words),
        "the answer is shown once more"
    );
    does(desk, "answer");
}

/// What was not as it must be on the way of two people.
pub fn objections_of(one: &mut Walk<'_>, other: &mut Walk<'_>) -> Vec<String> {
    let objections = one.objections.drain(..);
    objections.chain(other.objections.drain(..)).collect()
}
