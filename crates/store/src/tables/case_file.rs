//! Orders, tickets, applications, registrations, questions: what staff work on (5.1.4), without values of fields.

use jiff::Timestamp;
use sandyq_model::{ActorId, CaseId, Fault, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, Value, statement};

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    /// Whose.
    pub subject: SubjectId,
    /// Which.
    pub id: CaseId,
    /// Its kind as the policy folder names it (`order`).
    pub kind: String,
    /// The number that the person is given.
    pub reference: String,
    /// How far it is (`open`, `fulfilled`, `rejected`).
    pub state: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed; an open case has none.
    pub closed_at: Option<Timestamp>,
    /// The sum in the smallest unit of the currency.
    pub total_minor: Option<i64>,
    /// The currency (ISO 4217).
    pub currency: Option<String>,
    /// What was ordered, as the kind writes it; never a value of a field.
    pub lines: Option<String>,
    /// What was decided, as the policy folder names it (1.3).
    pub decision: Option<String>,
    /// Why, as the policy folder names it.
    pub reason: Option<String>,
    /// Who of staff decided.
    pub decided_by: Option<ActorId>,
    /// Who of staff took it, and answers for it.
    pub taken_by: Option<ActorId>,
}

/// Opens a case, and leads its reference to it.
#[must_use]
pub fn open(case: &CaseFile) -> [Statement; 2] {
    let insert = statement(
        "INSERT INTO case_file (subject_id, case_id, kind, reference, state, opened_at, closed_at, total_minor, \
         currency, lines) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        [
            case.subject.into(),
            case.id.into(),
            case.kind.as_str().into(),
            case.reference.as_str().into(),
            case.state.as_str().into(),
            case.opened_at.into(),
            case.closed_at.into(),
            case.total_minor.into(),
            case.currency.clone().into(),
            case.lines.clone().into(),
        ],
    );
    let lead = statement(
        "INSERT INTO case_reference (reference, subject_id, case_id) VALUES ($1, $2, $3)",
        [
            case.reference.as_str().into(),
            case.subject.into(),
            case.id.into(),
        ],
    );
    [insert.touching(1), lead.touching(1)]
}

/// Moves a case from one state to another; from any other state it is a conflict.
#[must_use]
pub fn set_state(
    subject: SubjectId,
    case: CaseId,
    from: &str,
    to: &str,
    closed_at: Option<Timestamp>,
) -> Statement {
    statement(
        "UPDATE case_file SET state = $4, closed_at = $5 WHERE subject_id = $1 AND case_id = $2 AND state = $3",
        [subject.into(), case.into(), from.into(), to.into(), closed_at.into()],
    )
    .touching(1)
}

/// What staff decided about a case (1.3).
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    /// What, as the policy folder names it.
    pub decision: &'a str,
    /// Why, where the policy folder asks for a reason.
    pub reason: Option<&'a str>,
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
}

/// Closes a case by a decision; one that was moved or closed in between is a conflict.
#[must_use]
pub fn decide(case: &CaseFile, to: &str, decided: Decided<'_>) -> Statement {
    statement(
        "UPDATE case_file SET state = $4, closed_at = $5, decision = $6, reason = $7, decided_by = $8 \
         WHERE subject_id = $1 AND case_id = $2 AND state = $3 AND closed_at IS NULL",
        [
            case.subject.into(),
            case.id.into(),
            case.state.as_str().into(),
            to.into(),
            decided.at.into(),
            decided.decision.into(),
            decided.reason.map(ToOwned::to_owned).into(),
            decided.by.into(),
        ],
    )
    .touching(1)
}

/// Moves a case on by a decision and leaves it open; one that was moved or closed in between is a conflict.
#[must_use]
pub fn move_on(case: &CaseFile, to: &str, decided: Decided<'_>) -> Statement {
    statement(
        "UPDATE case_file SET state = $4, decision = $5, reason = $6, decided_by = $7 \
         WHERE subject_id = $1 AND case_id = $2 AND state = $3 AND closed_at IS NULL",
        [
            case.subject.into(),
            case.id.into(),
            case.state.as_str().into(),
            to.into(),
            decided.decision.into(),
            decided.reason.map(ToOwned::to_owned).into(),
            decided.by.into(),
        ],
    )
    .touching(1)
}

