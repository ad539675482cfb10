//! 4.2: what was handed over, to whom, on what ground. A line stays when its subject is destroyed: it leads to nobody then, and
//! the recipient still has to be told by its reference.

use jiff::Timestamp;
use sandyq_model::{
    ActorId, ConsentId, DisclosureId, Fault, FieldSet, Purpose, RecipientId, SubjectId, WebhookId,
};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// What [`read`] reads, in its order.
macro_rules! columns {
    () => {
        "subject_id, disclosure_id, reference, recipient_id, purpose, fields, consent_id, article, document, dated, form, at, \
         handed_by, recalled_at, recalled_for, told_at, confirmed_at, confirmed_document, webhook_id, delivered_at, \
         failed_at, hook_told_at"
    };
}

/// One handing-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// Whose data.
    pub subject: SubjectId,
    /// Which handing-over.
    pub id: DisclosureId,
    /// The number by which the recipient knows it.
    pub reference: String,
    /// To whom.
    pub recipient: RecipientId,
    /// What for.
    pub purpose: Purpose,
    /// Which fields.
    pub fields: FieldSet,
    /// The consent on which it rests (4.2.1).
    pub consent: Option<ConsentId>,
    /// The article on which it rests (4.2.2).
    pub article: Option<String>,
    /// The number of the document by which it was demanded.
    pub document: Option<String>,
    /// The day on that document, as `2026-11-27`.
    pub dated: Option<String>,
    /// How: `file`, `paper` or `webhook`.
    pub form: String,
    /// When.
    pub at: Timestamp,
    /// Which member of staff handed it over.
    pub handed_by: ActorId,
    /// Since when the recipient must not use it any more.
    pub recalled_at: Option<Timestamp>,
    /// Why: `withdrawn` or `destroyed`.
    pub recalled_for: Option<String>,
    /// When the recipient was told so.
    pub told_at: Option<Timestamp>,
    /// When the recipient's confirmation came.
    pub confirmed_at: Option<Timestamp>,
    /// The number of the document by which the recipient confirmed.
    pub confirmed_document: Option<String>,
    /// To which address of the recipient it was sent, when it went by webhook.
    pub webhook: Option<WebhookId>,
    /// When the receiver there said that it has it.
    pub delivered_at: Option<Timestamp>,
    /// When it was sure that nothing arrived there. Where both are absent it is not known, and counts as handed over.
    pub failed_at: Option<Timestamp>,
    /// When that address was told that the recipient must not use it any more.
    pub hook_told_at: Option<Timestamp>,
}

/// Enters a handing-over.
#[must_use]
pub fn insert(row: &Disclosure) -> Statement {
    statement(
        concat!(
            "INSERT INTO disclosure (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)"
        ),
        [
            row.subject.into(),
            row.id.into(),
            row.reference.as_str().into(),
            row.recipient.into(),
            row.purpose.into(),
            row.fields.into(),
            row.consent.into(),
            row.article.clone().into(),
            row.document.clone().into(),
            row.dated.clone().into(),
            row.form.as_str().into(),
            row.at.into(),
            row.handed_by.into(),
            row.recalled_at.into(),
            row.recalled_for.clone().into(),
            row.told_at.into(),
            row.confirmed_at.into(),
            row.confirmed_document.clone().into(),
            row.webhook.into(),
            row.delivered_at.into(),
            row.failed_at.into(),
            row.hook_told_at.into(),
        ],
    )
    .touching(1)
}

/// The receiver has it; a conflict when it was answered before.
#[must_use]
pub fn delivered(row: &Disclosure, at: Timestamp) -> Statement {
    statement(
        "UPDATE disclosure SET delivered_at = $3 WHERE subject_id = $1 AND disclosure_id = $2 \
         AND form = 'webhook' AND delivered_at IS NULL AND failed_at IS NULL",
        [row.subject.into(), row.id.into(), at.into()],
    )
    .touching(1)
}

/// Nothing arrived; a conflict when it was answered before.
#[must_use]
pub fn failed(row: &Disclosure, at: Timestamp) -> Statement {
    statement(
        "UPDATE disclosure SET failed_at = $3 WHERE subject_id = $1 AND disclosure_id = $2 \
         AND form = 'webhook' AND delivered_at IS NULL AND failed_at IS NULL",
        [row.subject.into(), row.id.into(), at.into()],
    )
    .touching(1)
}

/// Why it was called back: the time of storage ended.
pub const DESTROYED: &str = "destroyed";

/// From then on the recipient must not use it; what was recalled before stays as it is.
#[must_use]
pub fn recall(row: &Disclosure, why: &str, at: Timestamp) -> Statement {
    statement(
        "UPDATE disclosure SET recalled_at = $3, recalled_for = $4 \
         WHERE subject_id = $1 AND disclosure_id = $2 AND recalled_at IS NULL",
        [row.subject.into(), row.id.into(), at.into(), why.into()],
    )
}

/// The same for everything that was handed over under a consent of somebody; what surely did not arrive is not called back.
#[must_use]
pub fn recall_all(subject: SubjectId, why: &str, at: Timestamp) -> Statement {
    statement(
        "UPDATE disclosure SET recalled_at = $2, recalled_for = $3 \
         WHERE subject_id = $1 AND consent_id IS NOT NULL AND recalled_at IS NULL AND failed_at IS NULL",
        [subject.into(), at.into(), why.into()],
    )
}

