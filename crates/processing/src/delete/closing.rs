//! 1.3, 5.1.1: two people close an account against the holder's will, for a reason out of the policy folder. Nobody comes in by it from
//! that moment; the holder is told by letter, and the record is kept for the days that the policy publishes, so that they can still ask
//! for it or complain. Then the daily run destroys it as it does whatever is due.

use jiff::{Span, Timestamp};
use sandyq_model::act::Delete;
use sandyq_model::{Actor, Category, Fault, Operation, Problem, ProposalId, SubjectId, time};
use sandyq_policy::declarations::DecisionDeclaration;
use sandyq_policy::{Language, Permit};
use sandyq_store::tables::consent::{self, ConsentAct, ConsentRow};
use sandyq_store::{Job, Statement};

use super::Deletion;
use crate::access::Caller;
use crate::dossier::Dossier;
use crate::queue;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::retention::Coming;
use crate::second_person::{Deed, Said};
use crate::system::System;

/// What the policy folder calls the decision.
const DECISION: &str = "close-account";
/// The input of a form that says why.
const REASON: &str = "reason";
/// Days between closing and the end of the record, where the policy names none.
const DAYS: u32 = 15;

/// An account that is closed against the holder's will.
pub struct Closing {
    /// Why: a reason of the policy folder.
    reason: String,
    /// When the consents of the record end.
    until: Timestamp,
}

impl Closing {
    /// Every consent of the record ends on that day, and with them all that no law and no order to keep it demands.
    pub(super) fn statements(
        &self,
        permit: &Permit<Delete>,
        dossier: &Dossier,
        system: &System,
    ) -> Result<Vec<Statement>, Rejected> {
        let now = permit.at();
        let live: Vec<&ConsentRow> = dossier.live_consents(now).map(|(row, _)| row).collect();
        let coming = Coming {
            ended: live.iter().map(|row| (row.id, self.until)).collect(),
            ..Coming::default()
        };
        let mut statements = system.moved_by(dossier, &coming, dossier.known()?.clone(), now)?;
        statements.extend(live.into_iter().map(|given| {
            consent::append(&ConsentRow {
                act: ConsentAct::Closed,
                term_until: Some(self.until),
                channel: self.reason.clone(),
                actor: permit.actor().id,
                at: now,
                ..given.clone()
            })
        }));
        Ok(statements)
    }

    /// The letter that says it.
    pub(super) fn letters(&self, dossier: &Dossier, system: &System, now: Timestamp) -> Vec<Job> {
        let day = time::day_in_kazakhstan(self.until);
        let detail = format!("{} {day} {}", self.reason, dossier.locale());
        vec![queue::task(
            system,
            dossier.subject,
            queue::SEND_CLOSED,
            now,
            &detail,
        )]
    }
}

impl System {
    /// 1.3: the reasons for which an account can be closed, each with its words.
    #[must_use]
    pub fn reasons_to_close(&self, language: Language) -> Vec<(String, String)> {
        let declared = self.closing_decision().into_iter();
        let reasons = declared.flat_map(|declared| &declared.reasons);
        reasons
            .map(|reason| (reason.to_string(), self.reason_named(reason, language)))
            .collect()
    }

    /// 1.3, 5.1.1: proposes to close somebody's account; another one must agree.
    ///
    /// # Errors
    /// A mistake with `reason` when it is none of the policy's; the policy's refusal; [`Rejected::NotFound`] for everybody but the
    /// responsible person, and where there is no account.
    pub async fn propose_closing(
        &self,
        caller: &Caller,
        subject: SubjectId,
        reason: &str,
    ) -> Result<ProposalId, Rejected> {
        at_the_board(caller)?;
        let dossier = self.dossier(subject).await?;
        self.closing(&dossier, reason)?;
        let operation = self.against_the_holder(caller.actor, &dossier)?;
        let deed = Deed::CloseAccount {
            reason: reason.to_owned(),
        };
        self.propose_about(caller, &operation, &dossier, &deed).await
    }

    /// 1.3: closes somebody's account, at the word of two.
    pub(crate) async fn close_account(
        &self,
        said: &Said,
        subject: SubjectId,
        reason: &str,
    ) -> Result<(), Rejected> {
        let dossier = self.dossier(subject).await?;
        let closing = self.closing(&dossier, reason)?;
        let operation = self.against_the_holder(said.first, &dossier)?;
        self.perform(&operation, &said.circumstances(), &Deletion::Against(closing))
            .await?;
        self.wake();
        Ok(())
    }

    /// The live consent on which an account rests, unless the account is closed already.
    pub(crate) fn account_consent<'a>(&self, dossier: &'a Dossier) -> Option<&'a ConsentRow> {
        let mut consents = dossier.live_consents(self.now()).map(|(row, _)| row);
        let is_open = dossier.category() == Some(Category::Registered) && !dossier.is_closed();
        consents.find(|row| is_open && self.closes_account(dossier, row))
    }

    fn closing_decision(&self) -> Option<&DecisionDeclaration> {
        let mut decisions = self.policy().decisions().iter();
        decisions.find(|declared| declared.name.as_str() == DECISION)
    }

    fn closing(&self, dossier: &Dossier, reason: &str) -> Result<Closing, Rejected> {
        self.account_consent(dossier).ok_or(Rejected::NotFound)?;
        let declared = self.closing_decision().ok_or(Rejected::NotFound)?;
        let problem = match reason {
            "" => Some(Problem::Missing),
            reason if declared.reasons.iter().any(|known| known.as_str() == reason) => None,
            _ => Some(Problem::Choice),
        };
        if let Some(problem) = problem {
            return Err(Rejected::mistake(REASON, problem));
        }
        let days = self.policy().counted("closed-account-days", DAYS);
        let beyond = |error: jiff::Error| Fault::Configuration(format!("no day of ending: {error}"));
        let last = time::day_in_kazakhstan(self.now())
            .checked_add(Span::new().days(i64::from(days)))
            .map_err(beyond)?;
        Ok(Closing {
            reason: reason.to_owned(),
            until: time::end_of_day(last).map_err(|error| Fault::Configuration(error.to_string()))?,
        })
    }

    fn against_the_holder(&self, by: Actor, dossier: &Dossier) -> Result<Operation<Delete>, Rejected> {
        let mut operation: Operation<Delete> = self.by_staff(by, dossier)?;
        operation.effect = true;
        Ok(operation)
    }
}
