//! What is typed into the register, read: instants by the clocks of Kazakhstan, numbers, and texts in which nobody can be
//! found.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, Unit};
use sandyq_model::value::leads_to_a_person;
use sandyq_model::{Category, Problem, time};

use super::PEOPLE_MAX;

/// The longest text, in characters.
pub const TOLD_LENGTH_MAX: usize = 2_000;
/// The longest number of a document, in characters.
pub const DOCUMENT_LENGTH_MAX: usize = 40;
/// The furthest that something may lie back when it is entered.
const BACK_DAYS_MAX: i32 = 366;
/// From the first instant of a minute to its last: no entry of the ledger lies between two milliseconds.
const LAST_OF_MINUTE: SignedDuration = SignedDuration::from_millis(59_999);

/// An instant as it was typed, by the clocks of Kazakhstan; now when nothing was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// The day, as `2026-11-27` or `27.11.2026`.
    pub day: String,
    /// The time, as `14:05`.
    pub time: String,
}

impl When {
    /// The instant, cut to the minute as a clock shows it.
    pub(super) fn read(&self, now: Timestamp) -> Result<Timestamp, (&'static str, Problem)> {
        let (day, clock) = (self.day.trim(), self.time.trim());
        let now = to_the_minute(now);
        if self.is_now() {
            return Ok(now);
        }
        let wrong_day = || ("day", Problem::Date);
        let day = Date::strptime("%Y-%m-%d", day).or_else(|_| Date::strptime("%d.%m.%Y", day));
        let day = day.map_err(|_| wrong_day())?;
        let since = day.until(time::day_in_kazakhstan(now)).map_err(|_| wrong_day())?;
        if !(0..=BACK_DAYS_MAX).contains(&since.get_days()) {
            return Err(wrong_day());
        }
        let clock = Time::strptime("%H:%M", clock).map_err(|_| ("time", Problem::Time))?;
        let at = time::instant_in_kazakhstan(day.to_datetime(clock)).map_err(|_| wrong_day())?;
        if at > now {
            return Err(("time", Problem::Time));
        }
        Ok(at)
    }

    /// The last instant of a span that ends with the minute that was typed, or with now.
    pub(super) fn read_end(&self, now: Timestamp) -> Result<Timestamp, (&'static str, Problem)> {
        if self.is_now() {
            return Ok(now);
        }
        Ok((self.read(now)? + LAST_OF_MINUTE).min(now))
    }

    fn is_now(&self) -> bool {
        self.day.trim().is_empty() && self.time.trim().is_empty()
    }
}

fn to_the_minute(instant: Timestamp) -> Timestamp {
    let cut = jiff::TimestampRound::new()
        .smallest(Unit::Minute)
        .mode(jiff::RoundMode::Floor);
    instant.round(cut).unwrap_or(instant)
}

/// How many people; nothing typed is "not known yet".
pub(super) fn people(typed: &str) -> Result<Option<u64>, Problem> {
    let digits: String = typed.chars().filter(|sign| !sign.is_whitespace()).collect();
    if digits.is_empty() {
        return Ok(None);
    }
    if !digits.chars().all(|sign| sign.is_ascii_digit()) {
        return Err(Problem::Characters);
    }
    let count = digits.parse().ok().filter(|count| *count <= PEOPLE_MAX);
    count.map(Some).ok_or(Problem::TooLong)
}

/// The categories by their words, each once.
pub(super) fn categories(typed: &[String]) -> Result<Vec<Category>, Problem> {
    let read = typed.iter().map(|word| word.parse::<Category>());
    let mut read = read.collect::<Result<Vec<_>, _>>().map_err(|_| Problem::Choice)?;
    read.sort_unstable();
    read.dedup();
    Ok(read)
}

