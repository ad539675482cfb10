//! Clauses 2.2.4, DEF-5: figures about many people lead to nobody. Who works with statistics sees them, rounded, and opens nobody.

use super::asking::signs_in;
use super::harness::{Running, Window};

#[test]
fn figures_are_shown_in_groups_and_open_nobody_in_any_browser_and_language() {
    let mut running = Running::demo(&[]);
    let mut statistics = signs_in(&running, "statistics", Window::narrow());
    for language in ["kk", "ru", "en"] {
        statistics.go(&format!("/staff/cases?lang={language}"));
        statistics.press("a[href='/staff/statistics']");
        let text = statistics.browser.text();
        assert!(text.contains("Алматы"), "{text}");
        let people = statistics.browser.run(
            "return [...document.querySelectorAll('tbody td.number')].map(td => parseInt(td.textContent.match(/\\d+/)[0]))",
        );
        let people: Vec<u64> = people
            .as_array()
            .unwrap()
            .iter()
            .filter_map(serde_json::Value::as_u64)
            .collect();
        let are_groups = people.iter().all(|people| people % 5 == 0 && *people > 0);
        assert!(!people.is_empty() && are_groups, "{people:?}");
    }
    for closed in [
        "/staff/requests",
        "/staff/audit",
        "/staff/search",
        "/staff/retention",
    ] {
        statistics.go(closed);
        let is_shut = !statistics.browser.has("main table, main form, main article");
        assert!(is_shut, "{closed}: {}", statistics.browser.text());
    }
    assert_eq!(statistics.objections, [""; 0]);
    drop(statistics);
    assert!(running.stop().success());
}
