//! DEF-5, 2.2.3, 2.2.4: what figures may be made of. It is the same for `check` and for the work that counts.

use sandyq_model::Purpose;
use sandyq_model::value::ValueKind;

use crate::declarations::FieldDeclaration;

/// The purposes for which people can agree to be counted.
pub const COUNTED_FOR: [Purpose; 2] = [Purpose::QUALITY, Purpose::STATISTICS];

/// The kinds of values that lead to nobody by themselves.
const COUNTED_KINDS: [ValueKind; 4] = [
    ValueKind::Country,
    ValueKind::Region,
    ValueKind::City,
    ValueKind::Organization,
];

/// The class whose short texts are counted too, such as a position. Texts of any other may tell of a private life.
const WORK: &str = "work";

/// Whether values of a field may be counted: never names, dates, addresses, contacts, numbers, or what people say in their own words.
pub(crate) fn is_countable(field: &FieldDeclaration) -> bool {
    COUNTED_KINDS.contains(&field.kind)
        || (field.kind == ValueKind::Text && field.class.name.as_str() == WORK)
}
