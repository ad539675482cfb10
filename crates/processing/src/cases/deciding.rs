//! 1.3: somebody of staff decides about a case and so closes it, or invites to an interview. What can be decided, and for which reasons, stands in the policy
//! folder; a reason is one of those words and never free text, so that nothing about a person is written beside the record.
//!
//! No part of the system decides: the operation says that it has effect on a person, and rule 1.3 leaves that to people.

use std::sync::Arc;

use sandyq_model::act::{Record, Use};
use sandyq_model::value::{Context, Values};
use sandyq_model::{Field, FieldSet, IdempotencyKey, Operation, Plain, Problem, Purpose, time};
use sandyq_policy::Language;
use sandyq_policy::declarations::{DecisionDeclaration, WordKind};
use sandyq_store::Statement;
use sandyq_store::tables::case_file::{self, CaseFile, Decided};

use super::State;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::once::SentUnder;
use crate::queue;
use crate::record::Recorded;
use crate::rejected::Rejected;
use crate::request::familiar_with_policy;
use crate::system::System;
use crate::usage::Usage;

/// The input of a form that says what is decided.
const DECISION: &str = "decision";
/// The input of what is written with it.
const WRITTEN: &str = "written";
/// Where a value comes from that staff wrote.
const SOURCE: &str = "staff";

/// Something that can be decided about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name in the policy folder.
    pub name: String,
    /// It in words.
    pub label: String,
    /// The reason, where it goes against the person: its name and its words.
    pub reason: Option<(String, String)>,
    /// The field that is written with it: its label.
    pub writes: Option<String>,
}

/// What somebody of staff decided.
#[derive(Clone, Copy)]
pub struct Decision<'a> {
    /// Its name in the policy folder.
    pub name: &'a str,
    /// The name of the reason, where one was given.
    pub reason: Option<&'a str>,
    /// What was written; empty where nothing was.
    pub written: &'a Plain<String>,
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

/// How a case is closed.
struct Closing {
    statement: Statement,
    sent: SentUnder,
    written: Option<(Field, Plain<String>)>,
}

