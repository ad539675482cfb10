//! 2.2: what a service can be about. An offering is the operator's, and nothing in it is personal.

/// The kind of thing that a person comes to a service for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfferingKind {
    /// A licence that is sold (2.2.7).
    Licence,
    /// An event with places (2.2.9).
    Event,
    /// A vacancy that is open (2.2.11).
    Vacancy,
    /// A promotion with published rules (2.2.7).
    Promotion,
}

impl OfferingKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Licence, Self::Event, Self::Vacancy, Self::Promotion];

    /// Its name in the policy folder and in the catalogue.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Licence => "licence",
            Self::Event => "event",
            Self::Vacancy => "vacancy",
            Self::Promotion => "promotion",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
