//! 5.1.3-b: who is concerned. The responsible person names one record, everybody of some groups with some fields stored, or
//! everybody with whose data an account of staff did something between two instants, as the ledger says. Many are looked for
//! piece by piece in the queue; how far it came is kept, so that a start goes on from there. No value is opened for it.
//!
//! Whoever has withdrawn or is destroyed is counted and not kept: nothing may be done with their data any more.

use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{By, Deed, Entry, Happening, Outcome};
use sandyq_model::{
    Actor, ActorId, BreachActId, BreachActKind, BreachId, Fault, FieldSet, IdempotencyKey, JobId, Mistake,
    Problem, Pseudonym, Role, Standing, SubjectId,
};
use sandyq_store::tables::breach_act::{self, BreachAct, Progress};
use sandyq_store::tables::breach_subject::{self, BreachSubject};
use sandyq_store::tables::posting::{self, Placed};
use sandyq_store::tables::subject::{self, Subject};
use sandyq_store::tables::{breach, job, record, staff};
use sandyq_store::{Commit, Job, Reader};

use super::{ACTS_MAX, AT_ONCE, Counts, PEOPLE_KEPT_MAX, UNENDED_MAX, When, letters, words};
use crate::access::Caller;
use crate::once::SentUnder;
use crate::perform::{fault_of, refused_commit};
use crate::queue;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// People, or entries of the ledger, that are looked through in one piece.
const PIECE: u32 = 512;
/// Entries may lie in the ledger a little before earlier ones, when a clock was set; so much is looked through beside the span.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

/// What was typed about who is concerned.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// One record: its number, or that of a case or a request of the person.
    pub reference: String,
    /// Of people who are stored: names of groups.
    pub categories: Vec<String>,
    /// Of people who are stored: names of fields of which they have one; none is "whatever is stored".
    pub fields: Vec<String>,
    /// Of people who were looked at: the sign-in name of the account.
    pub staff: String,
    /// Since when.
    pub from: When,
    /// Until when.
    pub until: When,
}

/// An act that was asked for and is not read yet.
pub(super) struct Asked {
    /// The act, of which nothing is known but its kind.
    pub(super) act: BreachAct,
    /// By which it is known when it is sent again.
    pub(super) sent: SentUnder,
    /// How many people the breach concerns.
    pub(super) counts: Counts,
    /// The acts before it, newest first.
    pub(super) before: Vec<BreachAct>,
}

impl System {
    /// Notes whom a breach concerns, or begins to look for them.
    ///
    /// # Errors
    /// Mistakes with `reference`, `categories`, `fields`, `staff`, `from-day`, `from-time`, `until-day` and `until-time`;
    /// [`Rejected::NotFound`] for everybody but the responsible person, and when there is no such breach or no such way.
    pub async fn seek_people(
        &self,
        caller: &Caller,
        number: u32,
        kind: BreachActKind,
        sought: &Sought,
        key: IdempotencyKey,
    ) -> Result<(), Rejected> {
        if !BreachActKind::FINDS.contains(&kind) {
            return Err(Rejected::NotFound);
        }
        let told = format!("{sought:?}");
        let Some(Asked { mut act, sent, .. }) = self.asks_for_act(caller, number, (kind, &told), key).await?
        else {
            return Ok(());
        };
        match kind {
            BreachActKind::Record => return self.mark_one(caller, act, &sought.reference).await,
            BreachActKind::Stored => {
                act.categories = words::categories(&sought.categories)
                    .map_err(|problem| mistake("categories", problem))?;
                if act.categories.is_empty() {
                    return Err(mistake("categories", Problem::Missing));
                }
                act.fields = self.fields_named(&sought.fields)?;
            }
            _ => self.read_looks(sought, &mut act).await?,
        }
        self.begin_act(caller, (&act, Happening::BreachPeopleSought), sent)
            .await
    }

