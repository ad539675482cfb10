//! 5.1.4, 1.3: several cases of a queue are taken or given back together. First it is said what would become of each, and nothing happens;
//! then each is taken by itself, with its own entry. Nothing else is done to several at once: what has effect on a person is decided
//! about that person.

use std::collections::BTreeMap;

use sandyq_model::{ActorId, Clause, FieldSet, Problem, Refusal, Verb};
use sandyq_store::tables::case_file::{self, CaseFile};

use super::State;
use crate::access::Caller;
use crate::rejected::Rejected;
use crate::request::familiar_with_policy;
use crate::system::System;

/// The most cases that are taken or given back together.
pub const TOGETHER_MAX: usize = 50;
/// The input that is wrong when none or too many were chosen.
const CHOSEN: &str = "chosen";

/// What is done to several cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    /// The caller takes them.
    Take,
    /// The caller gives them back.
    GiveBack,
}

impl Together {
    /// What undoes it.
    #[must_use]
    pub const fn undone_by(self) -> Self {
        match self {
            Self::Take => Self::GiveBack,
            Self::GiveBack => Self::Take,
        }
    }
}

/// What becomes of one case, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It would be done.
    Would,
    /// It is done.
    Done,
    /// It is so already: the caller has it, or does not.
    Already,
    /// A colleague has it; whoever takes it over does that alone, having read whose it is.
    Colleagues(String),
    /// Nobody works on it any more.
    Closed,
    /// There is no such case on this desk.
    Absent,
    /// Somebody else was quicker.
    Quicker,
    /// Something of ours failed before it; it can be tried again.
    Left,
}

/// One case, with what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOfThem {
    /// Its reference, as it was chosen.
    pub reference: String,
    /// What becomes of it.
    pub fate: Fate,
}

impl System {
    /// What would become of each of these cases. Nothing is done, and nothing of a person is read.
    ///
    /// # Errors
    /// A mistake with `chosen` for none, or more than [`TOGETHER_MAX`]; the refusal when no human is calling.
    pub async fn foreseen_together(
        &self,
        caller: &Caller,
        step: Together,
        references: &[String],
    ) -> Result<Vec<OneOfThem>, Rejected> {
        let role = caller.staff_card()?.role;
        familiar_with_policy(caller)?;
        if !caller.actor.human {
            return Err(Refusal::new(Verb::Use, vec![Clause::fixed("1.3")], FieldSet::RECORD).into());
        }
        if references.is_empty() {
            return Err(Rejected::mistake(CHOSEN, Problem::Missing));
        }
        if references.len() > TOGETHER_MAX {
            return Err(Rejected::mistake(CHOSEN, Problem::TooMany));
        }
        let kinds = self.kinds_of_desk(role);
        let wanted = references.to_vec();
        let found = self
            .store()
            .read(move |reader| {
                let one = |reference: &String| match case_file::by_reference(reader, reference)? {
                    Some((subject, case)) => case_file::find(reader, subject, case),
                    None => Ok(None),
                };
                wanted.iter().map(one).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let names = self.names_of_staff().await?;
        let fates = found.iter().map(|case| match case {
            Some(case) if kinds.contains(&case.kind) => fate(case, step, caller.actor.id, &names),
            _ => Fate::Absent,
        });
        let all = references.iter().zip(fates);
        Ok(all
            .map(|(reference, fate)| OneOfThem {
                reference: reference.clone(),
                fate,
            })
            .collect())
    }

    /// Does it, one case after the other, each with its own entry. What was done stays done whatever becomes of the others.
    ///
    /// # Errors
    /// As [`System::foreseen_together`]; and a fault that came before any case was done.
    pub async fn done_together(
        &self,
        caller: &Caller,
        step: Together,
        references: &[String],
    ) -> Result<Vec<OneOfThem>, Rejected> {
        let mut all = self.foreseen_together(caller, step, references).await?;
        let mut is_stopped = false;
        let mut has_done = false;
        for one in all.iter_mut().filter(|one| one.fate == Fate::Would) {
            if is_stopped {
                one.fate = Fate::Left;
                continue;
            }
            let done = match step {
                Together::Take => self.take_case(caller, &one.reference, None).await,
                Together::GiveBack => self.give_case_back(caller, &one.reference).await,
            };
            one.fate = match done {
                Ok(()) => Fate::Done,
                Err(Rejected::Fault(fault)) if !has_done => return Err(fault.into()),
                Err(Rejected::Fault(_)) => Fate::Left,
                Err(_) => Fate::Quicker,
            };
            has_done |= one.fate == Fate::Done;
            is_stopped = one.fate == Fate::Left;
        }
        Ok(all)
    }
}

fn fate(case: &CaseFile, step: Together, by: ActorId, names: &BTreeMap<ActorId, String>) -> Fate {
    let state = State::of(&case.state);
    if !state.is_at_desk() {
        return Fate::Absent;
    }
    if case.closed_at.is_some() || !state.is_worked_on() {
        return Fate::Closed;
    }
    match (step, case.taken_by) {
        (Together::Take, None) => Fate::Would,
        (Together::GiveBack, Some(owner)) if owner == by => Fate::Would,
        (Together::GiveBack, None) => Fate::Already,
        (Together::Take, Some(owner)) if owner == by => Fate::Already,
        (_, Some(owner)) => Fate::Colleagues(names.get(&owner).cloned().unwrap_or_else(|| owner.to_string())),
    }
}
