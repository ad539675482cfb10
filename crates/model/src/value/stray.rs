//! 2.2.8, 1.1.5: numbers that nobody should have written into free text: card numbers, their verification values, and the
//! twelve digits of an identification number. They are covered before anything is stored.

use super::card::is_luhn;

/// What stands in the place of each covered digit.
const COVER: char = '•';
/// Digits of an identification number.
const ID_DIGITS: usize = 12;
/// Digits of a card number.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// Digits of a verification value.
const VERIFICATION_DIGITS: std::ops::RangeInclusive<usize> = 3..=4;
/// How many signs after its name a verification value is looked for.
const VERIFICATION_SIGNS: usize = 16;
/// Words that a verification value follows, in small letters.
const VERIFICATION_WORDS: [&str; 5] = ["cvv", "cvc", "cvv2", "cvc2", "код безопасности"];

/// The text with such numbers covered. Everything else stays as it is.
pub(super) fn covered(text: &str) -> String {
    let mut signs: Vec<char> = text.chars().collect();
    for run in runs(&signs) {
        for (from, to) in numbers_in(&signs, &run) {
            cover(&mut signs, from, to);
        }
    }
    for (from, to) in verification_values(&signs) {
        cover(&mut signs, from, to);
    }
    signs.into_iter().collect()
}

fn cover(signs: &mut [char], from: usize, to: usize) {
    let within = signs.iter_mut().skip(from).take(to.saturating_sub(from));
    for sign in within.filter(|sign| sign.is_ascii_digit()) {
        *sign = COVER;
    }
}

/// Groups of digits that stand side by side, with one space, hyphen or full stop between.
type Run = Vec<(usize, usize)>;

fn runs(signs: &[char]) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        let length = signs
            .iter()
            .skip(at)
            .take_while(|sign| sign.is_ascii_digit())
            .count();
        if length == 0 {
            at += 1;
            continue;
        }
        let group = (at, at + length);
        let joins = |last: &Run| {
            last.last().is_some_and(|(_, end)| {
                end + 1 == at && signs.get(*end).is_some_and(|sign| is_between(*sign))
            })
        };
        match found.last_mut().filter(|last| joins(last)) {
            Some(last) => last.push(group),
            None => found.push(vec![group]),
        }
        at += length;
    }
    found
}

fn is_between(sign: char) -> bool {
    matches!(sign, ' ' | '-' | '.' | '\u{a0}' | '–')
}

/// Neighbouring groups that together are a card number or an identification number.
fn numbers_in(signs: &[char], run: &Run) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for first in 0..run.len() {
        let mut digits = String::new();
        for (place, (from, to)) in run.iter().enumerate().skip(first) {
            digits.extend(signs.iter().skip(*from).take(to - from));
            if digits.len() > *CARD_DIGITS.end() {
                break;
            }
            let is_card = CARD_DIGITS.contains(&digits.len()) && is_luhn(&digits);
            let start = run.get(first).map_or(*from, |(start, _)| *start);
            // Part of a longer row of digits it is no identification number.
            let is_alone = place == first || (first == 0 && place + 1 == run.len());
            if is_card || (is_alone && digits.len() == ID_DIGITS) {
                found.push((start, *to));
            }
        }
    }
    found
}

fn verification_values(signs: &[char]) -> Vec<(usize, usize)> {
    let small: Vec<char> = signs
        .iter()
        .map(|sign| sign.to_lowercase().next().unwrap_or(*sign))
        .collect();
    let mut found = Vec::new();
    for word in VERIFICATION_WORDS {
        let word: Vec<char> = word.chars().collect();
        for (at, window) in small.windows(word.len()).enumerate() {
            if window != word.as_slice() {
                continue;
            }
            let after = at + word.len();
            let near = after..(after + VERIFICATION_SIGNS).min(signs.len());
            let groups = runs(signs).into_iter().flatten();
            let values =
                groups.filter(|(from, to)| near.contains(from) && VERIFICATION_DIGITS.contains(&(to - from)));
            found.extend(values);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_covered_however_they_are_spaced() {
        for (written, kept) in [
            (
                "my card 4111 1111 1111 1111 please",
                "my card •••• •••• •••• •••• please",
            ),
            ("4111111111111111", "••••••••••••••••"),
            ("3782-822463-10005", "••••-••••••-•••••"),
            ("4111 1111 1111 1111 12", "•••• •••• •••• •••• 12"),
            ("карта 5555.5555.5555.4444!", "карта ••••.••••.••••.••••!"),
        ] {
            assert_eq!(covered(written), kept);
        }
    }

    #[test]
    fn identification_numbers_and_verification_values_are_covered() {
        for (written, kept) in [
            ("ИИН 990231000001.", "ИИН ••••••••••••."),
            ("990231 000001", "•••••• ••••••"),
            ("CVV: 123", "CVV: •••"),
            ("cvc2 is 9876, thanks", "cvc2 is ••••, thanks"),
            ("Код безопасности 321", "Код безопасности •••"),
        ] {
            assert_eq!(covered(written), kept);
        }
    }

    #[test]
    fn other_numbers_stay() {
        for written in [
            "call +7 701 123 45 67 or 8 (727) 250-00-00",
            "2019–2023: 12 projects, 1 500 000 tenge",
            "order SQ-4K2N-88XW of 26.11.2026",
            "4111 1111 1111 1112",
            "",
        ] {
            assert_eq!(covered(written), written);
        }
    }
}
