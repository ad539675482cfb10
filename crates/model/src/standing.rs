//! 1.2, DEF-3, DEF-4, 6.3: what may happen to a record at all, as one table of moves.

use std::fmt;
use std::str::FromStr;

use crate::verb::Verb;

/// Where a subject's record stands. A subject nobody knows has no standing (`Option::None`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Standing {
    /// Collected, not confirmed: invisible to staff, usable only to ask for confirmation (1.2-a).
    Pending = 1,
    /// Confirmed; processed within its purposes.
    Active = 2,
    /// Stored and nothing else (DEF-3).
    Blocked = 3,
    /// Nothing can bring the content back (DEF-4).
    Destroyed = 4,
}

/// One allowed move of a standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The standing before; `None` is a subject not yet known.
    pub from: Option<Standing>,
    /// The verb that moves it.
    pub verb: Verb,
    /// Whether values stay behind under a cited floor (8-a); only destruction can leave any.
    pub remainder: bool,
    /// The standing after.
    pub to: Standing,
}

/// The whole table. What is not in it does not happen.
pub const MOVES: [Move; 9] = [
    Move {
        from: None,
        verb: Verb::Collect,
        remainder: false,
        to: Standing::Pending,
    },
    // 6.4: a request needs no consent and is worked on from its first moment.
    Move {
        from: None,
        verb: Verb::Record,
        remainder: false,
        to: Standing::Active,
    },
    Move {
        from: Some(Standing::Pending),
        verb: Verb::Confirm,
        remainder: false,
        to: Standing::Active,
    },
    Move {
        from: Some(Standing::Active),
        verb: Verb::Block,
        remainder: false,
        to: Standing::Blocked,
    },
    Move {
        from: Some(Standing::Blocked),
        verb: Verb::Unblock,
        remainder: false,
        to: Standing::Active,
    },
    Move {
        from: Some(Standing::Pending),
        verb: Verb::Destroy,
        remainder: false,
        to: Standing::Destroyed,
    },
    Move {
        from: Some(Standing::Active),
        verb: Verb::Destroy,
        remainder: false,
        to: Standing::Destroyed,
    },
    Move {
        from: Some(Standing::Active),
        verb: Verb::Destroy,
        remainder: true,
        to: Standing::Blocked,
    },
    Move {
        from: Some(Standing::Pending),
        verb: Verb::Destroy,
        remainder: true,
        to: Standing::Blocked,
    },
];

impl Standing {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Active, Self::Blocked, Self::Destroyed];

    /// Where `verb` moves a record that stands at `from`, if the table has such a move.
    #[must_use]
    pub fn after(from: Option<Self>, verb: Verb, remainder: bool) -> Option<Self> {
        MOVES
            .iter()
            .find(|m| m.from == from && m.verb == verb && m.remainder == remainder)
            .map(|m| m.to)
    }

    /// Its number in storage.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The standing with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.code() == code)
    }

    /// The word in rules, on pages and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Destroyed => "destroyed",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Standing {
    type Err = UnknownStanding;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.name() == word)
            .ok_or(UnknownStanding)
    }
}

/// The word names no standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such standing; there are pending, active, blocked and destroyed")]
pub struct UnknownStanding;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_destroyed_and_nothing_destroys_a_block() {
        for verb in Verb::ALL {
            for remainder in [false, true] {
                assert_eq!(Standing::after(Some(Standing::Destroyed), verb, remainder), None);
            }
        }
        assert_eq!(
            Standing::after(Some(Standing::Blocked), Verb::Destroy, false),
            None
        );
        assert_eq!(
            Standing::after(Some(Standing::Blocked), Verb::Confirm, false),
            None
        );
    }
}
