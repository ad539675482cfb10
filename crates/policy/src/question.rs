//! An operation with its circumstances and without its type: what the tables, the cases, the explanations and the
//! comparison with Cedar all speak about. No permit comes of a question.

use sandyq_model::{Act, Category, Facts, FieldSet, Ground, Operation, Purpose, Role, Verb};

/// Something that could be asked for.
#[derive(Clone, Debug)]
pub struct Question {
    /// Who acts, as what.
    pub role: Role,
    /// Whether a person acts.
    pub human: bool,
    /// What would be done.
    pub verb: Verb,
    /// Whose data.
    pub category: Category,
    /// Which fields.
    pub fields: FieldSet,
    /// What for.
    pub purpose: Option<Purpose>,
    /// On what it would rest.
    pub ground: GroundWord,
    /// Whether a statute is cited with it.
    pub citation: bool,
    /// Whether it decides about the person with effect.
    pub effect: bool,
    /// The circumstances.
    pub facts: Facts,
}

/// The grounds a rule can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroundWord {
    /// The person's consent.
    Consent,
    /// A case of Article 9.
    Article9,
    /// Another law.
    Law,
    /// Outside the closed set (3): a rule can name it, no operation carries it.
    Other,
}

/// A question seen from inside a decision: what does not choose the row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances<'a> {
    pub(crate) human: bool,
    pub(crate) ground: GroundWord,
    pub(crate) citation: bool,
    pub(crate) effect: bool,
    pub(crate) facts: &'a Facts,
}

impl GroundWord {
    pub(crate) const NAMES: [(&'static str, Self); 4] = [
        ("consent", Self::Consent),
        ("art9", Self::Article9),
        ("law", Self::Law),
        ("other", Self::Other),
    ];

    /// The word of a ground.
    #[must_use]
    pub const fn of(ground: &Ground) -> Self {
        match ground {
            Ground::Consent(_) => Self::Consent,
            Ground::Article9 { .. } => Self::Article9,
            Ground::Law { .. } => Self::Law,
        }
    }

    /// The ground of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, ground)| *ground)
    }

    /// As it is written in rules.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Article9 => "art9",
            Self::Law => "law",
            Self::Other => "other",
        }
    }
}

impl Question {
    /// The question whether an operation is allowed.
    #[must_use]
    pub fn of<V: Act>(operation: &Operation<V>, facts: &Facts) -> Self {
        Self {
            role: operation.actor.role,
            human: operation.actor.human,
            verb: V::VERB,
            category: operation.category,
            fields: operation.fields,
            purpose: operation.purpose,
            ground: GroundWord::of(&operation.ground),
            citation: operation.ground.has_citation(),
            effect: operation.effect,
            facts: facts.clone(),
        }
    }

    pub(crate) const fn circumstances(&self) -> Circumstances<'_> {
        Circumstances {
            human: self.human,
            ground: self.ground,
            citation: self.citation,
            effect: self.effect,
            facts: &self.facts,
        }
    }
}

impl<'a> Circumstances<'a> {
    pub(crate) fn of<V: Act>(operation: &Operation<V>, facts: &'a Facts) -> Self {
        Self {
            human: operation.actor.human,
            ground: GroundWord::of(&operation.ground),
            citation: operation.ground.has_citation(),
            effect: operation.effect,
            facts,
        }
    }
}
