//! 6.3, 8: the paper of letters. When the record of a letter is destroyed, its paper still lies somewhere. It is listed by the number of
//! the letter until an act of the operator's register says that it was destroyed. Nothing is known here of whoever wrote it.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use sandyq_ledger::entry::{Clauses, Detail, Entry, Happening, Outcome};
use sandyq_model::{Actor, CaseId, Clause, Fault, LocalActKind, Problem, Role, time};
use sandyq_store::tables::subject_request::{self, Paper};
use sandyq_store::tables::{local_act, subject};
use sandyq_store::{Commit, CommitError};

use super::desk::at_the_board;
use crate::access::Caller;
use crate::audit::at_the_account;
use crate::entry;
use crate::perform::fault_of;
use crate::rejected::Rejected;
use crate::retention::due_in_working_days;
use crate::system::System;

/// As which case the ledger knows a request: by its number, since nobody is behind it any more.
fn case_of(reference: &str) -> CaseId {
    let hash = digest(&SHA256, reference.as_bytes());
    CaseId::from_bytes(hash.as_ref().first_chunk().copied().unwrap_or_default())
}

/// Papers that one act is told of at once.
pub const PAPERS_AT_ONCE: usize = 50;
/// Papers on one page.
const PAGE_PAPERS: u32 = 50;
/// The last page that can be asked for.
const PAGE_MAX: u32 = 10_000;
/// Working days for the paper of somebody who is gone, where the policy does not say it.
const PAPER_DAYS: u32 = 15;
/// How often a paper is noted anew when its request changes meanwhile.
const COMMITS_MAX: u32 = 16;
/// The clause.
const CLAUSE: Clause = Clause::fixed("8");

/// Papers that wait to be destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Papers {
    /// Those that wait longest first.
    pub rows: Vec<PaperRow>,
    /// The page, from 1.
    pub page: u32,
    /// Whether another one follows.
    pub more: bool,
    /// Whether the caller says which were destroyed, or only reads.
    pub enters: bool,
}

/// A paper that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperRow {
    /// The number of the request.
    pub reference: String,
    /// The number of the letter in its year.
    pub letter: (i32, u32),
    /// When it was received.
    pub received_at: Timestamp,
    /// When its record was destroyed.
    pub since: Timestamp,
    /// Until when the paper is to be destroyed; nobody can say it of a day beyond the calendar.
    pub due_at: Option<Timestamp>,
    /// Whether that is past.
    pub late: bool,
}

impl System {
    /// The papers that wait to be destroyed. A look is entered as one at the register of documents.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person and the auditor; a fault.
    pub async fn papers(&self, caller: &Caller, page: u32) -> Result<Papers, Rejected> {
        at_the_account(caller)?;
        self.account_for(&caller.actor, Happening::LocalActsRead, true, "8")
            .await?;
        let page = page.clamp(1, PAGE_MAX);
        let mut rows = self.waiting(PAGE_PAPERS + 1, (page - 1) * PAGE_PAPERS).await?;
        let more = rows.len() > PAGE_PAPERS as usize;
        rows.truncate(PAGE_PAPERS as usize);
        Ok(Papers {
            rows,
            page,
            more,
            enters: caller.staff_card()?.role == Role::RESPONSIBLE,
        })
    }

    /// The paper that waits longest, when its time is past, or when the calendar has ended and nobody can say whether it is: what the
    /// board of the responsible person warns of.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody else; a fault.
    pub async fn late_paper(&self, caller: &Caller) -> Result<Option<PaperRow>, Rejected> {
        at_the_board(caller)?;
        let oldest = self.waiting(1, 0).await?.into_iter().next();
        let calendar_ended = time::day_in_kazakhstan(self.now()) > self.policy().calendar().horizon();
        Ok(oldest.filter(|paper| paper.late || (calendar_ended && paper.due_at.is_none())))
    }

