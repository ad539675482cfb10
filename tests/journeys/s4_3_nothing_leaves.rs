//! Clauses 4.3 and 1.4: nothing is sent abroad, and no page lets a browser ask anybody but us. The open pages are
//! looked at in three languages, among them wide and narrow, light and dark; axe-core finds nothing to object to.

use super::harness::{Browser, Running, Window};

/// The pages that everybody can open.
const PAGES: [&str; 3] = ["/", "/policy", "/staff/sign-in"];

/// Opens every page in a window and returns what there is to object to.
fn objections(running: &Running, window: Window) -> Vec<String> {
    let browser = Browser::open(window);
    let mut found = Vec::new();
    for path in PAGES {
        let place = format!("{path} in {window:?}");
        browser.goto(&format!("{}{path}", running.url));
        found.extend(
            browser
                .strange_requests(&running.url)
                .into_iter()
                .map(|url| format!("{place} asks {url}")),
        );
        found.extend(
            browser
                .violations()
                .into_iter()
                .map(|violation| format!("{place}: {violation}")),
        );
        if !browser.fits() {
            found.push(format!("{place} must be scrolled sideways"));
        }
    }
    found
}

#[test]
fn open_pages_ask_nobody_else_in_any_browser() {
    let running = Running::demo(&[]);
    let mut found = Vec::new();
    for (language, window, dark) in [
        ("kk", Window::narrow(), false),
        ("ru", Window::desk(), true),
        ("en", Window::narrow(), true),
    ] {
        found.extend(objections(
            &running,
            Window {
                language,
                dark,
                ..window
            },
        ));
    }
    assert_eq!(found, Vec::<String>::new());
}
