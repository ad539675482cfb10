//! The policy's no: which clauses refused what. Words for people live in the policy folder and the translations.

use crate::clause::Clause;
use crate::field::FieldSet;
use crate::verb::Verb;

/// An operation that the policy does not allow. It is recorded like any other operation (5.1.5).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy refuses to {verb}: clause {}", .rules.first().map_or("5.1.4", Clause::as_str))]
pub struct Refusal {
    /// What was asked.
    pub verb: Verb,
    /// The rules that refused, most telling first; never empty.
    pub rules: Vec<Clause>,
    /// The fields on which it failed.
    pub fields: FieldSet,
}

impl Refusal {
    /// A refusal by these rules.
    #[must_use]
    pub fn new(verb: Verb, rules: Vec<Clause>, fields: FieldSet) -> Self {
        let rules = if rules.is_empty() {
            vec![Self::BY_DEFAULT]
        } else {
            rules
        };
        Self { verb, rules, fields }
    }

    /// What no rule allows is refused (5.1.4-a).
    pub const BY_DEFAULT: Clause = Clause::fixed("5.1.4");
}