    /// What each act begins with: the caller may, there is such a breach, and room for one more about it. Nothing when the same was
    /// sent before.
    pub(super) async fn asks_for_act(
        &self,
        caller: &Caller,
        number: u32,
        (kind, told): (BreachActKind, &str),
        key: IdempotencyKey,
    ) -> Result<Option<Asked>, Rejected> {
        at_the_board(caller)?;
        let typed = format!("{number} {kind} {told}");
        let sent = self.sent_under(key, "breach-act", &[typed.as_bytes()]);
        if self.was_done(sent).await? {
            return Ok(None);
        }
        let (breach, _) = self.breach_numbered(number).await?;
        let input = match kind {
            BreachActKind::Record => "reference",
            BreachActKind::Stored => "categories",
            BreachActKind::Looks => "staff",
            BreachActKind::Letters | BreachActKind::List => "step",
        };
        let (counts, before) = self.room_for_act(breach.id, input).await?;
        Ok(Some(Asked {
            act: self.act_of(&caller.actor, breach.id, kind),
            sent,
            counts,
            before,
        }))
    }

    /// Begins an act whose work is done in the queue.
    pub(super) async fn begin_act(
        &self,
        caller: &Caller,
        (act, happening): (&BreachAct, Happening),
        sent: SentUnder,
    ) -> Result<(), Rejected> {
        let commit = Commit {
            statements: vec![breach_act::begin(act)],
            jobs: vec![piece(self, act.id, self.now())],
            entries: vec![self.entry_of_breach(&caller.actor, happening, act.breach)],
            once: Some(sent.answered(Vec::new())),
            protects: true,
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        self.wake();
        Ok(())
    }

    /// How many people a breach concerns, and the acts about them, newest first; a mistake where there is no room for one more.
    pub(super) async fn room_for_act(
        &self,
        breach: BreachId,
        input: &str,
    ) -> Result<(Counts, Vec<BreachAct>), Rejected> {
        let read = self.store().read(move |reader| {
            let counts = breach_subject::counts(reader, breach)?;
            Ok((counts, breach_act::of_breach(reader, breach, ACTS_MAX)?))
        });
        let (counts, acts) = read.await?;
        if acts.len() >= ACTS_MAX as usize {
            return Err(mistake(input, Problem::Attempts));
        }
        Ok((counts, acts))
    }

    pub(super) fn act_of(&self, by: &Actor, breach: BreachId, kind: BreachActKind) -> BreachAct {
        BreachAct {
            id: BreachActId::random(self.chance()),
            breach,
            number: 0,
            kind,
            categories: Vec::new(),
            fields: FieldSet::EMPTY,
            staff: None,
            from_at: None,
            until_at: None,
            texts: None,
            begun_at: self.now(),
            begun_by: by.id,
            agreed_by: None,
            progress: Progress::default(),
        }
    }

    /// The fields of those names.
    pub(super) fn fields_named(&self, names: &[String]) -> Result<FieldSet, Rejected> {
        let mut fields = FieldSet::EMPTY;
        for name in names {
            let field = self.policy().field_named(name);
            fields = fields.with(field.ok_or_else(|| mistake("fields", Problem::Choice))?);
        }
        Ok(fields)
    }

    async fn read_looks(&self, sought: &Sought, act: &mut BreachAct) -> Result<(), Rejected> {
        let mut wrong: Vec<(String, Problem)> = Vec::new();
        let name = sought.staff.trim().to_owned();
        if name.is_empty() {
            wrong.push(("staff".to_owned(), Problem::Missing));
        } else {
            let found = self
                .store()
                .read(move |reader| staff::by_name(reader, &name))
                .await?;
            act.staff = found.map(|account| account.id);
            if act.staff.is_none() {
                wrong.push(("staff".to_owned(), Problem::NoRecord));
            }
        }
        let now = self.now();
        for (side, when, at) in [
            ("from", &sought.from, &mut act.from_at),
            ("until", &sought.until, &mut act.until_at),
        ] {
            // Only the end may be left empty, for now.
            if side == "from" && when.day.trim().is_empty() {
                wrong.push(("from-day".to_owned(), Problem::Missing));
                continue;
            }
            let read = if side == "from" {
                when.read(now)
            } else {
                when.read_end(now)
            };
            match read {
                Ok(instant) => *at = Some(instant),
                Err((part, problem)) => wrong.push((format!("{side}-{part}"), problem)),
            }
        }
        if let (Some(from), Some(until)) = (act.from_at, act.until_at)
            && from > until
        {
            wrong.push(("until-day".to_owned(), Problem::PeriodOrder));
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Mistake(wrong).into())
        }
    }

