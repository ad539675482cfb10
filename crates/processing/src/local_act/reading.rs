//! 3, 5.1.2: the register to look at, and its files. What is public is everybody's; a look at the whole register, or at a file
//! that is not public, has its entry.

use jiff::Timestamp;
use jiff::civil::Date;
use sandyq_ledger::entry::Happening;
use sandyq_ledger::tree::sha256;
use sandyq_model::{Fault, LocalActKind, Role, time};
use sandyq_store::Commit;
use sandyq_store::tables::local_act::{self, Listed};

use super::LOCAL_ACTS_MAX;
use crate::access::Caller;
use crate::audit::at_the_account;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// Documents on one page of the register.
const PAGE_ACTS: u32 = 25;

/// A page of the register.
#[derive(Clone, Debug)]
pub struct LocalActs {
    /// The documents, newest first.
    pub rows: Vec<LocalActRow>,
    /// The page, from 1.
    pub page: u32,
    /// Whether another one follows.
    pub more: bool,
    /// Whether the caller enters, or only reads.
    pub enters: bool,
}

/// One version of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalActRow {
    /// Its number in the register.
    pub number: u32,
    /// What it is.
    pub kind: LocalActKind,
    /// What it is called.
    pub title: String,
    /// The number that it bears.
    pub document: String,
    /// Which version.
    pub version: String,
    /// When it was adopted.
    pub adopted_on: Date,
    /// Who adopted it, by the position.
    pub approver: String,
    /// Since when it is in force.
    pub in_force_since: Date,
    /// Whether it is in force today.
    pub stands: Stands,
    /// The number of what it replaces.
    pub replaces: Option<u32>,
    /// The number of what replaces it, and since when.
    pub replaced_by: Option<(u32, Date)>,
    /// Whether it was entered as one that everybody may read.
    pub is_public: bool,
    /// When it was taken off the site.
    pub hidden_at: Option<Timestamp>,
    /// SHA-256 of its file, in hexadecimal digits.
    pub file_hash: String,
    /// The length of its file.
    pub file_bytes: u64,
}

/// Whether a document is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Its day has not come.
    NotYet,
    /// It is.
    InForce,
    /// It was, until another one came in its place.
    Replaced,
}

/// A file, with what it is called when it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalActFile {
    /// The name: it says nothing but the number in the register.
    pub name: String,
    /// A PDF.
    pub content: Vec<u8>,
}

impl System {
    /// A page of the register.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person and the auditor; a fault.
    pub async fn local_acts(&self, caller: &Caller, page: u32) -> Result<LocalActs, Rejected> {
        at_the_account(caller)?;
        self.account_for(&caller.actor, Happening::LocalActsRead, true, "5.1.2")
            .await?;
        let page = page.clamp(1, LOCAL_ACTS_MAX);
        let mut rows = self.listed_acts(PAGE_ACTS + 1, (page - 1) * PAGE_ACTS).await?;
        let more = rows.len() > PAGE_ACTS as usize;
        rows.truncate(PAGE_ACTS as usize);
        Ok(LocalActs {
            rows,
            page,
            more,
            enters: caller.staff_card()?.role == Role::RESPONSIBLE,
        })
    }

    /// The whole register, to be kept as a table.
    ///
    /// # Errors
    /// As [`System::local_acts`].
    pub async fn all_local_acts(&self, caller: &Caller) -> Result<Vec<LocalActRow>, Rejected> {
        at_the_account(caller)?;
        self.account_for(&caller.actor, Happening::LocalActsRead, true, "5.1.2")
            .await?;
        Ok(self.listed_acts(LOCAL_ACTS_MAX, 0).await?)
    }

    /// Whether the caller enters documents.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person.
    pub fn enters_local_acts(&self, caller: &Caller) -> Result<(), Rejected> {
        at_the_board(caller)
    }

