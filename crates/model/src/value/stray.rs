//! 2.2.8, 1.1.5: numbers that nobody should have written into free text: card numbers, their verification values, and the
//! twelve digits of an identification number. They are covered before anything is stored.

use super::card::is_luhn;

/// What stands in the place of each covered digit.
const COVER: char = '•';
/// Digits of an identification number.
const ID_DIGITS: usize = 12;
/// Digits of a card number.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// Digits that stand together in a number of one of these kinds. Telephone numbers and sums are written in smaller groups.
const GROUP_DIGITS_MIN: usize = 3;
/// Signs that can stand between two groups.
const BETWEEN_MAX: usize = 3;
/// Signs that end a number wherever they stand.
const ENDS: [char; 8] = ['+', ',', ';', ':', '(', ')', '!', '?'];
/// Digits of a verification value.
const VERIFICATION_DIGITS: std::ops::RangeInclusive<usize> = 3..=4;
/// Digits of a telephone number of Kazakhstan, with the 7 or 8 that it begins with.
const TELEPHONE_DIGITS: usize = 11;
/// Signs between the digits of a telephone number.
const TELEPHONE_SIGNS: [char; 6] = ['+', ' ', '\u{a0}', '-', '(', ')'];
/// How many signs after its name a verification value is looked for.
const VERIFICATION_SIGNS: usize = 40;
/// Words that a verification value follows, in small Latin letters where they look alike.
const VERIFICATION_WORDS: [&str; 5] = ["cvv", "cvc", "cvv2", "cvc2", "код безопаcноcти"];

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

/// Whether a text holds one of these numbers.
#[must_use]
pub fn holds_a_number_of_papers(text: &str) -> bool {
    covered(text) != text
}

/// Whether a text holds one of these numbers, a telephone number or an e-mail address. A name it does not find.
#[must_use]
pub fn leads_to_a_person(text: &str) -> bool {
    text.contains('@') || covered(text) != text || has_telephone(text)
}

/// Digits that are written as a telephone number is: behind a plus, or eleven that begin with 7 or 8.
fn has_telephone(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    (0..signs.len()).any(|at| {
        let before = at.checked_sub(1).and_then(|before| signs.get(before));
        let rest = signs.get(at..).unwrap_or_default();
        before.is_none_or(|sign| digit(*sign).is_none()) && begins_with_telephone(rest)
    })
}

fn begins_with_telephone(signs: &[char]) -> bool {
    let is_abroad = signs.first() == Some(&'+');
    let is_ours = signs
        .first()
        .copied()
        .and_then(digit)
        .is_some_and(|first| "78".contains(first));
    if !is_abroad && !is_ours {
        return false;
    }
    let mut digits = 0;
    for (place, sign) in signs.iter().enumerate() {
        if digit(*sign).is_some() {
            digits += 1;
        } else if !TELEPHONE_SIGNS.contains(sign) {
            return false;
        }
        let goes_on = signs.get(place + 1).copied().and_then(digit).is_some();
        if !goes_on && (digits == TELEPHONE_DIGITS || (is_abroad && digits > TELEPHONE_DIGITS)) {
            return true;
        }
    }
    false
}

fn cover(signs: &mut [char], from: usize, to: usize) {
    let within = signs.iter_mut().skip(from).take(to.saturating_sub(from));
    for sign in within.filter(|sign| digit(**sign).is_some()) {
        *sign = COVER;
    }
}

/// The digit that a sign stands for, also in full width and in Arabic.
fn digit(sign: char) -> Option<char> {
    let zeros = ['0', '\u{ff10}', '\u{660}', '\u{6f0}'];
    zeros.iter().find_map(|zero| {
        let value = u32::from(sign).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    })
}

/// Groups of digits that stand side by side, with at most a few signs between that are no letters.
type Run = Vec<(usize, usize)>;

fn runs(signs: &[char]) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        let length = signs
            .iter()
            .skip(at)
            .take_while(|sign| digit(**sign).is_some())
            .count();
        if length == 0 {
            at += 1;
            continue;
        }
        let group = (at, at + length);
        let joins = |last: &Run| last.last().is_some_and(|(_, end)| is_between(signs, *end, at));
        match found.last_mut().filter(|last| joins(last)) {
            Some(last) => last.push(group),
            None => found.push(vec![group]),
        }
        at += length;
    }
    found
}

