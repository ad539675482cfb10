//! The one decision: `(Operation, Facts) → Permit | Refusal`. Pure; both answers name their clauses.

use sandyq_model::{Act, Clause, Facts, Field, FieldSet, Operation, Refusal};

use crate::permit::Permit;
use crate::policy::Policy;
use crate::tables::{Key, Spoken};

/// Every processing states its purpose (2.1-b).
const PURPOSE_UNSTATED: Clause = Clause::fixed("2.1");
/// Only declared fields exist (1.1.1-b).
const FIELD_UNDECLARED: Clause = Clause::fixed("1.1.1");

impl Policy {
    /// Decides an operation: allowed on every field it asks for, or refused. Under a microsecond.
    ///
    /// # Errors
    /// The [`Refusal`] names the rules that forbid, in the order of the policy; what no rule allows is refused by
    /// 5.1.4, or by 2.1 when no purpose is stated.
    pub fn decide<V: Act>(&self, operation: &Operation<V>, facts: &Facts) -> Result<Permit<V>, Refusal> {
        let spoken = self.speak(operation, facts);
        let missing = operation.fields.difference(spoken.allowed);
        if missing.is_empty() && !operation.fields.is_empty() {
            let rules = self.ids(&spoken.permits);
            return Ok(Permit::grant(operation, facts.recipient, rules, *self.version()));
        }
        Err(Refusal::new(V::VERB, self.reasons(operation, &spoken), missing))
    }

    /// What every rule says about an operation.
    pub(crate) fn speak<V: Act>(&self, operation: &Operation<V>, facts: &Facts) -> Spoken {
        let key = Key {
            role: operation.actor.role,
            verb: V::VERB,
            purpose: operation.purpose,
            category: operation.category,
        };
        let Some(row) = self.tables.row(key) else { return Spoken::default() };
        let asked = operation.fields.intersection(self.all_fields);
        row.speak(asked, &self.tables.scalars.given(operation, facts))
    }

    fn reasons<V: Act>(&self, operation: &Operation<V>, spoken: &Spoken) -> Vec<Clause> {
        let mut reasons = self.ids(&spoken.forbids);
        if !operation.fields.is_subset(self.all_fields) {
            reasons.insert(0, FIELD_UNDECLARED);
        }
        if reasons.is_empty() && operation.purpose.is_none() {
            reasons.push(PURPOSE_UNSTATED);
        }
        reasons
    }

    fn ids(&self, places: &[u32]) -> Vec<Clause> {
        let rules = places.iter().filter_map(|place| self.rules.rules.get(usize::try_from(*place).ok()?));
        rules.map(|rule| rule.id.clone()).collect()
    }

    /// The fields of a set by name, for people.
    #[must_use]
    pub fn names_of(&self, fields: FieldSet) -> Vec<&str> {
        fields.iter().map(|field: Field| self.field_name(field)).collect()
    }
}
