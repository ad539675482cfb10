//! 1.1.2 f and h: card numbers, expiry and holder (ISO/IEC 7812; PCI DSS 4.0.1).

use jiff::civil::Date;

use super::text;
use crate::mistake::Problem;

/// Shortest and longest card number.
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// How far ahead an expiry is believed, in years.
const EXPIRY_YEARS_MAX: i16 = 20;

/// Whether the last digit is the check digit of the others.
#[must_use]
pub fn is_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit.wrapping_sub(b'0'));
            match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, doubled @ 10..) => doubled - 9,
                (_, doubled) => doubled,
            }
        })
        .sum();
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) && sum.is_multiple_of(10)
}

/// The last four digits: all that screens and answers show (P2).
#[must_use]
pub fn card_last_four(number: &str) -> &str {
    number.get(number.len().saturating_sub(4)..).unwrap_or_default()
}

pub(super) fn number(typed: &str) -> Result<String, Problem> {
    if typed.trim().is_empty() {
        return Err(Problem::Missing);
    }
    if !typed
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '\u{a0}'))
    {
        return Err(Problem::CardNumber);
    }
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let uniform = digits
        .bytes()
        .all(|digit| Some(&digit) == digits.as_bytes().first());
    if DIGITS.contains(&digits.len()) && is_luhn(&digits) && !uniform {
        Ok(digits)
    } else {
        Err(Problem::CardNumber)
    }
}

/// `MM/YY`, `MM/YYYY`, `MM-YY`: valid to the end of the month (P5). Kept as `YYYY-MM`.
pub(super) fn expiry(typed: &str, today: Date) -> Result<String, Problem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Problem::Missing);
    }
    let (a, b) = typed
        .split_once(['/', '-', ' ', '.'])
        .ok_or(Problem::CardExpiry)?;
    let (a, b) = (a.trim(), b.trim());
    let (month, year) = if a.len() == 4 { (b, a) } else { (a, b) };
    let month: i8 = month.parse().map_err(|_| Problem::CardExpiry)?;
    let year: i16 = match year.len() {
        2 => year.parse::<i16>().map(|year| 2000 + year),
        4 => year.parse(),
        _ => return Err(Problem::CardExpiry),
    }
    .map_err(|_| Problem::CardExpiry)?;
    let month_start = Date::new(year, month, 1).map_err(|_| Problem::CardExpiry)?;
    if month_start.last_of_month() < today {
        return Err(Problem::CardExpired);
    }
    if year > today.year() + EXPIRY_YEARS_MAX {
        return Err(Problem::CardExpiry);
    }
    Ok(format!("{year:04}-{month:02}"))
}

pub(super) fn holder(typed: &str) -> Result<String, Problem> {
    let holder = text::one_spaced(typed)?;
    if holder.is_empty() {
        return Err(Problem::Missing);
    }
    let fits = |c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | '-' | '\'' | '.');
    if !holder.chars().all(fits) || !holder.chars().any(|c| c.is_ascii_alphabetic()) {
        return Err(Problem::CardHolder);
    }
    text::bounded(holder.to_uppercase(), text::NAME_LENGTH_MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_check_digit_and_the_lengths() {
        for accepted in ["4111111111111111", "5555 5555 5555 4444", "3782-822463-10005"] {
            assert!(number(accepted).is_ok(), "{accepted}");
        }
        for refused in [
            "4111111111111112",
            "411111111111",
            "4111x1111111111",
            "0000000000000000",
            "",
        ] {
            assert!(number(refused).is_err(), "{refused}");
        }
        assert_eq!(card_last_four("4111111111111111"), "1111");
    }

    #[test]
    fn valid_to_the_end_of_the_printed_month() {
        let today = date(2026, 11, 30);
        assert_eq!(expiry("11/26", today).as_deref(), Ok("2026-11"));
        assert_eq!(expiry("11/2026", date(2026, 12, 1)), Err(Problem::CardExpired));
        assert_eq!(expiry("13/27", today), Err(Problem::CardExpiry));
        assert_eq!(expiry("01/47", today), Err(Problem::CardExpiry));
        assert_eq!(holder("Иванов"), Err(Problem::CardHolder));
        assert_eq!(holder("d. o'neil-smith").as_deref(), Ok("D. O'NEIL-SMITH"));
    }
}