    /// Notes that these papers were destroyed, as an act of the register says. What was noted before stays.
    ///
    /// # Errors
    /// Mistakes with `papers` when none was chosen or too many, and with `act` when there is no such act, or it is older than a
    /// letter; [`Rejected::NotFound`] for everybody but the responsible person; a fault.
    pub async fn papers_gone(
        &self,
        caller: &Caller,
        references: &[String],
        act: &str,
    ) -> Result<usize, Rejected> {
        at_the_board(caller)?;
        if references.is_empty() {
            return Err(Rejected::mistake("papers", Problem::Missing));
        }
        if references.len() > PAPERS_AT_ONCE {
            return Err(Rejected::mistake("papers", Problem::TooMany));
        }
        let typed = act.trim();
        if typed.is_empty() {
            return Err(Rejected::mistake("act", Problem::Missing));
        }
        let number: u32 = typed
            .parse()
            .map_err(|_| Rejected::mistake("act", Problem::Choice))?;
        let wanted = references.to_vec();
        let (act, papers) = self
            .store()
            .read(move |reader| {
                let mut papers = Vec::new();
                for reference in &wanted {
                    papers.extend(subject_request::paper(reader, reference)?);
                }
                Ok((local_act::by_number(reader, number)?, papers))
            })
            .await?;
        let act = act.map(|listed| listed.act);
        let Some(act) = act.filter(|act| act.kind == LocalActKind::PaperDestroyed) else {
            return Err(Rejected::mistake("act", Problem::Choice));
        };
        let is_older = |paper: &Paper| act.adopted_on < time::day_in_kazakhstan(paper.received_at);
        if papers.iter().any(is_older) {
            return Err(Rejected::mistake("act", Problem::Date));
        }
        let mut noted = 0;
        for paper in &papers {
            noted += usize::from(self.paper_gone(&caller.actor, paper, number).await?);
        }
        Ok(noted)
    }

    async fn paper_gone(&self, actor: &Actor, paper: &Paper, act: u32) -> Result<bool, Fault> {
        let file = paper.file;
        for _ in 0..COMMITS_MAX {
            let known = self
                .store()
                .read(move |reader| subject::find(reader, file))
                .await?;
            let Some(known) = known else { return Ok(false) };
            let entry = Entry {
                clauses: Clauses::most_telling(&[CLAUSE]),
                case: Some(case_of(&paper.reference)),
                ..entry::of_happening(
                    actor,
                    Happening::PaperDestroyed,
                    Outcome::Done,
                    Detail::None,
                    self,
                )
            };
            let commit = Commit {
                subject: Some((file, known.version)),
                moves: true,
                statements: vec![subject_request::paper_gone(file, act)],
                entries: vec![entry],
                ..Commit::default()
            };
            let committed = self.commit_about(file, commit).await;
            match committed {
                Ok(_) => return Ok(true),
                Err(CommitError::Stale) => {}
                // Another act was noted a moment ago.
                Err(CommitError::Conflict(_)) => return Ok(false),
                Err(error) => return Err(fault_of(error)),
            }
        }
        Err(Fault::Busy("the same request changes too fast".into()))
    }

    async fn waiting(&self, limit: u32, offset: u32) -> Result<Vec<PaperRow>, Fault> {
        let found = self
            .store()
            .read(move |reader| subject_request::papers(reader, limit, offset))
            .await?;
        let limit = self.policy().limit("paper-destruction");
        let days = limit.and_then(|limit| limit.within.working_days);
        let now = self.now();
        let rows = found.into_iter().map(|paper| {
            let due_at = due_in_working_days(self.policy(), paper.since, days.unwrap_or(PAPER_DAYS)).ok();
            PaperRow {
                reference: paper.reference,
                letter: paper.letter,
                received_at: paper.received_at,
                since: paper.since,
                due_at,
                late: due_at.is_some_and(|due| due < now),
            }
        });
        Ok(rows.collect())
    }
}
