//! 8-a, 8-b: until when each value is stored. A value serves the purposes whose consents cover it; each of them ends with
//! its purpose or its relation, or earlier with the consent's term or withdrawal; the value goes when the last of them
//! has ended, unless a cited floor keeps it.
//!
//! The event of an order is the order itself, that of an event or a vacancy is the day on which it is over, and a
//! relation ends when nobody has used it for the months that clause 8 names. This is the only place that computes a day;
//! what is computed lies with the value ([`Ends::kept_as`]) and is what the schedule goes by.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use sandyq_model::{ConsentId, Fault, Field, FieldSet, Purpose, Standing, time};
use sandyq_policy::Policy;
use sandyq_policy::declarations::ConsentItem;
use sandyq_store::Statement;
use sandyq_store::tables::case_file::CaseFile;
use sandyq_store::tables::consent::{ConsentAct, ConsentRow};
use sandyq_store::tables::purpose_use::{self, PurposeUse};
use sandyq_store::tables::{record, subject};

use super::{Kept, floor};
use crate::dossier::{Dossier, publishes};
use crate::system::System;

/// Events of purposes that are over on the day of what the case is about.
const OVER_ON_A_DAY: [&str; 2] = ["event-over", "vacancy-closed"];
/// Events of purposes that last as long as somebody uses them.
const RELATIONS: [&str; 2] = ["account-closed", "contract-over"];

/// Until when the values of one person are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Of each value, by field.
    pub values: Vec<ValueEnd>,
}

/// Until when one value is stored, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueEnd {
    /// The field.
    pub field: Field,
    /// What it serves, by consent.
    pub serves: Vec<Serves>,
    /// When the last of that ends.
    pub ends_at: Timestamp,
    /// What a law demands after that: the article and the last day.
    pub floors: Vec<(String, Date)>,
    /// When it is destroyed at the latest.
    pub destroy_by: Timestamp,
}

/// One thing that a value serves: the first of the three instants ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serves {
    /// For which purpose.
    pub purpose: Purpose,
    /// By which consent.
    pub item: String,
    /// When the purpose is reached.
    pub purpose_ends: Option<Timestamp>,
    /// When the relation is over if nobody uses it.
    pub relation_ends: Option<Timestamp>,
    /// When the consent ends: its term, or when it was taken back.
    pub consent_ends: Option<Timestamp>,
}

impl Serves {
    /// When it ends.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        [self.purpose_ends, self.relation_ends, self.consent_ends]
            .into_iter()
            .flatten()
            .min()
    }
}

/// What a commit will change of what ends are reckoned from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coming {
    /// Purposes that are served at this instant.
    pub(crate) served: Vec<Purpose>,
    /// Consents that end, and when: one that is taken back ends at this instant.
    pub(crate) ended: Vec<(ConsentId, Timestamp)>,
    /// A consent that is given at this instant.
    pub(crate) given: Option<ConsentRow>,
    /// Fields that get a value.
    pub(crate) fields: FieldSet,
    /// Whether the record is confirmed by it: then the limit of a pending record ends nothing any more.
    pub(crate) confirms: bool,
}

impl Ends {
    /// When the last value goes, and with it the person; floors aside.
    #[must_use]
    pub fn last(&self) -> Option<Timestamp> {
        self.values.iter().map(|value| value.ends_at).max()
    }

    /// The end of one value.
    #[must_use]
    pub fn of(&self, field: Field) -> Option<&ValueEnd> {
        self.values.iter().find(|value| value.field == field)
    }

    /// The day of a value that goes before its person.
    pub(crate) fn own_day(&self, field: Field) -> Option<Timestamp> {
        let ends_at = self.of(field)?.ends_at;
        (Some(ends_at) < self.last()).then_some(ends_at)
    }

    /// What keeps the computed days with the values that lie here already.
    pub(crate) fn kept_as(&self, dossier: &Dossier) -> Vec<Statement> {
        let free = dossier.records.iter().filter(|record| record.floor.is_none());
        let moved = free.filter(|record| record.until_at != self.own_day(record.field));
        moved
            .map(|record| record::keep_until(dossier.subject, record.field, self.own_day(record.field)))
            .collect()
    }
}

