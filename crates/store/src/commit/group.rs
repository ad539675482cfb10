//! One group of commits in one transaction: decide, change, account, sync, answer.
//!
//! The order is the design. A crash before `COMMIT` leaves nothing but keys that no value is sealed with (swept at the
//! next start); a crash after it leaves intents of deaths that the next start carries out; no answer has left in either
//! case. When a commit of the group cannot be done, the group is undone and done again with each commit as a part of its
//! own, so that the bad one fails alone.

use std::collections::BTreeMap;

use sandyq_model::Fault;

use super::plan::{Plan, Verdict};
use super::queue::Pending;
use super::writer::WriterParts;
use super::{answers, keys, traces};
use crate::database::{
    Bulk, DatabaseError, ErrorKind, Reader, Row, Session, Statement, Value, dialect, statement,
};
use crate::ledger::Page;
use crate::second_copy::Parcel;

/// Why an attempt at a group did not come to its end.
enum Trouble {
    /// A commit of it cannot be done: do each as a part of its own.
    Part,
    /// Another program was first: do it again.
    Again(String),
    /// It was undone, and nothing of it happened.
    Undone(String),
    /// It is not known what of it is durable, or the ledger cannot be trusted: stop.
    Unknown(Fault),
}

/// A group of which everything is written and nothing is durable yet.
struct Prepared {
    verdicts: Vec<Verdict>,
    page: Option<Page>,
    before: keys::Before,
}

/// An attempt that came to its end.
struct Settled {
    verdicts: Vec<Verdict>,
    first_index: u64,
}

/// Does a group and answers everybody in it.
///
/// # Errors
/// When the writer must stop.
pub(super) fn perform(parts: &mut WriterParts, group: Vec<Pending>) -> Result<(), Fault> {
    let mut each_alone = false;
    let mut again = 0;
    loop {
        match attempt(parts, &group, each_alone) {
            Ok(settled) => {
                answers::give(group, settled.verdicts, settled.first_index, parts.book.size());
                return Ok(());
            }
            Err(Trouble::Part) if !each_alone => each_alone = true,
            Err(Trouble::Part) => {
                answers::give_fault(group, "a commit failed although each was done by itself");
                return Ok(());
            }
            Err(Trouble::Again(_)) if again < AGAIN_MAX => again += 1,
            Err(Trouble::Again(reason) | Trouble::Undone(reason)) => {
                tracing::error!(%reason, commits = group.len(), "a group of commits was undone");
                answers::give_fault(group, "the commit was undone");
                return Ok(());
            }
            Err(Trouble::Unknown(fault)) => {
                answers::give_fault(group, "it is not known whether the commit is durable");
                return Err(fault);
            }
        }
    }
}

/// Clears the intents of keys that have died, when the program ends in order.
pub(super) fn clear_died(parts: &mut WriterParts) -> Result<(), Fault> {
    if parts.died.is_empty() {
        return Ok(());
    }
    let clear = keys::clear_intents(&std::mem::take(&mut parts.died));
    parts.session.begin()?;
    parts.session.perform(&clear.iter().collect::<Vec<_>>())?;
    Ok(parts.session.commit()?)
}

fn attempt(parts: &mut WriterParts, group: &[Pending], each_alone: bool) -> Result<Settled, Trouble> {
    let prepared = parts
        .session
        .begin()
        .map_err(Trouble::from)
        .and_then(|()| prepare(parts, group, each_alone));
    let Prepared {
        verdicts,
        page,
        before,
    } = match prepared {
        Ok(prepared) => prepared,
        Err(trouble) => {
            parts.session.rollback();
            return Err(trouble);
        }
    };
    let first_index = parts.book.size();
    if !verdicts.iter().any(|verdict| matches!(verdict, Verdict::Done(_))) {
        parts.session.rollback();
        return Ok(Settled {
            verdicts,
            first_index,
        });
    }
    make_durable(parts, &before)?;
    if let Some(page) = page {
        parts.book.turn(page);
        parts.head_file.write(&parts.book.head().note);
        parts.published.set(parts.book.head().clone());
    }
    parts.died.clear();
    let after = keys::after(done(group, &verdicts));
    keys::settle(parts, &after).map_err(Trouble::Unknown)?;
    hand_over(parts, group, &verdicts, first_index);
    traces::remove(parts);
    Ok(Settled {
        verdicts,
        first_index,
    })
}

