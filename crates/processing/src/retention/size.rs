//! 5.1.3, L52: how many people are in the system, against the sizes from which an operator has stricter duties. People of several
//! records count as often as they have records: the count is never too small.

use sandyq_model::{Category, Standing};
use sandyq_policy::Policy;

/// The size of an operator in the words of the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeClass {
    /// Below the first threshold.
    Small,
    /// From the first threshold.
    Medium,
    /// From the second.
    Large,
}

impl SizeClass {
    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// How many people are in the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// So many.
    pub people: u64,
    /// What that makes the operator.
    pub class: SizeClass,
    /// The next threshold, if there is one.
    pub next: Option<u64>,
    /// Whether the next threshold is as near as the policy warns of.
    pub warns: bool,
}

/// The size of a system with these counts of people.
#[must_use]
pub fn size_of(policy: &Policy, counts: &[(Category, Standing, u64)]) -> Size {
    let here = counts
        .iter()
        .filter(|(category, standing, _)| *category != Category::Writer && *standing != Standing::Destroyed);
    let people: u64 = here.map(|(.., count)| count).sum();
    let limit = |name: &str| policy.limit(name).and_then(|limit| limit.count).map(u64::from);
    let (medium, large) = (limit("subjects-medium"), limit("subjects-large"));
    let reached = |threshold: Option<u64>| threshold.is_some_and(|threshold| people >= threshold);
    let (class, next) = match (reached(medium), reached(large)) {
        (_, true) => (SizeClass::Large, None),
        (true, false) => (SizeClass::Medium, large),
        (false, false) => (SizeClass::Small, medium),
    };
    let percent = limit("subjects-warning-percent").unwrap_or(100);
    let near = |threshold: u64| people.saturating_mul(100) >= threshold.saturating_mul(percent);
    Size {
        people,
        class,
        next,
        warns: next.is_some_and(near),
    }
}
