//! 5.1.3: whom a breach concerns, by their ids alone; a row goes with its person. How many they were stays in the register.

use jiff::Timestamp;
use sandyq_model::{BreachActId, BreachId, Category, Fault, Standing, SubjectId, Unreached};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// Somebody whom a breach concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreachSubject {
    /// Whom.
    pub subject: SubjectId,
    /// Which breach.
    pub breach: BreachId,
    /// The number of the act by which they were found.
    pub act: u32,
    /// When they were found.
    pub marked_at: Timestamp,
    /// When a letter to them was left in the queue.
    pub letter_at: Option<Timestamp>,
    /// When it went out.
    pub told_at: Option<Timestamp>,
    /// Why it did not.
    pub unreached: Option<Unreached>,
}

/// The same with where the person stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concerned {
    /// The row.
    pub row: BreachSubject,
    /// What the person is to the operator.
    pub category: Category,
    /// Where the record stands.
    pub standing: Standing,
    /// Whether a letter to that contact has come back and nobody has changed or confirmed it since.
    pub came_back: bool,
}

/// How many people a breach concerns, as far as they are still here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub people: u64,
    /// To whom a letter was left.
    pub letters: u64,
    /// To whom it went out.
    pub told: u64,
    /// Whom it did not reach.
    pub unreached: u64,
}

/// Notes that a breach concerns somebody; whoever is noted already stays as they are.
#[must_use]
pub fn mark(row: &BreachSubject) -> Statement {
    statement(
        "INSERT INTO breach_subject (subject_id, breach_id, act_number, marked_at, letter_at, told_at, unreached) \
         VALUES ($1, $2, $3, $4, NULL, NULL, NULL) ON CONFLICT (subject_id, breach_id) DO NOTHING",
        [
            row.subject.into(),
            row.breach.into(),
            row.act.into(),
            row.marked_at.into(),
        ],
    )
}

/// The same of somebody whom that act names alone, under the number that it was entered with: `act` of the row is not read.
#[must_use]
pub fn mark_of(row: &BreachSubject, act: BreachActId) -> Statement {
    statement(
        "INSERT INTO breach_subject (subject_id, breach_id, act_number, marked_at, letter_at, told_at, unreached) \
         VALUES ($1, $2, (SELECT act_number FROM breach_act WHERE act_id = $3), $4, NULL, NULL, NULL)",
        [
            row.subject.into(),
            row.breach.into(),
            act.into(),
            row.marked_at.into(),
        ],
    )
    .touching(1)
}

/// Notes that a letter was left for them; a conflict when one was before.
#[must_use]
pub fn letter_left(subject: SubjectId, breach: BreachId, at: Timestamp) -> Statement {
    statement(
        "UPDATE breach_subject SET letter_at = $3 WHERE subject_id = $1 AND breach_id = $2 AND letter_at IS NULL",
        [subject.into(), breach.into(), at.into()],
    )
    .touching(1)
}

/// Notes that the letter went out; a conflict when that, or that it could not, was noted before.
#[must_use]
pub fn told(subject: SubjectId, breach: BreachId, at: Timestamp) -> Statement {
    statement(
        "UPDATE breach_subject SET told_at = $3 WHERE subject_id = $1 AND breach_id = $2 AND told_at IS NULL \
         AND unreached IS NULL",
        [subject.into(), breach.into(), at.into()],
    )
    .touching(1)
}

/// Notes that the letter could not go out; a conflict as with [`told`].
#[must_use]
pub fn not_reached(subject: SubjectId, breach: BreachId, why: Unreached) -> Statement {
    statement(
        "UPDATE breach_subject SET unreached = $3 WHERE subject_id = $1 AND breach_id = $2 AND told_at IS NULL \
         AND unreached IS NULL",
        [subject.into(), breach.into(), u32::from(why.code()).into()],
    )
    .touching(1)
}

/// Takes somebody out of every breach: they are gone.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement(
        "DELETE FROM breach_subject WHERE subject_id = $1",
        [subject.into()],
    )
}