/// What must be off the machine soon: before the answer leaves, and as names only.
fn hand_over(parts: &WriterParts, group: &[Pending], verdicts: &[Verdict], first_index: u64) {
    let Some(outbox) = &parts.outbox else { return };
    let mut parcel = Parcel {
        house: done(group, verdicts).any(|pending| pending.house),
        from: first_index,
        ledger: Some((parts.book.size(), parts.book.head().note.clone())),
        ..Parcel::default()
    };
    for pending in done(group, verdicts) {
        let lane = if pending.is_guarded() {
            &mut parcel.protected
        } else {
            &mut parcel.changed
        };
        lane.extend(&pending.ships);
    }
    outbox.hand_over(parcel);
}

/// Everything up to the sync.
fn prepare(parts: &mut WriterParts, group: &[Pending], each_alone: bool) -> Result<Prepared, Trouble> {
    take_head(parts)?;
    let session = parts.session.as_mut();
    let behind = parts.outbox.as_ref().and_then(|outbox| outbox.refuses());
    let full = parts.outbox.as_ref().and_then(|outbox| outbox.refuses_changes());
    let mut plan = Plan::look_up(session, group)?.refusing(behind, full);
    let mut verdicts = if each_alone {
        change_each_alone(session, group, &mut plan)?
    } else {
        change_together(session, group, &mut plan)?
    };
    number(group, &mut verdicts);
    let page = account(parts, group, &verdicts)?;
    let before = keys::before(done(group, &verdicts));
    Ok(Prepared {
        verdicts,
        page,
        before,
    })
}

/// The rows that every group leaves: its accounts, answers, counts and intents. Gives the ledger's page.
fn account(
    parts: &mut WriterParts,
    group: &[Pending],
    verdicts: &[Verdict],
) -> Result<Option<Page>, Trouble> {
    let done = || done(group, verdicts);
    if done().next().is_none() {
        return Ok(None);
    }
    let now = Value::from(parts.clock.now());
    let entries = done().flat_map(|pending| &pending.entries);
    let page = match entries.clone().next() {
        Some(_) => Some(parts.book.write(entries).map_err(Trouble::Unknown)?),
        None => None,
    };
    let session = parts.session.as_mut();
    note_side_effects(session, done, &now)?;
    if let Some(page) = &page {
        store_page(session, page, now)?;
    }
    let clear = keys::clear_intents(&parts.died);
    session.perform(&clear.iter().collect::<Vec<_>>())?;
    Ok(page)
}

/// New keys and leads first, then everything else. A failure to sync leaves unknown what is durable; only the engine's own word
/// that it has undone the transaction lets the writer go on.
fn make_durable(parts: &mut WriterParts, before: &keys::Before) -> Result<(), Trouble> {
    if let Err(fault) = before.put(&mut parts.keys) {
        parts.session.rollback();
        return Err(Trouble::Undone(fault.to_string()));
    }
    match parts.session.commit() {
        Ok(()) => Ok(()),
        Err(error) if error.kind == ErrorKind::Again => {
            parts.session.rollback();
            Err(Trouble::Again(error.text))
        }
        Err(error) => {
            parts.session.rollback();
            Err(Trouble::Unknown(error.into()))
        }
    }
}

