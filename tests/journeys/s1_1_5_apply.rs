//! Clauses 1.1.5, 1.3 and 2.2.11: somebody applies for a vacancy, in each language, with and without a script and by the keyboard:
//! places of study and work are rows that come and go, a mistake in the second row is found where it was typed, and the page that
//! asks for a check shows every part by its name. What was written about private life is not there for the recruiter until somebody
//! invites the person to an interview; from then on it is.

use super::asking::signs_in;
use super::harness::{Running, Walk, Window, wait_for};

/// What one applicant writes.
struct Words {
    institution: &'static str,
    position: &'static str,
    hobbies: &'static str,
    still: &'static str,
}

fn first_pages(walk: &mut Walk<'_>) {
    walk.go("/services/vacancy-application/accountant");
    walk.types(&[("last_name", "Серікбаева"), ("first_name", "Назым")]);
    walk.goes_on();
    let email = walk.email.clone();
    walk.types(&[("email", &email), ("cell_phone", "8 701 555 44 33")]);
    walk.goes_on();
    walk.types(&[("city", "Астана")]);
    walk.goes_on();
}

/// The button that adds a row, by the mouse or, with the keyboard alone, by the key that goes to it.
fn adds_a_row(walk: &mut Walk<'_>, field: &str, by_keyboard: bool) {
    let button = format!("button[value=\"add-row-{field}\"]");
    if by_keyboard {
        walk.browser.press_key_at(&button, "\u{e007}");
    } else {
        walk.press(&button);
    }
    assert!(
        walk.browser.has(&format!("#{field}-2-from")),
        "{}",
        walk.browser.text()
    );
    let there = walk.browser.url();
    assert!(there.ends_with(&format!("#{field}-2-from")), "{there}");
}

fn study_and_work(walk: &mut Walk<'_>, words: &Words, by_keyboard: bool) {
    assert!(
        walk.browser.has("#education-1") && !walk.browser.has("#education-2"),
        "one empty row first"
    );
    walk.types(&[
        ("education-1-from", "2006"),
        ("education-1-to", "06.2010"),
        ("education-1-institution", words.institution),
        ("experience-1-from", "09.2015"),
        ("experience-1-to", words.still),
        ("experience-1-organization", "Example LLP"),
        ("experience-1-position", words.position),
    ]);
    adds_a_row(walk, "education", by_keyboard);
    assert_eq!(walk.browser.value("education-1-institution"), words.institution);
    assert_eq!(walk.browser.value("experience-1-position"), words.position);
    walk.types(&[
        ("education-2-from", "2014"),
        ("education-2-to", "2010"),
        ("education-2-institution", "Second"),
    ]);
    walk.goes_on();
    assert!(
        walk.browser.has("#education-2-to-wrong"),
        "{}",
        walk.browser.text()
    );
    assert!(!walk.browser.has("#education-1-to-wrong"));
    assert!(walk.browser.has(".problems a[href='#education-2-to']"));
    walk.press("button[value=\"remove-row-education-1\"]");
    assert_eq!(walk.browser.value("education-1-institution"), "Second");
    walk.press("button[value=\"add-row-education\"]");
    walk.types(&[
        ("education-1-to", "2016"),
        ("education-2-from", "2006"),
        ("education-2-to", "06.2010"),
        ("education-2-institution", words.institution),
    ]);
    if by_keyboard {
        // An Enter key in a field goes on, and takes no row away.
        walk.browser.press_key_at("#education-2-institution", "\u{e007}");
        walk.look_around();
    } else {
        walk.goes_on();
    }
    assert!(walk.browser.has("#hobbies"), "{}", walk.browser.text());
}

/// Applies, and gives the reference.
fn applies(walk: &mut Walk<'_>, words: &Words, by_keyboard: bool) -> String {
    first_pages(walk);
    study_and_work(walk, words, by_keyboard);
    walk.types(&[("hobbies", words.hobbies), ("children", "2")]);
    walk.goes_on();
    let seen = walk.browser.text();
    for said in [words.institution, "Second", words.position, "06.2010", "09.2015"] {
        assert!(seen.contains(said), "{said} in {seen}");
    }
    walk.goes_on();
    assert!(
        !walk.browser.has("input[type=checkbox]:checked"),
        "no box is ticked beforehand"
    );
    walk.browser.tick("consent-recruitment");
    walk.goes_on();
    walk.confirms()
}

