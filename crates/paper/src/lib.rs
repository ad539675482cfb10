//! Letters and receipts on paper, and registers as tables ([`sheet`]): a text with headings, paragraphs and lists becomes a tagged PDF that can be kept for
//! decades (PDF/A-2a) and read aloud (PDF/UA-1). Two faces are part of the program; the machine's own are never used.
//! Text is data here: nothing in it is markup. Never reads a file, never writes one.

mod faces;
mod lines;
mod pages;
pub mod sheet;
mod write;

use jiff::civil::DateTime;
use sandyq_model::letter::Block;

pub use faces::can_be_printed;

/// The pages that one document may have.
pub const PAGES_MAX: usize = 100;

/// What is to be printed.
pub struct Document {
    /// What it is called; nothing personal, since it shows in windows and lists.
    pub title: String,
    /// The BCP 47 tag of its language.
    pub language: &'static str,
    /// Who writes.
    pub author: String,
    /// When it was made, in UTC.
    pub made_at: DateTime,
    /// Stands at the foot of every page, before the page's number.
    pub foot: String,
    /// What it says, from top to bottom.
    pub blocks: Vec<Block>,
}

/// A document that cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unprintable {
    /// It has more than [`PAGES_MAX`] pages.
    #[error("the document has more than {PAGES_MAX} pages")]
    TooLong,
    /// It has no heading of level 1 at its start.
    #[error("the document has no title")]
    Untitled,
    /// What was written is not what PDF/A and PDF/UA demand: a mistake of this crate.
    #[error("the document does not keep the standard: {0}")]
    Standard(&'static str),
}

/// The document as PDF/A-2a and PDF/UA-1.
///
/// # Errors
/// When it is too long, or has no title. Characters that neither face has are shown as U+FFFD.
pub fn pdf(document: &Document) -> Result<Vec<u8>, Unprintable> {
    let starts = document.blocks.iter().find_map(|block| match block {
        Block::Heading(level, _) => Some(*level),
        _ => None,
    });
    if starts != Some(1) {
        return Err(Unprintable::Untitled);
    }
    let faces = faces::Faces::open()?;
    let pages = pages::lay_out(document, &faces)?;
    write::write(document, &pages, &faces)
}
