//! 5.1.5: the ledger as the auditor and the responsible person read it: filtered, verified, taken out with proofs, with what stands
//! out in it. An entry names roles, pseudonyms and numbers; nobody learns here who a person is, and each look is an entry itself.

mod extract;
mod filter;
mod notable;

use std::collections::BTreeMap;

use jiff::Timestamp;
use sandyq_ledger::entry::{By, Deed, Detail, Entry, Happening, Outcome};
use sandyq_model::{ActorId, Pseudonym, Role, Verb};
use sandyq_policy::Language;
use sandyq_store::Commit;
use sandyq_store::tables::posting::{self, Placed};
use sandyq_store::tables::staff;

pub use filter::AuditFilter;
pub use notable::{Notable, Notice, Notices};
pub use sandyq_ledger::receipt::EXTRACT_ENTRIES_MAX;

use crate::access::Caller;
use crate::entry;
use crate::rejected::Rejected;
use crate::request::familiar_with_policy;
use crate::system::System;

/// Lines on one page.
pub const PAGE_LINES: usize = 50;
/// Entries that are looked through for one page; then the page says how far it came, and leads on.
pub const LOOKED_THROUGH_MAX: u64 = 20_000;
/// Entries that are read at once.
const AT_ONCE: u64 = 512;

/// One entry, in words.
#[derive(Clone, Debug)]
pub struct AuditLine {
    /// Its place in the ledger.
    pub index: u64,
    /// When.
    pub at: Timestamp,
    /// As what somebody acted, in words.
    pub role: String,
    /// Which member of staff, by the name of the account; nobody in person otherwise.
    pub by: Option<String>,
    /// What was done: the name of a verb or a happening, and the words of a verb.
    pub deed: (String, Option<String>),
    /// How it ended: `done`, `refused` or `failed`.
    pub outcome: &'static str,
    /// More on that, by the word of the ledger; `none` for nothing.
    pub detail: &'static str,
    /// The clauses that decided it.
    pub clauses: Vec<String>,
    /// The fields, in words.
    pub fields: Vec<String>,
    /// What for.
    pub purpose: Option<String>,
    /// The number of the recipient in its register, and its country.
    pub recipient: Option<(u32, String)>,
    /// Whose data, as the ledger calls them.
    pub subject: Option<Pseudonym>,
    /// The case.
    pub case: Option<String>,
}

/// A page of the ledger, newest first.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// The entries that fit.
    pub lines: Vec<AuditLine>,
    /// How many entries the ledger has.
    pub size: u64,
    /// Where the next page goes on; `None` at the beginning of the ledger.
    pub next: Option<u64>,
}

/// What verifying found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries that are as they were signed.
    pub entries: u64,
    /// Checkpoints that were.
    pub checkpoints: u64,
}

/// 5.1.1, 5.1.4: the account of what was done is open to the responsible person and to the auditor, once they have read the policy
/// in force (PRE-1); for everybody else there is none.
pub(crate) fn at_the_account(caller: &Caller) -> Result<(), Rejected> {
    match caller.staff_card()?.role {
        Role::RESPONSIBLE | Role::AUDITOR => familiar_with_policy(caller),
        _ => Err(Rejected::NotFound),
    }
}

impl System {
    /// Every deed that an entry can have: its name, and the words of a verb.
    #[must_use]
    pub fn deeds(&self, language: Language) -> Vec<(&'static str, Option<String>)> {
        let verbs = Verb::ALL.into_iter();
        let verbs = verbs.map(|verb| (verb.name(), Some(self.verb_label(verb, language))));
        verbs
            .chain(Happening::ALL.iter().map(|one| (one.name(), None)))
            .collect()
    }

    /// Every role of the policy: its number, and its words.
    #[must_use]
    pub fn roles_in_words(&self, language: Language) -> Vec<(Role, String)> {
        let roles = self.policy().roles();
        roles
            .map(|declared| (declared.role, self.role_label(declared.role, language)))
            .collect()
    }

    /// Whose data an entry is about, and in which case: what the next question goes on from.
    ///
    /// # Errors
    /// As [`System::audit`]; [`Rejected::NotFound`] when there is no such entry.
    pub async fn entry_of_ledger(&self, caller: &Caller, index: u64) -> Result<Entry, Rejected> {
        at_the_account(caller)?;
        if index >= self.store().checkpoint().size {
            return Err(Rejected::NotFound);
        }
        let placed = self
            .store()
            .read(move |reader| posting::at(reader, index))
            .await?;
        Ok(placed.entry)
    }

