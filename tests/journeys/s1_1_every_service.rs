//! Clauses 1.1.1, 1.1.4, 1.1.5, 2.2.8, 2.2.9, 2.2.10 and 2.2.11: the other services as people use them, in a real browser,
//! in each language: an application on several pages with a mistake in it, a place at an event, a question with a card
//! number in it, an entry in the service desk; and what the desks then see.

use super::harness::{Running, Walk, Window};

/// Answers the questions, agrees to what the service needs, and types the code; gives the reference.
fn comes_in(walk: &mut Walk<'_>, consents: &[&str]) -> String {
    walk.goes_on();
    assert!(
        !walk.browser.has("input[type=checkbox]:checked"),
        "no box is ticked beforehand"
    );
    for consent in consents {
        walk.browser.tick(&format!("consent-{consent}"));
    }
    walk.goes_on();
    assert!(
        walk.browser.url().contains("/confirm/"),
        "{}",
        walk.browser.text()
    );
    walk.confirms()
}

/// 1.1.5, 2.2.11: a page for each group of questions; a period that ends before it begins is found where it was typed.
fn applies(walk: &mut Walk<'_>) -> String {
    walk.go("/services");
    walk.go("/services/vacancy-application");
    walk.go("/services/vacancy-application/accountant");
    walk.types(&[("last_name", "Серікбаева"), ("first_name", "Назым")]);
    walk.goes_on();
    let email = walk.email.clone();
    walk.types(&[("email", &email), ("cell_phone", "8 701 555 44 33")]);
    walk.goes_on();
    walk.types(&[("city", "Астана")]);
    walk.goes_on();
    walk.types(&[
        ("education-1-from", "2014"),
        ("education-1-to", "2010"),
        ("education-1-institution", "Example University"),
        ("education-1-speciality", "accounting"),
    ]);
    walk.goes_on();
    assert!(
        walk.browser.has("#education-1-to-wrong"),
        "{}",
        walk.browser.text()
    );
    walk.types(&[("education-1-from", "2010"), ("education-1-to", "2014")]);
    walk.goes_on();
    walk.goes_on();
    let seen = walk.browser.text();
    for part in ["2010", "2014", "Example University", "accounting"] {
        assert!(seen.contains(part), "{part} in {seen}");
    }
    comes_in(walk, &["recruitment"])
}

/// 2.2.9: a place at an event.
fn signs_up(walk: &mut Walk<'_>) -> String {
    walk.go("/services/event-registration");
    walk.go("/services/event-registration/cad-course");
    let email = walk.email.clone();
    walk.types(&[
        ("last_name", "Ахметов"),
        ("first_name", "Данияр"),
        ("email", &email),
    ]);
    walk.goes_on();
    comes_in(walk, &["identification", "event"])
}

/// 2.2.8: a question; the number of a card in it is covered before the page shows it again.
fn asks(walk: &mut Walk<'_>) -> String {
    walk.go("/services/question");
    let email = walk.email.clone();
    let message = "Was 4111 1111 1111 1111 charged twice?";
    walk.types(&[("email", &email), ("message", message)]);
    walk.goes_on();
    let seen = walk.browser.text();
    assert!(
        seen.contains("•••• •••• •••• ••••") && !seen.contains("4111"),
        "{seen}"
    );
    comes_in(walk, &["identification", "question"])
}

/// 1.1.4, 2.2.10: somebody whose organization has a contract.
fn registers(walk: &mut Walk<'_>) -> String {
    walk.go("/services/partner");
    let email = walk.email.clone();
    walk.types(&[
        ("last_name", "Ким"),
        ("first_name", "Алина"),
        ("email", &email),
        ("organization", "Example LLP"),
    ]);
    walk.goes_on();
    comes_in(walk, &["identification", "service-desk"])
}

/// The desk lists the case without a name, and opens it for its purpose only.
fn the_desk_sees(running: &Running, role: &str, purpose: &str, reference: &str) {
    let mut staff = running.at_desk(role, "en");
    let list = staff.get("/staff/cases").text();
    assert!(list.contains(reference), "{role}: {list}");
    let asked = staff.get(&format!("/staff/cases/{reference}"));
    let other = staff.submit(&asked, &[("purpose", "2.2.7")]);
    assert_ne!(other.answer.status, 200, "{role}: another purpose, no look");
    let opened = staff.submit(&asked, &[("purpose", purpose)]);
    assert_eq!(opened.answer.status, 200, "{role}: {}", opened.text());
}

/// A way through a service, the desk that works on it, and for which purpose.
type Way = (fn(&mut Walk<'_>) -> String, &'static str, &'static str);

#[test]
fn people_come_in_by_every_service_in_any_browser_and_language() {
    const WAYS: [Way; 4] = [
        (applies, "recruiter", "2.2.11"),
        (signs_up, "events", "2.2.9"),
        (asks, "support", "2.2.8"),
        (registers, "service-desk", "2.2.10"),
    ];
    let mut running = Running::demo(&[]);
    let kazakh = Window {
        language: "kk",
        ..Window::narrow()
    };
    let russian = Window {
        language: "ru",
        ..Window::without_script()
    };
    let windows = [kazakh, russian, Window::desk(), kazakh];
    let mut objections = Vec::new();
    for (number, ((way, role, purpose), window)) in WAYS.into_iter().zip(windows).enumerate() {
        let email = format!("walker{number}@example.kz");
        let mut walk = Walk::begin(&running, window, email);
        let reference = way(&mut walk);
        the_desk_sees(&running, role, purpose, &reference);
        objections.extend(walk.objections);
    }
    assert_eq!(objections, Vec::<String>::new());
    assert!(running.stop().success());
}
