//! A row as it comes back, and how its columns become our words again.

use jiff::Timestamp;
use sandyq_model::{
    ActorId, BreachActId, BreachId, CaseId, Category, ConsentId, DisclosureId, Fault, Field, FieldSet,
    HoldId, IdempotencyKey, JobId, LocalActId, ProposalId, Pseudonym, Purpose, ReceiptId, RecipientId, Role,
    Standing, SubjectId, WebhookId,
};

use super::Value;

/// The columns of one row, in the order in which the query names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// Takes the value out of a column.
    ///
    /// # Errors
    /// When there is no such column, or what it holds is not what is asked for: the row was not written by us.
    pub fn take<T: FromValue>(&mut self, column: usize) -> Result<T, Fault> {
        let value = self
            .0
            .get_mut(column)
            .map(|value| std::mem::replace(value, Value::Null));
        value
            .and_then(T::from_value)
            .ok_or_else(|| Fault::Store(format!("column {column} does not hold {}", T::WORD)))
    }
}

/// What can be read out of a column.
pub trait FromValue: Sized {
    /// What it is called in a fault.
    const WORD: &'static str;

    /// Reads it; `None` when the value is of another kind or out of range.
    fn from_value(value: Value) -> Option<Self>;
}

macro_rules! read_from {
    ($($type:ty, $word:literal, $pattern:pat => $read:expr;)*) => {$(
        impl FromValue for $type {
            const WORD: &'static str = $word;

            fn from_value(value: Value) -> Option<Self> {
                match value {
                    $pattern => $read,
                    _ => None,
                }
            }
        }
    )*};
}

read_from! {
    i64, "a number", Value::Integer(number) => Some(number);
    u64, "a number from 0", Value::Integer(number) => u64::try_from(number).ok();
    u32, "a number from 0", Value::Integer(number) => u32::try_from(number).ok();
    u8, "a number from 0 to 255", Value::Integer(number) => u8::try_from(number).ok();
    bool, "yes or no", Value::Integer(number) => Some(number != 0);
    String, "text", Value::Text(text) => Some(text);
    Vec<u8>, "bytes", Value::Blob(bytes) => Some(bytes);
    [u8; 16], "16 bytes", Value::Blob(bytes) => bytes.try_into().ok();
    [u8; 32], "32 bytes", Value::Blob(bytes) => bytes.try_into().ok();
    Timestamp, "an instant", Value::Integer(millis) => Timestamp::from_millisecond(millis).ok();
    Category, "a category", Value::Integer(code) => u8::try_from(code).ok().and_then(Category::from_code);
    Standing, "a standing", Value::Integer(code) => u8::try_from(code).ok().and_then(Standing::from_code);
    Field, "a field", Value::Integer(number) => u8::try_from(number).ok().and_then(Field::new);
    Purpose, "a purpose", Value::Integer(number) => u8::try_from(number).ok().and_then(Purpose::new);
    Role, "a role", Value::Integer(number) => u8::try_from(number).ok().and_then(Role::new);
    FieldSet, "a set of fields", Value::Blob(bytes) =>
        bytes.try_into().ok().map(|bytes| FieldSet::from_bits(u128::from_be_bytes(bytes)));
    SubjectId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    CaseId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    ConsentId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    JobId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    BreachId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    BreachActId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    LocalActId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    ProposalId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    HoldId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    RecipientId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    WebhookId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    DisclosureId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    ActorId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    Pseudonym, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    ReceiptId, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
    IdempotencyKey, "an id", Value::Blob(bytes) => bytes.as_slice().try_into().ok();
}

impl<T: FromValue> FromValue for Option<T> {
    const WORD: &'static str = T::WORD;

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}
