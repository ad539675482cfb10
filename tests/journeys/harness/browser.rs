//! A browser, spoken to as one would tell a person what to do: by labels and the words on buttons.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::chromedriver::Session;
use super::http;
use super::patience::{look_for, wait_for};

/// How long a click may take to lead away from a page.
const LEAVING: Duration = Duration::from_secs(2);

/// What the window is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Whether scripts run.
    pub script: bool,
    /// Width in CSS pixels.
    pub width: u32,
    /// Whether the person prefers dark pages.
    pub dark: bool,
    /// The preferred language.
    pub language: &'static str,
}

impl Window {
    /// A window on a desk.
    pub const fn desk() -> Self {
        Self {
            script: true,
            width: 1280,
            dark: false,
            language: "en",
        }
    }

    /// The same with scripts switched off.
    pub const fn without_script() -> Self {
        Self {
            script: false,
            ..Self::desk()
        }
    }

    /// As narrow as a page must still fit: 320 pixels (WCAG 2.2, 1.4.10).
    pub const fn narrow() -> Self {
        Self {
            width: 320,
            ..Self::desk()
        }
    }
}

/// A browser window. Dropping it closes it.
pub struct Browser {
    pub(super) session: Session,
    window: Window,
}

impl Browser {
    /// Opens a window with an empty profile.
    pub fn open(window: Window) -> Self {
        let script = if window.script { 1 } else { 2 };
        let preferences = json!({
            "profile.managed_default_content_settings.javascript": script,
            "intl.accept_languages": window.language,
        });
        let flags = [
            format!("--window-size={},900", window.width),
            format!("--lang={}", window.language),
        ];
        let session = Session::open(&preferences, &flags);
        // The window itself cannot be this narrow; the page's view can.
        let view = json!({ "width": window.width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        session.chromium("Emulation.setDeviceMetricsOverride", &view);
        let scheme = if window.dark { "dark" } else { "light" };
        // Without smooth scrolling, so that a click meets what it was meant for.
        let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        let colours = json!({ "name": "prefers-color-scheme", "value": scheme });
        let features = json!({ "features": [colours, still] });
        session.chromium("Emulation.setEmulatedMedia", &features);
        let browser = Self { session, window };
        // What the browser asked for before the first page is no page's doing.
        browser.goto("about:blank");
        browser.requests();
        browser
    }

    /// Opens an address.
    pub fn goto(&self, url: &str) {
        self.session.must("POST", "/url", &json!({ "url": url }));
    }

    /// Puts a document in the place of the page, whatever the page's own rules allow, and waits until it is dressed.
    pub fn shows(&self, html: &str) {
        let script = "const done = arguments[arguments.length - 1]; \
            document.open(); document.write(arguments[0]); document.close(); \
            if (document.readyState === 'complete') done(); else window.addEventListener('load', () => done());";
        let call = json!({ "script": script, "args": [html] });
        self.session.must("POST", "/execute/async", &call);
    }

    /// Opens an address, and lets tests write into its pages.
    pub fn goto_to_write(&self, url: &str) {
        self.session
            .chromium("Page.setBypassCSP", &json!({ "enabled": true }));
        self.goto(url);
    }

    /// Where it is.
    pub fn url(&self) -> String {
        string(&self.session.must("GET", "/url", &Value::Null))
    }

    /// The title of the page.
    pub fn title(&self) -> String {
        string(&self.session.must("GET", "/title", &Value::Null))
    }

    /// The words that one sees.
    pub fn text(&self) -> String {
        self.text_of("body")
    }

    /// The words that one sees in the first element of a CSS selector.
    pub fn text_of(&self, selector: &str) -> String {
        wait_for(&format!("{selector} to stand still"), || {
            let element = self.first(selector);
            let said = self
                .session
                .ask("GET", &format!("/element/{element}/text"), &Value::Null);
            // Between finding and reading, the page may have been replaced.
            said.ok().map(|said| string(&said))
        })
    }

    /// Types into a field, named by its label or by its `name`; what was there is replaced.
    pub fn fill(&self, field: &str, value: &str) {
        let element = self.field(field);
        self.session
            .must("POST", &format!("/element/{element}/clear"), &json!({}));
        self.session.must(
            "POST",
            &format!("/element/{element}/value"),
            &json!({ "text": value }),
        );
    }

    /// What stands in a field.
    pub fn value(&self, field: &str) -> String {
        let element = self.field(field);
        string(
            &self
                .session
                .must("GET", &format!("/element/{element}/property/value"), &Value::Null),
        )
    }

    /// Ticks a box, or takes one of several choices, by its label; an option of a list by its words.
    pub fn choose(&self, label: &str) {
        let words = quoted(label);
        let paths = [
            format!("//label[normalize-space()={words}]"),
            format!("//option[normalize-space()={words}]"),
            format!("//label[starts-with(normalize-space(),{words})]"),
        ];
        self.click_first(&paths, label);
    }

    /// Presses the button with these words.
    pub fn press(&self, words: &str) {
        let words_quoted = quoted(words);
        let paths = [
            format!("//button[normalize-space()={words_quoted}]"),
            format!("//input[@type='submit'][@value={words_quoted}]"),
        ];
        self.leaving(|| self.click_first(&paths, words));
    }

    /// Follows the link with these words.
    pub fn follow(&self, words: &str) {
        let words_quoted = quoted(words);
        let paths = [
            format!("//a[normalize-space()={words_quoted}]"),
            format!("//a[contains(normalize-space(),{words_quoted})]"),
        ];
        self.leaving(|| self.click_first(&paths, words));
    }

    /// Presses the first button of the page's own form.
    pub fn submit(&self) {
        let element = self.first("main form button:not([type=button]), main form input[type=submit]");
        self.leaving(|| self.click(&element));
    }

    /// Presses the first element of a CSS selector, and waits for the page to go: for journeys in every language.
    pub fn press_at(&self, selector: &str) {
        let element = self.first(selector);
        self.leaving(|| self.click(&element));
    }

    /// Puts the focus on the first element of a CSS selector, presses a key there, and waits for the page to go.
    pub fn press_key_at(&self, selector: &str, key: &str) {
        let element = self.first(selector);
        let path = format!("/element/{element}/value");
        self.leaving(|| {
            self.session.must("POST", &path, &json!({ "text": key }));
        });
    }

    /// Ticks the box with that name, by its label.
    pub fn tick(&self, name: &str) {
        let element = self.first(&format!("label[for='{name}']"));
        self.click(&element);
    }

    /// Whether a CSS selector finds anything.
    pub fn has(&self, selector: &str) -> bool {
        !self.session.find("css selector", selector).is_empty()
    }

    /// Presses a key wherever the focus is.
    pub fn press_key(&self, key: &str) {
        let key = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        let keys = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": key }] });
        self.session.must("POST", "/actions", &keys);
    }

    /// Presses the tabulator key and says where the focus is then: tag, and its words, label or name.
    pub fn tab(&self) -> String {
        self.press_key("\u{e004}");
        let words = "const e = document.activeElement; \
            return e.tagName.toLowerCase() + ' ' + (e.innerText || e.getAttribute('aria-label') || e.name || '').trim()";
        string(&self.run(words))
    }

    /// Runs a script in the page and returns what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.session
            .must("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Whether the page can be read without scrolling sideways.
    pub fn fits(&self) -> bool {
        let size = self.run("return [document.documentElement.scrollWidth, window.innerWidth]");
        let width = size[1].as_u64().unwrap_or(0);
        assert_eq!(
            width,
            u64::from(self.window.width),
            "the window has the width that was asked for"
        );
        size[0].as_u64().is_some_and(|scrolled| scrolled <= width)
    }

    /// Saves what one sees as a PNG.
    pub fn screenshot(&self, path: &Path) {
        let picture = string(&self.session.must("GET", "/screenshot", &Value::Null));
        std::fs::write(path, STANDARD.decode(picture).expect("base64")).expect("the picture can be written");
    }

    /// Every address that the window has asked for since the last time this was called.
    pub fn requests(&self) -> Vec<String> {
        let events = self.session.events().into_iter();
        let sent = events.filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.map(|event| string(&event["params"]["request"]["url"]))
            .collect()
    }

    /// The addresses among them that are not of this site: there must be none (clauses 1.4 and 4.3).
    pub fn strange_requests(&self, site: &str) -> Vec<String> {
        let home = http::split(site).0.to_owned();
        let inside = |url: &String| {
            let nowhere = ["data:", "about:", "blob:"]
                .iter()
                .any(|scheme| url.starts_with(scheme));
            nowhere || (url.starts_with("http://") && http::split(url).0 == home)
        };
        self.requests()
            .into_iter()
            .filter(|url| !inside(url))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// The field with this label or this name.
    fn field(&self, field: &str) -> String {
        let words = quoted(field);
        let controls = "*[self::input or self::select or self::textarea]";
        let paths = [
            format!("//{controls}[@name={words}]"),
            format!("//{controls}[@id=//label[normalize-space()={words}]/@for]"),
            format!("//{controls}[@id=//label[starts-with(normalize-space(),{words})]/@for]"),
            format!("//label[starts-with(normalize-space(),{words})]//{controls}"),
        ];
        self.first_of(&paths, field)
    }

    /// The first element of a CSS selector.
    fn first(&self, selector: &str) -> String {
        let found = self.session.find("css selector", selector).into_iter().next();
        found.unwrap_or_else(|| panic!("no {selector} on {}:\n{}", self.url(), self.source()))
    }

    /// The first element that any of the paths finds, tried in order.
    fn first_of(&self, paths: &[String], what: &str) -> String {
        let found = paths
            .iter()
            .find_map(|path| self.session.find("xpath", path).into_iter().next());
        found.unwrap_or_else(|| panic!("no “{what}” on {}:\n{}", self.url(), self.source()))
    }

    /// Does something that leads to another page, and waits until this one is gone. Where it is not gone after a while,
    /// the step did not lead away, and the journey will see that itself.
    fn leaving(&self, step: impl FnOnce()) {
        let page = self.first("html");
        step();
        look_for(LEAVING, || {
            self.session
                .ask("GET", &format!("/element/{page}/name"), &Value::Null)
                .err()
        });
    }

    fn click_first(&self, paths: &[String], what: &str) {
        let element = self.first_of(paths, what);
        self.click(&element);
    }

    /// Clicks what a person would have scrolled to: at the very edge of the window the driver clicks beside it.
    fn click(&self, element: &str) {
        let middle = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})";
        let of = json!({"element-6066-11e4-a52e-4f735466cecf": element});
        self.session
            .must("POST", "/execute/sync", &json!({"script": middle, "args": [of]}));
        self.session
            .must("POST", &format!("/element/{element}/click"), &json!({}));
    }

    /// The page as it is now, for a message.
    fn source(&self) -> String {
        string(&self.session.must("GET", "/source", &Value::Null))
    }
}

/// A text from the driver.
fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A text as a literal of XPath, which has no escapes.
fn quoted(text: &str) -> String {
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    assert!(!text.contains('"'), "both kinds of quotes in {text}");
    format!("\"{text}\"")
}
