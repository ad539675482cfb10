//! 3, 5.1.2: the register of the operator's own documents, and their files, sealed. It is only ever added to: there is no
//! statement here that changes a row or removes one, and nothing else writes to these tables. That a document was taken off the
//! site is a row beside it.

use jiff::Timestamp;
use jiff::civil::Date;
use sandyq_model::{ActorId, Fault, LocalActId, LocalActKind};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One version of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalAct {
    /// Which: the first bytes of the hash of its file.
    pub id: LocalActId,
    /// Its number in the register; they follow each other without a gap.
    pub number: u32,
    /// What it is.
    pub kind: LocalActKind,
    /// What it is called.
    pub title: String,
    /// The number that it bears.
    pub document: String,
    /// Which version.
    pub version: String,
    /// When it was adopted.
    pub adopted_on: Date,
    /// Who adopted it, by the position.
    pub approver: String,
    /// Since when it is in force.
    pub in_force_since: Date,
    /// The number in the register of the document in whose place it comes.
    pub replaces: Option<u32>,
    /// Whether everybody may read it.
    pub is_public: bool,
    /// SHA-256 of its file.
    pub file_hash: [u8; 32],
    /// The length of its file.
    pub file_bytes: u64,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// Which member of staff entered it.
    pub entered_by: ActorId,
}

/// A document with what came in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The document.
    pub act: LocalAct,
    /// What replaces it.
    pub replaced_by: Option<Newer>,
    /// When it was taken off the site.
    pub hidden_at: Option<Timestamp>,
    /// Whether the one that it replaces stands on the site.
    pub older_is_shown: bool,
}

impl Listed {
    /// Whether it stands on the site: it is public, and was not taken off.
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        self.act.is_public && self.hidden_at.is_none()
    }
}

/// What came in the place of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newer {
    /// Its number in the register.
    pub number: u32,
    /// Since when it is in force.
    pub since: Date,
    /// Whether it stands on the site.
    pub is_shown: bool,
}

/// Enters a document under the next number of the register, whatever `number` says.
#[must_use]
pub fn enter(act: &LocalAct) -> Statement {
    statement(
        "INSERT INTO local_act (act_id, number, kind, title, document, version, adopted_on, approver, in_force_since, \
         replaces, is_public, file_hash, file_bytes, entered_at, entered_by) \
         VALUES ($1, (SELECT COALESCE(MAX(known.number), 0) + 1 FROM local_act AS known), $2, $3, $4, $5, $6, $7, $8, \
         $9, $10, $11, $12, $13, $14)",
        [
            act.id.into(),
            u32::from(act.kind.code()).into(),
            act.title.clone().into(),
            act.document.clone().into(),
            act.version.clone().into(),
            act.adopted_on.to_string().into(),
            act.approver.clone().into(),
            act.in_force_since.to_string().into(),
            act.replaces.into(),
            act.is_public.into(),
            act.file_hash.as_slice().into(),
            act.file_bytes.into(),
            act.entered_at.into(),
            act.entered_by.into(),
        ],
    )
    .touching(1)
}

/// Keeps its file, sealed.
#[must_use]
pub fn keep_file(act: LocalActId, sealed: Vec<u8>) -> Statement {
    statement(
        "INSERT INTO local_act_file (act_id, sealed) VALUES ($1, $2)",
        [act.into(), sealed.into()],
    )
    .touching(1)
}

/// Takes a document off the site, for good.
#[must_use]
pub fn hide(act: LocalActId, at: Timestamp, by: ActorId) -> Statement {
    statement(
        "INSERT INTO local_act_hidden (act_id, hidden_at, hidden_by) VALUES ($1, $2, $3)",
        [act.into(), at.into(), by.into()],
    )
    .touching(1)
}

/// Some of the register, newest first; all of it, or what stands on the site.
///
/// # Errors
/// When the engine does not answer.
pub fn page(
    reader: &mut dyn Reader,
    only_shown: bool,
    limit: u32,
    offset: u32,
) -> Result<Vec<Listed>, Fault> {
    reader.list(
        "SELECT act.act_id, act.number, act.kind, act.title, act.document, act.version, act.adopted_on, act.approver, \
         act.in_force_since, act.replaces, act.is_public, act.file_hash, act.file_bytes, act.entered_at, act.entered_by, \
         hidden.hidden_at, newer.number, newer.in_force_since, newer.is_public, newer_hidden.hidden_at, \
         older.is_public, older_hidden.hidden_at FROM local_act AS act \
         LEFT JOIN local_act_hidden AS hidden ON hidden.act_id = act.act_id \
         LEFT JOIN local_act AS newer ON newer.replaces = act.number \
         LEFT JOIN local_act_hidden AS newer_hidden ON newer_hidden.act_id = newer.act_id \
         LEFT JOIN local_act AS older ON older.number = act.replaces \
         LEFT JOIN local_act_hidden AS older_hidden ON older_hidden.act_id = older.act_id \
         WHERE CASE WHEN hidden.act_id IS NULL THEN act.is_public ELSE 0 END >= $1 \
         ORDER BY act.number DESC LIMIT $2 OFFSET $3",
        &[u32::from(only_shown).into(), limit.into(), offset.into()],
        listed,
    )
}

