//! What has served its time goes: work that was done, answers to submissions that nobody repeats any more, codes that
//! nobody can use, sessions that have ended. None of it is needed again, and a record of what somebody did is in the
//! ledger alone (5.1.5).

use jiff::SignedDuration;
use sandyq_model::Fault;
use sandyq_store::Commit;
use sandyq_store::tables::{code, idempotency, job, session};

use crate::perform::fault_of;
use crate::system::System;

/// For how long done work and used-up codes can still be looked at, and a submission can still be repeated.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

impl System {
    /// Removes what has served.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn run_upkeep(&self) -> Result<(), Fault> {
        let now = self.now();
        let before = now - KEPT;
        let statements = vec![
            job::remove_done(before),
            idempotency::forget(before),
            code::remove_expired(before),
            session::remove_ended(now, before),
        ];
        let commit = Commit {
            statements,
            ..Commit::default()
        };
        self.store().commit(commit).await.map(drop).map_err(fault_of)
    }
}
