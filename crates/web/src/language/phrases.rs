//! The sentences of the interface, from the Fluent files in `translations/`, built into the program.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use sandyq_processing::Language;

use super::tag;

/// What stands in the places of a sentence: names and values.
pub type Args<'a> = &'a [(&'static str, FluentValue<'a>)];

/// The files of one language, in the order of the folder.
type Files = [&'static str; 13];

macro_rules! files {
    ($language:literal) => {
        [
            include_str!(concat!("../../translations/", $language, "/shell.ftl")),
            include_str!(concat!("../../translations/", $language, "/public.ftl")),
            include_str!(concat!("../../translations/", $language, "/buy.ftl")),
            include_str!(concat!("../../translations/", $language, "/portal.ftl")),
            include_str!(concat!("../../translations/", $language, "/account.ftl")),
            include_str!(concat!("../../translations/", $language, "/requests.ftl")),
            include_str!(concat!("../../translations/", $language, "/console.ftl")),
            include_str!(concat!("../../translations/", $language, "/machine.ftl")),
            include_str!(concat!("../../translations/", $language, "/breaches.ftl")),
            include_str!(concat!("../../translations/", $language, "/local-acts.ftl")),
            include_str!(concat!("../../translations/", $language, "/turned.ftl")),
            include_str!(concat!("../../translations/", $language, "/mail.ftl")),
            include_str!(concat!("../../translations/", $language, "/countries.ftl")),
        ]
    };
}

/// All files of a language.
const fn files(language: Language) -> Files {
    match language {
        Language::Kk => files!("kk"),
        Language::Ru => files!("ru"),
        Language::En => files!("en"),
    }
}

static KAZAKH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::Kk));
static RUSSIAN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::Ru));
static ENGLISH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::En));

/// The sentence of that key.
#[must_use]
pub fn phrase(key: &str, language: Language) -> String {
    phrase_with(key, &[], language)
}

/// The sentence of that key with its places filled. A key that no file has comes back as it is; a test looks for
/// those.
#[must_use]
pub fn phrase_with(key: &str, args: Args<'_>, language: Language) -> String {
    let bundle = of(language);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let mut given = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        given.set(*name, value.clone());
    }
    bundle
        .format_pattern(pattern, Some(&given), &mut Vec::new())
        .into_owned()
}

/// An amount in minor units: groups of three digits held together, decimals only when there are any, the currency
/// after it (faces 12).
#[must_use]
pub fn money(minor: i64, currency: &str, language: Language) -> String {
    let (major, rest) = (minor / 100, (minor % 100).unsigned_abs());
    let sign = if minor < 0 { "−" } else { "" };
    let digits = major.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + 8);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    let point = if language == Language::En { '.' } else { ',' };
    let decimals = if rest == 0 {
        String::new()
    } else {
        format!("{point}{rest:02}")
    };
    let symbol = if currency == "KZT" { "₸" } else { currency };
    format!("{sign}{grouped}{decimals}\u{a0}{symbol}")
}

fn of(language: Language) -> &'static FluentBundle<FluentResource> {
    match language {
        Language::Kk => &KAZAKH,
        Language::Ru => &RUSSIAN,
        Language::En => &ENGLISH,
    }
}

/// A bundle of what can be read of a language's files; that all of it can be read is shown by the tests.
fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![tag(language).parse().unwrap_or_default()]);
    bundle.set_use_isolating(false);
    for file in files(language) {
        let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(readable, _)| readable);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
#[path = "phrases_tests.rs"]
mod tests;
