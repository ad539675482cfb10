//! Every page in every state that it can be in, an error or an empty list too, rendered with samples in three languages: nothing to
//! object to for axe-core (WCAG 2.2 A and AA), and nothing to scroll sideways at 320 pixels. The test of the pages' structure
//! writes them (`SANDYQ_PAGES`); here they are looked at in a browser, dressed by the program's own style sheet.

use std::path::PathBuf;

use super::harness::{Browser, Running, Window, pages_folder};

/// Fewer would mean that the folder is not whole.
const PAGES_MIN: usize = 170;

fn pages_in(language: &str) -> Vec<PathBuf> {
    let folder = pages_folder();
    let ending = format!(".{language}.html");
    let found = std::fs::read_dir(&folder).unwrap_or_else(|error| {
        panic!(
            "no pages in {}: {error}; run: SANDYQ_PAGES={} cargo test --workspace --lib -- samples",
            folder.display(),
            folder.display()
        )
    });
    let mut pages: Vec<PathBuf> = found
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(&ending))
        .collect();
    pages.sort();
    assert!(pages.len() >= PAGES_MIN, "only {} pages", pages.len());
    pages
}

fn nobody_objects_in(language: &'static str) {
    let running = Running::demo(&[]);
    let browser = Browser::open(Window {
        language,
        ..Window::narrow()
    });
    browser.goto_to_write(&running.url);
    let mut objections = Vec::new();
    for page in pages_in(language) {
        let name = page
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        browser.shows(&std::fs::read_to_string(&page).expect("a page"));
        let found = browser.violations();
        objections.extend(found.iter().map(|violation| format!("{name}: {violation}")));
        if !browser.fits() {
            objections.push(format!("{name} must be scrolled sideways"));
        }
    }
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

#[test]
fn in_kazakh_nothing_is_objected_to_in_any_browser() {
    nobody_objects_in("kk");
}

#[test]
fn in_russian_nothing_is_objected_to_in_any_browser() {
    nobody_objects_in("ru");
}

#[test]
fn in_english_nothing_is_objected_to_in_any_browser() {
    nobody_objects_in("en");
}
