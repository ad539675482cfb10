//! Design 4, 5.1.5: the one path. Everything done with personal data passes through [`System::perform`].
//!
//! Gather the facts, decide, do the verb under its permit, make the entry from the decision, commit change and entry
//! together, and only then answer. A refusal is an entry too. A subject that changed in between is decided again.

use std::sync::Arc;

use sandyq_ledger::entry::{Clauses, Detail, Entry, Happening, Outcome as Accounted};
use sandyq_model::{Act, Actor, Clause, Fault, IdempotencyKey, Operation, Refusal, Verb};
use sandyq_policy::{Permit, Spent};
use sandyq_store::tables::idempotency::Once;
use sandyq_store::tables::proposal;
use sandyq_store::vault::{Lead, NewKey};
use sandyq_store::{Commit, CommitError, Committed, Job, Statement};

use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::entry;
use crate::once::sent_before;
use crate::rejected::Rejected;
use crate::system::System;

/// How often an operation is decided anew when its subject changes under it.
const DECISIONS_MAX: u32 = 16;

/// A verb that can be done. The implementation is the whole of what the verb is.
pub trait Performed: Act {
    /// What it works on.
    type Input: Send + Sync;
    /// What it gives, once it is committed.
    type Output: Send;

    /// Does the verb under its permit. Nothing is committed here and nothing leaves.
    ///
    /// # Errors
    /// [`Rejected`], when the input cannot be worked on or a part of the system fails.
    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Self::Input,
        system: &System,
    ) -> Result<Done<Self>, Rejected>;
}

/// A verb done and not yet committed.
pub struct Done<V: Performed> {
    /// The permit, used up: the entry is made from it.
    pub spent: Spent<V>,
    /// What changes.
    pub changes: Changes,
    /// What is answered after the commit.
    pub output: V::Output,
}

/// What a verb changes.
#[derive(Default)]
pub struct Changes {
    /// Rows.
    pub statements: Vec<Statement>,
    /// Work for the queue, in the same commit.
    pub jobs: Vec<Job>,
    /// Keys that must be durable before the rows.
    pub new_keys: Vec<NewKey>,
    /// Keys that die after the rows are durable, before the answer: their generations.
    pub dead_generations: Vec<u32>,
    /// By which of their values the person is found from now on.
    pub leads: Vec<Lead>,
    /// The person is found by nothing any more.
    pub found_by_nothing: bool,
    /// Whether anything that belongs to the subject changes.
    pub moves: bool,
    /// What a second submission with the same key is answered; nothing personal.
    pub answer: Option<Vec<u8>>,
    /// Whether something stays behind.
    pub stays: Stays,
    /// More on what was done, where the verb does not say it.
    pub detail: Option<Detail>,
    /// Whether no restore may lose it, though the verb alone does not say so.
    pub protects: bool,
}

/// What stays behind of a record when something is destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stays {
    /// Nothing was destroyed, or nothing stays.
    #[default]
    Nothing,
    /// Values under a cited floor, locked (8-a).
    Remainder,
    /// Everything that still serves a purpose: only single values went (8).
    Person,
}

impl Stays {
    const fn detail(self) -> Detail {
        match self {
            Self::Nothing => Detail::None,
            Self::Remainder => Detail::Remainder,
            Self::Person => Detail::Part,
        }
    }
}

/// What became of an operation.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It was done now.
    Done {
        /// The verb's output.
        output: T,
        /// The number of its ledger entry.
        entry: u64,
    },
    /// It had been done before, by the same key; this was answered.
    Repeated(Vec<u8>),
}

impl System {
    /// Brings one operation along the one path.
    ///
    /// # Errors
    /// The policy's refusal (recorded), the caller's mistake, or our fault; nothing happened then.
    pub async fn perform<V: Performed>(
        &self,
        operation: &Operation<V>,
        circumstances: &Circumstances,
        input: &V::Input,
    ) -> Result<Outcome<V::Output>, Rejected> {
        for _ in 0..DECISIONS_MAX {
            let dossier = self.dossier(operation.subject).await?;
            let facts = dossier.facts(operation, circumstances, self.policy());
            let permit = match self.policy().decide(operation, &facts) {
                Ok(permit) => permit,
                Err(refusal) => return Err(self.refuse(operation, circumstances, &dossier, refusal).await),
            };
            let done = match V::perform(permit, &dossier, input, self) {
                Ok(done) => done,
                Err(rejected) => {
                    self.account_failure(operation, circumstances, &dossier, &rejected)
                        .await?;
                    return Err(rejected);
                }
            };
            let Done {
                spent,
                changes,
                output,
            } = done;
            let moves = changes.moves;
            let commit = self.commit_of(
                (operation.key, operation.content),
                &dossier,
                &spent,
                circumstances,
                changes,
            );
            let committed = if moves {
                self.commit_about(operation.subject, commit).await
            } else {
                self.store().commit(commit).await
            };
            match committed {
                Ok(Committed::Done { entry_index, .. }) => {
                    return Ok(Outcome::Done {
                        output,
                        entry: entry_index,
                    });
                }
                Ok(Committed::Already(answer)) => return Ok(Outcome::Repeated(answer)),
                Err(CommitError::Stale) => self.forget(operation.subject),
                Err(error) => return Err(refused_commit(error)),
            }
        }
        Err(Fault::Busy("the same person's record changes too fast".into()).into())
    }

