//! Receipts that were handed out: of consent, of destruction. They outlive the subject and name it by pseudonym only.

use jiff::Timestamp;
use sandyq_model::{Fault, Pseudonym, ReceiptId};

use crate::database::{Reader, ReaderExt, Row, Statement, statement};

/// One receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which.
    pub id: ReceiptId,
    /// Of what (`consent`, `destruction`).
    pub kind: String,
    /// About whom, as the ledger calls them.
    pub pseudonym: Pseudonym,
    /// The receipt as it was signed.
    pub body: Vec<u8>,
    /// When.
    pub at: Timestamp,
}

/// Keeps a receipt.
#[must_use]
pub fn insert(receipt: &Receipt) -> Statement {
    statement(
        "INSERT INTO receipt (receipt_id, kind, subject_pseudonym, body, at) VALUES ($1, $2, $3, $4, $5)",
        [
            receipt.id.into(),
            receipt.kind.as_str().into(),
            receipt.pseudonym.into(),
            receipt.body.as_slice().into(),
            receipt.at.into(),
        ],
    )
    .touching(1)
}

/// Puts the signed text in place of the draft that the operation left in its own commit; a conflict when somebody else did.
#[must_use]
pub fn complete(id: ReceiptId, draft: &[u8], body: &[u8]) -> Statement {
    statement(
        "UPDATE receipt SET body = $3 WHERE receipt_id = $1 AND body = $2",
        [id.into(), draft.into(), body.into()],
    )
    .touching(1)
}

/// The receipt of that id.
///
/// # Errors
/// When the engine does not answer.
pub fn find(reader: &mut dyn Reader, id: ReceiptId) -> Result<Option<Receipt>, Fault> {
    reader.first(
        "SELECT receipt_id, kind, subject_pseudonym, body, at FROM receipt WHERE receipt_id = $1",
        &[id.into()],
        read,
    )
}

/// The receipts about a pseudonym, newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn of_pseudonym(reader: &mut dyn Reader, pseudonym: Pseudonym) -> Result<Vec<Receipt>, Fault> {
    reader.list(
        "SELECT receipt_id, kind, subject_pseudonym, body, at FROM receipt WHERE subject_pseudonym = $1 \
         ORDER BY at DESC, receipt_id",
        &[pseudonym.into()],
        read,
    )
}

/// Some receipts of a kind, newest first.
///
/// # Errors
/// When the engine does not answer.
pub fn newest(reader: &mut dyn Reader, kind: &str, limit: u32, offset: u32) -> Result<Vec<Receipt>, Fault> {
    reader.list(
        "SELECT receipt_id, kind, subject_pseudonym, body, at FROM receipt WHERE kind = $1 \
         ORDER BY at DESC, receipt_id LIMIT $2 OFFSET $3",
        &[kind.into(), limit.into(), offset.into()],
        read,
    )
}

fn read(row: &mut Row) -> Result<Receipt, Fault> {
    Ok(Receipt {
        id: row.take(0)?,
        kind: row.take(1)?,
        pseudonym: row.take(2)?,
        body: row.take(3)?,
        at: row.take(4)?,
    })
}
