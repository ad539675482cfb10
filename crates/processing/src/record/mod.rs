//! DEF-2: recording. Values of a person who is already known are fixed, sealed, under consent.
//!
//! Also where collected and recorded values become rows and search tokens. It never replaces a value: changing one is
//! clarification (6.2).

use std::sync::Arc;

use jiff::Timestamp;
use sandyq_model::act::Record;
use sandyq_model::value::{self, Values};
use sandyq_model::{Category, Field, FieldSet, Pseudonym, Purpose, Standing, SubjectId, Verb};
use sandyq_policy::Permit;
use sandyq_policy::declarations::Search;
use sandyq_store::Statement;
use sandyq_store::tables::{record, search_index, subject};
use sandyq_store::vault::{Lead, NewLead, SealedValue, SubjectKey};

use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::rejected::Rejected;
use crate::retention::Coming;
use crate::system::System;

/// Values to fix, and what else happens in the same commit.
pub struct Recorded {
    /// The values, already read.
    pub values: Values,
    /// Where they come from.
    pub source: String,
    /// Changes of the case they belong to.
    pub case_changes: Vec<Statement>,
    /// The purposes that are served by it: their ends move (8).
    pub serves: Vec<Purpose>,
    /// Work that follows.
    pub jobs: Vec<sandyq_store::Job>,
    /// What a repeated submission is answered.
    pub answer: Vec<u8>,
    /// What begins with it, where nobody is known yet: the record of a request (6.4).
    pub begins: Option<Beginning>,
}

/// A record that begins with its first values.
pub struct Beginning {
    /// What it is a record of.
    pub category: Category,
    /// When it goes at the latest (8-b).
    pub due_at: Timestamp,
}

impl Performed for Record {
    type Input = Recorded;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Recorded,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        if let Some(beginning) = &input.begins {
            return begin(permit, dossier, input, beginning, system);
        }
        let now = permit.at();
        let version_of = |field: Field| dossier.version_of(field) + 1;
        let (sealed, spent) = system
            .vault()
            .seal(permit, dossier.key()?, version_of, &input.values)?;
        let coming = Coming {
            served: input.serves.clone(),
            fields: input.values.keys().copied().collect(),
            ..Coming::default()
        };
        let mut statements = stored(&sealed, dossier, &coming, (&input.source, now), system)?;
        let found_by = FoundBy::of(system, dossier.key()?, &input.values)?;
        statements.extend(found_by.statements);
        statements.extend(input.case_changes.iter().cloned());
        let changes = Changes {
            statements,
            leads: found_by.leads,
            jobs: input.jobs.clone(),
            moves: true,
            answer: Some(input.answer.clone()),
            ..Changes::default()
        };
        Ok(Done {
            spent,
            changes,
            output: (),
        })
    }
}

/// 6.4: the record of a request begins, under a key of its own, and is worked on from its first moment.
fn begin(
    permit: Permit<Record>,
    dossier: &Dossier,
    input: &Recorded,
    beginning: &Beginning,
    system: &System,
) -> Result<Done<Record>, Rejected> {
    let now = permit.at();
    let id = dossier.subject;
    let standing = Standing::after(dossier.standing(), Verb::Record, false).ok_or(Rejected::NotFound)?;
    let (key, new_key) = system.vault().new_subject_key(system.chance(), id, 1)?;
    let (sealed, spent) = system.vault().seal(permit, &key, |_| 1, &input.values)?;
    let row = subject::Subject {
        id,
        category: beginning.category,
        standing,
        version: 0,
        pseudonym: Some(Pseudonym::random(system.chance())),
        key_generation: 1,
        created_at: now,
        confirmed_at: Some(now),
        blocked_at: None,
        withdrawn_at: None,
        destroyed_at: None,
        due_at: Some(beginning.due_at),
    };
    let mut statements = vec![subject::insert(&row)];
    statements.extend(rows(&sealed, id, &input.source, now, Some(now)));
    statements.extend(input.case_changes.iter().cloned());
    let changes = Changes {
        statements,
        jobs: input.jobs.clone(),
        new_keys: vec![new_key],
        moves: true,
        answer: Some(input.answer.clone()),
        ..Changes::default()
    };
    Ok(Done {
        spent,
        changes,
        output: (),
    })
}

/// Sealed values as rows.
pub(crate) fn rows(
    sealed: &[SealedValue],
    subject: SubjectId,
    source: &str,
    at: Timestamp,
    confirmed_at: Option<Timestamp>,
) -> Vec<Statement> {
    rows_until(sealed, subject, source, (at, confirmed_at), |_| None)
}

/// Sealed values of somebody who is known as rows, each with its day, and what moves the days of the others.
///
/// # Errors
/// When no end can be computed (8-b).
pub(crate) fn stored(
    sealed: &[SealedValue],
    dossier: &Dossier,
    coming: &Coming,
    (source, now): (&str, Timestamp),
    system: &System,
) -> Result<Vec<Statement>, Rejected> {
    let ends = system.ends(dossier, coming, now)?;
    let mut statements = system.moved_by(dossier, coming, dossier.known()?.clone(), now)?;
    let id = dossier.subject;
    statements.extend(rows_until(sealed, id, source, (now, Some(now)), |field| {
        ends.own_day(field)
    }));
    Ok(statements)
}

fn rows_until(
    sealed: &[SealedValue],
    subject: SubjectId,
    source: &str,
    (at, confirmed_at): (Timestamp, Option<Timestamp>),
    until: impl Fn(Field) -> Option<Timestamp>,
) -> Vec<Statement> {
    let row = |value: &SealedValue| record::Record {
        subject,
        field: value.field,
        version: value.version,
        generation: value.generation,
        sealed: value.bytes.clone(),
        source: source.to_owned(),
        recorded_at: at,
        confirmed_at,
        until_at: until(value.field),
        floor: None,
        returned_at: None,
    };
    sealed.iter().map(|value| record::put(&row(value))).collect()
}

/// What people are found by: values of the fields that may be searched. Cards never are (1.1.2-f).
#[derive(Default)]
pub(crate) struct FoundBy {
    /// The sealed tokens.
    pub(crate) statements: Vec<Statement>,
    /// What leads from the tokens to the person.
    pub(crate) leads: Vec<Lead>,
}

impl FoundBy {
    /// Of these values.
    ///
    /// # Errors
    /// When a token cannot be sealed.
    pub(crate) fn of(system: &System, key: &SubjectKey, values: &Values) -> Result<Self, Rejected> {
        let mut found_by = Self::default();
        for (field, value) in values.iter() {
            let class = system.policy().class(*field);
            let Some(kind) = system.policy().kind(*field) else {
                continue;
            };
            if class.is_some_and(|class| class.search == Search::Exact) {
                let folded = value::folded(kind, value);
                found_by.add(&system.vault().new_lead(key, *field, &folded)?);
            }
        }
        Ok(found_by)
    }

    /// Of what the person was found by in these fields, under a new key.
    ///
    /// # Errors
    /// When a token does not open, or cannot be sealed.
    pub(crate) fn renewed(
        system: &System,
        dossier: &Dossier,
        key: &SubjectKey,
        fields: FieldSet,
    ) -> Result<Self, Rejected> {
        let mut found_by = Self::default();
        for row in dossier.findable.iter().filter(|row| fields.contains(row.field)) {
            let old = system.vault().open_lead(dossier.key()?, row.field, &row.sealed)?;
            found_by.add(&system.vault().renew_lead(key, &old)?);
        }
        Ok(found_by)
    }

    fn add(&mut self, new: &NewLead) {
        self.statements.push(search_index::put(new));
        self.leads.push(new.lead);
    }
}
