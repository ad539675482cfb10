//! 5.1.3: the register to look at. A look of somebody of staff has its entry; what the boards and the doctor warn of is a
//! number and an hour, and has none.

use std::collections::HashMap;

use jiff::Timestamp;
use sandyq_ledger::entry::Happening;
use sandyq_model::{Actor, BreachId, BreachKind, BreachStep, Category, Fault, Role, time};
use sandyq_store::tables::breach::{self, Breach, StepRow};

use super::DEADLINE;
use crate::access::Caller;
use crate::audit::at_the_account;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// Breaches on one page of the register.
const PAGE_BREACHES: u32 = 25;
/// Breaches in one table, and one more, by which it is seen that there are others.
const TABLE_ROWS_MAX: u32 = 10_001;
/// The last page that can be asked for.
const PAGE_MAX: u32 = 10_000;
/// Late ones that are named at once; one that is told makes room for the next.
const LATE_MAX: u32 = 50;

/// A page of the register.
#[derive(Clone, Debug)]
pub struct Breaches {
    /// The breaches, newest first.
    pub rows: Vec<BreachRow>,
    /// The page, from 1.
    pub page: u32,
    /// Whether another one follows.
    pub more: bool,
    /// Whether the caller enters, or only reads.
    pub enters: bool,
}

/// One line of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreachRow {
    /// Its number.
    pub number: u32,
    /// What happened to the data.
    pub kind: BreachKind,
    /// When it was found.
    pub detected_at: Timestamp,
    /// Until when the authority is told.
    pub due_at: Timestamp,
    /// When the authority was told first.
    pub told_at: Option<Timestamp>,
    /// How many people, as far as it was found out.
    pub people: Option<u64>,
    /// Whether nothing is left to do.
    pub closed: bool,
    /// Whether the authority was told after that hour, or was not yet and it is past.
    pub late: bool,
}

/// One breach with everything that was entered.
#[derive(Clone, Debug)]
pub struct BreachView {
    /// Its line.
    pub row: BreachRow,
    /// Whose data it is about.
    pub categories: Vec<Category>,
    /// Until when the policy and the law want the authority told.
    pub due_by: (Timestamp, Timestamp),
    /// The article that sets the hour.
    pub law: String,
    /// What was entered, in its order.
    pub steps: Vec<StepView>,
    /// Whether the caller enters, or only reads.
    pub enters: bool,
    /// The steps that can be taken now; none for somebody who only reads.
    pub can: Vec<BreachStep>,
}

/// One step on a breach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepView {
    /// What was done.
    pub step: BreachStep,
    /// When.
    pub happened_at: Timestamp,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// Whose data it is about, as far as this step says.
    pub categories: Vec<Category>,
    /// How many people, as far as this step says.
    pub people: Option<u64>,
    /// The number of the outgoing document.
    pub document: Option<String>,
    /// In words.
    pub told: Option<String>,
}

impl BreachView {
    /// The words of every step of that kind, in their order.
    pub fn told(&self, step: BreachStep) -> impl Iterator<Item = &str> {
        let of_kind = self.steps.iter().filter(move |one| one.step == step);
        of_kind.filter_map(|one| one.told.as_deref())
    }
}

impl System {
    /// A page of the register.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person and the auditor; a fault.
    pub async fn breaches(&self, caller: &Caller, page: u32) -> Result<Breaches, Rejected> {
        at_the_account(caller)?;
        self.account_for_reading(&caller.actor).await?;
        let enters = caller.staff_card()?.role == Role::RESPONSIBLE;
        Ok(self.page_of_breaches(page, enters).await?)
    }

    /// The whole register, to be kept as a table; as much of it as a table holds.
    ///
    /// # Errors
    /// As [`System::breaches`].
    pub async fn all_breaches(&self, caller: &Caller) -> Result<Vec<BreachRow>, Rejected> {
        at_the_account(caller)?;
        self.account_for_reading(&caller.actor).await?;
        Ok(self.rows_of_breaches(TABLE_ROWS_MAX, 0).await?)
    }

