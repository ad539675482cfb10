//! A letter as blocks of text: what a template of the policy becomes when it is filled, and what is printed. Text is data;
//! nothing in it is markup. Cannot be printed to a log: its texts are [`Plain`].

use crate::Plain;

/// A piece of a letter.
#[derive(Debug)]
pub enum Block {
    /// A heading of level 1 or 2.
    Heading(u8, Line),
    /// Lines that belong together.
    Paragraph(Vec<Line>),
    /// Items, each a line.
    List(Vec<Line>),
    /// Text to be compared character by character.
    Exact(Plain<String>),
}

/// A line, as long as it needs to be.
pub type Line = Vec<Span>;

/// Text in one face.
#[derive(Debug)]
pub struct Span {
    /// The text.
    pub text: Plain<String>,
    /// Whether it is bold.
    pub bold: bool,
}

impl Span {
    /// Text in the regular face.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self {
            text: Plain::from(text),
            bold: false,
        }
    }

    /// Text in the bold face.
    #[must_use]
    pub fn bold(text: &str) -> Self {
        Self {
            text: Plain::from(text),
            bold: true,
        }
    }
}
