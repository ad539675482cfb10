//! What axe-core finds on a page (WCAG 2.2 A and AA). The script is fetched by `cargo xtask tools` and is not part of
//! the repository.

use std::fmt;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::browser::Browser;
use super::program::profile_folder;

/// A rule that a page breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule's name.
    pub rule: String,
    /// What to do.
    pub help: String,
    /// The elements, as selectors.
    pub elements: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {} ({})", self.rule, self.help, self.elements.join(", "))
    }
}

impl Browser {
    /// Lets axe-core look at the page. Needs a window with scripts.
    pub fn violations(&self) -> Vec<Violation> {
        if self.run("return typeof axe") == "undefined" {
            let script = std::fs::read_to_string(script_file())
                .expect("axe-core is not there; run `cargo xtask tools` once");
            self.run(&script);
        }
        let call = "const done = arguments[arguments.length - 1]; \
            axe.run(document, { resultTypes: ['violations'], runOnly: { type: 'tag', values: \
            ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } }) \
            .then(result => done(result.violations), error => done(String(error)));";
        let said = self
            .session
            .must("POST", "/execute/async", &json!({ "script": call, "args": [] }));
        let Some(found) = said.as_array() else {
            panic!("axe-core did not run: {said}")
        };
        found.iter().map(violation).collect()
    }
}

/// Reads one violation from axe-core's report.
fn violation(said: &Value) -> Violation {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let nodes = said["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let elements = nodes.iter().map(|node| text(&node["target"][0])).collect();
    Violation {
        rule: text(&said["id"]),
        help: text(&said["help"]),
        elements,
    }
}

/// Where the script lies: where the workshop said, or where it always puts it.
fn script_file() -> PathBuf {
    std::env::var_os("SANDYQ_TEST_AXE").map_or_else(
        || profile_folder().join("../tools/axe-core-4.14.1/package/axe.min.js"),
        PathBuf::from,
    )
}
