//! 8-a, 8-b: when what serves a purpose ends: so many days after its event, and longer only by a consent that says so.
//!
//! The event of an order is the order itself, that of an event or a vacancy is the day on which it is over, and a
//! relation ends when nobody has used it for the months that clause 8 names.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use sandyq_model::{Fault, Purpose, time};
use sandyq_policy::Policy;
use sandyq_policy::declarations::ConsentItem;
use sandyq_store::tables::case_file::CaseFile;

use crate::dossier::Dossier;
use crate::system::System;

/// Events of purposes that are over on the day of what the case is about.
const OVER_ON_A_DAY: [&str; 2] = ["event-over", "vacancy-closed"];
/// Events of purposes that last as long as somebody uses them.
const RELATIONS: [&str; 2] = ["account-closed", "contract-over"];

impl System {
    /// 8: the day on which a confirmed record goes unless something prolongs it: the latest of its purposes' ends.
    ///
    /// # Errors
    /// When no end can be computed: then nothing may be kept (8-b).
    pub(crate) fn ends_at(&self, dossier: &Dossier, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
        let mut latest = None;
        for (row, _) in dossier.live_consents(now) {
            let end = self.purpose_ends(row.purpose, &dossier.cases, now)?;
            let item = self.consent_item(&row.item);
            let months = item
                .and_then(|item| prolonged_by(self.policy(), item))
                .unwrap_or(0);
            latest = latest.max(Some(in_months(end, months)?));
        }
        Ok(latest)
    }

    /// When what serves that purpose ends, by the cases of the person.
    fn purpose_ends(&self, purpose: Purpose, cases: &[CaseFile], now: Timestamp) -> Result<Timestamp, Fault> {
        let unknown = || Fault::Configuration(format!("purpose {purpose} has no end (8)"));
        let declared = self.policy().purpose(purpose);
        let end = declared
            .and_then(|declared| declared.ends.as_ref())
            .ok_or_else(unknown)?;
        let event = end.event.as_str();
        let begins = if OVER_ON_A_DAY.contains(&event) {
            let over = self.over_on(purpose, cases);
            over.map_or(Ok(now), time::end_of_day)
                .map_err(|error| beyond(&error))?
                .max(now)
        } else if RELATIONS.contains(&event) {
            let months = self
                .policy()
                .limit("relation-months")
                .and_then(|limit| limit.count);
            in_months(now, months.ok_or_else(unknown)?)?
        } else {
            now
        };
        in_days(begins, end.days)
    }

    /// The last of the days on which what these cases are about is over.
    fn over_on(&self, purpose: Purpose, cases: &[CaseFile]) -> Option<Date> {
        let of_purpose = cases
            .iter()
            .filter(|case| self.policy().case_purpose(&case.kind) == Some(purpose));
        of_purpose
            .filter_map(|case| self.offering_of(case)?.ends_on)
            .max()
    }

    /// Whether a relation is part of what the person agreed to: then using it moves its end (8).
    pub(crate) fn is_relation(&self, dossier: &Dossier, now: Timestamp) -> bool {
        dossier.live_consents(now).any(|(row, is_confirmed)| {
            let ends = self
                .policy()
                .purpose(row.purpose)
                .and_then(|purpose| purpose.ends.as_ref());
            is_confirmed && ends.is_some_and(|end| RELATIONS.contains(&end.event.as_str()))
        })
    }

    fn consent_item(&self, name: &str) -> Option<&ConsentItem> {
        let mut items = self
            .policy()
            .services()
            .iter()
            .flat_map(|service| &service.consents);
        items.find(|item| item.name.as_str() == name)
    }

    /// 8: when what serves that purpose ends, counted from an event at that instant.
    pub(crate) fn end_after(&self, purpose: Purpose, event: Timestamp) -> Option<Timestamp> {
        let end = self.policy().purpose(purpose)?.ends.as_ref()?;
        in_days(event, end.days).ok()
    }
}

/// The months for which a consent lets data stay after the end of its purpose.
fn prolonged_by(policy: &Policy, item: &ConsentItem) -> Option<u32> {
    policy.limit(item.prolongs.as_ref()?.as_str())?.count
}

fn in_days(from: Timestamp, days: u32) -> Result<Timestamp, Fault> {
    let hours = jiff::SignedDuration::from_hours(24 * i64::from(days));
    from.checked_add(hours).map_err(|error| beyond(&error))
}

/// The same time of day in Kazakhstan, so many months later.
pub(crate) fn in_months(from: Timestamp, months: u32) -> Result<Timestamp, Fault> {
    if months == 0 {
        return Ok(from);
    }
    let day = time::day_in_kazakhstan(from);
    let later = Span::new()
        .try_months(i64::from(months))
        .and_then(|span| day.checked_add(span))
        .map_err(|error| beyond(&error))?;
    time::end_of_day(later).map_err(|error| beyond(&error))
}

fn beyond(error: &dyn std::fmt::Display) -> Fault {
    Fault::Configuration(format!("no end of storage can be computed: {error}"))
}