/// The recipient was told; a conflict when it was before.
#[must_use]
pub fn told(row: &Disclosure, at: Timestamp) -> Statement {
    statement(
        "UPDATE disclosure SET told_at = $3 WHERE subject_id = $1 AND disclosure_id = $2 AND told_at IS NULL",
        [row.subject.into(), row.id.into(), at.into()],
    )
    .touching(1)
}

/// The address to which it went was told; a conflict when it was before.
#[must_use]
pub fn hook_told(row: &Disclosure, at: Timestamp) -> Statement {
    statement(
        "UPDATE disclosure SET hook_told_at = $3 WHERE subject_id = $1 AND disclosure_id = $2 AND hook_told_at IS NULL",
        [row.subject.into(), row.id.into(), at.into()],
    )
    .touching(1)
}

/// The recipient confirmed by that document; a conflict when it did before, or there was nothing to confirm.
#[must_use]
pub fn confirmed(row: &Disclosure, document: &str, at: Timestamp) -> Statement {
    statement(
        "UPDATE disclosure SET confirmed_at = $3, confirmed_document = $4 \
         WHERE subject_id = $1 AND disclosure_id = $2 AND recalled_at IS NOT NULL AND confirmed_at IS NULL",
        [row.subject.into(), row.id.into(), at.into(), document.into()],
    )
    .touching(1)
}

/// Of a subject, the oldest first.
///
/// # Errors
/// When the engine does not answer.
pub fn of_subject(reader: &mut dyn Reader, subject: SubjectId, limit: u32) -> Result<Vec<Disclosure>, Fault> {
    reader.list(
        concat!(
            "SELECT ",
            columns!(),
            " FROM disclosure WHERE subject_id = $1 ORDER BY at, disclosure_id LIMIT $2"
        ),
        &[subject.into(), limit.into()],
        read,
    )
}

/// That one.
///
/// # Errors
/// When the engine does not answer.
pub fn find(
    reader: &mut dyn Reader,
    subject: SubjectId,
    id: DisclosureId,
) -> Result<Option<Disclosure>, Fault> {
    reader.first(
        concat!(
            "SELECT ",
            columns!(),
            " FROM disclosure WHERE subject_id = $1 AND disclosure_id = $2"
        ),
        &[subject.into(), id.into()],
        read,
    )
}

/// The newest ones, `skip` of them left out.
///
/// # Errors
/// When the engine does not answer.
pub fn newest(reader: &mut dyn Reader, limit: u32, skip: u32) -> Result<Vec<Disclosure>, Fault> {
    reader.list(
        concat!(
            "SELECT ",
            columns!(),
            " FROM disclosure ORDER BY at DESC LIMIT $1 OFFSET $2"
        ),
        &[limit.into(), skip.into()],
        read,
    )
}

/// Those that were recalled and that nobody confirmed, the oldest first.
///
/// # Errors
/// When the engine does not answer.
pub fn recalled(reader: &mut dyn Reader, limit: u32) -> Result<Vec<Disclosure>, Fault> {
    reader.list(
        concat!(
            "SELECT ",
            columns!(),
            " FROM disclosure WHERE recalled_at IS NOT NULL AND confirmed_at IS NULL AND failed_at IS NULL ORDER BY recalled_at LIMIT $1"
        ),
        &[limit.into()],
        read,
    )
}

/// Those that were recalled before that instant and of which the recipient was not told, the oldest first.
///
/// # Errors
/// When the engine does not answer.
pub fn untold(reader: &mut dyn Reader, before: Timestamp, limit: u32) -> Result<Vec<Disclosure>, Fault> {
    reader.list(
        concat!(
            "SELECT ",
            columns!(),
            " FROM disclosure WHERE recalled_at < $1 AND told_at IS NULL AND failed_at IS NULL ORDER BY recalled_at LIMIT $2"
        ),
        &[before.into(), limit.into()],
        read,
    )
}

/// Those that were recalled before that instant and went to an address of a recipient that has one and was not told there, the
/// oldest first.
///
/// # Errors
/// When the engine does not answer.
pub fn hook_untold(reader: &mut dyn Reader, before: Timestamp, limit: u32) -> Result<Vec<Disclosure>, Fault> {
    reader.list(
        concat!(
            "SELECT ",
            columns!(),
            " FROM disclosure WHERE recalled_at < $1 AND webhook_id IS NOT NULL AND hook_told_at IS NULL \
             AND failed_at IS NULL \
             AND EXISTS (SELECT 1 FROM webhook WHERE webhook.recipient_id = disclosure.recipient_id \
             AND webhook.ended_at IS NULL) ORDER BY recalled_at LIMIT $2"
        ),
        &[before.into(), limit.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<Disclosure, Fault> {
    Ok(Disclosure {
        subject: row.take(0)?,
        id: row.take(1)?,
        reference: row.take(2)?,
        recipient: row.take(3)?,
        purpose: row.take(4)?,
        fields: row.take(5)?,
        consent: row.take(6)?,
        article: row.take(7)?,
        document: row.take(8)?,
        dated: row.take(9)?,
        form: row.take(10)?,
        at: row.take(11)?,
        handed_by: row.take(12)?,
        recalled_at: row.take(13)?,
        recalled_for: row.take(14)?,
        told_at: row.take(15)?,
        confirmed_at: row.take(16)?,
        confirmed_document: row.take(17)?,
        webhook: row.take(18)?,
        delivered_at: row.take(19)?,
        failed_at: row.take(20)?,
        hook_told_at: row.take(21)?,
    })
}
