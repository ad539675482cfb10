//! 6.5, PRE-5: until when a request must be answered: the earlier of what the policy promises and what the law demands,
//! counted from the day of receipt in Kazakhstan. A change of either makes an open request due earlier, never later.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use sandyq_model::{Fault, RequestKind, time};
use sandyq_policy::Policy;
use sandyq_policy::declarations::Counted;

/// The two days on which an answer is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// By the policy's own promise.
    pub policy: Timestamp,
    /// By the law that held on the day of receipt.
    pub law: Timestamp,
}

impl Due {
    /// The one that counts.
    #[must_use]
    pub fn at(self) -> Timestamp {
        self.policy.min(self.law)
    }
}

/// When a request of that kind that was received then is due.
///
/// # Errors
/// When the policy sets no deadline for the kind, or its calendar does not reach that far: nothing is guessed.
pub fn due(policy: &Policy, kind: RequestKind, received: Timestamp) -> Result<Due, Fault> {
    due_of(policy, kind.name(), received, |day| {
        time::end_of_day(day).map_err(|error| beyond(&error))
    })
}

/// When something is due that began then, by the policy's deadline of that name and the law behind it; `ends` says at which
/// instant of the last day.
///
/// # Errors
/// As [`due`].
pub(crate) fn due_of(
    policy: &Policy,
    name: &str,
    began: Timestamp,
    ends: impl Fn(Date) -> Result<Timestamp, Fault>,
) -> Result<Due, Fault> {
    let day = time::day_in_kazakhstan(began);
    let own = policy
        .deadline(name)
        .ok_or_else(|| Fault::Configuration(format!("the policy sets no deadline for `{name}`")))?;
    let promised = ends(last_day(policy, own.within, day)?)?;
    let demanded = own
        .law
        .as_ref()
        .and_then(|name| policy.law_deadline(name, day))
        .map(|law| last_day(policy, law.within, day).and_then(&ends))
        .transpose()?;
    Ok(Due {
        policy: promised,
        law: demanded.unwrap_or(promised),
    })
}

/// When the last working day before that instant begins: then somebody is told that time runs out.
///
/// # Errors
/// When the policy's calendar does not reach that far.
pub fn warns_at(policy: &Policy, due: Timestamp) -> Result<Timestamp, Fault> {
    let mut day = time::day_in_kazakhstan(due);
    for _ in 0..LONGEST_REST_DAYS {
        day = day.yesterday().map_err(|error| beyond(&error))?;
        if policy
            .calendar()
            .is_working(day)
            .map_err(|error| beyond(&error))?
        {
            break;
        }
    }
    let before = day.yesterday().map_err(|error| beyond(&error))?;
    time::end_of_day(before).map_err(|error| beyond(&error))
}

/// The earlier end of the two counts.
fn last_day(policy: &Policy, within: Counted, day: Date) -> Result<Date, Fault> {
    let working = within
        .working_days
        .map(|days| policy.calendar().add_working_days(day, days))
        .transpose()
        .map_err(|error| beyond(&error))?;
    let calendar = within
        .calendar_days
        .map(|days| {
            Span::new()
                .try_days(i64::from(days))
                .and_then(|span| day.checked_add(span))
        })
        .transpose()
        .map_err(|error| beyond(&error))?;
    [working, calendar]
        .into_iter()
        .flatten()
        .min()
        .ok_or_else(|| Fault::Configuration("a deadline without days (6.5)".to_owned()))
}

pub(crate) fn beyond(error: &dyn std::fmt::Display) -> Fault {
    Fault::Configuration(format!("no deadline can be computed: {error}"))
}

/// No row of days off is longer; a calendar in which one is, warns earlier.
const LONGEST_REST_DAYS: u32 = 14;
