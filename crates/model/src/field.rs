//! 1.1: what may be collected is a list of fields, and nothing outside the list exists.
//!
//! The policy folder declares the fields with their names and classes; here a field is its number, which never
//! changes, so that ledger entries can name fields without naming values (5.1.5).

use std::fmt;

/// A field of a record, by the number the policy folder gives it. 0 is the record as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field(u8);

impl Field {
    /// The record as a whole: what `confirm`, `withdraw`, `block` or a full `destroy` act on.
    pub const RECORD: Self = Self(0);
    /// The card verification value (1.1.2-g): the one field that is never written anywhere.
    pub const CARD_VERIFICATION: Self = Self(20);
    /// Numbers are below this, so that a set of fields is one machine word pair.
    pub const NUMBER_LIMIT: u8 = 128;

    /// The field with this number.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number < Self::NUMBER_LIMIT {
            Some(Self(number))
        } else {
            None
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// A set of fields as a bit mask: bit *n* is the field with number *n*.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldSet(u128);

impl FieldSet {
    /// No field at all.
    pub const EMPTY: Self = Self(0);
    /// The record as a whole.
    pub const RECORD: Self = Self(1);
    /// Every field there could be.
    pub const ALL: Self = Self(u128::MAX);

    /// The set with this mask.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The mask.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }

    /// The set with this one field.
    #[must_use]
    pub const fn only(field: Field) -> Self {
        Self(1 << field.0)
    }

    /// This set and that field.
    #[must_use]
    pub const fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field.0)
    }

    /// This set without that field.
    #[must_use]
    pub const fn without(self, field: Field) -> Self {
        Self(self.0 & !(1 << field.0))
    }

    /// Whether the field is in the set.
    #[must_use]
    pub const fn contains(self, field: Field) -> bool {
        self.0 & (1 << field.0) != 0
    }

    /// Fields in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Fields in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Fields of this set that are not in the other.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether every field of this set is in the other.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there is no field in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many fields.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// The fields, by number.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            if rest == 0 {
                return None;
            }
            let number = u8::try_from(rest.trailing_zeros()).ok()?;
            rest &= rest - 1;
            Some(Field(number))
        })
    }
}

impl FromIterator<Field> for FieldSet {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        fields.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for FieldSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Field::number)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_yields_its_fields_in_order() {
        let set: FieldSet = [13, 0, 127, 4].into_iter().filter_map(Field::new).collect();
        assert_eq!(set.iter().map(Field::number).collect::<Vec<_>>(), [0, 4, 13, 127]);
        assert_eq!(set.len(), 4);
        assert!(set.without(Field::RECORD).is_subset(set));
        assert!(!set.is_subset(set.without(Field::RECORD)));
    }
}
