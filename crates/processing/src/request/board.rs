//! 5.1.1, 6.5: the board of the responsible person: every request by its due date, how many fall due on which day, and what was refused
//! under which norm. No person is in it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use sandyq_model::{Channel, Problem, RequestKind, RequestState, time};
use sandyq_store::tables::subject_request::{self, OnBoard, SubjectRequest};
use sandyq_store::tables::{job, record};

use super::Norm;
use super::desk::at_the_board;
use crate::access::Caller;
use crate::cases::listing::DueBy;
use crate::rejected::Rejected;
use crate::retention::due_in_working_days;
use crate::system::System;

/// Requests on one page of the board.
const PAGE_REQUESTS: u32 = 25;
/// So many letters that nobody took are counted.
const UNDELIVERED_MAX: u32 = 1_000;
/// The last page that can be asked for.
const PAGE_MAX: u32 = 10_000;
/// Instants at which requests are due that are counted.
const INSTANTS_MAX: u32 = 2_000;
/// Days from today that the load is shown for.
pub const LOAD_DAYS: u32 = 21;
/// The longest span of days that refusals are counted for.
pub const SPAN_DAYS_MAX: i32 = 1_100;
/// Days that refusals are counted for when nobody says which.
const SPAN_DAYS: i64 = 90;

/// Which requests the board shows; nothing personal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoardFilter {
    /// Closed ones, or those that are not.
    pub closed: bool,
    /// Of this kind only.
    pub kind: Option<RequestKind>,
    /// Which came by this way only.
    pub channel: Option<Channel>,
    /// By when they are due.
    pub due: DueBy,
}

/// A page of the board.
#[derive(Clone, Debug)]
pub struct Board {
    /// The requests.
    pub rows: Vec<BoardRow>,
    /// The page, from 1.
    pub page: u32,
    /// Whether another one follows.
    pub more: bool,
    /// Whether these are the closed ones.
    pub closed: bool,
    /// Letters that nobody took in the last days, whoever they were to.
    pub undelivered: usize,
    /// Contacts to which letters come back (6.1).
    pub returned: u64,
    /// Looks in an emergency that nobody judged in time (5.1.7).
    pub unjudged: usize,
}

/// One line of the board: nothing personal.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// Its reference.
    pub reference: String,
    /// What is asked for.
    pub kind: RequestKind,
    /// By which way it came.
    pub channel: Channel,
    /// How far it has come.
    pub state: RequestState,
    /// When it was received.
    pub received_at: Timestamp,
    /// When it is due.
    pub due_at: Timestamp,
    /// Past its day.
    pub late: bool,
    /// One working day or less is left.
    pub warned: bool,
}

/// How many open requests are due when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Past their day.
    pub overdue: u64,
    /// From today on: each working day, and each other day on which something is due.
    pub days: Vec<(Date, u64)>,
    /// Later than the last of those days.
    pub later: u64,
}

/// What was closed in a span of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedIn {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How many were closed, refused ones among them.
    pub closed: u64,
    /// How many were refused under which norm: its word where it is one of ours, its citation, the number. Most first.
    pub refused: Vec<(Option<Norm>, String, u64)>,
}

impl System {
    /// The board: open requests by their due date, or closed ones, as far as they fit the filter.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person.
    pub async fn requests_board(
        &self,
        caller: &Caller,
        filter: BoardFilter,
        page: u32,
    ) -> Result<Board, Rejected> {
        at_the_board(caller)?;
        let page = page.clamp(1, PAGE_MAX);
        let offset = (page - 1) * PAGE_REQUESTS;
        let now = self.now();
        let of = OnBoard {
            closed: filter.closed,
            kind: filter.kind,
            channel: filter.channel,
            due_before: match filter.due {
                DueBy::Any => None,
                DueBy::Overdue => Some(now),
                DueBy::Soon => Some(due_in_working_days(self.policy(), now, 1)?),
            },
        };
        let (mut found, undelivered, returned) = self
            .store()
            .read(move |reader| {
                let found = subject_request::on_board(reader, of, PAGE_REQUESTS + 1, offset)?;
                let undelivered = job::given_up(reader, UNDELIVERED_MAX)?.len();
                Ok((found, undelivered, record::returned(reader)?))
            })
            .await?;
        let more = found.len() > PAGE_REQUESTS as usize;
        found.truncate(PAGE_REQUESTS as usize);
        let unjudged = self.late_emergencies().await?;
        Ok(Board {
            rows: found.iter().map(|request| row(request, now)).collect(),
            page,
            more,
            closed: filter.closed,
            undelivered,
            returned,
            unjudged,
        })
    }

