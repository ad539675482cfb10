//! 5.1.4, 2.2.1: whoever calls and has lost the number is found by a contact that they name whole, for a stated purpose. Tokens are
//! compared and nothing is opened. The answer is references of cases that the policy lets this employee work on; what is closed to
//! them and what does not exist look alike and take the same time.

use sandyq_ledger::entry::{Clauses, Detail, Happening, Outcome};
use sandyq_model::act::Use;
use sandyq_model::value::{self, Context, ValueKind};
use sandyq_model::{
    CaseId, Clause, Field, FieldSet, IdempotencyKey, Operation, Plain, Problem, Purpose, SubjectId, time,
};
use sandyq_policy::Language;
use sandyq_policy::declarations::Search;
use sandyq_store::Commit;
use sandyq_store::tables::case_file::CaseFile;
use sandyq_store::vault::SearchToken;

use super::State;
use super::listing::CaseRow;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::entry;
use crate::perform::Outcome as Performed;
use crate::rejected::Rejected;
use crate::request::familiar_with_policy;
use crate::system::System;
use crate::usage::{Usage, Used};

/// The input that holds the contact.
const CONTACT: &str = "contact";
/// People whom one contact leads to at most.
const FOUND_MAX: usize = 10;
/// Cases of one person that are looked at.
const CASES_EACH_MAX: usize = 20;
/// Searches of one employee in an hour, when the policy sets no limit.
const SEARCHES: u32 = 20;

/// What a search is about.
struct Wanted {
    purpose: Purpose,
    field: Field,
    token: SearchToken,
}

impl System {
    /// The open cases of whoever has exactly that contact, as far as the caller may work on them for that purpose. Each person
    /// who is found, or would have been, has an entry of it.
    ///
    /// # Errors
    /// A mistake with `contact` when it is neither an e-mail address nor a telephone number, or too many were looked for in this
    /// hour; with `purpose` when there is none; [`Rejected::NotFound`] for whoever has no cases on the desk.
    pub async fn search_cases(
        &self,
        caller: &Caller,
        typed: &Plain<String>,
        purpose: Option<Purpose>,
        language: Language,
    ) -> Result<Vec<CaseRow>, Rejected> {
        let kinds = self.kinds_to_search(caller)?;
        let purpose = purpose.ok_or_else(|| Rejected::mistake("purpose", Problem::Missing))?;
        let wanted = self.wanted(typed, purpose)?;
        if !self.may_search(caller) {
            self.enter_search(caller, purpose, (Outcome::Refused, Detail::Throttled))
                .await?;
            return Err(Rejected::mistake(CONTACT, Problem::SearchLimit));
        }
        let earliest = self.unhurried();
        let found = self.found(caller, &kinds, &wanted).await;
        let detail = match &found {
            Ok(cases) if !cases.is_empty() => Detail::None,
            _ => Detail::NotFound,
        };
        let entered = self.enter_search(caller, purpose, (Outcome::Done, detail)).await;
        let rows = match found {
            Ok(cases) => self.case_rows(caller, &cases, language).await,
            Err(rejected) => Err(rejected),
        };
        earliest.await;
        entered?;
        rows
    }

