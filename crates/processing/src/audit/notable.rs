//! What stands out in the last days: refusals in a row, data opened outside working time, one employee with very many people, a
//! witness who was not asked for long. It is a pointer to entries, and no judgement about anybody (1.3).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{By, Deed, Detail, Entry, Happening, Outcome};
use sandyq_model::{ActorId, Pseudonym, Role, Verb, time};
use sandyq_store::tables::posting::{self, Placed};

use super::at_the_account;
use crate::access::Caller;
use crate::rejected::Rejected;
use crate::system::System;

/// How far back is looked.
const DAYS: i64 = 7;
/// Entries that are looked through at most, the newest.
const LOOKED_THROUGH_MAX: u64 = 20_000;
/// Refusals of one person within [`SERIES_WITHIN`] that stand out.
const SERIES: usize = 5;
/// The time in which they fall.
const SERIES_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// The working hours, in Kazakhstan.
const HOURS: std::ops::Range<i8> = 7..21;
/// A part of the limit of 5.1.4, in hundredths, from which the people whom one employee opened in a day stand out.
const MANY_PERCENT: usize = 80;
/// People whom an employee opens in an hour at most, when the policy sets no limit.
const BULK_READ: u32 = 50;
/// Searches by a contact that lead to nothing within an hour, from which they stand out, when the policy sets no limit.
const MISSES: u32 = 5;
/// For how long a witness may not be asked.
const UNWITNESSED: SignedDuration = SignedDuration::from_hours(48);

/// Something that stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notable {
    /// A member of staff was refused again and again.
    Refusals,
    /// A member of staff opened data at night or on a day off.
    OutsideHours,
    /// A member of staff opened the data of very many people in one hour.
    ManyPeople,
    /// A member of staff looked for contacts again and again that led to nothing.
    Misses,
}

/// One line of what stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What.
    pub what: Notable,
    /// Which member of staff, by the name of the account.
    pub who: String,
    /// The account, to look for more.
    pub by: ActorId,
    /// How many times, or how many people.
    pub count: usize,
    /// The newest entry of it.
    pub entry: u64,
    /// When that was.
    pub at: Timestamp,
}

/// What stands out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    /// The lines.
    pub lines: Vec<Notice>,
    /// When a witness last signed, if that is long ago.
    pub unwitnessed_since: Option<Timestamp>,
}

impl System {
    /// What stands out in the last days.
    ///
    /// # Errors
    /// As [`System::audit`].
    pub async fn notices(&self, caller: &Caller) -> Result<Notices, Rejected> {
        at_the_account(caller)?;
        let now = self.now();
        let size = self.store().checkpoint().size;
        let from = size.saturating_sub(LOOKED_THROUGH_MAX);
        let read = self
            .store()
            .read(move |reader| posting::range(reader, from, size));
        let since = now - SignedDuration::from_hours(24 * DAYS);
        let of_staff = |placed: &Placed| match placed.entry.by {
            By::Person(id) if placed.entry.at.timestamp() >= since => Some(id),
            _ => None,
        };
        let mut by_person: BTreeMap<ActorId, Vec<Placed>> = BTreeMap::new();
        for placed in read.await? {
            if let Some(id) = of_staff(&placed) {
                by_person.entry(id).or_default().push(placed);
            }
        }
        let names = self.names_of_staff().await?;
        let mut lines = Vec::new();
        for (by, entries) in &by_person {
            let who = names.get(by).cloned().unwrap_or_else(|| by.to_string());
            for (what, count, newest) in self.standing_out(entries) {
                lines.push(Notice {
                    what,
                    who: who.clone(),
                    by: *by,
                    count,
                    entry: newest.index,
                    at: newest.entry.at.timestamp(),
                });
            }
        }
        let witnessed = self.store().witnessed();
        let newest = witnessed.and_then(|witnessed| witnessed.by.iter().map(|(_, second)| *second).max());
        let witnessed_at = newest.and_then(|second| Timestamp::from_second(i64::try_from(second).ok()?).ok());
        Ok(Notices {
            lines,
            unwitnessed_since: witnessed_at.filter(|at| *at + UNWITNESSED < now),
        })
    }