/// Locks the ledger's head against other processes, and catches up when one of them was first.
fn take_head(parts: &mut WriterParts) -> Result<(), Trouble> {
    let rows = parts.session.rows(parts.session.dialect().lock_head(), &[])?;
    let stored = match rows.into_iter().next() {
        Some(mut row) => row.take::<Vec<u8>>(0).map_err(Trouble::Unknown)?,
        None => {
            return Err(Trouble::Unknown(Fault::Ledger(
                "the ledger's head is gone".into(),
            )));
        }
    };
    if stored == parts.book.head().note.as_bytes() {
        return Ok(());
    }
    parts
        .book
        .catch_up(&mut Within(parts.session.as_mut()))
        .map_err(Trouble::Unknown)?;
    parts.published.set(parts.book.head().clone());
    Ok(())
}

/// All statements of all commits in one go.
fn change_together(
    session: &mut dyn Session,
    group: &[Pending],
    plan: &mut Plan,
) -> Result<Vec<Verdict>, Trouble> {
    let mut verdicts = Vec::with_capacity(group.len());
    let mut statements = Vec::with_capacity(group.len() * 2);
    for (place, pending) in group.iter().enumerate() {
        verdicts.push(match plan.admit(place, pending) {
            Ok(_) => {
                statements.extend(&pending.statements);
                Verdict::Done(0)
            }
            Err(verdict) => verdict,
        });
    }
    let touched = session.perform(&statements).map_err(|error| match error.kind {
        ErrorKind::Constraint | ErrorKind::Statement => Trouble::Part,
        _ => error.into(),
    })?;
    let as_expected = statements
        .iter()
        .zip(touched)
        .all(|(statement, rows)| fits(statement, rows));
    if as_expected {
        Ok(verdicts)
    } else {
        Err(Trouble::Part)
    }
}

/// Each commit as a part that can be undone by itself.
fn change_each_alone(
    session: &mut dyn Session,
    group: &[Pending],
    plan: &mut Plan,
) -> Result<Vec<Verdict>, Trouble> {
    let mut verdicts = Vec::with_capacity(group.len());
    for (place, pending) in group.iter().enumerate() {
        let trace = match plan.admit(place, pending) {
            Ok(trace) => trace,
            Err(verdict) => {
                verdicts.push(verdict);
                continue;
            }
        };
        session.begin_part()?;
        let verdict = change_alone(session, pending)?;
        if let Verdict::Done(_) = verdict {
            session.keep_part()?;
        } else {
            session.undo_part()?;
            plan.take_back(trace);
        }
        verdicts.push(verdict);
    }
    Ok(verdicts)
}

