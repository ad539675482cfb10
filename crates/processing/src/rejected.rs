//! Why something asked for did not happen: the policy's no, the caller's mistake, or our own failure.

use sandyq_model::{Fault, Mistake, Problem, Refusal};

/// What comes back instead of an answer. HTTP statuses and exit codes are chosen by the faces.
#[derive(Debug, thiserror::Error)]
pub enum Rejected {
    /// The policy does not allow it; recorded, with the clauses.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// The caller sent something wrong; nothing was stored.
    #[error(transparent)]
    Mistake(#[from] Mistake),
    /// Something of ours failed; nothing happened.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// There is no such thing, or it is none of the caller's business: both look alike (5.1.4-d).
    #[error("there is nothing here")]
    NotFound,
    /// The caller must prove who they are first.
    #[error("sign in first")]
    SignInFirst,
}

impl Rejected {
    /// One problem with one input.
    #[must_use]
    pub fn mistake(input: &str, problem: Problem) -> Self {
        Self::Mistake(Mistake::one(input, problem))
    }
}
