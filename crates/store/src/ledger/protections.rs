//! 6.3, DEF-3, DEF-4: what the ledger says protects people must hold in their rows. A row that was altered, or put back,
//! protects less than was promised; the seals of values cannot see that, and the ledger alone cannot either.
//!
//! It looks one way only: a row may protect more than the ledger accounts for, as after a restore.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use sandyq_ledger::entry::{self, Deed, Detail, Outcome};
use sandyq_model::{Fault, Field, Pseudonym, Standing, Verb};

use crate::database::{Reader, ReaderExt};
use crate::tables::subject::{self, Subject};
use crate::tables::{consent, hold};

/// What protects people by the entries so far. Whoever is unprotected, or destroyed as a whole, is not remembered.
#[derive(Default)]
pub(super) struct Protections {
    known: BTreeMap<Pseudonym, Protection>,
    destroyed: Vec<Pseudonym>,
}

#[derive(Clone, Copy, Default)]
struct Protection {
    withdrawn: bool,
    blocked: bool,
    taken_back: u64,
    holds: u64,
}

impl Protection {
    const fn is_none(self) -> bool {
        !self.withdrawn && !self.blocked && self.taken_back == 0 && self.holds == 0
    }
}

impl Protections {
    /// Notes an entry.
    pub(super) fn note(&mut self, entry: &entry::Entry) {
        let (Some(pseudonym), Deed::Verb(verb), Outcome::Done) = (entry.subject, entry.deed, entry.outcome)
        else {
            return;
        };
        match verb {
            Verb::Withdraw if entry.fields.contains(Field::RECORD) => {
                self.known.entry(pseudonym).or_default().withdrawn = true;
            }
            // One consent by itself.
            Verb::Withdraw if !entry.fields.is_empty() => {
                self.known.entry(pseudonym).or_default().taken_back += 1;
            }
            Verb::Store if entry.detail == Detail::Held => {
                self.known.entry(pseudonym).or_default().holds += 1;
            }
            Verb::Store if entry.detail == Detail::HoldLifted => {
                self.ends(pseudonym, |known| known.holds = known.holds.saturating_sub(1));
            }
            Verb::Block => self.known.entry(pseudonym).or_default().blocked = true,
            Verb::Unblock => self.ends(pseudonym, |known| known.blocked = false),
            Verb::Destroy if entry.detail == Detail::Remainder => {
                self.known.entry(pseudonym).or_default().blocked = true;
            }
            Verb::Destroy if entry.detail == Detail::Part => {}
            Verb::Destroy => {
                self.known.remove(&pseudonym);
                self.destroyed.push(pseudonym);
            }
            _ => {}
        }
    }

    fn ends(&mut self, pseudonym: Pseudonym, end: impl FnOnce(&mut Protection)) {
        if let Entry::Occupied(mut known) = self.known.entry(pseudonym) {
            end(known.get_mut());
            if known.get().is_none() {
                known.remove();
            }
        }
    }

    /// Whether it is time to look for those who were destroyed.
    pub(super) fn is_full(&self) -> bool {
        self.destroyed.len() >= DESTROYED_AT_ONCE
    }

    /// Looks that nobody is left whose destruction was accounted for.
    pub(super) fn look_for_destroyed(&mut self, reader: &mut dyn Reader) -> Result<(), Fault> {
        for pseudonym in self.destroyed.drain(..) {
            if subject::by_pseudonym(reader, pseudonym)?.is_some() {
                return Err(altered("somebody who was destroyed is there"));
            }
        }
        Ok(())
    }

    /// Compares everything else with the rows.
    pub(super) fn check(mut self, reader: &mut dyn Reader) -> Result<(), Fault> {
        self.look_for_destroyed(reader)?;
        for (pseudonym, protection) in &self.known {
            if let Some(row) = subject::by_pseudonym(reader, *pseudonym)? {
                protection.check(&row)?;
                if consent::taken_back(reader, row.id)? < protection.taken_back {
                    return Err(altered("a consent stands that was taken back"));
                }
                if hold::standing(reader, row.id)? < protection.holds {
                    return Err(altered("an order to keep a record is gone"));
                }
            }
        }
        for (sql, what) in CONTRADICTIONS {
            if reader.first(sql, &[], |row| row.take::<u64>(0))?.unwrap_or(0) > 0 {
                return Err(altered(what));
            }
        }
        Ok(())
    }
}

/// Whom an entry blocks (`true`) or frees of a block.
pub(super) fn block_of(entry: &entry::Entry) -> Option<(Pseudonym, bool)> {
    let (Some(pseudonym), Deed::Verb(verb), Outcome::Done) = (entry.subject, entry.deed, entry.outcome)
    else {
        return None;
    };
    match verb {
        Verb::Block => Some((pseudonym, true)),
        Verb::Destroy if entry.detail == Detail::Remainder => Some((pseudonym, true)),
        Verb::Unblock => Some((pseudonym, false)),
        _ => None,
    }
}

impl Protection {
    fn check(self, row: &Subject) -> Result<(), Fault> {
        if self.withdrawn && row.withdrawn_at.is_none() {
            return Err(altered("a withdrawal is not noted with its person"));
        }
        if self.blocked && !matches!(row.standing, Standing::Blocked | Standing::Destroyed) {
            return Err(altered("a record that was blocked is open"));
        }
        Ok(())
    }
}

fn altered(what: &str) -> Fault {
    Fault::Ledger(format!(
        "{what}: the rows protect less than the ledger accounts for, and were altered or put back; restore them from a \
         backup"
    ))
}

/// Rows that contradict each other, and what that would mean.
const CONTRADICTIONS: [(&str, &str); 3] = [
    (
        "SELECT COUNT(*) FROM subject WHERE standing <> 4 AND pseudonym IS NULL",
        "somebody is there whom the ledger cannot account for",
    ),
    (
        "SELECT COUNT(*) FROM record WHERE subject_id IN (SELECT subject_id FROM subject WHERE standing = 4)",
        "values of somebody who was destroyed are there",
    ),
    (
        "SELECT COUNT(*) FROM consent given JOIN subject ON subject.subject_id = given.subject_id \
         WHERE subject.withdrawn_at IS NOT NULL AND given.act = 1 AND NOT EXISTS (SELECT 1 FROM consent gone \
         WHERE gone.subject_id = given.subject_id AND gone.consent_id = given.consent_id AND gone.act = 3)",
        "a consent stands that was withdrawn",
    ),
];

/// So many destroyed people are remembered at most before they are looked for.
const DESTROYED_AT_ONCE: usize = 4096;
