//! A step of a request: allowed by the one table, entered in the ledger under its clause, and durable with its line in the
//! timeline, or not done.

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Clauses, Detail, Happening, Outcome};
use sandyq_model::{Actor, Fault, Problem, Purpose, RequestState, Standing, Step};
use sandyq_store::tables::subject;
use sandyq_store::tables::subject_request::{self, RequestStep, SubjectRequest};
use sandyq_store::{Commit, CommitError, Job, Statement};

use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// Days after the answer for which a request is kept, when the policy sets no limit.
const KEPT_DAYS: u32 = 90;
/// The same when the data it is about is gone.
const POSTING_DAYS: u32 = 10;

/// What goes with a step, in the same commit.
#[derive(Default)]
pub(super) struct Along {
    pub statements: Vec<Statement>,
    pub jobs: Vec<Job>,
}

impl System {
    /// Takes a step; `alter` writes what else changes of the line.
    pub(super) async fn take_step(
        &self,
        actor: Actor,
        request: &SubjectRequest,
        step: Step,
        alter: impl FnOnce(&mut SubjectRequest),
    ) -> Result<SubjectRequest, Rejected> {
        self.take_step_along(actor, request, step, alter, Along::default())
            .await
    }

    /// As [`System::take_step`], with more in the same commit.
    pub(super) async fn take_step_along(
        &self,
        actor: Actor,
        request: &SubjectRequest,
        step: Step,
        alter: impl FnOnce(&mut SubjectRequest),
        along: Along,
    ) -> Result<SubjectRequest, Rejected> {
        let to = RequestState::after(Some(request.state), step, request.kind)
            .ok_or_else(|| Rejected::mistake("step", Problem::Stale))?;
        let mut next = request.clone();
        next.state = to;
        alter(&mut next);
        let now = self.now();
        let line = RequestStep {
            step,
            state: to,
            at: now,
            role: actor.role,
        };
        let mut statements = vec![
            subject_request::update(request.state, &next),
            subject_request::add_step(request.file, line),
        ];
        statements.extend(along.statements);
        if to.is_closed() && next.about != Some(next.file) {
            statements.extend(self.goes_after(&next, now).await?);
        }
        self.commit_of_request(actor, &next, Some(step), statements, along.jobs)
            .await?;
        Ok(next)
    }

    /// Commits changes of a request with the entry that accounts for them.
    pub(super) async fn commit_of_request(
        &self,
        actor: Actor,
        request: &SubjectRequest,
        step: Option<Step>,
        statements: Vec<Statement>,
        jobs: Vec<Job>,
    ) -> Result<(), Rejected> {
        let dossier = self.dossier(request.file).await?;
        let happening = match step {
            Some(Step::Receive | Step::Reopen) => Happening::RequestOpened,
            Some(Step::Answer | Step::Refuse | Step::Merge) => Happening::RequestAnswered,
            _ => Happening::RequestMoved,
        };
        let outcome = match step {
            Some(Step::Refuse | Step::FailIdentity) => Outcome::Refused,
            _ => Outcome::Done,
        };
        let mut accounted = entry::of_happening(&actor, happening, outcome, Detail::None, self);
        accounted.subject = dossier.pseudonym;
        accounted.purpose = Some(Purpose::STATUTORY);
        let clause = step.unwrap_or(Step::AskIdentity).clause(request.kind);
        accounted.clauses = Clauses::most_telling(&[clause]);
        let commit = Commit {
            subject: Some((request.file, dossier.version)),
            moves: true,
            statements,
            jobs,
            entries: vec![accounted],
            protects: true,
            ..Commit::default()
        };
        let committed = self.commit_about(request.file, commit).await;
        match committed {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict(_) | CommitError::Stale) => {
                Err(Rejected::mistake("step", Problem::Stale))
            }
            Err(error) => Err(refused_commit(error)),
        }
    }

    /// 8: the day on which the record of a closed request goes.
    async fn goes_after(&self, request: &SubjectRequest, now: Timestamp) -> Result<Option<Statement>, Fault> {
        let is_gone = match request.about {
            Some(subject) => self.dossier(subject).await?.standing() == Some(Standing::Destroyed),
            None => false,
        };
        let (name, otherwise) = if is_gone {
            ("request-posting-days", POSTING_DAYS)
        } else {
            ("request-days", KEPT_DAYS)
        };
        let days = i64::from(self.policy().counted(name, otherwise));
        let dossier = self.dossier(request.file).await?;
        Ok(dossier.row.as_ref().map(|row| {
            subject::update(&subject::Subject {
                due_at: Some(now + SignedDuration::from_hours(24 * days)),
                ..row.clone()
            })
        }))
    }

    /// 6.3: somebody is gone, and the closed requests about them go too; an open one is answered first.
    pub(crate) async fn requests_go_with(&self, subject: sandyq_model::SubjectId) -> Result<(), Rejected> {
        let requests = self
            .store()
            .read(move |reader| subject_request::about(reader, subject, REQUESTS_MAX))
            .await?;
        let is_gone = self.dossier(subject).await?.standing() == Some(Standing::Destroyed);
        let now = self.now();
        for request in requests
            .iter()
            .filter(|request| is_gone && request.closed_at.is_some())
        {
            let dossier = self.dossier(request.file).await?;
            let Some(row) = dossier.row.as_ref().filter(|row| row.destroyed_at.is_none()) else {
                continue;
            };
            let statements = vec![subject::update(&subject::Subject {
                due_at: Some(now),
                ..row.clone()
            })];
            let commit = Commit {
                subject: Some((request.file, dossier.version)),
                moves: true,
                statements,
                ..Commit::default()
            };
            let committed = self.commit_about(request.file, commit).await;
            committed.map_err(refused_commit)?;
        }
        Ok(())
    }
}

/// Requests about one person that go with them in one piece of work.
const REQUESTS_MAX: u32 = 1_000;
