//! 1.1.2–1.1.5, 6.4: five categories of people, each with an exact field set.

use std::fmt;
use std::str::FromStr;

/// Whose data it is. The number is its code in storage and in ledger entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Category {
    /// Buys without registration (1.1.2).
    Guest = 1,
    /// Has an account (1.1.3).
    Registered = 2,
    /// A client or partner under contract (1.1.4).
    Partner = 3,
    /// Applies for a vacancy (1.1.5).
    Applicant = 4,
    /// Writes to us about their rights, known or not (6.4).
    Writer = 5,
}

impl Category {
    /// All five.
    pub const ALL: [Self; 5] = [
        Self::Guest,
        Self::Registered,
        Self::Partner,
        Self::Applicant,
        Self::Writer,
    ];

    /// Its number in storage.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The category with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.code() == code)
    }

    /// The word in the policy folder.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Registered => "registered",
            Self::Partner => "partner",
            Self::Applicant => "applicant",
            Self::Writer => "writer",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Category {
    type Err = UnknownCategory;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|category| category.name() == word)
            .ok_or(UnknownCategory)
    }
}

/// The word names none of the five categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such category; there are guest, registered, partner, applicant and writer")]
pub struct UnknownCategory;
