//! Passwords that people choose (SP 800-63B-4): length counts, every character is welcome, and what everybody tries
//! first is refused. There is no rule about capitals, digits or signs, and no password ever has to be changed.
//!
//! The list of common passwords is that of zxcvbn (`LICENSE` beside it), without those that are too short anyway.

use sandyq_model::{Plain, Problem};
use unicode_normalization::UnicodeNormalization;

/// The shortest password, in characters, where it is the only factor.
pub const PASSWORD_LENGTH_MIN: usize = 15;
/// The shortest beside a second factor.
pub const PASSWORD_LENGTH_MIN_WITH_FACTOR: usize = 8;
/// The longest, so that hashing stays bounded.
pub const PASSWORD_LENGTH_MAX: usize = 256;
/// So many characters must be left when the words that anybody would guess here are taken out.
const OWN_CHARACTERS_MIN: usize = 8;
/// Shorter words are in too many passwords to take them out.
const WORD_LENGTH_MIN: usize = 4;
/// Lower-case, sorted by bytes, one on a line.
const COMMON: &str = include_str!("tried-first.txt");

/// The one writing of a password: what looks the same is the same (NFKC), whichever keyboard it came from.
pub(super) fn normalized(typed: &Plain<String>) -> Plain<String> {
    Plain::new(typed.expose().nfkc().collect())
}

/// Whether a password may be chosen. `guessable` are words that an attacker of this very account would try: the
/// operator's name, its site, the person's own address.
///
/// # Errors
/// [`Problem::PasswordShort`], [`Problem::TooLong`], [`Problem::PasswordCommon`].
pub(super) fn judge(password: &Plain<String>, guessable: &[String], alone: bool) -> Result<(), Problem> {
    let least = if alone {
        PASSWORD_LENGTH_MIN
    } else {
        PASSWORD_LENGTH_MIN_WITH_FACTOR
    };
    let length = password.expose().chars().count();
    if length < least {
        return Err(Problem::PasswordShort);
    }
    if length > PASSWORD_LENGTH_MAX {
        return Err(Problem::TooLong);
    }
    let folded = Plain::new(password.expose().to_lowercase());
    if is_tried_first(folded.expose()) || own_characters(folded.expose(), guessable) < OWN_CHARACTERS_MIN {
        return Err(Problem::PasswordCommon);
    }
    Ok(())
}

/// On the list, a piece of the list or something short over and over, or a row of characters one after the other.
fn is_tried_first(folded: &str) -> bool {
    let letters: Vec<char> = folded.chars().collect();
    let period = (1..=letters.len() / 2).find(|unit| {
        letters
            .iter()
            .zip(letters.iter().skip(*unit))
            .all(|(one, next)| one == next)
    });
    let unit: String = letters.iter().take(period.unwrap_or(letters.len())).collect();
    let is_short = period.is_some_and(|unit| unit < OWN_CHARACTERS_MIN);
    let bare = folded.trim_matches(|c: char| !c.is_alphabetic());
    is_short || is_row(&letters) || [folded, &unit, bare].into_iter().any(is_common)
}

fn is_row(letters: &[char]) -> bool {
    // 9 is followed by 0 on every keyboard.
    let steps = |by: i64, around: (char, char)| {
        let mut pairs = letters.iter().zip(letters.iter().skip(1));
        pairs.all(|(one, next)| {
            let step = i64::from(u32::from(*next)) - i64::from(u32::from(*one));
            step == by || (*one, *next) == around
        })
    };
    steps(1, ('9', '0')) || steps(-1, ('0', '9'))
}

fn is_common(folded: &str) -> bool {
    static LINES: std::sync::LazyLock<Vec<&str>> = std::sync::LazyLock::new(|| COMMON.lines().collect());
    LINES.binary_search(&folded).is_ok()
}

/// How many letters are left without the guessable words, and without digits and signs, which everybody adds.
fn own_characters(folded: &str, guessable: &[String]) -> usize {
    let mut rest = Plain::new(folded.to_owned());
    let mut met = false;
    for word in guessable.iter().map(|word| word.to_lowercase()) {
        if word.chars().count() >= WORD_LENGTH_MIN && rest.expose().contains(&word) {
            rest = Plain::new(rest.expose().replace(&word, ""));
            met = true;
        }
    }
    let counts = |c: &char| !met || c.is_alphabetic();
    rest.expose().chars().filter(counts).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(password: &str) -> Result<(), Problem> {
        let words = ["Sandyq", "Demonstration", "example.kz", "dana.omarova"].map(str::to_owned);
        judge(&normalized(&Plain::from(password)), &words, true)
    }

    #[test]
    fn length_is_asked_for_and_nothing_about_kinds_of_characters() {
        assert_eq!(judged("жеті ат далада жүр"), Ok(()));
        assert_eq!(judged("seven horses on a hill"), Ok(()));
        assert_eq!(judged("🐎🐎 далада тұр 🌾🌾🌾"), Ok(()));
        assert_eq!(judged("fourteen chars"), Err(Problem::PasswordShort));
        assert_eq!(judged(&"abcd efgh".repeat(8)), Ok(()), "72 characters");
        assert_eq!(judged(&"x ".repeat(200)), Err(Problem::TooLong));
        let short = normalized(&Plain::from("eight ch"));
        assert_eq!(judge(&short, &[], false), Ok(()), "beside a second factor");
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for tried in [
            "passwordpassword",
            "PASSWORD12345678",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "1234567890123456",
            "0987654321098765",
            "sandyq2026sandyq!",
            "dana.omarova1990",
            "SandyqDemonstration1",
        ] {
            assert_eq!(judged(tried), Err(Problem::PasswordCommon), "{tried}");
        }
    }

    #[test]
    fn two_writings_of_one_password_are_one() {
        let composed = normalized(&Plain::from("й ё ﬁ Å seventeen"));
        let decomposed = normalized(&Plain::from("и\u{306} е\u{308} fi A\u{30a} seventeen"));
        assert_eq!(composed.expose(), decomposed.expose());
    }

    #[test]
    fn the_list_is_sorted_and_holds_nothing_that_could_not_be_chosen() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.is_sorted(), "it is searched by halves");
        assert!(lines.len() > 15_000);
        let least = PASSWORD_LENGTH_MIN_WITH_FACTOR;
        assert!(lines.iter().all(|line| line.chars().count() >= least));
    }
}
