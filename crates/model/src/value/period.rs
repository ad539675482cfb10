//! 1.1.5-a: lines of education and experience. Each begins with its period, and names where it was.

use jiff::civil::Date;

use super::text::{TEXT_LENGTH_MAX, bounded};
use crate::mistake::Problem;

/// The most lines of one kind.
const LINES_MAX: usize = 40;
/// Words for a period that goes on.
const STILL: [&str; 10] = [
    "…",
    "now",
    "present",
    "today",
    "н.в.",
    "нв",
    "настоящее время",
    "сейчас",
    "қазір",
    "бүгін",
];
/// The first year that is believed.
const FIRST_YEAR: i16 = 1900;

/// Reads lines such as `2015 – 06.2019, institution, faculty, speciality, form`. What comes back has the period first, as
/// `2015 – 2019-06`, and the parts with semicolons between.
///
/// # Errors
/// The first problem of the first line that has one.
pub(super) fn lines(typed: &str, today: Date, parts_min: usize) -> Result<String, Problem> {
    let typed = typed.replace("\r\n", "\n");
    if typed.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Problem::Characters);
    }
    let written = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut kept = Vec::new();
    for line in written {
        if kept.len() == LINES_MAX {
            return Err(Problem::TooLong);
        }
        kept.push(one(line, today, parts_min)?);
    }
    bounded(kept.join("\n"), TEXT_LENGTH_MAX)
}

fn one(line: &str, today: Date, parts_min: usize) -> Result<String, Problem> {
    let mut parts = line.split([',', ';', '\t']).map(str::trim);
    let (head, first) = beginning(parts.next().unwrap_or_default());
    let (from, to) = period(head)?;
    if from.first_day() > today {
        return Err(Problem::PeriodFuture);
    }
    if to.is_some_and(|to| to.last_day() < from.first_day()) {
        return Err(Problem::PeriodOrder);
    }
    let rest: Vec<&str> = first
        .into_iter()
        .chain(parts)
        .filter(|part| !part.is_empty())
        .collect();
    if rest.len() < parts_min {
        return Err(Problem::Parts);
    }
    let to = to.map_or_else(|| "…".to_owned(), Month::written);
    Ok(format!("{} – {to}; {}", from.written(), rest.join("; ")))
}

/// A colon ends the period as well as a comma does.
fn beginning(head: &str) -> (&str, Option<&str>) {
    match head.split_once(':') {
        Some((period, rest)) => (period.trim(), Some(rest.trim())),
        None => (head, None),
    }
}

fn period(written: &str) -> Result<(Month, Option<Month>), Problem> {
    let dashes = ['–', '—'];
    let halves = written
        .split_once(dashes)
        .or_else(|| written.split_once(" - "))
        .or_else(|| {
            written
                .split_once('-')
                .filter(|(before, _)| before.trim().len() == 4)
        });
    let (from, to) = halves.ok_or(Problem::Period)?;
    let from = Month::read(from).ok_or(Problem::Period)?;
    let to = to.trim().to_lowercase();
    if to.is_empty() || STILL.contains(&to.as_str()) {
        return Ok((from, None));
    }
    let to = Month::read(&to).ok_or(Problem::Period)?;
    Ok((from, Some(to)))
}

/// A year, or a month of one.
#[derive(Clone, Copy)]
struct Month {
    year: i16,
    month: Option<i8>,
}

impl Month {
    /// `2019`, `06.2019`, `06/2019` or `2019-06`.
    fn read(written: &str) -> Option<Self> {
        let written = written.trim();
        let numbers: Vec<&str> = written.split(['.', '/', '-']).map(str::trim).collect();
        let (year, month) = match numbers.as_slice() {
            [year] => (*year, None),
            [one, other] if one.len() == 4 => (*one, Some(*other)),
            [one, other] => (*other, Some(*one)),
            _ => return None,
        };
        let is_year = year.len() == 4 && year.bytes().all(|sign| sign.is_ascii_digit());
        let year = year.parse().ok().filter(|year| is_year && *year >= FIRST_YEAR)?;
        let month = match month {
            Some(month) => Some(month.parse().ok().filter(|month| (1..=12).contains(month))?),
            None => None,
        };
        Some(Self { year, month })
    }

    fn first_day(self) -> Date {
        Date::new(self.year, self.month.unwrap_or(1), 1).unwrap_or(Date::MAX)
    }

    fn last_day(self) -> Date {
        Date::new(self.year, self.month.unwrap_or(12), 1).map_or(Date::MAX, Date::last_of_month)
    }

    fn written(self) -> String {
        match self.month {
            Some(month) => format!("{}-{month:02}", self.year),
            None => self.year.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 23);

    #[test]
    fn periods_are_read_as_people_write_them() {
        for (typed, kept) in [
            (
                "2010–2014, КазНУ, мехмат, прикладная математика, очно",
                "2010 – 2014; КазНУ; мехмат; прикладная математика; очно",
            ),
            (
                "09.2010 - 06.2014: KazNU; maths",
                "2010-09 – 2014-06; KazNU; maths",
            ),
            ("2019-2023, Example LLP, dev", "2019 – 2023; Example LLP; dev"),
            (
                "2019-03 – қазір, «Мысал» ЖШС, бағдарламашы",
                "2019-03 – …; «Мысал» ЖШС; бағдарламашы",
            ),
            ("2026 – now, Example, clerk", "2026 – …; Example; clerk"),
            ("2014 – 2014, A, b", "2014 – 2014; A; b"),
        ] {
            assert_eq!(lines(typed, TODAY, 2).as_deref(), Ok(kept), "{typed}");
        }
        let kept = lines("2010–2014, A, b\n\n 2015–2016, C, d ", TODAY, 2).unwrap();
        assert_eq!(kept, "2010 – 2014; A; b\n2015 – 2016; C; d");
        // What is kept can be typed again.
        assert_eq!(lines(&kept, TODAY, 2).as_deref(), Ok(kept.as_str()));
        assert_eq!(
            lines("2019-03 – …; A; b", TODAY, 2).as_deref(),
            Ok("2019-03 – …; A; b")
        );
    }

    #[test]
    fn impossible_periods_are_named() {
        for (typed, problem) in [
            ("2014 – 2010, A, b", Problem::PeriodOrder),
            ("06.2014 – 05.2014, A, b", Problem::PeriodOrder),
            ("2027 – 2030, A, b", Problem::PeriodFuture),
            ("12.2026 – now, A, b", Problem::PeriodFuture),
            ("KazNU, 2010–2014", Problem::Period),
            ("13.2010 – 2014, A, b", Problem::Period),
            ("2010, A, b", Problem::Period),
            ("0010 – 2014, A, b", Problem::Period),
            ("2010 – 2014, A", Problem::Parts),
            ("2010 – 2014", Problem::Parts),
            ("", Problem::Missing),
            ("2010\u{7} – 2014, A, b", Problem::Characters),
        ] {
            assert_eq!(lines(typed, TODAY, 2), Err(problem), "{typed}");
        }
    }
}
