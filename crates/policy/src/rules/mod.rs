//! The rules: `cedar` blocks, each rule known by the clause under which it stands.

mod formula;
mod promise;
mod read;
mod schema;
mod spelling;
mod statement;
mod translate;

pub(crate) use formula::{Atom, Formula, Scalar};
#[cfg(feature = "prove")]
pub(crate) use promise::Promise;
#[cfg(test)]
pub(crate) use read::entity;
pub(crate) use read::{Rules, read};
#[cfg(any(test, feature = "prove"))]
pub(crate) use schema::NO_PURPOSE;
pub(crate) use translate::ABSENT;

use sandyq_model::Clause;

use crate::place::Place;

/// What a rule does when it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It allows, unless a rule forbids.
    Permit,
    /// It forbids, whatever allows.
    Forbid,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id: the clause, and `#2`, `#3` … when a clause has several.
    pub id: Clause,
    /// What it does.
    pub effect: Effect,
    /// As it stands in the policy.
    pub text: String,
    pub(crate) formula: Formula,
    /// The same rule for the Cedar engine, which the tables are tested against.
    #[cfg(any(test, feature = "prove"))]
    pub(crate) cedar: cedar_policy::Policy,
    pub(crate) place: Place,
}
