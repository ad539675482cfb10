//! 1.2, 6.3: the receipt of a consent that was confirmed or withdrawn: a consent record of ISO/IEC TS 27560 in the words of
//! the Data Privacy Vocabulary, which others read as linked data ([`linked`]).

mod linked;

use std::fmt;
use std::str::FromStr;

use sandyq_model::{ConsentId, Field, FieldSet, Pseudonym, Purpose, ReceiptId, Role, Verb};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use super::{Evidence, Operator, ReceiptError, Statement, wire};
use crate::entry::{Deed, Entry, Moment};
use crate::tree::{HASH_BYTES, Hash};

/// The statement that a person consented, or no longer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentReceipt {
    /// [`Statement::FORMAT`].
    pub format: String,
    /// The number of this receipt.
    pub receipt: ReceiptId,
    /// To whom consent was given.
    pub operator: Operator,
    /// Where that operator is reached.
    pub contact: Contact,
    /// What the ledger calls the person.
    pub subject: Pseudonym,
    /// When this receipt was issued.
    pub issued_at: Moment,
    /// What the person was shown.
    pub notice: Notice,
    /// The question that was asked.
    pub item: ConsentItem,
    /// What became of the consent, in that order; the last is what this receipt is about.
    pub steps: Vec<ConsentStep>,
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// It was given, and confirmed through a separate channel (1.2).
    Confirmed,
    /// It was withdrawn (6.3).
    Withdrawn,
}

impl ConsentEvent {
    /// The verb of the entry that accounts for it.
    #[must_use]
    pub const fn verb(self) -> Verb {
        match self {
            Self::Confirmed => Verb::Confirm,
            Self::Withdrawn => Verb::Withdraw,
        }
    }
}

/// One thing that happened to a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentStep {
    /// What.
    pub event: ConsentEvent,
    /// When.
    pub at: Moment,
    /// By which way: `e-mail`, `portal`, `letter`, ….
    pub channel: String,
    /// Who acted.
    pub by: ActedBy,
}

/// Who acted on a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActedBy {
    /// The person.
    Subject,
    /// Somebody who represents the person.
    Representative,
    /// The person, with the agreement of whoever represents them (DEF-11); the entry is of the second of the two.
    Together,
    /// The operator, who entered what the person said by another way, such as a letter.
    Operator,
}

impl ActedBy {
    /// Who acts in that role of the ledger.
    #[must_use]
    pub const fn of(role: Role) -> Self {
        match role {
            Role::SUBJECT => Self::Subject,
            Role::REPRESENTATIVE => Self::Representative,
            _ => Self::Operator,
        }
    }

    /// Whether an entry in that role can account for it.
    fn fits(self, role: Role) -> bool {
        match self {
            Self::Together => role == Role::REPRESENTATIVE,
            by => by == Self::of(role),
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

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentItem {
    /// The number of the consent row.
    #[serde(with = "wire::text")]
    pub consent: ConsentId,
    /// For which purpose.
    #[serde(with = "wire::text")]
    pub purpose: Purpose,
    /// The purpose in the words of the policy, in the language of the notice.
    pub purpose_title: String,
    /// Which fields.
    pub fields: Vec<ConsentedField>,
    /// The kind of third party that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// How long it lasts: a day such as `2027-01-31`, or `purpose-reached`.
    pub until: String,
}

/// A field that a consent covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentedField {
    /// Its number in the policy.
    pub number: u8,
    /// Its label, in the language of the notice; never its value.
    pub title: String,
}

impl ConsentItem {
    /// The fields as a set.
    #[must_use]
    pub fn field_set(&self) -> FieldSet {
        self.fields
            .iter()
            .filter_map(|field| Field::new(field.number))
            .collect()
    }

    /// Whether every field has a number that one can have, each once and rising.
    fn names_fields(&self) -> bool {
        let numbers = || self.fields.iter().map(|field| field.number);
        !self.fields.is_empty()
            && numbers().all(|number| Field::new(number).is_some())
            && numbers().is_sorted_by(|one, next| one < next)
    }
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

impl ConsentReceipt {
    /// What this receipt is about.
    ///
    /// # Errors
    /// When it tells of nothing that happened.
    pub fn last(&self) -> Result<&ConsentStep, ReceiptError> {
        self.steps
            .last()
            .ok_or(ReceiptError::Contradiction("it tells of nothing that happened"))
    }
}

impl Serialize for ConsentReceipt {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        linked::written(self).serialize(to)
    }
}

impl<'de> Deserialize<'de> for ConsentReceipt {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        linked::read(&Value::deserialize(from)?).map_err(de::Error::custom)
    }
}

impl Statement for ConsentReceipt {
    const FORMAT: &'static str = "sandyq/consent-receipt/v2";

    fn format(&self) -> &str {
        &self.format
    }

    fn evidence(&self) -> &Evidence {
        &self.ledger
    }

    fn check(&self, entry: &Entry) -> Result<(), ReceiptError> {
        let last = self.last()?;
        let policy = entry
            .policy
            .is_none_or(|mark| self.notice.policy.0.0.starts_with(mark.as_bytes()));
        let earlier = self.steps.split_last().map_or(&[][..], |(_, earlier)| earlier);
        let order = match last.event {
            ConsentEvent::Confirmed => earlier.is_empty(),
            ConsentEvent::Withdrawn => {
                earlier.len() <= 1 && earlier.iter().all(|step| step.event == ConsentEvent::Confirmed)
            }
        };
        for (holds, otherwise) in [
            (
                entry.deed == Deed::Verb(last.event.verb()),
                "the entry is not of this event",
            ),
            (
                entry.subject == Some(self.subject),
                "the entry is about somebody else",
            ),
            (entry.at == last.at, "the entry is of another instant"),
            (last.by.fits(entry.role), "somebody else acted"),
            (policy, "the entry was decided by another policy"),
            (last.at <= self.issued_at, "its instants are not in order"),
            (order, "what happened does not come in that order"),
            (self.item.names_fields(), "its fields are not named one by one"),
        ] {
            if !holds {
                return Err(ReceiptError::Contradiction(otherwise));
            }
        }
        Ok(())
    }
}
