//! 1.1.2-g: the card verification value lives in memory for one authorisation, and nowhere else, ever.
//!
//! The type has no `Debug`, `Display`, `Clone`, serialisation or conversion into a [`Plain`](crate::Plain), so no
//! path leads from it into storage. It is consumed by the authorisation that it serves and wiped with it.

use zeroize::Zeroizing;

use crate::mistake::Problem;

/// A card verification value: three digits, or four for a 15-digit card that begins with 34 or 37.
pub struct CardVerification(Zeroizing<[u8; 4]>, usize);

impl CardVerification {
    /// Reads what was typed, for the card with these digits.
    ///
    /// # Errors
    /// [`Problem::CardVerification`] when it is not the number of digits that the card has.
    pub fn parse(typed: &str, card_digits: &str) -> Result<Self, Problem> {
        let wanted =
            if card_digits.len() == 15 && (card_digits.starts_with("34") || card_digits.starts_with("37")) {
                4
            } else {
                3
            };
        let typed = typed.trim().as_bytes();
        if typed.len() != wanted || !typed.iter().all(u8::is_ascii_digit) {
            return Err(Problem::CardVerification);
        }
        let mut digits = Zeroizing::new([0; 4]);
        for (place, digit) in digits.iter_mut().zip(typed) {
            *place = *digit;
        }
        Ok(Self(digits, wanted))
    }

    /// Hands the digits to one authorisation and wipes them when it returns, however it returns.
    pub fn spend<R>(self, authorise: impl FnOnce(&[u8]) -> R) -> R {
        authorise(self.0.get(..self.1).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_or_four_for_the_long_kind() {
        assert!(CardVerification::parse("123", "4111111111111111").is_ok());
        assert!(CardVerification::parse("1234", "4111111111111111").is_err());
        assert!(CardVerification::parse("1234", "378282246310005").is_ok());
        assert!(CardVerification::parse("123", "378282246310005").is_err());
        assert!(CardVerification::parse("12a", "4111111111111111").is_err());
    }
}
