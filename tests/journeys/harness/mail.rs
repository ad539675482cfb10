//! Letters: a real mail server for the program to send to, and what to look for in a letter.

use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::process::Guarded;
use super::wait_for;

/// The server, in Python, so that neither the sender's nor our own code reads what was sent.
const SERVER: &str = include_str!("mail_server.py");

/// A letter as another mail program understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address on the envelope that it came from.
    pub sender: String,
    /// The addresses on the envelope that it goes to.
    pub recipients: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// All headers, decoded.
    pub headers: Vec<(String, String)>,
    /// The plain text.
    pub text: String,
    /// The HTML text, or nothing.
    pub html: String,
    /// What the reader had to put up with.
    pub defects: Vec<String>,
}

/// A mail server that keeps what it gets. Dropping it stops it.
pub struct MailServer {
    _process: Guarded,
    folder: TempDir,
    /// Its port on the loopback.
    pub port: u16,
}

impl MailServer {
    /// Starts a server on a free port.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder for letters");
        // Debian's own Python: the module is a Debian package.
        let process = Guarded::start(
            Command::new("/usr/bin/python3")
                .args(["-c", SERVER])
                .arg(folder.path()),
        );
        let port = process.line().and_then(|line| line.trim().parse().ok());
        Self {
            port: port.expect("the mail server says its port"),
            _process: process,
            folder,
        }
    }

    /// All letters so far, in order.
    pub fn letters(&self) -> Vec<Letter> {
        let entries = std::fs::read_dir(self.folder.path()).expect("the folder is there");
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        paths
            .iter()
            .map(|path| letter(&std::fs::read_to_string(path).expect("a letter can be read")))
            .collect()
    }

    /// Waits for a letter to somebody.
    pub fn letter_to(&self, address: &str) -> Letter {
        wait_for(&format!("a letter to {address}"), || {
            let to = |letter: &Letter| letter.recipients.iter().any(|own| own == address);
            self.letters().into_iter().rev().find(to)
        })
    }
}

/// Reads a letter as the server wrote it.
fn letter(json: &str) -> Letter {
    let said: Value = serde_json::from_str(json).expect("the server writes JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    Letter {
        sender: text(&said["sender"]),
        recipients: list(&said["recipients"]).iter().map(text).collect(),
        subject: text(&said["subject"]),
        headers: list(&said["headers"])
            .iter()
            .map(|pair| (text(&pair[0]), text(&pair[1])))
            .collect(),
        text: text(&said["text"]),
        html: text(&said["html"]),
        defects: list(&said["defects"]).iter().map(text).collect(),
    }
}

/// The one-time code in a letter: the first word of six to eight digits.
pub fn code_in(text: &str) -> Option<String> {
    let words = text.split(|it: char| !it.is_alphanumeric());
    words
        .filter(|word| (6..=8).contains(&word.len()))
        .find(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
}

/// The addresses in a letter that lead to a site.
pub fn links_in(text: &str, site: &str) -> Vec<String> {
    let ends = |it: char| it.is_whitespace() || matches!(it, '"' | '<' | '>' | ')' | '\'');
    let found = text
        .match_indices(site)
        .filter_map(|(place, _)| text[place..].split(ends).next());
    found
        .map(|link| link.trim_end_matches(['.', ',']).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_links_are_found_in_a_letter() {
        let text =
            "On 2026-11-23 you asked (123456789): your code is 042137. See http://127.0.0.1:1/confirm?x=1.";
        assert_eq!(code_in(text).as_deref(), Some("042137"));
        assert_eq!(
            links_in(text, "http://127.0.0.1:1"),
            ["http://127.0.0.1:1/confirm?x=1"]
        );
    }
}
