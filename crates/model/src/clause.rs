//! Clauses of the policy as ids: code, ledger entries, refusals and pages cite them.

use std::borrow::Cow;
use std::fmt;

/// The id of a clause (`4.3`, `1.1.2`, `DEF-3`) or of one of its rules (`5.1.4#2`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clause(Cow<'static, str>);

impl Clause {
    /// A clause known when the program was written.
    #[must_use]
    pub const fn fixed(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// A clause read from the policy folder.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(Cow::Owned(id.into()))
    }

    /// The id as written, with the number of the rule if there is one.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The clause itself, without the number of the rule.
    #[must_use]
    pub fn clause(&self) -> &str {
        self.0.split('#').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