    fn standing_out<'e>(&self, entries: &'e [Placed]) -> Vec<(Notable, usize, &'e Placed)> {
        let refused: Vec<&Placed> = entries
            .iter()
            .filter(|placed| placed.entry.outcome == Outcome::Refused)
            .collect();
        let opened: Vec<&Placed> = entries
            .iter()
            .filter(|placed| is_opening(&placed.entry))
            .collect();
        let outside: Vec<&Placed> = opened
            .iter()
            .copied()
            .filter(|placed| self.is_outside_hours(placed.entry.at.timestamp()))
            .collect();
        let many = self.policy().counted("bulk-read", BULK_READ) as usize * MANY_PERCENT / 100;
        let mut found = Vec::new();
        if let Some((count, newest)) = row_of(&refused, SERIES_WITHIN, SERIES) {
            found.push((Notable::Refusals, count, newest));
        }
        if let Some(newest) = outside.last() {
            found.push((Notable::OutsideHours, outside.len(), *newest));
        }
        if let Some((count, newest)) = people_in_an_hour(&opened, many.max(1)) {
            found.push((Notable::ManyPeople, count, newest));
        }
        let missed: Vec<&Placed> = entries.iter().filter(|placed| is_miss(&placed.entry)).collect();
        let misses = self.policy().counted("contact-misses", MISSES);
        let hour = SignedDuration::from_hours(1);
        if let Some((count, newest)) = row_of(&missed, hour, misses as usize) {
            found.push((Notable::Misses, count, newest));
        }
        found
    }

    /// At night, or on a day off; a day that the calendar does not know is none.
    fn is_outside_hours(&self, at: Timestamp) -> bool {
        let local = time::in_kazakhstan(at);
        let is_working = self.policy().calendar().is_working(local.date()).unwrap_or(true);
        !is_working || !HOURS.contains(&local.hour())
    }
}

/// Whether somebody of staff saw something of a person by it. The responsible person works when it is due.
fn is_opening(entry: &Entry) -> bool {
    entry.deed == Deed::Verb(Verb::Extract)
        && entry.outcome == Outcome::Done
        && entry.role != Role::RESPONSIBLE
}

/// Whether somebody looked for a contact, and was shown nothing.
fn is_miss(entry: &Entry) -> bool {
    entry.deed == Deed::Happening(Happening::CasesSearched) && entry.detail != Detail::None
}

/// The longest row of entries within that time, if it has so many.
fn row_of<'e>(entries: &[&'e Placed], within: SignedDuration, least: usize) -> Option<(usize, &'e Placed)> {
    let rows = windows(entries, within).filter(|row| row.len() >= least.max(1));
    let longest = rows.max_by_key(|row| row.len())?;
    Some((longest.len(), longest.last()?))
}

/// The most people in one hour, if they are many.
fn people_in_an_hour<'e>(opened: &[&'e Placed], many: usize) -> Option<(usize, &'e Placed)> {
    let hours = windows(opened, SignedDuration::from_hours(1)).map(|hour| {
        let people: BTreeSet<Option<Pseudonym>> = hour.iter().map(|placed| placed.entry.subject).collect();
        (people.len(), hour)
    });
    let (count, hour) = hours
        .filter(|(count, _)| *count >= many)
        .max_by_key(|(count, _)| *count)?;
    Some((count, hour.last()?))
}

/// For each entry those that end with it and began not longer than `span` before.
fn windows<'s, 'e>(
    entries: &'s [&'e Placed],
    span: SignedDuration,
) -> impl Iterator<Item = &'s [&'e Placed]> {
    let mut begins = 0;
    entries.iter().enumerate().map(move |(end, placed)| {
        let now = placed.entry.at.timestamp();
        while entries
            .get(begins)
            .is_some_and(|first| now > first.entry.at.timestamp() + span)
        {
            begins += 1;
        }
        entries.get(begins..=end).unwrap_or_default()
    })
}
