//! 8-a, 8-c: what falls due and why it is still here, for the responsible person and for the command line; and what is wrong
//! with the run of the schedule. No value and no name is in it.

use jiff::{SignedDuration, Timestamp};
use sandyq_model::{Category, Fault, FieldSet, Standing, SubjectId};
use sandyq_store::Reader;
use sandyq_store::tables::card_proof::{self, CardProof};
use sandyq_store::tables::retention_run::{self, RetentionRun};
use sandyq_store::tables::{record, subject};

use super::{Kept, Size, Stop, floor, size_of};
use crate::access::Caller;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// Days ahead that a plan counts.
pub const AHEAD_DAYS: [u32; 3] = [7, 30, 90];
/// Rows of people, and as many of single values, that a plan names.
const NEXT_MAX: u32 = 25;
/// People who wait that a plan names, and counts.
const WAITING_MAX: u32 = 1000;
/// Runs that a plan names.
const RUNS_MAX: u32 = 7;
/// A run that ended longer ago is late: it is daily.
const LATE: SignedDuration = SignedDuration::from_hours(48);

/// What falls due.
#[derive(Clone, Debug)]
pub struct Plan {
    /// At which instant.
    pub at: Timestamp,
    /// What is wrong.
    pub alarms: Vec<Alarm>,
    /// How much falls due within so many days: days, people, single values.
    pub ahead: Vec<(u32, u64, u64)>,
    /// What goes next, soonest first; so many at most.
    pub next: Vec<Next>,
    /// Who is due and waits, because they are blocked; so many at most.
    pub waiting: Vec<Next>,
    /// The newest runs, newest first.
    pub runs: Vec<Run>,
    /// How many people are in the system (5.1.3).
    pub size: Size,
    /// When it was last looked whether card data has outlived its day.
    pub cards_looked_for: Option<Timestamp>,
}

/// What a person must look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// The run stopped, and nothing is destroyed by the schedule.
    Stopped(Stop),
    /// So many are due and wait, because they are blocked; that many or more.
    Waiting(u64),
    /// No run has ended since then.
    Late(Timestamp),
    /// So many values of card data have outlived their day.
    Cards(u64),
}

/// Something that goes.
#[derive(Clone, Debug)]
pub struct Next {
    /// Whose; an id that says nothing.
    pub subject: SubjectId,
    /// Their cases, by reference.
    pub cases: Vec<String>,
    /// What they are to the operator.
    pub category: Category,
    /// The day.
    pub at: Timestamp,
    /// Which values go alone; none: everything goes.
    pub fields: FieldSet,
    /// What a law keeps of it.
    pub kept: Kept,
}

/// One run of the schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its day in Kazakhstan.
    pub day: String,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How many destructions it ordered.
    pub destroyed: u64,
    /// How many people waited.
    pub waiting: u64,
    /// What stopped it.
    pub stopped: Option<Stop>,
}

impl From<RetentionRun> for Run {
    fn from(run: RetentionRun) -> Self {
        Self {
            stopped: run.stopped.as_deref().and_then(Stop::named),
            day: run.day,
            begun_at: run.begun_at,
            ended_at: run.ended_at,
            destroyed: run.queued,
            waiting: run.waiting,
        }
    }
}

impl System {
    /// The plan, for the desk of the responsible person.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody else.
    pub async fn retention_board(&self, caller: &Caller) -> Result<Plan, Rejected> {
        at_the_board(caller)?;
        Ok(self.retention_plan().await?)
    }

