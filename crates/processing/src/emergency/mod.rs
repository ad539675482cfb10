//! 5.1.7: a look in an emergency. A member of staff whose desk does not work on a case asks to see that one case, for a reason of a short
//! list; the responsible person or the deputy agrees, as to everything that takes two persons; then it is open for minutes, for looking and
//! for nothing else. The person is told in the same commit, and afterwards somebody must judge it.
//!
//! What may be seen is the policy's answer to every single look. A line of this room names a case and nobody.

mod looking;
mod reviewing;

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Clauses, Detail, Happening, Outcome};
use sandyq_model::act::Extract;
use sandyq_model::{Actor, Clause, Operation, Problem, ProposalId, Refusal};
use sandyq_store::tables::case_file::CaseFile;
use sandyq_store::tables::emergency::{self, Emergency};
use sandyq_store::tables::proposal;
use sandyq_store::{Commit, CommitError};

use crate::access::{Caller, conflict};
use crate::circumstances::{Circumstances, Second};
use crate::dossier::Dossier;
use crate::entry;
use crate::perform::refused_commit;
use crate::queue;
use crate::rejected::Rejected;
use crate::request::familiar_with_policy;
use crate::second_person::{Deed, PROPOSALS_MAX, Said};
use crate::system::System;

pub use looking::EmergencyLook;
pub use reviewing::{EmergencyView, LATE_MAX, Verdict, judged_before};

/// Asks of one member of staff that wait at a time.
pub const ASKS_MAX: usize = 3;
/// Cases that are open at a time to one member of staff, in a list.
const OPEN_MAX: u32 = 20;
/// For how long a case is open, where the policy does not say it.
const MINUTES: u32 = 15;
/// For how long somebody can agree, where the policy does not say it.
const ANSWER_MINUTES: u32 = 60;
/// The clause.
const CLAUSE: Clause = Clause::fixed("5.1.7");

/// Why somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Somebody is in danger.
    Danger,
    /// A loss cannot wait.
    Loss,
    /// The protection is under attack.
    Attack,
}

impl Reason {
    /// All of them, in the order of a list.
    pub const ALL: [Self; 3] = [Self::Danger, Self::Loss, Self::Attack];

    /// Its word in storage and in translations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Danger => "danger",
            Self::Loss => "loss",
            Self::Attack => "attack",
        }
    }

    /// The reason of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == word)
    }
}

/// What a member of staff has asked for, and what is open to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnEmergencies {
    /// What waits for a second person: which, the case, and until when.
    pub waiting: Vec<(ProposalId, String, Timestamp)>,
    /// What is open: which, the case, and until when.
    pub open: Vec<(ProposalId, String, Timestamp)>,
    /// For how many minutes a case is opened.
    pub minutes: u32,
    /// Within how many minutes a second person can agree.
    pub answer_minutes: u32,
}

impl System {
    /// Asks to see one case of another desk in an emergency.
    ///
    /// # Errors
    /// A mistake with `reason`; with `reference`, the same for a case that is not there and for one that the policy opens to nobody in
    /// an emergency, whose refusal is entered; [`Rejected::NotFound`] for whoever has no desk.
    pub async fn ask_in_emergency(
        &self,
        caller: &Caller,
        reference: &str,
        reason: Option<Reason>,
    ) -> Result<ProposalId, Rejected> {
        self.may_ask_in_emergency(caller)?;
        let reason = reason.ok_or_else(|| Rejected::mistake("reason", Problem::Missing))?;
        let reference = reference.trim().to_uppercase();
        if self.own_asks(caller).await?.len() >= ASKS_MAX {
            return Err(Rejected::mistake("reference", Problem::AsksWaiting));
        }
        let nothing = |rejected| match rejected {
            Rejected::NotFound | Rejected::Refusal(_) => Rejected::mistake("reference", Problem::NoCase),
            other => other,
        };
        let (dossier, case) = self.staff_case(caller, &reference).await.map_err(nothing)?;
        if self.kinds_of_desk(caller.actor.role).contains(&case.kind) {
            return Err(Rejected::mistake("reference", Problem::OwnDesk));
        }
        let circumstances = Circumstances::emergency(caller);
        self.opens_in_emergency((&caller.actor, &circumstances), &dossier, &case)
            .await
            .map_err(nothing)?;
        let deed = Deed::Emergency {
            reference,
            reason: reason.name().to_owned(),
        };
        let id = ProposalId::random(self.chance());
        let of = Some((dossier.subject, dossier.pseudonym));
        self.propose(&caller.actor, (id, &deed), of).await
    }

    /// What the caller asked for and what is open to them.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for whoever has no desk.
    pub async fn my_emergencies(&self, caller: &Caller) -> Result<OwnEmergencies, Rejected> {
        self.may_ask_in_emergency(caller)?;
        let (id, now) = (caller.actor.id, self.now());
        let open = self
            .store()
            .read(move |reader| emergency::open_to(reader, id, now, OPEN_MAX));
        let open = open.await?.into_iter();
        Ok(OwnEmergencies {
            waiting: self.own_asks(caller).await?,
            open: open
                .filter_map(|row| Some((row.id, row.reference?, row.until)))
                .collect(),
            minutes: self.emergency_minutes(),
            answer_minutes: self.emergency_answer_minutes(),
        })
    }

