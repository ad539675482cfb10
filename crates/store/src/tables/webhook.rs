//! 4.2: the addresses on the network of recipients of the register. Each row is an address with a secret of its own, by which the
//! recipient knows our messages; the secret is derived by the vault and lies nowhere. A row is ended and never changed.

use jiff::Timestamp;
use sandyq_model::{ActorId, Fault, RecipientId, WebhookId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};
use crate::vault::WebhookKey;

/// An address with its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookRow {
    /// Which; its secret is derived from it.
    pub id: WebhookId,
    /// Whose.
    pub recipient: RecipientId,
    /// Where messages go: an address that begins with `https://`.
    pub address: String,
    /// The version of the key from which its secret is derived.
    pub key_version: u16,
    /// Since when.
    pub entered_at: Timestamp,
    /// Which member of staff entered it.
    pub entered_by: ActorId,
    /// When it ended: nothing is sent under it alone any more.
    pub ended_at: Option<Timestamp>,
    /// Which member of staff ended it.
    pub ended_by: Option<ActorId>,
    /// Until when its secret signs beside the one that came in its place.
    pub signs_until: Option<Timestamp>,
}

impl WebhookRow {
    /// From what its secret is derived.
    #[must_use]
    pub const fn key(&self) -> WebhookKey {
        WebhookKey {
            recipient: self.recipient,
            webhook: self.id,
            version: self.key_version,
        }
    }
}

/// Enters an address; a conflict when the recipient has one that did not end.
#[must_use]
pub fn insert(row: &WebhookRow) -> Statement {
    statement(
        "INSERT INTO webhook (webhook_id, recipient_id, address, key_version, entered_at, entered_by, ended_at, ended_by, \
         signs_until) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 \
         WHERE NOT EXISTS (SELECT 1 FROM webhook WHERE recipient_id = $2 AND ended_at IS NULL)",
        [
            row.id.into(),
            row.recipient.into(),
            row.address.as_str().into(),
            u32::from(row.key_version).into(),
            row.entered_at.into(),
            row.entered_by.into(),
            row.ended_at.into(),
            row.ended_by.into(),
            row.signs_until.into(),
        ],
    )
    .touching(1)
}

/// Ends an address; its secret signs until then, if it goes on to. A conflict when it had ended.
#[must_use]
pub fn end(id: WebhookId, by: ActorId, at: Timestamp, signs_until: Option<Timestamp>) -> Statement {
    statement(
        "UPDATE webhook SET ended_at = $2, ended_by = $3, signs_until = $4 WHERE webhook_id = $1 AND ended_at IS NULL",
        [id.into(), at.into(), by.into(), signs_until.into()],
    )
    .touching(1)
}

/// From then on no older secret of the recipient signs.
#[must_use]
pub fn silence(recipient: RecipientId, at: Timestamp) -> Statement {
    statement(
        "UPDATE webhook SET signs_until = $2 WHERE recipient_id = $1 AND signs_until > $2",
        [recipient.into(), at.into()],
    )
}

/// All of a recipient, the newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn of_recipient(
    reader: &mut dyn Reader,
    recipient: RecipientId,
    limit: u32,
) -> Result<Vec<WebhookRow>, Fault> {
    reader.list(
        "SELECT webhook_id, recipient_id, address, key_version, entered_at, entered_by, ended_at, ended_by, signs_until \
         FROM webhook WHERE recipient_id = $1 ORDER BY entered_at DESC, webhook_id LIMIT $2",
        &[recipient.into(), limit.into()],
        read,
    )
}

/// Those of every recipient that did not end.
///
/// # Errors
/// When the engine does not answer.
pub fn open(reader: &mut dyn Reader, limit: u32) -> Result<Vec<WebhookRow>, Fault> {
    reader.list(
        "SELECT webhook_id, recipient_id, address, key_version, entered_at, entered_by, ended_at, ended_by, signs_until \
         FROM webhook WHERE ended_at IS NULL ORDER BY webhook_id LIMIT $1",
        &[limit.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<WebhookRow, Fault> {
    let version: u32 = row.take(3)?;
    Ok(WebhookRow {
        id: row.take(0)?,
        recipient: row.take(1)?,
        address: row.take(2)?,
        key_version: u16::try_from(version)
            .map_err(|_| Fault::Store("a secret of a webhook has no version that is known".into()))?,
        entered_at: row.take(4)?,
        entered_by: row.take(5)?,
        ended_at: row.take(6)?,
        ended_by: row.take(7)?,
        signs_until: row.take(8)?,
    })
}
