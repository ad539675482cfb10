//! What is typed about a document, read: words in which nobody can be found, days, and a file that is a PDF by its bytes.

use jiff::civil::Date;
use sandyq_model::Problem;
use sandyq_model::value::leads_to_a_person;

use super::LOCAL_ACT_FILE_BYTES_MAX;

/// The longest title, in characters.
pub const TITLE_LENGTH_MAX: usize = 300;
/// The longest number, version or position, in characters.
pub const WORD_LENGTH_MAX: usize = 120;
/// The furthest that a document that is still in force may have been adopted, in days.
const BACK_DAYS_MAX: i32 = 36_600;
/// The furthest ahead that it can come into force, in days.
const AHEAD_DAYS_MAX: i32 = 366;
/// In how many last bytes the end of a PDF stands.
const END_BYTES: usize = 1024;

/// One line of words about nobody.
pub(super) fn line(typed: &str, length_max: usize) -> Result<String, Problem> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(Problem::Missing);
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::Characters);
    }
    if text.chars().count() > length_max {
        return Err(Problem::TooLong);
    }
    if leads_to_a_person(text) {
        return Err(Problem::Personal);
    }
    Ok(text.to_owned())
}

/// A day on which something was adopted.
pub(super) fn adopted(typed: &str, today: Date) -> Result<Date, Problem> {
    let day = day(typed)?;
    within(day, today, -BACK_DAYS_MAX, 0)
}

/// A day from which something is in force: not before it was adopted.
pub(super) fn in_force(typed: &str, adopted: Date, today: Date) -> Result<Date, Problem> {
    let day = day(typed)?;
    if day < adopted {
        return Err(Problem::Date);
    }
    within(day, today, -BACK_DAYS_MAX, AHEAD_DAYS_MAX)
}

fn day(typed: &str) -> Result<Date, Problem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Problem::Missing);
    }
    Date::strptime("%Y-%m-%d", typed)
        .or_else(|_| Date::strptime("%d.%m.%Y", typed))
        .map_err(|_| Problem::Date)
}

fn within(day: Date, today: Date, back: i32, ahead: i32) -> Result<Date, Problem> {
    let since = today.until(day).map_err(|_| Problem::Date)?.get_days();
    if (back..=ahead).contains(&since) {
        Ok(day)
    } else {
        Err(Problem::Date)
    }
}

/// The number in the register of what is replaced; nothing typed is nothing.
pub(super) fn number(typed: &str) -> Result<Option<u32>, Problem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    if !typed.chars().all(|sign| sign.is_ascii_digit()) {
        return Err(Problem::Characters);
    }
    typed.parse().map(Some).map_err(|_| Problem::Choice)
}

/// A file, by what it is and not by its name: a PDF with its beginning and its end.
pub(super) fn file(bytes: &[u8]) -> Result<&[u8], Problem> {
    if bytes.is_empty() {
        return Err(Problem::Missing);
    }
    let end = bytes
        .get(bytes.len().saturating_sub(END_BYTES)..)
        .unwrap_or(bytes);
    let has_end = end.windows(5).any(|part| part == b"%%EOF");
    if bytes.len() > LOCAL_ACT_FILE_BYTES_MAX || !bytes.starts_with(b"%PDF-") || !has_end {
        return Err(Problem::Pdf);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_bounded_and_lead_to_nobody() {
        assert_eq!(line("  Rules  ", 10), Ok("Rules".to_owned()));
        for (typed, wrong) in [
            (" ", Problem::Missing),
            ("a\nb", Problem::Characters),
            ("12345678901", Problem::TooLong),
            ("a@b.kz", Problem::Personal),
        ] {
            assert_eq!(line(typed, 10), Err(wrong), "{typed}");
        }
        for personal in [
            "Order about 850101300123",
            "Call +7 701 123 45 67",
            "Card 4111 1111 1111 1111",
        ] {
            assert_eq!(
                line(personal, TITLE_LENGTH_MAX),
                Err(Problem::Personal),
                "{personal}"
            );
        }
    }

    #[test]
    fn days_follow_each_other() {
        let today: Date = "2026-11-23".parse().unwrap();
        let adopted_on = adopted("01.11.2026", today).unwrap();
        assert_eq!(adopted("2026-11-24", today), Err(Problem::Date));
        assert_eq!(adopted("", today), Err(Problem::Missing));
        assert_eq!(adopted("31.11.2026", today), Err(Problem::Date));
        assert!(in_force("2027-01-01", adopted_on, today).is_ok());
        assert_eq!(in_force("2026-10-31", adopted_on, today), Err(Problem::Date));
        assert_eq!(in_force("2028-01-01", adopted_on, today), Err(Problem::Date));
        assert_eq!(number(" 12 "), Ok(Some(12)));
        assert_eq!(number(""), Ok(None));
        assert_eq!(number("-1"), Err(Problem::Characters));
        assert_eq!(number("99999999999"), Err(Problem::Choice));
    }

    #[test]
    fn a_file_is_known_by_its_bytes() {
        assert!(file(b"%PDF-1.7\n1 0 obj\n%%EOF\n").is_ok());
        assert_eq!(file(b""), Err(Problem::Missing));
        for wrong in [
            &b"<html>%PDF-1.7 %%EOF"[..],
            b"%PDF-1.7 cut off",
            b"\x89PNG\r\n\x1a\n%%EOF",
        ] {
            assert_eq!(file(wrong), Err(Problem::Pdf));
        }
        let mut long = b"%PDF-1.7\n".to_vec();
        long.resize(LOCAL_ACT_FILE_BYTES_MAX - 5, b' ');
        long.extend(b"%%EOF");
        assert!(file(&long).is_ok(), "the largest file is taken");
        long.push(b'\n');
        assert_eq!(file(&long), Err(Problem::Pdf));
    }
}
