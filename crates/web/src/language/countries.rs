//! Countries by their two letters, named and sorted for each language; Kazakhstan first.

use sandyq_processing::Language;

use super::{phrase, tag};

/// A country to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// Two capital letters.
    pub code: String,
    /// Its name in the language asked for.
    pub name: String,
}

/// The file whose keys are the list of countries.
const LIST: &str = include_str!("../../translations/en/countries.ftl");

/// The Kazakh alphabet, for sorting: Unicode puts its own letters behind я.
const KAZAKH_ALPHABET: &str = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";

/// The name of the country with that code; a code nobody named stays a code.
#[must_use]
pub fn country_name(code: &str, language: Language) -> String {
    let key = format!("country-{code}");
    let name = phrase(&key, language);
    if name == key { code.to_owned() } else { name }
}

/// All countries, Kazakhstan first, the others by name.
#[must_use]
pub fn countries(language: Language) -> Vec<Country> {
    let codes = LIST
        .lines()
        .filter_map(|line| line.strip_prefix("country-")?.get(..2));
    let mut all: Vec<Country> = codes
        .map(|code| Country {
            code: code.to_owned(),
            name: country_name(code, language),
        })
        .collect();
    all.sort_by_cached_key(|country| (country.code != "KZ", sorting_key(&country.name)));
    debug_assert!(!all.is_empty(), "{} has countries", tag(language));
    all
}

fn sorting_key(name: &str) -> Vec<usize> {
    let place = |letter: char| {
        let among = KAZAKH_ALPHABET.chars().position(|known| known == letter);
        among.map_or(letter as usize, |place| 0x400 + place)
    };
    name.to_lowercase().chars().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kazakhstan_is_first_and_the_rest_follows_the_alphabet() {
        let kazakh = countries(Language::Kk);
        assert_eq!(kazakh[0].name, "Қазақстан");
        let place = |name: &str| kazakh.iter().position(|country| country.name == name).unwrap();
        assert!(place("Аустралия") < place("Әзірбайжан"));
        assert!(place("Әзірбайжан") < place("Багам аралдары"));
        assert_eq!(kazakh.len(), countries(Language::En).len());
        assert_eq!(country_name("Q9", Language::En), "Q9");
    }
}
