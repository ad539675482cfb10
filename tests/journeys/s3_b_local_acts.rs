//! Clauses 3 and 5.1.2: the operator's charter, orders and rules are registered, with version, date and position of who adopted
//! them; nothing of them is ever changed, and everybody can read those that are published.

use std::path::Path;

use super::asking::the_desk;
use super::harness::{Running, Visitor, Walk, Window};

/// A file on the disk of whoever enters it.
fn a_file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a file");
    path.to_str().expect("a path").to_owned()
}

#[test]
fn documents_are_entered_replaced_and_read_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    let files = tempfile::tempdir().expect("a folder");
    for (place, language) in ["kk", "ru", "en"].into_iter().enumerate() {
        let window = Window {
            language,
            ..Window::narrow()
        };
        let mut desk = the_desk(&running, window);
        walked(&mut desk, files.path(), place * 2 + 1);
        assert_eq!(desk.objections, [""; 0]);
    }
    taken_off(&running);
    what_is_public(&running);
    let log = running.log();
    assert!(
        !log.contains("director") && !log.contains("words-of-"),
        "no log holds it"
    );
    assert!(running.stop().success());
}

/// An internal document is entered, and a public one in its place.
fn walked(desk: &mut Walk<'_>, files: &Path, number: usize) {
    desk.press("main a[href='/staff/local-acts']");
    desk.press("main a[href='/staff/local-acts/new']");
    let fake = a_file(files, "fake.pdf", "<script>alert(1)</script>");
    desk.types(&[
        ("title", "of dana@example.com"),
        ("version", "1"),
        ("scan", &fake),
    ]);
    desk.goes_on();
    assert!(
        desk.browser.has(".problems a[href='#scan']"),
        "{}",
        desk.browser.text()
    );
    assert!(
        desk.browser.has(".problems a[href='#title']"),
        "{}",
        desk.browser.text()
    );
    assert_eq!(desk.browser.value("version"), "1", "what was typed stays");
    for (number, is_public) in [(number, false), (number + 1, true)] {
        let content = format!("%PDF-1.7\nwords-of-{number}\n%%EOF\n");
        let file = a_file(files, "rules.pdf", &content);
        desk.go("/staff/local-acts/new");
        desk.browser.tick("kind-rules");
        desk.types(&[
            ("title", "Rules for the protection of personal data"),
            ("document", &format!("№ {number}-P")),
            ("version", &number.to_string()),
            ("adopted_on", "2026-01-12"),
            ("approver", "director"),
            ("in_force_since", "2026-01-15"),
            ("scan", &file),
        ]);
        if is_public {
            desk.browser.tick("public");
            desk.types(&[("replaces", &(number - 1).to_string())]);
        }
        desk.goes_on();
        assert!(
            desk.browser.url().ends_with("/staff/local-acts"),
            "{}",
            desk.browser.text()
        );
    }
    let text = desk.browser.text();
    for said in [format!("№ {number}-P"), format!("№ {}-P", number + 1)] {
        assert!(text.contains(&said), "{said}: {text}");
    }
    desk.go("/documents");
    let path = format!("main a[href='/documents/{}']", number + 1);
    assert!(desk.browser.has(&path), "{}", desk.browser.text());
}

/// The first public document is taken off the site.
fn taken_off(running: &Running) {
    let mut desk = the_desk(running, Window::narrow());
    desk.go("/staff/local-acts");
    desk.press("main a[href='/staff/local-acts/2/hide']");
    desk.goes_on();
    assert!(
        desk.browser.url().ends_with("/staff/local-acts"),
        "{}",
        desk.browser.text()
    );
    assert!(!desk.browser.has("main a[href='/staff/local-acts/2/hide']"));
    assert!(
        desk.browser.has("main a[href='/staff/local-acts/2/file']"),
        "it stays"
    );
    desk.go("/documents");
    assert!(!desk.browser.has("main a[href='/documents/2']"));
    assert_eq!(desk.objections, [""; 0]);
}

/// Everybody gets what is published, as a file to keep; nobody else gets the rest.
fn what_is_public(running: &Running) {
    let mut stranger = Visitor::at(&running.url);
    let mut desk = running.at_desk("auditor", "en");
    for number in 1..=6 {
        let content = format!("%PDF-1.7\nwords-of-{number}\n%%EOF\n");
        let page = stranger.get(&format!("/documents/{number}"));
        if number % 2 == 1 || number == 2 {
            assert_eq!(page.answer.status, 404, "{number}");
        } else {
            assert_eq!(page.answer.body, content.as_bytes());
            let disposition = page.answer.header("content-disposition").unwrap_or_default();
            assert!(disposition.starts_with("attachment"), "{disposition}");
            assert_eq!(page.answer.header("x-content-type-options"), Some("nosniff"));
        }
        let read = desk.get(&format!("/staff/local-acts/{number}/file"));
        assert_eq!(read.answer.body, content.as_bytes());
        let closed = stranger.get(&format!("/staff/local-acts/{number}/file"));
        assert!(closed.url.contains("/staff/sign-in"));
    }
    let page = stranger.get("/policy");
    assert!(!page.links("/documents").is_empty(), "the policy leads there");
    assert_eq!(desk.get("/staff/local-acts/new").answer.status, 404);
}
