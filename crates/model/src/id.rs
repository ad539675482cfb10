//! Identifiers: random, made by the application from a chance that was handed in, never counted.

use std::fmt;
use std::str::FromStr;

use crate::chance::Chance;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A new id.
            #[must_use]
            pub fn random(chance: &dyn Chance) -> Self {
                let mut bytes = [0; 16];
                chance.fill(&mut bytes);
                Self(uuid::Builder::from_random_bytes(bytes).into_uuid().into_bytes())
            }

            /// The id with these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                uuid::Uuid::from_bytes(self.0).hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                uuid::Uuid::try_parse(text).map(|id| Self(id.into_bytes())).map_err(|_| NotAnId)
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = NotAnId;

            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                bytes.try_into().map(Self).map_err(|_| NotAnId)
            }
        }
    )*};
}

ids!(
    /// A subject of personal data (DEF-1). First in every key of what belongs to the subject.
    SubjectId,
    /// An order, ticket, application, event registration, question or promotion entry.
    CaseId,
    /// One consent item as given.
    ConsentId,
    /// A piece of work left in the queue by a commit.
    JobId,
    /// Who acts: a member of staff, a subject's session, or a part of the system.
    ActorId,
    /// What the ledger calls a subject; leads nowhere once the subject is destroyed (5.1.5, 6.3).
    Pseudonym,
    /// A breach of the protection, and each step on one (5.1.3).
    BreachId,
    /// Something that was done about the people of a breach: looked for, written to, listed (5.1.3).
    BreachActId,
    /// A version of a document of the operator's own: the first bytes of the hash of its file (3).
    LocalActId,
    /// A hold: an order to keep what would be destroyed (8).
    HoldId,
    /// A line in the register of recipients (4.2).
    RecipientId,
    /// One handing-over of data to a recipient (4.2).
    DisclosureId,
    /// An address of a recipient on the network, with the secret that belongs to it (4.2).
    WebhookId,
    /// What somebody proposed and another one must agree to (5.1.1).
    ProposalId,
    /// A receipt handed out (of consent, of destruction).
    ReceiptId,
    /// Says that two submissions are the same one, so that it is not done twice.
    IdempotencyKey,
);

impl ActorId {
    /// A part of the system, named by its role's number: it has no person behind it.
    #[must_use]
    pub const fn of_system(role: crate::role::Role) -> Self {
        Self([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, role.number()])
    }
}

/// Not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier; expected 36 characters such as 0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff")]
pub struct NotAnId;
