//! 1.1.2-b: real calendar dates, and the ages at which a representative acts or agrees.

use jiff::civil::Date;

use crate::mistake::Problem;

/// The oldest age that is believed, in years.
const AGE_MAX: i16 = 120;

/// What the law makes of an age (L14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Under 14: the representative acts.
    RepresentativeActs,
    /// 14 to 17: acts with the representative's consent.
    RepresentativeAgrees,
    /// 18 and over.
    Adult,
}

/// The two ages of the policy, in full years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages {
    /// Below this one the representative acts.
    pub acts_below: u32,
    /// From there, and below this one, the representative agrees.
    pub agrees_below: u32,
}

impl Ages {
    /// Articles 22 and 23 of the Civil Code (L14).
    pub const LAW: Self = Self {
        acts_below: 14,
        agrees_below: 18,
    };

    /// What the age of somebody born on `birth` means on that day. Who was born on 29 February is a year older on 1 March
    /// of a year without that day.
    #[must_use]
    pub fn on(self, today: Date, birth: Date) -> Age {
        let years = u32::try_from(full_years(today, birth)).unwrap_or(0);
        if years < self.acts_below {
            Age::RepresentativeActs
        } else if years < self.agrees_below {
            Age::RepresentativeAgrees
        } else {
            Age::Adult
        }
    }
}

pub(super) fn birth_date(typed: &str, today: Date) -> Result<String, Problem> {
    let date = read(typed).ok_or(Problem::Date)?;
    if date > today || full_years(today, date) > AGE_MAX {
        return Err(Problem::BirthDateRange);
    }
    Ok(date.to_string())
}

/// `1990-05-07`, `07.05.1990` or `7/5/1990`: the day first when the year is last, as people here write.
fn read(typed: &str) -> Option<Date> {
    let parts: Vec<&str> = typed
        .trim()
        .split(['-', '.', '/', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    let [a, b, c] = parts.as_slice() else { return None };
    if parts
        .iter()
        .any(|part| !part.bytes().all(|digit| digit.is_ascii_digit()))
    {
        return None;
    }
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn full_years(today: Date, birth: Date) -> i16 {
    let had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
    today.year() - birth.year() - i16::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        let today = date(2026, 11, 23);
        for typed in ["1990-05-07", "07.05.1990", "7/5/1990", "7 5 1990"] {
            assert_eq!(birth_date(typed, today).as_deref(), Ok("1990-05-07"), "{typed}");
        }
        assert_eq!(birth_date("30.02.1990", today), Err(Problem::Date));
        assert_eq!(birth_date("24.11.2026", today), Err(Problem::BirthDateRange));
        assert_eq!(birth_date("01.01.1890", today), Err(Problem::BirthDateRange));
        assert_eq!(birth_date("7.5.90", today), Err(Problem::Date));
    }

    #[test]
    fn ages_turn_on_the_birthday() {
        let today = date(2026, 11, 23);
        assert_eq!(Ages::LAW.on(today, date(2012, 11, 24)), Age::RepresentativeActs);
        assert_eq!(Ages::LAW.on(today, date(2012, 11, 23)), Age::RepresentativeAgrees);
        assert_eq!(Ages::LAW.on(today, date(2008, 11, 23)), Age::Adult);
        let leap_day = date(2012, 2, 29);
        assert_eq!(Ages::LAW.on(date(2026, 2, 28), leap_day), Age::RepresentativeActs);
        assert_eq!(
            Ages::LAW.on(date(2026, 3, 1), leap_day),
            Age::RepresentativeAgrees
        );
        assert_eq!(Ages::LAW.on(date(2030, 3, 1), leap_day), Age::Adult);
    }
}