impl System {
    /// What the caller can decide about a case of their desk.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] alike for what is not there and for what another desk works on; PRE-1 for whoever has not read the
    /// policy in force.
    pub async fn to_decide(
        &self,
        caller: &Caller,
        reference: &str,
        language: Language,
    ) -> Result<ToDecide, Rejected> {
        familiar_with_policy(caller)?;
        let (_, case) = self.case_of_desk(caller, reference).await?;
        let words = self.policy().words(language);
        let mut choices = Vec::new();
        for decision in self.decisions_on(&case) {
            let choice = |reason: Option<(String, String)>| Choice {
                name: decision.name.to_string(),
                label: words.label(WordKind::Decision, &decision.name).to_owned(),
                reason,
                writes: decision.writes.map(|field| self.field_label(field, language)),
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
    /// there is something to read. Whoever is invited to an interview is told in the same way, and the case goes on. An answer is sealed as a value of the person's, in the same commit (2.2.8).
    ///
    /// # Errors
    /// A mistake with `decision` when it is none of those that can be taken, lacks its reason, or the case is closed, and with
    /// `written` for what has to be written and is not, or is too long; [`Rejected::NotFound`] as in [`System::to_decide`]; the
    /// policy's refusal; a fault.
    pub async fn decide_case(
        &self,
        caller: &Caller,
        reference: &str,
        decision: Decision<'_>,
        key: IdempotencyKey,
    ) -> Result<(), Rejected> {
        let (dossier, case) = self.case_of_desk(caller, reference).await?;
        let parts: [&[u8]; 4] = [
            reference.as_bytes(),
            decision.name.as_bytes(),
            decision.reason.unwrap_or_default().as_bytes(),
            decision.written.expose().as_bytes(),
        ];
        let sent = self.sent_under(key, "decide", &parts);
        if self.was_done(sent).await? {
            return Ok(());
        }
        let declared = self.chosen(&case, decision)?;
        let written = self.written(declared, decision)?;
        let decided = Decided {
            decision: decision.name,
            reason: decision.reason,
            by: caller.actor.id,
            at: self.now(),
        };
        let statement = if declared.invites {
            case_file::move_on(&case, State::Interview.name(), decided)
        } else {
            let to = State::decided(&case.kind, !declared.reasons.is_empty());
            case_file::decide(&case, to.name(), decided)
        };
        let closing = Closing {
            statement,
            sent,
            written,
        };
        if let Err(rejected) = self.close_case(caller, (&dossier, &case), closing).await {
            // Of two who decide at the same time the first one does.
            let (_, now) = self.case_of_desk(caller, reference).await?;
            return Err(if now.closed_at.is_some() {
                Rejected::mistake(DECISION, Problem::Closed)
            } else {
                rejected
            });
        }
        self.wake();
        Ok(())
    }

    /// The declared decision, with its reason if it takes one.
    fn chosen(&self, case: &CaseFile, decision: Decision<'_>) -> Result<&DecisionDeclaration, Rejected> {
        let mut open = self.decisions_on(case).peekable();
        if open.peek().is_none() {
            return Err(Rejected::mistake(DECISION, Problem::Closed));
        }
        let declared = open
            .find(|declared| declared.name.as_str() == decision.name)
            .ok_or_else(|| Rejected::mistake(DECISION, Problem::Choice))?;
        let known = |reason: &str| declared.reasons.iter().any(|known| known.as_str() == reason);
        let problem = match (declared.reasons.is_empty(), decision.reason) {
            (true, None) => None,
            (false, None) => Some(Problem::Missing),
            (_, Some(reason)) => (!known(reason)).then_some(Problem::Choice),
        };
        problem.map_or(Ok(declared), |problem| Err(Rejected::mistake(DECISION, problem)))
    }

    /// What is written with it, read as a value of its field.
    fn written(
        &self,
        declared: &DecisionDeclaration,
        decision: Decision<'_>,
    ) -> Result<Option<(Field, Plain<String>)>, Rejected> {
        let is_empty = decision.written.expose().trim().is_empty();
        let Some(field) = declared.writes else {
            let surplus = || Rejected::mistake(WRITTEN, Problem::Unknown);
            return if is_empty { Ok(None) } else { Err(surplus()) };
        };
        if is_empty {
            return Err(Rejected::mistake(WRITTEN, Problem::Missing));
        }
        let context = Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan: true,
        };
        let value = self
            .read(field, decision.written, context)
            .map_err(|wrong| wrong.beside(WRITTEN))?;
        Ok(Some((field, value)))
    }

    async fn close_case(
        &self,
        caller: &Caller,
        (dossier, case): (&Arc<Dossier>, &CaseFile),
        closing: Closing,
    ) -> Result<(), Rejected> {
        let category = dossier.category().ok_or(Rejected::NotFound)?;
        let (subject, now) = (dossier.subject, self.now());
        let purpose = self.policy().case_purpose(&case.kind);
        let serves: Vec<Purpose> = purpose.into_iter().collect();
        let detail = format!("{} {}", case.reference, dossier.locale());
        let jobs = vec![queue::task(self, subject, queue::SEND_DECIDED, now, &detail)];
        let circumstances = Circumstances::staff(caller);
        let sent = closing.sent;
        if let Some((field, value)) = closing.written {
            let mut operation: Operation<Record> =
                Operation::new(caller.actor, subject, category, now, sent.key)
                    .submitted(sent.content)
                    .on(FieldSet::only(field))
                    .in_case(case.id);
            (operation.purpose, operation.effect) = (purpose, true);
            let recorded = Recorded {
                values: Values::from([(field, value)]),
                source: SOURCE.to_owned(),
                case_changes: vec![closing.statement],
                serves,
                jobs,
                answer: Vec::new(),
                begins: None,
            };
            self.perform(&operation, &circumstances, &recorded).await?;
            return Ok(());
        }
        // It rests on what the decider may see, and on nothing else of the record.
        let look = self.look(caller.actor, dossier, case, purpose)?;
        let mut operation: Operation<Use> = Operation::new(caller.actor, subject, category, now, sent.key)
            .submitted(sent.content)
            .on(self.viewable(&look, dossier, &Circumstances::staff(caller)))
            .in_case(case.id);
        (operation.purpose, operation.effect) = (purpose, true);
        let usage = Usage::Decide {
            statements: vec![closing.statement],
            jobs,
            serves,
        };
        self.perform(&operation, &circumstances, &usage).await?;
        Ok(())
    }

    /// What can still be decided about a case.
    fn decisions_on(&self, case: &CaseFile) -> impl Iterator<Item = &DecisionDeclaration> {
        let kind = case.kind.clone();
        let is_open = case.closed_at.is_none() && State::of(&case.state).is_worked_on();
        let decisions = self.policy().decisions().iter();
        let is_invited = State::of(&case.state) == State::Interview;
        decisions
            .filter(move |decision| is_open && decision.case.as_ref().is_some_and(|of| of.as_str() == kind))
            .filter(move |decision| !(decision.invites && is_invited))
    }

    /// A case, if the caller's role works on its kind and staff may see it.
    pub(crate) async fn case_of_desk(
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
