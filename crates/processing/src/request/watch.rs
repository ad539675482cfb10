//! 6.5, PRE-5: the clock looks over open requests: one working day before the day it says so, and a deadline that the policy
//! or the law has shortened since makes them due earlier, never later.

use sandyq_model::{Actor, Fault, Role, Step};
use sandyq_store::tables::subject_request::{self, OnBoard, SubjectRequest};

use super::deadline;
use crate::rejected::Rejected;
use crate::system::System;

/// Open requests looked over at once; the rest is looked over next time, when these are closed or further away.
const LOOKED_OVER_MAX: u32 = 1_000;

impl System {
    /// Looks over every open request.
    ///
    /// # Errors
    /// When the store does not answer, or the calendar ends.
    pub async fn run_requests(&self) -> Result<(), Fault> {
        let open = self
            .store()
            .read(|reader| subject_request::on_board(reader, OnBoard::default(), LOOKED_OVER_MAX, 0))
            .await?;
        for request in open {
            match self.look_over(request).await {
                // Somebody else was quicker; the next look sees what became of it.
                Ok(()) | Err(Rejected::Mistake(_)) => {}
                Err(Rejected::Fault(fault)) => return Err(fault),
                Err(rejected) => return Err(Fault::Store(rejected.to_string())),
            }
        }
        Ok(())
    }

    async fn look_over(&self, request: SubjectRequest) -> Result<(), Rejected> {
        let clock = Actor::system(Role::SCHEDULE);
        let due = deadline::due(self.policy(), request.kind, request.received_at)?;
        let mut request = request;
        if due.at() < request.due_at {
            let earlier = |next: &mut SubjectRequest| {
                next.due_policy = next.due_policy.min(due.policy);
                next.due_law = next.due_law.min(due.law);
                next.due_at = due.at();
            };
            request = self.take_step(clock, &request, Step::Advance, earlier).await?;
        }
        let now = self.now();
        if request.warned_at.is_none() && deadline::warns_at(self.policy(), request.due_at)? < now {
            let warned = |next: &mut SubjectRequest| next.warned_at = Some(now);
            self.take_step(clock, &request, Step::Escalate, warned).await?;
            tracing::warn!(
                kind = request.kind.name(),
                "a request is due within a working day"
            );
        }
        Ok(())
    }
}
