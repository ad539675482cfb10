//! 6.4, 5.1.5: who looked. Every entry about a person and about their requests, in words, out of the ledger itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sandyq_ledger::entry::{Deed, Detail, Entry, Happening, Outcome as EntryOutcome};
use sandyq_model::{Pseudonym, Verb};
use sandyq_policy::Language;
use sandyq_policy::declarations::WordKind;
use sandyq_store::Commit;
use sandyq_store::tables::posting;
use sandyq_store::tables::recipient::RecipientRow;

use crate::access::Caller;
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// Entries on one page of "who looked at my data".
const PAGE_ENTRIES: u32 = 20;
/// The last page that can be asked for.
const PAGE_MAX: u32 = 10_000;

/// One look at one's data.
#[derive(Clone, Debug)]
pub struct Access {
    /// When.
    pub at: Timestamp,
    /// Who, as a role.
    pub who: String,
    /// What was done.
    pub what: String,
    /// Which fields.
    pub fields: Vec<String>,
    /// To whom outside it went, or would have gone: a name of the register, or `?` for whom the register does not hold.
    pub recipient: Option<String>,
    /// What for.
    pub purpose: Option<String>,
    /// Under which clauses.
    pub clauses: Vec<String>,
    /// Whether the policy refused it.
    pub refused: bool,
    /// Whether it was in an emergency (5.1.7).
    pub emergency: bool,
    /// The request that it was about, by its reference.
    pub request: Option<String>,
    /// The place in the ledger.
    pub entry: u64,
}

/// A page of looks, newest first.
#[derive(Clone, Debug)]
pub struct Accesses {
    /// The looks.
    pub rows: Vec<Access>,
    /// The page, from 1.
    pub page: u32,
    /// How many there are.
    pub pages: u32,
}

impl System {
    /// 6.4, 5.1.5: who looked at the caller's data, when, what for, under which clause; refusals too.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn my_accesses(
        &self,
        caller: &Caller,
        page: u32,
        language: Language,
    ) -> Result<Accesses, Rejected> {
        let page = page.clamp(1, PAGE_MAX);
        let (count, rows) = self
            .looks(caller, PAGE_ENTRIES, (page - 1) * PAGE_ENTRIES, language)
            .await?;
        let pages = count.div_ceil(u64::from(PAGE_ENTRIES)).max(1);
        Ok(Accesses {
            rows,
            page,
            pages: u32::try_from(pages).unwrap_or(u32::MAX),
        })
    }

    /// How many looks there were at the caller's data and at their requests, and some of them, newest first. That the
    /// account was read is an entry, too.
    pub(super) async fn looks(
        &self,
        caller: &Caller,
        limit: u32,
        offset: u32,
        language: Language,
    ) -> Result<(u64, Vec<Access>), Rejected> {
        let dossier = self.dossier(caller.own_subject()?).await?;
        let pseudonym = dossier.pseudonym.ok_or(Rejected::NotFound)?;
        let mut requests = BTreeMap::new();
        for request in self.requests_about(caller).await? {
            if let Some(file) = self.dossier(request.file).await?.pseudonym {
                requests.insert(file, request.reference);
            }
        }
        let all: Vec<Pseudonym> = requests.keys().copied().chain([pseudonym]).collect();
        let (count, entries) = self
            .store()
            .read(move |reader| posting::count_and_entries(reader, &all, limit, offset))
            .await?;
        let mut read = entry::of_happening(
            &caller.actor,
            Happening::LedgerRead,
            EntryOutcome::Done,
            Detail::None,
            self,
        );
        read.subject = Some(pseudonym);
        let commit = Commit {
            entries: vec![read],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        let register = if entries.iter().any(|placed| placed.entry.recipient.is_some()) {
            self.register_of_recipients().await?
        } else {
            Vec::new()
        };
        let rows = entries.into_iter().map(|placed| {
            let of = placed.entry.subject.and_then(|subject| requests.get(&subject));
            Access {
                request: of.cloned(),
                ..self.access(placed.index, &placed.entry, &register, language)
            }
        });
        Ok((count, rows.collect()))
    }

    fn access(&self, index: u64, entry: &Entry, register: &[RecipientRow], language: Language) -> Access {
        let named = |code: u32| register.iter().find(|row| row.number == code);
        let words = self.policy().words(language);
        let what = match entry.deed {
            Deed::Verb(verb) => words.label(WordKind::Verb, verb.name()).to_owned(),
            Deed::Happening(Happening::HandingAnswered) if entry.outcome == EntryOutcome::Failed => {
                "handing-failed".to_owned()
            }
            Deed::Happening(Happening::HandingAnswered) => "handing-arrived".to_owned(),
            Deed::Happening(happening) => happening.name().to_owned(),
        };
        Access {
            at: entry.at.timestamp(),
            who: self.role_label(entry.role, language),
            what,
            fields: self.labels(entry.fields, language),
            // What is made public goes to everybody, and to nobody of the register.
            recipient: entry
                .recipient
                .filter(|_| entry.deed != Deed::Verb(Verb::Disseminate))
                .map(|mark| {
                    let row = named(mark.code);
                    row.map_or_else(|| "?".to_owned(), |row| row.name.clone())
                }),
            purpose: entry
                .purpose
                .map(|p| words.label(WordKind::Purpose, &p.to_string()).to_owned()),
            clauses: entry
                .clauses
                .iter()
                .map(|clause| clause.clause().to_owned())
                .collect(),
            emergency: entry.clauses.iter().any(|clause| {
                let clause = clause.clause();
                clause.split('#').next() == Some("5.1.7")
            }),
            refused: entry.outcome == EntryOutcome::Refused,
            request: None,
            entry: index,
        }
    }
}
