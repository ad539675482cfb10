//! 4.1: the one public list that there is: winners of a promotion, by the names that they agreed to show, each name under a consent of
//! its own. Somebody of staff puts a winner into it, along the one path. What stands there is opened for it and kept in memory
//! alone; whenever the record has moved the policy is asked again, and whoever has taken the consent back stands there no more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use sandyq_model::act::Disseminate;
use sandyq_model::value::Values;
use sandyq_model::{
    Actor, CaseId, ConsentId, Country, FieldSet, IdempotencyKey, OfferingKind, Operation, Plain, Recipient,
    RecipientKind, Role, SubjectId,
};
use sandyq_policy::{Language, Permit};
use sandyq_store::tables::case_file::CaseFile;
use sandyq_store::tables::publication::{self, Publication};
use sandyq_store::{Commit, Statement};

use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::{Dossier, publishes};
use crate::perform::{Changes, Done, Outcome, Performed, refused_commit};
use crate::rejected::Rejected;
use crate::system::System;

/// Winners that one list shows.
pub const WINNERS_MAX: u32 = 200;

/// Everybody, reached by our own site in this country.
const EVERYBODY: Recipient = Recipient {
    kind: RecipientKind::Public,
    country: Country::KZ,
    registered: false,
    undertaking: false,
};

/// The list is shown by the system.
const BY_ITSELF: Circumstances = Circumstances {
    recipient: EVERYBODY,
    ..Circumstances::SYSTEM
};

/// What is shown of whom, as of a version of the record.
pub(crate) type Shown = Mutex<HashMap<(SubjectId, CaseId), (u64, Values)>>;

/// Somebody in the public list.
#[derive(Clone, Debug)]
pub struct Winner {
    /// The names that they agreed to show, in the order of the policy.
    pub names: Vec<Plain<String>>,
    /// Since when they stand there.
    pub since: Timestamp,
}

/// A public list.
#[derive(Clone, Debug)]
pub struct Winners {
    /// Of which promotion.
    pub promotion: String,
    /// Its winners, in the order in which they were put there.
    pub winners: Vec<Winner>,
}

impl Performed for Disseminate {
    /// The line that puts somebody into the list; none when they stand there already.
    type Input = Vec<Publication>;
    type Output = Values;

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        lines: &Vec<Publication>,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        let sealed = dossier.sealed(permit.fields());
        let (values, spent) = system.vault().open(permit, dossier.key()?, &sealed)?;
        let statements: Vec<Statement> = lines.iter().map(publication::put).collect();
        Ok(Done {
            spent,
            changes: Changes {
                statements,
                ..Changes::default()
            },
            output: values,
        })
    }
}

impl System {
    /// What of a case the caller could put into the public list: the labels of the fields, none where nothing may.
    #[must_use]
    pub(crate) fn publishable(&self, caller: &Caller, dossier: &Dossier, case: &CaseFile) -> FieldSet {
        let Some(operation) = self.publishing(caller.actor, dossier, case) else {
            return FieldSet::EMPTY;
        };
        let facts = dossier.facts(&operation, &of_everybody(caller), self.policy());
        match self.policy().decide(&operation, &facts) {
            Ok(_) => operation.fields,
            Err(_) => FieldSet::EMPTY,
        }
    }

    /// 4.1: puts a winner into the public list, with the names that they agreed to show.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] as for a case of another desk; the policy's refusal, entered, where the winner agreed to nothing.
    pub async fn publish(&self, caller: &Caller, reference: &str) -> Result<(), Rejected> {
        let (dossier, case) = self.case_of_desk(caller, reference).await?;
        let operation = self
            .publishing(caller.actor, &dossier, &case)
            .ok_or(Rejected::NotFound)?;
        let line = Publication {
            subject: dossier.subject,
            case: case.id,
            about: case.lines.clone().ok_or(Rejected::NotFound)?,
            at: self.now(),
        };
        let done = self
            .perform(&operation, &of_everybody(caller), &vec![line])
            .await?;
        if let Outcome::Done { output, .. } = done {
            self.show((&dossier, case.id), output);
        }
        Ok(())
    }