fn opens(desk: &mut Walk<'_>, reference: &str) -> String {
    desk.go(&format!("/staff/cases/{reference}"));
    let recruitment = desk
        .browser
        .run("return document.querySelector('input[value=\"2.2.11\"]').id");
    desk.browser.tick(recruitment.as_str().unwrap_or_default());
    desk.goes_on();
    desk.browser.text()
}

fn invites(desk: &mut Walk<'_>, reference: &str) {
    desk.go(&format!("/staff/cases/{reference}/decide"));
    let invitation = desk
        .browser
        .run("return document.querySelector('input[value=\"invite-to-interview\"]').id");
    desk.browser.tick(invitation.as_str().unwrap_or_default());
    desk.goes_on();
    assert!(desk.browser.text().contains(reference), "{}", desk.browser.text());
}

/// Nothing private before the invitation, and all of it after.
fn hidden_and_then_not(running: &Running, desk: &mut Walk<'_>, reference: &str, of: (&Words, &str)) {
    let (words, email) = of;
    let closed = opens(desk, reference);
    assert!(
        closed.contains(words.institution) && closed.contains("Institution"),
        "{closed}"
    );
    for hidden in ["Hobbies", "Number of children", words.hobbies] {
        assert!(
            !closed.contains(hidden),
            "{hidden} before the invitation: {closed}"
        );
    }
    assert!(
        !desk.browser.has("input[name=field][value=hobbies]"),
        "there is nothing to ask for"
    );

    invites(desk, reference);
    // No other letter leads to that page.
    let newest = || Some(running.letter_to(email)).filter(|letter| letter.contains("/taken/"));
    let told = wait_for("the letter about the invitation", newest);
    for said in ["nterview", "обеседован", "ңгімелес"] {
        assert!(!told.contains(said), "{told}");
    }
    let opened = opens(desk, reference);
    assert!(
        opened.contains("Hobbies") && opened.contains("Number of children"),
        "{opened}"
    );
    desk.press("form:has(input[value=hobbies]) button");
    let read = desk.browser.text();
    assert!(read.contains(words.hobbies), "{read}");
}

#[test]
fn an_application_has_rows_and_private_life_waits_for_the_interview() {
    let mut running = Running::demo(&[]);
    let kazakh = Window {
        language: "kk",
        ..Window::without_script()
    };
    let russian = Window {
        language: "ru",
        ..Window::narrow()
    };
    let words = |institution, position, hobbies, still| Words {
        institution,
        position,
        hobbies,
        still,
    };
    let ways = [
        (
            kazakh,
            words("Мысал университеті", "Есепші", "Бүркітшілік", "қазір"),
            false,
        ),
        (
            russian,
            words("Пример университет", "Бухгалтер", "Соколиная охота", "сейчас"),
            true,
        ),
        (
            Window::desk(),
            words("Example University", "Bookkeeper", "Falconry", "now"),
            true,
        ),
    ];
    let mut desk = signs_in(&running, "recruiter", Window::desk());
    for (number, (window, words, by_keyboard)) in ways.into_iter().enumerate() {
        let email = format!("applicant{number}@example.kz");
        let mut walk = Walk::begin(&running, window, email.clone());
        let reference = applies(&mut walk, &words, by_keyboard);

        hidden_and_then_not(&running, &mut desk, &reference, (&words, &email));

        walk.go(&format!("/taken/{reference}"));
        walk.go("/my");
        assert!(walk.browser.text().contains(words.institution));
        walk.go("/my/change/education");
        assert_eq!(walk.browser.value("education-1-institution"), "Second");
        assert_eq!(walk.objections, Vec::<String>::new());
    }
    assert_eq!(desk.objections, Vec::<String>::new());
    assert!(running.stop().success());
}
