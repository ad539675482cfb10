//! 8: when it was last looked whether any card data has outlived its day, and how much had.

use jiff::Timestamp;
use sandyq_model::{Fault, Field, Standing};

use crate::database::{Reader, ReaderExt, Statement, statement};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardProof {
    /// When it was looked.
    pub at: Timestamp,
    /// How many values had outlived their day.
    pub outlived: u64,
}

/// Notes it in the place of what was noted before.
#[must_use]
pub fn note(proof: CardProof) -> Statement {
    let mut value = proof.at.as_millisecond().to_be_bytes().to_vec();
    value.extend(proof.outlived.to_be_bytes());
    statement(
        "INSERT INTO meta (name, value) VALUES ('card-proof', $1) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [value.into()],
    )
}

/// What was noted last.
///
/// # Errors
/// When the engine does not answer.
pub fn noted(reader: &mut dyn Reader) -> Result<Option<CardProof>, Fault> {
    let value: Option<Vec<u8>> =
        reader.first("SELECT value FROM meta WHERE name = 'card-proof'", &[], |row| {
            row.take(0)
        })?;
    let read = |bytes: &[u8]| {
        let (at, outlived) = bytes.split_at_checked(8)?;
        Some(CardProof {
            at: Timestamp::from_millisecond(i64::from_be_bytes(at.try_into().ok()?)).ok()?,
            outlived: u64::from_be_bytes(outlived.try_into().ok()?),
        })
    };
    Ok(value.as_deref().and_then(read))
}

/// How many values of a field are there though their day, or that of their person, was before that instant. Who is blocked waits, and is
/// told of elsewhere.
///
/// # Errors
/// When the engine does not answer.
pub fn outlived(reader: &mut dyn Reader, field: Field, before: Timestamp) -> Result<u64, Fault> {
    let counted = reader.first(
        "SELECT COUNT(*) FROM record JOIN subject ON subject.subject_id = record.subject_id \
         WHERE record.field = $1 AND subject.standing <> $3 AND (record.until_at < $2 OR subject.due_at < $2)",
        &[field.into(), before.into(), Standing::Blocked.into()],
        |row| row.take(0),
    )?;
    Ok(counted.unwrap_or(0))
}
