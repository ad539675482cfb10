//! DEF-2: processing is any action with personal data, from collection to destruction.
//!
//! The list is closed: no processing exists outside it. It is the union of all lists in the policy (the scope
//! sentence forgets some that other clauses use), plus the two acts by which a person moves a record: confirming
//! a consent (1.2) and withdrawing it (6.3). Those two process no field, yet go the same path.

use std::fmt;
use std::str::FromStr;

/// One action with personal data. The number is its code in ledger entries and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Verb {
    /// Receiving values from the person (collection).
    Collect = 1,
    /// Fixing values of a person who is already known (recording).
    Record = 2,
    /// Putting records in an order (systematization).
    Systematize = 3,
    /// Adding up records over time (accumulation).
    Accumulate = 4,
    /// Keeping values sealed; renewing the seal (storage).
    Store = 5,
    /// Changing or completing values (clarification: update, change; 6.2).
    Clarify = 6,
    /// Taking values out for somebody to see (extraction).
    Extract = 7,
    /// Using values inside the system for a purpose: matching, mailing, paying (usage).
    Use = 8,
    /// Disclosing to an indefinite number of persons (distribution, dissemination; 4.1).
    Disseminate = 9,
    /// Disclosing to a certain person or circle (provision; 4.2).
    Provide = 10,
    /// Letting somebody outside look (access; 4.2).
    Access = 11,
    /// Making it impossible to tell whose data it is (depersonalization; 2.2.4).
    Depersonalize = 12,
    /// Stopping everything but storage (blocking).
    Block = 13,
    /// Ending a block.
    Unblock = 14,
    /// Ending the account: sessions and ways in (deletion; 6.3).
    Delete = 15,
    /// Making the content impossible to restore (destruction; 6.3, 8).
    Destroy = 16,
    /// The person confirms the consent through a separate channel (1.2).
    Confirm = 17,
    /// The person withdraws consent (6.3).
    Withdraw = 18,
}

impl Verb {
    /// Every verb, in the order of the codes.
    pub const ALL: [Self; 18] = [
        Self::Collect,
        Self::Record,
        Self::Systematize,
        Self::Accumulate,
        Self::Store,
        Self::Clarify,
        Self::Extract,
        Self::Use,
        Self::Disseminate,
        Self::Provide,
        Self::Access,
        Self::Depersonalize,
        Self::Block,
        Self::Unblock,
        Self::Delete,
        Self::Destroy,
        Self::Confirm,
        Self::Withdraw,
    ];

    /// The number by which ledger entries name this verb.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The verb with this code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.code() == code)
    }

    /// The word in the policy folder, on the command line and in URLs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Record => "record",
            Self::Systematize => "systematize",
            Self::Accumulate => "accumulate",
            Self::Store => "store",
            Self::Clarify => "clarify",
            Self::Extract => "extract",
            Self::Use => "use",
            Self::Disseminate => "disseminate",
            Self::Provide => "provide",
            Self::Access => "access",
            Self::Depersonalize => "depersonalize",
            Self::Block => "block",
            Self::Unblock => "unblock",
            Self::Delete => "delete",
            Self::Destroy => "destroy",
            Self::Confirm => "confirm",
            Self::Withdraw => "withdraw",
        }
    }

    /// Transmission: distribution, provision and access (DEF-2).
    #[must_use]
    pub const fn is_transfer(self) -> bool {
        matches!(self, Self::Disseminate | Self::Provide | Self::Access)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Verb {
    type Err = UnknownVerb;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|verb| verb.name() == word)
            .ok_or(UnknownVerb)
    }
}

/// The word names no action of the closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such verb; processing exists only as one of the policy's actions")]
pub struct UnknownVerb;
