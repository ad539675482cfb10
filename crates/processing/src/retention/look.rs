//! 8-c, 8-d: the run of the schedule. Every day it finds what is due – whole records, and single values whose last purpose
//! has ended while their person stays – and leaves the destruction in the queue, so many at once; between two days it looks
//! again and again. Killed on its way, it goes on where it was: what is gone is not found again.
//!
//! It never destroys by a clock that went back, nor beyond the days that the calendar knows: then it stops, says so in the
//! ledger once a day, and waits for a person. What a person blocked waits too, with an entry for each day that it waits.

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Clauses, Detail, Entry, Happening, Outcome};
use sandyq_model::{Actor, Clause, Fault, Role, Standing, SubjectId, time};
use sandyq_store::tables::retention_run::{self, RetentionRun};
use sandyq_store::tables::{record, subject};
use sandyq_store::{Commit, Job, Reader};

use super::Kept;
use crate::destroy;
use crate::dossier::Dossier;
use crate::entry;
use crate::perform::fault_of;
use crate::system::System;

/// Subjects whose day has come that one look queues.
const DUE_MAX: u32 = 256;
/// People who wait that are entered in one commit.
const WAITING_MAX: u32 = 256;
/// So far a clock may be corrected backwards before it is no more believed.
const BACK_MAX: SignedDuration = SignedDuration::from_mins(5);
/// Looks of one run that a person ordered: so many times [`DUE_MAX`] people, and as many with single values.
const LOOKS_MAX: u32 = 8192;

/// Why the run does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A run is known that is later than now.
    ClockBack,
    /// The clock leapt ahead while the program ran.
    ClockAhead,
    /// The calendar does not know this day.
    Calendar,
}

impl Stop {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::ClockBack, Self::ClockAhead, Self::Calendar];

    /// The word in the table, on pages and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClockBack => "clock-back",
            Self::ClockAhead => "clock-ahead",
            Self::Calendar => "calendar",
        }
    }

    /// The reason of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stop| stop.name() == word)
    }

    const fn detail(self) -> Detail {
        match self {
            Self::ClockBack | Self::ClockAhead => Detail::Clock,
            Self::Calendar => Detail::Calendar,
        }
    }
}

/// What a run that a person ordered came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Destructions that it left in the queue and that were done.
    pub queued: u64,
    /// How many people wait, because they are blocked.
    pub waiting: u64,
    /// Why nothing was done.
    pub stopped: Option<Stop>,
}

