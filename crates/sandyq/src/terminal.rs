//! Answers go to stdout, words about the work to stderr. Colour only where a person looks and has not declined it.

use std::io::{self, Write};

use sandyq_policy::Language;
use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::outside;

/// Where a command speaks.
pub struct Terminal {
    /// The language of words that come from the policy.
    pub language: Language,
    quiet: bool,
    answers_coloured: bool,
    words_coloured: bool,
}

/// How something is set off from the rest, where colour is allowed.
#[derive(Clone, Copy, Debug)]
pub enum Tone {
    /// A heading, a name.
    Strong,
    /// All is well; allowed.
    Good,
    /// Wrong; refused.
    Bad,
    /// To be looked at.
    Warning,
    /// Less important.
    Faint,
}

impl Terminal {
    /// Looks at the environment once.
    pub fn new(quiet: bool, language: Option<Language>) -> Self {
        let declined = outside::variable("NO_COLOR").is_some()
            || outside::variable("TERM").is_some_and(|kind| kind == "dumb");
        Self {
            language: language.unwrap_or_else(language_of_environment),
            quiet,
            answers_coloured: !declined && outside::answers_to_terminal(),
            words_coloured: !declined && outside::words_to_terminal(),
        }
    }

    /// Whether answers may have colour.
    pub const fn is_coloured(&self) -> bool {
        self.answers_coloured
    }

    /// Part of the answer. A reader who has gone away is no failure.
    pub fn answer(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        let written = writeln!(out, "{text}").and_then(|()| out.flush());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
                Exit::Unavailable,
                format!("the answer could not be written: {error}"),
            )),
            _ => Ok(()),
        }
    }

    /// The whole answer as one JSON value: indented for people, one line for programs.
    pub fn answer_json(&self, value: &Value) -> Result<(), Failure> {
        let text = if outside::answers_to_terminal() {
            format!("{value:#}")
        } else {
            value.to_string()
        };
        self.answer(&text)
    }

    /// A word about the work.
    pub fn word(&self, text: &str) {
        if !self.quiet {
            write_words(text);
        }
    }

    /// How far the work has come: the same line again on a terminal, nothing elsewhere.
    pub fn progress(&self, text: &str) {
        if !self.quiet && outside::words_to_terminal() {
            // Words that nobody can read any more are no reason to stop.
            let _ = write!(io::stderr().lock(), "\r\x1b[2K{text}");
        }
    }

    /// The line of progress has done its work.
    pub fn progress_ended(&self) {
        self.progress("");
    }

    /// A failure, with what to do. Said even when quiet.
    pub fn fail(&self, failure: &Failure) {
        let mut text = format!("{} {failure}", painted("error:", Tone::Bad, self.words_coloured));
        for next in failure.next() {
            text.push_str(&format!(
                "\n{} {next}",
                painted(" help:", Tone::Strong, self.words_coloured)
            ));
        }
        write_words(&text);
    }

    /// The text in that tone, for an answer.
    pub fn paint(&self, text: &str, tone: Tone) -> String {
        painted(text, tone, self.answers_coloured)
    }
}

fn write_words(text: &str) {
    // Words that nobody can read any more are no reason to stop.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

fn painted(text: &str, tone: Tone, coloured: bool) -> String {
    if !coloured {
        return text.to_owned();
    }
    let code = match tone {
        Tone::Strong => "1",
        Tone::Good => "32",
        Tone::Bad => "1;31",
        Tone::Warning => "33",
        Tone::Faint => "2",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

/// The language that the environment asks for; English, in which the rules stand, when it asks for none of ours.
fn language_of_environment() -> Language {
    let asked = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(outside::variable);
    let tag = asked.as_deref().and_then(|asked| asked.get(..2));
    tag.and_then(|tag| tag.parse().ok()).unwrap_or(Language::En)
}