/// A text about nobody; nothing when nothing was typed.
pub(super) fn told(typed: &str) -> Result<Option<String>, Problem> {
    let text = typed.replace("\r\n", "\n").trim().to_owned();
    if text.is_empty() {
        return Ok(None);
    }
    if text.chars().any(|sign| sign.is_control() && sign != '\n') {
        return Err(Problem::Characters);
    }
    if text.chars().count() > TOLD_LENGTH_MAX {
        return Err(Problem::TooLong);
    }
    if leads_to_a_person(&text) {
        return Err(Problem::Personal);
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_by_the_clocks_of_kazakhstan_and_never_ahead() {
        let now: Timestamp = "2026-11-27T10:05:42.5Z".parse().unwrap();
        let read = |day: &str, time: &str| {
            let when = When {
                day: day.to_owned(),
                time: time.to_owned(),
            };
            when.read(now).map(|at| at.to_string())
        };
        assert_eq!(read(" ", ""), Ok("2026-11-27T10:05:00Z".to_owned()));
        assert_eq!(read("2026-11-27", "15:05"), Ok("2026-11-27T10:05:00Z".to_owned()));
        assert_eq!(read("27.11.2026", "15:05"), read("2026-11-27", "15:05"));
        assert_eq!(read("2026-11-01", "00:00"), Ok("2026-10-31T19:00:00Z".to_owned()));
        for (day, time, wrong) in [
            ("2026-11-27", "15:06", ("time", Problem::Time)),
            ("2026-11-27", "", ("time", Problem::Time)),
            ("2026-11-27", "25:00", ("time", Problem::Time)),
            ("", "12:00", ("day", Problem::Date)),
            ("2026-11-28", "00:00", ("day", Problem::Date)),
            ("2025-11-01", "00:00", ("day", Problem::Date)),
            ("31.11.2026", "12:00", ("day", Problem::Date)),
            ("tomorrow", "12:00", ("day", Problem::Date)),
        ] {
            assert_eq!(read(day, time), Err(wrong), "{day} {time}");
        }
    }

    #[test]
    fn a_span_ends_with_the_last_instant_of_its_minute_and_never_ahead() {
        let now: Timestamp = "2026-11-27T10:05:42.5Z".parse().unwrap();
        let end = |day: &str, time: &str| {
            let when = When {
                day: day.to_owned(),
                time: time.to_owned(),
            };
            when.read_end(now).map(|at| at.to_string())
        };
        assert_eq!(end("", " "), Ok("2026-11-27T10:05:42.5Z".to_owned()));
        assert_eq!(
            end("2026-11-27", "15:04"),
            Ok("2026-11-27T10:04:59.999Z".to_owned())
        );
        assert_eq!(end("2026-11-27", "15:05"), end("", ""), "the minute that is now");
        assert_eq!(end("2026-11-27", "15:06"), Err(("time", Problem::Time)));
    }

    #[test]
    fn numbers_and_texts_are_bounded() {
        assert_eq!(people(""), Ok(None));
        assert_eq!(people("1 200"), Ok(Some(1_200)));
        for (wrong, problem) in [
            ("-1", Problem::Characters),
            ("many", Problem::Characters),
            ("100000001", Problem::TooLong),
            ("99999999999999999999999", Problem::TooLong),
        ] {
            assert_eq!(people(wrong), Err(problem), "{wrong}");
        }
        assert_eq!(
            categories(&["guest".into(), "guest".into()]),
            Ok(vec![Category::Guest])
        );
        assert_eq!(categories(&["anybody".into()]), Err(Problem::Choice));
        assert_eq!(told("  "), Ok(None));
        assert_eq!(
            told("All keys\r\nrenewed."),
            Ok(Some("All keys\nrenewed.".to_owned()))
        );
        assert_eq!(told("told dana@example.com"), Err(Problem::Personal));
        assert_eq!(told("a\u{7}"), Err(Problem::Characters));
        assert_eq!(told(&"a".repeat(TOLD_LENGTH_MAX + 1)), Err(Problem::TooLong));
    }
}