/// Opens an unconfirmed case about something that has so many places, while one of them is left; otherwise it is a
/// conflict. Commits come one after the other, so the last place goes once.
#[must_use]
pub fn take_place(case: &CaseFile, open: &str, places: u32) -> Statement {
    statement(
        "UPDATE case_file SET state = $4 WHERE subject_id = $1 AND case_id = $2 AND state = $3 AND \
         (SELECT COUNT(*) FROM case_file AS held WHERE held.kind = $5 AND held.lines = $6 AND held.state = $4) < $7",
        [
            case.subject.into(),
            case.id.into(),
            case.state.as_str().into(),
            open.into(),
            case.kind.as_str().into(),
            case.lines.clone().into(),
            places.into(),
        ],
    )
    .touching(1)
}

/// How many cases of a kind are in a state and about the same thing.
///
/// # Errors
/// When the engine does not answer.
pub fn count_about(reader: &mut dyn Reader, kind: &str, about: &str, state: &str) -> Result<u64, Fault> {
    let count = reader.first(
        "SELECT COUNT(*) FROM case_file WHERE kind = $1 AND lines = $2 AND state = $3",
        &[kind.into(), about.into(), state.into()],
        |row| row.take(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Removes every case of a subject and its references.
#[must_use]
pub fn remove_all(subject: SubjectId) -> [Statement; 2] {
    [
        statement("DELETE FROM case_file WHERE subject_id = $1", [subject.into()]),
        statement(
            "DELETE FROM case_reference WHERE subject_id = $1",
            [subject.into()],
        ),
    ]
}

/// One case.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, subject: SubjectId, case: CaseId) -> Result<Option<CaseFile>, Fault> {
    reader.first(
        "SELECT subject_id, case_id, kind, reference, state, opened_at, closed_at, total_minor, currency, lines, \
         decision, reason, decided_by, taken_by FROM case_file WHERE subject_id = $1 AND case_id = $2",
        &[subject.into(), case.into()],
        read,
    )
}

/// Where a reference leads.
///
/// # Errors
/// When the engine does not answer.
pub fn by_reference(reader: &mut dyn Reader, reference: &str) -> Result<Option<(SubjectId, CaseId)>, Fault> {
    reader.first(
        "SELECT subject_id, case_id FROM case_reference WHERE reference = $1",
        &[reference.into()],
        |row| Ok((row.take(0)?, row.take(1)?)),
    )
}

/// The cases of a subject, newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId) -> Result<Vec<CaseFile>, Fault> {
    reader.list(
        "SELECT subject_id, case_id, kind, reference, state, opened_at, closed_at, total_minor, currency, lines, \
         decision, reason, decided_by, taken_by FROM case_file WHERE subject_id = $1 ORDER BY opened_at DESC, case_id",
        &[subject.into()],
        read,
    )
}

/// How many kinds of cases one list can be about.
pub const KINDS_MAX: usize = 4;

/// How many states one list can be about.
pub const STATES_MAX: usize = 4;

/// Whose cases a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Everybody's and nobody's.
    Any,
    /// Those that nobody has taken.
    Nobody,
    /// Those that this member of staff has taken.
    Only(ActorId),
}

