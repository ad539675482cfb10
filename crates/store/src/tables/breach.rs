//! 5.1.3: the register of breaches, and each step on one. It is only ever added to: there is no statement here that changes a
//! row or removes one, and nothing else writes to these tables. Nothing personal is in them.

use jiff::Timestamp;
use sandyq_model::{ActorId, BreachId, BreachKind, BreachStep, Category, Fault};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One breach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub id: BreachId,
    /// Its number in the register; they follow each other without a gap.
    pub number: u32,
    /// What happened to the data.
    pub kind: BreachKind,
    /// When it was found; its clock runs from here.
    pub detected_at: Timestamp,
    /// Until when the authority is told, by the policy.
    pub due_policy: Timestamp,
    /// The same by the law.
    pub due_law: Timestamp,
    /// The earlier of both.
    pub due_at: Timestamp,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// Which member of staff entered it.
    pub entered_by: ActorId,
}

/// One step on a breach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// Which.
    pub id: BreachId,
    /// On which breach.
    pub breach: BreachId,
    /// Its place, from 1.
    pub number: u32,
    /// What was done.
    pub step: BreachStep,
    /// When it was done.
    pub happened_at: Timestamp,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// Which member of staff entered it.
    pub entered_by: ActorId,
    /// Whose data it is about, as far as it was found out.
    pub categories: Vec<Category>,
    /// How many people, as far as it was found out.
    pub people: Option<u64>,
    /// The number of the outgoing document.
    pub document: Option<String>,
    /// In words.
    pub told: Option<String>,
}

/// Enters a breach under the next number of the register, whatever `number` says.
#[must_use]
pub fn enter(breach: &Breach) -> Statement {
    statement(
        "INSERT INTO breach (breach_id, number, kind, detected_at, due_policy, due_law, due_at, entered_at, entered_by) \
         VALUES ($1, (SELECT COALESCE(MAX(known.number), 0) + 1 FROM breach AS known), $2, $3, $4, $5, $6, $7, $8)",
        [
            breach.id.into(),
            u32::from(breach.kind.code()).into(),
            breach.detected_at.into(),
            breach.due_policy.into(),
            breach.due_law.into(),
            breach.due_at.into(),
            breach.entered_at.into(),
            breach.entered_by.into(),
        ],
    )
    .touching(1)
}

/// Adds a step; one whose place is taken is a conflict.
#[must_use]
pub fn add_step(row: &StepRow) -> Statement {
    let categories: Vec<&str> = row.categories.iter().map(|category| category.name()).collect();
    statement(
        "INSERT INTO breach_step (step_id, breach_id, step_number, step, happened_at, entered_at, entered_by, \
         categories, people, document, told) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        [
            row.id.into(),
            row.breach.into(),
            row.number.into(),
            u32::from(row.step.code()).into(),
            row.happened_at.into(),
            row.entered_at.into(),
            row.entered_by.into(),
            categories.join(" ").into(),
            row.people.into(),
            row.document.clone().into(),
            row.told.clone().into(),
        ],
    )
    .touching(1)
}

/// Some of the register, newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn page(reader: &mut dyn Reader, limit: u32, offset: u32) -> Result<Vec<Breach>, Fault> {
    reader.list(
        "SELECT breach_id, number, kind, detected_at, due_policy, due_law, due_at, entered_at, entered_by \
         FROM breach ORDER BY number DESC LIMIT $1 OFFSET $2",
        &[limit.into(), offset.into()],
        read,
    )
}

/// The breaches of which the authority was not told before that instant, though that is their hour, the oldest first.
///
/// # Errors
/// When the engine does not answer.
pub fn untold(reader: &mut dyn Reader, due_before: Timestamp, limit: u32) -> Result<Vec<Breach>, Fault> {
    reader.list(
        "SELECT breach_id, number, kind, detected_at, due_policy, due_law, due_at, entered_at, entered_by \
         FROM breach WHERE due_at < $1 AND NOT EXISTS (SELECT 1 FROM breach_step AS known \
         WHERE known.breach_id = breach.breach_id AND known.step = $2) ORDER BY number LIMIT $3",
        &[
            due_before.into(),
            u32::from(BreachStep::TellAuthority.code()).into(),
            limit.into(),
        ],
        read,
    )
}

/// The breach of that number.
///
/// # Errors
/// When the engine does not answer.
pub fn by_number(reader: &mut dyn Reader, number: u32) -> Result<Option<Breach>, Fault> {
    reader.first(
        "SELECT breach_id, number, kind, detected_at, due_policy, due_law, due_at, entered_at, entered_by \
         FROM breach WHERE number = $1",
        &[number.into()],
        read,
    )
}

/// The breach of that id.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, id: BreachId) -> Result<Option<Breach>, Fault> {
    reader.first(
        "SELECT breach_id, number, kind, detected_at, due_policy, due_law, due_at, entered_at, entered_by \
         FROM breach WHERE breach_id = $1",
        &[id.into()],
        read,
    )
}

/// The steps on a breach, in their order.
///
/// # Errors
/// When the engine does not answer.
pub fn steps(reader: &mut dyn Reader, breach: BreachId) -> Result<Vec<StepRow>, Fault> {
    reader.list(
        "SELECT step_id, breach_id, step_number, step, happened_at, entered_at, entered_by, categories, people, \
         document, told FROM breach_step WHERE breach_id = $1 ORDER BY step_number",
        &[breach.into()],
        read_step,
    )
}

/// The steps on the breaches that [`page`] gives for the same numbers, all at once: each breach's together, in their order.
///
/// # Errors
/// When the engine does not answer.
pub fn steps_of_page(reader: &mut dyn Reader, limit: u32, offset: u32) -> Result<Vec<StepRow>, Fault> {
    reader.list(
        "SELECT step_id, breach_id, step_number, step, happened_at, entered_at, entered_by, categories, people, \
         document, told FROM breach_step WHERE breach_id IN (SELECT breach_id FROM breach ORDER BY number DESC \
         LIMIT $1 OFFSET $2) ORDER BY breach_id, step_number",
        &[limit.into(), offset.into()],
        read_step,
    )
}

fn read(row: &mut Row) -> Result<Breach, Fault> {
    Ok(Breach {
        id: row.take(0)?,
        number: row.take(1)?,
        kind: BreachKind::from_code(row.take(2)?).ok_or_else(|| unknown("kind"))?,
        detected_at: row.take(3)?,
        due_policy: row.take(4)?,
        due_law: row.take(5)?,
        due_at: row.take(6)?,
        entered_at: row.take(7)?,
        entered_by: row.take(8)?,
    })
}

fn read_step(row: &mut Row) -> Result<StepRow, Fault> {
    let categories: String = row.take(7)?;
    let categories = categories.split_whitespace().map(str::parse);
    Ok(StepRow {
        id: row.take(0)?,
        breach: row.take(1)?,
        number: row.take(2)?,
        step: BreachStep::from_code(row.take(3)?).ok_or_else(|| unknown("step"))?,
        happened_at: row.take(4)?,
        entered_at: row.take(5)?,
        entered_by: row.take(6)?,
        categories: categories
            .collect::<Result<_, _>>()
            .map_err(|_| unknown("category"))?,
        people: row.take(8)?,
        document: row.take(9)?,
        told: row.take(10)?,
    })
}

fn unknown(what: &str) -> Fault {
    Fault::Store(format!(
        "the register of breaches holds a {what} that is not known"
    ))
}
