//! The circumstances that are the same for every field, as bits of one word.

use std::collections::BTreeMap;

use sandyq_model::{Facts, FieldSet};

use crate::question::Circumstances;
use crate::rules::Scalar;

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

    /// The bit of an atom that some rule names.
    pub(crate) fn known(&self, scalar: Scalar) -> Option<u64> {
        self.bits.get(&scalar).map(|bit| 1 << bit)
    }

    /// The bits that cannot be given together with this one: a record has one standing, a ground is one ground.
    pub(crate) fn rivals(&self, bit: u64) -> u64 {
        let Some(one) = self
            .bits
            .iter()
            .find(|(_, at)| 1_u64 << **at == bit)
            .map(|(scalar, _)| *scalar)
        else {
            return 0;
        };
        let others = self
            .bits
            .iter()
            .filter(|(other, _)| **other != one && excludes(one, **other));
        others.fold(0, |word, (_, at)| word | 1 << at)
    }

    /// The bits of the standings, and how many standings are named.
    pub(crate) fn standings(&self) -> (u64, usize) {
        let named = self
            .bits
            .iter()
            .filter(|(scalar, _)| matches!(scalar, Scalar::Standing(_)));
        named.fold((0, 0), |(word, count), (_, at)| (word | 1 << at, count + 1))
    }

    /// What is given in the circumstances of one operation.
    pub(crate) fn given(&self, circumstances: Circumstances<'_>) -> Given {
        let scalars = self
            .bits
            .iter()
            .filter(|(scalar, _)| holds(**scalar, circumstances))
            .fold(0, |word, (_, bit)| word | 1 << bit);
        let Facts {
            consented,
            agreed,
            floor,
            hold,
            ..
        } = *circumstances.facts;
        Given {
            scalars,
            consented,
            agreed,
            floor,
            hold,
        }
    }
}

const fn excludes(one: Scalar, other: Scalar) -> bool {
    matches!(
        (one, other),
        (Scalar::Standing(_), Scalar::Standing(_))
            | (Scalar::Ground(_), Scalar::Ground(_))
            | (Scalar::Kind(_), Scalar::Kind(_))
            | (Scalar::Country(_), Scalar::Country(_))
    )
}

fn holds(scalar: Scalar, circumstances: Circumstances<'_>) -> bool {
    let facts = circumstances.facts;
    match scalar {
        Scalar::Human => circumstances.human,
        Scalar::Citation => circumstances.citation,
        Scalar::Effect => circumstances.effect,
        Scalar::Ground(word) => word == circumstances.ground,
        Scalar::Familiar => facts.familiar,
        Scalar::Withdrawn => facts.withdrawn,
        Scalar::Case => facts.case,
        Scalar::Interview => facts.interview,
        Scalar::Own => facts.own,
        Scalar::Due => facts.due,
        Scalar::Approved => facts.approved,
        Scalar::Seconded => facts.seconded,
        Scalar::Emergency => facts.emergency,
        Scalar::Standing(standing) => standing == facts.standing,
        Scalar::Registered => facts.recipient.registered,
        Scalar::Undertaking => facts.recipient.undertaking,
        Scalar::Kind(kind) => kind == facts.recipient.kind,
        Scalar::Country(country) => country == facts.recipient.country,
    }
}
