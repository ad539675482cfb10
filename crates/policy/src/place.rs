//! Where something stands: a byte range in a file of the policy folder, and its line and column for people.

use std::ops::Range;
use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use crate::folder::Folder;

/// A byte range in one file. Always inside the file and on character borders once [`Sources::place`] made it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) file: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The files, in the order in which the policy is read: sections first, then law and calendar, then cases.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: Vec<Source>,
}

/// One file.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: Arc<str>,
    pub(crate) text: Arc<str>,
}

/// A position as people count: from 1, columns by the width of what stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in terminal cells.
    pub column: usize,
}

impl Sources {
    pub(crate) fn of(folder: &Folder) -> Self {
        let files = folder
            .files()
            .map(|(path, text)| Source {
                path: path.into(),
                text: text.into(),
            })
            .collect();
        Self { files }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &Source)> {
        self.files.iter().enumerate()
    }

    pub(crate) fn get(&self, file: usize) -> Option<&Source> {
        self.files.get(file)
    }

    /// The place of that range, pulled inside the file and out to character borders.
    pub(crate) fn place(&self, file: usize, range: Range<usize>) -> Place {
        let text = self.get(file).map_or("", |source| &source.text);
        let start = border(text, range.start, false);
        let end = border(text, range.end.max(start), true);
        Place { file, start, end }
    }

    #[cfg(test)]
    pub(crate) fn text(&self, place: Place) -> &str {
        self.get(place.file)
            .and_then(|source| source.text.get(place.start..place.end))
            .unwrap_or_default()
    }

    pub(crate) fn position(&self, file: usize, offset: usize) -> Position {
        let text = self.get(file).map_or("", |source| &source.text);
        let before = text.get(..border(text, offset, false)).unwrap_or_default();
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(start..).unwrap_or_default().width() + 1;
        Position { line, column }
    }
}

fn border(text: &str, offset: usize, up: bool) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        if up {
            offset += 1;
        } else {
            offset -= 1;
        }
    }
    offset
}