/// Which cases a list shows.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// Of these kinds, each opened before its instant. Fewer kinds than [`KINDS_MAX`] repeat one.
    pub kinds: [(&'a str, Timestamp); KINDS_MAX],
    /// In one of these states. Fewer than [`STATES_MAX`] repeat one.
    pub states: [&'a str; STATES_MAX],
    /// Closed ones, or those that are not.
    pub closed: bool,
    /// Whose.
    pub owner: Owner,
    /// The newest first, or those that wait longest.
    pub newest_first: bool,
}

macro_rules! listed {
    ($closed:literal, $owner:literal, $order:literal) => {
        concat!(
            "SELECT subject_id, case_id, kind, reference, state, opened_at, closed_at, total_minor, currency, lines, \
             decision, reason, decided_by, taken_by FROM case_file WHERE kind IN ($1, $3, $5, $7) AND ",
            $closed,
            $owner,
            " AND state IN ($9, $10, $11, $12) AND ((kind = $1 AND opened_at < $2) OR (kind = $3 AND opened_at < $4) \
             OR (kind = $5 AND opened_at < $6) OR (kind = $7 AND opened_at < $8)) ORDER BY opened_at ",
            $order,
            ", case_id LIMIT $13 OFFSET $14"
        )
    };
}

/// The cases of a list; at most so many.
///
/// # Errors
/// When the engine does not answer.
pub fn listed(
    reader: &mut dyn Reader,
    of: &Listed<'_>,
    limit: u32,
    offset: u32,
) -> Result<Vec<CaseFile>, Fault> {
    let mut args: Vec<Value> = Vec::with_capacity(2 * KINDS_MAX + STATES_MAX + 3);
    for (kind, before) in of.kinds {
        args.push(kind.into());
        args.push(before.into());
    }
    args.extend(of.states.iter().map(|state| Value::from(*state)));
    args.extend([Value::from(limit), Value::from(offset)]);
    if let Owner::Only(staff) = of.owner {
        args.push(staff.into());
    }
    reader.list(list_query(of), &args, read)
}

const fn list_query(of: &Listed<'_>) -> &'static str {
    match (of.closed, of.owner, of.newest_first) {
        (false, Owner::Any, true) => listed!("closed_at IS NULL", "", "DESC"),
        (false, Owner::Any, false) => listed!("closed_at IS NULL", "", "ASC"),
        (false, Owner::Nobody, true) => listed!("closed_at IS NULL", " AND taken_by IS NULL", "DESC"),
        (false, Owner::Nobody, false) => listed!("closed_at IS NULL", " AND taken_by IS NULL", "ASC"),
        (false, Owner::Only(_), true) => listed!("closed_at IS NULL", " AND taken_by = $15", "DESC"),
        (false, Owner::Only(_), false) => listed!("closed_at IS NULL", " AND taken_by = $15", "ASC"),
        (true, Owner::Any, true) => listed!("closed_at IS NOT NULL", "", "DESC"),
        (true, Owner::Any, false) => listed!("closed_at IS NOT NULL", "", "ASC"),
        (true, Owner::Nobody, true) => listed!("closed_at IS NOT NULL", " AND taken_by IS NULL", "DESC"),
        (true, Owner::Nobody, false) => listed!("closed_at IS NOT NULL", " AND taken_by IS NULL", "ASC"),
        (true, Owner::Only(_), true) => listed!("closed_at IS NOT NULL", " AND taken_by = $15", "DESC"),
        (true, Owner::Only(_), false) => listed!("closed_at IS NOT NULL", " AND taken_by = $15", "ASC"),
    }
}

/// A member of staff takes an open case that nobody has, or the one named in `from`; whose else it is meanwhile, is a conflict.
#[must_use]
pub fn take(case: &CaseFile, from: Option<ActorId>, by: ActorId) -> Statement {
    // Where nobody has it, what is compared is the id itself.
    let expected = from.unwrap_or(by);
    statement(
        "UPDATE case_file SET taken_by = $3 WHERE subject_id = $1 AND case_id = $2 AND closed_at IS NULL \
         AND COALESCE(taken_by, $4) = $4",
        [case.subject.into(), case.id.into(), by.into(), expected.into()],
    )
    .touching(1)
}

/// A member of staff gives back an open case that they had taken.
#[must_use]
pub fn give_back(case: &CaseFile, by: ActorId) -> Statement {
    statement(
        "UPDATE case_file SET taken_by = NULL WHERE subject_id = $1 AND case_id = $2 AND closed_at IS NULL \
         AND taken_by = $3",
        [case.subject.into(), case.id.into(), by.into()],
    )
    .touching(1)
}

/// How many cases of each kind are in each state.
///
/// # Errors
/// When the engine does not answer.
pub fn counts(reader: &mut dyn Reader) -> Result<Vec<(String, String, u64)>, Fault> {
    reader.list(
        "SELECT kind, state, COUNT(*) FROM case_file GROUP BY kind, state ORDER BY kind, state",
        &[],
        |row| Ok((row.take(0)?, row.take(1)?, row.take(2)?)),
    )
}

fn read(row: &mut Row) -> Result<CaseFile, Fault> {
    Ok(CaseFile {
        subject: row.take(0)?,
        id: row.take(1)?,
        kind: row.take(2)?,
        reference: row.take(3)?,
        state: row.take(4)?,
        opened_at: row.take(5)?,
        closed_at: row.take(6)?,
        total_minor: row.take(7)?,
        currency: row.take(8)?,
        lines: row.take(9)?,
        decision: row.take(10)?,
        reason: row.take(11)?,
        decided_by: row.take(12)?,
        taken_by: row.take(13)?,
    })
}
