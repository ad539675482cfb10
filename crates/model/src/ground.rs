//! 3: the grounds are a closed set. A charter, an internal order, a contract or a "legitimate interest" is none.

use crate::id::ConsentId;

/// On what a processing rests (3-a).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The person's consent; the exact rows when they are known.
    Consent(Option<ConsentId>),
    /// A case of Article 9 of Law 94-V.
    Article9 {
        /// The sub-item.
        item: String,
    },
    /// Another law that demands it.
    Law {
        /// The article cited.
        citation: String,
    },
}

impl Ground {
    /// The word in the policy folder and in rules.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Consent(_) => "consent",
            Self::Article9 { .. } => "art9",
            Self::Law { .. } => "law",
        }
    }

    /// Its number in ledger entries.
    #[must_use]
    pub const fn code(&self) -> u8 {
        match self {
            Self::Consent(_) => 1,
            Self::Article9 { .. } => 2,
            Self::Law { .. } => 3,
        }
    }

    /// Whether a statute is cited: never for consent, and not for an empty citation.
    #[must_use]
    pub fn has_citation(&self) -> bool {
        match self {
            Self::Consent(_) => false,
            Self::Article9 { item: cited } | Self::Law { citation: cited } => !cited.trim().is_empty(),
        }
    }
}