    /// The public lists that have somebody in them.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn winners(&self, language: Language) -> Result<Vec<Winners>, Rejected> {
        let mut lists = Vec::new();
        for promotion in self.catalogue().offerings(OfferingKind::Promotion) {
            let about = promotion.id.clone();
            let lines = self
                .store()
                .read(move |reader| publication::about(reader, &about, WINNERS_MAX))
                .await?;
            let mut winners = Vec::new();
            for line in lines {
                winners.extend(self.still_shown(&line).await?);
            }
            if !winners.is_empty() {
                lists.push(Winners {
                    promotion: promotion.name(language).to_owned(),
                    winners,
                });
            }
        }
        Ok(lists)
    }

    /// Since when the caller stands in a public list. The policy is asked as it is for the list itself, so that nobody is told that
    /// they are public when the list would not show them.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn shown_since(&self, subject: SubjectId) -> Result<Option<Timestamp>, Rejected> {
        let lines = self
            .store()
            .read(move |reader| publication::of_subject(reader, subject))
            .await?;
        let dossier = self.dossier(subject).await?;
        let by = Actor::system(Role::SCHEDULE);
        let stands = |line: &&Publication| {
            let case = dossier.case(line.case);
            let operation = case.and_then(|case| self.publishing(by, &dossier, case));
            operation.is_some_and(|operation| self.may_stand(&dossier, &operation))
        };
        Ok(lines.iter().find(stands).map(|line| line.at))
    }

    /// 4.1: takes out the lines in which nothing is left to show once that consent is taken back.
    pub(crate) fn shown_no_more(&self, dossier: &Dossier, only: ConsentId, now: Timestamp) -> Vec<Statement> {
        let left_of = |case: &CaseFile| -> Option<FieldSet> {
            let offered = self.publicly_offered(case)?;
            let purpose = self.policy().case_purpose(&case.kind)?;
            let live = dossier.live_consents(now).filter(|(row, confirmed)| {
                *confirmed && row.id != only && row.purpose == purpose && publishes(row)
            });
            let left = live.fold(FieldSet::EMPTY, |fields, (row, _)| fields.union(row.fields));
            Some(left.intersection(offered).intersection(dossier.held()))
        };
        let emptied = dossier
            .cases
            .iter()
            .filter(|case| left_of(case).is_some_and(FieldSet::is_empty));
        emptied
            .map(|case| publication::remove(dossier.subject, case.id))
            .collect()
    }

    /// Whether the policy lets everybody read that now.
    fn may_stand(&self, dossier: &Dossier, operation: &Operation<Disseminate>) -> bool {
        let facts = dossier.facts(operation, &BY_ITSELF, self.policy());
        self.policy().decide(operation, &facts).is_ok()
    }

    /// What somebody agreed to show, if the policy still allows it; else their line goes.
    async fn still_shown(&self, line: &Publication) -> Result<Option<Winner>, Rejected> {
        let dossier = self.dossier(line.subject).await?;
        let by = Actor::system(Role::SCHEDULE);
        let operation = dossier
            .case(line.case)
            .and_then(|case| self.publishing(by, &dossier, case));
        let Some(operation) = operation else {
            return self.taken_down(line).await;
        };
        let is_allowed = self.may_stand(&dossier, &operation);
        let known = self.shown_already((&dossier, line.case)).filter(|_| is_allowed);
        let values = match known {
            Some(values) => values,
            None => match self.perform(&operation, &BY_ITSELF, &Vec::new()).await {
                Ok(Outcome::Done { output, .. }) => {
                    self.show((&dossier, line.case), output.clone());
                    output
                }
                Ok(Outcome::Repeated(_)) => return Ok(None),
                Err(Rejected::Refusal(_)) => return self.taken_down(line).await,
                Err(other) => return Err(other),
            },
        };
        Ok(Some(Winner {
            names: values.into_values().collect(),
            since: line.at,
        }))
    }

    /// That line goes: what stands in a list for the sake of another case stays.
    async fn taken_down(&self, line: &Publication) -> Result<Option<Winner>, Rejected> {
        self.shown_board().remove(&(line.subject, line.case));
        let commit = Commit {
            statements: vec![publication::remove(line.subject, line.case)],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        Ok(None)
    }

    /// Making public what somebody agreed to in this case; where they agreed to nothing, everything that could be, so that the refusal
    /// is whole. `None` for a case that has no public list.
    fn publishing(&self, by: Actor, dossier: &Dossier, case: &CaseFile) -> Option<Operation<Disseminate>> {
        let offered = self.publicly_offered(case)?;
        let purpose = self.policy().case_purpose(&case.kind)?;
        let agreed = dossier.consented_to(RecipientKind::Public, Some(purpose), self.now());
        let shown = offered.intersection(agreed).intersection(dossier.held());
        let key = IdempotencyKey::random(self.chance());
        let category = dossier.category()?;
        let operation: Operation<Disseminate> =
            Operation::new(by, dossier.subject, category, self.now(), key)
                .on(if shown.is_empty() { offered } else { shown })
                .in_case(case.id);
        Some(operation.for_purpose(purpose))
    }

    /// What a case of that kind can make public; `None` when it has no public list.
    fn publicly_offered(&self, case: &CaseFile) -> Option<FieldSet> {
        let service = self.policy().service_opening(&case.kind)?;
        let items = service.consents.iter().filter_map(|item| item.publishes);
        let offered: FieldSet = items.collect();
        (!offered.is_empty()).then_some(offered)
    }

    fn show(&self, (dossier, case): (&Dossier, CaseId), values: Values) {
        self.shown_board()
            .insert((dossier.subject, case), (dossier.version, values));
    }

    fn shown_already(&self, (dossier, case): (&Dossier, CaseId)) -> Option<Values> {
        let board = self.shown_board();
        let (version, values) = board.get(&(dossier.subject, case))?;
        (*version == dossier.version).then(|| values.clone())
    }

    fn shown_board(&self) -> std::sync::MutexGuard<'_, HashMap<(SubjectId, CaseId), (u64, Values)>> {
        self.publicly_shown()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn of_everybody(caller: &Caller) -> Circumstances {
    Circumstances {
        recipient: EVERYBODY,
        ..Circumstances::staff(caller)
    }
}
