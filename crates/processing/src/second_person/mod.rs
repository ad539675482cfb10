//! 5.1.1: what one person alone cannot do: destroy by hand, close an account against its holder's will, enter or lift an order to keep
//! data, give a role that looks after the others. Somebody proposes it; another one who may do the same agrees; only then it is done, at the word of both, and
//! both stand in the ledger. That it takes two is a rule of the policy, which sees whether a second one agreed.
//!
//! A proposal holds nobody's data, says what was typed, and opens for the hours that the policy publishes. It is in no backup.

mod answering;

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Detail, Entry, Happening, Outcome};
use sandyq_model::{Act, Actor, Clause, Fault, Operation, Problem, ProposalId, Pseudonym, SubjectId};
use sandyq_store::Commit;
use sandyq_store::tables::proposal::{self, Proposal};
use serde::{Deserialize, Serialize};

use crate::access::Caller;
use crate::circumstances::{Circumstances, Second};
use crate::dossier::Dossier;
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::retention::Order;
use crate::system::System;

pub use answering::Agreed;

/// Proposals that wait at a time.
pub const PROPOSALS_MAX: u32 = 100;
/// For how long somebody can agree, where the policy does not say it.
const HOURS: u32 = 72;

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// To keep a record by an order (8).
    Keep(Order),
    /// To lift an order.
    Lift {
        /// Which.
        hold: String,
        /// By the document of that number.
        document: String,
    },
    /// To destroy by hand what is due (8).
    Destroy,
    /// To invite somebody to a role that takes two (5.1.4).
    Invite {
        /// The name by which they will sign in.
        name: String,
        /// The role, by its name in the policy.
        role: String,
    },
    /// To close an account against the holder's will (1.3).
    CloseAccount {
        /// Why, in a word of the policy folder.
        reason: String,
    },
    /// To give somebody of staff another role (5.1.4).
    ChangeRole {
        /// The name by which they sign in.
        name: String,
        /// The role that they have, by its name in the policy.
        from: String,
        /// The role that they get.
        role: String,
    },
    /// To draw the list of the people of a breach who are more than one employee opens in an hour (5.1.3).
    BreachList {
        /// The number of the breach.
        breach: u32,
        /// How many they were when it was proposed; absent in proposals that were written down before they said it.
        #[serde(default)]
        people: Option<u64>,
        /// The act by which people were looked for last before that.
        #[serde(default)]
        sought: Option<u32>,
    },
    /// To open one case to another desk in an emergency (5.1.7).
    Emergency {
        /// The case.
        reference: String,
        /// Why, in a word of the list.
        reason: String,
    },
}

impl Deed {
    /// Its word in storage and in translations.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Keep(_) => "keep",
            Self::Lift { .. } => "lift",
            Self::Destroy => "destroy",
            Self::Invite { .. } => "invite",
            Self::BreachList { .. } => "breach-list",
            Self::Emergency { .. } => "emergency",
            Self::CloseAccount { .. } => "close-account",
            Self::ChangeRole { .. } => "change-role",
        }
    }
}

/// Who said that it be done: whoever proposed it, and the second one, if there was one.
pub(crate) struct Said {
    /// Who proposed it: the actor of the operation.
    pub(crate) first: Actor,
    /// Who agreed. Without one the policy refuses, and the refusal is entered.
    pub(crate) second: Option<Second>,
}

impl Said {
    pub(crate) fn circumstances(&self) -> Circumstances {
        Circumstances::of_two(&self.first, self.second)
    }
}

/// A proposal, to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalView {
    /// Which.
    pub id: ProposalId,
    /// What is proposed.
    pub deed: Deed,
    /// Whose record it is about.
    pub subject: Option<SubjectId>,
    /// The sign-in name of whoever proposed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Until when somebody can agree.
    pub until: Timestamp,
    /// Whether the reader proposed it, and so cannot agree.
    pub own: bool,
}

