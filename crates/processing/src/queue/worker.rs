//! Takes what is due, does it, and puts off what failed: a little later each time.
//!
//! What can take long stands beside the queue, so that nothing waits for it: addresses that others answer for, and the work of a night.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use sandyq_model::{Fault, JobId, SubjectId};
use sandyq_store::tables::job;
use sandyq_store::tables::job::QueuedJob;
use sandyq_store::{Commit, CommitError, Job, Reader, Statement};
use tokio::sync::Notify;

use super::{BREACH_ACT, SEND_RECALL, SEND_RECALL_HOOK, finished, is_letter, work};
use crate::clock::Leaps;
use crate::perform::fault_of;
use crate::ports::Delivery;
use crate::rejected::Rejected;
use crate::system::System;
use crate::systematize::next_night;
use crate::transfer;

/// Pieces of work taken at once, so that their commits share syncs; and so many letters at most go out at the same time.
const BATCH_MAX: u32 = 32;
/// Addresses of recipients that are told at the same time: each may take as long as its owner likes, within a limit.
const HOOKS_AT_ONCE: u32 = 4;
/// How long a worker has a piece of work.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// The longest a failed piece is put off.
const PUT_OFF_MAX: SignedDuration = SignedDuration::from_hours(1);
/// How often a letter is tried: for some five days, once it is tried each hour.
const LETTER_ATTEMPTS_MAX: u32 = 132;
/// How often the worker looks whether an epoch is due: each look takes a turn of the one writer.
const EPOCHS_LOOK: SignedDuration = SignedDuration::from_mins(1);
/// How long the worker rests after it could not end an epoch: each try is an entry of the ledger.
const EPOCHS_REST: SignedDuration = SignedDuration::from_mins(10);
/// How often it is looked whether the night has come.
const NIGHT_LOOK: std::time::Duration = std::time::Duration::from_secs(1);
/// How often what has served is removed.
const UPKEEP_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How long the worker sleeps when nothing wakes it.
const SLEEP: std::time::Duration = std::time::Duration::from_millis(500);

impl System {
    /// Does what is due now, follow-up work included, and returns how many pieces were done.
    ///
    /// # Errors
    /// When the queue itself cannot be read or written.
    pub async fn run_queue(&self) -> Result<usize, Fault> {
        Ok(self.run_lanes().await? + self.tell_addresses().await?)
    }

    /// Does what is due but what waits for addresses of others.
    async fn run_lanes(&self) -> Result<usize, Fault> {
        self.work_while_due(|reader, now| job::due_but(reader, now, SEND_RECALL_HOOK, BATCH_MAX))
            .await
    }

    /// Tells the addresses of recipients what is due to be told, a few at once.
    async fn tell_addresses(&self) -> Result<usize, Fault> {
        self.work_while_due(|reader, now| job::due_of(reader, now, SEND_RECALL_HOOK, HOOKS_AT_ONCE))
            .await
    }

    async fn work_while_due(&self, due: Due) -> Result<usize, Fault> {
        let mut done = 0;
        loop {
            let now = self.now();
            let pieces = self.store().read(move |reader| due(reader, now)).await?;
            if pieces.is_empty() {
                return Ok(done);
            }
            done += self.work_at_once(in_lanes(pieces)).await?;
        }
    }

    async fn work_at_once(&self, lanes: BTreeMap<Lane, Vec<QueuedJob>>) -> Result<usize, Fault> {
        let working = lanes.into_values().map(|pieces| self.work_in_turn(pieces));
        join_all(working).await.into_iter().sum()
    }

    /// Works until the task is dropped: woken by commits that leave work, and by time.
    pub async fn worker(self) {
        let turn = Notify::new();
        tokio::join!(
            self.work_on(&turn),
            self.tell_addresses_on(&turn),
            self.work_at_night()
        );
    }

    async fn work_on(&self, turn: &Notify) {
        let mut next_look_at_epochs: Option<Timestamp> = None;
        let mut next_upkeep: Option<Timestamp> = None;
        let begun = tokio::time::Instant::now();
        let mut leaps = Leaps::since(self.now());
        loop {
            turn.notify_one();
            // 8: what is due by a clock that cannot be believed is not due.
            let retention = if leaps.trusts(self.now(), begun.elapsed()) {
                self.run_retention().await
            } else {
                self.retention_stopped_by_leap().await
            };
            for result in [retention, self.run_lanes().await] {
                told(result, "the queue could not be worked on");
            }
            if next_look_at_epochs.is_none_or(|next| next <= self.now()) {
                next_look_at_epochs = Some(self.now() + self.look_at_epochs().await);
            }
            if next_upkeep.is_none_or(|next| next <= self.now()) {
                next_upkeep = Some(self.now() + UPKEEP_EVERY);
                self.look_over_each_hour().await;
            }
            tokio::select! {
                () = self.woken() => {}
                () = tokio::time::sleep(SLEEP) => {}
            }
        }
    }

    /// At each turn of the queue, and while a turn takes long; when the turn before is over.
    async fn tell_addresses_on(&self, turn: &Notify) {
        loop {
            tokio::select! {
                () = turn.notified() => {}
                () = tokio::time::sleep(SLEEP) => {}
            }
            told(self.tell_addresses().await, "recipients could not be told");
        }
    }

    async fn work_at_night(&self) {
        let mut next = next_night(self.now());
        loop {
            tokio::time::sleep(NIGHT_LOOK).await;
            if next > self.now() {
                continue;
            }
            next = next_night(self.now());
            told(self.look_for_alike().await, "records could not be compared");
            told(self.make_figures().await, "people could not be counted");
            told(
                self.look_for_old_cards().await,
                "card data could not be looked for",
            );
        }
    }

