//! 5.1.5: every operation with personal data is registered and accounted for; this is one line of that account.
//!
//! An [`Entry`] says when who did what to which fields of whose data, for which purpose, on which ground, with what
//! result and by which clauses. It never holds a value: fields are numbers, people are pseudonyms that lead nowhere
//! once the subject is destroyed (6.3), so the account can be kept whole while the person is forgotten.
//!
//! To add a [`Happening`]: give it the next free code and a name in its table, and a line in `spec/ledger-entry.md`.
//! Codes are never used twice.

mod clauses;
mod encoding;
mod happening;
mod moment;
mod view;

use sandyq_model::{Actor, ActorId, CaseId, Country, FieldSet, Ground, Pseudonym, Purpose, Role, Verb};

use crate::tree::{Hash, leaf_hash, sha256};

pub use clauses::{CLAUSE_NIBBLES_MAX, CLAUSES_MAX, Clauses, ClausesError};
pub use encoding::{ENTRY_BYTES_MAX, EntryError};
pub use happening::{Detail, Happening};
pub use moment::{Moment, NotAMoment};

/// One accounted operation (5.1.5-a).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When, to the millisecond.
    pub at: Moment,
    /// As what somebody acted.
    pub role: Role,
    /// Who acted.
    pub by: By,
    /// What was done.
    pub deed: Deed,
    /// How it ended.
    pub outcome: Outcome,
    /// More on how it ended.
    pub detail: Detail,
    /// The clauses that decided it, most telling first.
    pub clauses: Clauses,
    /// What for.
    pub purpose: Option<Purpose>,
    /// On what it rested.
    pub ground: GroundMark,
    /// To whom data went or would have gone.
    pub recipient: Option<RecipientMark>,
    /// Whose data.
    pub subject: Option<Pseudonym>,
    /// Which fields.
    pub fields: FieldSet,
    /// The policy by which it was decided.
    pub policy: Option<PolicyMark>,
    /// The case it belongs to; of a breach, the breach; of a document, the first bytes of the hash of its file.
    pub case: Option<CaseId>,
}

impl Entry {
    /// An entry that says nothing yet but when, as what, who and what; set the rest by the public fields.
    #[must_use]
    pub const fn new(at: Moment, role: Role, by: By, deed: Deed) -> Self {
        Self {
            at,
            role,
            by,
            deed,
            outcome: Outcome::Done,
            detail: Detail::None,
            clauses: Clauses::NONE,
            purpose: None,
            ground: GroundMark::NONE,
            recipient: None,
            subject: None,
            fields: FieldSet::EMPTY,
            policy: None,
            case: None,
        }
    }

    /// The hash under which the tree holds this entry.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        leaf_hash(&self.encode())
    }
}

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The part of the system that the role names: nobody in person.
    System,
    /// The subject of this entry, if it names one; in the role of a representative, whoever stands for them.
    Subject,
    /// A member of staff, another system. Never a [`sandyq_model::SubjectId`].
    Person(ActorId),
}

impl From<&Actor> for By {
    /// A subject and a representative become [`By::Subject`], so that the ledger learns the pseudonym alone.
    fn from(actor: &Actor) -> Self {
        if actor.role == Role::SUBJECT || actor.role == Role::REPRESENTATIVE {
            Self::Subject
        } else if actor.id == ActorId::of_system(actor.role) {
            Self::System
        } else {
            Self::Person(actor.id)
        }
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// An action with personal data (DEF-3).
    Verb(Verb),
    /// Something else that must be accounted for.
    Happening(Happening),
}

impl Deed {
    /// Its number in the entry.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Verb(verb) => verb.code(),
            Self::Happening(happening) => happening.code(),
        }
    }

    /// The deed of this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Verb::from_code(code)
            .map(Self::Verb)
            .or_else(|| Happening::from_code(code).map(Self::Happening))
    }

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verb(verb) => verb.name(),
            Self::Happening(happening) => happening.name(),
        }
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Outcome {
    /// It was allowed and done.
    Done = 0,
    /// The policy said no.
    Refused = 1,
    /// It was allowed and could not be done.
    Failed = 2,
}

impl Outcome {
    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Done),
            1 => Some(Self::Refused),
            2 => Some(Self::Failed),
            _ => None,
        }
    }
}

/// The kind of a ground (3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum GroundKind {
    /// No ground was stated, or the deed needs none.
    None = 0,
    /// The person's consent.
    Consent = 1,
    /// A case of Article 9.
    Article9 = 2,
    /// Another law.
    Law = 3,
}

impl GroundKind {
    /// The word in the policy folder.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Consent => "consent",
            Self::Article9 => "art9",
            Self::Law => "law",
        }
    }

    /// The kind in the lowest two bits: each of the four is one.
    const fn from_bits(bits: u8) -> Self {
        match bits & 0b11 {
            0 => Self::None,
            1 => Self::Consent,
            2 => Self::Article9,
            _ => Self::Law,
        }
    }
}

/// On what an operation rested, as the ledger names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroundMark {
    kind: GroundKind,
    reference: [u8; 16],
}

impl GroundMark {
    /// No ground.
    pub const NONE: Self = Self {
        kind: GroundKind::None,
        reference: [0; 16],
    };

    /// A ground and its reference: the id of the consent row, or what [`GroundMark::of_citation`] makes of an item or
    /// an article; zero when unknown. No ground has no reference.
    #[must_use]
    pub fn new(kind: GroundKind, reference: [u8; 16]) -> Self {
        if kind == GroundKind::None {
            Self::NONE
        } else {
            Self { kind, reference }
        }
    }

    /// The mark of a cited item or article: the first 16 bytes of the SHA-256 of its text.
    #[must_use]
    pub fn of_citation(kind: GroundKind, citation: &str) -> Self {
        let mut reference = [0; 16];
        reference
            .iter_mut()
            .zip(sha256(citation.as_bytes()).0)
            .for_each(|(to, from)| *to = from);
        Self::new(kind, reference)
    }

    /// Consent, Article 9 or a law.
    #[must_use]
    pub const fn kind(&self) -> GroundKind {
        self.kind
    }

    /// The reference; zero when unknown.
    #[must_use]
    pub const fn reference(&self) -> &[u8; 16] {
        &self.reference
    }
}

impl From<&Ground> for GroundMark {
    fn from(ground: &Ground) -> Self {
        match ground {
            Ground::Consent(id) => Self::new(GroundKind::Consent, id.map_or([0; 16], |id| *id.as_bytes())),
            Ground::Article9 { item } => Self::of_citation(GroundKind::Article9, item),
            Ground::Law { citation } => Self::of_citation(GroundKind::Law, citation),
        }
    }
}

/// A recipient as the ledger names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecipientMark {
    /// Its number in the register of recipients; 0 when the register does not hold it.
    pub code: u32,
    /// Where it is.
    pub country: Country,
}

/// The first 8 bytes of the hash of the policy in force; never all zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyMark([u8; 8]);

impl PolicyMark {
    /// The mark with these bytes; `None` when they are all zero.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 8]) -> Option<Self> {
        (bytes != [0; 8]).then_some(Self(bytes))
    }

    /// The mark of a policy whose whole hash this is.
    #[must_use]
    pub fn of_hash(hash: &[u8; 32]) -> Option<Self> {
        hash.first_chunk().copied().and_then(Self::from_bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
