//! 6.5: who is asking, in the lightest way that works: a code to a contact on file, a signature, or the person at the
//! desk. No document is copied. Tries are limited; when they are used up, a human decides. The clock runs on.

use jiff::SignedDuration;
use sandyq_model::value::{self, Context, ValueKind};
use sandyq_model::{Plain, Problem, RequestState, Standing, Step, SubjectId, time};
use sandyq_policy::Language;
use sandyq_store::tables::subject_request::{self, SubjectRequest};
use sandyq_store::tables::{case_file, code};

use super::desk::at_the_board;
use super::step::Along;
use crate::access::Caller;
use crate::clarify;
use crate::queue;
use crate::rejected::Rejected;
use crate::system::System;

/// Tries to show who is asking, when the policy sets no limit.
const ATTEMPTS_MAX: u32 = 5;
/// Days for which a changed contact is no proof, when the policy sets no limit.
const RECENT_CONTACT_DAYS: u32 = 14;
/// How long a code works that is sent when the request is overdue already.
const LATE_CODE: SignedDuration = SignedDuration::from_hours(24);
/// Fields by which somebody is found.
const CONTACTS: [(&str, ValueKind); 4] = [
    ("email", ValueKind::Email),
    ("contact_phone", ValueKind::Phone),
    ("cell_phone", ValueKind::Phone),
    ("home_phone", ValueKind::Phone),
];
/// What counts as having shown it, when a human decides.
pub(super) const SHOWN_BY: [&str; 3] = ["signature", "in-person", "post-address"];

impl System {
    /// Looks for the one whom a request is about, by a contact or a reference from the letter. Says only whether exactly
    /// one was found (2.2.1); every try counts.
    ///
    /// # Errors
    /// A mistake with `contact` when the tries are used up.
    pub async fn suppose(
        &self,
        caller: &Caller,
        reference: &str,
        contact: &Plain<String>,
    ) -> Result<bool, Rejected> {
        at_the_board(caller)?;
        let request = self.open_request(reference).await?;
        self.tries_left(&request, "contact")?;
        let found = self.whose(contact).await?;
        let mut next = request.clone();
        next.identity_attempts += 1;
        next.about = found;
        next.identity_at = None;
        let statements = vec![subject_request::update(request.state, &next)];
        self.commit_of_request(caller.actor, &next, None, statements, Vec::new())
            .await?;
        Ok(found.is_some())
    }