    fn commit_of<V: Performed>(
        &self,
        (key, content): (IdempotencyKey, Option<[u8; 32]>),
        dossier: &Dossier,
        spent: &Spent<V>,
        circumstances: &Circumstances,
        changes: Changes,
    ) -> Commit {
        let subject = spent.subject();
        let begins = dossier.row.is_none();
        let mut entries = vec![entry::of_spent(
            spent,
            dossier,
            circumstances,
            match changes.stays {
                Stays::Nothing => changes.detail.unwrap_or(Detail::None),
                stays => stays.detail(),
            },
            self.now(),
        )];
        let mut statements = changes.statements;
        if let Some(second) = circumstances.second {
            // Used up before anything else of the subject goes: it counts once.
            statements.insert(0, proposal::take(second.proposal));
            entries.push(Entry {
                subject: dossier.pseudonym,
                ..entry::of_happening(
                    &second.by,
                    Happening::Approved,
                    Accounted::Done,
                    Detail::None,
                    self,
                )
            });
        }
        Commit {
            subject: Some((subject, dossier.version)),
            moves: changes.moves,
            statements,
            jobs: changes.jobs,
            entries,
            once: changes.answer.map(|answer| Once { key, content, answer }),
            new_keys: changes.new_keys,
            leads: changes.leads,
            without_leads: changes.found_by_nothing.then_some(subject).into_iter().collect(),
            dead_keys: changes
                .dead_generations
                .into_iter()
                .map(|generation| (subject, generation))
                .collect(),
            protects: protects(V::VERB) || begins || changes.protects,
            ..Commit::default()
        }
    }

    /// A refusal is an operation that happened: it has its entry, and its clauses are counted.
    pub(crate) async fn refuse<V: Act>(
        &self,
        operation: &Operation<V>,
        circumstances: &Circumstances,
        dossier: &Dossier,
        refusal: Refusal,
    ) -> Rejected {
        let commit = Commit {
            entries: vec![entry::of_refusal(
                operation,
                circumstances,
                dossier,
                &refusal,
                self,
            )],
            refusals: refusal.rules.clone(),
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(_) => Rejected::Refusal(refusal),
            Err(error) => refused_commit(error),
        }
    }

    /// Enters in the ledger that the house did something for itself, under which clause, and whether it worked.
    ///
    /// # Errors
    /// When the entry cannot be committed.
    pub(crate) async fn account_for(
        &self,
        actor: &Actor,
        happening: Happening,
        worked: bool,
        clause: &'static str,
    ) -> Result<(), Fault> {
        let outcome = if worked {
            Accounted::Done
        } else {
            Accounted::Failed
        };
        let mut entry = entry::of_happening(actor, happening, outcome, Detail::None, self);
        entry.clauses = Clauses::most_telling(&[Clause::fixed(clause)]);
        let commit = Commit {
            entries: vec![entry],
            ..Commit::default()
        };
        self.store().commit(commit).await.map(drop).map_err(fault_of)
    }

    /// What was allowed and could not be done has its entry as well.
    async fn account_failure<V: Act>(
        &self,
        operation: &Operation<V>,
        circumstances: &Circumstances,
        dossier: &Dossier,
        rejected: &Rejected,
    ) -> Result<(), Rejected> {
        let commit = Commit {
            entries: vec![entry::of_failure(
                operation,
                circumstances,
                dossier,
                rejected,
                self,
            )],
            ..Commit::default()
        };
        self.commit_alone(commit).await
    }
}

/// 6.3, 1.2: what no restore of an older backup may lose: that somebody came and agreed, confirmed, withdrew, was blocked
/// or is gone.
const fn protects(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Collect
            | Verb::Confirm
            | Verb::Withdraw
            | Verb::Block
            | Verb::Unblock
            | Verb::Delete
            | Verb::Destroy
    )
}

/// What a commit that did not happen means where nobody called: whatever stood in the way, it can be tried again.
pub(crate) fn fault_of(error: CommitError) -> Fault {
    match error {
        CommitError::Fault(fault) => fault,
        other => Fault::Busy(other.to_string()),
    }
}

impl System {
    /// Makes something durable that gives nothing back.
    pub(crate) async fn commit_alone(&self, commit: Commit) -> Result<(), Rejected> {
        let committed = self.store().commit(commit).await;
        committed.map(drop).map_err(refused_commit)
    }
}

/// What a commit that did not happen means to the caller.
pub(crate) fn refused_commit(error: CommitError) -> Rejected {
    match error {
        CommitError::Fault(fault) => Rejected::Fault(fault),
        CommitError::Busy => {
            Fault::Busy("too many operations are waiting; try again in a moment".into()).into()
        }
        CommitError::Stale => Fault::Busy("the record changed meanwhile; try again".into()).into(),
        CommitError::OtherSubmission => sent_before(),
        CommitError::Conflict(what) => crate::access::conflict(what),
    }
}
