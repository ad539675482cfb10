//! 6.1: two records that look alike are shown to the responsible person, who decides; no machine joins them. What is compared are
//! the sealed tokens by which people are found, never values, and each comparison is an operation with its entry. What is found stands
//! on the list of pairs then (`systematize/`).

use jiff::Timestamp;
use sandyq_model::act::Use;
use sandyq_model::{Actor, Category, Field, FieldSet, IdempotencyKey, Operation, Role, Standing, SubjectId};

use super::desk::at_the_board;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::perform::Outcome;
use crate::queue;
use crate::rejected::Rejected;
use crate::system::System;
use crate::usage::{Usage, Used};

/// Records that are looked at for one contact.
const ALIKE_MAX: usize = 20;

/// A record with a contact in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Whose.
    pub subject: SubjectId,
    /// What that person is to the operator.
    pub category: Category,
    /// Where the record stands.
    pub standing: Standing,
    /// Since when.
    pub created_at: Timestamp,
    /// The contacts in common.
    pub by: FieldSet,
}

impl System {
    /// The other records with a contact of this one, by the same field; none while it is not in use.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person; the policy's refusal; a fault.
    pub async fn alike(&self, caller: &Caller, subject: SubjectId) -> Result<Vec<Alike>, Rejected> {
        at_the_board(caller)?;
        let dossier = self.dossier(subject).await?;
        let found = self.alike_of(Actor::system(Role::SITE), &dossier).await?;
        if !found.is_empty() {
            self.propose_pairs(&dossier, &found).await?;
        }
        Ok(found)
    }

    /// The records with a contact of this one, compared by a part of the system.
    pub(crate) async fn alike_of(&self, by: Actor, dossier: &Dossier) -> Result<Vec<Alike>, Rejected> {
        let subject = dossier.subject;
        let Some(category) = dossier
            .category()
            .filter(|_| dossier.standing() == Some(Standing::Active))
        else {
            return Ok(Vec::new());
        };
        let purpose = queue::identification(category);
        let now = self.now();
        let found_by: FieldSet = dossier.findable.iter().map(|row| row.field).collect();
        let fields = found_by.intersection(dossier.consented(Some(purpose), now));
        // The address of a representative is in common between those for whom they act.
        let of_representative = self.policy().representative_address();
        let fields = of_representative.map_or(fields, |field| fields.without(field));
        if fields.is_empty() {
            return Ok(Vec::new());
        }
        let key = IdempotencyKey::random(self.chance());
        let operation: Operation<Use> = Operation::new(by, subject, category, now, key)
            .on(fields)
            .for_purpose(purpose);
        let used = self
            .perform(&operation, &Circumstances::SYSTEM, &Usage::Alike)
            .await?;
        let Outcome::Done {
            output: Used::Tokens(tokens),
            ..
        } = used
        else {
            return Err(Rejected::NotFound);
        };
        let mut alike: Vec<Alike> = Vec::new();
        for (field, token) in tokens {
            for other in self.store().subjects_with(field, token, ALIKE_MAX).await? {
                if other != subject {
                    self.note_alike(&mut alike, other, field).await?;
                }
            }
        }
        alike.sort_by_key(|one| (one.created_at, one.subject));
        Ok(alike)
    }

    async fn note_alike(
        &self,
        alike: &mut Vec<Alike>,
        other: SubjectId,
        field: Field,
    ) -> Result<(), Rejected> {
        if let Some(known) = alike.iter_mut().find(|one| one.subject == other) {
            known.by = known.by.with(field);
            return Ok(());
        }
        let dossier = self.dossier(other).await?;
        let Some(row) = dossier
            .row
            .as_ref()
            .filter(|row| row.standing != Standing::Pending)
        else {
            return Ok(());
        };
        alike.push(Alike {
            subject: other,
            category: row.category,
            standing: row.standing,
            created_at: row.created_at,
            by: FieldSet::only(field),
        });
        Ok(())
    }
}
