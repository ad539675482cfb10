//! Names, lines and longer texts.

use crate::mistake::Problem;

/// The longest single line, in characters.
pub const LINE_LENGTH_MAX: usize = 200;
/// The longest name, in characters.
pub const NAME_LENGTH_MAX: usize = 100;
/// The longest text, in characters.
pub const TEXT_LENGTH_MAX: usize = 4_000;
/// The largest small number.
const COUNT_MAX: u16 = 99;

/// 1.1.2, F7: a name in any alphabet, Kazakh letters included; single-word names are names.
pub(super) fn name(typed: &str) -> Result<String, Problem> {
    let name = one_spaced(typed)?;
    if name.is_empty() {
        return Err(Problem::Missing);
    }
    if name.chars().count() > NAME_LENGTH_MAX {
        return Err(Problem::TooLong);
    }
    let fits = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | 'ʼ' | '.');
    if !name.chars().all(fits) || !name.chars().any(char::is_alphabetic) {
        return Err(Problem::Name);
    }
    Ok(name)
}

pub(super) fn line(typed: &str) -> Result<String, Problem> {
    let line = one_spaced(typed)?;
    bounded(line, LINE_LENGTH_MAX)
}

pub(super) fn lines(typed: &str) -> Result<String, Problem> {
    let typed = typed.replace("\r\n", "\n");
    if typed.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Problem::Characters);
    }
    bounded(typed.trim().to_owned(), TEXT_LENGTH_MAX)
}

pub(super) fn count(typed: &str) -> Result<String, Problem> {
    let number: u16 = typed.trim().parse().map_err(|_| Problem::Count)?;
    if number > COUNT_MAX {
        Err(Problem::Count)
    } else {
        Ok(number.to_string())
    }
}

pub(super) fn bounded(text: String, limit: usize) -> Result<String, Problem> {
    if text.is_empty() {
        Err(Problem::Missing)
    } else if text.chars().count() > limit {
        Err(Problem::TooLong)
    } else {
        Ok(text)
    }
}

/// Without control characters, trimmed, single spaces.
pub(super) fn one_spaced(typed: &str) -> Result<String, Problem> {
    let typed = typed.trim();
    if typed.chars().any(char::is_control) {
        return Err(Problem::Characters);
    }
    Ok(typed.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kazakh_names_hyphens_apostrophes_and_single_words() {
        for accepted in [
            "Әбілқайыр",
            "  Нұр-Сұлтан  ",
            "O'Brien",
            "Иванов",
            "Гүлнәр Қызы",
            "Ян",
        ] {
            assert!(name(accepted).is_ok(), "{accepted}");
        }
        for refused in ["", "  ", "1van", "a@b", "...", "line\nbreak"] {
            assert!(name(refused).is_err(), "{refused:?}");
        }
    }
}
