//! 6, 7: the register of requests, and each step of a request. What was asked and what was answered are sealed values of the
//! request's own record; here are its kind, its dates and where it stands.

use jiff::Timestamp;
use sandyq_model::{Channel, Fault, RequestKind, RequestState, Role, Step, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectRequest {
    /// The record that holds its texts.
    pub file: SubjectId,
    /// The number that the person is given.
    pub reference: String,
    /// What is asked for.
    pub kind: RequestKind,
    /// By which way it came.
    pub channel: Channel,
    /// How far it has come.
    pub state: RequestState,
    /// When it was received; its clock runs from here.
    pub received_at: Timestamp,
    /// When it is due by the policy.
    pub due_policy: Timestamp,
    /// When it is due by the law.
    pub due_law: Timestamp,
    /// When it is due: the earlier of both, and never later than it ever was.
    pub due_at: Timestamp,
    /// When it was told that time runs out.
    pub warned_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Whose data it is about, once somebody said so; only with `identity_at` it is certain.
    pub about: Option<SubjectId>,
    /// When they showed who they are.
    pub identity_at: Option<Timestamp>,
    /// By what.
    pub identity_by: Option<String>,
    /// How often it was tried.
    pub identity_attempts: u32,
    /// The norm of a refusal.
    pub norm: Option<String>,
    /// Why it was closed late.
    pub late_reason: Option<String>,
    /// The language to answer in.
    pub locale: String,
    /// The number of a letter in its year.
    pub letter: Option<(i32, u32)>,
    /// The date on the envelope.
    pub envelope_on: Option<String>,
    /// The reference of the request that it went into.
    pub merged_into: Option<String>,
}

/// One step of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestStep {
    /// What was done.
    pub step: Step,
    /// Where it led.
    pub state: RequestState,
    /// When.
    pub at: Timestamp,
    /// By whom, as a role.
    pub role: Role,
}

/// Registers a request. A letter gets the next number of its year, whatever `letter` says beside the year.
#[must_use]
pub fn insert(request: &SubjectRequest) -> Statement {
    statement(
        "INSERT INTO subject_request (subject_id, reference, kind, channel, state, received_at, due_policy, due_law, due_at, \
         warned_at, closed_at, about, identity_at, identity_by, identity_attempts, norm, late_reason, \
         locale, letter_year, letter_number, envelope_on, merged_into) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, NULL, $10, $11, $12, $13, NULL, NULL, $14, $15, \
         CASE WHEN CAST($15 AS BIGINT) IS NULL THEN NULL ELSE \
         (SELECT COALESCE(MAX(known.letter_number), 0) + 1 FROM subject_request AS known WHERE known.letter_year = $15) \
         END, $16, NULL)",
        [
            request.file.into(),
            request.reference.as_str().into(),
            u32::from(request.kind.code()).into(),
            u32::from(request.channel.code()).into(),
            u32::from(request.state.code()).into(),
            request.received_at.into(),
            request.due_policy.into(),
            request.due_law.into(),
            request.due_at.into(),
            request.about.into(),
            request.identity_at.into(),
            request.identity_by.clone().into(),
            request.identity_attempts.into(),
            request.locale.as_str().into(),
            request.letter.map(|(year, _)| i64::from(year)).into(),
            request.envelope_on.clone().into(),
        ],
    )
    .touching(1)
}

/// Writes what can change of a request, while it is still in that state; otherwise it is a conflict.
#[must_use]
pub fn update(from: RequestState, request: &SubjectRequest) -> Statement {
    statement(
        "UPDATE subject_request SET state = $3, due_policy = $4, due_law = $5, due_at = $6, warned_at = $7, \
         closed_at = $8, about = $9, identity_at = $10, identity_by = $11, identity_attempts = $12, norm = $13, \
         late_reason = $14, merged_into = $15 WHERE subject_id = $1 AND state = $2",
        [
            request.file.into(),
            u32::from(from.code()).into(),
            u32::from(request.state.code()).into(),
            request.due_policy.into(),
            request.due_law.into(),
            request.due_at.into(),
            request.warned_at.into(),
            request.closed_at.into(),
            request.about.into(),
            request.identity_at.into(),
            request.identity_by.clone().into(),
            request.identity_attempts.into(),
            request.norm.clone().into(),
            request.late_reason.clone().into(),
            request.merged_into.clone().into(),
        ],
    )
    .touching(1)
}

