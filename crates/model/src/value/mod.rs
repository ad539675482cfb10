//! 1.1.2 a–h: what a value of each kind must be. Loose in what is accepted, refusing only the impossible or the
//! ambiguous; what comes back is the one form in which the value is kept, compared and shown.

mod address;
mod card;
mod contact;
mod date;
mod period;
mod rows;
mod stray;
mod text;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::mistake::{Mistake, Problem};
use crate::plain::Plain;

pub use card::{card_last_four, is_luhn};
pub use date::{Age, Ages};
pub use period::STILL_KEPT;
pub use rows::{Part, PartKind, ROWS_MAX, Row, from_lines, joined, part_name, split};
pub use stray::{holds_a_number_of_papers, leads_to_a_person};
pub use text::TEXT_LENGTH_MAX;

/// The validator of a field, by the name the policy folder gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueKind {
    /// A name in any alphabet of Kazakhstan.
    Name,
    /// A card holder's name in Latin letters.
    LatinName,
    /// A past calendar date within 120 years.
    BirthDate,
    /// A telephone number, kept in E.164.
    Phone,
    /// A postal address; with a postal code when the country is Kazakhstan.
    PostalAddress,
    /// An organization's name.
    Organization,
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// An e-mail address.
    Email,
    /// A country code.
    Country,
    /// A region of a country.
    Region,
    /// A city.
    City,
    /// A card number.
    CardNumber,
    /// Month and year.
    CardExpiry,
    /// A value that no storage takes.
    CardVerification,
    /// A small whole number.
    Count,
    /// Several lines, one thing each.
    List,
    /// One of a list.
    Choice,
    /// Places and periods of study, a row each.
    Education,
    /// Places and periods of work, a row each.
    Experience,
    /// A picture of a letter: taken in with the letter, never typed.
    Scan,
}

impl ValueKind {
    const NAMES: [(&'static str, Self); 21] = [
        ("name", Self::Name),
        ("latin-name", Self::LatinName),
        ("birth-date", Self::BirthDate),
        ("phone", Self::Phone),
        ("postal-address", Self::PostalAddress),
        ("organization", Self::Organization),
        ("text", Self::Text),
        ("long-text", Self::LongText),
        ("email", Self::Email),
        ("country", Self::Country),
        ("region", Self::Region),
        ("city", Self::City),
        ("card-number", Self::CardNumber),
        ("card-expiry", Self::CardExpiry),
        ("card-verification", Self::CardVerification),
        ("count", Self::Count),
        ("list", Self::List),
        ("choice", Self::Choice),
        ("education", Self::Education),
        ("experience", Self::Experience),
        ("scan", Self::Scan),
    ];

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(word, _)| *word == name)
            .map(|(_, kind)| *kind)
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::NAMES.iter().map(|(_, kind)| *kind)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("text", |(word, _)| word)
    }
}

/// What a value is read against.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The day in Kazakhstan.
    pub today: Date,
    /// The person said to live in Kazakhstan: phones and postal codes must be of Kazakhstan.
    pub in_kazakhstan: bool,
}

/// Reads what was typed as a value of that kind; of rows, the first problem alone. [`parse_each`] tells all of them.
///
/// # Errors
/// The [`Problem`] with it. It never holds what was typed.
pub fn parse(kind: ValueKind, typed: &Plain<String>, context: Context) -> Result<Plain<String>, Problem> {
    let (of_rows, typed) = (typed, typed.expose());
    let kept = match kind {
        ValueKind::Name => text::name(typed),
        ValueKind::LatinName => card::holder(typed),
        ValueKind::BirthDate => date::birth_date(typed, context.today),
        ValueKind::Phone => contact::phone(typed, context.in_kazakhstan),
        ValueKind::PostalAddress => address::postal_address(typed, context.in_kazakhstan),
        ValueKind::Email => contact::email(typed),
        ValueKind::Country => address::country(typed),
        ValueKind::CardNumber => card::number(typed),
        ValueKind::CardExpiry => card::expiry(typed, context.today),
        ValueKind::CardVerification => Err(Problem::CardVerificationStored),
        ValueKind::Scan => Err(Problem::Unknown),
        ValueKind::Count => text::count(typed),
        ValueKind::Text => text::line(typed).map(|text| stray::covered(&text)),
        ValueKind::Organization | ValueKind::Region | ValueKind::City | ValueKind::Choice => {
            text::line(typed)
        }
        ValueKind::LongText | ValueKind::List => text::lines(typed).map(|text| stray::covered(&text)),
        ValueKind::Education | ValueKind::Experience => {
            return rows::read(kind, of_rows, context.today).map_err(|wrong| first(&wrong));
        }
    }?;
    Ok(Plain::new(kept))
}

/// Reads what was typed into the input of that name.
///
/// # Errors
/// Every [`Problem`] with the input it stands beside: of rows the inputs of their parts, otherwise the one of that name.
pub fn parse_each(
    kind: ValueKind,
    input: &str,
    typed: &Plain<String>,
    context: Context,
) -> Result<Plain<String>, Mistake> {
    if !kind.has_rows() {
        return parse(kind, typed, context).map_err(|problem| Mistake::one(input, problem));
    }
    let named = |(place, problem): (String, Problem)| match place.is_empty() {
        true => (input.to_owned(), problem),
        false => (format!("{input}-{place}"), problem),
    };
    rows::read(kind, typed, context.today).map_err(|wrong| Mistake(wrong.into_iter().map(named).collect()))
}

fn first(wrong: &[(String, Problem)]) -> Problem {
    wrong.first().map_or(Problem::Unknown, |(_, problem)| *problem)
}

/// The form in which two values are the same for a search: letter case, spaces and `ё` do not matter.
#[must_use]
pub fn folded(kind: ValueKind, kept: &Plain<String>) -> Plain<String> {
    let lower = kept.expose().to_lowercase();
    Plain::new(match kind {
        ValueKind::Email | ValueKind::Phone | ValueKind::CardNumber | ValueKind::BirthDate => lower,
        _ => {
            let words: Vec<&str> = lower.split_whitespace().collect();
            words.join(" ").replace('ё', "е")
        }
    })
}

/// Values by field number, as a verb takes them and gives them back.
pub type Values = BTreeMap<crate::field::Field, Plain<String>>;
