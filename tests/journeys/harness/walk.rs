//! One person in one browser, and what every page of the way is held to: nobody else is asked, nothing must be scrolled
//! sideways, and the accessibility rules have no objection.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::{Browser, Running, Window, wait_for};

/// The kinds of pages that were judged.
static JUDGED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The button that goes on.
pub const PRIMARY: &str = "main button.go";

/// A person on the way.
pub struct Walk<'a> {
    /// The program.
    pub running: &'a Running,
    /// The browser.
    pub browser: Browser,
    /// Where letters go.
    pub email: String,
    /// What was visited, for a look at the addresses.
    pub visited: Vec<String>,
    /// What was not as it must be.
    pub objections: Vec<String>,
    window: Window,
}

impl<'a> Walk<'a> {
    /// Opens a browser for somebody.
    pub fn begin(running: &'a Running, window: Window, email: String) -> Self {
        Self {
            running,
            browser: Browser::open(window),
            email,
            visited: Vec::new(),
            objections: Vec::new(),
            window,
        }
    }

    /// Goes there.
    pub fn go(&mut self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.running.url));
        self.look();
    }

    /// Presses that.
    pub fn press(&mut self, selector: &str) {
        self.browser.press_at(selector);
        self.look();
    }

    /// Goes on.
    pub fn goes_on(&mut self) {
        self.press(PRIMARY);
    }

    /// Fills in fields.
    pub fn types(&mut self, values: &[(&str, &str)]) {
        for (field, value) in values {
            self.browser.fill(field, value);
        }
    }

    /// Looks at the page as after every step: for a step that was not pressed here.
    pub fn look_around(&mut self) {
        self.look();
    }

    fn look(&mut self) {
        let url = self.browser.url();
        let strange = self.browser.strange_requests(&self.running.url);
        self.objections
            .extend(strange.iter().map(|asked| format!("{url} asks {asked}")));
        if self.window.script {
            if self.is_new() {
                let violations = self.browser.violations();
                self.objections
                    .extend(violations.iter().map(|violation| format!("{url}: {violation}")));
            }
            if !self.browser.fits() {
                self.objections.push(format!("{url} must be scrolled sideways"));
            }
        }
        self.visited.push(url);
    }

    /// Whether no walk has had this kind of page judged yet, in this language: every state of every page is judged by `every_page`,
    /// where the window is narrow.
    fn is_new(&self) -> bool {
        let wrong = self.browser.has(".problems");
        let kind = format!("{} {wrong} {}", self.browser.title(), self.window.language);
        let mut judged = JUDGED.lock().unwrap_or_else(PoisonError::into_inner);
        judged.insert(kind)
    }

    /// The code of the newest letter, other than one that was used already.
    pub fn code_other_than(&self, used: &str) -> String {
        wait_for("a new code", || {
            Some(self.running.code_for(&self.email)).filter(|code| code != used)
        })
    }

    /// Types the code of the newest letter, after which what was sent is taken in; gives its reference.
    pub fn confirms(&mut self) -> String {
        let code = self.code_other_than("");
        self.types(&[("code", &code)]);
        self.goes_on();
        let url = self.browser.url();
        assert!(url.contains("/taken/"), "{}", self.browser.text());
        url.rsplit('/').next().expect("a reference").to_owned()
    }
}
