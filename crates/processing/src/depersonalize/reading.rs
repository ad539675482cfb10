//! The figures to look at. They lead to nobody; who looked has an entry all the same, as every look of staff.

use jiff::Timestamp;
use sandyq_ledger::entry::Happening;
use sandyq_model::{Category, Field, Purpose, Role};
use sandyq_store::tables::figure::{self, Figure, FigureSet};

use crate::access::Caller;
use crate::rejected::Rejected;
use crate::system::System;

/// Sets that are offered, newest first: five years.
const SETS_MAX: u32 = 60;
/// Figures of one set that are shown.
const FIGURES_MAX: u32 = 5_000;

/// The figures of one month, and the months of which there are some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The months, newest first, as the number `202611`.
    pub months: Vec<u32>,
    /// The month that is shown; none when there is no set yet.
    pub shown: Option<u32>,
    /// When it was made.
    pub made_at: Option<Timestamp>,
    /// The smallest group that may be shown, in people.
    pub smallest: u32,
    /// Its tables, in the order of purposes.
    pub tables: Vec<FigureTable>,
}

/// One field of one kind of people, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureTable {
    /// What it was counted for.
    pub purpose: Purpose,
    /// What those people are to the operator.
    pub category: Category,
    /// The field.
    pub field: Field,
    /// The groups, largest first.
    pub rows: Vec<FigureRow>,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureRow {
    /// What they wrote.
    pub words: String,
    /// At least so many people.
    pub people: u32,
}

impl System {
    /// 2.2.4: the figures of a month; of the newest, when none is named.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but those who read figures and the responsible person, and for a month without a set; a fault.
    pub async fn figures(&self, caller: &Caller, month: Option<u32>) -> Result<Figures, Rejected> {
        caller.staff_card()?;
        if !caller.reads_figures() {
            return Err(Rejected::NotFound);
        }
        let sets = self.store().read(|reader| figure::sets(reader, SETS_MAX)).await?;
        let shown = chosen(&sets, month)?;
        let figures = match shown {
            Some(FigureSet { month, .. }) => {
                self.store()
                    .read(move |reader| figure::of_month(reader, month, FIGURES_MAX))
                    .await?
            }
            None => Vec::new(),
        };
        self.account_for(&caller.actor, Happening::FiguresRead, true, "2.2.4")
            .await?;
        Ok(Figures {
            months: sets.iter().map(|set| set.month).collect(),
            shown: shown.map(|set| set.month),
            made_at: shown.map(|set| set.made_at),
            smallest: shown.map_or_else(|| self.smallest_group(), |set| set.smallest),
            tables: tables(figures),
        })
    }
}

impl Caller {
    /// Whether they read figures about many people.
    #[must_use]
    pub fn reads_figures(&self) -> bool {
        let roles = [Role::STATISTICS, Role::RESPONSIBLE];
        self.staff.as_ref().is_some_and(|card| card.familiar) && roles.contains(&self.actor.role)
    }
}

/// The set of that month; the newest, when none is named.
fn chosen(sets: &[FigureSet], month: Option<u32>) -> Result<Option<FigureSet>, Rejected> {
    let Some(month) = month else {
        return Ok(sets.first().copied());
    };
    let found = sets.iter().find(|set| set.month == month);
    found.copied().map(Some).ok_or(Rejected::NotFound)
}

/// Figures that follow each other and belong together, as one table.
fn tables(figures: Vec<Figure>) -> Vec<FigureTable> {
    let mut tables: Vec<FigureTable> = Vec::new();
    for figure in figures {
        let row = FigureRow {
            words: figure.words,
            people: figure.people,
        };
        let of = (figure.purpose, figure.category, figure.field);
        match tables.last_mut() {
            Some(last) if (last.purpose, last.category, last.field) == of => last.rows.push(row),
            _ => tables.push(FigureTable {
                purpose: figure.purpose,
                category: figure.category,
                field: figure.field,
                rows: vec![row],
            }),
        }
    }
    tables
}