impl System {
    /// Queues the destruction of everybody, and of every single value, whose day has come (8-c) and that is not queued yet:
    /// so many at once, and the rest with the next look.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn run_retention(&self) -> Result<usize, Fault> {
        let now = self.now();
        let known = self.newest_run().await?;
        if let Some(stop) = self.stop_of(known.as_ref(), now) {
            self.stopped_by(known.as_ref(), stop, now).await?;
            return Ok(0);
        }
        let (people, of_values) = self.store().read(move |reader| due(reader, now)).await?;
        let whole = people.iter().map(|row| destroy::ordered(self, row, now));
        let single = of_values
            .iter()
            .map(|id| destroy::ordered_of_values(self, *id, now));
        let jobs: Vec<Job> = whole.chain(single).collect();
        let mut run = run_of(known, now);
        let queued = jobs.len();
        if queued == 0 {
            if run.ended_at.is_none() {
                self.end_run(run, now).await?;
            }
            return Ok(0);
        }
        run.queued = run.queued.saturating_add(queued as u64);
        run.looked_at = now;
        let commit = Commit {
            jobs,
            statements: vec![retention_run::put(&run)],
            ..Commit::default()
        };
        self.commit_work(commit).await?;
        self.wake();
        Ok(queued)
    }

    /// 8-c: the run at a person's word: everything that is due is destroyed now. `told` hears how much was done so far.
    /// `clock_is_right`: a person looked at the clock, and runs that are later than now are forgotten.
    ///
    /// # Errors
    /// When the store or the queue does not answer: what was destroyed until then is, and asking again goes on from there.
    pub async fn retention_now(
        &self,
        clock_is_right: bool,
        told: impl Fn(u64) + Send + Sync,
    ) -> Result<Ran, Fault> {
        let now = self.now();
        if clock_is_right {
            let statements = vec![retention_run::remove_after(&day_of(now))];
            let believed = self.of_run(Outcome::Done, Detail::Clock);
            self.commit_entries(statements, vec![believed]).await?;
        }
        let known = self.newest_run().await?;
        if let Some(stop) = self.stop_of(known.as_ref(), now) {
            self.stopped_by(known.as_ref(), stop, now).await?;
            return Ok(Ran {
                queued: 0,
                waiting: 0,
                stopped: Some(stop),
            });
        }
        let mut queued: u64 = 0;
        for _ in 0..LOOKS_MAX {
            let found = self.run_retention().await?;
            self.run_queue().await?;
            if found == 0 {
                break;
            }
            queued = queued.saturating_add(found as u64);
            told(queued);
        }
        let run = run_of(self.newest_run().await?, self.now());
        let waiting = self.end_run(run, self.now()).await?;
        Ok(Ran {
            queued,
            waiting,
            stopped: None,
        })
    }

    /// The clock leapt ahead while the program ran: nothing is destroyed by it, and that is entered once a day.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn retention_stopped_by_leap(&self) -> Result<usize, Fault> {
        let known = self.newest_run().await?;
        self.stopped_by(known.as_ref(), Stop::ClockAhead, self.now())
            .await?;
        Ok(0)
    }

    /// The newest run there was. A day to which the clock leapt and came back from never was.
    async fn newest_run(&self) -> Result<Option<RetentionRun>, Fault> {
        let newest = || self.store().read(|reader| retention_run::newest(reader, 1));
        let known = newest().await?.into_iter().next();
        let today = day_of(self.now());
        let never_was =
            |run: &RetentionRun| run.day > today && run.stopped.as_deref() == Some(Stop::ClockAhead.name());
        if !known.as_ref().is_some_and(never_was) {
            return Ok(known);
        }
        self.commit_entries(vec![retention_run::remove_after(&today)], Vec::new())
            .await?;
        Ok(newest().await?.into_iter().next())
    }

    fn stop_of(&self, known: Option<&RetentionRun>, now: Timestamp) -> Option<Stop> {
        let latest = known.map(|run| run.begun_at.max(run.looked_at));
        let today = time::day_in_kazakhstan(now);
        if latest.is_some_and(|latest| now.checked_add(BACK_MAX).is_ok_and(|now| now < latest)) {
            return Some(Stop::ClockBack);
        }
        (self.policy().calendar().horizon() < today).then_some(Stop::Calendar)
    }

    /// Notes that the run stopped, once a day for each reason.
    async fn stopped_by(
        &self,
        known: Option<&RetentionRun>,
        stop: Stop,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let day = day_of(now);
        let is_told = known.is_some_and(|run| {
            run.stopped.as_deref() == Some(stop.name()) && (run.day == day || stop == Stop::ClockBack)
        });
        if is_told {
            return Ok(());
        }
        tracing::error!(
            stop = stop.name(),
            "the run of retention stopped: nothing is destroyed by the schedule"
        );
        // With a clock that went back the newest run is the later one: the alarm stands with it.
        let run = match known {
            Some(run) if stop == Stop::ClockBack => run.clone(),
            known => run_of(known.cloned(), now),
        };
        let run = RetentionRun {
            stopped: Some(stop.name().to_owned()),
            ..run
        };
        let entry = self.of_run(Outcome::Failed, stop.detail());
        self.commit_entries(vec![retention_run::put(&run)], vec![entry])
            .await
    }

    /// Nothing that is due is left but what is blocked: that is counted, and entered for everybody who waits. The proofs of consents that
    /// have had their years go as well.
    async fn end_run(&self, run: RetentionRun, now: Timestamp) -> Result<u64, Fault> {
        let mut waiting: u64 = 0;
        let mut after: Option<SubjectId> = None;
        loop {
            let page = self
                .store()
                .read(move |reader| subject::due_and_blocked(reader, now, after, WAITING_MAX))
                .await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            waiting = waiting.saturating_add(page.len() as u64);
            let entries = page.iter().map(|row| Entry {
                subject: row.pseudonym,
                ..self.entered(Happening::DestructionWaits, Outcome::Done, why(row))
            });
            self.commit_entries(Vec::new(), entries.collect()).await?;
        }
        self.end_consent_proofs(now).await?;
        let ended = RetentionRun {
            ended_at: Some(now),
            looked_at: now,
            waiting,
            stopped: None,
            ..run
        };
        let entry = self.of_run(Outcome::Done, Detail::None);
        let kept_since = now.checked_sub(RUNS_KEPT).map(day_of).unwrap_or_default();
        let statements = vec![
            retention_run::put(&ended),
            retention_run::remove_before(&kept_since),
        ];
        self.commit_entries(statements, vec![entry]).await?;
        Ok(waiting)
    }

    fn of_run(&self, outcome: Outcome, detail: Detail) -> Entry {
        self.entered(Happening::RetentionRun, outcome, detail)
    }

    fn entered(&self, happening: Happening, outcome: Outcome, detail: Detail) -> Entry {
        Entry {
            clauses: Clauses::most_telling(&[Clause::fixed("8")]),
            ..entry::of_happening(&Actor::system(Role::SCHEDULE), happening, outcome, detail, self)
        }
    }

    async fn commit_entries(
        &self,
        statements: Vec<sandyq_store::Statement>,
        entries: Vec<Entry>,
    ) -> Result<(), Fault> {
        let commit = Commit {
            statements,
            entries,
            ..Commit::default()
        };
        self.store().commit(commit).await.map(drop).map_err(fault_of)
    }
}

