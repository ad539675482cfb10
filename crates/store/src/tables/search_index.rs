//! By which of their values people can be found: each value's token, sealed under its person's key. What leads from a
//! token to a person lies in the key store ([`Lead`]), and counts while the row of its mark is here.

use jiff::Timestamp;
use sandyq_model::{Fault, Field, Standing, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};
use crate::vault::{Lead, LeadMark, NewLead, mark_of};

/// One searchable value of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findable {
    /// Whose.
    pub subject: SubjectId,
    /// Which field.
    pub field: Field,
    /// The generation of the key that the token is sealed under.
    pub generation: u32,
    /// The sealed token.
    pub sealed: Vec<u8>,
}

impl Findable {
    /// The mark of the lead that belongs to it; `None` when it is damaged.
    #[must_use]
    pub fn mark(&self) -> Option<LeadMark> {
        mark_of(&self.sealed)
    }

    /// Whether the lead belongs to it.
    #[must_use]
    pub fn is_of(&self, lead: &Lead) -> bool {
        (self.subject, self.field) == (lead.subject, lead.field) && self.mark() == Some(lead.mark)
    }
}

/// Writes the sealed token of a field in place of the one that is there, as one that was compared with no other yet. Its lead must be in the same commit.
#[must_use]
pub fn put(new: &NewLead) -> Statement {
    statement(
        "INSERT INTO search_index (subject_id, field, generation, sealed) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (subject_id, field) DO UPDATE SET generation = excluded.generation, sealed = excluded.sealed, \
         compared_at = NULL",
        [
            new.lead.subject.into(),
            new.lead.field.into(),
            new.lead.generation.into(),
            new.sealed.as_slice().into(),
        ],
    )
    .touching(1)
}

/// Removes every sealed token of a subject.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement("DELETE FROM search_index WHERE subject_id = $1", [subject.into()])
}

/// Notes that the tokens of a subject were compared with those of others (6.1).
#[must_use]
pub fn mark_compared(subject: SubjectId, at: Timestamp) -> Statement {
    statement(
        "UPDATE search_index SET compared_at = $2 WHERE subject_id = $1",
        [subject.into(), at.into()],
    )
}

/// Subjects in use with a token that was compared with no other since it was written (6.1); at most so many.
///
/// # Errors
/// When the engine does not answer.
pub fn uncompared(reader: &mut dyn Reader, limit: u32) -> Result<Vec<SubjectId>, Fault> {
    reader.list(
        "SELECT DISTINCT i.subject_id FROM search_index i JOIN subject s ON s.subject_id = i.subject_id \
         WHERE i.compared_at IS NULL AND s.standing = $1 AND s.withdrawn_at IS NULL ORDER BY i.subject_id LIMIT $2",
        &[Standing::Active.into(), limit.into()],
        |row| row.take(0),
    )
}

/// What a subject can be found by, by field.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<Findable>, Fault> {
    reader.list(
        "SELECT subject_id, field, generation, sealed FROM search_index WHERE subject_id = $1 ORDER BY field",
        &[subject.into()],
        row_of,
    )
}

/// The subjects to whom these leads lead now, in the order of their ids and each once; at most so many.
///
/// # Errors
/// When the engine does not answer.
pub fn followed(reader: &mut dyn Reader, leads: &[Lead], limit: usize) -> Result<Vec<SubjectId>, Fault> {
    let mut found = Vec::new();
    for lead in leads {
        if found.len() >= limit {
            break;
        }
        let here = of_subject(reader, lead.subject)?;
        if here.iter().any(|row| row.is_of(lead)) && found.last() != Some(&lead.subject) {
            found.push(lead.subject);
        }
    }
    Ok(found)
}

/// The next rows behind that subject, in order; at most so many.
///
/// # Errors
/// When the engine does not answer.
pub fn page(reader: &mut dyn Reader, after: Option<SubjectId>, limit: u32) -> Result<Vec<Findable>, Fault> {
    let after = after.map_or(Vec::new(), |subject| subject.as_bytes().to_vec());
    reader.list(
        "SELECT subject_id, field, generation, sealed FROM search_index WHERE subject_id > $1 \
         ORDER BY subject_id, field LIMIT $2",
        &[after.into(), limit.into()],
        row_of,
    )
}

fn row_of(row: &mut Row) -> Result<Findable, Fault> {
    Ok(Findable {
        subject: row.take(0)?,
        field: row.take(1)?,
        generation: row.take(2)?,
        sealed: row.take(3)?,
    })
}
