//! The policy as literate Markdown: clauses by their headings, prose for people, fenced blocks for the program.
//!
//! Offsets are kept throughout, so that whatever is found in a block can be shown where it stands in its file.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::place::{Place, Sources};

/// One file read as clauses.
#[derive(Debug)]
pub(crate) struct Chapter {
    pub(crate) file: usize,
    pub(crate) title: String,
    pub(crate) clauses: Vec<Passage>,
    /// Blocks before the first clause heading.
    pub(crate) loose: Vec<Block>,
}

/// One clause as it stands in one file.
#[derive(Debug)]
pub(crate) struct Passage {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) heading: Place,
    /// The text between the headings without the blocks of the program.
    pub(crate) prose: String,
    pub(crate) blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) file: usize,
    pub(crate) language: String,
    pub(crate) text: String,
    pub(crate) fence: Place,
    /// Where pieces of `text` stand in the file: (offset in the text, offset in the file).
    pieces: Vec<(usize, usize)>,
}

/// The fences that the program reads.
pub(crate) const PROGRAM_FENCES: [&str; 3] = ["kdl", "cedar", "promise"];

impl Block {
    /// A whole file as one block (the law, the calendar, the cases).
    pub(crate) fn of_file(file: usize, text: &str) -> Self {
        Self {
            file,
            language: "kdl".to_owned(),
            text: text.to_owned(),
            fence: Place {
                file,
                start: 0,
                end: 0,
            },
            pieces: vec![(0, 0)],
        }
    }

    /// The place of a range of the block's text in the file.
    pub(crate) fn place(&self, range: Range<usize>, sources: &Sources) -> Place {
        sources.place(self.file, self.offset(range.start)..self.offset(range.end))
    }

    /// A block whose text is made around a part of this one; what is around has the places of the part's borders.
    pub(crate) fn wrapping(&self, inside: Range<usize>, before: usize, text: String) -> Self {
        let (start, end) = (self.offset(inside.start), self.offset(inside.end));
        let mut pieces = vec![(before, start)];
        for (from, file) in self
            .pieces
            .iter()
            .filter(|(from, _)| inside.contains(from) && *from > inside.start)
        {
            pieces.push((before + from - inside.start, *file));
        }
        let (file, language) = (self.file, self.language.clone());
        Self {
            file,
            language,
            text,
            fence: Place { file, start, end },
            pieces,
        }
    }

    fn offset(&self, inside: usize) -> usize {
        let piece = self.pieces.iter().rev().find(|(start, _)| *start <= inside);
        piece.map_or(self.fence.start, |(start, file)| file + (inside - start))
    }
}

/// Reads one Markdown file.
pub(crate) fn read(file: usize, sources: &Sources) -> Chapter {
    let text = sources.get(file).map_or("", |source| &source.text);
    let mut reading = Reading::new(file, text, sources);
    let mut depth = 0_usize;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 => reading.heading_starts(level, range),
            Event::End(TagEnd::Heading(_)) if reading.heading.is_some() => reading.heading_ends(),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => reading.block_starts(&info, range),
            Event::End(TagEnd::CodeBlock) => reading.block_ends(),
            Event::Text(piece) => reading.text(&piece, range),
            Event::Code(piece) => reading.code(&piece),
            Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::Item) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item) => {
                depth = depth.saturating_sub(1)
            }
            _ => {}
        }
    }
    reading.finish()
}

struct Reading<'a> {
    file: usize,
    text: &'a str,
    sources: &'a Sources,
    chapter: Chapter,
    heading: Option<(HeadingLevel, Range<usize>, String)>,
    block: Option<Block>,
    /// Where the prose of the present clause starts, and what is cut out of it.
    prose_from: usize,
    cuts: Vec<Range<usize>>,
}

impl<'a> Reading<'a> {
    fn new(file: usize, text: &'a str, sources: &'a Sources) -> Self {
        let chapter = Chapter {
            file,
            title: String::new(),
            clauses: Vec::new(),
            loose: Vec::new(),
        };
        Self {
            file,
            text,
            sources,
            chapter,
            heading: None,
            block: None,
            prose_from: 0,
            cuts: Vec::new(),
        }
    }

    fn heading_starts(&mut self, level: HeadingLevel, range: Range<usize>) {
        self.heading = Some((level, range, String::new()));
    }

    fn heading_ends(&mut self) {
        let Some((level, range, title)) = self.heading.take() else {
            return;
        };
        if level == HeadingLevel::H1 && self.chapter.title.is_empty() {
            self.chapter.title = title.trim().to_owned();
            self.prose_from = range.end;
            return;
        }
        let Some((id, rest)) = clause_id(&title) else {
            return;
        };
        self.close_prose(range.start);
        let trimmed = self.text.get(range.clone()).unwrap_or_default().trim_end().len();
        self.chapter.clauses.push(Passage {
            id: id.to_owned(),
            title: rest.to_owned(),
            heading: self.sources.place(self.file, range.start..range.start + trimmed),
            prose: String::new(),
            blocks: Vec::new(),
        });
        self.prose_from = range.end;
    }

