//! 6.1: two records that may be one person. The system proposes (`proposing.rs`); the responsible person decides, and says why. Records
//! that are one person are joined by a link: nothing is poured together, and each value stays under the consent that it was given by.
//!
//! The link opens nothing. It says to its owner, and to whoever answers them, that there is another record. It counts while both
//! records are in use under the consent to be recognised, and dies with either.

mod proposing;
mod verdict;

use std::sync::Arc;

use jiff::Timestamp;
use sandyq_ledger::entry::Happening;
use sandyq_model::act::Systematize;
use sandyq_model::{ActorId, Category, FieldSet, IdempotencyKey, Operation, Problem, Standing, SubjectId};
use sandyq_policy::Permit;
use sandyq_store::tables::alike::{self, Beside, Likeness};

use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::queue;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

pub(crate) use proposing::next_night;
pub use verdict::{Because, Verdict};

/// Pairs that the desk shows at once; when one is decided, the next one comes up.
const PAIRS_MAX: u32 = 50;
/// Joined pairs that the desk shows, joined last first.
const JOINED_MAX: u32 = 100;
/// Records that are named beside one.
const BESIDE_MAX: u32 = 20;

/// Two records that may be one person, or are said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The two.
    pub records: [Paired; 2],
    /// The contacts in common.
    pub by: FieldSet,
    /// When that was found.
    pub found_at: Timestamp,
    /// What was decided: why, by which sign-in name, and when.
    pub decided: Option<(Option<Because>, String, Timestamp)>,
}

/// One record of a pair: whose is not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paired {
    /// Whose.
    pub subject: SubjectId,
    /// What that person is to the operator.
    pub category: Category,
    /// Where the record stands.
    pub standing: Standing,
    /// Since when.
    pub created_at: Timestamp,
}

/// What waits for a decision, and what was joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// Found longest ago first.
    pub open: Vec<Pair>,
    /// Joined last first.
    pub joined: Vec<Pair>,
}

/// A record that is taken for the same person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Whose.
    pub subject: SubjectId,
    /// Since when it is there.
    pub since: Timestamp,
    /// The references of its cases.
    pub references: Vec<String>,
}

/// What is written about one record when a pair is decided about.
pub struct Decided {
    /// What it says of the other one.
    likeness: Likeness,
    /// What was decided.
    verdict: alike::Verdict,
}

impl Performed for Systematize {
    type Input = Decided;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        _dossier: &Arc<Dossier>,
        decided: &Decided,
        _system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let Decided { likeness, verdict } = decided;
        let (one, other) = (likeness.subject, likeness.other);
        let changes = Changes {
            statements: vec![
                // Until the other record says the same, the pair is still to be decided about.
                alike::propose(other, one, likeness.fields, likeness.found_at),
                alike::decide(likeness, verdict),
            ],
            moves: true,
            ..Changes::default()
        };
        Ok(Done {
            spent: permit.spend(),
            changes,
            output: (),
        })
    }
}

impl System {
    /// 6.1: the pairs that wait for the responsible person, and those that they joined. The look has its entry.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody else; a fault.
    pub async fn pairs(&self, caller: &Caller) -> Result<Pairs, Rejected> {
        at_the_board(caller)?;
        let (open, joined) = self
            .store()
            .read(|reader| {
                Ok((
                    alike::open(reader, PAIRS_MAX)?,
                    alike::joined(reader, JOINED_MAX)?,
                ))
            })
            .await?;
        let names = self.names_of_staff().await?;
        let name = |id: ActorId| names.get(&id).cloned().unwrap_or_default();
        let mut pairs = Pairs {
            open: Vec::new(),
            joined: joined.iter().map(|row| pair(row, &name)).collect(),
        };
        for row in &open {
            let [one, other] = [row.0.other, row.0.subject];
            let is_listed = |pair: &Pair| pair.records.map(|record| record.subject) == [one, other];
            if !pairs.open.iter().any(is_listed) {
                pairs.open.push(pair(row, &name));
            }
        }
        self.account_for(&caller.actor, Happening::AlikeRead, true, "6.1")
            .await?;
        Ok(pairs)
    }

