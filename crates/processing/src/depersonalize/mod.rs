//! DEF-5, 2.2.3, 2.2.4: depersonalization. Once in a month the schedule opens a few fields of those who agreed to be counted, each person as
//! an operation with its entry, and keeps nothing but how many people wrote the same. `tally.rs` is where people end and figures begin.
//!
//! What is counted lies in memory until the set is whole: a half-counted table would hold small groups. A count that was cut off begins anew.

mod reading;
mod tally;

use std::sync::Arc;

use futures_util::future::join_all;
use jiff::Timestamp;
use sandyq_ledger::entry::{Clauses, Detail, Happening, Outcome as Accounted};
use sandyq_model::act::Depersonalize;
use sandyq_model::value::{ValueKind, Values};
use sandyq_model::{
    Actor, Category, Clause, Fault, FieldSet, IdempotencyKey, Operation, Purpose, Role, Standing, SubjectId,
    time,
};
use sandyq_policy::{COUNTED_FOR, Permit};
use sandyq_store::Commit;
use sandyq_store::tables::figure::{self, FigureSet};

use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::entry;
use crate::perform::{Changes, Done, Outcome, Performed, fault_of};
use crate::rejected::Rejected;
use crate::system::System;
use tally::Tally;

pub use reading::{FigureRow, FigureTable, Figures};

/// The smallest group, when the policy sets no limit, in people.
const SMALLEST: u32 = 5;
/// Of fewer people no group can be, whatever a folder says: one alone would be shown.
const SMALLEST_MIN: u32 = 3;
/// People whose operations are under way at once, so that their commits share syncs.
const AT_ONCE: u32 = 32;

impl Performed for Depersonalize {
    type Input = ();
    type Output = Values;

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        (): &(),
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let sealed = dossier.sealed(permit.fields());
        let (values, spent) = system.vault().open(permit, dossier.key()?, &sealed)?;
        Ok(Done {
            spent,
            changes: Changes::default(),
            output: values,
        })
    }
}

impl System {
    /// Makes the figures of this month, if there are none; gives how many people were counted.
    ///
    /// # Errors
    /// When the store does not answer. Nothing of it is kept then.
    pub async fn make_figures(&self) -> Result<Option<u64>, Fault> {
        let now = self.now();
        let month = month_of(now);
        let newest = self.store().read(|reader| figure::sets(reader, 1)).await?;
        if newest.first().is_some_and(|set| set.month >= month) {
            return Ok(None);
        }
        let smallest = self.smallest_group();
        let (tally, people) = self.counted_people().await?;
        let set = FigureSet {
            month,
            made_at: now,
            smallest,
        };
        let mut entry = entry::of_happening(
            &Actor::system(Role::SCHEDULE),
            Happening::FiguresMade,
            Accounted::Done,
            Detail::None,
            self,
        );
        entry.clauses = Clauses::most_telling(&[Clause::fixed("DEF-5")]);
        let commit = Commit {
            statements: figure::put(set, &tally.figures(smallest)),
            entries: vec![entry],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(fault_of)?;
        Ok(Some(people))
    }

    /// DEF-5: of how many people a group is at least.
    fn smallest_group(&self) -> u32 {
        let published = self.policy().counted("group-size", SMALLEST);
        published.max(SMALLEST_MIN)
    }

    async fn counted_people(&self) -> Result<(Tally, u64), Fault> {
        let (mut tally, mut people, mut after) = (Tally::default(), 0, None);
        loop {
            let some = self
                .store()
                .read(move |reader| figure::who_agreed(reader, COUNTED_FOR, after, AT_ONCE))
                .await?;
            after = some.last().copied();
            if after.is_none() {
                return Ok((tally, people));
            }
            for counted in join_all(some.iter().map(|subject| self.counted(*subject))).await {
                let counted = counted?;
                people += u64::from(!counted.is_empty());
                for (purpose, category, values) in counted {
                    for (field, value) in values {
                        let kind = self.policy().kind(field).unwrap_or(ValueKind::Text);
                        tally.add((purpose, category, field), kind, &value);
                    }
                }
            }
        }
    }

    /// What one person adds: nothing, when they took their consent back meanwhile or are not in use.
    async fn counted(&self, subject: SubjectId) -> Result<Vec<(Purpose, Category, Values)>, Fault> {
        let mut counted = Vec::new();
        for purpose in COUNTED_FOR {
            let dossier = self.dossier(subject).await?;
            let (Some(category), Some(Standing::Active)) = (dossier.category(), dossier.standing()) else {
                continue;
            };
            let fields = self.countable(&dossier, (category, purpose));
            if fields.is_empty() {
                continue;
            }
            let actor = Actor::system(Role::SCHEDULE);
            let key = IdempotencyKey::random(self.chance());
            let operation = Operation::<Depersonalize>::new(actor, subject, category, self.now(), key)
                .on(fields)
                .for_purpose(purpose);
            match self.perform(&operation, &Circumstances::SYSTEM, &()).await {
                Ok(Outcome::Done { output, .. }) => counted.push((purpose, category, output)),
                Err(Rejected::Fault(fault)) => return Err(fault),
                // Refused, because something changed meanwhile: it has its entry, and is not counted.
                Ok(Outcome::Repeated(_)) | Err(_) => {}
            }
        }
        Ok(counted)
    }

    /// The fields of this person that are there, agreed to, and can be figures at all.
    fn countable(&self, dossier: &Dossier, (category, purpose): (Category, Purpose)) -> FieldSet {
        let agreed = dossier.consented(Some(purpose), self.now());
        let fields = dossier
            .held()
            .intersection(agreed)
            .intersection(self.policy().purpose_fields(purpose, category));
        fields
            .iter()
            .filter(|field| self.policy().is_countable(*field))
            .collect()
    }
}

/// The month of an instant on the clocks of Kazakhstan, as the number `202611`.
fn month_of(at: Timestamp) -> u32 {
    let day = time::day_in_kazakhstan(at);
    u32::from(day.year().unsigned_abs()) * 100 + u32::from(day.month().unsigned_abs())
}
