//! Proves what the policy promises, over all possible operations and not over examples: the rules and the opposite of
//! a promise are given to an SMT solver, which finds an operation that both allow, or shows that there is none.

mod counterexample;
mod domain;
mod solver;

pub use counterexample::Counterexample;
pub use solver::ProveError;

use cedar_policy::PolicySet;
use sandyq_model::Clause;

use crate::policy::Policy;
use crate::rules::Rule;
use solver::Prover;

/// What came of one promise.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The clause that makes the promise, `#2` … when it makes several.
    pub id: Clause,
    /// The promise as it stands in the policy.
    pub text: String,
    /// Whether it holds.
    pub outcome: Outcome,
}

/// Whether a promise holds.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// No operation breaks it, whatever its circumstances.
    Proved {
        /// For how many verbs that was shown.
        verbs: usize,
    },
    /// This operation would be allowed, though the promise says never.
    Broken(Box<Counterexample>),
}

impl Proof {
    /// Whether the promise holds.
    #[must_use]
    pub const fn holds(&self) -> bool {
        matches!(self.outcome, Outcome::Proved { .. })
    }
}

impl Policy {
    /// Proves every promise of the policy. Blocks for some seconds.
    ///
    /// # Errors
    /// Without a solver, when the solver fails, or when what it answers does not hold on the Cedar engine.
    pub fn prove(&self) -> Result<Vec<Proof>, ProveError> {
        self.prove_with(&self.rules().iter().collect::<Vec<_>>(), |_| true)
    }

    /// Proves that no rule can fail to be evaluated, whatever it is asked; returns those that can.
    ///
    /// # Errors
    /// Without a solver, or when the solver fails.
    pub fn prove_no_errors(&self) -> Result<Vec<Clause>, ProveError> {
        solver::run(|| async {
            let mut prover = Prover::new(self)?;
            let mut erring = Vec::new();
            for rule in self.rules() {
                if !prover.never_errs(&rule.cedar).await? {
                    erring.push(rule.id.clone());
                }
            }
            prover.finish().await;
            Ok(erring)
        })
    }

    /// Proves those promises against those rules.
    fn prove_with(
        &self,
        rules: &[&Rule],
        wanted: impl Fn(&Clause) -> bool + Sync,
    ) -> Result<Vec<Proof>, ProveError> {
        let set = PolicySet::from_policies(rules.iter().map(|rule| rule.cedar.clone()))
            .map_err(|error| ProveError::Solver(error.to_string()))?;
        solver::run(|| async {
            let mut prover = Prover::new(self)?;
            let mut proofs = Vec::new();
            for promise in self.rules.promises.iter().filter(|promise| wanted(&promise.id)) {
                let outcome = match prover.find_breach(&set, promise).await? {
                    None => Outcome::Proved {
                        verbs: promise.verbs.len(),
                    },
                    Some(env) => {
                        let found = Counterexample::read(&env, &set, promise, self)?;
                        Outcome::Broken(Box::new(found))
                    }
                };
                proofs.push(Proof {
                    id: promise.id.clone(),
                    text: promise.text.clone(),
                    outcome,
                });
            }
            prover.finish().await;
            Ok(proofs)
        })
    }
}

#[cfg(test)]
mod tests;
