//! Clause 5.1.5: the auditor reads the ledger in a browser, goes from an entry to everything about the same person, and
//! verifies it from there.

use super::asking::signs_in;
use super::harness::{Running, Visitor, Window};
use super::s6_3_second_copy::buys_as;

#[test]
fn the_auditor_reads_verifies_and_learns_nobodys_name() {
    let running = Running::demo(&[]);
    let mut buyer = Visitor::at(&running.url);
    let reference = buys_as(&mut buyer, &running, "audited@example.com", true);
    for (language, script) in [("kk", true), ("ru", false), ("en", true)] {
        let window = Window {
            language,
            ..if script {
                Window::narrow()
            } else {
                Window::without_script()
            }
        };
        let mut auditor = signs_in(&running, "auditor", window);
        auditor.go("/staff/cases");
        assert!(
            auditor.browser.url().ends_with("/staff/audit"),
            "the ledger is the desk"
        );
        auditor.go("/staff/audit?outcome=done&clause=1.2");
        let seen = auditor.browser.text();
        assert!(!seen.contains("audited@") && !seen.contains("Дана"), "{seen}");
        auditor.press("main article a[href*='of=']");
        assert!(auditor.browser.has("main article"), "{}", auditor.browser.text());
        auditor.press("button[value=verify]");
        assert!(auditor.browser.has("[role=status]"), "{}", auditor.browser.text());
        auditor.go("/staff/audit?from=yesterday");
        assert!(auditor.browser.has("#from-wrong"), "{}", auditor.browser.text());
        auditor.go(&format!("/staff/cases/{reference}"));
        assert_eq!(auditor.objections, Vec::<String>::new());
    }
    let mut sales = signs_in(&running, "sales", Window::desk());
    sales.go("/staff/audit");
    assert!(!sales.browser.has("main article"), "it is nobody else's");
}
