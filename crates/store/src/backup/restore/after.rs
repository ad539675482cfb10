//! What came after a set: the rest of the ledger, and people as they are since.

use std::collections::BTreeMap;

use sandyq_model::{Standing, SubjectId};

use crate::database::Statement;

/// Everything that is known beyond a set.
#[derive(Clone, Debug, Default)]
pub struct After {
    /// The ledger, rising; it may begin before the set ends.
    pub pages: Vec<Page>,
    /// People, each in the newest state known.
    pub changes: BTreeMap<SubjectId, Change>,
    /// Receipts, texts of consents, and the registers of breaches and of documents.
    pub shared: Vec<Statement>,
    /// What brings the accounts of staff and the register of recipients to what they are since: whoever was closed stays closed, and an old password opens
    /// nothing. `None` when nothing is known of them.
    pub house: Option<Vec<Statement>>,
}

/// Entries, and the checkpoint that was signed over everything up to the last of them.
#[derive(Clone, Debug)]
pub struct Page {
    /// The index of its first entry.
    pub first: u64,
    /// The entries.
    pub entries: Vec<Vec<u8>>,
    /// The signed checkpoint; empty when more pages belong to it.
    pub note: String,
}

/// One person as they are since.
#[derive(Clone, Debug)]
pub struct Change {
    /// Whose.
    pub subject: SubjectId,
    /// The version; `None` when nothing of them was left.
    pub version: Option<u64>,
    /// Where they stand.
    pub standing: Option<Standing>,
    /// The generation of their key.
    pub generation: Option<u32>,
    /// What puts a restored database into that state.
    pub statements: Vec<Statement>,
}

impl After {
    /// How many entries the ledger has with it; 0 when it knows none.
    #[must_use]
    pub fn reaches(&self) -> u64 {
        let signed = self.pages.iter().rev().find(|page| !page.note.is_empty());
        signed.map_or(0, |page| page.first.saturating_add(page.entries.len() as u64))
    }

    /// Takes in what another source knows: the longer ledger, and of each person the newer state.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        if other.reaches() > self.reaches() {
            self.pages = other.pages;
            // On top of what is known here: what it knows of the house is newer.
            self.house = match (self.house, other.house) {
                (Some(known), Some(newer)) => Some([known, newer].concat()),
                (known, newer) => newer.or(known),
            };
        } else {
            self.house = self.house.or(other.house);
        }
        self.shared.extend(other.shared);
        for (id, change) in other.changes {
            let is_newer = self
                .changes
                .get(&id)
                .is_none_or(|known| change.is_newer_than(known.version) && known.version.is_some());
            if is_newer {
                self.changes.insert(id, change);
            }
        }
        self
    }
}

impl Change {
    /// Whether it is of a newer state than that version. That nothing was left is newer than anything.
    #[must_use]
    pub fn is_newer_than(&self, version: Option<u64>) -> bool {
        match (self.version, version) {
            (Some(own), Some(other)) => own > other,
            (Some(_), None) | (None, Some(_)) => true,
            (None, None) => false,
        }
    }

    /// Whether the person is destroyed in it.
    #[must_use]
    pub fn is_end(&self) -> bool {
        self.version.is_none() || self.standing == Some(Standing::Destroyed)
    }
}
