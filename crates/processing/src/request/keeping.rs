//! 6.4, 8: until when a value is stored, and what keeps it: a purpose, a consent, or a document that a law demands.

use jiff::Timestamp;
use sandyq_model::{Fault, Purpose, time};
use sandyq_policy::Language;

use crate::retention::ValueEnd;
use crate::system::System;

/// One thing that keeps a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    /// What.
    pub what: Keeps,
    /// Until when.
    pub until: Timestamp,
}

/// What keeps a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// A purpose: it goes when the purpose is reached, or nobody has used the relation for so long.
    Purpose {
        /// Its clause and its words.
        purpose: (Purpose, String),
        /// The item of the consent that it rests on.
        consent: String,
    },
    /// A consent: one that lets data stay longer than its purpose, or one that ends before its purpose does.
    Consent {
        /// The clause of its purpose, and the words.
        purpose: (Purpose, String),
        /// Its item.
        consent: String,
    },
    /// A cited norm, which keeps the document that the value stands in.
    Floor {
        /// The article.
        norm: String,
    },
}

impl Keeper {
    /// The article, where it is a norm that keeps the value.
    #[must_use]
    pub fn norm(&self) -> Option<&str> {
        match &self.what {
            Keeps::Floor { norm } => Some(norm),
            _ => None,
        }
    }
}

impl System {
    /// What keeps a value at this instant; the last of them to end is the day of the value.
    ///
    /// # Errors
    /// When a day lies beyond the calendar.
    pub(super) fn keepers(
        &self,
        end: &ValueEnd,
        language: Language,
        now: Timestamp,
    ) -> Result<Vec<Keeper>, Fault> {
        let mut keepers = Vec::new();
        for serves in &end.serves {
            let Some(until) = serves.ends_at().filter(|until| *until > now) else {
                continue;
            };
            let purpose = (serves.purpose, self.purpose_label(serves.purpose, language));
            let consent = serves.item.clone();
            let prolongs = self
                .consent_item(&serves.item)
                .is_some_and(|item| item.prolongs.is_some());
            let what = if prolongs || serves.consent_ends == Some(until) {
                Keeps::Consent { purpose, consent }
            } else {
                Keeps::Purpose { purpose, consent }
            };
            keepers.push(Keeper { what, until });
        }
        for (norm, day) in &end.floors {
            let until = time::end_of_day(*day)
                .map_err(|error| Fault::Configuration(format!("the day of a norm: {error}")))?;
            let what = Keeps::Floor { norm: norm.clone() };
            keepers.push(Keeper { what, until });
        }
        Ok(keepers)
    }
}