    /// 6.1: the responsible person decides whether two records are one person. What was decided before is undone by it.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody else, and for two that nobody proposed; a mistake when the reason is none of this
    /// verdict; the policy's refusal about either record, and then nothing is decided.
    pub async fn decide_pair(
        &self,
        caller: &Caller,
        [one, other]: [SubjectId; 2],
        (verdict, because): (Verdict, Option<Because>),
    ) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let said = self
            .store()
            .read(move |reader| alike::of_pair(reader, one, other))
            .await?;
        let known = said.into_iter().next().ok_or(Rejected::NotFound)?;
        let because = because.ok_or_else(|| Rejected::mistake("because", Problem::Missing))?;
        if !because.is_of(verdict) {
            return Err(Rejected::mistake("because", Problem::Choice));
        }
        let circumstances = Circumstances::staff(caller);
        let mut operations = Vec::with_capacity(2);
        for (subject, beside) in [(one, other), (other, one)] {
            let dossier = self.dossier(subject).await?;
            let operation = self.putting_in_order(caller, &dossier, known.fields)?;
            let facts = dossier.facts(&operation, &circumstances, self.policy());
            // Only asked: nothing is said of one record that may not be said of the other.
            if let Err(refusal) = self.policy().decide(&operation, &facts) {
                return Err(self.refuse(&operation, &circumstances, &dossier, refusal).await);
            }
            operations.push((operation, beside));
        }
        let verdict = alike::Verdict {
            word: verdict.name().to_owned(),
            reason: because.name().to_owned(),
            by: caller.actor.id,
            at: self.now(),
        };
        for (operation, beside) in operations {
            let decided = Decided {
                likeness: Likeness {
                    subject: operation.subject,
                    other: beside,
                    verdict: None,
                    ..known.clone()
                },
                verdict: verdict.clone(),
            };
            self.perform(&operation, &circumstances, &decided).await?;
        }
        Ok(())
    }

    fn putting_in_order(
        &self,
        caller: &Caller,
        dossier: &Dossier,
        fields: FieldSet,
    ) -> Result<Operation<Systematize>, Rejected> {
        let category = dossier.category().ok_or(Rejected::NotFound)?;
        let purpose = queue::identification(category);
        let agreed = fields.intersection(dossier.consented(Some(purpose), self.now()));
        let key = IdempotencyKey::random(self.chance());
        let operation = Operation::new(caller.actor, dossier.subject, category, self.now(), key);
        // Without any consent all are asked for, so that the refusal is whole.
        Ok(operation
            .on(if agreed.is_empty() { fields } else { agreed })
            .for_purpose(purpose))
    }

    /// The records that are taken for the same person's as this one.
    pub(crate) async fn joined_to(&self, dossier: &Dossier) -> Result<Vec<Joined>, Rejected> {
        let subject = dossier.subject;
        if !self.is_recognised(dossier) {
            return Ok(Vec::new());
        }
        let others = self
            .store()
            .read(move |reader| alike::joined_to(reader, subject, BESIDE_MAX))
            .await?;
        let mut joined = Vec::with_capacity(others.len());
        for other in others {
            let beside = self.dossier(other).await?;
            if let Some(row) = beside.row.as_ref().filter(|_| self.is_recognised(&beside)) {
                joined.push(Joined {
                    subject: other,
                    since: row.created_at,
                    references: beside.cases.iter().map(|case| case.reference.clone()).collect(),
                });
            }
        }
        Ok(joined)
    }

    /// Whether a record is in use, under a living consent to recognise its owner: only then a link counts.
    fn is_recognised(&self, dossier: &Dossier) -> bool {
        dossier.row.as_ref().is_some_and(|row| {
            let purpose = queue::identification(row.category);
            row.standing == Standing::Active
                && row.withdrawn_at.is_none()
                && !dossier.consented(Some(purpose), self.now()).is_empty()
        })
    }
}

fn pair((likeness, records): &(Likeness, [Beside; 2]), name: &dyn Fn(ActorId) -> String) -> Pair {
    let decided = likeness.verdict.as_ref();
    Pair {
        records: records.map(|beside| Paired {
            subject: beside.subject,
            category: beside.category,
            standing: beside.standing,
            created_at: beside.created_at,
        }),
        by: likeness.fields,
        found_at: likeness.found_at,
        decided: decided.map(|verdict| {
            let because = Because::named(&verdict.reason);
            (because, name(verdict.by), verdict.at)
        }),
    }
}
