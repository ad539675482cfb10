//! 8: every few months it is looked whether any card data has outlived its day. What is found is an entry of the ledger, stands on the
//! board, and is an alarm as long as it is not nothing.

use jiff::SignedDuration;
use sandyq_ledger::entry::{Clauses, Detail, Happening, Outcome};
use sandyq_model::{Actor, Clause, Fault, Role};
use sandyq_store::Commit;
use sandyq_store::tables::card_proof::{self, CardProof};

use super::ends::in_months;
use crate::entry;
use crate::perform::fault_of;
use crate::system::System;

/// Months between two looks, when the policy sets no limit.
const MONTHS: u32 = 3;
/// What falls due today is destroyed today, by the run of the day.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

impl System {
    /// Looks whether any card data has outlived its day, when it is time to; gives how many values have.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn look_for_old_cards(&self) -> Result<Option<u64>, Fault> {
        let now = self.now();
        let months = self.policy().counted("card-proof-months", MONTHS);
        let fields = self.card_fields();
        let last = self.store().read(card_proof::noted).await?;
        if let Some(last) = last.filter(|last| last.outlived == 0)
            && now < in_months(last.at, months)?
        {
            return Ok(None);
        }
        let counted = self.store().read(move |reader| {
            let each = fields
                .iter()
                .map(|field| card_proof::outlived(reader, field, now - A_DAY));
            each.sum::<Result<u64, Fault>>()
        });
        let outlived = counted.await?;
        let outcome = if outlived == 0 {
            Outcome::Done
        } else {
            Outcome::Failed
        };
        let schedule = Actor::system(Role::SCHEDULE);
        let mut entry =
            entry::of_happening(&schedule, Happening::CardsLookedFor, outcome, Detail::None, self);
        entry.clauses = Clauses::most_telling(&[Clause::fixed("8")]);
        let commit = Commit {
            statements: vec![card_proof::note(CardProof { at: now, outlived })],
            entries: vec![entry],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(fault_of)?;
        Ok(Some(outlived))
    }
}