fn change_alone(session: &mut dyn Session, pending: &Pending) -> Result<Verdict, Trouble> {
    for statement in &pending.statements {
        match session.perform(&[statement]) {
            Ok(touched) if touched.iter().all(|rows| fits(statement, *rows)) => {}
            Ok(_) => return Ok(Verdict::Conflict(statement.sql)),
            Err(error) if error.kind == ErrorKind::Constraint => return Ok(Verdict::Conflict(statement.sql)),
            Err(error) if error.kind == ErrorKind::Statement => return Ok(Verdict::Fault(error.text)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Verdict::Done(0))
}

fn fits(statement: &Statement, touched: u64) -> bool {
    statement.rows.is_none_or(|rows| rows == touched)
}

/// Gives each commit that is done the place of its first entry within the group.
fn number(group: &[Pending], verdicts: &mut [Verdict]) {
    let mut next = 0;
    for (pending, verdict) in group.iter().zip(verdicts) {
        if let Verdict::Done(nth) = verdict {
            *nth = next;
            next += pending.entries.len() as u64;
        }
    }
}

fn done<'g>(group: &'g [Pending], verdicts: &'g [Verdict]) -> impl Iterator<Item = &'g Pending> + Clone {
    group
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| matches!(verdict, Verdict::Done(_)))
        .map(|(pending, _)| pending)
}

/// Answers of submissions, counts of refusals, and intents of deaths.
fn note_side_effects<'g, I: Iterator<Item = &'g Pending>>(
    session: &mut dyn Session,
    done: impl Fn() -> I,
    now: &Value,
) -> Result<(), DatabaseError> {
    let answers = done().filter_map(|pending| pending.once.as_ref());
    let answers = answers.map(|once| {
        let content = once
            .content
            .as_ref()
            .map(|content| Value::from(content.as_slice()));
        let answer = once.answer.as_slice();
        vec![once.key.into(), answer.into(), now.clone(), content.into()]
    });
    many(session, &dialect::KEEP_ANSWERS, answers.collect())?;
    let mut refusals: BTreeMap<&str, i64> = BTreeMap::new();
    for clause in done().flat_map(|pending| &pending.refusals) {
        *refusals.entry(clause.as_str()).or_default() += 1;
    }
    let refusals = refusals
        .into_iter()
        .map(|(clause, count)| vec![clause.into(), count.into()]);
    many(session, &dialect::COUNT_REFUSALS, refusals.collect())?;
    let deaths = done().flat_map(|pending| &pending.dead_keys);
    let deaths = deaths.map(|(subject, generation)| vec![(*subject).into(), (*generation).into()]);
    many(session, &dialect::NOTE_DEATHS, deaths.collect())
}

/// The ledger's rows of the group.
pub(crate) fn store_page(session: &mut dyn Session, page: &Page, now: Value) -> Result<(), DatabaseError> {
    let blocks = page.blocks.iter().map(|(first, count, bytes)| {
        statement(
            "INSERT INTO ledger_block (first_index, count, bytes) VALUES ($1, $2, $3)",
            [(*first).into(), (*count).into(), bytes.as_slice().into()],
        )
    });
    let mut statements: Vec<Statement> = blocks.collect();
    let checkpoint = &page.head.checkpoint;
    statements.push(statement(
        "INSERT INTO ledger_checkpoint (size, at, note) VALUES ($1, $2, $3)",
        [checkpoint.size.into(), now, page.head.note.as_str().into()],
    ));
    statements.push(statement(
        "UPDATE meta SET value = $1 WHERE name = 'ledger-head'",
        [page.head.note.as_bytes().into()],
    ));
    session.perform(&statements.iter().collect::<Vec<_>>())?;
    let tiles = page.tiles.iter().map(|tile| match tile.id.layer {
        sandyq_ledger::tile::Layer::Hashes(level) => {
            vec![level.into(), tile.id.index.into(), tile.bytes().into()]
        }
        sandyq_ledger::tile::Layer::Entries => Vec::new(),
    });
    many(
        session,
        &dialect::STORE_TILES,
        tiles.filter(|row| !row.is_empty()).collect(),
    )?;
    let pieces = page.pieces.iter().map(|piece| {
        let (last, bytes) = (piece.last.as_slice(), piece.bytes.as_slice());
        vec![piece.run.into(), last.into(), bytes.into()]
    });
    many(session, &dialect::POST, pieces.collect())
}

fn many(session: &mut dyn Session, bulk: &Bulk, rows: Vec<Vec<Value>>) -> Result<(), DatabaseError> {
    if rows.is_empty() {
        Ok(())
    } else {
        session.perform_many(bulk, rows)
    }
}

impl From<DatabaseError> for Trouble {
    fn from(error: DatabaseError) -> Self {
        match error.kind {
            ErrorKind::Again => Self::Again(error.text),
            ErrorKind::Broken => Self::Unknown(error.into()),
            ErrorKind::Constraint | ErrorKind::Full | ErrorKind::Statement => Self::Undone(error.text),
        }
    }
}

/// Reads within the transaction of the writer.
pub(crate) struct Within<'s>(pub &'s mut dyn Session);

impl Reader for Within<'_> {
    fn query(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, Fault> {
        Ok(self.0.rows(sql, args)?)
    }
}

/// How often a group is done again when other programs are first.
const AGAIN_MAX: u32 = 8;