impl System {
    /// 8-a: until when each value of somebody is stored, when that comes at this instant.
    ///
    /// # Errors
    /// When no end can be computed: then nothing may be kept (8-b).
    pub(crate) fn ends(&self, dossier: &Dossier, coming: &Coming, now: Timestamp) -> Result<Ends, Fault> {
        let fixed = fixed_day(dossier, coming);
        let kept = floor(dossier, self.policy(), now);
        let held = dossier.held().union(coming.fields).without(Field::RECORD);
        let mut values = Vec::new();
        for field in held.iter() {
            let serves = match fixed {
                Some(_) => Vec::new(),
                None => self.serves(dossier, coming, field, now)?,
            };
            let last = serves.iter().filter_map(Serves::ends_at).max();
            let ends_at = fixed
                .or(last)
                .or_else(|| dossier.row.as_ref()?.due_at)
                .ok_or_else(|| Fault::Configuration(format!("field {} has no end (8)", field.number())))?;
            values.push(value_end(field, serves, ends_at, &kept)?);
        }
        Ok(Ends { values })
    }

    /// Everything that a value serves, what has ended included.
    fn serves(
        &self,
        dossier: &Dossier,
        coming: &Coming,
        field: Field,
        now: Timestamp,
    ) -> Result<Vec<Serves>, Fault> {
        let given = dossier.consents.iter().chain(&coming.given);
        let covering =
            given.filter(|row| row.act == ConsentAct::Given && row.fields.contains(field) && !publishes(row));
        covering
            .map(|row| {
                let used = coming.served.contains(&row.purpose).then_some(now);
                let stored = dossier.uses.iter().find(|used| used.purpose == row.purpose);
                let served_at = used.or(stored.map(|used| used.at)).unwrap_or(row.at);
                let ends = self.purpose_ends(row.purpose, &dossier.cases, served_at)?;
                let item = self.consent_item(&row.item);
                let months = item
                    .and_then(|item| prolonged_by(self.policy(), item))
                    .unwrap_or(0);
                let ends = Some(in_months(ends, months)?);
                let is_relation = self.lasts_as_relation(row.purpose);
                Ok(Serves {
                    purpose: row.purpose,
                    item: row.item.clone(),
                    purpose_ends: ends.filter(|_| !is_relation),
                    relation_ends: ends.filter(|_| is_relation),
                    consent_ends: consent_ends(dossier, row, coming),
                })
            })
            .collect()
    }

