//! Speaks with the solver: cvc5, from the variable `CVC5` or from the path. Without one nothing counts as proved.

use std::future::Future;

use cedar_policy::{PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env};

use crate::policy::Policy;
use crate::prove::domain::domain;
use crate::rules::Promise;

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// There is no solver.
    #[error("no solver: install cvc5, or name it in the variable CVC5 ({0})")]
    NoSolver(String),
    /// The solver or the way to it failed.
    #[error("the solver failed: {0}")]
    Solver(String),
    /// The solver's counterexample is none on the Cedar engine; do not trust either.
    #[error("the solver's counterexample to {0} is none on the Cedar engine")]
    NotReplayed(String),
}

/// A solver with a policy.
pub(super) struct Prover<'a> {
    policy: &'a Policy,
    schema: &'a Schema,
    compiler: CedarSymCompiler<LocalSolver>,
}

/// Runs a proof on a runtime of its own.
pub(super) fn run<T, F>(work: impl FnOnce() -> F + Send) -> Result<T, ProveError>
where
    T: Send,
    F: Future<Output = Result<T, ProveError>>,
{
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(failed)?;
            runtime.block_on(work())
        });
        thread
            .join()
            .unwrap_or_else(|_| Err(ProveError::Solver("it stopped in the middle".to_owned())))
    })
}

impl<'a> Prover<'a> {
    pub(super) fn new(policy: &'a Policy) -> Result<Self, ProveError> {
        let solver = LocalSolver::cvc5().map_err(|error| ProveError::NoSolver(error.to_string()))?;
        let compiler = CedarSymCompiler::new(solver).map_err(failed)?;
        let schema = policy
            .rules
            .schema
            .as_ref()
            .ok_or_else(|| ProveError::Solver("no schema".to_owned()))?;
        Ok(Self {
            policy,
            schema,
            compiler,
        })
    }

    /// An operation that the rules allow and the promise says never happens.
    ///
    /// First it is asked in the widest world, where any text can stand for a standing or a country. Only if a breach
    /// is found there is it asked again within what the declarations allow, since only that can happen.
    pub(super) async fn find_breach(
        &mut self,
        rules: &PolicySet,
        promise: &Promise,
    ) -> Result<Option<Env>, ProveError> {
        let widest = set_of(&promise.cedar)?;
        let within = domain(&promise.cedar, &self.policy.declarations).map_err(failed)?;
        let within = set_of(&within)?;
        for env in self.environments(promise) {
            let compiled = CompiledPolicySet::compile(rules, &env, self.schema).map_err(failed)?;
            let breach = CompiledPolicySet::compile(&widest, &env, self.schema).map_err(failed)?;
            if self
                .compiler
                .check_disjoint_opt(&compiled, &breach)
                .await
                .map_err(failed)?
            {
                continue;
            }
            let breach = CompiledPolicySet::compile(&within, &env, self.schema).map_err(failed)?;
            let found = self
                .compiler
                .check_disjoint_with_counterexample_opt(&compiled, &breach)
                .await;
            if let Some(found) = found.map_err(failed)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Whether a rule can be evaluated on everything.
    pub(super) async fn never_errs(&mut self, rule: &cedar_policy::Policy) -> Result<bool, ProveError> {
        let environments: Vec<RequestEnv> = self.schema.request_envs().collect();
        for env in environments {
            let compiled = CompiledPolicy::compile(rule, &env, self.schema).map_err(failed)?;
            if !self
                .compiler
                .check_never_errors_opt(&compiled)
                .await
                .map_err(failed)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Ends the solver's process.
    pub(super) async fn finish(mut self) {
        // A solver that is gone already needs no ending.
        let _ = self.compiler.solver_mut().clean_up().await;
    }

    fn environments(&self, promise: &Promise) -> Vec<RequestEnv> {
        let named = |env: &RequestEnv| {
            let verb = env.action().id();
            promise.verbs.iter().any(|one| one.name() == verb.unescaped())
        };
        self.schema.request_envs().filter(named).collect()
    }
}

fn set_of(policy: &cedar_policy::Policy) -> Result<PolicySet, ProveError> {
    PolicySet::from_policies([policy.clone()]).map_err(failed)
}

pub(super) fn failed(error: impl std::fmt::Display) -> ProveError {
    ProveError::Solver(error.to_string())
}