fn is_between(signs: &[char], from: usize, to: usize) -> bool {
    let between = signs.iter().skip(from).take(to - from);
    to - from <= BETWEEN_MAX
        && between
            .into_iter()
            .all(|sign| !sign.is_alphanumeric() && !ENDS.contains(sign))
}

/// Neighbouring groups that together are a card number or an identification number; and any longer row of digits.
fn numbers_in(signs: &[char], run: &Run) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (first, (start, _)) in run.iter().enumerate() {
        let mut digits = String::new();
        for (place, (from, to)) in run.iter().enumerate().skip(first) {
            if to - from > *CARD_DIGITS.end() {
                found.push((*from, *to));
            }
            digits.extend(
                signs
                    .iter()
                    .skip(*from)
                    .take(to - from)
                    .filter_map(|sign| digit(*sign)),
            );
            if digits.len() > *CARD_DIGITS.end() || to - from < GROUP_DIGITS_MIN {
                break;
            }
            let is_card = CARD_DIGITS.contains(&digits.len()) && is_luhn(&digits);
            // Part of a longer row of digits it is no identification number.
            let is_alone = place == first || (first == 0 && place + 1 == run.len());
            if is_card || (is_alone && digits.len() == ID_DIGITS) {
                found.push((*start, *to));
            }
        }
    }
    found
}

/// The three or four digits that follow the name of a verification value, also with spaces between.
fn verification_values(signs: &[char]) -> Vec<(usize, usize)> {
    let small: Vec<char> = signs.iter().map(|sign| small(*sign)).collect();
    let runs = runs(signs);
    let mut found = Vec::new();
    for word in VERIFICATION_WORDS {
        let word: Vec<char> = word.chars().collect();
        for (at, window) in small.windows(word.len()).enumerate() {
            if window != word.as_slice() {
                continue;
            }
            let after = at + word.len();
            let near = after..(after + VERIFICATION_SIGNS).min(signs.len());
            for run in &runs {
                let (Some((from, _)), Some((_, to))) = (run.first(), run.last()) else {
                    continue;
                };
                let digits: usize = run.iter().map(|(from, to)| to - from).sum();
                if near.contains(from) && VERIFICATION_DIGITS.contains(&digits) {
                    found.push((*from, *to));
                }
            }
        }
    }
    found
}

/// A small letter; Cyrillic letters that look like Latin ones of these words become those.
fn small(sign: char) -> char {
    match sign.to_lowercase().next().unwrap_or(sign) {
        'с' => 'c',
        'ѵ' => 'v',
        other => other,
    }
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
            ("4111 1111\n1111 1111", "•••• ••••\n•••• ••••"),
            ("4111  1111\t1111/1111", "••••  ••••\t••••/••••"),
            (
                "4111\u{200b}1111_1111\u{202f}1111",
                "••••\u{200b}••••_••••\u{202f}••••",
            ),
            ("４１１１１１１１１１１１１１１１", "••••••••••••••••"),
            ("41111111111111111228", "••••••••••••••••••••"),
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
            ("СVV 123", "СVV •••"),
            ("cvv:1 2 3", "cvv:• • •"),
            ("CVV-код моей карты такой: 123", "CVV-код моей карты такой: •••"),
            ("990231/000001", "••••••/••••••"),
            ("ИИН 990231\n000001", "ИИН ••••••\n••••••"),
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
            "8 701 123 45 67, 8 702 765 43 21",
            "8 701 123 45 67\n8 702 765 43 21",
            "1 500 000 – 2 000 000 tenge",
            "",
        ] {
            assert_eq!(covered(written), written);
        }
    }

    #[test]
    fn a_text_that_leads_to_a_person_is_known_by_numbers_and_addresses() {
        for leads in [
            "of dana@example.com",
            "ИИН 990231000001",
            "4111 1111 1111 1111",
            "call +7 701 123 45 67",
            "8 (727) 250-00-00 is hers",
            "87011234567, 12 people",
            "+49 30 1234 5678 90",
        ] {
            assert!(leads_to_a_person(leads), "{leads}");
        }
        for nobody in [
            "A laptop with a list of 120 people was lost on 2026-11-27 at 14:05.",
            "27.11.2026 14:05: 1 500 000 rows, 78 of them of applicants",
            "7 of 8 servers; version 2.14; ports 8080-8090",
            "Пароли заменены, 3 из 5 узлов отключены.",
            "",
        ] {
            assert!(!leads_to_a_person(nobody), "{nobody}");
        }
    }
}
