//! Reads the letters of the folder and finds what is wrong with them: a place that is not known, one that is missing or
//! stands where it cannot, and Markdown that a letter does not have.

use std::ops::Range;

use super::{LetterKind, LetterPlace, LetterTemplate, Letters, Part, PlaceKind, Said, Word, Words};
use crate::check::{Code, Report, nearest};
use crate::language::Language;

/// The largest letter, in bytes.
const LETTER_BYTES_MAX: usize = 64 * 1024;

/// One letter while it is read.
struct Reading<'r> {
    file: usize,
    kind: LetterKind,
    parts: Vec<Part>,
    /// Whether the line before belongs to the part that is read.
    is_open: bool,
    report: &'r mut Report,
}

/// The letters of the folder.
pub(crate) fn read(report: &mut Report) -> Letters {
    let sources = std::sync::Arc::clone(report.sources());
    let mut letters = Letters::default();
    let mut found = false;
    for (file, source) in sources.iter() {
        let Some(name) = source.path.strip_prefix("letters/") else {
            continue;
        };
        found = true;
        let Some((kind, language)) = kind_and_language(name) else {
            let known: Vec<&str> = LetterKind::ALL.iter().map(|kind| kind.name()).collect();
            let place = sources.place(file, 0..0);
            report
                .add(Code::Letter, format!("nothing writes a letter called {name}"))
                .at(place, "never used")
                .help(format!(
                    "letters are called {}, with .md, .ru.md and .kk.md",
                    known.join(", ")
                ));
            continue;
        };
        if let Some(template) = template(kind, file, &source.text, report) {
            letters.put(language, template);
        }
    }
    report_missing(&sources, found, report);
    letters
}

/// A folder without letters writes none; one that has some has all of them.
fn report_missing(sources: &crate::place::Sources, some: bool, report: &mut Report) {
    if !some {
        report
            .add(Code::LetterMissing, "the folder holds no letters")
            .warning()
            .help("answers and receipts cannot be had as PDF; the folder that `sandyq init` writes has letters to begin with");
        return;
    }
    for kind in LetterKind::ALL {
        for language in Language::ALL {
            let path = path(kind, language);
            if !sources.iter().any(|(_, source)| *source.path == *path) {
                report
                    .add(Code::LetterMissing, format!("the letter {path} is missing"))
                    .clause("PRE-3");
            }
        }
    }
}

fn path(kind: LetterKind, language: Language) -> String {
    match language {
        Language::En => format!("letters/{}.md", kind.name()),
        other => format!("letters/{}.{other}.md", kind.name()),
    }
}

fn kind_and_language(name: &str) -> Option<(LetterKind, Language)> {
    let all = LetterKind::ALL.into_iter();
    all.flat_map(|kind| Language::ALL.map(|language| (kind, language)))
        .find(|(kind, language)| path(*kind, *language).strip_prefix("letters/") == Some(name))
}

fn template(kind: LetterKind, file: usize, text: &str, report: &mut Report) -> Option<LetterTemplate> {
    if text.len() > LETTER_BYTES_MAX {
        let place = report.sources().place(file, 0..0);
        report
            .add(Code::Letter, "a letter of more than 64 KiB")
            .at(place, "too long");
        return None;
    }
    let mut reading = Reading {
        file,
        kind,
        parts: Vec::new(),
        is_open: false,
        report,
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        reading.line(line.trim_end(), start);
        start += line.len();
    }
    reading.report_title();
    reading.report_places();
    Some(LetterTemplate {
        kind,
        blocks: reading.parts,
    })
}