    /// One record, at once.
    async fn mark_one(&self, caller: &Caller, mut act: BreachAct, reference: &str) -> Result<(), Rejected> {
        let nobody = || mistake("reference", Problem::NoRecord);
        if reference.trim().is_empty() {
            return Err(mistake("reference", Problem::Missing));
        }
        let subject = self
            .subject_of(reference.trim())
            .await
            .map_err(|rejected| match rejected {
                Rejected::NotFound => nobody(),
                other => other,
            })?;
        let breach = act.breach;
        if self.is_kept(subject, breach).await? {
            return Ok(());
        }
        if self.people_kept(breach).await? >= PEOPLE_KEPT_MAX {
            return Err(mistake("reference", Problem::TooMany));
        }
        act.progress = Progress {
            seen: 1,
            found: 1,
            ended_at: Some(act.begun_at),
            ..Progress::default()
        };
        let row = row_of(subject, breach, act.number, act.begun_at);
        let statements = vec![breach_act::begin(&act), breach_subject::mark_of(&row, act.id)];
        let about = Some((&caller.actor, Happening::BreachConcerns));
        let noted = self.note_about(about, (subject, breach), |known, row| {
            let is_new = row.is_none() && is_here(known);
            is_new.then(|| (statements.clone(), Vec::new()))
        });
        // Somebody else may have named them meanwhile; or they are gone.
        if noted.await? || self.is_kept(subject, breach).await? {
            Ok(())
        } else {
            Err(nobody())
        }
    }

    async fn is_kept(&self, subject: SubjectId, breach: BreachId) -> Result<bool, Fault> {
        let row = self
            .store()
            .read(move |reader| breach_subject::find(reader, subject, breach));
        Ok(row.await?.is_some())
    }

    /// How many of these are not on the list yet.
    async fn count_new(&self, breach: BreachId, people: Vec<SubjectId>) -> Result<u64, Fault> {
        let read = self.store().read(move |reader| {
            let mut new = 0;
            for subject in people {
                new += u64::from(breach_subject::find(reader, subject, breach)?.is_none());
            }
            Ok(new)
        });
        read.await
    }

    async fn people_kept(&self, breach: BreachId) -> Result<u64, Fault> {
        let counts = self
            .store()
            .read(move |reader| breach_subject::counts(reader, breach));
        Ok(counts.await?.people)
    }

    /// Leaves the work again of acts that have not ended and have none: a machine was lost in between. The worker does it each hour.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn look_over_acts(&self) -> Result<(), Fault> {
        let (unended, waiting) = self
            .store()
            .read(|reader| {
                Ok((
                    breach_act::unended(reader, UNENDED_MAX)?,
                    job::details_of(reader, queue::BREACH_ACT, UNENDED_MAX)?,
                ))
            })
            .await?;
        let lost = unended.into_iter().filter(|id| {
            let detail = id.to_string().into_bytes();
            !waiting.contains(&detail)
        });
        let now = self.now();
        let jobs: Vec<Job> = lost.map(|id| piece(self, id, now)).collect();
        if jobs.is_empty() {
            return Ok(());
        }
        let commit = Commit {
            jobs,
            ..Commit::default()
        };
        self.store().commit(commit).await.map(drop).map_err(fault_of)
    }
}

/// The next piece of an act's work.
pub(super) fn piece(system: &System, act: BreachActId, now: Timestamp) -> Job {
    Job {
        subject: None,
        id: JobId::random(system.chance()),
        kind: queue::BREACH_ACT.to_owned(),
        detail: act.to_string().into_bytes(),
        run_at: now,
    }
}

/// Does one piece of an act, notes how far it came, and leaves the next.
pub(crate) async fn go_on(system: &System, detail: &str) -> Result<(), Rejected> {
    let id: BreachActId = detail.parse().map_err(|_| Rejected::NotFound)?;
    let found = system.store().read(move |reader| breach_act::find(reader, id));
    let act = found.await?.ok_or(Rejected::NotFound)?;
    if act.progress.ended_at.is_some() {
        return Ok(());
    }
    let mut next = match act.kind {
        BreachActKind::Stored => stored(system, &act).await?,
        BreachActKind::Looks => looks(system, &act).await?,
        BreachActKind::Letters => letters::leave(system, &act).await?,
        BreachActKind::Record | BreachActKind::List => act.progress.clone(),
    };
    let ends = next.full_at.is_some() || next.reached == act.progress.reached;
    if ends {
        next.ended_at = Some(system.now());
        // It goes on from nowhere any more: nobody's id stays in it.
        next.reached.clear();
    }
    let happening = match act.kind {
        BreachActKind::Letters => Happening::BreachLettersBegun,
        _ => Happening::BreachPeopleSought,
    };
    let schedule = Actor::system(Role::SCHEDULE);
    let commit = Commit {
        statements: vec![breach_act::go_on(act.id, &act.progress.reached, &next)],
        jobs: if ends {
            Vec::new()
        } else {
            vec![piece(system, act.id, system.now())]
        },
        entries: if ends {
            vec![system.entry_of_breach(&schedule, happening, act.breach)]
        } else {
            Vec::new()
        },
        ..Commit::default()
    };
    // Another worker that had the same piece was first: its next piece goes on.
    system.commit_work(commit).await?;
    Ok(())
}

