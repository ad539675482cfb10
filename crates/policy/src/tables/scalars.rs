//! The circumstances that are the same for every field, as bits of one word.

use std::collections::BTreeMap;

use sandyq_model::{Act, Facts, FieldSet, Operation};

use crate::rules::Scalar;
use crate::rules::GroundWord;

/// Which bit each scalar atom of the rules has.
#[derive(Debug, Default)]
pub(crate) struct Scalars {
    bits: BTreeMap<Scalar, u32>,
}

/// What is given in one operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    pub(crate) scalars: u64,
    pub(crate) consented: FieldSet,
    pub(crate) agreed: FieldSet,
    pub(crate) floor: FieldSet,
    pub(crate) hold: FieldSet,
}

/// So many different scalar atoms fit into one word.
pub(crate) const SCALARS_MAX: u32 = 64;

impl Scalars {
    /// The bit of an atom, a new one if it has none; `None` when all are taken.
    pub(super) fn bit(&mut self, scalar: Scalar) -> Option<u64> {
        let next = u32::try_from(self.bits.len()).ok()?;
        let bit = match self.bits.get(&scalar) {
            Some(bit) => *bit,
            None if next < SCALARS_MAX => {
                self.bits.insert(scalar, next);
                next
            }
            None => return None,
        };
        Some(1 << bit)
    }

    /// What is given in an operation.
    pub(crate) fn given<V: Act>(&self, operation: &Operation<V>, facts: &Facts) -> Given {
        let scalars = self
            .bits
            .iter()
            .filter(|(scalar, _)| holds(**scalar, operation, facts))
            .fold(0, |word, (_, bit)| word | 1 << bit);
        let Facts { consented, agreed, floor, hold, .. } = *facts;
        Given { scalars, consented, agreed, floor, hold }
    }
}

fn holds<V: Act>(scalar: Scalar, operation: &Operation<V>, facts: &Facts) -> bool {
    match scalar {
        Scalar::Human => operation.actor.human,
        Scalar::Familiar => facts.familiar,
        Scalar::Citation => operation.ground.has_citation(),
        Scalar::Withdrawn => facts.withdrawn,
        Scalar::Case => facts.case,
        Scalar::Own => facts.own,
        Scalar::Effect => operation.effect,
        Scalar::Registered => facts.recipient.registered,
        Scalar::Undertaking => facts.recipient.undertaking,
        Scalar::Due => facts.due,
        Scalar::Approved => facts.approved,
        Scalar::Ground(word) => word == GroundWord::of(&operation.ground),
        Scalar::Standing(standing) => standing == facts.standing,
        Scalar::Kind(kind) => kind == facts.recipient.kind,
        Scalar::Country(country) => country == facts.recipient.country,
    }
}
