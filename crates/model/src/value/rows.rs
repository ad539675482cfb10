//! 1.1.5-a: values that are rows of named parts, such as one row for each place of work. What parts a row of a kind has is said
//! here and nowhere else: reading, checking, forms, lists and archives all follow it.
//!
//! What is kept is one text: a line that names the form, then for each row a line `name=value` for each part that was given, with
//! an empty line between rows. In a value a line break is written `\n`, and a backslash `\\`.

use jiff::civil::Date;

use super::period::{STILL_KEPT, When, goes_on};
use super::{ValueKind, stray, text};
use crate::mistake::Problem;
use crate::plain::Plain;

/// The most rows of one value.
pub const ROWS_MAX: usize = 10;
/// What a kept value begins with; another number is another form.
const FORM: &str = "rows/1";

/// What a part of a row is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// When it began.
    From,
    /// When it ended, or that it goes on.
    To,
    /// One line.
    Line,
    /// Several lines.
    Lines,
}

/// One part of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name in forms, in what is kept, and in translations.
    pub name: &'static str,
    /// What it is read as.
    pub kind: PartKind,
    /// Whether a row that was begun needs it.
    pub required: bool,
}

const fn needed(name: &'static str, kind: PartKind) -> Part {
    Part {
        name,
        kind,
        required: true,
    }
}

const fn wished(name: &'static str, kind: PartKind) -> Part {
    Part {
        name,
        kind,
        required: false,
    }
}

const EDUCATION: [Part; 6] = [
    needed("from", PartKind::From),
    needed("to", PartKind::To),
    needed("institution", PartKind::Line),
    wished("faculty", PartKind::Line),
    wished("speciality", PartKind::Line),
    wished("form", PartKind::Line),
];

const EXPERIENCE: [Part; 6] = [
    needed("from", PartKind::From),
    needed("to", PartKind::To),
    needed("organization", PartKind::Line),
    wished("industry", PartKind::Line),
    needed("position", PartKind::Line),
    wished("duties", PartKind::Lines),
];

impl ValueKind {
    /// The parts of each row of a value of this kind, in the order in which they are asked; none for a kind without rows.
    #[must_use]
    pub const fn parts(self) -> &'static [Part] {
        match self {
            Self::Education => &EDUCATION,
            Self::Experience => &EXPERIENCE,
            _ => &[],
        }
    }

    /// Whether a value of this kind is rows of parts.
    #[must_use]
    pub const fn has_rows(self) -> bool {
        !self.parts().is_empty()
    }
}

/// One row: what was given, by the name of the part.
#[derive(Clone, Debug, Default)]
pub struct Row(Vec<(String, Plain<String>)>);

impl Row {
    /// Puts a part in, or in the place of what it was.
    pub fn put(&mut self, part: impl Into<String>, value: Plain<String>) {
        let part = part.into();
        match self.0.iter_mut().find(|(name, _)| *name == part) {
            Some((_, before)) => *before = value,
            None => self.0.push((part, value)),
        }
    }

    /// What that part holds; nothing when it was not given.
    #[must_use]
    pub fn of(&self, part: &str) -> &str {
        self.0
            .iter()
            .find(|(name, _)| name == part)
            .map_or("", |(_, value)| value.expose())
    }

    /// Its parts with what they hold.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose().as_str()))
    }

    /// Whether nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, value)| value.expose().trim().is_empty())
    }
}

/// The name of the input for a part of a row of a field: `education-2-from`. Rows are counted from 1, as people do.
#[must_use]
pub fn part_name(field: &str, row: usize, part: &str) -> String {
    format!("{field}-{row}-{part}")
}

/// The rows as one text. Rows and parts in which nothing was given keep their place, so that a mistake is named where it was made.
#[must_use]
pub fn joined(rows: &[Row]) -> Plain<String> {
    let mut text = String::from(FORM);
    for row in rows {
        text.push_str("\n\n");
        let lines: Vec<String> = row
            .parts()
            .map(|(part, value)| format!("{part}={}", in_one_line(value)))
            .collect();
        // A row of nothing is an empty part without a name, so that the next one is counted from its place.
        text.push_str(&if lines.is_empty() {
            "=".to_owned()
        } else {
            lines.join("\n")
        });
    }
    Plain::new(text)
}

/// The rows of such a text. Nothing when it is none: what was kept before there were rows is lines, and is shown as it is.
#[must_use]
pub fn split(kept: &Plain<String>) -> Option<Vec<Row>> {
    let rest = kept.expose().strip_prefix(FORM)?;
    if !rest.is_empty() && !rest.starts_with('\n') {
        return None;
    }
    let mut rows = Vec::new();
    for block in rest.split("\n\n").filter(|block| !block.is_empty()) {
        let mut row = Row::default();
        for line in block.lines().filter(|line| !line.is_empty()) {
            let (part, value) = line.split_once('=')?;
            row.0.push((part.to_owned(), Plain::new(in_its_lines(value))));
        }
        row.0.retain(|(part, _)| !part.is_empty());
        rows.push(row);
    }
    Some(rows)
}

fn in_one_line(value: &str) -> String {
    value
        .replace("\r\n", "\n")
        .replace('\\', "\\\\")
        .replace(['\n', '\r'], "\\n")
}

fn in_its_lines(value: &str) -> String {
    let mut lines = String::with_capacity(value.len());
    let mut signs = value.chars();
    while let Some(sign) = signs.next() {
        match (sign, sign == '\\') {
            (_, true) => lines.push(if signs.next() == Some('n') { '\n' } else { '\\' }),
            (sign, false) => lines.push(sign),
        }
    }
    lines
}