    /// The contact, read by its kind: what has an at sign is an e-mail address.
    fn wanted(&self, typed: &Plain<String>, purpose: Purpose) -> Result<Vec<Wanted>, Rejected> {
        let written = typed.expose().trim();
        if written.is_empty() {
            return Err(Rejected::mistake(CONTACT, Problem::Missing));
        }
        let kind = if written.contains('@') {
            ValueKind::Email
        } else {
            ValueKind::Phone
        };
        let context = Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan: true,
        };
        let read =
            value::parse(kind, typed, context).map_err(|problem| Rejected::mistake(CONTACT, problem))?;
        let folded = value::folded(kind, &read);
        let fields = self.policy().fields();
        let fields = fields.filter(|field| field.kind == kind && field.class.search == Search::Exact);
        Ok(fields
            .map(|declared| Wanted {
                purpose,
                field: declared.field,
                token: self.vault().blind_index(declared.field, &folded),
            })
            .collect())
    }

    /// 5.1.4: whether there is anything for the caller to search.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for whoever has no cases on the desk; the policy's refusal for whoever has not read it.
    pub fn may_look_for_cases(&self, caller: &Caller) -> Result<(), Rejected> {
        self.kinds_to_search(caller).map(drop)
    }

    fn kinds_to_search(&self, caller: &Caller) -> Result<Vec<String>, Rejected> {
        let card = caller.staff_card()?;
        familiar_with_policy(caller)?;
        let kinds = self.kinds_of_desk(card.role);
        if kinds.is_empty() || !caller.actor.human {
            return Err(Rejected::NotFound);
        }
        Ok(kinds)
    }

    /// Whether the caller has searches left in this hour, and can be shown somebody new. One is counted.
    fn may_search(&self, caller: &Caller) -> bool {
        let searches = self.policy().counted("contact-searches", SEARCHES);
        let (by, now) = (caller.actor.id, self.now());
        self.searched_lately().is_within(searches, by, now)
            && self.opened_lately().has_room(self.bulk_read(), by, now)
    }

    async fn found(
        &self,
        caller: &Caller,
        kinds: &[String],
        wanted: &[Wanted],
    ) -> Result<Vec<CaseFile>, Rejected> {
        let mut found: Vec<CaseFile> = Vec::new();
        for one in wanted {
            let people = self
                .store()
                .subjects_with(one.field, one.token, FOUND_MAX)
                .await?;
            for subject in people {
                for case in self.cases_of_found(caller, kinds, (subject, one)).await? {
                    if found.iter().all(|known| known.id != case.id) {
                        found.push(case);
                    }
                }
            }
        }
        Ok(found)
    }

    /// The cases of one person who has that contact; none where the policy says no. Each is an operation with its entry.
    async fn cases_of_found(
        &self,
        caller: &Caller,
        kinds: &[String],
        (subject, wanted): (SubjectId, &Wanted),
    ) -> Result<Vec<CaseFile>, Rejected> {
        let dossier = self.dossier(subject).await?;
        let is_asked = |case: &&CaseFile| {
            case.closed_at.is_none()
                && kinds.contains(&case.kind)
                && State::of(&case.state).is_worked_on()
                && self.policy().case_purpose(&case.kind) == Some(wanted.purpose)
        };
        let cases: Vec<&CaseFile> = dossier
            .cases
            .iter()
            .filter(is_asked)
            .take(CASES_EACH_MAX)
            .collect();
        if cases.is_empty() {
            // The policy says no, and the person can read that somebody looked.
            self.matches(caller, &dossier, None, wanted).await?;
            return Ok(Vec::new());
        }
        let mut allowed = Vec::new();
        for case in cases {
            if self.matches(caller, &dossier, Some(case.id), wanted).await? {
                allowed.push(case.clone());
            }
        }
        Ok(allowed)
    }

    async fn matches(
        &self,
        caller: &Caller,
        dossier: &Dossier,
        case: Option<CaseId>,
        wanted: &Wanted,
    ) -> Result<bool, Rejected> {
        let Some(category) = dossier.category() else {
            return Ok(false);
        };
        let key = IdempotencyKey::random(self.chance());
        let mut operation: Operation<Use> =
            Operation::new(caller.actor, dossier.subject, category, self.now(), key)
                .on(FieldSet::only(wanted.field))
                .for_purpose(wanted.purpose);
        if let Some(case) = case {
            operation = operation.in_case(case);
        }
        let usage = Usage::Match {
            claimed: vec![(wanted.field, wanted.token)],
        };
        let said = match self.within_bulk(&operation, caller, CONTACT).await {
            Ok(()) => {
                self.perform(&operation, &Circumstances::staff(caller), &usage)
                    .await
            }
            Err(rejected) => Err(rejected),
        };
        match said {
            Ok(Performed::Done {
                output: Used::Matches(matches),
                ..
            }) => Ok(matches && case.is_some()),
            // What is refused looks like what is not there.
            Ok(_) | Err(Rejected::Refusal(_) | Rejected::Mistake(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// The search itself, whether it found somebody or not; what was typed is in no entry.
    async fn enter_search(
        &self,
        caller: &Caller,
        purpose: Purpose,
        (outcome, detail): (Outcome, Detail),
    ) -> Result<(), Rejected> {
        let mut search = entry::of_happening(&caller.actor, Happening::CasesSearched, outcome, detail, self);
        search.purpose = Some(purpose);
        search.clauses = Clauses::most_telling(&[Clause::fixed("5.1.4")]);
        let commit = Commit {
            entries: vec![search],
            ..Commit::default()
        };
        self.commit_alone(commit).await
    }
}
