//! 6, 7: what people can ask of the operator, and what may become of such a request, as one table of moves.
//!
//! A check of who is asking is never inherited: a request that is merged into another one or opened again begins without.

use crate::clause::Clause;
use crate::coded::coded;

coded! {
    /// What is asked for. Its word is also the name of its deadline in the policy folder.
    RequestKind or UnknownWord {
        /// Whether and how data is processed (6.4).
        Inform = 1 "inform",
        /// The data itself (6.4).
        Access = 2 "access",
        /// A change on the strength of papers (6.2).
        Clarify = 3 "clarify",
        /// A block (DEF-3, 6.2).
        Block = 4 "block",
        /// The end of a block (DEF-3, 6.2).
        Unblock = 5 "unblock",
        /// The end of a consent (6.3).
        Withdraw = 6 "withdraw",
        /// An objection to automated processing (1.3).
        Object = 7 "object",
        /// A consumer's complaint (7).
        Complain = 8 "complain",
        /// A question or a suggestion (7).
        Question = 9 "question",
    }
}

impl RequestKind {
    /// The clause that gives the right to ask.
    #[must_use]
    pub const fn clause(self) -> Clause {
        Clause::fixed(match self {
            Self::Inform | Self::Access => "6.4",
            Self::Clarify => "6.2",
            Self::Block | Self::Unblock => "DEF-3",
            Self::Withdraw => "6.3",
            Self::Object => "1.3",
            Self::Complain | Self::Question => "7",
        })
    }

    /// Whether it is answered only to somebody who has shown who they are (6.5). A question and a complaint are answered
    /// out of what was written.
    #[must_use]
    pub const fn needs_identity(self) -> bool {
        !matches!(self, Self::Complain | Self::Question)
    }
}

coded! {
    /// By which way it came.
    Channel or UnknownWord {
        /// The person's own page.
        Portal = 1 "portal",
        /// Told to somebody here, at the desk or by telephone.
        Desk = 2 "desk",
        /// On paper.
        Letter = 3 "letter",
    }
}

coded! {
    /// How far it has come.
    RequestState or UnknownWord {
        /// Registered; its clock runs.
        Received = 1 "received",
        /// Somebody was asked to show who they are; the clock runs on.
        Checking = 2 "checking",
        /// Known from whom it is, or no need to know; the answer is worked on.
        Answering = 3 "answering",
        /// Answered, and what was asked for is done.
        Answered = 4 "answered",
        /// Refused, with reason and norm.
        Refused = 5 "refused",
        /// Went into another request of the same person.
        Merged = 6 "merged",
    }
}

impl RequestState {
    /// Whether nothing is left to do.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Answered | Self::Refused | Self::Merged)
    }
}

coded! {
    /// What is done with a request.
    Step or UnknownWord {
        /// It is registered.
        Receive = 1 "receive",
        /// A code goes to a contact on file.
        AskIdentity = 2 "ask-identity",
        /// They have shown who they are.
        ShowIdentity = 3 "show-identity",
        /// They could not show it; the request stays open and a human decides.
        FailIdentity = 4 "fail-identity",
        /// Its kind needs no check.
        Begin = 5 "begin",
        /// It is answered.
        Answer = 6 "answer",
        /// It is refused.
        Refuse = 7 "refuse",
        /// It goes into another one.
        Merge = 8 "merge",
        /// It is opened again, without what was shown before.
        Reopen = 9 "reopen",
        /// One working day is left.
        Escalate = 10 "escalate",
        /// A change of the law makes it due earlier (PRE-5).
        Advance = 11 "advance",
    }
}

impl Step {
    /// The clause under which it is done; of the kind's own where none else says more.
    #[must_use]
    pub const fn clause(self, kind: RequestKind) -> Clause {
        match self {
            Self::AskIdentity | Self::ShowIdentity | Self::FailIdentity | Self::Escalate => {
                Clause::fixed("6.5")
            }
            Self::Advance => Clause::fixed("PRE-5"),
            _ => kind.clause(),
        }
    }
}

