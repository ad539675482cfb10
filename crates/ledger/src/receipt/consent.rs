//! 1.2, 6.3: the receipt of a consent given, confirmed or withdrawn, with what ISO/IEC TS 27560 asks of one.

use std::fmt;
use std::str::FromStr;

use sandyq_model::{ConsentId, FieldSet, Pseudonym, Purpose, ReceiptId, Verb};
use serde::{Deserialize, Serialize};

use super::{Evidence, Operator, ReceiptError, Statement, wire};
use crate::entry::{Deed, Entry, Moment};
use crate::tree::{HASH_BYTES, Hash};

/// The statement that a person consented, or no longer does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentReceipt {
    /// [`Statement::FORMAT`].
    pub format: String,
    /// The number of this receipt.
    #[serde(with = "wire::text")]
    pub receipt: ReceiptId,
    /// To whom consent was given.
    pub operator: Operator,
    /// Where that operator is reached.
    pub contact: Contact,
    /// What the ledger calls the person.
    #[serde(with = "wire::text")]
    pub subject: Pseudonym,
    /// What happened.
    pub event: ConsentEvent,
    /// When it happened.
    #[serde(with = "wire::text")]
    pub at: Moment,
    /// When this receipt was issued.
    #[serde(with = "wire::text")]
    pub issued_at: Moment,
    /// What the person was shown.
    pub notice: Notice,
    /// Each question that was asked, and its answer.
    pub items: Vec<ConsentItem>,
    /// By which way it was confirmed or withdrawn: `email-code`, `portal`, `letter`, ….
    pub channel: String,
    /// The country whose law rules, two letters.
    pub jurisdiction: String,
    /// The country in which the data is kept, two letters.
    pub storage: String,
    /// The ways by which it can be withdrawn.
    pub withdraw_by: Vec<String>,
    /// The entry in the ledger.
    pub ledger: Evidence,
}

/// Where an operator is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Its postal address.
    pub address: String,
    /// Its e-mail address.
    pub email: String,
}

/// What happened to a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentEvent {
    /// It was given, and waits for its confirmation.
    Given,
    /// It was confirmed through a separate channel (1.2).
    Confirmed,
    /// It was withdrawn (6.3).
    Withdrawn,
}

impl ConsentEvent {
    /// The verb of the entry that accounts for it.
    #[must_use]
    pub const fn verb(self) -> Verb {
        match self {
            Self::Given => Verb::Collect,
            Self::Confirmed => Verb::Confirm,
            Self::Withdrawn => Verb::Withdraw,
        }
    }
}

/// The exact text that the person was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The SHA-256 of the text, in UTF-8.
    #[serde(with = "wire::text")]
    pub hash: HexHash,
    /// Its language: `kk`, `ru`, `en`.
    pub language: String,
    /// The SHA-256 of the policy then in force.
    #[serde(with = "wire::text")]
    pub policy: HexHash,
}

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentItem {
    /// The number of the consent row.
    #[serde(with = "wire::text")]
    pub consent: ConsentId,
    /// For which purpose.
    #[serde(with = "wire::text")]
    pub purpose: Purpose,
    /// Which fields.
    #[serde(with = "wire::fields")]
    pub fields: FieldSet,
    /// The third party that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// How long it lasts: a day such as `2027-01-31`, or `purpose-reached`.
    pub until: String,
    /// The answer.
    pub decision: Decision,
}

/// The answer to a question of consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Yes.
    Agreed,
    /// No; a box that was left unticked is a no.
    Declined,
    /// A yes that was taken back.
    Withdrawn,
}

/// A hash in 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HexHash(pub Hash);

impl fmt::Display for HexHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for HexHash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const NOT_A_HASH: &str = "a hash has 64 hexadecimal digits";
        let digit = |letter: u8| {
            char::from(letter)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        let mut hash = [0; HASH_BYTES];
        if text.len() != 2 * HASH_BYTES {
            return Err(NOT_A_HASH);
        }
        for (byte, pair) in hash.iter_mut().zip(text.as_bytes().as_chunks::<2>().0) {
            let (high, low) = (digit(pair[0]), digit(pair[1]));
            *byte = high
                .zip(low)
                .map(|(high, low)| high << 4 | low)
                .ok_or(NOT_A_HASH)?;
        }
        Ok(Self(Hash(hash)))
    }
}

impl Statement for ConsentReceipt {
    const FORMAT: &'static str = "sandyq/consent-receipt/v1";

    fn format(&self) -> &str {
        &self.format
    }

    fn evidence(&self) -> &Evidence {
        &self.ledger
    }

    fn check(&self, entry: &Entry) -> Result<(), ReceiptError> {
        let policy = entry
            .policy
            .is_none_or(|mark| self.notice.policy.0.0.starts_with(mark.as_bytes()));
        let answers = match self.event {
            ConsentEvent::Withdrawn => self.items.iter().all(|item| item.decision != Decision::Agreed),
            _ => self.items.iter().all(|item| item.decision != Decision::Withdrawn),
        };
        for (holds, otherwise) in [
            (
                entry.deed == Deed::Verb(self.event.verb()),
                "the entry is not of this event",
            ),
            (
                entry.subject == Some(self.subject),
                "the entry is about somebody else",
            ),
            (entry.at == self.at, "the entry is of another instant"),
            (policy, "the entry was decided by another policy"),
            (self.at <= self.issued_at, "its instants are not in order"),
            (!self.items.is_empty(), "it holds no answer"),
            (answers, "an answer does not fit what happened"),
        ] {
            if !holds {
                return Err(ReceiptError::Contradiction(otherwise));
            }
        }
        Ok(())
    }
}