/// The person who said it, whose act it is.
pub(super) const fn whose(act: &BreachAct) -> Actor {
    Actor {
        id: act.begun_by,
        role: Role::RESPONSIBLE,
        human: true,
    }
}

fn row_of(subject: SubjectId, breach: BreachId, act: u32, now: Timestamp) -> BreachSubject {
    BreachSubject {
        subject,
        breach,
        act,
        marked_at: now,
        letter_at: None,
        told_at: None,
        unreached: None,
    }
}

/// Whether somebody can be kept as one of a breach: nobody who has withdrawn or is destroyed.
fn is_here(known: &Subject) -> bool {
    known.standing != Standing::Destroyed && known.withdrawn_at.is_none()
}

/// What one piece found.
#[derive(Default)]
struct Piece {
    reached: Vec<u8>,
    seen: u64,
    left_out: u64,
    fit: Vec<SubjectId>,
}

/// People in the order of their ids, of whom the rows say whether they fit.
async fn stored(system: &System, act: &BreachAct) -> Result<Progress, Rejected> {
    let of = act.clone();
    let read = system.store().read(move |reader| stored_piece(reader, &of));
    kept(system, act, read.await?).await
}

fn stored_piece(reader: &mut dyn Reader, act: &BreachAct) -> Result<Piece, Fault> {
    let reached = &act.progress.reached;
    let after = <[u8; 16]>::try_from(reached.as_slice()).ok();
    let people = subject::page(reader, after.map(SubjectId::from_bytes), PIECE)?;
    let Some(last) = people.last().map(|last| last.id) else {
        return Ok(Piece {
            reached: reached.clone(),
            ..Piece::default()
        });
    };
    let found_at = breach::find(reader, act.breach)?.map(|breach| breach.detected_at);
    let held = if act.fields.is_empty() {
        Vec::new()
    } else {
        record::held_between(reader, reached, last)?
    };
    let has = |id: SubjectId| {
        act.fields.is_empty()
            || held
                .iter()
                .any(|(of, field)| *of == id && act.fields.contains(*field))
    };
    let of_group = people.iter().filter(|one| act.categories.contains(&one.category));
    let (here, gone): (Vec<&Subject>, Vec<&Subject>) = of_group.partition(|one| is_here(one));
    // Whoever was gone before the breach was found had nothing here that it could concern, as far as anybody knows.
    let left_out = gone.iter().filter(|one| {
        let since = one.destroyed_at.or(one.withdrawn_at);
        since.is_none_or(|since| found_at.is_none_or(|found| found <= since))
    });
    Ok(Piece {
        reached: last.as_bytes().to_vec(),
        seen: people.len() as u64,
        left_out: left_out.count() as u64,
        fit: here.into_iter().map(|one| one.id).filter(|id| has(*id)).collect(),
    })
}

/// What an account of staff did between two instants.
#[derive(Clone, Copy)]
struct Span {
    staff: ActorId,
    from: Timestamp,
    until: Timestamp,
}

impl Span {
    /// Whether it is that of which an entry tells.
    fn holds(self, entry: &Entry) -> bool {
        let at = entry.at.timestamp();
        entry.by == By::Person(self.staff)
            && (self.from..=self.until).contains(&at)
            && entry.outcome == Outcome::Done
            && matches!(entry.deed, Deed::Verb(_))
    }
}

/// Entries of the ledger in their order, of what that account did with somebody's data.
async fn looks(system: &System, act: &BreachAct) -> Result<Progress, Rejected> {
    let (Some(from), Some(until), Some(staff)) = (act.from_at, act.until_at, act.staff) else {
        return Ok(act.progress.clone());
    };
    let span = Span { staff, from, until };
    let size = system.store().checkpoint().size;
    let (breach, reached) = (act.breach, act.progress.reached.clone());
    let read = system
        .store()
        .read(move |reader| looks_piece(reader, (span, breach), size, reached));
    kept(system, act, read.await?).await
}

