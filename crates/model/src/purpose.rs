//! 2.2: twelve purposes, named by their clauses; no other purpose exists, advertising included.

use std::fmt;
use std::str::FromStr;

/// One of the purposes 2.2.1–2.2.12.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purpose(u8);

impl Purpose {
    /// How many there are.
    pub const COUNT: u8 = 12;
    /// 2.2.1: telling who the other party is.
    pub const IDENTIFICATION: Self = Self(1);
    /// 2.2.3: counting for better services.
    pub const QUALITY: Self = Self(3);
    /// 2.2.4: statistics and studies.
    pub const STATISTICS: Self = Self(4);
    /// 2.2.5: registering software with its rights holder.
    pub const SOFTWARE_REGISTRATION: Self = Self(5);
    /// 2.2.7: carrying out orders and contracts.
    pub const ORDERS: Self = Self(7);
    /// 2.2.8: answering questions.
    pub const QUESTIONS: Self = Self(8);
    /// 2.2.11: recruitment.
    pub const RECRUITMENT: Self = Self(11);
    /// 2.2.12: duties that a law lays on the operator.
    pub const STATUTORY: Self = Self(12);

    /// The purpose of clause 2.2.`number`.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number >= 1 && number <= Self::COUNT {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The last part of its clause, 1 to 12.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// All twelve, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=Self::COUNT).map(Self)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "2.2.{}", self.0)
    }
}

impl fmt::Debug for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let number = word.strip_prefix("2.2.").ok_or(UnknownPurpose)?;
        let number: u8 = number.parse().map_err(|_| UnknownPurpose)?;
        let purpose = Self::new(number).ok_or(UnknownPurpose)?;
        if purpose.to_string() == word {
            Ok(purpose)
        } else {
            Err(UnknownPurpose)
        }
    }
}

/// The word names none of the twelve purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such purpose; there are 2.2.1 to 2.2.12")]
pub struct UnknownPurpose;
