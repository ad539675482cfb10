//! The three kinds of values that both engines hold alike, and how our words become them.

use jiff::Timestamp;
use sandyq_model::{
    ActorId, BreachActId, BreachId, CaseId, Category, ConsentId, DisclosureId, Field, FieldSet, HoldId,
    IdempotencyKey, JobId, LocalActId, ProposalId, Pseudonym, Purpose, ReceiptId, RecipientId, Role,
    Standing, SubjectId, WebhookId,
};

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number; instants are milliseconds since 1970 in UTC.
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<u8> for Value {
    fn from(number: u8) -> Self {
        Self::Integer(i64::from(number))
    }
}

/// A number beyond the range of a column (2^63) becomes the greatest: versions and indices never get there.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Integer(i64::from(yes))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

impl From<Timestamp> for Value {
    fn from(instant: Timestamp) -> Self {
        Self::Integer(instant.as_millisecond())
    }
}

impl From<Category> for Value {
    fn from(category: Category) -> Self {
        Self::from(category.code())
    }
}

impl From<Standing> for Value {
    fn from(standing: Standing) -> Self {
        Self::from(standing.code())
    }
}

impl From<Field> for Value {
    fn from(field: Field) -> Self {
        Self::from(field.number())
    }
}

impl From<Purpose> for Value {
    fn from(purpose: Purpose) -> Self {
        Self::from(purpose.number())
    }
}

impl From<Role> for Value {
    fn from(role: Role) -> Self {
        Self::from(role.number())
    }
}

/// Sixteen bytes, most significant first.
impl From<FieldSet> for Value {
    fn from(fields: FieldSet) -> Self {
        Self::Blob(fields.bits().to_be_bytes().to_vec())
    }
}

macro_rules! ids_are_blobs {
    ($($id:ty),* $(,)?) => {$(
        impl From<$id> for Value {
            fn from(id: $id) -> Self {
                Self::Blob(id.as_bytes().to_vec())
            }
        }
    )*};
}

ids_are_blobs!(
    SubjectId,
    CaseId,
    ConsentId,
    JobId,
    ActorId,
    Pseudonym,
    ReceiptId,
    BreachId,
    BreachActId,
    LocalActId,
    HoldId,
    ProposalId,
    RecipientId,
    DisclosureId,
    WebhookId,
    IdempotencyKey
);

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
