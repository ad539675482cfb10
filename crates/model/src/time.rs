//! Instants and days. The law counts days in +05:00 (one zone for all Kazakhstan since 1 March 2024, C1).

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// The wall clock as an argument.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The offset of Kazakhstan before the change of 2024 in Almaty and Astana.
const OFFSET_BEFORE: Offset = Offset::constant(6);
/// The one offset of Kazakhstan since then.
const OFFSET_SINCE: Offset = Offset::constant(5);
/// 2024-03-01 00:00 +06:00, when the clocks went back to 23:00 (C1).
const CHANGE_SECOND: i64 = 1_709_229_600;

/// The instant on the clocks of Kazakhstan.
#[must_use]
pub fn in_kazakhstan(instant: Timestamp) -> Zoned {
    let offset = if instant.as_second() < CHANGE_SECOND {
        OFFSET_BEFORE
    } else {
        OFFSET_SINCE
    };
    instant.to_zoned(TimeZone::fixed(offset))
}

/// The calendar day in Kazakhstan at that instant.
#[must_use]
pub fn day_in_kazakhstan(instant: Timestamp) -> Date {
    in_kazakhstan(instant).date()
}

/// The instant at which the clocks of Kazakhstan show that.
///
/// # Errors
/// When it is at the edge of what a calendar can hold.
pub fn instant_in_kazakhstan(clocks: DateTime) -> Result<Timestamp, jiff::Error> {
    Ok(clocks.to_zoned(TimeZone::fixed(OFFSET_SINCE))?.timestamp())
}

/// The instant on that day at which the clocks of Kazakhstan show what they show at `instant`.
///
/// # Errors
/// When it is at the edge of what a calendar can hold.
pub fn same_hour(day: Date, instant: Timestamp) -> Result<Timestamp, jiff::Error> {
    instant_in_kazakhstan(day.to_datetime(in_kazakhstan(instant).time()))
}

/// The last instant of that day in Kazakhstan: a thing due on a day is late after it.
///
/// # Errors
/// When the day is at the edge of what a calendar can hold.
pub fn end_of_day(day: Date) -> Result<Timestamp, jiff::Error> {
    instant_in_kazakhstan(day.tomorrow()?.at(0, 0, 0, 0))?.checked_sub(jiff::SignedDuration::from_millis(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repeated_hour_and_the_day_border() {
        let clock = |text: &str| {
            in_kazakhstan(text.parse().unwrap())
                .strftime("%F %H:%M %:z")
                .to_string()
        };
        assert_eq!(clock("2024-02-29T17:30:00Z"), "2024-02-29 23:30 +06:00");
        assert_eq!(clock("2024-02-29T18:30:00Z"), "2024-02-29 23:30 +05:00");
        assert_eq!(
            day_in_kazakhstan("2026-11-22T19:30:00Z".parse().unwrap()).to_string(),
            "2026-11-23"
        );
    }

    #[test]
    fn the_same_hour_of_another_day_is_by_the_clocks_here() {
        let found = "2026-11-27T19:30:00Z".parse().unwrap();
        let due = same_hour(jiff::civil::date(2026, 11, 30), found).unwrap();
        assert_eq!(due.to_string(), "2026-11-29T19:30:00Z");
    }

    #[test]
    fn a_day_ends_a_millisecond_before_the_next() {
        let end = end_of_day(jiff::civil::date(2026, 11, 23)).unwrap();
        assert_eq!(end.to_string(), "2026-11-23T18:59:59.999Z");
    }
}