    fn block_starts(&mut self, info: &str, range: Range<usize>) {
        let language = info.split_whitespace().next().unwrap_or_default().to_owned();
        if PROGRAM_FENCES.contains(&language.as_str()) {
            self.cuts.push(range.clone());
        }
        let opening = self
            .text
            .get(range.clone())
            .and_then(|text| text.lines().next())
            .map_or(0, str::len);
        let fence = self.sources.place(self.file, range.start..range.start + opening);
        self.block = Some(Block {
            file: self.file,
            language,
            text: String::new(),
            fence,
            pieces: Vec::new(),
        });
    }

    fn block_ends(&mut self) {
        let Some(block) = self.block.take() else { return };
        match self.chapter.clauses.last_mut() {
            Some(clause) => clause.blocks.push(block),
            None => self.chapter.loose.push(block),
        }
    }

    fn text(&mut self, piece: &str, range: Range<usize>) {
        if let Some(block) = &mut self.block {
            block.pieces.push((block.text.len(), range.start));
            block.text.push_str(piece);
        } else if let Some((_, _, title)) = &mut self.heading {
            title.push_str(piece);
        }
    }

    fn code(&mut self, piece: &str) {
        if let Some((_, _, title)) = &mut self.heading {
            title.push_str(piece);
        }
    }

    fn close_prose(&mut self, end: usize) {
        let mut prose = String::new();
        let mut from = self.prose_from;
        for cut in self.cuts.drain(..) {
            prose.push_str(self.text.get(from..cut.start.max(from)).unwrap_or_default());
            from = cut.end.max(from);
        }
        prose.push_str(self.text.get(from..end.max(from)).unwrap_or_default());
        if let Some(clause) = self.chapter.clauses.last_mut() {
            clause.prose = without_wide_gaps(prose.trim());
        }
    }

    fn finish(mut self) -> Chapter {
        self.close_prose(self.text.len());
        self.chapter
    }
}

/// Splits `4.3 No transfer abroad` into the clause and its title.
fn clause_id(heading: &str) -> Option<(&str, &str)> {
    let heading = heading.trim();
    let (first, rest) = heading.split_once(char::is_whitespace).unwrap_or((heading, ""));
    let id = first.strip_suffix('.').unwrap_or(first);
    is_clause(id).then_some((id, rest.trim()))
}

/// Whether the word is the id of a clause: `DEF-5`, `PRE-4`, `1.1.2`, `3`.
pub(crate) fn is_clause(word: &str) -> bool {
    let number =
        |part: &str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    match word.strip_prefix("DEF-").or_else(|| word.strip_prefix("PRE-")) {
        Some(rest) => number(rest),
        None => word.split('.').all(number),
    }
}

/// Cutting blocks out leaves several empty lines; one is enough.
fn without_wide_gaps(prose: &str) -> String {
    let mut kept = String::with_capacity(prose.len());
    let mut empty = false;
    for line in prose.lines() {
        let blank = line.trim().is_empty();
        if !(blank && empty) {
            if !kept.is_empty() {
                kept.push('\n');
            }
            kept.push_str(line.trim_end());
        }
        empty = blank;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;

    #[test]
    fn clauses_blocks_and_places_also_after_cyrillic_and_in_lists() {
        let text = "# Деректер\n\n### 1.1.2 Қонақ\nМәтін *бір*.\n\n```kdl\nfield \"a\"\r\nfield \"b\"\n```\n\nЕкі.\n\n- бір\n  ```cedar\n  permit\n  ```\n";
        let sources = Sources::of(&Folder::from_files([("1.md", text)]));
        let chapter = read(0, &sources);
        assert_eq!(chapter.title, "Деректер");
        let clause = &chapter.clauses[0];
        assert_eq!((clause.id.as_str(), clause.title.as_str()), ("1.1.2", "Қонақ"));
        assert!(
            clause.prose.starts_with("Мәтін *бір*.\n\nЕкі."),
            "{:?}",
            clause.prose
        );
        let block = &clause.blocks[0];
        let at = block.text.find("\"b\"").unwrap();
        assert_eq!(sources.text(block.place(at..at + 3, &sources)), "\"b\"");
        let nested = &clause.blocks[1];
        let at = nested.text.find("permit").unwrap();
        assert_eq!(sources.text(nested.place(at..at + 6, &sources)), "permit");
        assert_eq!(sources.position(0, block.place(0..5, &sources).start).line, 7);
    }

    #[test]
    fn what_is_a_clause() {
        for id in ["DEF-1", "PRE-0", "1.1.2", "3", "2.2.12"] {
            assert!(is_clause(id), "{id}");
        }
        for word in ["", "DEF-", "1..2", "1.a", "Section", "2026", "1."] {
            assert!(!is_clause(word), "{word}");
        }
    }
}
