//! 8: how long anything is kept, and which fields a cited floor keeps locked when the rest goes (8-a).
//!
//! A floor covers only the fields of the document that its norm is about, and only when such a document exists: an
//! order that was placed. Without a placed order there is no floor, whatever the subject's category.

mod cards;
mod ends;
mod hold;
mod look;
mod plan;
mod proofs;
mod size;

pub(crate) use ends::{Coming, in_months};
pub use ends::{Ends, Serves, ValueEnd};
pub use hold::{HOLDS_MAX, HoldView, Order};
pub(crate) use look::waits_for_its_floor;
pub use look::{Ran, Stop};
pub use plan::{AHEAD_DAYS, Alarm, Next, Plan, Run, alarms, alarms_of};
pub use size::{Size, SizeClass, size_of};

use jiff::Timestamp;
use jiff::civil::Date;
use sandyq_model::{Fault, FieldSet, time};
use sandyq_policy::Policy;

use crate::cases::State;
use crate::dossier::Dossier;

/// What a floor keeps of one subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The fields, as far as they are stored.
    pub fields: FieldSet,
    /// Which floors, with their citation and the last day.
    pub floors: Vec<KeptUnder>,
}

/// One floor that keeps something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptUnder {
    /// Its name in the policy folder.
    pub floor: String,
    /// The article.
    pub citation: String,
    /// The fields.
    pub fields: FieldSet,
    /// The last day on which they are kept.
    pub until: Date,
}

impl Kept {
    /// What may be destroyed of what is held: all but what a floor keeps; the record as a whole when none keeps
    /// anything.
    #[must_use]
    pub fn rest_of(&self, held: FieldSet) -> FieldSet {
        if self.fields.is_empty() {
            held.union(FieldSet::RECORD)
        } else {
            held.difference(self.fields)
        }
    }

    /// Of those whose day has come: everything but what a floor keeps, or the single values that go before their person.
    #[must_use]
    pub fn due_of(&self, dossier: &Dossier, now: Timestamp) -> FieldSet {
        if dossier.is_due(now) {
            self.rest_of(dossier.held())
        } else {
            dossier.due_values(now).difference(self.fields)
        }
    }

    /// The end of the last day on which anything is kept.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        let last = self.floors.iter().map(|floor| floor.until).max();
        last.and_then(|day| time::end_of_day(day).ok())
    }

    /// What it keeps among these fields.
    #[must_use]
    pub fn among(&self, fields: FieldSet) -> Self {
        let of = |floor: &KeptUnder| KeptUnder {
            fields: floor.fields.intersection(fields),
            ..floor.clone()
        };
        Self {
            fields: self.fields.intersection(fields),
            floors: self
                .floors
                .iter()
                .map(of)
                .filter(|floor| !floor.fields.is_empty())
                .collect(),
        }
    }
}

/// What the floors keep of this subject at that instant.
#[must_use]
pub fn floor(dossier: &Dossier, policy: &Policy, now: Timestamp) -> Kept {
    let mut kept = Kept::default();
    let today = time::day_in_kazakhstan(now);
    for floor in policy.floors() {
        let documents = dossier.cases.iter().filter(|case| {
            floor.cases.iter().any(|kind| kind.as_str() == case.kind) && State::of(&case.state).is_document()
        });
        let Some(until) = documents.map(|case| last_day(case.opened_at, floor.years)).max() else {
            continue;
        };
        let fields = floor.fields.intersection(dossier.held());
        if until < today || fields.is_empty() {
            continue;
        }
        kept.fields = kept.fields.union(fields);
        kept.floors.push(KeptUnder {
            floor: floor.name.to_string(),
            citation: floor
                .citation
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            fields,
            until,
        });
    }
    kept
}

/// T1: counted from the tax year after the one in which the document was used, for so many full years.
fn last_day(document: Timestamp, years: u32) -> Date {
    let year = time::day_in_kazakhstan(document).year();
    let years = i16::try_from(years).unwrap_or(i16::MAX);
    Date::new(year.saturating_add(years), 12, 31).unwrap_or(Date::MAX)
}

/// When a record that nobody confirms is destroyed (1.2-c): so many working days, never above the ceiling.
///
/// # Errors
/// When the policy sets no limit, or its calendar does not reach that far: then nothing may be collected (8-b).
pub(crate) fn pending_until(policy: &Policy, now: Timestamp) -> Result<Timestamp, Fault> {
    let days = |name| policy.limit(name).and_then(|limit| limit.within.working_days);
    let limit = days("pending-confirmation").ok_or_else(|| {
        Fault::Configuration("the policy sets no limit for pending confirmations (1.2)".into())
    })?;
    let limit = limit
        .min(days("pending-confirmation-ceiling").unwrap_or(PENDING_DAYS_MAX))
        .min(PENDING_DAYS_MAX);
    due_in_working_days(policy, now, limit)
}

/// The end of the day that is so many working days away.
///
/// # Errors
/// When the policy's calendar does not reach that far.
pub(crate) fn due_in_working_days(policy: &Policy, now: Timestamp, days: u32) -> Result<Timestamp, Fault> {
    let today = time::day_in_kazakhstan(now);
    let beyond =
        |error: &dyn std::fmt::Display| Fault::Configuration(format!("no deadline can be computed: {error}"));
    let day = policy
        .calendar()
        .add_working_days(today, days)
        .map_err(|error| beyond(&error))?;
    time::end_of_day(day).map_err(|error| beyond(&error))
}

/// 1.2-c: the longest a record may stay pending, in working days, whatever the policy says.
const PENDING_DAYS_MAX: u32 = 15;