    /// How many open requests are due on each of the next days, and how many are late.
    ///
    /// # Errors
    /// As [`System::requests_board`].
    pub async fn requests_load(&self, caller: &Caller) -> Result<Load, Rejected> {
        at_the_board(caller)?;
        let due = self
            .store()
            .read(|reader| subject_request::load(reader, INSTANTS_MAX))
            .await?;
        let now = self.now();
        let today = time::day_in_kazakhstan(now);
        let mut by_day: BTreeMap<Date, u64> = BTreeMap::new();
        let mut load = Load::default();
        for (at, count) in due {
            if at < now {
                load.overdue += count;
            } else {
                *by_day.entry(time::day_in_kazakhstan(at)).or_default() += count;
            }
        }
        for ahead in 0..i64::from(LOAD_DAYS) {
            let Ok(day) = today.checked_add(Span::new().days(ahead)) else {
                break;
            };
            let count = by_day.remove(&day).unwrap_or(0);
            if count > 0 || self.policy().calendar().is_working(day).unwrap_or(false) {
                load.days.push((day, count));
            }
        }
        load.later = by_day.values().sum();
        Ok(load)
    }

    /// How many requests were closed in that span of days, and how many refused under which norm. Without days, the last three
    /// months.
    ///
    /// # Errors
    /// A mistake with `from` or `to`; as [`System::requests_board`].
    pub async fn requests_refused(
        &self,
        caller: &Caller,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Result<ClosedIn, Rejected> {
        at_the_board(caller)?;
        let to = to.unwrap_or_else(|| time::day_in_kazakhstan(self.now()));
        let beyond = |_| Rejected::mistake("from", Problem::Date);
        let from = match from {
            Some(from) => from,
            None => to.checked_sub(Span::new().days(SPAN_DAYS)).map_err(beyond)?,
        };
        if from > to {
            return Err(Rejected::mistake("from", Problem::PeriodOrder));
        }
        if from.until(to).map_or(i32::MAX, |span| span.get_days()) > SPAN_DAYS_MAX {
            return Err(Rejected::mistake("from", Problem::Period));
        }
        let before = from.checked_sub(Span::new().days(1)).map_err(beyond)?;
        let begins = time::end_of_day(before).map_err(beyond)?;
        let ends = time::end_of_day(to).map_err(|_| Rejected::mistake("to", Problem::Date))?;
        let counted = self
            .store()
            .read(move |reader| subject_request::closed_by_norm(reader, begins, ends))
            .await?;
        let closed = counted.iter().map(|(_, count)| count).sum();
        let named = |citation: &str| Norm::ALL.into_iter().find(|norm| norm.citation() == citation);
        let mut refused: Vec<_> = counted
            .into_iter()
            .filter_map(|(norm, count)| norm.map(|citation| (named(&citation), citation, count)))
            .collect();
        refused.sort_by(|one, other| other.2.cmp(&one.2).then_with(|| one.1.cmp(&other.1)));
        Ok(ClosedIn {
            from,
            to,
            closed,
            refused,
        })
    }
}

fn row(request: &SubjectRequest, now: Timestamp) -> BoardRow {
    BoardRow {
        reference: request.reference.clone(),
        kind: request.kind,
        channel: request.channel,
        state: request.state,
        received_at: request.received_at,
        due_at: request.due_at,
        late: request.due_at < request.closed_at.unwrap_or(now),
        warned: request.warned_at.is_some(),
    }
}
