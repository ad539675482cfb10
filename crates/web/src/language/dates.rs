//! faces 11: dates as each language writes them, on the clocks of Kazakhstan, with the offset beside the time.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};
use sandyq_model::time::in_kazakhstan;
use sandyq_processing::Language;

const KAZAKH: [&str; 12] = [
    "қаңтар",
    "ақпан",
    "наурыз",
    "сәуір",
    "мамыр",
    "маусым",
    "шілде",
    "тамыз",
    "қыркүйек",
    "қазан",
    "қараша",
    "желтоқсан",
];
const RUSSIAN: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
/// The months as they are called where no day stands before them.
const RUSSIAN_ALONE: [&str; 12] = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
];
const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `2026 ж. 22 қараша`, `22 ноября 2026 г.`, `22 November 2026`, by the calendar of Kazakhstan.
#[must_use]
pub fn date(instant: Timestamp, language: Language) -> String {
    day(in_kazakhstan(instant).date(), language)
}

/// The date and the time to the minute, with the offset: `…, 14:05 (UTC+5)`.
#[must_use]
pub fn date_and_time(instant: Timestamp, language: Language) -> String {
    let local: Zoned = in_kazakhstan(instant);
    let hours = local.offset().seconds() / 3600;
    format!(
        "{}, {:02}:{:02} (UTC+{hours})",
        day(local.date(), language),
        local.hour(),
        local.minute()
    )
}

/// A day written as `2031-12-31`; what is no day stays as it is.
#[must_use]
pub fn day_written(written: &str, language: Language) -> String {
    written
        .parse()
        .map_or_else(|_| written.to_owned(), |date| day(date, language))
}

/// A month written as `2026-11`: `2026 ж. қараша`, `ноябрь 2026 г.`, `November 2026`; what is no month stays as it is.
#[must_use]
pub fn month_written(written: &str, language: Language) -> String {
    let Ok(first) = format!("{written}-01").parse::<Date>() else {
        return written.to_owned();
    };
    let names = match language {
        Language::Kk => &KAZAKH,
        Language::Ru => &RUSSIAN_ALONE,
        Language::En => &ENGLISH,
    };
    let place = usize::from(first.month().unsigned_abs()).saturating_sub(1);
    let (month, year) = (names.get(place).copied().unwrap_or_default(), first.year());
    match language {
        Language::Kk => format!("{year}\u{a0}ж. {month}"),
        Language::Ru => format!("{month} {year}\u{a0}г."),
        Language::En => format!("{month} {year}"),
    }
}

/// A kept card expiry (`2027-05`) as it is printed on the card.
#[must_use]
pub fn month_of_card(kept: &str) -> String {
    match kept.split_once('-') {
        Some((year, month)) => format!("{month}/{}", year.get(2..).unwrap_or(year)),
        None => kept.to_owned(),
    }
}

fn day(day: Date, language: Language) -> String {
    let names = match language {
        Language::Kk => &KAZAKH,
        Language::Ru => &RUSSIAN,
        Language::En => &ENGLISH,
    };
    let place = usize::from(day.month().unsigned_abs()).saturating_sub(1);
    let month = names.get(place).copied().unwrap_or_default();
    let (year, number) = (day.year(), day.day());
    // Held together, so that a line never ends between a day and its month.
    match language {
        Language::Kk => format!("{year}\u{a0}ж. {number}\u{a0}{month}"),
        Language::Ru => format!("{number}\u{a0}{month} {year}\u{a0}г."),
        Language::En => format!("{number}\u{a0}{month} {year}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_as_each_language_writes_them_alone() {
        let said =
            [Language::Kk, Language::Ru, Language::En].map(|language| month_written("2026-11", language));
        assert_eq!(
            said,
            ["2026\u{a0}ж. қараша", "ноябрь 2026\u{a0}г.", "November 2026"]
        );
        for wrong in ["2026-13", "2026", "", "2026-11-01"] {
            assert_eq!(month_written(wrong, Language::En), wrong);
        }
    }

    #[test]
    fn dates_as_each_language_writes_them_in_the_offset_of_kazakhstan() {
        let instant: Timestamp = "2026-11-22T19:05:00Z".parse().unwrap();
        assert_eq!(date(instant, Language::Kk), "2026\u{a0}ж. 23\u{a0}қараша");
        assert_eq!(date(instant, Language::Ru), "23\u{a0}ноября 2026\u{a0}г.");
        assert_eq!(
            date_and_time(instant, Language::En),
            "23\u{a0}November 2026, 00:05 (UTC+5)"
        );
        let before: Timestamp = "2024-02-29T17:30:00Z".parse().unwrap();
        assert_eq!(
            date_and_time(before, Language::En),
            "29\u{a0}February 2024, 23:30 (UTC+6)"
        );
    }

    #[test]
    fn an_expiry_reads_as_on_the_card() {
        assert_eq!(month_of_card("2027-05"), "05/27");
    }
}
