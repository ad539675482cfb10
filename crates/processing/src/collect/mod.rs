//! 1.1, 1.2, DEF-2: collection. Values come from the person, with the consent texts accepted in the same submission.
//!
//! The record is born pending: invisible to staff, usable only to ask for confirmation (1.2-a), and due to be
//! destroyed when nobody confirms in time (1.2-c). It never takes a value outside the accepted texts.

use std::sync::Arc;

use jiff::Timestamp;
use sandyq_model::act::Collect;
use sandyq_model::value::Values;
use sandyq_model::{Category, FieldSet, Pseudonym, Standing};
use sandyq_policy::{Language, Permit};
use sandyq_store::tables::{case_file, code, consent, consent_text, subject};

use crate::consent::Accepted;
use crate::dossier::Dossier;
use crate::perform::{Changes, Done, Performed};
use crate::queue;
use crate::record::{self, FoundBy};
use crate::rejected::Rejected;
use crate::system::System;

/// What a service hands in.
pub struct Submitted {
    /// The values, already read.
    pub values: Values,
    /// The consent items that were accepted.
    pub accepted: Vec<Accepted>,
    /// The case it opens, if its service opens one.
    pub case: Option<case_file::CaseFile>,
    /// The page on which the code will be typed, and until when.
    pub ticket: [u8; 16],
    /// The language the person reads.
    pub language: Language,
    /// When the record is destroyed if nobody confirms (1.2-c).
    pub due_at: Timestamp,
    /// The service, as the source of the values.
    pub source: String,
    /// What the subject becomes.
    pub category: Category,
    /// Whether a representative acts in the subject's place, and gets the code (DEF-11).
    pub represented: bool,
}

impl Performed for Collect {
    type Input = Submitted;
    type Output = ();

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Submitted,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let now = permit.at();
        let id = dossier.subject;
        let (key, new_key) = system.vault().new_subject_key(system.chance(), id, 1)?;
        let (sealed, spent) = system.vault().seal(permit, &key, |_| 1, &input.values)?;
        let row = subject::Subject {
            id,
            category: input.category,
            standing: Standing::Pending,
            version: 0,
            pseudonym: Some(Pseudonym::random(system.chance())),
            key_generation: 1,
            created_at: now,
            confirmed_at: None,
            blocked_at: None,
            withdrawn_at: None,
            destroyed_at: None,
            due_at: Some(input.due_at),
        };
        let mut changes = Changes {
            moves: true,
            new_keys: vec![new_key],
            ..Changes::default()
        };
        changes.statements.push(subject::insert(&row));
        changes
            .statements
            .extend(record::rows(&sealed, id, &input.source, now, None));
        let found_by = FoundBy::of(system, &key, &input.values)?;
        changes.statements.extend(found_by.statements);
        changes.leads = found_by.leads;
        for accepted in &input.accepted {
            changes
                .statements
                .extend(accepted.texts.iter().map(consent_text::keep));
            changes.statements.push(consent::append(&accepted.given(id, now)));
        }
        changes
            .statements
            .extend(input.case.iter().flat_map(case_file::open));
        changes.statements.push(code::insert(&queue::unsent_code(
            id,
            input.ticket,
            if input.represented {
                queue::AGREES
            } else {
                queue::CONFIRMS
            },
            now,
            input.due_at,
        )));
        let detail = format!("{} {}", hex::encode(input.ticket), input.language);
        changes
            .jobs
            .push(queue::task(system, id, queue::SEND_CODE, now, &detail));
        changes.answer = Some(hex::encode(input.ticket).into_bytes());
        Ok(Done {
            spent,
            changes,
            output: (),
        })
    }
}

/// The fields that a submission's accepted texts cover.
pub(crate) fn agreed(accepted: &[Accepted]) -> FieldSet {
    accepted
        .iter()
        .fold(FieldSet::RECORD, |fields, item| fields.union(item.fields))
}
