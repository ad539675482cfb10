//! 5.1.3: what was done about the people of a breach: how they were looked for and how far that came, the letters to them, and
//! to whom their list was opened. Nobody of them is in it, so it stays when they are destroyed. No row is ever removed, and of a
//! row nothing changes but how far it came.

use jiff::Timestamp;
use sandyq_model::{ActorId, BreachActId, BreachActKind, BreachId, Category, Fault, FieldSet};

use crate::database::{Reader, ReaderExt, Row, Statement, Value, statement};

/// One act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreachAct {
    /// Which.
    pub id: BreachActId,
    /// About whose people.
    pub breach: BreachId,
    /// Its place among the acts about that breach, from 1.
    pub number: u32,
    /// What is done.
    pub kind: BreachActKind,
    /// Of people who are stored: of which groups.
    pub categories: Vec<Category>,
    /// Of people who are stored: with one of these fields; none of them is "with any". Of letters: what they say was concerned.
    pub fields: FieldSet,
    /// Of people who were looked at: by which account of staff.
    pub staff: Option<ActorId>,
    /// From which instant they were looked at.
    pub from_at: Option<Timestamp>,
    /// Until which instant they were, or until when a list is open.
    pub until_at: Option<Timestamp>,
    /// What a letter says, in Kazakh, Russian and English.
    pub texts: Option<[String; 3]>,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// Which member of staff began it.
    pub begun_by: ActorId,
    /// Who agreed to it as the second person.
    pub agreed_by: Option<ActorId>,
    /// How far it came.
    pub progress: Progress,
}

/// How far an act came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Where it goes on: behind this subject, or at this entry of the ledger.
    pub reached: Vec<u8>,
    /// How many people, or entries of the ledger, were looked through.
    pub seen: u64,
    /// How many people were found, or written to.
    pub found: u64,
    /// How many would have been found and have withdrawn or were destroyed.
    pub left_out: u64,
    /// When it was stopped because no more people can be kept for one breach.
    pub full_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// What [`read`] reads, in its order.
macro_rules! columns {
    () => {
        "act_id, breach_id, act_number, kind, categories, fields, staff_id, from_at, until_at, text_kk, text_ru, text_en, \
         begun_at, begun_by, agreed_by, reached, seen, found, left_out, full_at, ended_at"
    };
}

macro_rules! entered_as {
    ($number:literal) => {
        concat!(
            "INSERT INTO breach_act (",
            columns!(),
            ") VALUES ($1, $2, ",
            $number,
            ", $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
        )
    };
}

/// Enters an act under the next number of its breach, whatever `number` says.
#[must_use]
pub fn begin(act: &BreachAct) -> Statement {
    let next = entered_as!(
        "(SELECT COALESCE(MAX(known.act_number), 0) + 1 FROM breach_act AS known WHERE known.breach_id = $2)"
    );
    statement(next, values(act)).touching(1)
}

/// Enters an act under its own number; a conflict when another one has it: what was decided on is not the newest any more.
#[must_use]
pub fn begin_numbered(act: &BreachAct) -> Statement {
    let mut values = values(act);
    values.push(act.number.into());
    statement(entered_as!("$21"), values).touching(1)
}

fn values(act: &BreachAct) -> Vec<Value> {
    let categories: Vec<&str> = act.categories.iter().map(|category| category.name()).collect();
    let [kk, ru, en] = act
        .texts
        .clone()
        .map_or([None, None, None], |texts| texts.map(Some));
    let progress = &act.progress;
    vec![
        act.id.into(),
        act.breach.into(),
        u32::from(act.kind.code()).into(),
        categories.join(" ").into(),
        act.fields.into(),
        act.staff.into(),
        act.from_at.into(),
        act.until_at.into(),
        kk.into(),
        ru.into(),
        en.into(),
        act.begun_at.into(),
        act.begun_by.into(),
        act.agreed_by.into(),
        progress.reached.clone().into(),
        progress.seen.into(),
        progress.found.into(),
        progress.left_out.into(),
        progress.full_at.into(),
        progress.ended_at.into(),
    ]
}

/// Brings an act on from where it was; a conflict when somebody else did, or it has ended.
#[must_use]
pub fn go_on(id: BreachActId, from: &[u8], to: &Progress) -> Statement {
    statement(
        "UPDATE breach_act SET reached = $3, seen = $4, found = $5, left_out = $6, full_at = $7, ended_at = $8 \
         WHERE act_id = $1 AND reached = $2 AND ended_at IS NULL",
        [
            id.into(),
            from.into(),
            to.reached.clone().into(),
            to.seen.into(),
            to.found.into(),
            to.left_out.into(),
            to.full_at.into(),
            to.ended_at.into(),
        ],
    )
    .touching(1)
}

/// The acts about the people of a breach, newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn of_breach(reader: &mut dyn Reader, breach: BreachId, limit: u32) -> Result<Vec<BreachAct>, Fault> {
    reader.list(
        concat!(
            "SELECT ",
            columns!(),
            " FROM breach_act WHERE breach_id = $1 ORDER BY act_number DESC LIMIT $2"
        ),
        &[breach.into(), limit.into()],
        read,
    )
}

/// The act of that id.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, id: BreachActId) -> Result<Option<BreachAct>, Fault> {
    reader.first(
        concat!("SELECT ", columns!(), " FROM breach_act WHERE act_id = $1"),
        &[id.into()],
        read,
    )
}

/// The acts that have not ended, the oldest first.
///
/// # Errors
/// When the engine does not answer.
pub fn unended(reader: &mut dyn Reader, limit: u32) -> Result<Vec<BreachActId>, Fault> {
    reader.list(
        "SELECT act_id FROM breach_act WHERE ended_at IS NULL ORDER BY begun_at, act_id LIMIT $1",
        &[limit.into()],
        |row| row.take(0),
    )
}

fn read(row: &mut Row) -> Result<BreachAct, Fault> {
    let categories: String = row.take(4)?;
    let categories = categories.split_whitespace().map(str::parse);
    let texts: [Option<String>; 3] = [row.take(9)?, row.take(10)?, row.take(11)?];
    let texts = match texts {
        [Some(kk), Some(ru), Some(en)] => Some([kk, ru, en]),
        _ => None,
    };
    Ok(BreachAct {
        id: row.take(0)?,
        breach: row.take(1)?,
        number: row.take(2)?,
        kind: BreachActKind::from_code(row.take(3)?).ok_or_else(|| unknown("act"))?,
        categories: categories
            .collect::<Result<_, _>>()
            .map_err(|_| unknown("category"))?,
        fields: row.take(5)?,
        staff: row.take(6)?,
        from_at: row.take(7)?,
        until_at: row.take(8)?,
        texts,
        begun_at: row.take(12)?,
        begun_by: row.take(13)?,
        agreed_by: row.take(14)?,
        progress: Progress {
            reached: row.take(15)?,
            seen: row.take(16)?,
            found: row.take(17)?,
            left_out: row.take(18)?,
            full_at: row.take(19)?,
            ended_at: row.take(20)?,
        },
    })
}

fn unknown(what: &str) -> Fault {
    Fault::Store(format!(
        "what was done about the people of a breach holds a {what} that is not known"
    ))
}
