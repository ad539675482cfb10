//! 1.1.5-a: when something began and ended, as people write it: a year, a month of one, or a day.

use jiff::civil::Date;

/// Words for what goes on; any of them is kept as [`STILL_KEPT`].
const STILL: [&str; 12] = [
    "…",
    "still",
    "now",
    "present",
    "today",
    "н.в.",
    "нв",
    "по настоящее время",
    "настоящее время",
    "сейчас",
    "қазір",
    "бүгін",
];
/// What stands where an end would, of something that goes on.
pub const STILL_KEPT: &str = "still";
/// The first year that is believed.
const FIRST_YEAR: i16 = 1900;
/// The last year that is believed, of an end that is to come.
const LAST_YEAR: i16 = 2100;

/// Whether that says that it goes on.
pub(super) fn goes_on(written: &str) -> bool {
    STILL.contains(&written.trim().to_lowercase().as_str())
}

/// A year, a month of one, or a day of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct When {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl When {
    /// `2019`, `06.2019`, `6/2019`, `2019-06`, `01.06.2019` or `2019-06-01`.
    pub(super) fn read(written: &str) -> Option<Self> {
        let numbers: Vec<&str> = written
            .split(['.', '/', '-', ' '])
            .filter(|number| !number.is_empty())
            .collect();
        let is_year = |number: &str| number.len() == 4;
        let (year, month, day) = match numbers.as_slice() {
            [year] => (*year, None, None),
            [one, other] if is_year(one) => (*one, Some(*other), None),
            [one, other] => (*other, Some(*one), None),
            [one, month, other] if is_year(one) => (*one, Some(*month), Some(*other)),
            [one, month, other] => (*other, Some(*month), Some(*one)),
            _ => return None,
        };
        let all_digits = |number: &str| number.bytes().all(|sign| sign.is_ascii_digit());
        if !is_year(year) || !numbers.iter().all(|number| all_digits(number)) {
            return None;
        }
        let year: i16 = year.parse().ok()?;
        let month = month.map(str::parse).transpose().ok()?;
        let day = day.map(str::parse).transpose().ok()?;
        let when = Self { year, month, day };
        let is_there = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).is_ok();
        (is_there && (FIRST_YEAR..=LAST_YEAR).contains(&year)).then_some(when)
    }

    /// The first day that it can mean.
    pub(super) fn first_day(self) -> Date {
        Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).unwrap_or(Date::MAX)
    }

    /// The last day that it can mean.
    pub(super) fn last_day(self) -> Date {
        match self.day {
            Some(_) => self.first_day(),
            None => Date::new(self.year, self.month.unwrap_or(12), 1).map_or(Date::MAX, Date::last_of_month),
        }
    }

    /// As it is kept: `2019`, `2019-06` or `2019-06-01`.
    pub(super) fn kept(self) -> String {
        match (self.month, self.day) {
            (Some(month), Some(day)) => format!("{}-{month:02}-{day:02}", self.year),
            (Some(month), None) => format!("{}-{month:02}", self.year),
            _ => self.year.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_months_and_days_are_read_as_people_write_them() {
        for (written, kept) in [
            ("2019", "2019"),
            (" 06.2019 ", "2019-06"),
            ("6/2019", "2019-06"),
            ("2019-6", "2019-06"),
            ("6 2019", "2019-06"),
            ("1.6.2019", "2019-06-01"),
            ("2019-06-01", "2019-06-01"),
            ("29.02.2020", "2020-02-29"),
        ] {
            let read = When::read(written).map(When::kept);
            assert_eq!(read.as_deref(), Some(kept), "{written}");
            // What is kept can be typed again.
            assert_eq!(When::read(kept).map(When::kept).as_deref(), Some(kept));
        }
        for written in [
            "",
            "19",
            "0010",
            "1899",
            "2101",
            "13.2019",
            "0.2019",
            "29.02.2019",
            "June 2019",
            "+201",
            "1.2.3.2019",
            "2019-06-01-01",
        ] {
            let read = When::read(written).map(When::kept);
            assert!(read.is_none(), "{written}: {read:?}");
        }
    }

    #[test]
    fn a_period_reaches_from_its_first_to_its_last_day() {
        let of = |written: &str| When::read(written).unwrap();
        assert_eq!(of("2019").first_day(), jiff::civil::date(2019, 1, 1));
        assert_eq!(of("2019").last_day(), jiff::civil::date(2019, 12, 31));
        assert_eq!(of("02.2020").last_day(), jiff::civil::date(2020, 2, 29));
        assert_eq!(of("03.02.2020").last_day(), of("03.02.2020").first_day());
    }

    #[test]
    fn what_goes_on_is_said_in_any_language() {
        for written in ["now", " Қазір ", "Настоящее время", "still", "…"] {
            assert!(goes_on(written), "{written}");
        }
        assert!(!goes_on("") && !goes_on("2019"));
    }
}
