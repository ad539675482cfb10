//! 5.1.4: the queues of staff. A list is filtered by words, holds references, states and days, and shows no person.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use sandyq_model::{ActorId, Problem, Role, time};
use sandyq_policy::Language;
use sandyq_store::tables::case_file::{self, CaseFile, KINDS_MAX, Listed, Owner, STATES_MAX};

use super::State;
use crate::access::Caller;
use crate::rejected::Rejected;
use crate::retention::due_in_working_days;
use crate::system::System;

/// Cases on one page of a list.
pub const PAGE_CASES: u32 = 25;
/// The last page that can be asked for.
const PAGE_MAX: u32 = 10_000;
/// The longest reference that is looked for.
const REFERENCE_LENGTH_MAX: usize = 20;
/// So many days a day of opening is looked for behind its due day, for each working day and beside that.
const DAYS_BACK: [u32; 2] = [3, 40];

/// Whose cases are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's and nobody's.
    #[default]
    Any,
    /// The caller's own.
    Own,
    /// Those that nobody has taken.
    Nobodys,
}

/// By which day cases are due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DueBy {
    /// On whichever day, or on none.
    #[default]
    Any,
    /// They are overdue.
    Overdue,
    /// By the end of the next working day; overdue ones too.
    Soon,
}

/// Which cases are listed; nothing personal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Of this kind only.
    pub kind: Option<String>,
    /// In this state only.
    pub state: Option<State>,
    /// Closed ones, where no state is named.
    pub closed: bool,
    /// Whose.
    pub whose: Whose,
    /// By when they are due.
    pub due: DueBy,
    /// The one with this reference.
    pub reference: Option<String>,
    /// The longest waiting first, not the newest.
    pub oldest_first: bool,
}

/// One line of a list: nothing personal.
#[derive(Clone, Debug)]
pub struct CaseRow {
    /// Its reference number.
    pub reference: String,
    /// What kind of case.
    pub kind: String,
    /// The service that opened it, in words.
    pub service: String,
    /// How far it has come.
    pub state: State,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it is due, where its kind has a day.
    pub due_at: Option<Timestamp>,
    /// Open, and past its day.
    pub late: bool,
    /// Who of staff took it.
    pub owner: Option<CaseOwner>,
    /// Whether staff still work on it.
    pub open: bool,
    /// The sum in hundredths of the currency.
    pub total_minor: Option<i64>,
    /// The currency.
    pub currency: Option<String>,
}

/// Who of staff answers for a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseOwner {
    /// The name of the account.
    pub name: String,
    /// Whether it is the caller.
    pub own: bool,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct CaseList {
    /// The cases.
    pub rows: Vec<CaseRow>,
    /// The page, from 1.
    pub page: u32,
    /// Whether another one follows.
    pub more: bool,
    /// The kinds that the caller's desk works on, by name.
    pub kinds: Vec<String>,
}

impl System {
    /// The cases that the caller's role works on, and that fit the filter. Unconfirmed ones are not among them (1.2-a).
    ///
    /// # Errors
    /// A mistake with `kind` or `state`; when nobody of staff is calling, or the store does not answer.
    pub async fn staff_cases(
        &self,
        caller: &Caller,
        filter: &CaseFilter,
        page: u32,
        language: Language,
    ) -> Result<CaseList, Rejected> {
        let card = caller.staff_card()?;
        let page = page.clamp(1, PAGE_MAX);
        let kinds = self.kinds_of_desk(card.role);
        let mut cases = match &filter.reference {
            Some(reference) if page == 1 => self.of_reference(reference, &kinds).await?,
            Some(_) => Vec::new(),
            None => self.of_filter(caller, filter, &kinds, page).await?,
        };
        let more = cases.len() > PAGE_CASES as usize;
        cases.truncate(PAGE_CASES as usize);
        Ok(CaseList {
            rows: self.case_rows(caller, &cases, language).await?,
            page,
            more,
            kinds,
        })
    }

    /// Cases as lines of a list.
    pub(super) async fn case_rows(
        &self,
        caller: &Caller,
        cases: &[CaseFile],
        language: Language,
    ) -> Result<Vec<CaseRow>, Rejected> {
        let names = if cases.iter().any(|case| case.taken_by.is_some()) {
            self.names_of_staff().await?
        } else {
            std::collections::BTreeMap::new()
        };
        let named = |id: ActorId| CaseOwner {
            name: names.get(&id).cloned().unwrap_or_else(|| id.to_string()),
            own: id == caller.actor.id,
        };
        let now = self.now();
        let row = |case: &CaseFile| {
            let due_at = self.case_due(case);
            let open = case.closed_at.is_none();
            CaseRow {
                service: self.case_view(case, language).service,
                reference: case.reference.clone(),
                kind: case.kind.clone(),
                state: State::of(&case.state),
                opened_at: case.opened_at,
                due_at,
                late: open && due_at.is_some_and(|due| due < now),
                owner: case.taken_by.map(named),
                open,
                total_minor: case.total_minor,
                currency: case.currency.clone(),
            }
        };
        Ok(cases.iter().map(row).collect())
    }