/// The document of that number in the register.
///
/// # Errors
/// When the engine does not answer.
pub fn by_number(reader: &mut dyn Reader, number: u32) -> Result<Option<Listed>, Fault> {
    reader.first(
        "SELECT act.act_id, act.number, act.kind, act.title, act.document, act.version, act.adopted_on, act.approver, \
         act.in_force_since, act.replaces, act.is_public, act.file_hash, act.file_bytes, act.entered_at, act.entered_by, \
         hidden.hidden_at, newer.number, newer.in_force_since, newer.is_public, newer_hidden.hidden_at, \
         older.is_public, older_hidden.hidden_at FROM local_act AS act \
         LEFT JOIN local_act_hidden AS hidden ON hidden.act_id = act.act_id \
         LEFT JOIN local_act AS newer ON newer.replaces = act.number \
         LEFT JOIN local_act_hidden AS newer_hidden ON newer_hidden.act_id = newer.act_id \
         LEFT JOIN local_act AS older ON older.number = act.replaces \
         LEFT JOIN local_act_hidden AS older_hidden ON older_hidden.act_id = older.act_id WHERE act.number = $1",
        &[number.into()],
        listed,
    )
}

/// The number in the register of that document.
///
/// # Errors
/// When the engine does not answer.
pub fn number_of(reader: &mut dyn Reader, id: LocalActId) -> Result<Option<u32>, Fault> {
    reader.first(
        "SELECT number FROM local_act WHERE act_id = $1",
        &[id.into()],
        |row| row.take(0),
    )
}

/// How many documents there are.
///
/// # Errors
/// When the engine does not answer.
pub fn count(reader: &mut dyn Reader) -> Result<u32, Fault> {
    let count = reader.first("SELECT COUNT(*) FROM local_act", &[], |row| row.take(0))?;
    Ok(count.unwrap_or(0))
}

/// Bytes of all files together, before they are sealed.
///
/// # Errors
/// When the engine does not answer.
pub fn bytes(reader: &mut dyn Reader) -> Result<u64, Fault> {
    let bytes = reader.first(
        "SELECT CAST(COALESCE(SUM(file_bytes), 0) AS BIGINT) FROM local_act",
        &[],
        |row| row.take(0),
    )?;
    Ok(bytes.unwrap_or(0))
}

/// The file of a document, sealed.
///
/// # Errors
/// When the engine does not answer.
pub fn file(reader: &mut dyn Reader, id: LocalActId) -> Result<Option<Vec<u8>>, Fault> {
    reader.first(
        "SELECT sealed FROM local_act_file WHERE act_id = $1",
        &[id.into()],
        |row| row.take(0),
    )
}

fn listed(row: &mut Row) -> Result<Listed, Fault> {
    let (number, since) = (row.take::<Option<u32>>(16)?, row.take::<Option<String>>(17)?);
    let since = since.map(day).transpose()?;
    let newer_is_shown = is_shown(row.take(18)?, row.take(19)?);
    Ok(Listed {
        replaced_by: number.zip(since).map(|(number, since)| Newer {
            number,
            since,
            is_shown: newer_is_shown,
        }),
        hidden_at: row.take(15)?,
        older_is_shown: is_shown(row.take(20)?, row.take(21)?),
        act: read(row)?,
    })
}

fn is_shown(is_public: Option<bool>, hidden_at: Option<Timestamp>) -> bool {
    is_public == Some(true) && hidden_at.is_none()
}

fn read(row: &mut Row) -> Result<LocalAct, Fault> {
    Ok(LocalAct {
        id: row.take(0)?,
        number: row.take(1)?,
        kind: LocalActKind::from_code(row.take(2)?).ok_or_else(|| unknown("kind"))?,
        title: row.take(3)?,
        document: row.take(4)?,
        version: row.take(5)?,
        adopted_on: day(row.take(6)?)?,
        approver: row.take(7)?,
        in_force_since: day(row.take(8)?)?,
        replaces: row.take(9)?,
        is_public: row.take(10)?,
        file_hash: row.take(11)?,
        file_bytes: row.take(12)?,
        entered_at: row.take(13)?,
        entered_by: row.take(14)?,
    })
}

fn day(text: String) -> Result<Date, Fault> {
    text.parse().map_err(|_| unknown("day"))
}

fn unknown(what: &str) -> Fault {
    Fault::Store(format!(
        "the register of documents holds a {what} that is not known"
    ))
}
