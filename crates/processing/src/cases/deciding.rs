//! 1.3: somebody of staff decides about a case and so closes it. What can be decided, and for which reasons, stands in the policy
//! folder; a reason is one of those words and never free text, so that nothing about a person is written beside the record.
//!
//! No part of the system decides: the operation says that it has effect on a person, and rule 1.3 leaves that to people.

use std::sync::Arc;

use sandyq_model::act::Use;
use sandyq_model::{IdempotencyKey, Operation, Problem};
use sandyq_policy::Language;
use sandyq_policy::declarations::{DecisionDeclaration, WordKind};
use sandyq_store::tables::case_file::{self, CaseFile, Decided};

use super::State;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::queue;
use crate::rejected::Rejected;
use crate::system::System;
use crate::usage::Usage;

/// The input of a form that says what is decided.
const DECISION: &str = "decision";

/// Something that can be decided about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name in the policy folder.
    pub name: String,
    /// It in words.
    pub label: String,
    /// The reason, where it goes against the person: its name and its words.
    pub reason: Option<(String, String)>,
}

/// A case to decide about: nothing personal.
#[derive(Clone, Debug)]
pub struct ToDecide {
    /// Its reference number.
    pub reference: String,
    /// The service that opened it, in words.
    pub service: String,
    /// What can be decided; nothing once it is closed.
    pub choices: Vec<Choice>,
}

impl System {
    /// What the caller can decide about a case of their desk.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] alike for what is not there and for what another desk works on.
    pub async fn to_decide(
        &self,
        caller: &Caller,
        reference: &str,
        language: Language,
    ) -> Result<ToDecide, Rejected> {
        let (_, case) = self.case_of_desk(caller, reference).await?;
        let words = self.policy().words(language);
        let mut choices = Vec::new();
        for decision in self.decisions_on(&case) {
            let choice = |reason: Option<(String, String)>| Choice {
                name: decision.name.to_string(),
                label: words.label(WordKind::Decision, &decision.name).to_owned(),
                reason,
            };
            if decision.reasons.is_empty() {
                choices.push(choice(None));
            }
            choices.extend(decision.reasons.iter().map(|reason| {
                let label = words.label(WordKind::Reason, reason).to_owned();
                choice(Some((reason.to_string(), label)))
            }));
        }
        Ok(ToDecide {
            service: self.case_view(&case, language).service,
            reference: case.reference,
            choices,
        })
    }

    /// The caller decides about a case: it is closed, a place that it held is free again, and the person is told by letter that
    /// there is something to read.
    ///
    /// # Errors
    /// A mistake with `decision` when it is none of those that can be taken, lacks its reason, or the case is closed;
    /// [`Rejected::NotFound`] as in [`System::to_decide`]; the policy's refusal; a fault.
    pub async fn decide_case(
        &self,
        caller: &Caller,
        reference: &str,
        (decision, reason): (&str, Option<&str>),
        key: IdempotencyKey,
    ) -> Result<(), Rejected> {
        let (dossier, case) = self.case_of_desk(caller, reference).await?;
        let parts: [&[u8]; 3] = [
            reference.as_bytes(),
            decision.as_bytes(),
            reason.unwrap_or_default().as_bytes(),
        ];
        let sent = self.sent_under(key, "decide", &parts);
        if self.was_done(sent).await? {
            return Ok(());
        }
        let mut open = self.decisions_on(&case).peekable();
        if open.peek().is_none() {
            return Err(Rejected::mistake(DECISION, Problem::Closed));
        }
        let declared = open
            .find(|declared| declared.name.as_str() == decision)
            .ok_or_else(|| Rejected::mistake(DECISION, Problem::Choice))?;
        let known = |reason: &&str| declared.reasons.iter().any(|known| known.as_str() == *reason);
        let problem = match (declared.reasons.is_empty(), reason) {
            (true, None) => None,
            (false, None) => Some(Problem::Missing),
            (_, Some(reason)) => (!known(&reason)).then_some(Problem::Choice),
        };
        if let Some(problem) = problem {
            return Err(Rejected::mistake(DECISION, problem));
        }
        let category = dossier.category().ok_or(Rejected::NotFound)?;
        let now = self.now();
        // It rests on what the decider may see, and on nothing else of the record.
        let purpose = self.policy().case_purpose(&case.kind);
        let look = self.look(caller, &dossier, &case, purpose)?;
        let mut operation: Operation<Use> =
            Operation::new(caller.actor, dossier.subject, category, now, sent.key)
                .submitted(sent.content)
                .on(self.viewable(&look, &dossier, caller))
                .in_case(case.id);
        operation.purpose = purpose;
        operation.effect = true;
        let decided = Decided {
            decision,
            reason,
            by: caller.actor.id,
            at: now,
        };
        let to = State::decided(&case.kind, !declared.reasons.is_empty());
        let locale = dossier.consents.last().map_or("kk", |row| row.locale.as_str());
        let detail = format!("{} {locale}", case.reference);
        let usage = Usage::Decide {
            statements: vec![case_file::decide(&case, to.name(), decided)],
            jobs: vec![queue::task(
                self,
                dossier.subject,
                queue::SEND_DECIDED,
                now,
                &detail,
            )],
            serves: purpose.into_iter().collect(),
        };
        self.perform(&operation, &Circumstances::staff(caller), &usage)
            .await?;
        self.wake();
        Ok(())
    }

    /// What can still be decided about a case.
    fn decisions_on(&self, case: &CaseFile) -> impl Iterator<Item = &DecisionDeclaration> {
        let kind = case.kind.clone();
        let is_open = case.closed_at.is_none() && State::of(&case.state).is_worked_on();
        let decisions = self.policy().decisions().iter();
        decisions
            .filter(move |decision| is_open && decision.case.as_ref().is_some_and(|of| of.as_str() == kind))
    }

    /// A case, if the caller's role works on its kind and staff may see it.
    async fn case_of_desk(
        &self,
        caller: &Caller,
        reference: &str,
    ) -> Result<(Arc<Dossier>, CaseFile), Rejected> {
        let role = caller.staff_card()?.role;
        let (dossier, case) = self.staff_case(caller, reference).await?;
        let declared = self.policy().role(role).ok_or(Rejected::NotFound)?;
        let is_of_desk = declared.works_on.iter().any(|kind| kind.as_str() == case.kind);
        let is_seen = is_of_desk && !matches!(State::of(&case.state), State::Unconfirmed | State::Unpaid);
        is_seen.then_some((dossier, case)).ok_or(Rejected::NotFound)
    }
}
