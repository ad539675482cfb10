//! The operator's own details (I2, L3): configuration, never policy text. Without them the system fails closed: no
//! consent is taken and no notice published.

use sandyq_model::Plain;
use sandyq_model::value::{self, Context, ValueKind};
use serde::Deserialize;

/// The company that runs the system, as it names itself in every consent and receipt.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// The one legal name.
    pub name: String,
    /// Business identification number, 12 digits with a check digit (F3).
    pub bin: String,
    /// The one postal address for requests, in Kazakhstan, its postal code last.
    pub address: String,
    /// A telephone of Kazakhstan.
    pub phone: String,
    /// An e-mail address.
    pub email: String,
    /// The site, such as `https://example.kz`.
    pub site: String,
    /// Who is responsible for organizing the processing (5.1.1).
    pub responsible: Person,
    /// Who stands in (5.1.1).
    pub deputy: Person,
}

/// Somebody who answers for the processing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
}

/// A detail that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("operator.{setting} is missing or not valid; {help}")]
pub struct OperatorMistake {
    /// Which setting.
    pub setting: &'static str,
    /// What it must be.
    pub help: &'static str,
}

impl Operator {
    /// Everything that is wrong with the details; empty when consent may be taken.
    #[must_use]
    pub fn mistakes(&self) -> Vec<OperatorMistake> {
        let mut mistakes = Vec::new();
        let mut hold = |right: bool, setting, help| {
            if !right {
                mistakes.push(OperatorMistake { setting, help });
            }
        };
        hold(
            is_real(&self.name),
            "name",
            "give the one legal name of the company",
        );
        hold(
            is_identification_number(&self.bin),
            "bin",
            "give the 12 digits of the BIN with their check digit",
        );
        hold(
            fits(ValueKind::PostalAddress, &self.address),
            "address",
            "an address in Kazakhstan, postal code on the last line",
        );
        hold(
            fits(ValueKind::Phone, &self.phone),
            "phone",
            "a telephone number of Kazakhstan, such as +7 727 250 00 00",
        );
        hold(fits(ValueKind::Email, &self.email), "email", "an e-mail address");
        hold(
            is_site(&self.site),
            "site",
            "the address of the site, such as https://example.kz",
        );
        for (person, name, phone, email) in [
            (
                &self.responsible,
                "responsible.name",
                "responsible.phone",
                "responsible.email",
            ),
            (&self.deputy, "deputy.name", "deputy.phone", "deputy.email"),
        ] {
            hold(is_real(&person.name), name, "the name of the person (5.1.1)");
            hold(
                fits(ValueKind::Phone, &person.phone),
                phone,
                "a telephone number of Kazakhstan",
            );
            hold(fits(ValueKind::Email, &person.email), email, "an e-mail address");
        }
        mistakes
    }
}

fn is_real(name: &str) -> bool {
    name.trim().chars().filter(|c| c.is_alphabetic()).count() >= 2
}

fn is_site(site: &str) -> bool {
    ["https://", "http://127.0.0.1", "http://localhost"]
        .iter()
        .any(|start| site.starts_with(start))
        && !site.contains(char::is_whitespace)
}

fn fits(kind: ValueKind, typed: &str) -> bool {
    let context = Context {
        today: jiff::civil::Date::MIN,
        in_kazakhstan: true,
    };
    value::parse(kind, &Plain::from(typed), context).is_ok()
}

/// IIN or BIN: twelve digits whose last is the check digit of the others, by two passes of weights (F3).
#[must_use]
pub fn is_identification_number(number: &str) -> bool {
    let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
    let Some((last, first)) = digits.split_last() else {
        return false;
    };
    if digits.len() != 12 || number.len() != 12 {
        return false;
    }
    let pass = |shift: u32| {
        let weigh = |(place, digit): (u32, &u32)| digit * ((place + shift) % 11 + 1);
        (0..).zip(first).map(weigh).sum::<u32>() % 11
    };
    match (pass(0), pass(2)) {
        (10, 10) => false,
        (10, check) | (check, _) => check == *last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_of_identification_numbers() {
        for valid in ["061211600012", "990231000001", "990231000207"] {
            assert!(is_identification_number(valid), "{valid}");
        }
        for digit in 0..10 {
            assert!(!is_identification_number(&format!("99023100027{digit}")));
        }
        assert!(!is_identification_number("06121160001"));
    }
}
