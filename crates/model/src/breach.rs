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

/// What is done about the people of a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum BreachActKind {
    /// One record is named by its number.
    Record = 1,
    /// Everybody of these groups, with one of these fields stored.
    Stored = 2,
    /// Everybody with whose data an account of staff did something between two instants.
    Looks = 3,
    /// Letters go to everybody who was found.
    Letters = 4,
    /// The list of more people than one employee may open in an hour is open, at the word of two.
    List = 5,
}

impl BreachActKind {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 5] = [Self::Record, Self::Stored, Self::Looks, Self::Letters, Self::List];
    /// By which people are found.
    pub const FINDS: [Self; 3] = [Self::Record, Self::Stored, Self::Looks];

    /// Its number in storage.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The one of this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Stored => "stored",
            Self::Looks => "looks",
            Self::Letters => "letters",
            Self::List => "list",
        }
    }
}

/// Why a letter about a breach did not reach somebody, who is to be told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Unreached {
    /// There is no address, or letters to it come back.
    NoContact = 1,
    /// The record is locked, or nobody confirmed it.
    Locked = 2,
    /// Nobody takes letters at that address.
    Refused = 3,
}

impl Unreached {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::NoContact, Self::Locked, Self::Refused];

    /// Its number in storage.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The one of this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.code() == code)
    }

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoContact => "no-contact",
            Self::Locked => "locked",
            Self::Refused => "refused",
        }
    }
}

/// The word names no kind of breach, no step on one and nothing that is done about its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of breach, step on one or act about its people")]
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
words!(BreachActKind);
words!(Unreached);

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
        for kind in BreachActKind::ALL {
            assert_eq!(BreachActKind::from_code(kind.code()), Some(kind));
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        for why in Unreached::ALL {
            assert_eq!(Unreached::from_code(why.code()), Some(why));
            assert_eq!(why.name().parse(), Ok(why));
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