    async fn look_over_each_hour(&self) {
        told(self.run_upkeep().await, "what has served could not be removed");
        told(
            self.look_for_untold().await,
            "recipients could not be looked over",
        );
        told(self.run_requests().await, "the requests could not be looked over");
        told(
            self.look_over_acts().await,
            "what is done about breaches could not be looked over",
        );
    }

    /// Ends the epoch of keys when it is due; gives how long to wait with the next look.
    async fn look_at_epochs(&self) -> SignedDuration {
        match self.run_epochs().await {
            Ok(None) => EPOCHS_LOOK,
            Ok(Some(ended)) => {
                tracing::info!(
                    epoch = ended.from,
                    deaths = ended.deaths,
                    "an epoch of keys ended"
                );
                EPOCHS_LOOK
            }
            Err(fault) => {
                tracing::error!(kind = fault_kind(&fault), "an epoch of keys could not be ended");
                EPOCHS_REST
            }
        }
    }

    /// Pieces of work about one subject, one after the other; returns how many were done.
    async fn work_in_turn(&self, pieces: Vec<QueuedJob>) -> Result<usize, Fault> {
        let mut done = 0;
        for queued in pieces {
            if self.lease(&queued.job).await? {
                done += usize::from(self.work_off(&queued.job, queued.attempts).await?);
            }
        }
        Ok(done)
    }

    async fn lease(&self, work: &Job) -> Result<bool, Fault> {
        let now = self.now();
        let statements = vec![job::lease(work.subject, work.id, now, now + LEASE)];
        match self
            .store()
            .commit(Commit {
                statements,
                ..Commit::default()
            })
            .await
        {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict(_)) => Ok(false),
            Err(error) => Err(fault_of(error)),
        }
    }

    async fn work_off(&self, piece: &Job, attempts: u32) -> Result<bool, Fault> {
        // What was remembered may be older than the work.
        if let Some(subject) = piece.subject {
            self.forget(subject);
        }
        let outcome = work(self, piece).await;
        let now = self.now();
        let statement = match &outcome {
            Ok(Delivery::Refused) => given_up(piece, now),
            Err(Rejected::Fault(_)) if is_letter(&piece.kind) && attempts >= LETTER_ATTEMPTS_MAX => {
                given_up(piece, now)
            }
            Ok(Delivery::Done) | Err(Rejected::Refusal(_) | Rejected::NotFound) => finished(piece, now),
            Err(rejected) => {
                tracing::warn!(work = %piece.kind, attempts, reason = reason(rejected), "work was put off");
                let wait = SignedDuration::from_secs(1 << attempts.min(12));
                job::put_off(piece.subject, piece.id, now + wait.min(PUT_OFF_MAX))
            }
        };
        self.commit_work(Commit {
            statements: vec![statement],
            ..Commit::default()
        })
        .await?;
        Ok(outcome.is_ok())
    }

    /// Commits work; that it was ended by its own operation already is no failure.
    pub(crate) async fn commit_work(&self, commit: Commit) -> Result<(), Fault> {
        match self.store().commit(commit).await {
            Ok(_) | Err(CommitError::Conflict(_)) => Ok(()),
            Err(error) => Err(fault_of(error)),
        }
    }
}

/// A letter that nobody takes: no more is tried, and it is told to those who look after the system.
fn given_up(piece: &Job, now: Timestamp) -> Statement {
    tracing::warn!(work = %piece.kind, "a letter cannot be delivered");
    job::give_up(piece.subject, piece.id, &piece.kind, now)
}

/// What is due at an instant, of some kinds.
type Due = fn(&mut dyn Reader, Timestamp) -> Result<Vec<QueuedJob>, Fault>;

/// Whose turn pieces of work wait for: a subject's, or of what is nobody's their own.
type Lane = (Option<SubjectId>, Option<JobId>);

/// Pieces about different subjects need not wait for each other, and so their commits share a sync; nor need pieces about nobody, but
/// letters to recipients, which are about a subject too, and acts about breaches, which count the same people.
fn in_lanes(due: Vec<QueuedJob>) -> BTreeMap<Lane, Vec<QueuedJob>> {
    let mut lanes: BTreeMap<Lane, Vec<QueuedJob>> = BTreeMap::new();
    for queued in due {
        lanes.entry(lane(&queued.job)).or_default().push(queued);
    }
    lanes
}

fn lane(piece: &Job) -> Lane {
    match piece.kind.as_str() {
        SEND_RECALL => (transfer::told_about(&piece.detail), None),
        BREACH_ACT => (None, None),
        _ if piece.subject.is_none() => (None, Some(piece.id)),
        _ => (piece.subject, None),
    }
}

const fn reason(rejected: &Rejected) -> &'static str {
    match rejected {
        Rejected::Refusal(_) => "refused",
        Rejected::Mistake(_) => "mistake",
        Rejected::Fault(fault) => fault_kind(fault),
        Rejected::NotFound => "not found",
        Rejected::SignInFirst => "not signed in",
    }
}

const fn fault_kind(fault: &Fault) -> &'static str {
    match fault {
        Fault::Store(_) => "store",
        Fault::Vault(_) => "vault",
        Fault::Ledger(_) => "ledger",
        Fault::Busy(_) => "busy",
        Fault::Configuration(_) => "configuration",
        Fault::Outside(_) => "outside",
    }
}

/// A failure goes to the log by its kind; the work is tried again at its next time.
fn told<T>(result: Result<T, Fault>, what: &'static str) {
    if let Err(fault) = result {
        tracing::error!(kind = fault_kind(&fault), "{what}");
    }
}
