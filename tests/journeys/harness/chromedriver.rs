//! One chromedriver for the whole test binary, and sessions in it by the WebDriver protocol (W3C), over plain HTTP on
//! the loopback. The last session takes the driver with it, and the driver's group takes the browsers.

use std::cell::Cell;
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::http::exchange;
use super::process::Guarded;

/// More browsers than this at a time would only wait for each other.
const SESSIONS_MAX: usize = 2;

/// The key of an element's number in the protocol.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keeps the browser to itself: no look-ups and no updates of its own, so that what leaves is what the page sends.
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--mute-audio",
];

/// The running driver.
struct Driver {
    url: String,
    // Held so that it ends with the last session.
    _process: Guarded,
}

/// How many sessions are open, and the driver if there are any.
struct Shared {
    driver: Mutex<Weak<Driver>>,
    open: Mutex<usize>,
    closed: Condvar,
}

static SHARED: Shared = Shared {
    driver: Mutex::new(Weak::new()),
    open: Mutex::new(0),
    closed: Condvar::new(),
};

thread_local! {
    /// Sessions that this journey has open.
    static OWN: Cell<usize> = const { Cell::new(0) };
}

/// A place among the open sessions, given back when dropped.
struct Place;

impl Place {
    /// Waits for a free one; not in a journey that has a session open: two such would wait for each other for ever.
    fn take() -> Self {
        let own = OWN.replace(OWN.get() + 1);
        let open = SHARED.open.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = SHARED
            .closed
            .wait_while(open, |open| own == 0 && *open >= SESSIONS_MAX);
        *waited.unwrap_or_else(PoisonError::into_inner) += 1;
        Self
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        OWN.set(OWN.get().saturating_sub(1));
        *SHARED.open.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        SHARED.closed.notify_all();
    }
}

/// The driver that runs, or a new one.
fn driver() -> Arc<Driver> {
    let mut shared = SHARED.driver.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(driver) = shared.upgrade() {
        return driver;
    }
    let process = Guarded::start(Command::new("chromedriver").arg("--port=0").stderr(Stdio::null()));
    let port = loop {
        let line = process.line().expect("chromedriver says its port");
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            break port.trim_end_matches('.').to_owned();
        }
    };
    let driver = Arc::new(Driver {
        url: format!("http://127.0.0.1:{port}"),
        _process: process,
    });
    *shared = Arc::downgrade(&driver);
    driver
}

/// An open browser window. Fields are dropped in order: first the profile folder, the driver, then the place.
pub struct Session {
    url: String,
    _profile: TempDir,
    _driver: Arc<Driver>,
    _place: Place,
}

impl Session {
    /// Opens a browser with preferences of Chromium's and further flags.
    pub fn open(preferences: &Value, flags: &[String]) -> Self {
        let place = Place::take();
        let driver = driver();
        let profile = tempfile::tempdir().expect("a folder for the browser's profile");
        let mut all: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        all.push(format!("--user-data-dir={}", profile.path().display()));
        all.extend_from_slice(flags);
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": all, "prefs": preferences },
            "goog:loggingPrefs": { "performance": "ALL" },
        } } });
        let said = ask("POST", &format!("{}/session", driver.url), &wanted).expect("a browser opens");
        let id = said["sessionId"].as_str().expect("a session has a number");
        Self {
            url: format!("{}/session/{id}", driver.url),
            _profile: profile,
            _driver: driver,
            _place: place,
        }
    }

    /// Asks the driver for something of this session; `Err` is the driver's own word for what went wrong.
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        ask(method, &format!("{}{path}", self.url), body)
    }

    /// Sends a command that has no reason to fail.
    pub fn must(&self, method: &str, path: &str, body: &Value) -> Value {
        self.ask(method, path, body)
            .unwrap_or_else(|error| panic!("{method} {path} {body}: {error}"))
    }

    /// The elements that a selector finds; `using` is `css selector` or `xpath`.
    pub fn find(&self, using: &str, selector: &str) -> Vec<String> {
        let found = self.must("POST", "/elements", &json!({ "using": using, "value": selector }));
        let number = |element: &Value| element[ELEMENT].as_str().map(str::to_owned);
        found
            .as_array()
            .map(|found| found.iter().filter_map(number).collect())
            .unwrap_or_default()
    }

    /// A command of Chromium's own protocol.
    pub fn chromium(&self, command: &str, parameters: &Value) -> Value {
        self.must(
            "POST",
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        )
    }

    /// What has happened in the window since the last time somebody asked, as events of Chromium's protocol.
    pub fn events(&self) -> Vec<Value> {
        let said = self.must("POST", "/se/log", &json!({ "type": "performance" }));
        let event = |line: &Value| -> Option<Value> {
            let inner: Value = serde_json::from_str(line["message"].as_str()?).ok()?;
            Some(inner["message"].clone())
        };
        said.as_array()
            .map(|lines| lines.iter().filter_map(event).collect())
            .unwrap_or_default()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _closed = ask("DELETE", &self.url, &Value::Null);
    }
}

/// One exchange with the driver.
fn ask(method: &str, url: &str, body: &Value) -> Result<Value, String> {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let headers = [("Content-Type", "application/json; charset=utf-8")];
    let answer = exchange(method, url, &headers, body.as_bytes()).map_err(|error| error.to_string())?;
    let said: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    match said["value"]["error"].as_str() {
        Some(error) => Err(format!(
            "{error}: {}",
            said["value"]["message"].as_str().unwrap_or_default()
        )),
        None => Ok(said["value"].clone()),
    }
}
