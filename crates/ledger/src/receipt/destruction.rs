//! 6.3, 8: the act of destruction. What is gone, what must stay and by which norm, and until when a copy could be read.

use std::fmt;

use jiff::civil::Date;
use sandyq_model::{FieldSet, Pseudonym, ReceiptId, Verb};
use serde::{Deserialize, Serialize};

use super::{Evidence, Operator, ReceiptError, Statement, wire};
use crate::entry::{Deed, Entry, Moment};

/// The statement that values were destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DestructionReceipt {
    /// [`Statement::FORMAT`].
    pub format: String,
    /// The number of this receipt.
    #[serde(with = "wire::text")]
    pub receipt: ReceiptId,
    /// Who destroyed.
    pub operator: Operator,
    /// What the ledger calls the person; it leads to nobody any more.
    #[serde(with = "wire::text")]
    pub subject: Pseudonym,
    /// When the person withdrew, where that is the reason.
    #[serde(
        default,
        with = "wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub withdrawn_at: Option<Moment>,
    /// When the values were destroyed.
    #[serde(with = "wire::text")]
    pub destroyed_at: Moment,
    /// When this receipt was issued.
    #[serde(with = "wire::text")]
    pub issued_at: Moment,
    /// What was done: `destroy`, and `delete` where the account ended with it.
    pub verbs: Vec<VerbWord>,
    /// The fields that are gone.
    #[serde(with = "wire::fields")]
    pub destroyed: FieldSet,
    /// What must stay, locked, and why.
    pub kept: Vec<Kept>,
    /// What became of copies.
    pub copies: Copies,
    /// The entry of the destruction in the ledger.
    pub ledger: Evidence,
}

/// A verb by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VerbWord(#[serde(with = "wire::text")] pub Verb);

/// Fields that a norm keeps (8-a): locked, storage only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Which fields.
    #[serde(with = "wire::fields")]
    pub fields: FieldSet,
    /// The norm, article and item.
    pub citation: String,
    /// The last day on which they are kept, in Kazakhstan.
    #[serde(with = "wire::text")]
    pub until: Date,
}

/// What became of the copies of the destroyed values: sealed backups hold them until their key is dead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copies {
    /// What is stated.
    pub statement: CopiesStatement,
    /// The number of the key epoch in which the values were sealed.
    pub epoch: u64,
    /// When the key of that epoch is dead at the latest; when no copy is left, the destruction itself.
    #[serde(with = "wire::text")]
    pub dead_after: Moment,
}

/// The two honest statements about copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopiesStatement {
    /// No copy is left that any key could open.
    NoneLeft,
    /// Until `dead_after`, somebody who holds both a backup from before the destruction and the key of the epoch could
    /// restore the values; the operator's own restore destroys them again before it opens. Afterwards nobody can.
    SealedUntilEpochEnds,
}

impl fmt::Display for CopiesStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoneLeft => "no copy is left that any key could open",
            Self::SealedUntilEpochEnds => {
                "sealed backups from before the destruction stay readable to whoever also holds the key of the epoch, \
                 until that key is dead"
            }
        })
    }
}

impl Statement for DestructionReceipt {
    const FORMAT: &'static str = "sandyq/destruction-receipt/v1";

    fn format(&self) -> &str {
        &self.format
    }

    fn evidence(&self) -> &Evidence {
        &self.ledger
    }

    fn check(&self, entry: &Entry) -> Result<(), ReceiptError> {
        let order = [
            self.withdrawn_at.unwrap_or(self.destroyed_at),
            self.destroyed_at,
            self.issued_at,
        ];
        let epoch_lasts = self.copies.dead_after >= self.destroyed_at;
        let kept = self
            .kept
            .iter()
            .fold(FieldSet::EMPTY, |all, kept| all.union(kept.fields));
        for (holds, otherwise) in [
            (
                entry.deed == Deed::Verb(Verb::Destroy),
                "the entry is not of a destruction",
            ),
            (
                entry.subject == Some(self.subject),
                "the entry is about somebody else",
            ),
            (entry.at == self.destroyed_at, "the entry is of another instant"),
            (entry.fields == self.destroyed, "the entry is about other fields"),
            (!self.destroyed.is_empty(), "nothing was destroyed"),
            (
                self.verbs.contains(&VerbWord(Verb::Destroy)),
                "its verbs do not say `destroy`",
            ),
            (order.is_sorted(), "its instants are not in order"),
            (epoch_lasts, "its copies were dead before the destruction"),
            (
                kept.intersection(self.destroyed).is_empty(),
                "a field is both destroyed and kept",
            ),
            (
                kept.is_empty() || self.destroyed.intersection(FieldSet::RECORD).is_empty(),
                "the record as a whole is destroyed and something of it kept",
            ),
            (
                self.kept
                    .iter()
                    .all(|kept| !kept.fields.is_empty() && !kept.citation.trim().is_empty()),
                "something is kept without a norm",
            ),
        ] {
            if !holds {
                return Err(ReceiptError::Contradiction(otherwise));
            }
        }
        Ok(())
    }
}
