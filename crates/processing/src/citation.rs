//! What an act outside the everyday rests on: the article of a law, and the document by which somebody invokes it. A line of each,
//! and so little room that nothing about a person fits in.

use jiff::Timestamp;
use jiff::civil::Date;
use sandyq_model::{Problem, time};

/// Characters of an article.
const ARTICLE_MAX: usize = 120;
/// Characters of a document's number.
const DOCUMENT_MAX: usize = 40;
/// Years that a document may be old.
const DOCUMENT_YEARS_MAX: i32 = 30;

/// The day on a document: not in the future, and within living memory.
pub(crate) fn dated(written: &str, now: Timestamp) -> Option<Date> {
    let day: Date = written.trim().parse().ok()?;
    let today = time::day_in_kazakhstan(now);
    let oldest = i32::from(today.year()) - DOCUMENT_YEARS_MAX;
    (day <= today && i32::from(day.year()) >= oldest).then_some(day)
}

/// An article is words with a number in them, and no more than that.
pub(crate) fn article_of(written: &str) -> Result<String, Problem> {
    let article = line_of(written, ARTICLE_MAX)?;
    if article.chars().any(|sign| sign.is_ascii_digit()) {
        Ok(article)
    } else {
        Err(Problem::Article)
    }
}

/// The number of a document: letters, digits and the signs between them. Words about a person do not fit in.
pub(crate) fn document_of(written: &str) -> Result<String, Problem> {
    let number = line_of(written, DOCUMENT_MAX)?;
    let is_number = number.chars().any(|sign| sign.is_ascii_digit());
    let fits = |sign: char| sign.is_alphanumeric() || " -/.№#".contains(sign);
    if is_number && number.chars().all(fits) {
        Ok(number)
    } else {
        Err(Problem::DocumentNumber)
    }
}

/// One line with something in it, of so many characters at most.
pub(crate) fn line_of(written: &str, longest: usize) -> Result<String, Problem> {
    let line = written.trim();
    if line.is_empty() {
        return Err(Problem::Missing);
    }
    if line.chars().any(char::is_control) {
        return Err(Problem::Characters);
    }
    if line.chars().count() > longest {
        return Err(Problem::TooLong);
    }
    Ok(line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_names_a_number_and_a_document_is_no_sentence() {
        assert_eq!(
            article_of(" Civil Procedure Code, Art. 156 "),
            Ok("Civil Procedure Code, Art. 156".into())
        );
        for (written, problem) in [
            ("", Problem::Missing),
            ("a law", Problem::Article),
            ("Art. 1\nArt. 2", Problem::Characters),
            (&"1".repeat(121), Problem::TooLong),
        ] {
            assert_eq!(article_of(written), Err(problem), "{written}");
        }
        assert_eq!(document_of("№ 2-1187/2026"), Ok("№ 2-1187/2026".into()));
        for written in ["the order, of the court (1)", "without a number", "a@b.kz 1"] {
            assert_eq!(document_of(written), Err(Problem::DocumentNumber), "{written}");
        }
    }
}