impl Reading<'_> {
    fn line(&mut self, line: &str, start: usize) {
        if line.trim().is_empty() {
            self.is_open = false;
        } else if let Some(title) = line.strip_prefix("# ") {
            self.heading(1, title, start + 2);
        } else if let Some(title) = line.strip_prefix("## ") {
            self.heading(2, title, start + 3);
        } else if let Some(item) = line.strip_prefix("- ") {
            self.item(item, start + 2);
        } else {
            self.report_markup(line, start);
            self.text(line, start);
        }
    }

    fn heading(&mut self, level: u8, title: &str, start: usize) {
        self.is_open = false;
        let words = self.words(title, start, false);
        self.parts.push(Part::Heading(level, words));
    }

    fn item(&mut self, item: &str, start: usize) {
        let words = self.words(item, start, true);
        match self.parts.last_mut() {
            Some(Part::Items(items)) if self.is_open => items.push(words),
            _ => self.parts.push(Part::Items(vec![words])),
        }
        self.is_open = true;
    }

    fn text(&mut self, line: &str, start: usize) {
        let alone = line.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let place = alone.and_then(|name| self.kind.place(name));
        if let Some(place) = place.filter(|place| matches!(place.kind, PlaceKind::Text | PlaceKind::Exact)) {
            self.parts.push(Part::Alone(place));
            self.is_open = false;
            return;
        }
        let words = self.words(line, start, false);
        match self.parts.last_mut() {
            Some(Part::Paragraph(lines)) if self.is_open => lines.push(words),
            _ => self.parts.push(Part::Paragraph(vec![words])),
        }
        self.is_open = true;
    }

    /// The pieces of a line: text, places, and what is bold of them.
    fn words(&mut self, line: &str, start: usize, in_item: bool) -> Words {
        let mut words = Words::new();
        let mut bold = false;
        let mut at = 0;
        while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
            let text = rest.find(['{', '}', '*']).unwrap_or(rest.len());
            let (before, marked) = rest.split_at(text);
            if !before.is_empty() {
                let said = Said::Text(before.to_owned());
                words.push(Word { bold, said });
            }
            at += text;
            if marked.starts_with("**") {
                bold = !bold;
                at += 2;
            } else if let Some((name, _)) = marked.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
                let whole = start + at..start + at + name.len() + 2;
                if let Some(place) = self.place(name, whole, in_item) {
                    let said = Said::Place(place);
                    words.push(Word { bold, said });
                }
                at += name.len() + 2;
            } else if let Some(sign) = marked.chars().next() {
                self.wrong(
                    start + at..start + at + 1,
                    format!("a lone `{sign}`"),
                    "belongs to nothing",
                    "places are written {reference}, bold words **so**; a letter has no other use of these signs",
                );
                at += 1;
            }
        }
        if bold {
            self.wrong(
                start..start + line.len(),
                "bold words without an end".to_owned(),
                "an odd number of `**`",
                "bold words begin and end on the same line",
            );
        }
        words
    }

    fn place(&mut self, name: &str, whole: Range<usize>, in_item: bool) -> Option<&'static LetterPlace> {
        let Some(place) = self.kind.place(name) else {
            let near = nearest(name, self.kind.places().map(|place| place.name));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let known: Vec<&str> = self.kind.places().map(|place| place.name).collect();
                    format!("this letter knows {}", known.join(", "))
                }
            };
            self.wrong(
                whole,
                format!("no place is called `{name}`"),
                "filled by nothing",
                &help,
            );
            return None;
        };
        let stands_wrong = match place.kind {
            PlaceKind::Words => None,
            PlaceKind::List => {
                (!in_item).then_some("it holds several things: write it in an item, such as  - {fields}")
            }
            PlaceKind::Text | PlaceKind::Exact => {
                Some("it has lines of its own: let it stand alone on a line")
            }
        };
        if let Some(help) = stands_wrong {
            self.wrong(
                whole,
                format!("`{name}` cannot stand here"),
                "not in this place",
                help,
            );
            return None;
        }
        Some(place)
    }

    fn report_markup(&mut self, line: &str, start: usize) {
        const SIGNS: [(&str, &str); 7] = [
            ("#", "headings are written # and ##"),
            ("* ", "items begin with -"),
            ("```", "a letter has no blocks of code"),
            (">", "a letter has no quotations"),
            ("|", "a letter has no tables"),
            ("<", "a letter has no HTML"),
            ("![", "a letter has no pictures"),
        ];
        if let Some((sign, help)) = SIGNS.iter().find(|(sign, _)| line.trim_start().starts_with(sign)) {
            let at = start + line.len() - line.trim_start().len();
            self.wrong(
                at..at + sign.len(),
                "Markdown that a letter does not have".to_owned(),
                "would be printed as it is",
                help,
            );
        }
    }

    fn report_title(&mut self) {
        let mut headings = self.parts.iter().filter_map(|part| match part {
            Part::Heading(level, _) => Some(*level),
            _ => None,
        });
        if headings.next() != Some(1) || headings.any(|level| level == 1) {
            self.wrong(
                0..0,
                "a letter without its one title".to_owned(),
                "in this file",
                "each letter has one heading  # …  and others  ## …  below it",
            );
        }
    }

    fn report_places(&mut self) {
        let used: Vec<&str> = self.parts.iter().flat_map(names).collect();
        let missing = |place: &&LetterPlace| place.required && !used.contains(&place.name);
        let missing: Vec<&str> = self
            .kind
            .places()
            .filter(missing)
            .map(|place| place.name)
            .collect();
        for name in missing {
            self.wrong(
                0..0,
                format!("the letter `{}` does not say `{name}`", self.kind.name()),
                "in this file",
                &format!("put  {{{name}}}  where it is to be read"),
            );
        }
    }

    fn wrong(&mut self, range: Range<usize>, message: String, label: &str, help: &str) {
        let place = self.report.sources().place(self.file, range);
        self.report.add(Code::Letter, message).at(place, label).help(help);
    }
}

/// The places of a part.
fn names(part: &Part) -> Vec<&'static str> {
    let of = |words: &Words| {
        let places = words.iter().filter_map(|word| match &word.said {
            Said::Place(place) => Some(place.name),
            Said::Text(_) => None,
        });
        places.collect::<Vec<_>>()
    };
    match part {
        Part::Heading(_, words) => of(words),
        Part::Paragraph(lines) | Part::Items(lines) => lines.iter().flat_map(of).collect(),
        Part::Alone(place) => vec![place.name],
    }
}