    /// Sends a code to the e-mail address on file of the one whom a request is about.
    ///
    /// # Errors
    /// A mistake with `contact`: nobody was found, their data is not in use, or the address is new.
    pub async fn ask_identity(
        &self,
        caller: &Caller,
        reference: &str,
        language: Language,
    ) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let request = self.open_request(reference).await?;
        self.tries_left(&request, "contact")?;
        let subject = request
            .about
            .ok_or_else(|| Rejected::mistake("contact", Problem::Missing))?;
        let dossier = self.dossier(subject).await?;
        let email = self.named("email")?;
        let held = dossier.records.iter().find(|record| record.field == email);
        let held = held.filter(|_| dossier.standing() == Some(Standing::Active));
        let held = held.ok_or_else(|| Rejected::mistake("contact", Problem::Unknown))?;
        let days = self.policy().counted("recent-contact-days", RECENT_CONTACT_DAYS);
        let now = self.now();
        let settled = held.recorded_at + SignedDuration::from_hours(24 * i64::from(days));
        if held.source == clarify::SOURCE && now < settled {
            return Err(Rejected::mistake("contact", Problem::RecentContact));
        }
        let ticket = *request.file.as_bytes();
        let until = request.due_at.max(now + LATE_CODE);
        let known = self.identity_code(&request, subject).await?;
        let mut along = Along::default();
        if known.is_none() {
            let unsent = queue::unsent_code(subject, ticket, queue::IDENTIFIES, now, until);
            along.statements.push(code::insert(&unsent));
        }
        let detail = format!("{} {language}", hex::encode(ticket));
        along
            .jobs
            .push(queue::task(self, subject, queue::SEND_IDENTITY, now, &detail));
        let counted = |next: &mut SubjectRequest| next.identity_attempts += 1;
        self.take_step_along(caller.actor, &request, Step::AskIdentity, counted, along)
            .await?;
        self.wake();
        Ok(())
    }

    /// The one who asks told us the code.
    ///
    /// # Errors
    /// A mistake with `code`; when the tries are used up the check has failed, and a human decides.
    pub async fn check_identity(
        &self,
        caller: &Caller,
        reference: &str,
        typed: &Plain<String>,
    ) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let request = self.open_request(reference).await?;
        let subject = request
            .about
            .filter(|_| request.state == RequestState::Checking)
            .ok_or_else(|| Rejected::mistake("code", Problem::Code))?;
        let known = self
            .identity_code(&request, subject)
            .await?
            .ok_or_else(|| Rejected::mistake("code", Problem::Code))?;
        match self.check_code(&known, typed).await {
            Ok(()) => {
                let along = Along {
                    statements: vec![code::spend(subject, known.id, self.now())],
                    jobs: Vec::new(),
                };
                let now = self.now();
                let shown = |next: &mut SubjectRequest| {
                    next.identity_at = Some(now);
                    next.identity_by = Some("code".to_owned());
                };
                self.take_step_along(caller.actor, &request, Step::ShowIdentity, shown, along)
                    .await
                    .map(drop)
            }
            Err(Rejected::Mistake(mistake)) => {
                if mistake.of("code") == Some(Problem::Attempts) {
                    self.take_step(caller.actor, &request, Step::FailIdentity, |_| ())
                        .await?;
                }
                Err(Rejected::Mistake(mistake))
            }
            Err(rejected) => Err(rejected),
        }
    }

    /// A human decides that it was shown, and says by what; with a kind that needs no check, that it is worked on.
    ///
    /// # Errors
    /// A mistake with `by`.
    pub async fn decide_identity(&self, caller: &Caller, reference: &str, by: &str) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let request = self.open_request(reference).await?;
        if !request.kind.needs_identity() {
            return self
                .take_step(caller.actor, &request, Step::Begin, |_| ())
                .await
                .map(drop);
        }
        if !SHOWN_BY.contains(&by) {
            return Err(Rejected::mistake("by", Problem::Missing));
        }
        let now = self.now();
        let shown = |next: &mut SubjectRequest| {
            next.identity_at = Some(now);
            next.identity_by = Some(by.to_owned());
        };
        self.take_step(caller.actor, &request, Step::ShowIdentity, shown)
            .await
            .map(drop)
    }

    /// An open request that has a record of its own.
    pub(super) async fn open_request(&self, reference: &str) -> Result<SubjectRequest, Rejected> {
        let request = self.request(reference).await?;
        if request.about == Some(request.file) {
            return Err(Rejected::NotFound);
        }
        if request.state.is_closed() {
            return Err(Rejected::mistake("step", Problem::Stale));
        }
        Ok(request)
    }

    fn tries_left(&self, request: &SubjectRequest, input: &str) -> Result<(), Rejected> {
        let limit = self.policy().counted("identification-attempts", ATTEMPTS_MAX);
        if request.identity_attempts >= limit {
            Err(Rejected::mistake(input, Problem::Attempts))
        } else {
            Ok(())
        }
    }

    async fn identity_code(
        &self,
        request: &SubjectRequest,
        subject: SubjectId,
    ) -> Result<Option<code::Code>, Rejected> {
        let file = *request.file.as_bytes();
        let newest = self
            .store()
            .read(move |reader| code::newest(reader, subject, queue::IDENTIFIES))
            .await?;
        Ok(newest.filter(|code| code.id == file && code.used_at.is_none()))
    }

    /// The one person whom a reference or a contact leads to.
    async fn whose(&self, contact: &Plain<String>) -> Result<Option<SubjectId>, Rejected> {
        let wanted = contact.expose().trim().to_uppercase();
        let by_case = self
            .store()
            .read(move |reader| case_file::by_reference(reader, &wanted))
            .await?;
        if let Some((subject, _)) = by_case {
            return Ok(Some(subject));
        }
        let context = Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan: true,
        };
        let mut found = Vec::new();
        for (name, kind) in CONTACTS {
            let (Ok(value), Some(field)) = (
                value::parse(kind, contact, context),
                self.policy().field_named(name),
            ) else {
                continue;
            };
            let folded = value::folded(kind, &value);
            let with_it = self.people_with(field, &folded).await?;
            found.extend(with_it);
        }
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [one] => Ok(Some(*one)),
            _ => Ok(None),
        }
    }
}
