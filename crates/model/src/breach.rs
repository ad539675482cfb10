//! 5.1.3: a breach of the protection of personal data, and what is done about it, as one table of moves. Nothing that was
//! entered is ever changed or taken back: what was found out later is another step.

use crate::coded::coded;

coded! {
    /// What happened to the data (L20).
    BreachKind or UnknownBreachWord {
        /// Somebody had access who must not.
        Access = 1 "access",
        /// Data got to others.
        Spread = 2 "spread",
        /// Data was changed.
        Change = 3 "change",
        /// Data was lost or destroyed.
        Destruction = 4 "destruction",
    }
}

coded! {
    /// A step on a breach.
    BreachStep or UnknownBreachWord {
        /// Something was found out: what happened, whom it concerns, how many. The first step of every breach.
        Find = 1 "find",
        /// Something was done about it.
        Measure = 2 "measure",
        /// The authorised body was told.
        TellAuthority = 3 "tell-authority",
        /// The people concerned were told.
        TellSubjects = 4 "tell-subjects",
        /// Nothing is left to do.
        Close = 5 "close",
    }
}

impl BreachStep {
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

coded! {
    /// What is done about the people of a breach.
    BreachActKind or UnknownBreachWord {
        /// One record is named by its number.
        Record = 1 "record",
        /// Everybody of these groups, with one of these fields stored.
        Stored = 2 "stored",
        /// Everybody with whose data an account of staff did something between two instants.
        Looks = 3 "looks",
        /// Letters go to everybody who was found.
        Letters = 4 "letters",
        /// The list of more people than one employee may open in an hour is open, at the word of two.
        List = 5 "list",
    }
}

impl BreachActKind {
    /// By which people are found.
    pub const FINDS: [Self; 3] = [Self::Record, Self::Stored, Self::Looks];
}

coded! {
    /// Why a letter about a breach did not reach somebody, who is to be told otherwise.
    Unreached or UnknownBreachWord {
        /// There is no address, or letters to it come back.
        NoContact = 1 "no-contact",
        /// The record is locked, or nobody confirmed it.
        Locked = 2 "locked",
        /// Nobody takes letters at that address.
        Refused = 3 "refused",
    }
}

/// The word names no kind of breach, no step on one and nothing that is done about its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of breach, step on one or act about its people")]
pub struct UnknownBreachWord;

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
