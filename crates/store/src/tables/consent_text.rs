//! The exact texts that were shown when consent was given, by their hash; a text once shown never changes.

use jiff::Timestamp;
use sandyq_model::Fault;

use crate::database::{Reader, ReaderExt, Statement, statement};

/// A text that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentText {
    /// The SHA-256 of the text.
    pub hash: [u8; 32],
    /// The item of the form.
    pub item: String,
    /// The language.
    pub locale: String,
    /// The text.
    pub text: String,
    /// When it was first shown.
    pub at: Timestamp,
}

/// Keeps a text; one with that hash stays as it is.
#[must_use]
pub fn keep(text: &ConsentText) -> Statement {
    statement(
        "INSERT INTO consent_text (text_hash, item, locale, text, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (text_hash) DO NOTHING",
        [
            text.hash.into(),
            text.item.as_str().into(),
            text.locale.as_str().into(),
            text.text.as_str().into(),
            text.at.into(),
        ],
    )
}

/// The text with that hash.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, hash: [u8; 32]) -> Result<Option<ConsentText>, Fault> {
    reader.first(
        "SELECT text_hash, item, locale, text, at FROM consent_text WHERE text_hash = $1",
        &[hash.into()],
        |row| {
            Ok(ConsentText {
                hash: row.take(0)?,
                item: row.take(1)?,
                locale: row.take(2)?,
                text: row.take(3)?,
                at: row.take(4)?,
            })
        },
    )
}
