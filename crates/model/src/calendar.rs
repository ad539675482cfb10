//! C2–C7: working days of Kazakhstan, as data with a horizon. Beyond the horizon nothing is computed, only refused.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

/// The working days between two dates, as the policy folder's calendar declares them.
#[derive(Clone, Debug)]
pub struct WorkingCalendar {
    first: Date,
    horizon: Date,
    days_off: BTreeSet<Date>,
    days_worked: BTreeSet<Date>,
}

/// The calendar does not reach that day; the operator must enter the next year's days first (C5, 8-d).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the working calendar ends on {horizon}; no deadline can be computed beyond it")]
pub struct BeyondHorizon {
    /// The last day the calendar knows.
    pub horizon: Date,
}

impl WorkingCalendar {
    /// A calendar that knows the days from `first` to `horizon`: `days_off` are weekdays that are not worked,
    /// `days_worked` are Saturdays and Sundays that are.
    #[must_use]
    pub const fn new(
        first: Date,
        horizon: Date,
        days_off: BTreeSet<Date>,
        days_worked: BTreeSet<Date>,
    ) -> Self {
        Self {
            first,
            horizon,
            days_off,
            days_worked,
        }
    }

    /// The last day it knows.
    #[must_use]
    pub const fn horizon(&self) -> Date {
        self.horizon
    }

    /// Whether people work on that day.
    ///
    /// # Errors
    /// [`BeyondHorizon`] outside the known days.
    pub fn is_working(&self, day: Date) -> Result<bool, BeyondHorizon> {
        if day < self.first || day > self.horizon {
            return Err(BeyondHorizon {
                horizon: self.horizon,
            });
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(if weekend {
            self.days_worked.contains(&day)
        } else {
            !self.days_off.contains(&day)
        })
    }

    /// The day that is `count` working days after `day`; counting starts on the day after (C6).
    ///
    /// # Errors
    /// [`BeyondHorizon`] when the count runs past the known days.
    pub fn add_working_days(&self, day: Date, count: u32) -> Result<Date, BeyondHorizon> {
        let beyond = BeyondHorizon {
            horizon: self.horizon,
        };
        let mut day = day;
        let mut left = count;
        while left > 0 {
            day = day.tomorrow().map_err(|_| beyond)?;
            if self.is_working(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// The days off of 2026 and 2027 that fall on weekdays.
    fn kazakhstan() -> WorkingCalendar {
        let off = [
            (
                2026,
                &[
                    (1, 1),
                    (1, 2),
                    (1, 7),
                    (3, 9),
                    (3, 23),
                    (3, 24),
                    (3, 25),
                    (5, 1),
                    (5, 7),
                    (5, 11),
                    (5, 27),
                    (7, 6),
                    (10, 26),
                    (12, 16),
                ][..],
            ),
            (
                2027,
                &[
                    (1, 1),
                    (1, 4),
                    (1, 7),
                    (3, 8),
                    (3, 15),
                    (3, 22),
                    (3, 23),
                    (3, 24),
                    (5, 3),
                    (5, 7),
                    (5, 10),
                    (7, 6),
                    (10, 25),
                    (12, 16),
                ][..],
            ),
        ];
        let days_off = off
            .iter()
            .flat_map(|(year, days)| days.iter().map(|(m, d)| date(*year, *m, *d)))
            .collect();
        WorkingCalendar::new(date(2026, 1, 1), date(2027, 12, 31), days_off, BTreeSet::new())
    }

    #[test]
    fn the_published_table_of_deadlines() {
        let calendar = kazakhstan();
        let rows = [
            (
                "2026-03-20",
                ["2026-03-26", "2026-03-30", "2026-04-08", "2026-04-15"],
            ),
            (
                "2026-03-21",
                ["2026-03-26", "2026-03-30", "2026-04-08", "2026-04-15"],
            ),
            (
                "2026-05-06",
                ["2026-05-08", "2026-05-13", "2026-05-22", "2026-06-01"],
            ),
            (
                "2026-05-26",
                ["2026-05-28", "2026-06-01", "2026-06-10", "2026-06-17"],
            ),
            (
                "2026-08-28",
                ["2026-08-31", "2026-09-02", "2026-09-11", "2026-09-18"],
            ),
            (
                "2026-10-23",
                ["2026-10-27", "2026-10-29", "2026-11-09", "2026-11-16"],
            ),
            (
                "2026-12-15",
                ["2026-12-17", "2026-12-21", "2026-12-30", "2027-01-11"],
            ),
            (
                "2026-12-31",
                ["2027-01-05", "2027-01-08", "2027-01-19", "2027-01-26"],
            ),
            (
                "2027-03-12",
                ["2027-03-16", "2027-03-18", "2027-04-01", "2027-04-08"],
            ),
        ];
        for (received, due) in rows {
            for (count, day) in [1, 3, 10, 15].into_iter().zip(due) {
                let computed = calendar
                    .add_working_days(received.parse().unwrap(), count)
                    .unwrap();
                assert_eq!(computed.to_string(), day, "{received} + {count} working days");
            }
        }
    }

    #[test]
    fn beyond_the_horizon_it_refuses() {
        let calendar = kazakhstan();
        assert!(calendar.add_working_days(date(2027, 12, 30), 3).is_err());
        assert!(calendar.is_working(date(2025, 12, 31)).is_err());
        assert_eq!(calendar.is_working(date(2027, 3, 15)), Ok(false));
        assert_eq!(calendar.is_working(date(2026, 8, 31)), Ok(true));
    }
}