    /// The same on the command line, for whoever owns the data folder.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn breaches_on_machine(&self, page: u32) -> Result<Breaches, Fault> {
        self.account_for_reading(&Actor::system(Role::ADMINISTRATOR))
            .await?;
        self.page_of_breaches(page, false).await
    }

    /// One breach.
    ///
    /// # Errors
    /// As [`System::breaches`]; [`Rejected::NotFound`] when there is none of that number.
    pub async fn breach(&self, caller: &Caller, number: u32) -> Result<BreachView, Rejected> {
        at_the_account(caller)?;
        let (breach, steps) = self.breach_numbered(number).await?;
        self.account_for_reading(&caller.actor).await?;
        let taken: Vec<BreachStep> = steps.iter().map(|row| row.step).collect();
        let mut can = BreachStep::ALL.to_vec();
        can.retain(|step| step.follows(&taken));
        let enters = caller.staff_card()?.role == Role::RESPONSIBLE;
        if !enters {
            can.clear();
        }
        let mut categories: Vec<Category> = steps.iter().flat_map(|row| row.categories.clone()).collect();
        categories.sort_unstable();
        categories.dedup();
        Ok(BreachView {
            row: row(&breach, &steps, self.now()),
            categories,
            due_by: (breach.due_policy, breach.due_law),
            law: self.law_of_notice(breach.detected_at),
            steps: steps.into_iter().map(step_view).collect(),
            enters,
            can,
        })
    }

    /// The breaches of which the authority was not told though it is past the hour, on the desk of the responsible person.
    ///
    /// # Errors
    /// As [`System::enter_breach`].
    pub async fn late_breaches(&self, caller: &Caller) -> Result<Vec<BreachRow>, Rejected> {
        at_the_board(caller)?;
        Ok(self.untold_breaches().await?)
    }

    /// The same, for whoever looks after the machine.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn untold_breaches(&self) -> Result<Vec<BreachRow>, Fault> {
        let now = self.now();
        let late = self
            .store()
            .read(move |reader| breach::untold(reader, now, LATE_MAX))
            .await?;
        Ok(late.iter().map(|breach| row(breach, &[], now)).collect())
    }

    pub(super) async fn breach_numbered(&self, number: u32) -> Result<(Breach, Vec<StepRow>), Rejected> {
        let found = self
            .store()
            .read(move |reader| {
                let Some(breach) = breach::by_number(reader, number)? else {
                    return Ok(None);
                };
                let steps = breach::steps(reader, breach.id)?;
                Ok(Some((breach, steps)))
            })
            .await?;
        found.ok_or(Rejected::NotFound)
    }

    async fn page_of_breaches(&self, page: u32, enters: bool) -> Result<Breaches, Fault> {
        let page = page.clamp(1, PAGE_MAX);
        let offset = (page - 1) * PAGE_BREACHES;
        let mut rows = self.rows_of_breaches(PAGE_BREACHES + 1, offset).await?;
        let more = rows.len() > PAGE_BREACHES as usize;
        rows.truncate(PAGE_BREACHES as usize);
        Ok(Breaches {
            rows,
            page,
            more,
            enters,
        })
    }

    async fn rows_of_breaches(&self, limit: u32, offset: u32) -> Result<Vec<BreachRow>, Fault> {
        let found = self
            .store()
            .read(move |reader| {
                let breaches = breach::page(reader, limit, offset)?;
                Ok((breaches, breach::steps_of_page(reader, limit, offset)?))
            })
            .await?;
        let ((breaches, steps), now) = (found, self.now());
        // The steps of each breach stand together.
        let by_breach: HashMap<BreachId, &[StepRow]> = steps
            .chunk_by(|one, other| one.breach == other.breach)
            .filter_map(|of_one| Some((of_one.first()?.breach, of_one)))
            .collect();
        let steps_of = |breach: &Breach| by_breach.get(&breach.id).copied().unwrap_or_default();
        let rows = breaches.iter().map(|breach| row(breach, steps_of(breach), now));
        Ok(rows.collect())
    }

    pub(super) async fn account_for_reading(&self, actor: &Actor) -> Result<(), Fault> {
        self.account_for(actor, Happening::BreachesRead, true, "5.1.3")
            .await
    }

    /// The article that sets the hour of a breach that was found then.
    pub(super) fn law_of_notice(&self, detected: Timestamp) -> String {
        let named = self.policy().deadline(DEADLINE).and_then(|own| own.law.as_ref());
        named
            .and_then(|name| {
                self.policy()
                    .law_deadline(name, time::day_in_kazakhstan(detected))
            })
            .map(|law| law.citation.to_string())
            .unwrap_or_default()
    }
}

pub(super) fn row(breach: &Breach, steps: &[StepRow], now: Timestamp) -> BreachRow {
    let told = steps.iter().filter(|row| row.step == BreachStep::TellAuthority);
    let told_at = told.map(|row| row.happened_at).min();
    BreachRow {
        number: breach.number,
        kind: breach.kind,
        detected_at: breach.detected_at,
        due_at: breach.due_at,
        told_at,
        people: steps.iter().rev().find_map(|row| row.people),
        closed: steps.last().is_some_and(|row| row.step == BreachStep::Close),
        late: told_at.unwrap_or(now) > breach.due_at,
    }
}

fn step_view(row: StepRow) -> StepView {
    StepView {
        step: row.step,
        happened_at: row.happened_at,
        entered_at: row.entered_at,
        categories: row.categories,
        people: row.people,
        document: row.document,
        told: row.told,
    }
}
