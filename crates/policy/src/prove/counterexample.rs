//! An operation that breaks a promise, told in words and tried on the Cedar engine itself.

use std::collections::BTreeMap;
use std::fmt;

use cedar_policy::{Authorizer, Decision, Entity, EvalResult, PolicySet};
use cedar_policy_symcc::Env;

use crate::policy::Policy;
use crate::prove::solver::{ProveError, failed};
use crate::rules::{NO_PURPOSE, Promise};

/// An operation that the rules allow though a promise says never.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// Who acts, by the name of the role.
    pub role: String,
    /// Whether a person acts.
    pub human: bool,
    /// What is done.
    pub verb: String,
    /// With which field.
    pub field: String,
    /// Of whom.
    pub category: String,
    /// For which purpose; `none` when none is stated.
    pub purpose: String,
    /// The circumstances that are given, by name: flags that are true, and words.
    pub circumstances: BTreeMap<String, String>,
    /// The rules that permit it.
    pub permitted_by: Vec<String>,
}

impl Counterexample {
    /// Reads what the solver found, and replays it: the rules must allow it, and the promise must name it.
    pub(super) fn read(
        env: &Env,
        rules: &PolicySet,
        promise: &Promise,
        policy: &Policy,
    ) -> Result<Self, ProveError> {
        let authorizer = Authorizer::new();
        let response = authorizer.is_authorized(&env.request, rules, &env.entities);
        let breach = PolicySet::from_policies([promise.cedar.clone()]).map_err(failed)?;
        let named = authorizer.is_authorized(&env.request, &breach, &env.entities);
        if response.decision() != Decision::Allow || named.decision() != Decision::Allow {
            return Err(ProveError::NotReplayed(promise.id.to_string()));
        }
        let principal = env.request.principal().and_then(|uid| env.entities.get(uid));
        let resource = env.request.resource().and_then(|uid| env.entities.get(uid));
        let mut circumstances = BTreeMap::new();
        let context = env.request.context();
        for name in CIRCUMSTANCES {
            circumstances.extend(
                context
                    .and_then(|context| context.get(name))
                    .and_then(|value| said(name, &value)),
            );
        }
        let purpose = match circumstances.remove("purpose") {
            Some(purpose) => purpose,
            None => NO_PURPOSE.to_owned(),
        };
        let mut permitted_by: Vec<String> =
            response.diagnostics().reason().map(ToString::to_string).collect();
        permitted_by.sort_by_key(|id| policy.rules().iter().position(|rule| rule.id.as_str() == id));
        let verb = env
            .request
            .action()
            .map(|uid| uid.id().unescaped().to_owned())
            .unwrap_or_default();
        Ok(Self {
            role: attribute(principal, "role"),
            human: attribute(principal, "human") == "true",
            verb,
            field: attribute(resource, "field"),
            category: attribute(resource, "category"),
            purpose,
            circumstances,
            permitted_by,
        })
    }
}

/// The circumstances in the order in which they are told.
const CIRCUMSTANCES: [&str; 18] = [
    "purpose",
    "ground",
    "citation",
    "consent",
    "agreed",
    "withdrawn",
    "standing",
    "case",
    "own",
    "effect",
    "recipient",
    "floor",
    "hold",
    "due",
    "approved",
    "seconded",
    "interview",
    "emergency",
];

/// A circumstance in words; nothing for a flag that is false.
fn said(name: &str, value: &EvalResult) -> Option<(String, String)> {
    let said = match value {
        EvalResult::Bool(false) => return None,
        EvalResult::Record(record) => {
            let parts = record.iter().filter_map(|(name, value)| said(name, value));
            parts
                .map(|(name, value)| format!("{name} {value}"))
                .collect::<Vec<_>>()
                .join(", ")
        }
        other => word(other),
    };
    Some((name.to_owned(), said))
}

fn word(value: &EvalResult) -> String {
    match value {
        EvalResult::Bool(truth) => truth.to_string(),
        EvalResult::String(text) => text.clone(),
        EvalResult::EntityUid(uid) => uid.id().unescaped().to_owned(),
        other => other.to_string(),
    }
}

fn attribute(entity: Option<&Entity>, name: &str) -> String {
    match entity.and_then(|entity| entity.attr(name)) {
        Some(Ok(value)) => word(&value),
        _ => "?".to_owned(),
    }
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            role,
            verb,
            field,
            category,
            purpose,
            ..
        } = self;
        let human = if self.human { "a person" } else { "no person" };
        let purpose = if purpose == NO_PURPOSE {
            "without a purpose".to_owned()
        } else {
            format!("for {purpose}")
        };
        writeln!(
            f,
            "{role} ({human}) could {verb} {field} of a {category} {purpose},"
        )?;
        writeln!(f, "permitted by {}, when", self.permitted_by.join(", "))?;
        for (name, value) in &self.circumstances {
            writeln!(f, "  {name}: {value}")?;
        }
        Ok(())
    }
}
