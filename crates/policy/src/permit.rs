//! No permit, no plaintext. A [`Permit`] is made by [`Policy::decide`](crate::Policy::decide) and by nothing else;
//! to open, change, hand out or destroy a sealed value takes one by value.

use std::marker::PhantomData;

use jiff::Timestamp;
use sandyq_model::{
    Act, Actor, CaseId, Category, Clause, FieldSet, Ground, IdempotencyKey, Operation, Purpose, Recipient,
    SubjectId,
};

/// The policy's yes to one operation. Cannot be made, copied or kept: it is used up by what it permits.
///
/// ```compile_fail
/// fn twice<V: sandyq_model::Act>(permit: sandyq_policy::Permit<V>) -> sandyq_policy::Permit<V> {
///     permit.clone()
/// }
/// ```
///
/// ```compile_fail
/// fn again<V: sandyq_model::Act>(permit: sandyq_policy::Permit<V>) -> sandyq_policy::Permit<V> {
///     let _ = permit.spend();
///     permit
/// }
/// ```
#[must_use = "a permit that is not used up leaves an operation without its entry"]
#[derive(Debug)]
pub struct Permit<V: Act>(Permitted<V>);

/// A permit that has been used up; the ledger entry is made from it.
#[must_use = "what was done under a permit needs its entry"]
#[derive(Debug)]
pub struct Spent<V: Act>(Permitted<V>);

#[derive(Debug)]
struct Permitted<V: Act> {
    subject: SubjectId,
    category: Category,
    fields: FieldSet,
    purpose: Option<Purpose>,
    ground: Ground,
    actor: Actor,
    case: Option<CaseId>,
    recipient: Recipient,
    at: Timestamp,
    key: IdempotencyKey,
    rules: Vec<Clause>,
    policy: [u8; 32],
    act: PhantomData<V>,
}

impl<V: Act> Permit<V> {
    /// The one constructor.
    pub(crate) fn grant(
        operation: &Operation<V>,
        recipient: Recipient,
        rules: Vec<Clause>,
        policy: [u8; 32],
    ) -> Self {
        Self(Permitted {
            subject: operation.subject,
            category: operation.category,
            fields: operation.fields,
            purpose: operation.purpose,
            ground: operation.ground.clone(),
            actor: operation.actor,
            case: operation.case,
            recipient,
            at: operation.at,
            key: operation.key,
            rules,
            policy,
            act: PhantomData,
        })
    }

    /// Says: this permit has been used up.
    pub fn spend(self) -> Spent<V> {
        Spent(self.0)
    }
}

macro_rules! accessors {
    ($($name:ident),*) => {$(
        impl<V: Act> $name<V> {
            /// Whose data.
            #[must_use]
            pub const fn subject(&self) -> SubjectId {
                self.0.subject
            }

            /// What the subject is.
            #[must_use]
            pub const fn category(&self) -> Category {
                self.0.category
            }

            /// The fields it holds for, and no others.
            #[must_use]
            pub const fn fields(&self) -> FieldSet {
                self.0.fields
            }

            /// What for.
            #[must_use]
            pub const fn purpose(&self) -> Option<Purpose> {
                self.0.purpose
            }

            /// On what it rests.
            #[must_use]
            pub const fn ground(&self) -> &Ground {
                &self.0.ground
            }

            /// Who acts.
            #[must_use]
            pub const fn actor(&self) -> Actor {
                self.0.actor
            }

            /// The case it belongs to.
            #[must_use]
            pub const fn case(&self) -> Option<CaseId> {
                self.0.case
            }

            /// Whom data goes to; the operator itself when nothing leaves.
            #[must_use]
            pub const fn recipient(&self) -> Recipient {
                self.0.recipient
            }

            /// When it was asked.
            #[must_use]
            pub const fn at(&self) -> Timestamp {
                self.0.at
            }

            /// The key of the submission.
            #[must_use]
            pub const fn key(&self) -> IdempotencyKey {
                self.0.key
            }

            /// The rules that permitted it.
            #[must_use]
            pub fn rules(&self) -> &[Clause] {
                &self.0.rules
            }

            /// The version of the policy that permitted it.
            #[must_use]
            pub const fn policy_version(&self) -> &[u8; 32] {
                &self.0.policy
            }
        }
    )*};
}

accessors!(Permit, Spent);
