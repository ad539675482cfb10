//! Every key in every language, with the same places, readable to the last line; plurals as each language has them.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::language::LANGUAGES;

/// Keys of a language with the names of their places.
fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for file in files(language) {
        let mut current = String::new();
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            if !line.starts_with([' ', '}'])
                && let Some((key, _)) = line.split_once(" =")
            {
                key.clone_into(&mut current);
                let earlier = keys.insert(current.clone(), BTreeSet::new());
                assert!(earlier.is_none(), "{current} stands twice in {}", tag(language));
            }
            for place in line.split('$').skip(1) {
                let name: String = place
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '-')
                    .collect();
                keys.entry(current.clone()).or_default().insert(name);
            }
        }
    }
    keys
}

#[test]
fn every_file_is_read_to_its_last_line() {
    for language in LANGUAGES {
        for file in files(language) {
            if let Err((_, errors)) = FluentResource::try_new(file.to_owned()) {
                panic!("{}: {errors:?} in {:.60}", tag(language), file);
            }
        }
    }
}

#[test]
fn every_key_is_there_in_every_language_with_the_same_places() {
    let kazakh = keys(Language::Kk);
    for language in [Language::Ru, Language::En] {
        let other = keys(language);
        let missing: Vec<_> = kazakh.keys().filter(|key| !other.contains_key(*key)).collect();
        let extra: Vec<_> = other.keys().filter(|key| !kazakh.contains_key(*key)).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{}: missing {missing:?}, extra {extra:?}",
            tag(language)
        );
        for (key, places) in &other {
            assert_eq!(places, &kazakh[key], "{key} in {}", tag(language));
        }
    }
}

#[test]
fn every_problem_has_its_words_and_what_to_do_next() {
    for problem in sandyq_model::Problem::ALL {
        let code = problem.code();
        for key in [format!("mistake-{code}"), format!("mistake-{code}-next")] {
            for language in LANGUAGES {
                assert_ne!(phrase(&key, language), key, "{}", tag(language));
            }
        }
    }
}

#[test]
fn every_key_in_the_sources_is_a_key_of_the_files() {
    let known = keys(Language::En);
    let mut unknown = BTreeSet::new();
    for source in sources(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        for call in ["phrase(\"", "phrase_with(\"", ".say(\"", ".say_with(\""] {
            for rest in source.split(call).skip(1) {
                let key = rest.split('"').next().unwrap_or_default();
                if !known.contains_key(key) {
                    unknown.insert(key.to_owned());
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
}

fn sources(folder: &std::path::Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("phrases_tests.rs") {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
    texts
}

#[test]
fn plurals_follow_each_language() {
    let say = |count: i64, language| phrase_with("count-refusals", &[("count", count.into())], language);
    let russian: Vec<_> = [0, 1, 2, 5, 11, 21, 22, 25, 101]
        .map(|count| say(count, Language::Ru))
        .into();
    assert_eq!(
        russian,
        [
            "отказов пока не было",
            "1 отказ",
            "2 отказа",
            "5 отказов",
            "11 отказов",
            "21 отказ",
            "22 отказа",
            "25 отказов",
            "101 отказ",
        ]
    );
    assert_eq!(say(1, Language::En), "1 refusal");
    assert_eq!(say(2, Language::En), "2 refusals");
    assert_eq!(say(5, Language::Kk), "5 рет бас тартылды");
}

#[test]
fn money_is_grouped_and_has_its_sign() {
    assert_eq!(money(12_345_600, "KZT", Language::Kk), "123\u{a0}456\u{a0}₸");
    assert_eq!(money(99_950, "KZT", Language::Ru), "999,50\u{a0}₸");
    assert_eq!(
        money(100_000_005, "KZT", Language::En),
        "1\u{a0}000\u{a0}000.05\u{a0}₸"
    );
    assert_eq!(money(-5, "USD", Language::En), "−0.05\u{a0}USD");
}