    /// When what serves that purpose ends, by when it was served last and by the cases of the person.
    fn purpose_ends(
        &self,
        purpose: Purpose,
        cases: &[CaseFile],
        served_at: Timestamp,
    ) -> Result<Timestamp, Fault> {
        let unknown = || Fault::Configuration(format!("purpose {purpose} has no end (8)"));
        let declared = self.policy().purpose(purpose);
        let end = declared
            .and_then(|declared| declared.ends.as_ref())
            .ok_or_else(unknown)?;
        let event = end.event.as_str();
        let begins = if OVER_ON_A_DAY.contains(&event) {
            let over = self.over_on(purpose, cases);
            over.map_or(Ok(served_at), time::end_of_day)
                .map_err(|error| beyond(&error))?
                .max(served_at)
        } else if RELATIONS.contains(&event) {
            let months = self
                .policy()
                .limit("relation-months")
                .and_then(|limit| limit.count);
            in_months(served_at, months.ok_or_else(unknown)?)?
        } else {
            served_at
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

    fn lasts_as_relation(&self, purpose: Purpose) -> bool {
        let declared = self.policy().purpose(purpose);
        let ends = declared.and_then(|declared| declared.ends.as_ref());
        ends.is_some_and(|end| RELATIONS.contains(&end.event.as_str()))
    }

    /// Whether a relation is part of what the person agreed to: then using it moves its end (8).
    pub(crate) fn is_relation(&self, dossier: &Dossier, now: Timestamp) -> bool {
        dossier
            .live_consents(now)
            .any(|(row, is_confirmed)| is_confirmed && self.lasts_as_relation(row.purpose))
    }

    /// 8: what moves the ends of somebody who uses a relation at this instant, and by that shows who they are (2.2.1).
    ///
    /// # Errors
    /// When no end can be computed.
    pub(crate) fn relation_used(&self, dossier: &Dossier, now: Timestamp) -> Result<Vec<Statement>, Fault> {
        let live = dossier.live_consents(now).map(|(row, _)| row.purpose);
        let used =
            |purpose: &Purpose| self.lasts_as_relation(*purpose) || *purpose == Purpose::IDENTIFICATION;
        let coming = Coming {
            served: live.filter(used).collect(),
            ..Coming::default()
        };
        let row = dossier.known()?.clone();
        self.moved_by(dossier, &coming, row, now)
    }

    /// The statements by which that comes: the purposes that are served, the days of values, and `row` with the day of
    /// the person.
    ///
    /// # Errors
    /// When no end can be computed.
    pub(crate) fn moved_by(
        &self,
        dossier: &Dossier,
        coming: &Coming,
        row: subject::Subject,
        now: Timestamp,
    ) -> Result<Vec<Statement>, Fault> {
        let ends = self.ends(dossier, coming, now)?;
        let mut served = coming.served.clone();
        served.sort_unstable();
        served.dedup();
        // No day gets later unless something happens that the policy counts from (8).
        let is_counted_anew = coming.confirms || !served.is_empty();
        let due_at = match (ends.last(), row.due_at) {
            (Some(last), Some(before)) if !is_counted_anew => Some(last.min(before)),
            (last, before) => last.or(before),
        };
        let mut statements = vec![subject::update(&subject::Subject { due_at, ..row })];
        statements.extend(
            served
                .into_iter()
                .map(|purpose| purpose_use::put(dossier.subject, PurposeUse { purpose, at: now })),
        );
        statements.extend(ends.kept_as(dossier));
        Ok(statements)
    }

    pub(crate) fn consent_item(&self, name: &str) -> Option<&ConsentItem> {
        let mut items = self
            .policy()
            .services()
            .iter()
            .flat_map(|service| &service.consents);
        items.find(|item| item.name.as_str() == name)
    }
}

/// The one day of everything, where no purpose decides: of a record that waits for its confirmation, of a withdrawn one, of
/// a remainder, and of what is kept without any consent.
fn fixed_day(dossier: &Dossier, coming: &Coming) -> Option<Timestamp> {
    let row = dossier.row.as_ref()?;
    let waits = row.standing == Standing::Pending && !coming.confirms;
    let is_fixed = waits
        || row.withdrawn_at.is_some()
        || dossier.consents.is_empty()
        || dossier.records.iter().any(|record| record.floor.is_some());
    row.due_at.filter(|_| is_fixed)
}

fn consent_ends(dossier: &Dossier, given: &ConsentRow, coming: &Coming) -> Option<Timestamp> {
    let same = dossier.consents.iter().filter(|row| row.id == given.id);
    let withdrawn = same
        .filter(|row| row.act == ConsentAct::Withdrawn)
        .map(|row| row.at);
    let coming = coming.ended.iter().filter(|(id, _)| *id == given.id);
    withdrawn
        .chain(given.term_until)
        .chain(dossier.closes_at(given.id))
        .chain(coming.map(|(_, at)| *at))
        .min()
}

fn value_end(field: Field, serves: Vec<Serves>, ends_at: Timestamp, kept: &Kept) -> Result<ValueEnd, Fault> {
    let covering = kept.floors.iter().filter(|floor| floor.fields.contains(field));
    let floors: Vec<(String, Date)> = covering
        .map(|floor| (floor.citation.clone(), floor.until))
        .collect();
    let mut destroy_by = ends_at;
    for (_, until) in &floors {
        destroy_by = destroy_by.max(time::end_of_day(*until).map_err(|error| beyond(&error))?);
    }
    Ok(ValueEnd {
        field,
        serves,
        ends_at,
        floors,
        destroy_by,
    })
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
