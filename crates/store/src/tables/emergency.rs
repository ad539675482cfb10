//! 5.1.7: looks in an emergency to which two agreed. A line names a case by its reference and nobody; with the person the reference goes,
//! and the line stays until it was judged.

use jiff::Timestamp;
use sandyq_model::{ActorId, Fault, ProposalId, SubjectId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One case that was opened to another desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emergency {
    /// Which: the number of the proposal to which the second person agreed.
    pub id: ProposalId,
    /// The case, by its reference; `None` once the person is gone.
    pub reference: Option<String>,
    /// Why, in a word of the list.
    pub reason: String,
    /// Who asked, and looks.
    pub asked_by: ActorId,
    /// Who agreed.
    pub agreed_by: ActorId,
    /// Since when it is open.
    pub opened_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// How often somebody set about to look.
    pub looks: u32,
    /// When it was judged.
    pub reviewed_at: Option<Timestamp>,
    /// By whom.
    pub reviewed_by: Option<ActorId>,
    /// How, in a word.
    pub verdict: Option<String>,
}

/// Opens a case to another desk.
#[must_use]
pub fn insert(row: &Emergency) -> Statement {
    statement(
        "INSERT INTO emergency (emergency_id, reference, reason, asked_by, agreed_by, opened_at, until_at, looks, \
         reviewed_at, reviewed_by, verdict) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        [
            row.id.into(),
            row.reference.clone().into(),
            row.reason.as_str().into(),
            row.asked_by.into(),
            row.agreed_by.into(),
            row.opened_at.into(),
            row.until.into(),
            row.looks.into(),
            row.reviewed_at.into(),
            row.reviewed_by.into(),
            row.verdict.clone().into(),
        ],
    )
    .touching(1)
}

/// Counts a look; a conflict when the minutes are over, or somebody else asked for it.
#[must_use]
pub fn count_look(id: ProposalId, by: ActorId, now: Timestamp) -> Statement {
    statement(
        "UPDATE emergency SET looks = looks + 1 WHERE emergency_id = $1 AND asked_by = $2 AND until_at > $3",
        [id.into(), by.into(), now.into()],
    )
    .touching(1)
}

/// Judges a look; a conflict when it was judged before.
#[must_use]
pub fn review(id: ProposalId, by: ActorId, verdict: &str, now: Timestamp) -> Statement {
    statement(
        "UPDATE emergency SET reviewed_at = $4, reviewed_by = $2, verdict = $3 \
         WHERE emergency_id = $1 AND reviewed_at IS NULL",
        [id.into(), by.into(), verdict.into(), now.into()],
    )
    .touching(1)
}

/// A person goes, with their cases, which must still be there: nothing leads from here to them.
#[must_use]
pub fn forget_cases(subject: SubjectId) -> Statement {
    statement(
        "UPDATE emergency SET reference = NULL WHERE reference IN \
         (SELECT reference FROM case_file WHERE subject_id = $1)",
        [subject.into()],
    )
}

/// The one of that id.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, id: ProposalId) -> Result<Option<Emergency>, Fault> {
    reader.first(
        "SELECT emergency_id, reference, reason, asked_by, agreed_by, opened_at, until_at, looks, reviewed_at, \
         reviewed_by, verdict FROM emergency WHERE emergency_id = $1",
        &[id.into()],
        read,
    )
}

/// Those that are open to somebody of staff, the newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn open_to(
    reader: &mut dyn Reader,
    staff: ActorId,
    now: Timestamp,
    count: u32,
) -> Result<Vec<Emergency>, Fault> {
    reader.list(
        "SELECT emergency_id, reference, reason, asked_by, agreed_by, opened_at, until_at, looks, reviewed_at, \
         reviewed_by, verdict FROM emergency WHERE asked_by = $1 AND until_at > $2 \
         ORDER BY until_at DESC, emergency_id LIMIT $3",
        &[staff.into(), now.into(), count.into()],
        read,
    )
}

/// One that nobody has judged, with the names of who asked and who agreed, while they have an account.
pub type Unjudged = (Emergency, Option<String>, Option<String>);

/// Those that nobody has judged, the oldest first, with the names of who asked and who agreed.
///
/// # Errors
/// When the engine does not answer.
pub fn unreviewed(reader: &mut dyn Reader, count: u32) -> Result<Vec<Unjudged>, Fault> {
    reader.list(
        "SELECT emergency_id, reference, reason, asked_by, agreed_by, opened_at, until_at, looks, reviewed_at, \
         reviewed_by, verdict, asker.name, second.name FROM emergency \
         LEFT JOIN staff asker ON asker.staff_id = emergency.asked_by \
         LEFT JOIN staff second ON second.staff_id = emergency.agreed_by \
         WHERE reviewed_at IS NULL ORDER BY opened_at, emergency_id LIMIT $1",
        &[count.into()],
        |row| Ok((read(row)?, row.take(11)?, row.take(12)?)),
    )
}

/// How many were opened before that instant and nobody has judged, as far as that count.
///
/// # Errors
/// When the engine does not answer.
pub fn late(reader: &mut dyn Reader, before: Timestamp, count: u32) -> Result<usize, Fault> {
    let found = reader.list(
        "SELECT emergency_id FROM emergency WHERE reviewed_at IS NULL AND opened_at < $1 \
         ORDER BY opened_at, emergency_id LIMIT $2",
        &[before.into(), count.into()],
        |row| row.take::<ProposalId>(0),
    )?;
    Ok(found.len())
}

fn read(row: &mut Row) -> Result<Emergency, Fault> {
    Ok(Emergency {
        id: row.take(0)?,
        reference: row.take(1)?,
        reason: row.take(2)?,
        asked_by: row.take(3)?,
        agreed_by: row.take(4)?,
        opened_at: row.take(5)?,
        until: row.take(6)?,
        looks: row.take(7)?,
        reviewed_at: row.take(8)?,
        reviewed_by: row.take(9)?,
        verdict: row.take(10)?,
    })
}
