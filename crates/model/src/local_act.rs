//! 3, 5.1.2: what the operator's own documents are. They are registered; no processing ever rests on one of them.

use std::fmt;
use std::str::FromStr;

/// A kind of organisational document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LocalActKind {
    /// The charter.
    Charter = 1,
    /// An order.
    Order = 2,
    /// Rules.
    Rules = 3,
    /// An instruction.
    Instruction = 4,
    /// A form that is filled in.
    Form = 5,
    /// An undertaking.
    Undertaking = 6,
    /// Something else.
    Other = 7,
    /// The act by which paper or another medium was destroyed (8). Internal: it may name whoever was there.
    PaperDestroyed = 8,
}

impl LocalActKind {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 8] = [
        Self::Charter,
        Self::Order,
        Self::Rules,
        Self::Instruction,
        Self::Form,
        Self::Undertaking,
        Self::Other,
        Self::PaperDestroyed,
    ];

    /// Its number in storage.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Whether it may stand on the public site.
    #[must_use]
    pub const fn can_be_public(self) -> bool {
        !matches!(self, Self::PaperDestroyed)
    }

    /// The kind of this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Charter => "charter",
            Self::Order => "order",
            Self::Rules => "rules",
            Self::Instruction => "instruction",
            Self::Form => "form",
            Self::Undertaking => "undertaking",
            Self::Other => "other",
            Self::PaperDestroyed => "paper-destroyed",
        }
    }
}

impl fmt::Display for LocalActKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The word names no kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of document")]
pub struct UnknownLocalActKind;

impl FromStr for LocalActKind {
    type Err = UnknownLocalActKind;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.name() == word).ok_or(UnknownLocalActKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_words_lead_back() {
        for kind in LocalActKind::ALL {
            assert_eq!(LocalActKind::from_code(kind.code()), Some(kind));
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert_eq!(LocalActKind::from_code(0), None);
        assert_eq!("law".parse::<LocalActKind>(), Err(UnknownLocalActKind));
    }
}
