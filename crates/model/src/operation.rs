//! DEF-2, 5.1.5: who does which verb to whose which fields, for which purpose. The one thing that is decided,
//! performed and recorded.

use std::marker::PhantomData;

use jiff::Timestamp;

use crate::act::Act;
use crate::category::Category;
use crate::field::FieldSet;
use crate::ground::Ground;
use crate::id::{ActorId, CaseId, IdempotencyKey, SubjectId};
use crate::purpose::Purpose;
use crate::role::Role;
use crate::verb::Verb;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The one person or part of the system.
    pub id: ActorId,
    /// As what.
    pub role: Role,
    /// A person who signed in or proved to be the subject, not a program (1.3).
    pub human: bool,
}

impl Actor {
    /// A part of the system in that role.
    #[must_use]
    pub const fn system(role: Role) -> Self {
        Self {
            id: ActorId::of_system(role),
            role,
            human: false,
        }
    }

    /// The subject himself.
    #[must_use]
    pub const fn subject(subject: SubjectId) -> Self {
        Self {
            id: ActorId::from_bytes(*subject.as_bytes()),
            role: Role::SUBJECT,
            human: true,
        }
    }

    /// Whoever represents the subject (DEF-11). It has one id for everybody: the record itself says who represents whom.
    #[must_use]
    pub const fn representative() -> Self {
        Self {
            id: ActorId::of_system(Role::REPRESENTATIVE),
            role: Role::REPRESENTATIVE,
            human: true,
        }
    }
}

/// An action with personal data, asked for and not yet decided.
#[derive(Clone, Debug)]
pub struct Operation<V: Act> {
    /// Who acts.
    pub actor: Actor,
    /// Whose data.
    pub subject: SubjectId,
    /// What the subject is.
    pub category: Category,
    /// Which fields; [`FieldSet::RECORD`] for the record as a whole.
    pub fields: FieldSet,
    /// What for; an operation without a stated purpose is refused (2.1-b).
    pub purpose: Option<Purpose>,
    /// On what it rests (3).
    pub ground: Ground,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// Whether it decides about the person with effect (1.3).
    pub effect: bool,
    /// When it was asked.
    pub at: Timestamp,
    /// The same key, the same submission.
    pub key: IdempotencyKey,
    /// A keyed hash of what was submitted under that key; `None` for what is done once for another reason.
    pub content: Option<[u8; 32]>,
    act: PhantomData<V>,
}

impl<V: Act> Operation<V> {
    /// An operation on the record as a whole, for no stated purpose, on consent; set the rest by the public fields.
    #[must_use]
    pub const fn new(
        actor: Actor,
        subject: SubjectId,
        category: Category,
        at: Timestamp,
        key: IdempotencyKey,
    ) -> Self {
        Self {
            actor,
            subject,
            category,
            fields: FieldSet::RECORD,
            purpose: None,
            ground: Ground::Consent(None),
            case: None,
            effect: false,
            at,
            key,
            content: None,
            act: PhantomData,
        }
    }

    /// Its verb.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        V::VERB
    }

    /// The same operation on these fields.
    #[must_use]
    pub const fn on(mut self, fields: FieldSet) -> Self {
        self.fields = fields;
        self
    }

    /// The same operation for that purpose.
    #[must_use]
    pub const fn for_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// The same operation, submitted with that content.
    #[must_use]
    pub const fn submitted(mut self, content: [u8; 32]) -> Self {
        self.content = Some(content);
        self
    }

    /// The same operation within that case.
    #[must_use]
    pub const fn in_case(mut self, case: CaseId) -> Self {
        self.case = Some(case);
        self
    }
}
