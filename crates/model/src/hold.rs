//! 8: a hold. Somebody whom a law empowers ordered that what would be destroyed is kept; nothing of the record is
//! destroyed, and no lock on it ends, until the order is lifted.

/// Who can order it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderedBy {
    /// A court.
    Court,
    /// A prosecutor.
    Prosecutor,
    /// A body that investigates.
    Investigation,
    /// A tax authority.
    TaxAuthority,
    /// The authority for the protection of personal data.
    DataAuthority,
}

impl OrderedBy {
    /// Everybody who can.
    pub const ALL: [Self; 5] = [
        Self::Court,
        Self::Prosecutor,
        Self::Investigation,
        Self::TaxAuthority,
        Self::DataAuthority,
    ];

    /// The word in storage, in forms and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Court => "court",
            Self::Prosecutor => "prosecutor",
            Self::Investigation => "investigation",
            Self::TaxAuthority => "tax-authority",
            Self::DataAuthority => "data-authority",
        }
    }

    /// Whoever has that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|body| body.name() == word)
    }
}