/// 8-a: what a floor keeps was found before its day, because an article keeps it longer than was known when it was locked:
/// the day is moved to the end of the floor, with an entry.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn waits_for_its_floor(
    system: &System,
    dossier: &Dossier,
    kept: &Kept,
) -> Result<(), Fault> {
    let known = dossier.known()?;
    let row = subject::Subject {
        due_at: kept.until(),
        ..known.clone()
    };
    let entry = Entry {
        subject: known.pseudonym,
        ..system.entered(Happening::DestructionWaits, Outcome::Done, Detail::Remainder)
    };
    let commit = Commit {
        subject: Some((known.id, dossier.version)),
        moves: true,
        statements: vec![subject::update(&row)],
        entries: vec![entry],
        ..Commit::default()
    };
    let moved = system.commit_about(known.id, commit).await;
    moved.map(drop).map_err(fault_of)
}

/// Why somebody whose day has come waits.
fn why(row: &subject::Subject) -> Detail {
    if row.standing == Standing::Blocked {
        Detail::Blocked
    } else {
        Detail::Held
    }
}

/// The run of today, as far as it is known.
fn run_of(known: Option<RetentionRun>, now: Timestamp) -> RetentionRun {
    let day = day_of(now);
    let todays = known.filter(|run| run.day == day);
    todays.map_or(
        RetentionRun {
            day,
            begun_at: now,
            ended_at: None,
            looked_at: now,
            queued: 0,
            waiting: 0,
            stopped: None,
        },
        // Whatever stopped it is over, or it would not be asked for.
        |run| RetentionRun { stopped: None, ..run },
    )
}

fn day_of(at: Timestamp) -> String {
    time::day_in_kazakhstan(at).to_string()
}

fn due(reader: &mut dyn Reader, now: Timestamp) -> Result<(Vec<subject::Subject>, Vec<SubjectId>), Fault> {
    Ok((
        subject::due_and_free(reader, now, DUE_MAX)?,
        record::due(reader, now, DUE_MAX)?,
    ))
}

/// For how long runs can still be looked at.
const RUNS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 400);
