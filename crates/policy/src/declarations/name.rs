//! A name as it is written in a declaration, and where.

use std::fmt;
use std::ops::Deref;

use crate::place::Place;

/// A quoted name of the policy folder. Compares as its text.
#[derive(Clone)]
pub struct Name {
    text: Box<str>,
    place: Place,
}

impl Name {
    pub(crate) fn new(text: &str, place: Place) -> Self {
        Self {
            text: text.into(),
            place,
        }
    }

    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) const fn place(&self) -> Place {
        self.place
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Name {}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        &*self.text == other
    }
}
