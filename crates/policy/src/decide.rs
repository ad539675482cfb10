//! The one decision: `(Operation, Facts) → Permit | Refusal`. Pure; both answers name their clauses.

use sandyq_model::{Act, Clause, Facts, Field, FieldSet, Operation, Purpose, Refusal};

use crate::permit::Permit;
use crate::policy::Policy;
use crate::question::{Circumstances, Question};
use crate::tables::{Key, Spoken};

/// Every processing states its purpose (2.1-b).
const PURPOSE_UNSTATED: Clause = Clause::fixed("2.1");
/// Only declared fields exist (1.1.1-b).
const FIELD_UNDECLARED: Clause = Clause::fixed("1.1.1");

/// What the policy says about a [`Question`]. It permits nothing; only [`Policy::decide`] does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it is allowed on every field asked for.
    pub allowed: bool,
    /// The fields on which it fails.
    pub refused: FieldSet,
    /// The rules that decide: those that permit, or those that forbid.
    pub rules: Vec<Clause>,
    pub(crate) spoken: Spoken,
}

impl Policy {
    /// Decides an operation: allowed on every field it asks for, or refused.
    ///
    /// # Errors
    /// The [`Refusal`] names the rules that forbid, in the order of the policy. What no rule allows is refused by
    /// 5.1.4, and by 2.1 before it when no purpose is stated.
    pub fn decide<V: Act>(&self, operation: &Operation<V>, facts: &Facts) -> Result<Permit<V>, Refusal> {
        let key = Key {
            role: operation.actor.role,
            verb: V::VERB,
            purpose: operation.purpose,
            category: operation.category,
        };
        let spoken = self.speak(key, operation.fields, Circumstances::of(operation, facts));
        let missing = operation.fields.difference(spoken.allowed);
        if missing.is_empty() && !operation.fields.is_empty() {
            let rules = self.ids(&spoken.permits);
            return Ok(Permit::grant(operation, facts.recipient, rules, *self.version()));
        }
        Err(Refusal::new(
            V::VERB,
            self.reasons(operation.fields, operation.purpose, &spoken),
            missing,
        ))
    }

    /// What the policy says about a question, by the same tables.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Answer {
        let Question {
            role,
            verb,
            purpose,
            category,
            fields,
            ..
        } = *question;
        let spoken = self.speak(
            Key {
                role,
                verb,
                purpose,
                category,
            },
            fields,
            question.circumstances(),
        );
        let refused = fields.difference(spoken.allowed);
        let allowed = refused.is_empty() && !fields.is_empty();
        let rules = if allowed {
            self.ids(&spoken.permits)
        } else {
            self.reasons(fields, purpose, &spoken)
        };
        Answer {
            allowed,
            refused,
            rules,
            spoken,
        }
    }

    fn speak(&self, key: Key, fields: FieldSet, circumstances: Circumstances<'_>) -> Spoken {
        let Some(row) = self.tables.row(key) else {
            return Spoken::default();
        };
        self.tables
            .speak(row, fields.intersection(self.all_fields), circumstances)
    }

    fn reasons(&self, fields: FieldSet, purpose: Option<Purpose>, spoken: &Spoken) -> Vec<Clause> {
        let mut reasons = self.ids(&spoken.forbids);
        if !fields.is_subset(self.all_fields) {
            reasons.insert(0, FIELD_UNDECLARED);
        }
        if reasons.is_empty() {
            if purpose.is_none() {
                reasons.push(PURPOSE_UNSTATED);
            }
            reasons.push(Refusal::BY_DEFAULT);
        }
        reasons
    }

    fn ids(&self, places: &[u32]) -> Vec<Clause> {
        let rules = places
            .iter()
            .filter_map(|place| self.rules.rules.get(usize::try_from(*place).ok()?));
        rules.map(|rule| rule.id.clone()).collect()
    }

    /// The fields of a set by name, for people.
    #[must_use]
    pub fn names_of(&self, fields: FieldSet) -> Vec<&str> {
        fields.iter().map(|field: Field| self.field_name(field)).collect()
    }
}
