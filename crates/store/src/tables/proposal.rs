//! 5.1.1: what somebody proposed and a second person has not answered yet. What was decided stands in the ledger and leaves this table.

use jiff::Timestamp;
use sandyq_model::{ActorId, Fault, ProposalId, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Which.
    pub id: ProposalId,
    /// Whose record it is about; none when it is about the staff.
    pub subject: Option<SubjectId>,
    /// What is to be done, in a word.
    pub act: String,
    /// The rest of what was typed, as JSON; nobody's personal data.
    pub words: String,
    /// Who proposed it.
    pub proposed_by: ActorId,
    /// When.
    pub proposed_at: Timestamp,
    /// Until when somebody can agree.
    pub until: Timestamp,
}

/// Keeps a proposal.
#[must_use]
pub fn insert(proposal: &Proposal) -> Statement {
    statement(
        "INSERT INTO proposal (proposal_id, subject_id, act, words, proposed_by, proposed_at, until_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [
            proposal.id.into(),
            proposal.subject.into(),
            proposal.act.as_str().into(),
            proposal.words.as_str().into(),
            proposal.proposed_by.into(),
            proposal.proposed_at.into(),
            proposal.until.into(),
        ],
    )
    .touching(1)
}

/// Takes a proposal away; a conflict when somebody did before.
#[must_use]
pub fn take(id: ProposalId) -> Statement {
    statement("DELETE FROM proposal WHERE proposal_id = $1", [id.into()]).touching(1)
}

/// Removes those about a subject.
#[must_use]
pub fn remove_all(subject: SubjectId) -> Statement {
    statement("DELETE FROM proposal WHERE subject_id = $1", [subject.into()])
}

/// Takes back what somebody proposed.
#[must_use]
pub fn remove_by(staff: ActorId) -> Statement {
    statement("DELETE FROM proposal WHERE proposed_by = $1", [staff.into()])
}

/// Removes those that nobody agreed to in time.
#[must_use]
pub fn remove_over(now: Timestamp) -> Statement {
    statement("DELETE FROM proposal WHERE until_at <= $1", [now.into()])
}

/// The proposal of that id, over or not.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, id: ProposalId) -> Result<Option<Proposal>, Fault> {
    reader.first(
        "SELECT proposal_id, subject_id, act, words, proposed_by, proposed_at, until_at FROM proposal \
         WHERE proposal_id = $1",
        &[id.into()],
        read,
    )
}

/// Those that can still be agreed to, oldest first, with the names of those who proposed them.
///
/// # Errors
/// When the engine does not answer.
pub fn open(reader: &mut dyn Reader, now: Timestamp, count: u32) -> Result<Vec<(Proposal, String)>, Fault> {
    reader.list(
        "SELECT proposal_id, subject_id, act, words, proposed_by, proposed_at, until_at, staff.name FROM proposal \
         JOIN staff ON staff.staff_id = proposal.proposed_by WHERE until_at > $1 \
         ORDER BY proposed_at, proposal_id LIMIT $2",
        &[now.into(), count.into()],
        |row| Ok((read(row)?, row.take(7)?)),
    )
}

fn read(row: &mut Row) -> Result<Proposal, Fault> {
    Ok(Proposal {
        id: row.take(0)?,
        subject: row.take(1)?,
        act: row.take(2)?,
        words: row.take(3)?,
        proposed_by: row.take(4)?,
        proposed_at: row.take(5)?,
        until: row.take(6)?,
    })
}