/// Adds a step to the timeline.
#[must_use]
pub fn add_step(file: SubjectId, step: RequestStep) -> Statement {
    statement(
        "INSERT INTO request_step (subject_id, step_number, step, state, at, role) VALUES ($1, \
         (SELECT COALESCE(MAX(known.step_number), 0) + 1 FROM request_step AS known WHERE known.subject_id = $1), \
         $2, $3, $4, $5)",
        [
            file.into(),
            u32::from(step.step.code()).into(),
            u32::from(step.state.code()).into(),
            step.at.into(),
            u32::from(step.role.number()).into(),
        ],
    )
    .touching(1)
}

/// A withdrawal that was registered on the person's own record is carried out by the destruction of it.
#[must_use]
pub fn carried_out(subject: SubjectId, now: Timestamp) -> [Statement; 2] {
    let (open, done) = (
        u32::from(RequestState::Answering.code()),
        u32::from(RequestState::Answered.code()),
    );
    [
        statement(
            "INSERT INTO request_step (subject_id, step_number, step, state, at, role) \
             SELECT known.subject_id, 2, $2, $3, $4, $5 FROM subject_request AS known \
             WHERE known.subject_id = $1 AND known.about = $1 AND known.state = $6",
            [
                subject.into(),
                u32::from(Step::Answer.code()).into(),
                done.into(),
                now.into(),
                u32::from(Role::SCHEDULE.number()).into(),
                open.into(),
            ],
        ),
        statement(
            "UPDATE subject_request SET state = $3, closed_at = $4 WHERE subject_id = $1 AND about = $1 AND state = $2",
            [subject.into(), open.into(), done.into(), now.into()],
        ),
    ]
}

/// What stays in the register when the record of a request is destroyed: not whom it was about. The paper of a letter waits to be
/// destroyed from then on.
#[must_use]
pub fn unlink(file: SubjectId, at: Timestamp) -> Statement {
    statement(
        "UPDATE subject_request SET about = NULL, envelope_on = NULL, paper_since = CASE WHEN letter_number IS NULL \
         OR paper_since IS NOT NULL THEN paper_since ELSE CAST($2 AS BIGINT) END WHERE subject_id = $1",
        [file.into(), at.into()],
    )
}

/// The papers of letters whose records were destroyed wait, also where rows from before papers were known were brought back.
#[must_use]
pub fn papers_wait() -> Statement {
    statement(
        "UPDATE subject_request SET paper_since = (SELECT subject.destroyed_at FROM subject \
         WHERE subject.subject_id = subject_request.subject_id) WHERE letter_number IS NOT NULL AND paper_since IS NULL",
        [],
    )
}

/// Notes by which document of the operator's own the paper of a letter was destroyed; a conflict when one was noted before, or
/// the record is still here.
#[must_use]
pub fn paper_gone(file: SubjectId, act: u32) -> Statement {
    statement(
        "UPDATE subject_request SET paper_act = $2 WHERE subject_id = $1 AND paper_since IS NOT NULL AND paper_act IS NULL",
        [file.into(), act.into()],
    )
    .touching(1)
}

/// The paper of a letter whose record was destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// The record that held its texts, of which nothing is left but that there was one.
    pub file: SubjectId,
    /// The number that the person was given.
    pub reference: String,
    /// The number of the letter in its year.
    pub letter: (i32, u32),
    /// When it was received.
    pub received_at: Timestamp,
    /// When the record was destroyed.
    pub since: Timestamp,
}

