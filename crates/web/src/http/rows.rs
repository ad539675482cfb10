//! Rows of parts as forms send them: one input for each part of each row, and buttons that come back with one row more or less.
//! Nothing is stored on the way, and no script is needed.

use sandyq_model::Plain;
use sandyq_model::value::{ROWS_MAX, Row, ValueKind, from_lines, part_name, split};

/// The step that comes back with one more row: `add-row-education`.
pub const ADD: &str = "add-row-";
/// The step that comes back without a row: `remove-row-education-2`.
pub const REMOVE: &str = "remove-row-";

/// What a button does with the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowStep {
    /// One more, empty, at the end.
    Add,
    /// Without the one of that number, counted from 1.
    Remove(usize),
}

impl RowStep {
    /// What that step does with the rows of a field, if it is about them.
    #[must_use]
    pub fn of(step: &str, field: &str) -> Option<Self> {
        if step.strip_prefix(ADD) == Some(field) {
            return Some(Self::Add);
        }
        let number = step
            .strip_prefix(REMOVE)?
            .strip_prefix(field)?
            .strip_prefix('-')?;
        number.parse().ok().map(Self::Remove)
    }

    /// The rows after it.
    #[must_use]
    pub fn done(self, mut rows: Vec<Row>) -> Vec<Row> {
        match self {
            Self::Add => {
                if rows.is_empty() {
                    rows.push(Row::default());
                }
                if rows.len() < ROWS_MAX {
                    rows.push(Row::default());
                }
            }
            Self::Remove(number) => {
                if let Some(place) = number.checked_sub(1).filter(|place| *place < rows.len()) {
                    rows.remove(place);
                }
            }
        }
        rows
    }
}

/// The names of all inputs that the rows of a field can have.
pub fn names(field: &str, kind: ValueKind) -> impl Iterator<Item = String> {
    (1..=ROWS_MAX).flat_map(move |row| {
        let parts = kind.parts().iter();
        parts.map(move |part| part_name(field, row, part.name))
    })
}

/// The rows that were sent, up to the last one that came; `typed` gives what came in an input.
pub fn gathered<'t>(field: &str, kind: ValueKind, typed: impl Fn(&str) -> Option<&'t str>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut last = 0;
    for number in 1..=ROWS_MAX {
        let mut row = Row::default();
        for part in kind.parts() {
            if let Some(value) = typed(&part_name(field, number, part.name)) {
                row.put(part.name, Plain::from(value));
                last = number;
            }
        }
        rows.push(row);
    }
    rows.truncate(last);
    rows
}

/// The inputs of rows, with what stands in each.
#[must_use]
pub fn scattered(field: &str, kind: ValueKind, rows: &[Row]) -> Vec<(String, String)> {
    let inputs = |(place, row): (usize, &Row)| -> Vec<(String, String)> {
        let parts = kind.parts().iter();
        parts
            .map(|part| {
                (
                    part_name(field, place + 1, part.name),
                    row.of(part.name).to_owned(),
                )
            })
            .collect()
    };
    rows.iter().enumerate().flat_map(inputs).collect()
}

/// A kept value as rows to change; what was kept as lines as well.
#[must_use]
pub fn of_kept(kind: ValueKind, kept: &Plain<String>) -> Vec<Row> {
    split(kept).unwrap_or_else(|| from_lines(kind, kept))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const KIND: ValueKind = ValueKind::Education;

    fn institutions(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.of("institution")).collect()
    }

    fn three() -> Vec<Row> {
        let sent = BTreeMap::from([
            ("education-1-institution".to_owned(), "A".to_owned()),
            ("education-3-institution".to_owned(), "C".to_owned()),
            ("education-11-institution".to_owned(), "K".to_owned()),
        ]);
        gathered("education", KIND, |name| sent.get(name).map(String::as_str))
    }

    #[test]
    fn rows_come_as_they_were_numbered() {
        assert_eq!(institutions(&three()), ["A", "", "C"]);
        let inputs = scattered("education", KIND, &three());
        assert_eq!(inputs.len(), 18);
        let sent: BTreeMap<String, String> = inputs.into_iter().collect();
        let again = gathered("education", KIND, |name| sent.get(name).map(String::as_str));
        assert_eq!(institutions(&again), ["A", "", "C"]);
        assert!(gathered("education", KIND, |_| None).is_empty());
        assert_eq!(names("education", KIND).count(), 60);
    }

    #[test]
    fn a_row_is_added_and_taken_away_where_the_button_says() {
        let step = |step: &str| RowStep::of(step, "education");
        assert_eq!(step("add-row-education"), Some(RowStep::Add));
        assert_eq!(step("remove-row-education-2"), Some(RowStep::Remove(2)));
        for other in [
            "add-row-experience",
            "add-row-",
            "remove-row-education-",
            "remove-row-education-x",
            "answered-1",
        ] {
            assert_eq!(step(other), None, "{other}");
        }
        assert_eq!(institutions(&RowStep::Add.done(three())), ["A", "", "C", ""]);
        assert_eq!(RowStep::Add.done(Vec::new()).len(), 2);
        assert_eq!(institutions(&RowStep::Remove(1).done(three())), ["", "C"]);
        for nothing in [0, 4, usize::MAX] {
            assert_eq!(RowStep::Remove(nothing).done(three()).len(), 3);
        }
        let full = vec![Row::default(); ROWS_MAX];
        assert_eq!(RowStep::Add.done(full).len(), ROWS_MAX);
    }
}