    /// What falls due, and what is wrong.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn retention_plan(&self) -> Result<Plan, Fault> {
        let now = self.now();
        let found = self.store().read(move |reader| Found::read(reader, now)).await?;
        let mut next = Vec::new();
        for row in &found.people {
            next.push(
                self.next_of(row.id, row.due_at.unwrap_or(now), FieldSet::EMPTY)
                    .await?,
            );
        }
        for (id, field, until) in &found.values {
            next.push(self.next_of(*id, *until, FieldSet::only(*field)).await?);
        }
        next.sort_by_key(|next| next.at);
        let mut waiting = Vec::new();
        for row in found.waiting.iter().take(NEXT_MAX as usize) {
            waiting.push(
                self.next_of(row.id, row.due_at.unwrap_or(now), FieldSet::EMPTY)
                    .await?,
            );
        }
        let mut alarms = alarms(&found.runs, found.waiting.len() as u64, now);
        alarms.extend(of_cards(found.cards));
        Ok(Plan {
            at: now,
            alarms,
            ahead: found.ahead,
            next,
            waiting,
            runs: found.runs,
            size: size_of(self.policy(), &found.counts),
            cards_looked_for: found.cards.map(|proof| proof.at),
        })
    }

    async fn next_of(&self, id: SubjectId, at: Timestamp, fields: FieldSet) -> Result<Next, Fault> {
        let dossier = self.dossier(id).await?;
        let known = dossier.known()?;
        Ok(Next {
            subject: id,
            cases: dossier.cases.iter().map(|case| case.reference.clone()).collect(),
            category: known.category,
            at,
            fields,
            kept: floor(&dossier, self.policy(), at.max(self.now())),
        })
    }
}

struct Found {
    people: Vec<subject::Subject>,
    values: Vec<(SubjectId, sandyq_model::Field, Timestamp)>,
    waiting: Vec<subject::Subject>,
    ahead: Vec<(u32, u64, u64)>,
    runs: Vec<Run>,
    counts: Vec<(Category, Standing, u64)>,
    cards: Option<CardProof>,
}

impl Found {
    fn read(reader: &mut dyn Reader, now: Timestamp) -> Result<Self, Fault> {
        let until = |days: u32| {
            let hours = SignedDuration::from_hours(24 * i64::from(days));
            now.checked_add(hours).unwrap_or(Timestamp::MAX)
        };
        let farthest = until(AHEAD_DAYS.into_iter().max().unwrap_or(0));
        let mut ahead = Vec::new();
        for days in AHEAD_DAYS {
            let (people, values) = (
                subject::due_until(reader, until(days))?,
                record::due_until(reader, until(days))?,
            );
            ahead.push((days, people, values));
        }
        let runs = retention_run::newest(reader, RUNS_MAX)?;
        Ok(Self {
            people: subject::due(reader, farthest, NEXT_MAX)?,
            values: record::next(reader, farthest, NEXT_MAX)?,
            waiting: subject::due_and_blocked(reader, now, None, WAITING_MAX)?,
            ahead,
            runs: runs.into_iter().map(Run::from).collect(),
            counts: subject::counts(reader)?,
            cards: card_proof::noted(reader)?,
        })
    }
}

/// What the runs, and so many who wait, tell a person at that instant.
#[must_use]
pub fn alarms(runs: &[Run], waiting: u64, now: Timestamp) -> Vec<Alarm> {
    let stopped = runs.first().and_then(|run| run.stopped).map(Alarm::Stopped);
    let ended = runs.iter().filter_map(|run| run.ended_at).max();
    let begun = runs.iter().map(|run| run.begun_at).min();
    let since = ended.or(begun);
    let is_late = |since: &Timestamp| now.duration_since(*since) > LATE;
    let late = since.filter(is_late).map(Alarm::Late);
    let waits = (waiting > 0).then_some(Alarm::Waiting(waiting));
    [stopped, waits, late].into_iter().flatten().collect()
}

/// The newest runs and how many wait, where only the store is open.
///
/// # Errors
/// When the engine does not answer.
pub fn alarms_of(reader: &mut dyn Reader, now: Timestamp) -> Result<(Vec<Run>, Vec<Alarm>), Fault> {
    let runs: Vec<Run> = retention_run::newest(reader, RUNS_MAX)?
        .into_iter()
        .map(Run::from)
        .collect();
    let waiting = subject::due_and_blocked(reader, now, None, WAITING_MAX)?.len() as u64;
    let mut alarms = alarms(&runs, waiting, now);
    alarms.extend(of_cards(card_proof::noted(reader)?));
    Ok((runs, alarms))
}

fn of_cards(proof: Option<CardProof>) -> Option<Alarm> {
    let outlived = proof?.outlived;
    (outlived > 0).then_some(Alarm::Cards(outlived))
}
