//! A rule's condition as a formula over atoms, scope included.
//!
//! An atom is either the same for every field of an operation (a scalar) or differs by field (a mask).

use sandyq_model::{Category, Country, FieldSet, Purpose, RecipientKind, Role, Standing, Verb};

use crate::question::GroundWord;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Formula {
    True,
    False,
    Atom(Atom),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

/// Something that is true or false of one field in one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Atom {
    Role(Role),
    Verb(Verb),
    Category(Category),
    /// The stated purpose; `None` when none is stated.
    Purpose(Option<Purpose>),
    Scalar(Scalar),
    /// The field is one of these.
    Fields(FieldSet),
    /// The field's purposes hold this one.
    Serves(Option<Purpose>),
    /// The field's purposes hold the stated one.
    ServesStated,
    Consented,
    Agreed,
    Floor,
    Hold,
}

/// A circumstance that is the same for every field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Scalar {
    Human,
    Familiar,
    Citation,
    Withdrawn,
    Case,
    Own,
    Effect,
    Registered,
    Undertaking,
    Due,
    Approved,
    /// Another person agreed to it.
    Seconded,
    Interview,
    Emergency,
    Ground(GroundWord),
    /// `None` is a subject nobody knows ("absent").
    Standing(Option<Standing>),
    Kind(RecipientKind),
    Country(Country),
}

impl Formula {
    pub(crate) const fn constant(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }

    pub(crate) fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::True => {}
                Self::False => return Self::False,
                Self::All(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        Self::joined(kept, Self::True, Self::All)
    }

    pub(crate) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::False => {}
                Self::True => return Self::True,
                Self::Any(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        Self::joined(kept, Self::False, Self::Any)
    }

    fn joined(mut kept: Vec<Self>, empty: Self, many: impl FnOnce(Vec<Self>) -> Self) -> Self {
        match kept.len() {
            0 => empty,
            1 => kept.pop().unwrap_or(empty),
            _ => many(kept),
        }
    }

    /// The formula with each atom that `known` knows put in.
    pub(crate) fn with(&self, known: &impl Fn(Atom) -> Option<Self>) -> Self {
        match self {
            Self::True => Self::True,
            Self::False => Self::False,
            Self::Atom(atom) => known(*atom).unwrap_or(Self::Atom(*atom)),
            Self::Not(inner) => inner.with(known).negated(),
            Self::All(parts) => Self::all(parts.iter().map(|part| part.with(known))),
            Self::Any(parts) => Self::any(parts.iter().map(|part| part.with(known))),
        }
    }

    /// Calls `see` with every atom.
    pub(crate) fn each_atom(&self, see: &mut impl FnMut(Atom)) {
        match self {
            Self::True | Self::False => {}
            Self::Atom(atom) => see(*atom),
            Self::Not(inner) => inner.each_atom(see),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_atom(see)),
        }
    }
}
