//! Plain personal values, in a type that cannot be printed, logged or serialised by accident.
//!
//! A value is plain only between a face and its seal, or between an opened seal and a permitted answer. It is wiped
//! when dropped. [`Plain::expose`] is the one way to look at it: grep for it to audit every place that does.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// A plain personal value. No `Display`, no `Serialize`, no content in `Debug`; zeroed on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Plain<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Plain<T> {
    /// Takes a value that somebody typed, or that was opened under a permit.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself: for sealing it, for checking it, and for rendering a permitted answer.
    #[must_use]
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Plain<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain(…)")
    }
}

impl From<&str> for Plain<String> {
    fn from(value: &str) -> Self {
        Self::new(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_nothing_of_the_value() {
        assert_eq!(format!("{:?}", Plain::from("Айгерім")), "Plain(…)");
    }
}