/// One move of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestMove {
    /// From where; `None` before it is registered.
    pub from: Option<RequestState>,
    /// By what.
    pub step: Step,
    /// To where.
    pub to: RequestState,
}

macro_rules! moves {
    ($($from:ident $step:ident $to:ident;)*) => {
        /// Every move that there is. What is not here cannot be done.
        pub const REQUEST_MOVES: &[RequestMove] = &[
            RequestMove { from: None, step: Step::Receive, to: RequestState::Received },
            $(RequestMove { from: Some(RequestState::$from), step: Step::$step, to: RequestState::$to },)*
        ];
    };
}

moves! {
    Received AskIdentity Checking;
    Received ShowIdentity Answering;
    Received Begin Answering;
    Received Refuse Refused;
    Received Merge Merged;
    Received Escalate Received;
    Received Advance Received;
    Checking AskIdentity Checking;
    Checking ShowIdentity Answering;
    Checking FailIdentity Received;
    Checking Refuse Refused;
    Checking Merge Merged;
    Checking Escalate Checking;
    Checking Advance Checking;
    Answering Answer Answered;
    Answering Refuse Refused;
    Answering Merge Merged;
    Answering Escalate Answering;
    Answering Advance Answering;
    Answered Reopen Received;
    Refused Reopen Received;
    Merged Reopen Received;
}

impl RequestState {
    /// Where a step leads, if it may be done here at all; a kind that must know who is asking does not begin without.
    #[must_use]
    pub fn after(from: Option<Self>, step: Step, kind: RequestKind) -> Option<Self> {
        if step == Step::Begin && kind.needs_identity() {
            return None;
        }
        REQUEST_MOVES
            .iter()
            .find(|one| one.from == from && one.step == step)
            .map(|one| one.to)
    }
}

/// The table of moves in Markdown, as it stands in the documents.
#[must_use]
pub fn moves_in_markdown() -> String {
    let mut table = String::from("| from | step | to |\n|---|---|---|\n");
    for one in REQUEST_MOVES {
        let from = one.from.map_or("–", RequestState::name);
        table.push_str(&format!("| {from} | {} | {} |\n", one.step.name(), one.to.name()));
    }
    table
}

/// The word names nothing about requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such kind, channel, state or step of a request")]
pub struct UnknownWord;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_needs_a_check_is_answered_without_it() {
        for kind in RequestKind::ALL.into_iter().filter(|kind| kind.needs_identity()) {
            let mut reached = vec![RequestState::Received];
            for _ in 0..REQUEST_MOVES.len() {
                for step in Step::ALL.into_iter().filter(|step| *step != Step::ShowIdentity) {
                    let next: Vec<_> = reached
                        .iter()
                        .filter_map(|from| RequestState::after(Some(*from), step, kind))
                        .collect();
                    reached.extend(next);
                }
                reached.sort_unstable();
                reached.dedup();
            }
            assert!(!reached.contains(&RequestState::Answered), "{kind}");
        }
    }

    #[test]
    fn a_closed_request_only_opens_again_and_begins_from_the_start() {
        for from in RequestState::ALL.into_iter().filter(|state| state.is_closed()) {
            for step in Step::ALL {
                let to = RequestState::after(Some(from), step, RequestKind::Access);
                assert_eq!(to.is_some(), step == Step::Reopen, "{from} {step}");
                assert!(to.is_none_or(|to| to == RequestState::Received));
            }
        }
    }

    #[test]
    fn words_and_numbers_lead_back() {
        for kind in RequestKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(RequestKind::from_code(kind.code()), Some(kind));
        }
        for step in Step::ALL {
            assert_eq!(Step::from_code(step.code()), Some(step));
        }
        assert_eq!("nothing".parse::<Channel>(), Err(UnknownWord));
    }

    #[test]
    fn the_table_in_the_documents_is_this_one() {
        let page = include_str!("../../../docs/REQUESTS.md");
        let table = moves_in_markdown();
        assert!(page.contains(&table), "docs/REQUESTS.md must hold:\n{table}");
    }
}
