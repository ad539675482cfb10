//! Puts values into the places of a letter. What they hold stays text, whatever it looks like.

use std::collections::BTreeMap;

use sandyq_model::Plain;
use sandyq_model::letter::{Block, Line, Span};

use super::{LetterTemplate, Part, PlaceKind, Said, Word, Words};

/// What is put into the places of a letter, by their names.
#[derive(Debug, Default)]
pub struct LetterValues {
    values: BTreeMap<&'static str, Vec<Plain<String>>>,
}

impl LetterValues {
    /// Puts a value into the place of that name; an empty one is none.
    pub fn put(&mut self, name: &'static str, value: impl Into<Plain<String>>) {
        self.put_all(name, [value.into()]);
    }

    /// Puts a value in the place of what was there.
    pub fn set(&mut self, name: &'static str, value: impl Into<Plain<String>>) {
        self.values.remove(name);
        self.put(name, value);
    }

    /// Puts several things into the place of that name.
    pub fn put_all(&mut self, name: &'static str, values: impl IntoIterator<Item = Plain<String>>) {
        let there = values
            .into_iter()
            .filter(|value| !value.expose().trim().is_empty());
        self.values.entry(name).or_default().extend(there);
    }

    /// The names of the places that something was said about, be it that there is nothing.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.values.keys().copied()
    }

    fn of(&self, name: &str) -> &[Plain<String>] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }
}

impl LetterTemplate {
    /// The letter with these values. A line whose place has nothing to hold is left out, and a heading with nothing below.
    #[must_use]
    pub fn fill(&self, values: &LetterValues) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        for part in &self.blocks {
            match part {
                Part::Heading(level, words) => {
                    leave_out_empty_heading(&mut blocks, *level);
                    blocks.extend(line(words, values, 0).map(|line| Block::Heading(*level, line)));
                }
                Part::Paragraph(lines) => {
                    let lines: Vec<Line> = lines.iter().filter_map(|words| line(words, values, 0)).collect();
                    blocks.extend((!lines.is_empty()).then_some(Block::Paragraph(lines)));
                }
                Part::Items(items) => {
                    let lines: Vec<Line> = items.iter().flat_map(|words| item(words, values)).collect();
                    blocks.extend((!lines.is_empty()).then_some(Block::List(lines)));
                }
                Part::Alone(place) if place.kind == PlaceKind::Exact => {
                    blocks.extend(values.of(place.name).iter().cloned().map(Block::Exact));
                }
                Part::Alone(place) => blocks.extend(values.of(place.name).iter().flat_map(paragraphs)),
            }
        }
        leave_out_empty_heading(&mut blocks, 2);
        blocks
    }
}

/// Takes headings away below which nothing came before one of that level.
fn leave_out_empty_heading(blocks: &mut Vec<Block>, level: u8) {
    while blocks.len() > 1 && matches!(blocks.last(), Some(Block::Heading(last, _)) if *last >= level) {
        blocks.pop();
    }
}

/// The line with the values, the `at`-th of those that come several times.
fn line(words: &Words, values: &LetterValues, at: usize) -> Option<Line> {
    words.iter().map(|word| span(word, values, at)).collect()
}

fn span(word: &Word, values: &LetterValues, at: usize) -> Option<Span> {
    let text = match &word.said {
        Said::Text(text) => Plain::from(text.as_str()),
        Said::Place(place) if place.kind == PlaceKind::List => values.of(place.name).get(at)?.clone(),
        Said::Place(place) => values.of(place.name).first()?.clone(),
    };
    Some(Span {
        text,
        bold: word.bold,
    })
}

/// An item, once for each thing that its places hold.
fn item(words: &Words, values: &LetterValues) -> Vec<Line> {
    let listed = words.iter().find_map(|word| match &word.said {
        Said::Place(place) if place.kind == PlaceKind::List => Some(values.of(place.name).len()),
        _ => None,
    });
    (0..listed.unwrap_or(1))
        .filter_map(|at| line(words, values, at))
        .collect()
}

/// A text with its paragraphs: an empty line begins a new one, other line breaks stay.
fn paragraphs(text: &Plain<String>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines: Vec<Line> = Vec::new();
    for line in text.expose().lines() {
        if line.trim().is_empty() {
            blocks.extend((!lines.is_empty()).then(|| Block::Paragraph(std::mem::take(&mut lines))));
        } else {
            lines.push(vec![Span::plain(line)]);
        }
    }
    blocks.extend((!lines.is_empty()).then_some(Block::Paragraph(lines)));
    blocks
}