fn looks_piece(
    reader: &mut dyn Reader,
    (span, breach): (Span, BreachId),
    size: u64,
    reached: Vec<u8>,
) -> Result<Piece, Fault> {
    let first = match reached.get(..8).and_then(|bytes| bytes.try_into().ok()) {
        Some(bytes) => u64::from_be_bytes(bytes),
        None => first_since(reader, size, span.from - SLACK)?,
    };
    let entries = posting::range(reader, first, size.min(first + u64::from(PIECE)))?;
    let is_past = |one: &Placed| one.entry.at.timestamp() > span.until + SLACK;
    let Some(last) = entries.last().filter(|_| !entries.first().is_some_and(is_past)) else {
        return Ok(Piece {
            reached,
            ..Piece::default()
        });
    };
    let at = last.entry.at.timestamp().as_millisecond();
    let mut piece = Piece {
        reached: [(last.index + 1).to_be_bytes(), at.to_be_bytes()].concat(),
        seen: entries.len() as u64,
        ..Piece::default()
    };
    let held = entries.iter().filter(|placed| span.holds(&placed.entry));
    let mut named: Vec<Pseudonym> = held.filter_map(|placed| placed.entry.subject).collect();
    named.sort_unstable();
    named.dedup();
    for pseudonym in named {
        let known = subject::by_pseudonym(reader, pseudonym)?.filter(is_here);
        // Whoever is here and not on the list was not met in an earlier piece.
        let is_new = match &known {
            Some(known) => breach_subject::find(reader, known.id, breach)?.is_none(),
            None => false,
        };
        if !is_new && was_met(reader, pseudonym, first, span)? {
            continue;
        }
        match known {
            Some(known) => piece.fit.push(known.id),
            None => piece.left_out += 1,
        }
    }
    Ok(piece)
}

/// Whether an entry before that index tells of the same account and person within the span.
fn was_met(reader: &mut dyn Reader, pseudonym: Pseudonym, before: u64, span: Span) -> Result<bool, Fault> {
    let about = posting::indices(reader, pseudonym, u32::MAX, 0)?;
    for index in about.into_iter().filter(|index| *index < before) {
        let entry = posting::at(reader, index)?.entry;
        if span.holds(&entry) {
            return Ok(true);
        }
        if entry.at.timestamp() < span.from - SLACK {
            return Ok(false);
        }
    }
    Ok(false)
}

/// The first entry that is not older than that instant, by halving.
fn first_since(reader: &mut dyn Reader, size: u64, since: Timestamp) -> Result<u64, Fault> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        if posting::at(reader, middle)?.entry.at.timestamp() < since {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// Keeps whom a piece found, and gives how far the act has come with it.
async fn kept(system: &System, act: &BreachAct, piece: Piece) -> Result<Progress, Rejected> {
    let before = &act.progress;
    let room = PEOPLE_KEPT_MAX.saturating_sub(system.people_kept(act.breach).await?);
    if piece.fit.len() as u64 > room && system.count_new(act.breach, piece.fit.clone()).await? > room {
        return Ok(Progress {
            full_at: Some(system.now()),
            ..before.clone()
        });
    }
    let actor = whose(act);
    for some in piece.fit.chunks(AT_ONCE) {
        let marks = some.iter().map(|subject| mark(system, act, &actor, *subject));
        try_join_all(marks).await?;
    }
    Ok(Progress {
        reached: piece.reached,
        seen: before.seen + piece.seen,
        found: before.found + piece.fit.len() as u64,
        left_out: before.left_out + piece.left_out,
        ..Progress::default()
    })
}

async fn mark(system: &System, act: &BreachAct, actor: &Actor, subject: SubjectId) -> Result<bool, Fault> {
    let now = system.now();
    let about = Some((actor, Happening::BreachConcerns));
    let noted = system.note_about(about, (subject, act.breach), |known, row| {
        if row.is_some() || !is_here(known) {
            return None;
        }
        let row = row_of(subject, act.breach, act.number, now);
        Some((vec![breach_subject::mark(&row)], Vec::new()))
    });
    noted.await
}

fn mistake(input: &str, problem: Problem) -> Rejected {
    Rejected::mistake(input, problem)
}