/// Reads rows as they were typed, or lines as people write them. Rows in which nothing was given are left out; the others keep their order.
///
/// # Errors
/// What is wrong with which part of which row, as `2-from`; nothing but the problem when it is about all of them.
pub fn read(
    kind: ValueKind,
    typed: &Plain<String>,
    today: Date,
) -> Result<Plain<String>, Vec<(String, Problem)>> {
    let whole = |problem| vec![(String::new(), problem)];
    let typed = split(typed).unwrap_or_else(|| from_lines(kind, typed));
    if typed.len() > ROWS_MAX {
        return Err(whole(Problem::Rows));
    }
    let mut rows = Vec::new();
    let mut wrong = Vec::new();
    for (place, row) in typed.iter().enumerate() {
        let surplus = surplus(kind, row);
        if surplus.is_empty() && row.is_empty() {
            continue;
        }
        let (read, problems) = if surplus.is_empty() {
            one(kind, row, today)
        } else {
            (Row::default(), surplus)
        };
        let named = |(part, problem)| (format!("{}-{part}", place + 1), problem);
        wrong.extend(problems.into_iter().map(named));
        rows.push(read);
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if rows.is_empty() {
        return Err(whole(Problem::Missing));
    }
    Ok(joined(&rows))
}

/// Parts that a row of the kind does not have, or that it has twice (1.1.1-b).
fn surplus(kind: ValueKind, row: &Row) -> Vec<(String, Problem)> {
    let mut wrong = Vec::new();
    for (place, (name, _)) in row.0.iter().enumerate() {
        if !kind.parts().iter().any(|part| part.name == name) {
            wrong.push((name.clone(), Problem::Unknown));
        } else if row.0.iter().take(place).any(|(before, _)| before == name) {
            wrong.push((name.clone(), Problem::Repeated));
        }
    }
    wrong
}

/// One row as it is kept, and what is wrong with it.
fn one(kind: ValueKind, typed: &Row, today: Date) -> (Row, Vec<(String, Problem)>) {
    let mut row = Row::default();
    let mut wrong = Vec::new();
    let mut began = None;
    for part in kind.parts() {
        let value = typed.of(part.name);
        if value.trim().is_empty() {
            if part.required {
                wrong.push((part.name.to_owned(), Problem::Missing));
            }
            continue;
        }
        match part_of(part.kind, value, today, &mut began) {
            Ok(value) => row.put(part.name, Plain::new(value)),
            Err(problem) => wrong.push((part.name.to_owned(), problem)),
        }
    }
    (row, wrong)
}

fn part_of(kind: PartKind, typed: &str, today: Date, began: &mut Option<When>) -> Result<String, Problem> {
    match kind {
        PartKind::Line => text::line(typed).map(|text| stray::covered(&text)),
        PartKind::Lines => text::lines(typed).map(|text| stray::covered(&text)),
        PartKind::From => {
            let from = When::read(typed).ok_or(Problem::Period)?;
            if from.first_day() > today {
                return Err(Problem::PeriodFuture);
            }
            *began = Some(from);
            Ok(from.kept())
        }
        PartKind::To if goes_on(typed) => Ok(STILL_KEPT.to_owned()),
        PartKind::To => {
            let to = When::read(typed).ok_or(Problem::Period)?;
            if began.is_some_and(|from| to.last_day() < from.first_day()) {
                return Err(Problem::PeriodOrder);
            }
            Ok(to.kept())
        }
    }
}

/// Lines such as `2015 – 06.2019; institution; faculty` as rows: parts in their order, and what is over in the last one. So was kept
/// what was typed before there were rows; whoever changes it sees where each part went.
#[must_use]
pub fn from_lines(kind: ValueKind, kept: &Plain<String>) -> Vec<Row> {
    let lines = kept
        .expose()
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    lines
        .take(ROWS_MAX + 1)
        .map(|line| from_line(kind, line))
        .collect()
}

fn from_line(kind: ValueKind, line: &str) -> Row {
    let mut row = Row::default();
    let ends = if line.contains(';') { ';' } else { ',' };
    let mut pieces: Vec<&str> = line.split(ends).map(str::trim).collect();
    if let Some((from, to)) = pieces.first().and_then(|first| halves(first)) {
        row.put("from", Plain::from(from.trim()));
        row.put(
            "to",
            Plain::from(if goes_on(to) { STILL_KEPT } else { to.trim() }),
        );
        pieces.remove(0);
    }
    let own = kind
        .parts()
        .iter()
        .filter(|part| matches!(part.kind, PartKind::Line | PartKind::Lines));
    let own: Vec<_> = own.collect();
    for (place, part) in own.iter().enumerate() {
        let rest = pieces.get(place..).unwrap_or_default();
        let piece = if place + 1 == own.len() {
            rest.join("; ")
        } else {
            rest.first().copied().unwrap_or_default().to_owned()
        };
        if !piece.is_empty() {
            row.put(part.name, Plain::new(piece));
        }
    }
    row
}

/// Beginning and end of a period, with any dash between.
fn halves(period: &str) -> Option<(&str, &str)> {
    let after_a_year = |(before, _): &(&str, &str)| before.trim().len() == 4;
    period
        .split_once(['–', '—'])
        .or_else(|| period.split_once(" - "))
        .or_else(|| period.split_once('-').filter(after_a_year))
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
