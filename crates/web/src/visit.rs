//! Who is reading, in which language, and what every form of theirs must carry back. Views see this and their data.

use fluent_bundle::FluentValue;
use jiff::Timestamp;
use sandyq_processing::Language;
use sandyq_processing::operator::Operator;

use crate::language::{self, Args, phrase, phrase_with};

/// As whom somebody visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standpoint {
    /// Nobody we know.
    #[default]
    Visitor,
    /// A person with a way into their own data.
    Subject,
    /// Staff, signed in.
    Staff,
}

/// One visit to one page.
#[derive(Clone)]
pub struct Visit {
    /// The language read.
    pub language: Language,
    /// The path asked for, without a query: language links stay on it.
    pub here: String,
    /// Which page of a list.
    pub list_page: Option<u32>,
    /// The question to a list, in the words of an address, kept in the same way; empty when nothing was asked.
    pub question: String,
    /// Goes into every form and must come back (ASVS 3.5.1).
    pub token: String,
    /// Goes into every form that does something, so that it is not done twice.
    pub key: String,
    /// As whom.
    pub standpoint: Standpoint,
    /// Who runs the site; nothing is invented when it is not configured.
    pub operator: Option<Operator>,
    /// Whether the operator has letters, so that answers and receipts can be had as PDF.
    pub prints: bool,
    /// Set on sites that are only for trying out: said on every page.
    pub demo: bool,
    /// Whether shortcuts are switched on: a choice of staff.
    pub keys: bool,
    /// `Set-Cookie` lines that go with the answer.
    pub cookies: Vec<String>,
}

impl Visit {
    /// The same visit in another language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> Self {
        Self {
            language,
            ..self.clone()
        }
    }

    /// The sentence of that key in the language read.
    #[must_use]
    pub fn say(&self, key: &str) -> String {
        phrase(key, self.language)
    }

    /// The sentence of that key with its places filled.
    #[must_use]
    pub fn say_with(&self, key: &str, args: Args<'_>) -> String {
        phrase_with(key, args, self.language)
    }

    /// The sentence of that key with one place filled with text.
    #[must_use]
    pub fn say_of(&self, key: &str, place: &'static str, text: &str) -> String {
        self.say_with(key, &[(place, FluentValue::from(text))])
    }

    /// The BCP 47 tag of the language read.
    #[must_use]
    pub const fn tag(&self) -> &'static str {
        language::tag(self.language)
    }

    /// A date in the language read.
    #[must_use]
    pub fn date(&self, instant: Timestamp) -> String {
        language::date(instant, self.language)
    }

    /// A day written as `2031-12-31`, in the language read; what is no day stays as it is.
    #[must_use]
    pub fn day(&self, written: &str) -> String {
        language::day_written(written, self.language)
    }

    /// A month written as `2026-11`, in the language read; what is no month stays as it is.
    #[must_use]
    pub fn month(&self, written: &str) -> String {
        language::month_written(written, self.language)
    }

    /// A date with its time in the language read.
    #[must_use]
    pub fn date_and_time(&self, instant: Timestamp) -> String {
        language::date_and_time(instant, self.language)
    }

    /// An amount of money in the language read.
    #[must_use]
    pub fn money(&self, minor: i64, currency: &str) -> String {
        language::money(minor, currency, self.language)
    }
}
