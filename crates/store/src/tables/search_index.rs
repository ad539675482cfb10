//! Blind index tokens: who has this value, without the value.

use sandyq_model::{Fault, Field, SubjectId};

use crate::database::{Reader, ReaderExt, Statement, statement};

/// A keyed hash of a folded value ([`Vault::blind_index`](crate::vault::Vault)).
pub type Token = [u8; 16];

/// Writes the token of a field in place of the one that is there.
#[must_use]
pub fn put(subject: SubjectId, field: Field, token: Token) -> Statement {
    statement(
        "INSERT INTO search_index (subject_id, field, token) VALUES ($1, $2, $3) \
         ON CONFLICT (subject_id, field) DO UPDATE SET token = excluded.token",
        [subject.into(), field.into(), token.into()],
    )
    .touching(1)
}

/// Removes the token of one field.
#[must_use]
pub fn remove(subject: SubjectId, field: Field) -> Statement {
    statement(
        "DELETE FROM search_index WHERE subject_id = $1 AND field = $2",
        [subject.into(), field.into()],
    )
}

/// Removes every token of a subject.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement("DELETE FROM search_index WHERE subject_id = $1", [subject.into()])
}

/// The subjects with that token in that field, in the order of their ids.
///
/// # Errors
/// When the engine does not answer.
pub fn subjects_with(
    reader: &mut dyn Reader,
    field: Field,
    token: Token,
    limit: u32,
) -> Result<Vec<SubjectId>, Fault> {
    reader.list(
        "SELECT subject_id FROM search_index WHERE token = $1 AND field = $2 ORDER BY subject_id LIMIT $3",
        &[token.into(), field.into(), limit.into()],
        |row| row.take(0),
    )
}

/// The tokens of a subject, by field.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<(Field, Token)>, Fault> {
    reader.list(
        "SELECT field, token FROM search_index WHERE subject_id = $1 ORDER BY field",
        &[subject.into()],
        |row| Ok((row.take(0)?, row.take(1)?)),
    )
}
