//! A device that holds passkeys: the virtual authenticator of WebDriver (Web Authentication, level 3, 11). The browser and the
//! device are Chromium's; what they say is judged by the program.

use serde_json::{Value, json};

use super::Browser;

/// A device, built into the machine in which a browser runs.
pub struct Device {
    path: String,
}

impl Device {
    /// Builds one in; its owner is there, and the device knows them.
    pub fn in_browser(browser: &Browser) -> Self {
        let wanted = json!({ "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserConsenting": true, "isUserVerified": true });
        let said = browser.session.must("POST", "/webauthn/authenticator", &wanted);
        let id = said.as_str().expect("the device has a number");
        Self {
            path: format!("/webauthn/authenticator/{id}"),
        }
    }

    /// Whether the device knows from now on who is there.
    pub fn knows_its_owner(&self, browser: &Browser, knows: bool) {
        let said = json!({ "isUserVerified": knows });
        browser.session.must("POST", &format!("{}/uv", self.path), &said);
    }

    /// The passkeys that it holds.
    pub fn passkeys(&self, browser: &Browser) -> Vec<Value> {
        let path = format!("{}/credentials", self.path);
        let said = browser.session.must("GET", &path, &Value::Null);
        said.as_array().cloned().unwrap_or_default()
    }
}