/// Papers that no act has named yet, those that wait longest first.
///
/// # Errors
/// When the engine does not answer.
pub fn papers(reader: &mut dyn Reader, limit: u32, offset: u32) -> Result<Vec<Paper>, Fault> {
    reader.list(
        "SELECT subject_id, reference, letter_year, letter_number, received_at, paper_since FROM subject_request \
         WHERE paper_since IS NOT NULL AND paper_act IS NULL ORDER BY paper_since, subject_id LIMIT $1 OFFSET $2",
        &[limit.into(), offset.into()],
        read_paper,
    )
}

/// The paper of that reference, if no act has named it yet.
///
/// # Errors
/// When the engine does not answer.
pub fn paper(reader: &mut dyn Reader, reference: &str) -> Result<Option<Paper>, Fault> {
    reader.first(
        "SELECT subject_id, reference, letter_year, letter_number, received_at, paper_since FROM subject_request \
         WHERE reference = $1 AND paper_since IS NOT NULL AND paper_act IS NULL",
        &[reference.into()],
        read_paper,
    )
}

fn read_paper(row: &mut Row) -> Result<Paper, Fault> {
    let (year, number): (i64, u32) = (row.take(2)?, row.take(3)?);
    Ok(Paper {
        file: row.take(0)?,
        reference: row.take(1)?,
        letter: (i32::try_from(year).unwrap_or_default(), number),
        received_at: row.take(4)?,
        since: row.take(5)?,
    })
}

/// The request of that reference.
///
/// # Errors
/// When the engine does not answer.
pub fn by_reference(reader: &mut dyn Reader, reference: &str) -> Result<Option<SubjectRequest>, Fault> {
    reader.first(
        "SELECT subject_id, reference, kind, channel, state, received_at, due_policy, due_law, due_at, \
         warned_at, closed_at, about, identity_at, identity_by, identity_attempts, norm, late_reason, \
         locale, letter_year, letter_number, envelope_on, merged_into FROM subject_request WHERE reference = $1",
        &[reference.into()],
        read,
    )
}

/// The requests about a subject, newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn about(reader: &mut dyn Reader, subject: SubjectId, limit: u32) -> Result<Vec<SubjectRequest>, Fault> {
    reader.list(
        "SELECT subject_id, reference, kind, channel, state, received_at, due_policy, due_law, due_at, \
         warned_at, closed_at, about, identity_at, identity_by, identity_attempts, norm, late_reason, \
         locale, letter_year, letter_number, envelope_on, merged_into FROM subject_request WHERE about = $1 ORDER BY received_at DESC, subject_id LIMIT $2",
        &[subject.into(), limit.into()],
        read,
    )
}

/// Which requests the board shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnBoard {
    /// Closed ones, or those that are not.
    pub closed: bool,
    /// Of this kind only.
    pub kind: Option<RequestKind>,
    /// Which came by this way only.
    pub channel: Option<Channel>,
    /// Due before this instant only.
    pub due_before: Option<Timestamp>,
}

macro_rules! on_board {
    ($state:literal, $order:literal) => {
        concat!(
            "SELECT subject_id, reference, kind, channel, state, received_at, due_policy, due_law, due_at, \
             warned_at, closed_at, about, identity_at, identity_by, identity_attempts, norm, late_reason, \
             locale, letter_year, letter_number, envelope_on, merged_into FROM subject_request WHERE ",
            $state,
            " AND (CAST($3 AS BIGINT) = 0 OR kind = $3) AND (CAST($4 AS BIGINT) = 0 OR channel = $4) AND due_at < $5 \
             ORDER BY ",
            $order,
            ", subject_id LIMIT $1 OFFSET $2"
        )
    };
}

