//! 5.1.3: a breach of the protection of personal data, and what is done about it, as one table of moves. Nothing that was
//! entered is ever changed or taken back: what was found out later is another step.

use std::fmt;
use std::str::FromStr;

/// What happened to the data (L20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum BreachKind {
    /// Somebody had access who must not.
    Access = 1,
    /// Data got to others.
    Spread = 2,
    /// Data was changed.
    Change = 3,
    /// Data was lost or destroyed.
    Destruction = 4,
}

impl BreachKind {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Access, Self::Spread, Self::Change, Self::Destruction];

    /// Its number in storage.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
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
            Self::Access => "access",
            Self::Spread => "spread",
            Self::Change => "change",
            Self::Destruction => "destruction",
        }
    }
}

/// A step on a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum BreachStep {
    /// Something was found out: what happened, whom it concerns, how many. The first step of every breach.
    Find = 1,
    /// Something was done about it.
    Measure = 2,
    /// The authorised body was told.
    TellAuthority = 3,
    /// The people concerned were told.
    TellSubjects = 4,
    /// Nothing is left to do.
    Close = 5,
}

impl BreachStep {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 5] = [
        Self::Find,
        Self::Measure,
        Self::TellAuthority,
        Self::TellSubjects,
        Self::Close,
    ];

    /// Its number in storage.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The step of this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Find => "find",
            Self::Measure => "measure",
            Self::TellAuthority => "tell-authority",
            Self::TellSubjects => "tell-subjects",
            Self::Close => "close",
        }
    }

    /// Whether it can be taken after these steps, which stand in their order. The authority is told of measures, so there
    /// is one first; a breach is closed once the authority was told; and what is found out later opens it again.
    #[must_use]
    pub fn follows(self, taken: &[Self]) -> bool {
        let is_closed = taken.last() == Some(&Self::Close);
        match self {
            Self::Find => true,
            _ if taken.is_empty() || is_closed => false,
            Self::Measure | Self::TellSubjects => true,
            Self::TellAuthority => taken.contains(&Self::Measure),
            Self::Close => taken.contains(&Self::TellAuthority),
        }
    }
}

/// The word names no kind of breach, or no step on one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of breach, or step on one")]
pub struct UnknownBreachWord;

macro_rules! words {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $name {
            type Err = UnknownBreachWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                let mut all = Self::ALL.into_iter();
                all.find(|one| one.name() == word).ok_or(UnknownBreachWord)
            }
        }
    };
}

words!(BreachKind);
words!(BreachStep);

#[cfg(test)]
mod tests {
    use super::BreachStep::{Close, Find, Measure, TellAuthority, TellSubjects};
    use super::*;

    #[test]
    fn codes_and_words_lead_back() {
        for kind in BreachKind::ALL {
            assert_eq!(BreachKind::from_code(kind.code()), Some(kind));
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        for step in BreachStep::ALL {
            assert_eq!(BreachStep::from_code(step.code()), Some(step));
            assert_eq!(step.name().parse(), Ok(step));
        }
        assert_eq!("leak".parse::<BreachKind>(), Err(UnknownBreachWord));
    }

    #[test]
    fn nobody_is_told_without_a_measure_and_nothing_is_closed_before_the_authority_was_told() {
        let can = |taken: &[BreachStep]| {
            let mut can = BreachStep::ALL.to_vec();
            can.retain(|step| step.follows(taken));
            can
        };
        assert_eq!(can(&[]), [Find]);
        assert_eq!(can(&[Find]), [Find, Measure, TellSubjects]);
        assert_eq!(
            can(&[Find, Measure]),
            [Find, Measure, TellAuthority, TellSubjects]
        );
        assert_eq!(can(&[Find, Measure, TellAuthority]), BreachStep::ALL);
        assert_eq!(can(&[Find, Measure, TellAuthority, Close]), [Find]);
        assert_eq!(can(&[Find, Measure, TellAuthority, Close, Find]), BreachStep::ALL);
    }
}