    /// The documents that stand on the site, newest first. They name none that does not: that one was replaced is said, and by what
    /// only when that one can be read there too.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn public_documents(&self) -> Result<Vec<LocalActRow>, Fault> {
        let today = self.today_of_documents();
        let listed = self.pages_of_acts(true, LOCAL_ACTS_MAX, 0).await?;
        let of_visitor = |one: Listed| {
            let (older, newer) = (one.older_is_shown, one.replaced_by);
            let mut row = row(one, today);
            row.replaces = row.replaces.filter(|_| older);
            row.replaced_by = row
                .replaced_by
                .filter(|_| newer.is_some_and(|newer| newer.is_shown));
            row
        };
        Ok(listed.into_iter().map(of_visitor).collect())
    }

    /// The file of a document that stands on the site, for everybody.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] when there is none, and alike when it is not public or was taken off; a fault.
    pub async fn public_document(&self, number: u32) -> Result<LocalActFile, Rejected> {
        let listed = self.local_act_numbered(number).await?;
        if !listed.is_shown() {
            return Err(Rejected::NotFound);
        }
        self.file_of(&listed).await
    }

    /// The file of any document. A look has its entry, which is durable before anything is opened.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person and the auditor, and when there is none; a fault.
    pub async fn local_act_file(&self, caller: &Caller, number: u32) -> Result<LocalActFile, Rejected> {
        at_the_account(caller)?;
        let listed = self.local_act_numbered(number).await?;
        let entry = self.entry_of_local_act(&caller.actor, Happening::LocalActsRead, listed.act.id);
        let commit = Commit {
            entries: vec![entry],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        self.file_of(&listed).await
    }

    pub(super) async fn local_act_numbered(&self, number: u32) -> Result<Listed, Rejected> {
        let found = self
            .store()
            .read(move |reader| local_act::by_number(reader, number))
            .await?;
        found.ok_or(Rejected::NotFound)
    }

    /// What was sealed, opened; only if it is what was entered.
    async fn file_of(&self, listed: &Listed) -> Result<LocalActFile, Rejected> {
        let id = listed.act.id;
        let sealed = self
            .store()
            .read(move |reader| local_act::file(reader, id))
            .await?;
        let sealed = sealed.ok_or_else(|| Fault::Store("a document has no file".into()))?;
        let content = self.store().vault().open_local_act(id, &sealed)?;
        if sha256(&content).0 != listed.act.file_hash {
            return Err(Fault::Store("the file of a document is not the one that was entered".into()).into());
        }
        Ok(LocalActFile {
            name: format!("document-{}.pdf", listed.act.number),
            content,
        })
    }

    async fn listed_acts(&self, limit: u32, offset: u32) -> Result<Vec<LocalActRow>, Fault> {
        let listed = self.pages_of_acts(false, limit, offset).await?;
        let today = self.today_of_documents();
        Ok(listed.into_iter().map(|one| row(one, today)).collect())
    }

    async fn pages_of_acts(&self, only_shown: bool, limit: u32, offset: u32) -> Result<Vec<Listed>, Fault> {
        self.store()
            .read(move |reader| local_act::page(reader, only_shown, limit, offset))
            .await
    }

    pub(super) fn today_of_documents(&self) -> Date {
        time::day_in_kazakhstan(self.now())
    }
}

pub(super) fn row(listed: Listed, today: Date) -> LocalActRow {
    let Listed {
        act,
        replaced_by,
        hidden_at,
        ..
    } = listed;
    let replaced_by = replaced_by.map(|newer| (newer.number, newer.since));
    let stands = match replaced_by {
        Some((_, since)) if since <= today => Stands::Replaced,
        _ if act.in_force_since <= today => Stands::InForce,
        _ => Stands::NotYet,
    };
    LocalActRow {
        number: act.number,
        kind: act.kind,
        title: act.title,
        document: act.document,
        version: act.version,
        adopted_on: act.adopted_on,
        approver: act.approver,
        in_force_since: act.in_force_since,
        stands,
        replaces: act.replaces,
        replaced_by,
        is_public: act.is_public,
        hidden_at,
        file_hash: hex::encode(act.file_hash),
        file_bytes: act.file_bytes,
    }
}
