//! 6.1: what can be decided about two records, and why. Both are words of a closed list: nothing about anybody is typed.

/// What was decided about two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They belong to one person.
    OnePerson,
    /// They do not, or it is not known that they do; they are not proposed again.
    NotOnePerson,
}

impl Verdict {
    /// Both.
    pub const ALL: [Self; 2] = [Self::OnePerson, Self::NotOnePerson];

    /// The word in the table and in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnePerson => sandyq_store::tables::alike::ONE_PERSON,
            Self::NotOnePerson => "not-one-person",
        }
    }

    /// The verdict of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == word)
    }
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// Whoever it is about said so, and showed who they are.
    Said,
    /// Papers show it.
    Papers,
    /// Two people use one address or number.
    SharedContact,
    /// They were joined by mistake.
    Mistaken,
}

impl Because {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Said, Self::Papers, Self::SharedContact, Self::Mistaken];

    /// The word in the table and in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Said => "said",
            Self::Papers => "papers",
            Self::SharedContact => "shared-contact",
            Self::Mistaken => "mistaken",
        }
    }

    /// The reason of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|because| because.name() == word)
    }

    /// Whether it can be the reason of that verdict.
    #[must_use]
    pub const fn is_of(self, verdict: Verdict) -> bool {
        match self {
            Self::Said | Self::Papers => true,
            Self::SharedContact | Self::Mistaken => matches!(verdict, Verdict::NotOnePerson),
        }
    }
}