/// A page of the board: open requests by their due date, or closed ones, the newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn on_board(
    reader: &mut dyn Reader,
    of: OnBoard,
    limit: u32,
    offset: u32,
) -> Result<Vec<SubjectRequest>, Fault> {
    let sql = if of.closed {
        on_board!("closed_at IS NOT NULL", "closed_at DESC")
    } else {
        on_board!("closed_at IS NULL", "due_at")
    };
    // No kind and no way has the code 0.
    let kind = of.kind.map_or(0, |kind| u32::from(kind.code()));
    let channel = of.channel.map_or(0, |channel| u32::from(channel.code()));
    let before = of.due_before.unwrap_or(Timestamp::MAX);
    let args = [
        limit.into(),
        offset.into(),
        kind.into(),
        channel.into(),
        before.into(),
    ];
    reader.list(sql, &args, read)
}

/// How many open requests are due at each instant, the first ones first; at most so many instants.
///
/// # Errors
/// When the engine does not answer.
pub fn load(reader: &mut dyn Reader, limit: u32) -> Result<Vec<(Timestamp, u64)>, Fault> {
    reader.list(
        "SELECT due_at, COUNT(*) FROM subject_request WHERE closed_at IS NULL GROUP BY due_at ORDER BY due_at LIMIT $1",
        &[limit.into()],
        |row| Ok((row.take(0)?, row.take(1)?)),
    )
}

/// How many requests were closed in that time under which norm; those without one were not refused.
///
/// # Errors
/// When the engine does not answer.
pub fn closed_by_norm(
    reader: &mut dyn Reader,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(Option<String>, u64)>, Fault> {
    reader.list(
        "SELECT norm, COUNT(*) FROM subject_request WHERE closed_at IS NOT NULL AND closed_at >= $1 AND closed_at < $2 \
         GROUP BY norm ORDER BY norm",
        &[from.into(), until.into()],
        |row| Ok((row.take(0)?, row.take(1)?)),
    )
}

/// The steps of a request, oldest first.
///
/// # Errors
/// When the engine does not answer, or holds what this program does not know.
pub fn steps(reader: &mut dyn Reader, file: SubjectId) -> Result<Vec<RequestStep>, Fault> {
    reader.list(
        "SELECT step, state, at, role FROM request_step WHERE subject_id = $1 ORDER BY step_number",
        &[file.into()],
        |row| {
            let (step, state, at, role): (u32, u32, _, u32) =
                (row.take(0)?, row.take(1)?, row.take(2)?, row.take(3)?);
            Ok(RequestStep {
                step: known(step, Step::from_code)?,
                state: known(state, RequestState::from_code)?,
                at,
                role: known(role, Role::new)?,
            })
        },
    )
}

fn read(row: &mut Row) -> Result<SubjectRequest, Fault> {
    let (year, number): (Option<i64>, Option<i64>) = (row.take(18)?, row.take(19)?);
    let letter = year
        .zip(number)
        .and_then(|(year, number)| Some((i32::try_from(year).ok()?, u32::try_from(number).ok()?)));
    Ok(SubjectRequest {
        file: row.take(0)?,
        reference: row.take(1)?,
        kind: known(row.take(2)?, RequestKind::from_code)?,
        channel: known(row.take(3)?, Channel::from_code)?,
        state: known(row.take(4)?, RequestState::from_code)?,
        received_at: row.take(5)?,
        due_policy: row.take(6)?,
        due_law: row.take(7)?,
        due_at: row.take(8)?,
        warned_at: row.take(9)?,
        closed_at: row.take(10)?,
        about: row.take(11)?,
        identity_at: row.take(12)?,
        identity_by: row.take(13)?,
        identity_attempts: row.take(14)?,
        norm: row.take(15)?,
        late_reason: row.take(16)?,
        locale: row.take(17)?,
        letter,
        envelope_on: row.take(20)?,
        merged_into: row.take(21)?,
    })
}

fn known<T>(code: u32, of: impl Fn(u8) -> Option<T>) -> Result<T, Fault> {
    u8::try_from(code)
        .ok()
        .and_then(of)
        .ok_or_else(|| Fault::Store("the register of requests holds a code that is not known".into()))
}
