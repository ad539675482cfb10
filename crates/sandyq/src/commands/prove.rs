//! `sandyq prove`: the promises of the policy, shown over all possible operations by a solver and not tried on some.

use std::path::PathBuf;

use clap::Args;

use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// Prove the promises of a policy over all possible operations.
///
/// Needs the solver cvc5, on the path or named in the variable CVC5. Takes some seconds.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq prove policy
  CVC5=/opt/cvc5/bin/cvc5 sandyq prove --json

Exit codes: 0 every promise holds, 1 one is broken (an example is shown), 3 the policy has errors, 7 no solver.")]
pub struct Prove {
    /// The policy folder
    pub policy_dir: Option<PathBuf>,
    /// As one JSON value
    #[arg(long)]
    pub json: bool,
}

impl Prove {
    /// Says that this program cannot.
    #[cfg(not(feature = "prove"))]
    pub fn run(&self, _: &Terminal) -> Result<Exit, Failure> {
        Err(Failure::new(
            Exit::Unavailable,
            "this program was built without the prover, so nothing is proved",
        )
        .help("build it with its usual features: cargo build --release"))
    }

    /// Proves, and shows an example for each promise that does not hold.
    #[cfg(feature = "prove")]
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let source = crate::policy_source::PolicySource::find(self.policy_dir.as_deref());
        let policy = source.load()?;
        terminal.word(&format!(
            "proving {} promises of {source}",
            policy.promises().count()
        ));
        let proofs = policy.prove().map_err(|error| unproved(&error))?;
        let erring = policy.prove_no_errors().map_err(|error| unproved(&error))?;
        if self.json {
            terminal.answer_json(&proved::as_json(&proofs, &erring, &policy))?;
        } else {
            terminal.answer(&proved::in_words(&proofs, &erring, terminal))?;
        }
        let all_hold = erring.is_empty() && proofs.iter().all(sandyq_policy::prove::Proof::holds);
        Ok(if all_hold { Exit::Done } else { Exit::No })
    }
}

#[cfg(feature = "prove")]
fn unproved(error: &sandyq_policy::prove::ProveError) -> Failure {
    use sandyq_policy::prove::ProveError;
    let exit = match error {
        ProveError::NoSolver(_) | ProveError::Solver(_) => Exit::Unavailable,
        ProveError::NotReplayed(_) => Exit::Integrity,
    };
    Failure::new(exit, format!("nothing is proved: {error}"))
}

/// Proofs as they are shown.
#[cfg(feature = "prove")]
mod proved {
    use sandyq_model::Clause;
    use sandyq_policy::Policy;
    use sandyq_policy::prove::{Counterexample, Outcome, Proof};
    use serde_json::{Value, json};

    use crate::terminal::{Terminal, Tone};

    /// One line for each promise, and an example where one is broken.
    pub(super) fn in_words(proofs: &[Proof], erring: &[Clause], terminal: &Terminal) -> String {
        let mut lines = Vec::new();
        for proof in proofs {
            let (id, text) = (proof.id.as_str(), proof.text.trim());
            match &proof.outcome {
                Outcome::Proved { .. } => {
                    lines.push(format!(
                        "{}  {id:<8} {text}",
                        terminal.paint("proved", Tone::Good)
                    ));
                }
                Outcome::Broken(example) => {
                    lines.push(format!("{}  {id:<8} {text}", terminal.paint("broken", Tone::Bad)));
                    lines.push(format!("        allowed: {}", told(example)));
                }
            }
        }
        let rules: Vec<&str> = erring.iter().map(Clause::as_str).collect();
        lines.push(if rules.is_empty() {
            format!(
                "{}  no rule can fail to be evaluated",
                terminal.paint("proved", Tone::Good)
            )
        } else {
            format!(
                "{}  rules that can fail: {}",
                terminal.paint("broken", Tone::Bad),
                rules.join(", ")
            )
        });
        lines.join("\n")
    }

    fn told(example: &Counterexample) -> String {
        let circumstances: Vec<String> = example
            .circumstances
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!(
            "{} may {} {} of a {} for {} when {} (by {})",
            example.role,
            example.verb,
            example.field,
            example.category,
            example.purpose,
            circumstances.join(", "),
            example.permitted_by.join(", ")
        )
    }

    /// The same for programs.
    pub(super) fn as_json(proofs: &[Proof], erring: &[Clause], policy: &Policy) -> Value {
        let promises: Vec<Value> = proofs
            .iter()
            .map(|proof| match &proof.outcome {
                Outcome::Proved { verbs } => {
                    json!({ "promise": proof.id.as_str(), "text": proof.text, "holds": true, "verbs": verbs })
                }
                Outcome::Broken(example) => json!({
                    "promise": proof.id.as_str(),
                    "text": proof.text,
                    "holds": false,
                    "example": {
                        "role": example.role,
                        "human": example.human,
                        "verb": example.verb,
                        "field": example.field,
                        "category": example.category,
                        "purpose": example.purpose,
                        "circumstances": example.circumstances,
                        "permitted_by": example.permitted_by,
                    },
                }),
            })
            .collect();
        json!({
            "schema_version": 1,
            "policy_version": hex::encode(policy.version()),
            "promises": promises,
            "rules_that_can_fail": erring.iter().map(Clause::as_str).collect::<Vec<_>>(),
        })
    }
}