/// Whether a breach concerns somebody, and how far they were told.
///
/// # Errors
/// When the engine does not answer.
pub fn find(
    reader: &mut dyn Reader,
    subject: SubjectId,
    breach: BreachId,
) -> Result<Option<BreachSubject>, Fault> {
    reader.first(
        "SELECT subject_id, breach_id, act_number, marked_at, letter_at, told_at, unreached FROM breach_subject \
         WHERE subject_id = $1 AND breach_id = $2",
        &[subject.into(), breach.into()],
        read,
    )
}

/// How many people a breach concerns.
///
/// # Errors
/// When the engine does not answer.
pub fn counts(reader: &mut dyn Reader, breach: BreachId) -> Result<Counts, Fault> {
    let found = reader.first(
        "SELECT COUNT(*), COUNT(letter_at), COUNT(told_at), COUNT(unreached) FROM breach_subject WHERE breach_id = $1",
        &[breach.into()],
        |row| {
            Ok(Counts {
                people: row.take(0)?,
                letters: row.take(1)?,
                told: row.take(2)?,
                unreached: row.take(3)?,
            })
        },
    )?;
    Ok(found.unwrap_or_default())
}

/// Some of the people of a breach, in the order of their ids.
///
/// # Errors
/// When the engine does not answer.
pub fn page(
    reader: &mut dyn Reader,
    breach: BreachId,
    limit: u32,
    offset: u32,
) -> Result<Vec<Concerned>, Fault> {
    reader.list(
        "SELECT one.subject_id, one.breach_id, one.act_number, one.marked_at, one.letter_at, one.told_at, one.unreached, \
         subject.category, subject.standing, (SELECT COUNT(*) FROM record WHERE record.subject_id = one.subject_id \
         AND record.returned_at >= one.told_at) \
         FROM breach_subject AS one JOIN subject ON subject.subject_id = one.subject_id \
         WHERE one.breach_id = $1 ORDER BY one.subject_id LIMIT $2 OFFSET $3",
        &[breach.into(), limit.into(), offset.into()],
        |row| {
            Ok(Concerned {
                row: read(row)?,
                category: row.take(7)?,
                standing: row.take(8)?,
                came_back: row.take(9)?,
            })
        },
    )
}

/// The people of a breach from one on (with it), in the order of their ids.
///
/// # Errors
/// When the engine does not answer.
pub fn from(
    reader: &mut dyn Reader,
    breach: BreachId,
    first: SubjectId,
    limit: u32,
) -> Result<Vec<SubjectId>, Fault> {
    reader.list(
        "SELECT subject_id FROM breach_subject WHERE breach_id = $1 AND subject_id >= $2 ORDER BY subject_id LIMIT $3",
        &[breach.into(), first.into(), limit.into()],
        |row| row.take(0),
    )
}

/// With whom each part of a list begins that has so many people in a part.
///
/// # Errors
/// When the engine does not answer.
pub fn parts(reader: &mut dyn Reader, breach: BreachId, size: u32) -> Result<Vec<SubjectId>, Fault> {
    reader.list(
        "SELECT subject_id FROM (SELECT subject_id, ROW_NUMBER() OVER (ORDER BY subject_id) AS place FROM breach_subject \
         WHERE breach_id = $1) AS placed WHERE (place - 1) % $2 = 0 ORDER BY subject_id",
        &[breach.into(), size.into()],
        |row| row.take(0),
    )
}

/// The people of a breach behind one, whether or not a letter was left for them.
///
/// # Errors
/// When the engine does not answer.
pub fn behind(
    reader: &mut dyn Reader,
    breach: BreachId,
    after: &[u8],
    limit: u32,
) -> Result<Vec<BreachSubject>, Fault> {
    reader.list(
        "SELECT subject_id, breach_id, act_number, marked_at, letter_at, told_at, unreached FROM breach_subject \
         WHERE breach_id = $1 AND subject_id > $2 ORDER BY subject_id LIMIT $3",
        &[breach.into(), after.into(), limit.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<BreachSubject, Fault> {
    let unreached: Option<u8> = row.take(6)?;
    Ok(BreachSubject {
        subject: row.take(0)?,
        breach: row.take(1)?,
        act: row.take(2)?,
        marked_at: row.take(3)?,
        letter_at: row.take(4)?,
        told_at: row.take(5)?,
        unreached: unreached.and_then(Unreached::from_code),
    })
}
