//! 4.2, 4.3, 1.4: who else could receive data, and where they are.

use std::fmt;
use std::str::FromStr;

/// An ISO 3166-1 alpha-2 country code. Unknown is `ZZ`, which is not Kazakhstan (4.3-b).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Kazakhstan, the only country data may be in (4.3).
    pub const KZ: Self = Self(*b"KZ");
    /// Nobody knows which.
    pub const UNKNOWN: Self = Self(*b"ZZ");

    /// Its two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Country {
    type Err = NotACountry;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        match code.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([*a, *b])),
            _ => Err(NotACountry),
        }
    }
}

/// Not two capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a country is two capital letters, such as KZ")]
pub struct NotACountry;

/// What a recipient is to the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecipientKind {
    /// The operator itself: nothing leaves.
    Operator,
    /// Owns the rights to the software that is registered (2.2.5).
    RightsHolder,
    /// Distributes it (2.2.5).
    Distributor,
    /// Sells it on (2.2.5).
    Reseller,
    /// A state body acting under a law (2.2.12).
    StateBody,
    /// Would process for the operator: a kind that is always refused (1.4).
    Processor,
    /// An indefinite number of persons (4.1).
    Public,
}

impl RecipientKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Operator,
        Self::RightsHolder,
        Self::Distributor,
        Self::Reseller,
        Self::StateBody,
        Self::Processor,
        Self::Public,
    ];

    /// The word in the policy folder and in rules.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::RightsHolder => "rights-holder",
            Self::Distributor => "distributor",
            Self::Reseller => "reseller",
            Self::StateBody => "state-body",
            Self::Processor => "processor",
            Self::Public => "public",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Whom an operation would hand data to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// What it is to the operator.
    pub kind: RecipientKind,
    /// Where it is.
    pub country: Country,
    /// Whether the register of recipients holds it.
    pub registered: bool,
    /// Whether it has undertaken the Law's duties in writing (L32).
    pub undertaking: bool,
}

impl Recipient {
    /// Nothing leaves the operator.
    pub const OPERATOR: Self = Self {
        kind: RecipientKind::Operator,
        country: Country::KZ,
        registered: true,
        undertaking: true,
    };
}