impl System {
    /// What waits for a second person, oldest first.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for whoever may neither propose nor agree to anything.
    pub async fn proposals(&self, caller: &Caller) -> Result<Vec<ProposalView>, Rejected> {
        if !caller.seconds() {
            return Err(Rejected::NotFound);
        }
        let now = self.now();
        let found = self
            .store()
            .read(move |reader| proposal::open(reader, now, PROPOSALS_MAX))
            .await?;
        let mut seen = Vec::with_capacity(found.len());
        for (proposal, by) in found {
            let deed = deed_of(&proposal)?;
            if self.may_answer(caller, &deed).is_ok() {
                seen.push(ProposalView {
                    id: proposal.id,
                    deed,
                    subject: proposal.subject,
                    by,
                    at: proposal.proposed_at,
                    until: proposal.until,
                    own: proposal.proposed_by == caller.actor.id,
                });
            }
        }
        Ok(seen)
    }

    /// Keeps a proposal about somebody's record, if the policy would allow it to two.
    pub(crate) async fn propose_about<V: Act>(
        &self,
        caller: &Caller,
        operation: &Operation<V>,
        dossier: &Dossier,
        deed: &Deed,
    ) -> Result<ProposalId, Rejected> {
        let id = ProposalId::random(self.chance());
        let second = Second {
            by: caller.actor,
            proposal: id,
        };
        let circumstances = Circumstances::of_two(&caller.actor, Some(second));
        let facts = dossier.facts(operation, &circumstances, self.policy());
        // Only asked: the permit is given back unused.
        if let Err(refusal) = self.policy().decide(operation, &facts) {
            return Err(self.refuse(operation, &circumstances, dossier, refusal).await);
        }
        let of = Some((dossier.subject, dossier.pseudonym));
        self.propose(&caller.actor, (id, deed), of).await
    }

    /// Keeps a proposal.
    pub(crate) async fn propose(
        &self,
        by: &Actor,
        (id, deed): (ProposalId, &Deed),
        of: Option<(SubjectId, Option<Pseudonym>)>,
    ) -> Result<ProposalId, Rejected> {
        let now = self.now();
        let waiting = self
            .store()
            .read(move |reader| proposal::open(reader, now, PROPOSALS_MAX))
            .await?;
        if waiting.len() >= PROPOSALS_MAX as usize {
            return Err(Rejected::mistake("step", Problem::Wait));
        }
        let words = serde_json::to_string(deed)
            .map_err(|error| Fault::Store(format!("a proposal cannot be written: {error}")))?;
        let proposal = Proposal {
            id,
            subject: of.map(|(subject, _)| subject),
            act: deed.name().to_owned(),
            words,
            proposed_by: by.id,
            proposed_at: now,
            until: now + self.opens_for(deed),
        };
        let commit = Commit {
            statements: vec![proposal::remove_over(now), proposal::insert(&proposal)],
            entries: vec![self.of_proposal(by, Happening::Proposed, Outcome::Done, of.and_then(|(_, p)| p))],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        Ok(id)
    }

    /// For how long somebody can agree: whoever asks in an emergency needs an answer now.
    fn opens_for(&self, deed: &Deed) -> SignedDuration {
        if matches!(deed, Deed::Emergency { .. }) {
            return self.emergency_opens_for();
        }
        let hours = self.policy().counted("second-person-hours", HOURS);
        SignedDuration::from_hours(i64::from(hours))
    }

    /// An entry about a proposal.
    pub(crate) fn of_proposal(
        &self,
        by: &Actor,
        happening: Happening,
        outcome: Outcome,
        subject: Option<Pseudonym>,
    ) -> Entry {
        let mut entry = entry::of_happening(by, happening, outcome, Detail::None, self);
        entry.subject = subject;
        entry.clauses = sandyq_ledger::entry::Clauses::most_telling(&[Clause::fixed("5.1.1")]);
        entry
    }
}

pub(crate) fn deed_of(proposal: &Proposal) -> Result<Deed, Fault> {
    serde_json::from_str(&proposal.words)
        .map_err(|error| Fault::Store(format!("a proposal cannot be read: {error}")))
}

impl Caller {
    /// Whether there is anything that they may agree to (5.1.1).
    #[must_use]
    pub fn seconds(&self) -> bool {
        self.gives_access()
    }
}