    /// The entries that fit, from `before` on, newest first.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the auditor and the responsible person; PRE-1 for whoever has not read the policy.
    pub async fn audit(
        &self,
        caller: &Caller,
        filter: &AuditFilter,
        before: Option<u64>,
        language: Language,
    ) -> Result<AuditPage, Rejected> {
        at_the_account(caller)?;
        let size = self.store().checkpoint().size;
        let (found, next) = self
            .fitting(filter, before.unwrap_or(size).min(size), PAGE_LINES)
            .await?;
        let names = self.names_of_staff().await?;
        self.account_for_look(caller, filter.person, (Happening::LedgerRead, Outcome::Done))
            .await?;
        Ok(AuditPage {
            lines: found
                .iter()
                .map(|placed| self.audit_line(placed, &names, language))
                .collect(),
            size,
            next,
        })
    }

    /// Verifies the whole ledger: each entry, hash and checkpoint against what was signed.
    ///
    /// # Errors
    /// As [`System::audit`]; a fault that names what is not as it was signed. That it was found is an entry too.
    pub async fn verify_ledger(&self, caller: &Caller) -> Result<Verified, Rejected> {
        at_the_account(caller)?;
        let report = self.store().verify(|_, _| {}).await;
        let outcome = if report.is_ok() {
            Outcome::Done
        } else {
            Outcome::Failed
        };
        let entered = self
            .account_for_look(caller, None, (Happening::LedgerVerified, outcome))
            .await;
        // What is wrong with the ledger comes first: it may be why nothing can be entered.
        let report = report?;
        entered?;
        Ok(Verified {
            entries: report.entries,
            checkpoints: report.checkpoints,
        })
    }

    /// Entries that fit, newest first, and where to go on. About one person the way leads along their own entries.
    async fn fitting(
        &self,
        filter: &AuditFilter,
        before: u64,
        most: usize,
    ) -> Result<(Vec<Placed>, Option<u64>), Rejected> {
        let mut found = Vec::new();
        let mut end = before;
        let stop = before.saturating_sub(LOOKED_THROUGH_MAX);
        if let Some(person) = filter.person {
            let indices = self
                .store()
                .read(move |reader| posting::indices(reader, person, u32::MAX, 0))
                .await?;
            let older = indices.into_iter().filter(|index| *index < before);
            for (looked_at, index) in (1..).zip(older) {
                let placed = self
                    .store()
                    .read(move |reader| posting::at(reader, index))
                    .await?;
                if filter.fits(&placed.entry) {
                    found.push(placed);
                }
                if found.len() == most || looked_at == LOOKED_THROUGH_MAX {
                    return Ok((found, (index > 0).then_some(index)));
                }
            }
            return Ok((found, None));
        }
        while end > stop {
            let from = end.saturating_sub(AT_ONCE).max(stop);
            let read = self.store().read(move |reader| posting::range(reader, from, end));
            for placed in read.await?.into_iter().rev() {
                let index = placed.index;
                if filter.fits(&placed.entry) {
                    found.push(placed);
                }
                if found.len() == most {
                    return Ok((found, (index > 0).then_some(index)));
                }
            }
            end = from;
        }
        Ok((found, (end > 0).then_some(end)))
    }

    pub(crate) async fn names_of_staff(&self) -> Result<BTreeMap<ActorId, String>, Rejected> {
        let all = self.store().read(staff::all).await?;
        Ok(all.into_iter().map(|row| (row.id, row.name)).collect())
    }

    async fn account_for_look(
        &self,
        caller: &Caller,
        person: Option<Pseudonym>,
        (happening, outcome): (Happening, Outcome),
    ) -> Result<(), Rejected> {
        let mut look = entry::of_happening(&caller.actor, happening, outcome, Detail::None, self);
        look.subject = person;
        let commit = Commit {
            entries: vec![look],
            ..Commit::default()
        };
        self.commit_alone(commit).await
    }

    fn audit_line(
        &self,
        placed: &Placed,
        names: &BTreeMap<ActorId, String>,
        language: Language,
    ) -> AuditLine {
        let entry: &Entry = &placed.entry;
        let words = match entry.deed {
            Deed::Verb(verb) => Some(self.verb_label(verb, language)),
            Deed::Happening(_) => None,
        };
        AuditLine {
            index: placed.index,
            at: entry.at.timestamp(),
            role: self.role_label(entry.role, language),
            by: match entry.by {
                By::Person(id) => names.get(&id).cloned(),
                By::System | By::Subject => None,
            },
            deed: (entry.deed.name().to_owned(), words),
            outcome: entry.outcome.name(),
            detail: entry.detail.name(),
            clauses: entry.clauses.iter().map(|clause| clause.to_string()).collect(),
            fields: self.labels(entry.fields, language),
            purpose: entry.purpose.map(|purpose| self.purpose_label(purpose, language)),
            recipient: entry
                .recipient
                .map(|mark| (mark.code, mark.country.as_str().to_owned())),
            subject: entry.subject,
            case: entry.case.map(|case| case.to_string()),
        }
    }
}
