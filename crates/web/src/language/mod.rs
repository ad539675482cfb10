//! Kazakh, Russian and English (faces 8–12): which one a visitor reads, and every sentence of the interface.
//!
//! The language is in no path: it comes from `?lang=`, else the cookie, else what the browser asks for, else Kazakh.
//! Sentences live in `translations/`; what the policy says (labels, hints, rules) comes from the policy folder.

mod countries;
mod dates;
mod phrases;

pub use countries::{Country, countries, country_name};
pub use dates::{date, date_and_time, day_written, month_of_card, month_written};
pub use phrases::{Args, money, phrase, phrase_with};

use sandyq_processing::Language;

/// The languages in the order in which they are offered.
pub const LANGUAGES: [Language; 3] = [Language::Kk, Language::Ru, Language::En];

/// How many languages of `Accept-Language` are looked at.
const ACCEPTED_MAX: usize = 20;

/// The BCP 47 tag: in `lang` attributes, cookies and `?lang=`.
#[must_use]
pub const fn tag(language: Language) -> &'static str {
    match language {
        Language::Kk => "kk",
        Language::Ru => "ru",
        Language::En => "en",
    }
}

/// The language's own name for itself.
#[must_use]
pub const fn own_name(language: Language) -> &'static str {
    match language {
        Language::Kk => "Қазақша",
        Language::Ru => "Русский",
        Language::En => "English",
    }
}

/// The language with this tag.
#[must_use]
pub fn of_tag(word: &str) -> Option<Language> {
    LANGUAGES.into_iter().find(|language| tag(*language) == word)
}

/// The best language for an `Accept-Language` header: the highest weight that we have, the earlier on a tie.
#[must_use]
pub fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(u16, Language)> = None;
    for part in header.split(',').take(ACCEPTED_MAX) {
        let mut pieces = part.split(';').map(str::trim);
        let primary = pieces
            .next()
            .and_then(|range| range.split('-').next())
            .unwrap_or_default()
            .to_lowercase();
        let Some(language) = of_tag(&primary) else {
            continue;
        };
        let weight = pieces
            .find_map(|piece| piece.strip_prefix("q="))
            .map_or(1000, thousandths);
        if weight > 0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// A weight such as `0.8` in thousandths; what is not a weight weighs nothing.
fn thousandths(weight: &str) -> u16 {
    match weight.split_once('.') {
        None => weight.parse::<u16>().map_or(0, |whole| whole.min(1) * 1000),
        Some(("1", _)) => 1000,
        Some((_, fraction)) => format!("{fraction:0<3}")
            .get(..3)
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_language_we_have_wins() {
        assert_eq!(accepted("ru-RU,ru;q=0.9,en;q=0.8"), Some(Language::Ru));
        assert_eq!(accepted("fr, en;q=0.5, kk-Cyrl-KZ;q=0.7"), Some(Language::Kk));
        assert_eq!(accepted("ru;q=0, en;q=0.001"), Some(Language::En));
        assert_eq!(accepted("de, *;q=0.1"), None);
        assert_eq!(accepted(";;;,,q=é"), None);
    }

    #[test]
    fn tags_and_languages_are_the_same_thing() {
        for language in LANGUAGES {
            assert_eq!(of_tag(tag(language)), Some(language));
        }
        assert_eq!(of_tag("KK"), None);
    }
}
