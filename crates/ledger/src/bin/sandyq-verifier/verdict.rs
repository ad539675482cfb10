//! The answer, as text and as JSON.

use serde_json::{Map, Value, json};

/// It holds; and what it says.
pub struct Verdict {
    /// What holds.
    pub head: String,
    /// What is known with it: a word for machines, words for people, the value.
    pub lines: Vec<(&'static str, String)>,
    /// What must not be concluded from it.
    pub caution: &'static str,
    /// The whole as JSON members.
    pub members: Map<String, Value>,
}

/// It does not hold, or nothing could be found out.
pub enum Trouble {
    /// The program was called wrongly, or a file cannot be read.
    Usage(String),
    /// It cannot be confirmed with what was given.
    Unconfirmed { why: String, hint: &'static str },
    /// Something was changed.
    Damaged { word: &'static str, why: String },
}

impl Verdict {
    /// As lines for people.
    pub fn text(&self) -> String {
        let lines = self
            .lines
            .iter()
            .map(|(label, line)| format!("  {label:<11} {line}\n"));
        let caution = format!("  {:<11} {}\n", "not shown", self.caution);
        std::iter::once(format!("{}\n", self.head))
            .chain(lines)
            .chain([caution])
            .collect()
    }

    /// As one JSON object.
    pub fn json(self, command: &str) -> String {
        let mut members = Map::new();
        members.insert("schema".to_owned(), json!(SCHEMA));
        members.insert("command".to_owned(), json!(command));
        members.insert("answer".to_owned(), json!("holds"));
        members.extend(self.members);
        format!("{}\n", Value::Object(members))
    }
}

impl Trouble {
    /// The exit code of the program.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Unconfirmed { .. } => 1,
            Self::Usage(_) => 2,
            Self::Damaged { .. } => 5,
        }
    }

    /// As an error for people, with a hint.
    pub fn text(&self) -> String {
        match self {
            Self::Usage(why) => {
                format!("error: {why}\nhint: `sandyq-verifier --help` shows how it is called\n")
            }
            Self::Unconfirmed { why, hint } => format!("error: {why}\nhint: {hint}\n"),
            Self::Damaged { why, .. } => format!("error: {why}\nhint: {DAMAGED_HINT}\n"),
        }
    }

    /// As one JSON object.
    pub fn json(&self, command: &str) -> String {
        let (answer, word, why) = match self {
            Self::Usage(why) => ("unknown", "usage", why),
            Self::Unconfirmed { why, .. } => ("unconfirmed", "unconfirmed", why),
            Self::Damaged { word, why } => ("damaged", *word, why),
        };
        let value =
            json!({"schema": SCHEMA, "command": command, "answer": answer, "reason": word, "message": why});
        format!("{value}\n")
    }
}

const SCHEMA: &str = "sandyq-verifier/1";
const DAMAGED_HINT: &str = "keep the file as it is; ask the operator for it anew, and if that fails, too, show both to the authority";
