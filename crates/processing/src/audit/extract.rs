//! Entries taken out of the ledger with their proofs under one checkpoint, for whoever checks them without us
//! (`spec/ledger-extract.md`).

use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::entry::{Happening, Outcome};
use sandyq_ledger::receipt::{EXTRACT_ENTRIES_MAX, Extract, Proven};
use sandyq_model::Fault;

use super::{AuditFilter, at_the_account};
use crate::access::Caller;
use crate::rejected::Rejected;
use crate::system::System;

impl System {
    /// The entries that fit, from `before` on, as a file for `sandyq-verifier extract`. Where it may not hold all of them it says
    /// from where on the next part is taken out.
    ///
    /// # Errors
    /// As [`System::audit`]; when a proof cannot be made.
    pub async fn extract_of_ledger(
        &self,
        caller: &Caller,
        filter: &AuditFilter,
        before: Option<u64>,
    ) -> Result<Vec<u8>, Rejected> {
        at_the_account(caller)?;
        let store = self.store();
        let note = store.checkpoint_note();
        let checkpoint = Checkpoint::open(note.as_bytes(), std::slice::from_ref(store.verifier_key()))
            .map_err(|error| Fault::Ledger(format!("the newest checkpoint: {error}")))?;
        let end = before.unwrap_or(checkpoint.size).min(checkpoint.size);
        let (found, next) = self.fitting(filter, end, EXTRACT_ENTRIES_MAX).await?;
        let mut entries = Vec::with_capacity(found.len());
        for placed in found {
            entries.push(Proven {
                index: placed.index,
                entry: placed.entry.encode(),
                proof: store.inclusion_proof(placed.index, checkpoint.size).await?,
            });
        }
        self.account_for_look(caller, filter.person, (Happening::LedgerRead, Outcome::Done))
            .await?;
        let extract = Extract {
            format: Extract::FORMAT.to_owned(),
            checkpoint: note,
            entries,
            next,
        };
        let mut written = serde_json::to_vec_pretty(&extract)
            .map_err(|error| Fault::Ledger(format!("an extract cannot be written: {error}")))?;
        written.push(b'\n');
        Ok(written)
    }
}
