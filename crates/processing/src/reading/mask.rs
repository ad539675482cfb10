//! How much of a value a screen shows, by the class of its field (1.1, P2).

use sandyq_model::Plain;
use sandyq_model::value::card_last_four;
use sandyq_policy::declarations::{Class, Mask};

/// What staff see at first, and whether it is masked.
pub(crate) fn masked(class: Option<&Class>, value: &Plain<String>) -> (Plain<String>, bool) {
    let text = value.expose();
    match class.map_or(Mask::Hidden, |class| class.mask) {
        Mask::None => (value.clone(), false),
        Mask::Initial => (Plain::new(initials(text)), true),
        Mask::Last4 => (last_four(text), true),
        Mask::Email => (Plain::new(email(text)), true),
        Mask::Phone => (Plain::new(phone(text)), true),
        Mask::Year => (Plain::new(text.chars().take(4).collect()), true),
        Mask::Hidden => (Plain::new("•••".to_owned()), true),
    }
}

/// What staff see when they ask for one field in full: everything but card details.
pub(crate) fn revealed(class: Option<&Class>, value: &Plain<String>) -> (Plain<String>, bool) {
    if class.is_none_or(is_card) {
        masked(class, value)
    } else {
        (value.clone(), false)
    }
}

/// What the owner sees: everything, but of a card number the last four digits.
pub(crate) fn for_owner(class: Option<&Class>, value: &Plain<String>) -> Plain<String> {
    match class.map_or(Mask::Hidden, |class| class.mask) {
        Mask::Last4 => last_four(value.expose()),
        _ => value.clone(),
    }
}

fn is_card(class: &Class) -> bool {
    class.name.as_str().starts_with("card")
}

fn last_four(text: &str) -> Plain<String> {
    Plain::new(format!("•••• {}", card_last_four(text)))
}

fn initials(text: &str) -> String {
    text.split_whitespace()
        .filter_map(|word| word.chars().next())
        .map(|letter| format!("{letter}."))
        .collect()
}

fn email(text: &str) -> String {
    let (local, domain) = text.rsplit_once('@').unwrap_or((text, ""));
    format!("{}•••@{domain}", local.chars().take(1).collect::<String>())
}

fn phone(text: &str) -> String {
    let digits: Vec<char> = text.chars().collect();
    let last: String = digits.iter().skip(digits.len().saturating_sub(2)).collect();
    format!("••• {last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_of_a_value_is_shown() {
        assert_eq!(initials("Анна Мария"), "А.М.");
        assert_eq!(email("dana@example.kz"), "d•••@example.kz");
        assert_eq!(phone("+77011234567"), "••• 67");
        assert_eq!(last_four("4111111111111111").expose(), "•••• 1111");
    }
}
