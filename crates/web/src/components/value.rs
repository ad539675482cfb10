//! A kept value as people write it in the language read.

use crate::language::{country_name, month_of_card};
use crate::visit::Visit;

/// Countries by name, dates and card expiries as people write them, everything else as it is kept.
#[must_use]
pub fn value_text(visit: &Visit, name: &str, kept: &str) -> String {
    match name {
        "country" => country_name(kept, visit.language),
        "birth_date" => visit.day(kept),
        "card_expiry" => month_of_card(kept),
        _ => kept.to_owned(),
    }
}
