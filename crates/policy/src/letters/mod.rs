//! The letters of the policy folder (`letters/`): answers, refusals and receipts in the operator's words. A letter is a
//! small part of Markdown with places such as `{reference}`; what is put into a place is data and never read as markup.
//! There are no conditions: a line whose place has nothing to hold is left out, and so is a heading with nothing below it.

mod fill;
mod kind;
mod read;

use crate::language::Language;

pub use fill::LetterValues;
pub use kind::{LetterKind, LetterPlace, PlaceKind};
pub(crate) use read::read;

/// The letters of a folder, by kind and language.
#[derive(Debug, Default)]
pub(crate) struct Letters {
    templates: [[Option<LetterTemplate>; 3]; LetterKind::ALL.len()],
}

/// A letter with its places still empty.
#[derive(Debug)]
pub struct LetterTemplate {
    pub(crate) kind: LetterKind,
    pub(crate) blocks: Vec<Part>,
}

/// A part of a template.
#[derive(Debug)]
pub(crate) enum Part {
    Heading(u8, Words),
    Paragraph(Vec<Words>),
    Items(Vec<Words>),
    /// A place that stands alone: a text with its own paragraphs, or one to be compared exactly.
    Alone(&'static LetterPlace),
}

pub(crate) type Words = Vec<Word>;

/// A piece of a line.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) bold: bool,
    pub(crate) said: Said,
}

#[derive(Debug)]
pub(crate) enum Said {
    Text(String),
    Place(&'static LetterPlace),
}

impl Letters {
    pub(crate) fn of(&self, kind: LetterKind, language: Language) -> Option<&LetterTemplate> {
        self.templates.get(kind as usize)?.get(language.index())?.as_ref()
    }

    pub(crate) fn put(&mut self, language: Language, template: LetterTemplate) {
        let place = self.templates.get_mut(template.kind as usize);
        if let Some(place) = place.and_then(|all| all.get_mut(language.index())) {
            *place = Some(template);
        }
    }
}