    /// Only somebody with a desk of their own, who has read the policy, asks: for everybody else there is nothing here.
    pub(crate) fn may_ask_in_emergency(&self, caller: &Caller) -> Result<(), Rejected> {
        let card = caller.staff_card()?;
        if !caller.actor.human || self.kinds_of_desk(card.role).is_empty() {
            return Err(Rejected::NotFound);
        }
        familiar_with_policy(caller)
    }

    async fn own_asks(&self, caller: &Caller) -> Result<Vec<(ProposalId, String, Timestamp)>, Rejected> {
        let now = self.now();
        let waiting = self
            .store()
            .read(move |reader| proposal::open(reader, now, PROPOSALS_MAX));
        let mut own = Vec::new();
        for (row, _) in waiting.await? {
            if row.proposed_by != caller.actor.id {
                continue;
            }
            if let Deed::Emergency { reference, .. } = crate::second_person::deed_of(&row)? {
                own.push((row.id, reference, row.until));
            }
        }
        Ok(own)
    }

    /// The look that the policy would allow now; its refusal is entered.
    async fn opens_in_emergency(
        &self,
        (by, circumstances): (&Actor, &Circumstances),
        dossier: &Dossier,
        case: &CaseFile,
    ) -> Result<(), Rejected> {
        let operation = self.look_of_emergency(by, dossier, case, circumstances)?;
        let facts = dossier.facts(&operation, circumstances, self.policy());
        match self.policy().decide(&operation, &facts) {
            // Only asked: the permit is given back unused.
            Ok(_) => Ok(()),
            Err(refusal) => Err(self.refuse(&operation, circumstances, dossier, refusal).await),
        }
    }

    /// A look at what the purpose of the case lists, as far as the policy allows it in an emergency.
    fn look_of_emergency(
        &self,
        by: &Actor,
        dossier: &Dossier,
        case: &CaseFile,
        circumstances: &Circumstances,
    ) -> Result<Operation<Extract>, Rejected> {
        let purpose = self.policy().case_purpose(&case.kind);
        let operation = self.look(*by, dossier, case, purpose)?;
        let fields = self.viewable(&operation, dossier, circumstances);
        Ok(operation.on(fields))
    }

    /// Opens the case to whoever asked, at the word of two; the person is told in the same commit.
    pub(crate) async fn open_in_emergency(
        &self,
        said: &Said,
        id: ProposalId,
        (reference, reason): (&str, &str),
    ) -> Result<(), Rejected> {
        let (dossier, case) = self.case_by_reference(reference).await?;
        let circumstances = Circumstances::of_emergency(said.second.is_some());
        self.opens_in_emergency((&said.first, &circumstances), &dossier, &case)
            .await?;
        let Some(second) = said.second else {
            let rules = vec![CLAUSE];
            return Err(Refusal::new(sandyq_model::Verb::Extract, rules, dossier.held()).into());
        };
        let now = self.now();
        let row = Emergency {
            id,
            reference: Some(reference.to_owned()),
            reason: reason.to_owned(),
            asked_by: said.first.id,
            agreed_by: second.by.id,
            opened_at: now,
            until: now + SignedDuration::from_mins(i64::from(self.emergency_minutes())),
            looks: 0,
            reviewed_at: None,
            reviewed_by: None,
            verdict: None,
        };
        let commit = self.opening(&row, (&said.first, second), &dossier, &case);
        match self.store().commit(commit).await {
            Ok(_) => {
                self.wake();
                Ok(())
            }
            Err(CommitError::Conflict(what)) => Err(conflict(what)),
            Err(other) => Err(refused_commit(other)),
        }
    }

    fn opening(
        &self,
        row: &Emergency,
        (first, second): (&Actor, Second),
        dossier: &Dossier,
        case: &CaseFile,
    ) -> Commit {
        let mut opened = entry::of_happening(
            first,
            Happening::EmergencyOpened,
            Outcome::Done,
            Detail::None,
            self,
        );
        opened.subject = dossier.pseudonym;
        opened.case = Some(case.id);
        opened.purpose = self.policy().case_purpose(&case.kind);
        opened.clauses = Clauses::most_telling(&[CLAUSE]);
        let agreed = self.of_proposal(&second.by, Happening::Approved, Outcome::Done, dossier.pseudonym);
        let told = format!("{} {}", case.reference, dossier.locale());
        Commit {
            subject: Some((dossier.subject, dossier.version)),
            statements: vec![proposal::take(second.proposal), emergency::insert(row)],
            entries: vec![opened, agreed],
            jobs: vec![queue::task(
                self,
                dossier.subject,
                queue::SEND_EMERGENCY,
                row.opened_at,
                &told,
            )],
            ..Commit::default()
        }
    }

    /// For how long somebody can agree to a look in an emergency.
    pub(crate) fn emergency_opens_for(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.emergency_answer_minutes()))
    }

    fn emergency_minutes(&self) -> u32 {
        self.policy().counted("emergency-minutes", MINUTES)
    }

    fn emergency_answer_minutes(&self) -> u32 {
        self.policy().counted("emergency-answer-minutes", ANSWER_MINUTES)
    }
}
