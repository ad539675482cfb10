//! PRE-3: the policy is published in Kazakh and Russian, and in English, in which the rules stand.

use std::fmt;
use std::str::FromStr;

/// A language in which the policy is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
    /// English: the files that hold the fenced blocks.
    En,
}

impl Language {
    /// All three, the state language first.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];
    /// The languages of sibling files.
    pub(crate) const TRANSLATIONS: [Self; 2] = [Self::Kk, Self::Ru];

    /// Its BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|language| language.tag() == tag)
            .ok_or(UnknownLanguage)
    }
}

/// The policy is not published in that language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy is published in kk, ru and en")]
pub struct UnknownLanguage;