    /// The kinds of cases that a role works on, as the policy declares it.
    pub(crate) fn kinds_of_desk(&self, role: Role) -> Vec<String> {
        let declared = self.policy().role(role);
        let kinds = declared.map(|role| role.works_on.iter().map(ToString::to_string).collect());
        kinds.unwrap_or_default()
    }

    /// 1.3: when a case is due, where the policy has working days for its kind.
    fn case_due(&self, case: &CaseFile) -> Option<Timestamp> {
        let days = self.working_days(&case.kind)?;
        due_in_working_days(self.policy(), case.opened_at, days).ok()
    }

    fn working_days(&self, kind: &str) -> Option<u32> {
        let limit = self.policy().limit(&format!("due-{kind}"))?;
        limit.within.working_days
    }

    async fn of_reference(&self, reference: &str, kinds: &[String]) -> Result<Vec<CaseFile>, Rejected> {
        let wanted = reference.trim().to_uppercase();
        if wanted.len() > REFERENCE_LENGTH_MAX {
            return Ok(Vec::new());
        }
        let found = self
            .store()
            .read(move |reader| match case_file::by_reference(reader, &wanted)? {
                Some((subject, case)) => case_file::find(reader, subject, case),
                None => Ok(None),
            })
            .await?;
        let is_seen = |case: &CaseFile| kinds.contains(&case.kind) && State::of(&case.state).is_at_desk();
        Ok(found.into_iter().filter(is_seen).collect())
    }

    async fn of_filter(
        &self,
        caller: &Caller,
        filter: &CaseFilter,
        kinds: &[String],
        page: u32,
    ) -> Result<Vec<CaseFile>, Rejected> {
        let chosen: Vec<&String> = match &filter.kind {
            Some(kind) if kinds.contains(kind) => vec![kind],
            Some(_) => return Err(Rejected::mistake("kind", Problem::Choice)),
            None => kinds.iter().collect(),
        };
        let Some(first) = chosen.first() else {
            return Ok(Vec::new());
        };
        let kinds: [(String, Timestamp); KINDS_MAX] = std::array::from_fn(|place| {
            let kind = chosen.get(place).unwrap_or(first);
            ((*kind).clone(), self.opened_before(kind, filter.due))
        });
        let (states, closed) = states_of(filter)?;
        let owner = match filter.whose {
            Whose::Any => Owner::Any,
            Whose::Nobodys => Owner::Nobody,
            Whose::Own => Owner::Only(caller.actor.id),
        };
        let newest_first = !filter.oldest_first;
        let found = self.store().read(move |reader| {
            let of = Listed {
                kinds: kinds.each_ref().map(|(kind, before)| (kind.as_str(), *before)),
                states: states.map(State::name),
                closed,
                owner,
                newest_first,
            };
            case_file::listed(reader, &of, PAGE_CASES + 1, (page - 1) * PAGE_CASES)
        });
        Ok(found.await?)
    }

    /// Before which instant a case of that kind was opened, if it is due by that day.
    fn opened_before(&self, kind: &str, due: DueBy) -> Timestamp {
        let today = time::day_in_kazakhstan(self.now());
        let calendar = self.policy().calendar();
        let last = match due {
            DueBy::Any => return Timestamp::MAX,
            DueBy::Overdue => today.checked_sub(Span::new().days(1)).ok(),
            DueBy::Soon => calendar.add_working_days(today, 1).ok(),
        };
        let never = Timestamp::UNIX_EPOCH;
        let (Some(last), Some(days)) = (last, self.working_days(kind)) else {
            return never;
        };
        let is_due = |day: &Date| calendar.add_working_days(*day, days).is_ok_and(|due| due <= last);
        let [for_each, beside] = DAYS_BACK;
        let back = 0..=days.saturating_mul(for_each).saturating_add(beside);
        let mut openings = back.filter_map(|days| last.checked_sub(Span::new().days(i64::from(days))).ok());
        let opened = openings.find(is_due).and_then(|day| time::end_of_day(day).ok());
        opened.unwrap_or(never)
    }
}

/// The states that a filter means, and whether they are those of closed cases.
fn states_of(filter: &CaseFilter) -> Result<([State; STATES_MAX], bool), Rejected> {
    const DONE: [State; STATES_MAX] = [State::Fulfilled, State::Closed, State::Refused, State::Returned];
    const WORK: [State; STATES_MAX] = [State::Open, State::Placed, State::Interview, State::Open];
    match filter.state {
        None if filter.closed => Ok((DONE, true)),
        None => Ok((WORK, false)),
        Some(state) if state.is_at_desk() => Ok(([state; STATES_MAX], !state.is_worked_on())),
        Some(_) => Err(Rejected::mistake("state", Problem::Choice)),
    }
}
