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

/// The age on a day of somebody born on `birth`.
#[must_use]
pub fn age_on(today: Date, birth: Date) -> Age {
    match full_years(today, birth) {
        ..14 => Age::RepresentativeActs,
        14..18 => Age::RepresentativeAgrees,
        _ => Age::Adult,
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
        assert_eq!(age_on(today, date(2012, 11, 24)), Age::RepresentativeActs);
        assert_eq!(age_on(today, date(2012, 11, 23)), Age::RepresentativeAgrees);
        assert_eq!(age_on(today, date(2008, 11, 23)), Age::Adult);
    }
}
